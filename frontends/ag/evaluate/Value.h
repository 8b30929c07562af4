//===- Value.h - what an expression evaluates to ------------------------------------===//
// Tensors are values of the graph that is being built; everything else is known at compile time. A value that could not
// be computed is `Failed`: its error has been reported, and everything made from it stays silent.
#ifndef ARGENT_FRONTENDS_AG_EVALUATE_VALUE_H
#define ARGENT_FRONTENDS_AG_EVALUATE_VALUE_H

#include "frontends/ag/evaluate/TensorType.h"
#include "frontends/ag/syntax/Ast.h"

#include <map>
#include <memory>
#include <set>
#include <variant>

namespace argent::nn {
enum class InitializerKind : uint32_t;
}

namespace argent::ag {

class Value;
struct Builtin;
struct Instance;
struct FileScope;

struct Failed {};
struct None {};
/// A dimension that is a multiple of N.
struct OpenDim {
  int64_t factor = 1;
};
struct List {
  std::vector<Value> values;
  unsigned depth = 1; // of lists in lists: bounded, so that everything may recurse
};
/// The rows of a table that come from a file of word vectors: those of the words of an input. `words` is how many
/// numbers the input takes, and so the least that the table has rows.
struct WordVectors {
  std::string file, input, vocabulary;
  int64_t words = 0;
  bool operator==(const WordVectors &) const = default;
};
/// How a parameter begins: #nn.init. With `vectors`, what kind and numbers say is for the rows that these leave.
struct Initializer {
  nn::InitializerKind kind = {};
  double a = 0, b = 0;
  std::optional<WordVectors> vectors = {};
  bool operator==(const Initializer &) const = default;
};
struct Optimizer;

/// A layer, a model or an operation.
struct Definee {
  const Definition *definition = nullptr; // of an operation: its signature
  const Builtin *builtin = nullptr;
  FileScope *file = nullptr;
  llvm::StringRef name() const { return definition->name.text; }
};

class Value {
public:
  using Variant = std::variant<Failed, None, bool, int64_t, OpenDim, double, std::shared_ptr<const std::string>,
                               std::shared_ptr<const List>, mlir::Value, std::shared_ptr<const Initializer>, Definee,
                               std::shared_ptr<Instance>, std::shared_ptr<const Optimizer>>;

  Value() = default;
  template <typename T,
            typename = std::enable_if_t<std::is_constructible_v<Variant, T> && !std::is_same_v<std::decay_t<T>, int> &&
                                        !std::is_same_v<std::decay_t<T>, Value>>>
  Value(T &&value) : variant_(std::forward<T>(value)) {}
  static Value integer(int64_t value) { return Value(Variant(value)); }
  static Value floating(double value) { return Value(Variant(value)); }
  static Value boolean(bool value) { return Value(Variant(value)); }
  static Value string(std::string text) { return Value(std::make_shared<const std::string>(std::move(text))); }
  static Value list(std::vector<Value> values);
  static Value dimension(Dim dim) { return dim.isOpen ? Value(OpenDim{dim.size}) : integer(dim.size); }

  template <typename T> bool is() const { return std::holds_alternative<T>(variant_); }
  template <typename T> const T &get() const { return std::get<T>(variant_); }

  bool failed() const { return is<Failed>(); }
  bool isNone() const { return is<None>(); }
  bool isInteger() const { return is<int64_t>(); }
  bool isNumber() const { return is<int64_t>() || is<double>(); }
  bool isDimension() const { return is<int64_t>() || is<OpenDim>(); }
  bool isTensor() const { return is<mlir::Value>(); }
  bool isString() const { return is<std::shared_ptr<const std::string>>(); }
  bool isList() const { return is<std::shared_ptr<const List>>(); }
  bool isInitializer() const { return is<std::shared_ptr<const Initializer>>(); }
  bool isInstance() const { return is<std::shared_ptr<Instance>>(); }
  bool isCallable() const { return is<Definee>() || isInstance(); }
  bool isOptimizer() const { return is<std::shared_ptr<const Optimizer>>(); }

  int64_t asInteger() const { return get<int64_t>(); }
  double asNumber() const { return isInteger() ? static_cast<double>(asInteger()) : get<double>(); }
  Dim asDim() const { return isInteger() ? Dim{asInteger(), false} : Dim{get<OpenDim>().factor, true}; }
  mlir::Value asTensor() const { return get<mlir::Value>(); }
  const std::string &asString() const { return *get<std::shared_ptr<const std::string>>(); }
  const std::vector<Value> &asList() const { return get<std::shared_ptr<const List>>()->values; }
  unsigned listDepth() const { return isList() ? get<std::shared_ptr<const List>>()->depth : 0; }
  const Initializer &asInitializer() const { return *get<std::shared_ptr<const Initializer>>(); }
  const std::shared_ptr<Instance> &asInstance() const { return get<std::shared_ptr<Instance>>(); }
  const Optimizer &asOptimizer() const { return *get<std::shared_ptr<const Optimizer>>(); }

private:
  Variant variant_;
};

/// What the train block's `sgd(…)` makes.
struct Optimizer {
  std::string kind;
  Value rate;
  Range rateRange;
  std::vector<std::pair<std::string, double>> numbers; // by name; a flag is 0 or 1
};

/// "an int, 3", "a list of 2", "f32[N, 10]": what a message says was found.
std::string describe(const Value &value);
/// The value alone, as `{name}` in a string shows it.
std::string toText(const Value &value);
/// Whether an instance of a layer, not of an operation, is in it.
bool holdsInstance(const Value &value);
/// Whether a tensor is in it: the value, an element of a list, an argument of an instance.
bool holdsTensor(const Value &value);
/// The characters of UTF-8 text: what a string's length counts, and its indices.
std::vector<std::string> charactersOf(llvm::StringRef text);
/// A float in the language's spelling: with a point or an exponent.
std::string toText(double value);

/// A value that was given where a parameter is asked for.
struct Given {
  Value value;
  Range range;
  const Expr *expr = nullptr; // what was written, if it was
  Name name;                  // of a keyword
};

/// What all uses of one path share: when a body is evaluated again, its instances are the same ones.
struct InstanceState {
  std::map<std::string, std::shared_ptr<InstanceState>> children; // by the step that leads to them
  std::vector<mlir::Type> firstTypes;    // of the tensors in the first application, for messages
  std::map<std::string, unsigned> draws; // random tensors so far, by operation: over all applications
};

/// The names that instances take in one evaluation of a body (LANGUAGE.md, section 4, "Paths").
struct Naming {
  std::string prefix; // the path of the body, with its last dot
  std::set<std::string> used;
  std::map<std::string, unsigned> counts;
  InstanceState *state = nullptr;
};

/// A layer with its compile-time arguments, and the parameters below its path.
struct Instance {
  Definee of;
  std::vector<std::optional<Given>> bound; // for each parameter
  std::string path;                        // with its last dot; set once it is named
  std::string step;                        // the last step of the path, for messages
  bool named = false;
  std::shared_ptr<Naming> naming; // of the body that made it
  std::shared_ptr<InstanceState> state;
};

} // namespace argent::ag

#endif // ARGENT_FRONTENDS_AG_EVALUATE_VALUE_H
