//===- TrainBlock.h - the train block --------------------------------------------------------------------------===//
// It continues the model's body in the model's frame. `loss`, `optimizer`, `clip_norm`, `clip_value`, `batch` and
// `epochs` are settings; other names are the writer's own.
#ifndef ARGENT_FRONTENDS_AG_EVALUATE_TRAINBLOCK_H
#define ARGENT_FRONTENDS_AG_EVALUATE_TRAINBLOCK_H

#include "frontends/ag/evaluate/Rules.h"

namespace argent::nn {
class OptimizeOp;
}

namespace argent::ag {

class Evaluator;
class Ports;
class Settings;
class Tensors;

struct MetricValue {
  std::string name;
  mlir::Value value; // null: it failed
  Range range;
};

class TrainBlock : public Part {
public:
  TrainBlock(Evaluator &evaluator, Ports &ports, Settings &settings, const Train &train);

  /// Evaluates the block in the body of its model; false after an error.
  bool run();
  void run(const Metric &statement);
  void run(const Rule &statement) { rules_.add(statement); }
  /// Reports a name that training gives, where the block binds it.
  void checkTarget(const Name &target);
  /// What a name stands for that the block binds to something else; nothing for other names.
  std::optional<Value> runNumber(llvm::StringRef name);

  // What a block says that has no errors.
  mlir::Value loss() const { return lossValue_; }
  llvm::ArrayRef<MetricValue> metrics() const { return metricValues_; } // the loss first
  int64_t batch() const { return batchRows_; }
  int64_t epochs() const { return epochCount_; }
  /// Where the optimizer's rate is written.
  Range rateRange() const { return optimizer_->rateRange; }
  nn::OptimizeOp emitOptimize();

private:
  void addRunNumbers();
  void dropSettings();
  bool readSettings();
  bool readLoss();
  bool readOptimizer();
  bool readRate();
  bool readCount(llvm::StringRef name, int64_t &count);
  bool readLimit(llvm::StringRef name, std::optional<double> &limit);
  void reportUnused(const std::set<std::string> &before);

  Evaluator &evaluator_;
  Tensors &tensors_;
  Ports &ports_;
  Settings &settings_;
  const Train &train_;
  Rules rules_;
  mlir::Value lossValue_, rate_;
  std::shared_ptr<const Optimizer> optimizer_;
  std::optional<double> clipNorm_, clipValue_;
  int64_t batchRows_ = 64, epochCount_ = 0;
  std::vector<MetricValue> metricValues_;
};

} // namespace argent::ag

#endif // ARGENT_FRONTENDS_AG_EVALUATE_TRAINBLOCK_H
