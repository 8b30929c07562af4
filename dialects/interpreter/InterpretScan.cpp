//===- InterpretScan.cpp - a loop, step by step ----------------------------===//
#include "dialects/interpreter/Interpreter.h"

using namespace mlir;

namespace argent::nn {

namespace {
/// Where the part of a step lies in `[A, T, *S]`: A pieces of `size` elements each.
struct Part {
  int64_t rows, size;

  explicit Part(const Reference &stacked, int64_t steps)
      : rows(stacked.shape[0]), size(static_cast<int64_t>(stacked.values.size()) / std::max<int64_t>(1, rows * steps)) {
  }

  template <typename Copy> void forEach(int64_t step, int64_t steps, Copy copy) const {
    for (int64_t row = 0; row < rows; ++row)
      copy((row * steps + step) * size, row * size);
  }
};
} // namespace

LogicalResult Interpreter::runScan(ScanOp op) {
  const int64_t steps = op.getSteps();
  NextOp next = op.getNext();
  // Copies: an assignment moves what the map holds.
  SmallVector<Reference> carried = llvm::map_to_vector(op.getInitial(), [&](Value v) { return values_[v]; });
  SmallVector<Reference> sources = llvm::map_to_vector(op.getSources(), [&](Value v) { return values_[v]; });
  SmallVector<Reference> stacked = llvm::map_to_vector(op.getStacked(), [&](Value v) { return Reference(shapeOf(v)); });
  for (auto [argument, value] : llvm::zip(op.getCapturedArguments(), op.getCaptured()))
    values_[argument] = Reference(values_[value]);

  for (int64_t i = 0; i < steps; ++i) {
    const int64_t step = op.getReverse() ? steps - 1 - i : i;
    values_[op.getStep()] = Reference({}, static_cast<double>(step));
    for (auto [argument, source] : llvm::zip(op.getSourceArguments(), sources)) {
      Reference part(shapeOf(argument));
      Part place(source, steps);
      place.forEach(step, steps, [&, &from = source](int64_t outer, int64_t inner) {
        std::copy_n(from.values.begin() + outer, place.size, part.values.begin() + inner);
      });
      values_[argument] = std::move(part);
    }
    for (auto [argument, value] : llvm::zip(op.getCarriedArguments(), carried))
      values_[argument] = value;
    if (failed(runBlock(op.getBody().front())))
      return failure();
    for (auto [yielded, whole] : llvm::zip(next.getYielded(), stacked)) {
      const Reference &part = values_[yielded];
      Part place(whole, steps);
      place.forEach(step, steps, [&, &to = whole](int64_t outer, int64_t inner) {
        std::copy_n(part.values.begin() + inner, place.size, to.values.begin() + outer);
      });
    }
    // All at once: one may be carried on as another.
    carried = llvm::map_to_vector(next.getCarried(), [&](Value v) { return values_[v]; });
  }
  for (auto [result, value] : llvm::zip(op.getStacked(), stacked))
    values_[result] = std::move(value);
  for (auto [result, value] : llvm::zip(op.getLast(), carried))
    values_[result] = std::move(value);
  return success();
}

} // namespace argent::nn
