//===- Parser.h - tokens to a tree, with recovery -------------------------------===//
// Recursive descent over the grammar of LANGUAGE.md, section 2, and its rules G1 to G3. After an error the parser goes
// on at the next statement, the `}` of the block, or the next definition, so that one run reports several.
//   Parser.cpp           definitions, types, recovery
//   ParseStatement.cpp   blocks and statements
//   ParseBinding.cpp     what statements bind, and to what
//   ParseOperator.cpp    operators, conditions, pipes
//   ParseExpression.cpp  calls, indices, names, brackets
//   ParseLiteral.cpp     numbers, strings
//   ParseHabit.cpp       what to write instead of the syntax of other languages
#ifndef ARGENT_FRONTENDS_AG_SYNTAX_PARSER_H
#define ARGENT_FRONTENDS_AG_SYNTAX_PARSER_H

#include "frontends/ag/syntax/Ast.h"
#include "frontends/ag/syntax/Lexer.h"

namespace argent::ag {

/// The tree of a file that `diagnostics` holds. Where something could not be parsed an error was reported, and the tree
/// lacks that part.
std::unique_ptr<File> parse(const llvm::MemoryBuffer &file, Diagnostics &diagnostics);

/// The text of a piece of source, and the same on one line, without comments, for a message that says what to write.
llvm::StringRef sourceText(Range range);
std::string onOneLine(llvm::StringRef text);

class Parser {
public:
  Parser(std::vector<Token> tokens, Diagnostics &diagnostics) : tokens_(std::move(tokens)), diagnostics_(diagnostics) {}

  std::unique_ptr<File> parseFile();

private:
  /// How deep blocks, brackets and operators may nest, and how many operators one chain may have.
  static constexpr unsigned kMaxNesting = 200, kMaxHeight = 1000;

  // What is being parsed, for the rules that the grammar does not show.
  enum class Place { layer, model, train, entry, rule };
  struct Context {
    Place place = Place::layer;
    bool inScan = false;
  };

  //===- Tokens ---------------------------------------------------------------===//
  const Token &peek(unsigned ahead = 0) const { return tokens_[std::min(position_ + ahead, tokens_.size() - 1)]; }
  bool at(Tok kind) const { return peek().kind == kind; }
  Token take() {
    Token token = peek();
    if (position_ + 1 < tokens_.size())
      ++position_;
    return token;
  }
  bool accept(Tok kind) {
    if (!at(kind))
      return false;
    take();
    return true;
  }
  /// The end of the last token taken.
  llvm::SMLoc previousEnd() const { return position_ ? tokens_[position_ - 1].range().End : peek().range().Start; }
  Range from(const Token &first) const { return Range(first.range().Start, previousEnd()); }
  Range from(Range first) const { return Range(first.Start, previousEnd()); }

  /// Takes `kind` or reports that it was expected.
  bool expect(Tok kind, const llvm::Twine &where = "");
  bool expectName(Name &name, const llvm::Twine &what);
  /// Takes the bracket that closes `open`.
  bool expectClosing(Tok kind, const Token &open, const llvm::Twine &also);
  /// Reports what was expected at the token where the parser is; a broken token has been reported already.
  void reportExpected(const llvm::Twine &what);
  bool tooDeep(Range at);

  //===- Definitions (Parser.cpp) ---------------------------------------------===//
  ItemPtr parseItem();
  ItemPtr parseImport();
  ItemPtr parseConstant();
  ItemPtr parseDefinition();
  bool parseParameters(std::vector<Parameter> &parameters);
  bool parseParameter(Parameter &parameter);
  bool parseOutputs(std::vector<Output> &outputs);
  bool parseType(TypeExpr &type);
  bool parseAtomType(TypeExpr &type);
  void skipToItem();

  //===- Statements (ParseStatement.cpp, ParseBinding.cpp) ----------------------===//
  bool parseBlock(Block &block, Context context, const llvm::Twine &owner);
  StatementPtr parseStatement(Context context);
  StatementPtr parseBinding();
  StatementPtr parseDeclaration();
  StatementPtr parseIf(Context context);
  StatementPtr parseFor(Context context);
  StatementPtr parseRule(Context context);
  bool parseScan(Scan &scan);
  bool parseValues(Values &values);
  bool parseExpressions(std::vector<ExprPtr> &values);
  bool parsePatterns(std::vector<Pattern> &patterns);
  bool parsePattern(Pattern &pattern);
  void reportNoStatement();
  void skipBlock();
  void skipStatement();

  //===- Expressions (ParseOperator.cpp, ParseExpression.cpp, ParseLiteral.cpp) ---------===//
  ExprPtr parseExpr();
  ExprPtr parseConditional();
  ExprPtr parseBinaryLevel(unsigned level);
  /// The operator that is next, and its operand.
  ExprPtr parsePrefix(Operator op, ExprPtr (Parser::*parseOperand)());
  ExprPtr parseNegation();
  ExprPtr parseComparison();
  ExprPtr parseUnary();
  ExprPtr parsePower();
  ExprPtr parsePipe();
  ExprPtr parsePostfix();
  ExprPtr parsePrimary();
  ExprPtr parseParenthesized();
  ExprPtr parseBracketed();
  ExprPtr parseNumber();
  ExprPtr parseString();
  bool parseElements(std::vector<Element> &elements, Tok closing);
  bool parseElement(Element &element);
  bool parseArguments(std::vector<Argument> &arguments);
  bool parseSubscript(Subscript &subscript);
  ExprPtr makeBinary(Operator op, Range operatorRange, ExprPtr left, ExprPtr right);
  /// Sets the height from the children; null, with an error, if the tree grows too high.
  ExprPtr checkHeight(ExprPtr expr, std::initializer_list<const Expr *> children);
  /// Notes a pipe that stands where it may not (G1).
  ExprPtr checkOperand(ExprPtr operand);
  void reportPipes(llvm::SMLoc begin, llvm::ArrayRef<std::pair<Range, Range>> pipes);

  //===- Habits (ParseHabit.cpp) ------------------------------------------------------===//
  /// Adds what to write where the token at hand shows a habit from another language.
  void suggest(Report &report);
  /// Whether `first` is a word of another language, such as `def` before a name; reports it.
  bool reportForeignWord(const Token &first, Tok next);
  /// Reports `if c else b` behind a value.
  void reportTrailingIf(Range value);
  /// Reports `.shape` behind a value.
  void reportMember(const Expr &base);
  /// Whether words follow that are no expression: two names side by side, on this line.
  bool isProse() const;

  std::vector<Token> tokens_;
  Diagnostics &diagnostics_;
  size_t position_ = 0;
  unsigned nesting_ = 0;
  bool reportedEnd_ = false; // that the definition lacks a `}`
  bool inClause_ = false;    // of a comprehension, where `if` follows an expression
  /// Of the definition being parsed: the first `{` whose `}` is indented less than the line that it is on.
  std::optional<std::pair<Token, std::string>> likelyOpen_;
  /// Of the expression being parsed: each misplaced pipe, and the source that it begins with.
  llvm::SmallVector<std::pair<Range, Range>, 0> misplacedPipes_;
};

} // namespace argent::ag

#endif // ARGENT_FRONTENDS_AG_SYNTAX_PARSER_H
