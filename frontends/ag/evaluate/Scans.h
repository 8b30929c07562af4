//===- Scans.h - loops over time ---------------------------------------------------------------------------------===//
// `scan` becomes one nn.scan. The body is evaluated once, into its region, in a scope of its own; what it uses of the
// graph around it is captured afterwards.
#ifndef ARGENT_FRONTENDS_AG_EVALUATE_SCANS_H
#define ARGENT_FRONTENDS_AG_EVALUATE_SCANS_H

#include "frontends/ag/evaluate/Context.h"

#include "dialects/nn/NN.h"

#include <map>

namespace argent::ag {

class Evaluator;
class Tensors;

class Scans : public Part {
public:
  explicit Scans(Evaluator &evaluator);

  /// What the scan yields: a tensor, a list of several, none without `yield`; failed after an error. The carried names
  /// have their last values.
  Value run(const Scan &scan);

private:
  struct Head;

  //===- The head: what is known before the body ------------------------------------------------------------------===//
  bool readHead(const Scan &scan, Head &head);
  bool readArguments(const Scan &scan, Head &head);
  bool readSource(const Scan::Source &source, Head &head);
  bool readCarried(const Scan::Carried &carried, Head &head);
  /// Whether every row can keep what it carries, where `lengths` says so.
  bool checkRows(const Head &head);
  bool setSteps(int64_t steps, const Expr &source, Head &head);

  //===- The body -------------------------------------------------------------------------------------------------===//
  /// The op with its sources and carried values, whose body is empty.
  nn::ScanOp begin(const Scan &scan, const Head &head);
  bool runBody(const Scan &scan, Head &head, nn::ScanOp op, std::vector<std::string> &states);
  /// What the next step is given for a carried name; false after an error.
  bool readNext(const Scan::Carried &carried, const Value &before, llvm::SmallVectorImpl<mlir::Value> &next);
  /// A state that the body has written is a carried value: what the next step finds. Their paths.
  std::vector<std::string> carryStates(nn::ScanOp op, const std::map<std::string, mlir::Value> &before,
                                       llvm::SmallVectorImpl<mlir::Value> &next);
  bool readYields(const Yield &yield, llvm::SmallVectorImpl<mlir::Value> &values);
  /// At steps past a row's length: `kept` (null: zeros).
  mlir::Value untilLength(mlir::Value value, mlir::Value kept, const Head &head, nn::ScanOp op);
  /// The op with all it yields and captures.
  nn::ScanOp finish(nn::ScanOp op, mlir::ValueRange next, mlir::ValueRange yielded);
  void assignStates(llvm::ArrayRef<std::string> states, mlir::ValueRange last);

  Evaluator &evaluator_;
  Tensors &tensors_;
};

} // namespace argent::ag

#endif // ARGENT_FRONTENDS_AG_EVALUATE_SCANS_H
