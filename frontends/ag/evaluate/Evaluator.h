//===- Evaluator.h - runs the bodies of an .ag file and builds nn ops -------------------===//
// Evaluation happens once for each graph of a model: `predict`, `evaluate`, `train_step`. It goes on after an error as
// far as it makes sense; whatever depends on the error is `Failed` and silent.
//   Frontend.cpp            the file, the choice of the model, the module
//   Import.cpp              other files
//   Scope.cpp               names, errors, limits, locations
//   EvaluateStatement.cpp   bodies
//   EvaluateExpression.cpp  operators, lists, indices
//   IndexTensor.cpp         indices of tensors
//   Arithmetic.cpp          operators on numbers and on tensors
//   Building.cpp            constants, casts and shapes that operations are made of
//   Call.cpp                arguments, layers, instances, paths
//   ArgumentOrder.cpp       numbers in the order of another framework
//   ShapeOrigin.cpp         where a dimension comes from, for messages
//   Match.cpp               values against types, dimensions
//   Declare.cpp             param, state, :=
//   Model.cpp               a model's graphs, --set
//   Entry.cpp               its further entry points
//   From.cpp                the clauses `from`
//   Train.cpp, Metrics.cpp  the train block; totals over a data set
//   Rules.cpp               on PATTERN { … }
//   Builtins*.cpp           the operations, one table a family
#ifndef ARGENT_FRONTENDS_AG_EVALUATE_EVALUATOR_H
#define ARGENT_FRONTENDS_AG_EVALUATE_EVALUATOR_H

#include "frontends/ag/Frontend.h"
#include "frontends/ag/evaluate/Observer.h"

#include "dialects/interpreter/Interpreter.h"
#include "dialects/nn/NN.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/Builders.h"
#include "llvm/ADT/StringMap.h"

namespace argent::ag {

class Evaluator;

/// A name that is bound.
struct Variable {
  Value value;
  Range where;                // the name, where it was bound
  const Expr *expr = nullptr; // what it was bound to
  bool isParameter = false;   // of the definition
  bool used = false;
  const Declaration *state = nullptr; // the state that it names, and its path
  std::string statePath;
};

/// What a file defines.
struct FileScope {
  bool isLibrary = false;
  std::string path;                                // as it was read
  llvm::StringMap<const Definition *> definitions; // layers and models
  llvm::StringMap<const Constant *> constants;
  llvm::StringMap<FileScope *> imports; // where the name is defined; null after an error
  llvm::StringMap<Value> values;        // of the constants evaluated so far
  llvm::StringMap<bool> evaluating;
  std::vector<std::unique_ptr<File>> trees;
};

/// The evaluation of one body.
struct Frame {
  FileScope *file = nullptr;
  const Definition *definition = nullptr; // null for constants
  const Entry *entry = nullptr;           // the entry that continues the model's body
  Instance *instance = nullptr;           // null in models, entries, constants
  std::shared_ptr<Naming> naming;
  std::map<std::string, Variable> variables;
  Range callRange;
  llvm::ArrayRef<std::optional<Given>> bound; // the arguments, one for each parameter
  bool inTrain = false;
  bool returned = false;
  std::map<std::string, Range> hidden; // in an entry: names of the model's body that hold tensors
  std::vector<Value> results;
  std::vector<Range> resultRanges;
};

/// A parameter or state of the graph being built.
struct Declared {
  const InstanceState *owner = nullptr; // null: the model itself
  const Declaration *declaration = nullptr;
  mlir::RankedTensorType type;
  Initializer initial;
  mlir::Value value; // its value from here on
  mlir::Operation *assign = nullptr;
  Range assignRange; // of its statement
};

/// A call of an operation, its arguments matched to its signature.
struct Call {
  llvm::StringRef name;
  Range range;
  std::vector<Given> arguments; // one for each parameter; a default has no range
  bool isGiven(unsigned i) const { return arguments[i].range.isValid(); }
  const Value &operator[](unsigned i) const { return arguments[i].value; }
  /// The place of an argument, or of the call where it was left out.
  Range at(unsigned i) const { return isGiven(i) ? arguments[i].range : range; }
};

using BuiltinFunction = Value (*)(Evaluator &, Call &);
struct Builtin {
  std::string name;
  BuiltinFunction function;
  const Layer *signature = nullptr;
  bool hasRest = false; // the last positional parameter takes all that remain
};

/// One line of a family's table: the names that share a signature, in the language's own syntax. Types that only
/// operations have: `tensor`, `number` (or a tensor), `value` (anything), `rest` (all positional arguments that
/// remain).
struct BuiltinFamily {
  const char *names;
  const char *parameters;
  BuiltinFunction function;
};
llvm::ArrayRef<BuiltinFamily> elementwiseBuiltins();
llvm::ArrayRef<BuiltinFamily> shapeBuiltins();
llvm::ArrayRef<BuiltinFamily> reduceBuiltins();
llvm::ArrayRef<BuiltinFamily> windowBuiltins();
llvm::ArrayRef<BuiltinFamily> resizeBuiltins();
llvm::ArrayRef<BuiltinFamily> lossBuiltins();
llvm::ArrayRef<BuiltinFamily> makerBuiltins();
llvm::ArrayRef<BuiltinFamily> compileTimeBuiltins();
/// The sources of `from`, and their parameters in the same syntax.
std::vector<std::pair<llvm::StringRef, llvm::StringRef>> sourceSignatures();
/// All of them.
llvm::SmallVector<llvm::ArrayRef<BuiltinFamily>> builtinFamilies();

class Evaluator {
public:
  Evaluator(mlir::MLIRContext &context, Diagnostics &diagnostics, const EvaluateOptions &options)
      : context(context), diagnostics(diagnostics), options(options), builder(&context) {}

  mlir::OwningOpRef<mlir::ModuleOp> run(const llvm::MemoryBuffer &file);
  /// Checks what a file without a model says by itself: its names and its constants.
  void checkDefinitions(const llvm::MemoryBuffer &file);

  //===- Errors (Scope.cpp) -----------------------------------------------------------===//
  /// An error at `range`. Inside of the standard library it is reported at the call in the user's file that led there.
  Report error(Range range, const llvm::Twine &message);
  Report warning(Range range, const llvm::Twine &message);
  Value fail(Range range, const llvm::Twine &message) {
    error(range, message);
    return {};
  }
  Value fail(Range range, const llvm::Twine &message, const llvm::Twine &help) {
    error(range, message).help(help);
    return {};
  }
  /// Adds "`x` is declared here" where the value's expression is a parameter's name.
  void noteDeclaration(Report &report, const Given &given);

  //===- Building (Scope.cpp, Building.cpp) ----------------------------------------------===//
  /// The call that ops are made for, as their location carries it for DescribeLayers.cpp: the innermost layer, or an
  /// operation that the user's file calls. Null outside of calls.
  mlir::DictionaryAttr currentCall();
  /// The innermost place in the user's file that is being evaluated: the library's own lines say nothing to its user.
  Range userRange() const;
  /// The place of an op in the user's file, with its name.
  mlir::Location location(llvm::StringRef name = "");
  template <typename Op, typename... Args> mlir::Value emit(Args &&...args) {
    return emitNamed<Op>(Op::getOperationName().drop_front(3), std::forward<Args>(args)...);
  }
  template <typename Op, typename... Args> mlir::Value emitNamed(llvm::StringRef name, Args &&...args) {
    countOp();
    mlir::Operation *op = Op::create(builder, location(name), std::forward<Args>(args)...);
    places[op] = userRange();
    return op->getResult(0);
  }
  mlir::Value constant(double value, mlir::Type element);
  mlir::Value constant(llvm::ArrayRef<int64_t> shape, llvm::ArrayRef<double> values, mlir::Type element);
  mlir::Value cast(mlir::Value x, mlir::Type element);
  mlir::Value reshape(mlir::Value x, llvm::ArrayRef<Dim> shape);
  mlir::Value broadcastTo(mlir::Value x, llvm::ArrayRef<Dim> shape);
  /// `count` elements of a dimension, `step` apart (IndexTensor.cpp).
  mlir::Value slice(mlir::Value x, size_t dim, int64_t first, int64_t count, int64_t step = 1);
  mlir::Value sum(mlir::Value x, llvm::ArrayRef<int64_t> axes, bool keepdims);
  mlir::Value mean(mlir::Value x, llvm::ArrayRef<int64_t> axes, bool keepdims);
  /// An operator of the language on two values; `range` is what to mark. Left and right may carry what was written.
  Value binary(Operator op, const Given &left, const Given &right, Range range);
  Value binary(Operator op, const Value &left, const Value &right, Range range) {
    return binary(op, Given{left, range, nullptr, {}}, Given{right, range, nullptr, {}}, range);
  }
  Value unary(Operator op, const Given &operand, Range range);
  /// A number as a tensor of the element type that the other operand has; null after an error.
  mlir::Value toTensor(const Value &value, mlir::Type element, Range range);
  /// Whether a tensor of this shape may exist; reports if not.
  bool checkSize(llvm::ArrayRef<Dim> shape, mlir::Type element, Range range);
  /// A random tensor of f32 (BuiltinsMaker.cpp). Its stream is the hash of its path: that of the body, "@",
  /// `operation`, "_" and its count there.
  mlir::Value drawRandom(llvm::StringRef operation, nn::Distribution distribution, double a, double b,
                         llvm::ArrayRef<Dim> shape);
  /// Whether a random tensor may stand here; reports if not.
  bool canDraw(llvm::StringRef operation, Range range);
  /// Says that the elements of `index` lie in 0 … count - 1: those of an input are checked by the runtime, known ones
  /// here, with an error at `range` that names them a `noun` of `owner`. False after an error.
  bool limitIndex(mlir::Value index, int64_t count, Range range, llvm::StringRef noun, const llvm::Twine &owner);
  /// The elements of a tensor that depends on constants alone; null if it depends on more, or is large.
  const nn::Reference *constantElements(mlir::Value value);

  mlir::Type f32() { return builder.getF32Type(); }
  mlir::MLIRContext &context;
  Diagnostics &diagnostics;
  const EvaluateOptions &options;
  mlir::OpBuilder builder;

  //===- Work that was done (Scope.cpp) -----------------------------------------------------===//
  /// Counts steps of evaluation; false, after an error at the call, when there were too many.
  bool step(Range range, uint64_t count = 1);
  bool aborted = false;

  //===- Calls (Call.cpp) ---------------------------------------------------------------------===//
  Value call(const Value &callee, std::vector<Given> arguments, Range range);
  /// Gives the instances in a value the name that the value is bound to.
  void nameInstances(const Value &value, llvm::StringRef name);
  void nameByCount(Instance &instance);

private:
  static constexpr unsigned kMaxImports = 100;
  static constexpr unsigned kMaxCallDepth = 200, kMaxListDepth = 200;
  static constexpr size_t kMaxEvaluationDepth = 50000; // calls and operators together: the stack holds so many
  static constexpr uint64_t kMaxSteps = 1000000, kMaxOps = 100000;

  //===- Scope.cpp ------------------------------------------------------------------------------===//
  Report report(bool isError, Range range, const llvm::Twine &message);
  Frame &frame() { return *frames.back(); }
  Variable *findVariable(llvm::StringRef name);
  /// What the name means; failed after an error. `isCalled`: arguments follow, or a pipe leads into it.
  Value lookUp(llvm::StringRef name, Range range, bool isCalled = false);
  std::optional<Value> findGlobal(FileScope &file, llvm::StringRef name, Range range);
  std::optional<Value> findInFile(FileScope &file, llvm::StringRef name, Range range);
  Value evaluateConstant(FileScope &file, const Constant &constant);
  void reportUnknownName(llvm::StringRef name, Range range, bool isCalled);
  std::vector<llvm::StringRef> knownNames(llvm::StringRef name, bool isCalled);
  /// The file that defines `name`, as an import from `from` would write it; empty if none is found.
  std::string findInOtherFiles(const FileScope &from, llvm::StringRef name);
  static Range bindingOf(const Block &block, llvm::StringRef name);
  void bind(const Name &name, Value value, const Expr *expr = nullptr);
  void countOp();
  const FileScope *fileOf(Range range) const;
  llvm::SmallVector<Range> callsInUserFile() const;
  bool loadLibrary();
  bool loadBuiltins();
  bool loadSignatures(const std::string &text, llvm::StringRef name, llvm::StringMap<Builtin *> &byName);
  void addItems(FileScope &scope, const File &tree);

  //===- Import.cpp -----------------------------------------------------------------------------===//
  void loadImports(FileScope &scope, const File &tree);
  void importNames(FileScope &scope, const Import &import);
  static std::string resolve(const FileScope &from, llvm::StringRef name);
  FileScope *loadFile(const FileScope &from, llvm::StringRef name, Range range);
  std::string nameInModule(llvm::StringRef path) const;

  //===- EvaluateStatement.cpp --------------------------------------------------------------------===//
  void run(const Block &block);
  void run(const Statement &statement);
  void run(const Binding &statement);
  void run(const If &statement);
  void run(const For &statement);
  void run(const Return &statement);
  void run(const Assert &statement);
  bool bindPattern(llvm::ArrayRef<Pattern> patterns, const Value &value, Range range);
  bool evaluateValues(const Values &values, std::vector<Value> &results, std::vector<const Expr *> &exprs,
                      std::vector<Range> &ranges);
  void nameTensor(const Value &value, llvm::StringRef name);
  void reportNoSequence(const Expr &expr, const Value &value);
  void failNamesOf(const Block &block);
  void failScan(const Scan &scan);

  //===- EvaluateExpression.cpp, IndexTensor.cpp -----------------------------------------===//
  Value evaluate(const Expr &expr);
  Value evaluateInner(const Expr &expr);
  /// The value of what is called: of a name that is unknown, the message speaks of layers and operations.
  Value evaluateCallee(const Expr &expr);
  Value evaluateString(const StringExpr &expr);
  Value evaluateComprehension(const ComprehensionExpr &expr);
  bool runClause(const ComprehensionExpr &expr, size_t clause, std::vector<Value> &results);
  Value evaluateCall(const CallExpr &expr, const Given *first, Range range);
  /// Appends the values of what is written to `arguments`; false after an error.
  bool evaluateArguments(llvm::ArrayRef<Argument> written, const Value &callee, std::vector<Given> &arguments);
  Value evaluatePipe(const PipeExpr &expr);
  Value evaluateIndex(const IndexExpr &expr);
  /// An int of a subscript; `otherwise` where nothing is written, nothing after an error.
  std::optional<int64_t> readIndex(const ExprPtr &expr, int64_t otherwise, llvm::StringRef wanted);
  std::optional<int64_t> readBound(const ExprPtr &expr, int64_t otherwise);
  Value indexList(const Value &base, const IndexExpr &expr);
  Value indexTensor(mlir::Value base, const IndexExpr &expr);
  struct SliceBounds;
  bool readSlice(const Subscript &subscript, mlir::Value base, size_t dim, SliceBounds &bounds);
  Value evaluateUnary(const UnaryExpr &expr);
  Value evaluateBinary(const BinaryExpr &expr);
  Value evaluateConditional(const ConditionalExpr &expr);
  bool evaluateElements(llvm::ArrayRef<Element> elements, std::vector<Value> &values);
  std::optional<bool> condition(const Expr &expr, const Value &value, llvm::StringRef word,
                                const If *statement = nullptr);

  //===- Arithmetic.cpp -----------------------------------------------------------------------------===//
  Value numbers(Operator op, const Given &left, const Given &right, Range range);
  Value dimensions(Operator op, Dim left, Dim right, Range range);
  Value tensors(Operator op, const Given &left, const Given &right, Range range);
  Value matmul(const Given &left, const Given &right, Range range);
  Value power(mlir::Value base, mlir::Value exponent, const Given &left, const Given &right, Range range);
  std::optional<bool> equal(const Value &a, const Value &b, Range range);
  /// Says where the dimension of a side comes from (ShapeOrigin.cpp).
  void noteShapes(Report &report, const Given &left, const Given &right, unsigned leftDim, unsigned rightDim);

  //===- Call.cpp -----------------------------------------------------------------------------------===//
  Value callDefinee(const Definee &definee, const std::shared_ptr<Instance> &instance, std::vector<Given> arguments,
                    Range range);
  bool bindArguments(const Definee &definee, Instance *instance, std::vector<Given> &arguments, bool makesInstance,
                     std::vector<std::optional<Given>> &bound, Range range, Value &nameArgument);
  Value apply(Instance &instance, std::vector<std::optional<Given>> bound, Range range);
  Value applyBuiltin(const Definee &definee, llvm::ArrayRef<std::optional<Given>> bound, Range range);
  bool bindBuiltin(const Definee &definee, llvm::ArrayRef<std::optional<Given>> bound, Range range, Call &call);
  std::shared_ptr<Instance> makeInstance(const Definee &definee, const Value &nameArgument, Range nameRange,
                                         Range range);
  void setPath(Instance &instance, llvm::StringRef step);
  bool bindParameters(const Definee &definee, llvm::ArrayRef<std::optional<Given>> bound, Range range);
  /// Warns of numbers that are most likely in the order of another framework (ArgumentOrder.cpp).
  void checkOrder(const Instance &instance, llvm::ArrayRef<std::optional<Given>> bound);
  bool isTensorParameter(const Definee &definee, const Parameter &parameter);
  bool enter(Frame &frame, Range range);
  void leave() { frames.pop_back(); }
  /// Runs `report` as in the caller's body: what is wrong is the call.
  void outside(llvm::function_ref<void()> report) {
    Frame *own = frames.back();
    frames.pop_back();
    report();
    frames.push_back(own);
  }

  //===- Match.cpp ----------------------------------------------------------------------------------===//
  /// The value as the compile-time type wants it; nothing if it does not fit.
  std::optional<Value> match(const Value &value, const TypeExpr &type);
  bool isTensorType(const TypeExpr &type);
  /// Reports names in the type that are no types; false if there are any.
  bool checkType(const TypeExpr &type);
  std::string describeType(const TypeExpr &type);
  struct Mismatch {
    std::string expected; // the type with what is known put in
    int dimension = -1;   // the one that differs
    bool failed = false;  // an error was reported
  };
  enum class Phase { names, expressions };
  /// Binds the dimensions of a tensor's type in this frame.
  bool matchTensor(const Value &value, const TypeExpr &type, Phase phase, Mismatch &mismatch);
  /// Says that `/` gives a float, where that is what was written for an int.
  static void helpDivision(Report &report, const Expr *expr);
  /// Says that an argument is not what its parameter wants.
  void helpArgument(Report &report, const Definee &definee, const Parameter &parameter, const Given &given);
  void reportArgument(const Definee &definee, const Parameter &parameter, const Given &given, llvm::StringRef expected);
  /// A value against the type that a result or a target states; `owner` is what messages call it.
  Value checkResult(const Value &value, const TypeExpr &type, Range range, const llvm::Twine &owner);
  /// The shape that a type of `param` or `state` states; nothing after an error.
  std::optional<Shape> evaluateShape(const TypeExpr &type);
  std::optional<Dim> evaluateDim(const Expr &expr);

  //===- Declare.cpp ----------------------------------------------------------------------------------===//
  void run(const Declaration &statement);
  bool reportSmallDimension(const TypeExpr &type);
  void run(const Store &statement);
  std::optional<Initializer> initializer(const Value &value, Range range, llvm::StringRef what);

  //===- Model.cpp --------------------------------------------------------------------------------------===//
  struct Graph {
    mlir::func::FuncOp function;
    bool training = false;
    bool isEntry = false; // which makes no parameters
    std::map<std::string, Declared> declared;
    // What training gives: epochs and updates so far, and of the run how many epochs and updates in an epoch. Null: the
    // graph has no such argument.
    mlir::Value epoch, update, epochs, updatesPerEpoch;
    mlir::Value random;    // null: the graph has no such argument
    mlir::Value rateScale; // in training: what the runtime multiplies the rate with
    llvm::SmallVector<mlir::Value> times() const { return {epoch, update, epochs, updatesPerEpoch}; }
    bool isTime(mlir::Value value) const { return value && llvm::is_contained(times(), value); }
    llvm::SmallVector<mlir::Value> results;
    llvm::SmallVector<mlir::DictionaryAttr> resultAttributes;
    void addResult(mlir::Value value, llvm::ArrayRef<mlir::NamedAttribute> attributes) {
      results.push_back(value);
      resultAttributes.push_back(mlir::DictionaryAttr::get(value.getContext(), attributes));
    }
  };
  enum class GraphKind { predict, evaluate, trainStep };
  const Model *chooseModel(const File &file);
  /// The blocks that continue the model's body.
  struct Continuations {
    const Train *train = nullptr;
    std::vector<const Entry *> entries;
  };
  Continuations findContinuations(const File &file, const Model &model);
  bool readSettings(const Model &model, const Continuations &continuations);
  Value readSetting(llvm::StringRef name, llvm::StringRef text, const Parameter &parameter, llvm::StringRef owner);
  /// Binds compile-time parameters; `prefix` stands before their names in `--set`.
  bool bindSettings(llvm::ArrayRef<Parameter> parameters, llvm::StringRef owner, llvm::StringRef prefix = "");
  bool addInputs(llvm::ArrayRef<Parameter> parameters);
  bool addSource(const Parameter &parameter);
  mlir::Value addArgument(llvm::StringRef name, mlir::RankedTensorType type, Range range);
  void buildGraph(GraphKind kind, const Model &model, const Train *train);
  void beginGraph(Graph &own, llvm::StringRef name, Range range);
  bool runBody(Frame &body, const Model &model);
  void reportUnbound(const Output &output);
  bool checkBatch(const Model &model);
  /// Notes what the body that ends here has read.
  void noteUsages();
  void reportUsages();
  bool bindOutputs(llvm::ArrayRef<Output> outputs);
  void reportTimeInState(mlir::Value time);
  /// A name of `train` blocks that stands for a number of the run; nothing elsewhere, and for other names.
  std::optional<Value> runNumber(llvm::StringRef name);
  void finishGraph();
  mlir::NamedAttribute portName(llvm::StringRef name);

  //===- Entry.cpp ----------------------------------------------------------------------------------------===//
  void buildEntry(const Entry &entry, const Model &model);

  //===- From.cpp ------------------------------------------------------------------------------------------===//
  /// The clause `from` of an input; null after an error.
  mlir::DictionaryAttr evaluateSource(const Parameter &parameter, llvm::ArrayRef<Dim> shape, mlir::Type element);
  mlir::DictionaryAttr evaluateDerivedSource(const Parameter &parameter, llvm::ArrayRef<Dim> shape, mlir::Type element);
  mlir::Value sourceInput(const Name &source, llvm::ArrayRef<Argument> arguments, Range range);

  //===- Rules.cpp ---------------------------------------------------------------------------------------------===//
  /// What rules set; nothing: as the optimizer and the declaration say.
  struct RuleSettings {
    std::optional<double> decay, rate, maxNorm; // maxNorm 0: none
    std::optional<bool> frozen;
    std::optional<Initializer> initial;
    void merge(const RuleSettings &later) {
      auto take = [](auto &mine, const auto &other) { mine = other ? other : mine; };
      take(decay, later.decay), take(rate, later.rate), take(maxNorm, later.maxNorm);
      take(frozen, later.frozen), take(initial, later.initial);
    }
  };
  struct TrainRule {
    std::vector<std::pair<std::string, Range>> patterns;
    RuleSettings settings;
    Range frozenRange; // of the setting `frozen`
  };
  void run(const Rule &statement);
  void readSetting(llvm::StringRef name, const Value &value, Range range, RuleSettings &settings);
  std::optional<double> ruleNumber(llvm::StringRef name, const Value &value, Range range, bool zero);

  //===- Train.cpp, Metrics.cpp -------------------------------------------------------------------------------===//
  struct MetricValue {
    std::string name;
    mlir::Value value; // null: it failed
    Range range;
  };
  struct TrainResult {
    mlir::Value loss, rate;
    std::shared_ptr<const Optimizer> optimizer;
    std::optional<double> clipNorm, clipValue;
    int64_t batch = 64, epochs = 0;
    std::vector<MetricValue> metrics; // the loss first
    std::vector<TrainRule> rules;
  };
  bool applyRules(const TrainResult &result);
  nn::OptimizeOp emitOptimize(const TrainResult &result);
  bool runTrain(const Train &train, TrainResult &result);
  void run(const Metric &statement);
  bool readTrainSettings(const Train &train, TrainResult &result);
  bool readCount(llvm::StringRef name, int64_t &count);
  bool readLimit(llvm::StringRef name, std::optional<double> &limit);
  bool readRate(TrainResult &result);
  void reportUnused(const Train &train, const std::set<std::string> &before);
  /// What evaluate and train_step return for the metrics: each value is combined over the batches.
  struct Totals {
    llvm::SmallVector<mlir::Value> values;
    llvm::SmallVector<std::string> kinds;
  };
  /// A metric as a formula over totals.
  struct Formula {
    std::string name, text;
    llvm::SmallVector<mlir::Value> totals;
    llvm::SmallVector<size_t> slots; // of the totals, among all
    std::optional<int64_t> meanOf;   // totals[0] / totals[1]: how many elements are counted for each row
    llvm::DenseMap<mlir::Value, std::pair<mlir::Value, mlir::Value>> uniform; // what is averaged over the rows
  };
  mlir::Value countRows();
  bool checkFlow(const MetricValue &metric, mlir::Value total);
  std::optional<Formula> takeApart(const MetricValue &metric);
  std::optional<Totals> findTotals(llvm::ArrayRef<MetricValue> metrics);
  std::optional<Totals> matchTotals(llvm::ArrayRef<MetricValue> metrics, const Totals &evaluated);
  void buildMetrics(llvm::ArrayRef<MetricValue> metrics, const Totals &totals);

  llvm::DenseMap<mlir::Value, std::optional<nn::Reference>> constants; // of constantElements
  llvm::DenseMap<mlir::Operation *, Range> places;                     // of what emitNamed made
  /// Inputs and instances that bodies bind, and whether a graph reads them.
  struct Usage {
    std::string name;
    Range where;
    bool isInput = false, used = false;
  };
  std::map<const char *, Usage> usages; // by the place of the name
  std::vector<Frame *> frames;
  std::vector<Range> rangeStack; // of the expressions being evaluated
  Graph *graph = nullptr;
  mlir::OwningOpRef<mlir::ModuleOp> module;
  std::map<std::string, Declared> known;              // over all graphs
  std::map<std::string, Value> settings;              // of --set, evaluated
  std::map<std::string, std::string> compileSettings; // what every compile-time parameter is
  FileScope userFile, library, operations;
  std::map<std::string, std::unique_ptr<FileScope>> imported;         // by path
  std::vector<std::pair<std::string, llvm::StringRef>> importedTexts; // as the module names them
  std::vector<const FileScope *> importing;                           // the files that lead to the one being read
  std::vector<std::unique_ptr<Builtin>> builtins;
  llvm::StringMap<Builtin *> builtinByName;
  llvm::StringMap<Builtin *> sourceByName; // the sources of `from`: their signatures
  std::vector<std::pair<const char *, const char *>> libraryText;
  std::vector<std::unique_ptr<File>> settingTrees;
  uint64_t steps = 0, ops = 0;
  llvm::StringRef operation;          // the one that is being applied; empty: none
  unsigned operationCount = 0;        // of this graph
  InstanceState modelState;           // of the graph being built
  const Train *trainBlock = nullptr;  // of the model, if it has one
  TrainResult *trainResult = nullptr; // of the train block that runs
  std::vector<Formula> formulas;      // of the metrics, as evaluation has them
  Totals evaluatedTotals;             // their kinds; the values are of another graph
};

} // namespace argent::ag

#endif // ARGENT_FRONTENDS_AG_EVALUATE_EVALUATOR_H
