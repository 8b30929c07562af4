//===- Context.h - what the parts of an evaluation share -------------------------------------------------------===//
// Where the evaluation is, what it says, and how far it may go. Evaluation goes on after an error as far as it makes
// sense; whatever depends on the error is `Failed` and silent.
#ifndef ARGENT_FRONTENDS_AG_EVALUATE_CONTEXT_H
#define ARGENT_FRONTENDS_AG_EVALUATE_CONTEXT_H

#include "frontends/ag/Frontend.h"
#include "frontends/ag/evaluate/Frame.h"
#include "frontends/ag/evaluate/Observer.h"

#include "mlir/IR/MLIRContext.h"
#include "llvm/ADT/STLFunctionalExtras.h"

namespace argent::ag {

struct Graph;

class Context {
public:
  Context(mlir::MLIRContext &mlir, Diagnostics &diagnostics, const EvaluateOptions &options)
      : mlir(mlir), diagnostics(diagnostics), options(options) {}

  mlir::MLIRContext &mlir;
  Diagnostics &diagnostics;
  const EvaluateOptions &options;
  Graph *graph = nullptr;       // the one that is being built
  const Train *train = nullptr; // the model's block, if it has one

  //===- Reports ------------------------------------------------------------------------------------------------===//
  /// An error at `range`. Inside of the standard library it is reported at the call in the user's file that led there.
  Report error(Range range, const llvm::Twine &message) { return report(/*isError=*/true, range, message); }
  Report warning(Range range, const llvm::Twine &message) { return report(/*isError=*/false, range, message); }
  /// Text of the library: places in it say nothing to its user.
  void addLibraryText(llvm::StringRef text) { libraryTexts_.push_back(text); }
  bool isInLibrary(Range range) const;

  //===- Limits -------------------------------------------------------------------------------------------------===//
  /// Counts steps of evaluation; false, after an error at the call, when there were too many.
  bool step(Range range, uint64_t count = 1);
  /// Counts an op of the graph.
  void countOp();
  bool aborted = false;

  //===- The bodies that are being evaluated, the innermost last ------------------------------------------------===//
  static constexpr unsigned kMaxCallDepth = 200;
  size_t depth() const { return frames_.size(); }
  Frame &frame() { return *frames_.back(); }
  const Frame &frame() const { return *frames_.back(); }
  /// The layer whose body is evaluated, or the one that forwards to it under its own path; empty: a model.
  llvm::StringRef layerName() const;
  /// Begins a body; false after an error. `call` is invalid where none led to it.
  bool enter(Frame &next, Range call);
  void leave() { frames_.pop_back(); }
  /// Runs `report` as in the caller's body: what is wrong is the call.
  void outside(llvm::function_ref<void()> report);
  /// Begins the evaluation of a graph, which `range` stands for.
  void begin(Range range);
  void end();

  /// The names of the innermost body.
  Variable *findVariable(llvm::StringRef name);
  void bind(const Name &name, Value value, const Expr *expr = nullptr);

  //===- Places -------------------------------------------------------------------------------------------------===//
  std::vector<Range> ranges; // of the expressions and statements that are being evaluated
  /// The innermost place in the user's file that is being evaluated.
  Range userRange() const;
  /// The calls in the user's file that led here, the innermost first.
  llvm::SmallVector<Range> callsInUserFile() const;

private:
  static constexpr uint64_t kMaxSteps = 1000000, kMaxOps = 100000;

  Report report(bool isError, Range range, const llvm::Twine &message);
  /// The first call that led here; `otherwise` if there is none.
  Range outermostCall(Range otherwise) const;

  std::vector<llvm::StringRef> libraryTexts_;
  std::vector<Frame *> frames_;
  uint64_t steps_ = 0, ops_ = 0;
};

/// A place that is being evaluated, as long as this lives.
class PlaceScope {
public:
  PlaceScope(Context &context, Range range) : context_(context) { context.ranges.push_back(range); }
  PlaceScope(const PlaceScope &) = delete;
  ~PlaceScope() { context_.ranges.pop_back(); }

private:
  Context &context_;
};

/// A part of the evaluation, with short forms for what all of them ask the context.
class Part {
public:
  explicit Part(Context &context) : context(context) {}

  Report error(Range range, const llvm::Twine &message) { return context.error(range, message); }
  Report warning(Range range, const llvm::Twine &message) { return context.warning(range, message); }
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
  bool step(Range range, uint64_t count = 1) { return context.step(range, count); }

  Context &context;

protected:
  Frame &frame() { return context.frame(); }
  Variable *findVariable(llvm::StringRef name) { return context.findVariable(name); }
  void bind(const Name &name, Value value, const Expr *expr = nullptr) { context.bind(name, std::move(value), expr); }
};

} // namespace argent::ag

#endif // ARGENT_FRONTENDS_AG_EVALUATE_CONTEXT_H
