//===- Evaluator.h - evaluates the bodies of an .ag file -------------------------------------------------------===//
// Expressions become values, statements bind them. What a name means, what a call does, how a value fits a type and how
// an op is built are parts of their own; they come back here for the expressions and bodies inside of theirs.
//   EvaluateStatement.cpp   bodies
//   EvaluateExpression.cpp  operators, lists, calls, indices of lists
//   IndexTensor.cpp         indices of tensors
#ifndef ARGENT_FRONTENDS_AG_EVALUATE_EVALUATOR_H
#define ARGENT_FRONTENDS_AG_EVALUATE_EVALUATOR_H

#include "frontends/ag/evaluate/Calls.h"
#include "frontends/ag/evaluate/Files.h"
#include "frontends/ag/evaluate/Names.h"
#include "frontends/ag/evaluate/Parameters.h"
#include "frontends/ag/evaluate/Scans.h"
#include "frontends/ag/evaluate/Tensors.h"
#include "frontends/ag/evaluate/Types.h"

namespace argent::ag {

class Evaluator : public Part {
public:
  explicit Evaluator(Context &context);

  Value evaluate(const Expr &expr);
  void run(const Block &block);
  void run(const Statement &statement);
  /// Appends the values of what is written to `arguments`; false after an error.
  bool evaluateArguments(llvm::ArrayRef<Argument> written, const Value &callee, std::vector<Given> &arguments);

  Files files;
  Names names;
  Types types;
  Tensors tensors;
  Instances instances;
  Calls calls;
  Parameters parameters;
  Scans scans;

private:
  static constexpr unsigned kMaxListDepth = 200;
  static constexpr size_t kMaxDepth = 50000; // calls and operators together: the stack holds so many

  //===- Statements ---------------------------------------------------------------------------------------------===//
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

  //===- Expressions --------------------------------------------------------------------------------------------===//
  Value evaluateInner(const Expr &expr);
  /// The value of what is called: of a name that is unknown, the message speaks of layers and operations.
  Value evaluateCallee(const Expr &expr);
  Value evaluateString(const StringExpr &expr);
  Value evaluateComprehension(const ComprehensionExpr &expr);
  bool runClause(const ComprehensionExpr &expr, size_t clause, std::vector<Value> &results);
  Value evaluateCall(const CallExpr &expr, const Given *first, Range range);
  Value evaluatePipe(const PipeExpr &expr);
  Value evaluateUnary(const UnaryExpr &expr);
  Value evaluateBinary(const BinaryExpr &expr);
  Value evaluateConditional(const ConditionalExpr &expr);
  bool evaluateElements(llvm::ArrayRef<Element> elements, std::vector<Value> &values);
  std::optional<bool> condition(const Expr &expr, const Value &value, llvm::StringRef word,
                                const If *statement = nullptr);

  //===- Indices ------------------------------------------------------------------------------------------------===//
  Value evaluateIndex(const IndexExpr &expr);
  /// An int of a subscript; `otherwise` where nothing is written, nothing after an error.
  std::optional<int64_t> readIndex(const ExprPtr &expr, int64_t otherwise, llvm::StringRef wanted);
  std::optional<int64_t> readBound(const ExprPtr &expr, int64_t otherwise);
  Value indexList(const Value &base, const IndexExpr &expr);
  Value indexTensor(mlir::Value base, const IndexExpr &expr);
  struct SliceBounds;
  bool readSlice(const Subscript &subscript, mlir::Value base, size_t dim, SliceBounds &bounds);
};

} // namespace argent::ag

#endif // ARGENT_FRONTENDS_AG_EVALUATE_EVALUATOR_H
