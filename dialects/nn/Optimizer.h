//===- Optimizer.h - the optimizers, each as its formula -------------------===//
// An optimizer is a row of a table: its numbers with their ranges, how many moments it keeps, and how one element
// moves. The formula is written once for any kind of number: for tensors, it builds the update over the arenas
// (compiler/graph/InsertOptimizer.cpp); for doubles, it is the reference interpreter's. To add one: a row and a formula
// in Optimizer.cpp, a signature in the frontend.
#ifndef ARGENT_DIALECTS_NN_OPTIMIZER_H
#define ARGENT_DIALECTS_NN_OPTIMIZER_H

#include "dialects/nn/gradient/GradientBuilder.h"

namespace argent::nn {

/// A number of an optimizer, with its default and range.
struct OptimizerNumber {
  enum class Range {
    fraction, // 0 <= x < 1
    epsilon,  // x >= 1e-30: it keeps a quotient finite, and smaller ones may be zero in f32
    flag,     // false or true
  };
  llvm::StringRef name;
  double initial;
  Range range;

  bool holds(double value) const;
  /// "in [0, 1)": what a message says is expected.
  llvm::StringRef expected() const;
};

/// What a formula sees of one element. `Number` has + - * / with itself and with double, and sqrt().
template <typename Number> struct OptimizerStep {
  const OptimizerAttr &optimizer;
  Number gradient;                           // clipped, with decay where that is not apart
  llvm::SmallVector<Number> moments;         // on return: their next values
  llvm::function_ref<Number(double)> unbias; // 1 / (1 - beta^t), where t counts the updates, this one included

  double number(llvm::StringRef name) const { return optimizer.getNumber(name); }
};

/// A tensor with the operators of a formula.
struct TensorNumber {
  const GradientBuilder *builder = nullptr;
  mlir::Value value;
};

struct Optimizer {
  llvm::StringRef name;
  llvm::ArrayRef<OptimizerNumber> numbers;
  unsigned (*countMoments)(OptimizerAttr);
  bool countsUpdates; // the formula calls unbias()
  bool decaysApart;   // decay is added to the step, not to the gradient
  // The step: the parameter then moves by -rate * step.
  TensorNumber (*buildStep)(OptimizerStep<TensorNumber> &);
  double (*interpretStep)(OptimizerStep<double> &);
};

/// Null: there is none of this name.
const Optimizer *findOptimizer(llvm::StringRef name);
/// Their names, separated by commas.
std::string optimizerNames();

/// Below this a norm is none: limit / norm stays finite in f32.
constexpr double kSmallestNorm = 1e-12;

} // namespace argent::nn

#endif // ARGENT_DIALECTS_NN_OPTIMIZER_H
