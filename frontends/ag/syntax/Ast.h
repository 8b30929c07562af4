//===- Ast.h - the tree of an .ag file -----------------------------------------===//
// One class for each form of LANGUAGE.md, section 2. Every node knows the piece of source it was read from; parentheses
// leave no node, but belong to the range of what they enclose.
#ifndef ARGENT_FRONTENDS_AG_SYNTAX_AST_H
#define ARGENT_FRONTENDS_AG_SYNTAX_AST_H

#include "frontends/ag/syntax/Diagnostics.h"

#include "llvm/Support/Casting.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace argent::ag {

/// A name where it is written.
struct Name {
  std::string text;
  Range range;
};

//===- Expressions -------------------------------------------------------------===//

struct Expr {
  enum class Kind {
    name,
    integer,
    floating,
    string,
    boolean,
    none,
    list,
    comprehension,
    call,
    index,
    pipe,
    unary,
    binary,
    conditional
  };

  Expr(Kind kind, Range range) : kind(kind), range(range) {}
  virtual ~Expr() = default;

  const Kind kind;
  Range range;
  bool parenthesized = false;
  unsigned height = 1; // of the tree below: the parser bounds it, so that everything may recurse over it
};
using ExprPtr = std::unique_ptr<Expr>;

/// `value` or `*value` in a list, a type or a call.
struct Element {
  ExprPtr value;
  bool spread = false;
};

/// An argument of a call; `name` is empty for a positional one.
struct Argument {
  Name name;
  Element element;
  Range range;
};

/// `names` of a `for`: a name, or a sequence of patterns.
struct Pattern {
  Name name; // empty for a sequence
  std::vector<Pattern> parts;
};

template <Expr::Kind K> struct ExprOf : Expr {
  explicit ExprOf(Range range) : Expr(K, range) {}
  static bool classof(const Expr *e) { return e->kind == K; }
};

struct NameExpr : ExprOf<Expr::Kind::name> {
  using ExprOf::ExprOf;
  std::string name;
};
struct IntegerExpr : ExprOf<Expr::Kind::integer> {
  using ExprOf::ExprOf;
  int64_t value = 0;
};
struct FloatExpr : ExprOf<Expr::Kind::floating> {
  using ExprOf::ExprOf;
  double value = 0;
  std::string spelling;
};
/// Text and, between, names in braces whose values are put in.
struct StringExpr : ExprOf<Expr::Kind::string> {
  using ExprOf::ExprOf;
  struct Part {
    std::string text; // the characters, or the name
    bool isName = false;
    Range range;
  };
  std::vector<Part> parts;
};
struct BooleanExpr : ExprOf<Expr::Kind::boolean> {
  using ExprOf::ExprOf;
  bool value = false;
};
struct NoneExpr : ExprOf<Expr::Kind::none> {
  using ExprOf::ExprOf;
};
/// `[a, b]` or `(a, b)`.
struct ListExpr : ExprOf<Expr::Kind::list> {
  using ExprOf::ExprOf;
  bool inParentheses = false;
  std::vector<Element> elements;
};
struct ComprehensionExpr : ExprOf<Expr::Kind::comprehension> {
  using ExprOf::ExprOf;
  struct Clause {
    std::vector<Pattern> names;
    ExprPtr sequence;
    ExprPtr condition; // may be null
  };
  ExprPtr element;
  std::vector<Clause> clauses;
};
struct CallExpr : ExprOf<Expr::Kind::call> {
  using ExprOf::ExprOf;
  ExprPtr callee;
  std::vector<Argument> arguments;
};
struct Subscript {
  enum class Kind { index, ellipsis, slice } kind = Kind::index;
  ExprPtr first, last, step; // the index stands in `first`; of a slice each may be null
  Range range;
};
struct IndexExpr : ExprOf<Expr::Kind::index> {
  using ExprOf::ExprOf;
  ExprPtr base;
  std::vector<Subscript> subscripts;
};
/// `source |> stage`; the stage is a call that lacks its first argument, or what is called.
struct PipeExpr : ExprOf<Expr::Kind::pipe> {
  using ExprOf::ExprOf;
  ExprPtr source, stage;
};
enum class Operator {
  logicalOr,
  logicalAnd,
  logicalNot,
  equal,
  notEqual,
  less,
  lessEqual,
  greater,
  greaterEqual,
  add,
  subtract,
  multiply,
  divide,
  floorDivide,
  remainder,
  matmul,
  negate,
  power
};
llvm::StringRef spelling(Operator op);
struct UnaryExpr : ExprOf<Expr::Kind::unary> {
  using ExprOf::ExprOf;
  Operator op = Operator::negate;
  ExprPtr operand;
};
struct BinaryExpr : ExprOf<Expr::Kind::binary> {
  using ExprOf::ExprOf;
  Operator op = Operator::add;
  ExprPtr left, right;
  Range operatorRange;
};
struct ConditionalExpr : ExprOf<Expr::Kind::conditional> {
  using ExprOf::ExprOf;
  ExprPtr condition, whenTrue, whenFalse;
};

//===- Types -------------------------------------------------------------------===//

struct TypeExpr {
  enum class Kind { named, layer, none, sequence, alternatives };
  Kind kind = Kind::named;
  Range range;
  Name name;                     // of a named type
  bool hasBrackets = false;      // `f32[]` has, `int` has not
  std::vector<Element> elements; // in the brackets
  std::vector<TypeExpr> parts;   // of a sequence or of alternatives
};

//===- Statements --------------------------------------------------------------===//

struct Statement;
using StatementPtr = std::unique_ptr<Statement>;
struct Block {
  std::vector<StatementPtr> statements;
  Range range; // with its braces
};

struct Statement {
  enum class Kind { binding, store, declaration, conditional, loop, scan, result, yield, assertion, metric, rule };
  Statement(Kind kind, Range range) : kind(kind), range(range) {}
  virtual ~Statement() = default;
  const Kind kind;
  Range range;
};
template <Statement::Kind K> struct StatementOf : Statement {
  explicit StatementOf(Range range) : Statement(K, range) {}
  static bool classof(const Statement *s) { return s->kind == K; }
};

struct Scan {
  struct Source {
    Name name;
    ExprPtr sequence;
  };
  struct Carried {
    Name name;
    ExprPtr initial;
  };
  std::vector<Argument> arguments;
  std::vector<Source> sources;
  std::vector<Carried> carried;
  Block body;
  Range range; // the head, up to the body
};

/// What stands right of `=` or `return`: expressions or one scan.
struct Values {
  std::vector<ExprPtr> values;
  std::unique_ptr<Scan> scan;
};

struct Target {
  Name name;
  std::optional<TypeExpr> type;
};
struct Binding : StatementOf<Statement::Kind::binding> {
  using StatementOf::StatementOf;
  std::vector<Target> targets;
  Values values;
};
struct Store : StatementOf<Statement::Kind::store> {
  using StatementOf::StatementOf;
  Name name;
  ExprPtr value;
};
/// `param` or `state`.
struct Declaration : StatementOf<Statement::Kind::declaration> {
  using StatementOf::StatementOf;
  bool isState = false;
  Name name;
  TypeExpr type;
  ExprPtr initial;
};
struct If : StatementOf<Statement::Kind::conditional> {
  using StatementOf::StatementOf;
  ExprPtr condition;
  Block whenTrue, whenFalse;
  bool hasElse = false;
  bool elseIf = false; // `whenFalse` is one `if`, written without braces
};
struct For : StatementOf<Statement::Kind::loop> {
  using StatementOf::StatementOf;
  std::vector<Pattern> names;
  ExprPtr sequence;
  Block body;
};
struct ScanStatement : StatementOf<Statement::Kind::scan> {
  using StatementOf::StatementOf;
  Scan scan;
};
struct Return : StatementOf<Statement::Kind::result> {
  using StatementOf::StatementOf;
  Values values;
};
struct Yield : StatementOf<Statement::Kind::yield> {
  using StatementOf::StatementOf;
  std::vector<ExprPtr> values;
};
struct Assert : StatementOf<Statement::Kind::assertion> {
  using StatementOf::StatementOf;
  ExprPtr condition, message;
};
struct Metric : StatementOf<Statement::Kind::metric> {
  using StatementOf::StatementOf;
  Name name;
  ExprPtr value;
};
struct Rule : StatementOf<Statement::Kind::rule> {
  using StatementOf::StatementOf;
  std::vector<ExprPtr> patterns;
  Block body;
};

//===- Definitions -------------------------------------------------------------===//

/// `name: type from source(…) = default`.
struct Parameter {
  Name name;
  TypeExpr type;
  Name source; // of the clause `from`; empty without
  std::vector<Argument> sourceArguments;
  ExprPtr initial; // may be null
  Range range;
};
struct Output {
  Name name;
  TypeExpr type;
};

struct Item {
  enum class Kind { import, constant, layer, model, train, entry };
  Item(Kind kind, Range range) : kind(kind), range(range) {}
  virtual ~Item() = default;
  const Kind kind;
  Range range;
};
using ItemPtr = std::unique_ptr<Item>;
template <Item::Kind K> struct ItemOf : Item {
  explicit ItemOf(Range range) : Item(K, range) {}
  static bool classof(const Item *i) { return i->kind == K; }
};

struct Import : ItemOf<Item::Kind::import> {
  using ItemOf::ItemOf;
  std::vector<Name> names;
  ExprPtr file;
};
struct Constant : ItemOf<Item::Kind::constant> {
  using ItemOf::ItemOf;
  Name name;
  ExprPtr value;
};
/// What layers, models, train blocks and entries have in common.
struct Definition : Item {
  using Item::Item;
  Name name;
  std::vector<Parameter> parameters;
  Block body;
  static bool classof(const Item *i) { return i->kind >= Kind::layer; }
};
template <Item::Kind K> struct DefinitionOf : Definition {
  explicit DefinitionOf(Range range) : Definition(K, range) {}
  static bool classof(const Item *i) { return i->kind == K; }
};
struct Layer : DefinitionOf<Item::Kind::layer> {
  using DefinitionOf::DefinitionOf;
  std::optional<TypeExpr> result;
};
struct Model : DefinitionOf<Item::Kind::model> {
  using DefinitionOf::DefinitionOf;
  std::vector<Output> outputs;
};
struct Train : DefinitionOf<Item::Kind::train> {
  using DefinitionOf::DefinitionOf;
};
struct Entry : DefinitionOf<Item::Kind::entry> {
  using DefinitionOf::DefinitionOf;
  Name entry; // `name` is the model's
  std::vector<Output> outputs;
};

struct File {
  std::vector<ItemPtr> items;
};

/// Whether two trees say the same; places and parentheses do not count.
bool sameTree(const File &a, const File &b);

} // namespace argent::ag

#endif // ARGENT_FRONTENDS_AG_SYNTAX_AST_H
