//===- IndexTensor.cpp - x[…] of a tensor --------------------------------------------------===//
// Integers and slices along all dimensions are one nn.slice (and nn.reverse where a step is negative), a tensor is
// nn.gather; `...` and `none` only move dimensions.
#include "frontends/ag/evaluate/Evaluator.h"

using namespace argent::ag;
using llvm::Twine;

namespace nn = argent::nn;

/// Elements first, first + step … of a dimension: `count` of them; the step may be negative.
struct Evaluator::SliceBounds {
  int64_t first = 0, count = 1, step = 1;
};

/// a:b:step of the dimension; false after an error.
bool Evaluator::readSlice(const Subscript &subscript, mlir::Value base, size_t dim, SliceBounds &bounds) {
  Dim extent = dimsOf(base)[dim];
  auto fault = [&](Range range, const Twine &message) {
    error(range, message);
    return false;
  };
  if (extent.isOpen)
    return fault(subscript.range, "the batch cannot be sliced; dimension " + Twine(dim) + " of " + toText(Value(base)) +
                                      " is " + toString(extent));
  auto step = readBound(subscript.step, 1);
  if (!step)
    return false;
  if (*step == 0)
    return fault(subscript.step->range, "the step of a slice cannot be 0");
  int64_t size = extent.size;
  // Behind the last element in the direction of the step: not a number that can be written, for a negative step.
  int64_t begin = *step > 0 ? 0 : size - 1, end = *step > 0 ? size : -1;
  for (auto [written, place] : {std::pair(&subscript.first, &begin), std::pair(&subscript.last, &end)}) {
    if (!*written)
      continue;
    auto bound = readBound(*written, 0);
    if (!bound)
      return false;
    if (*bound < -size || *bound > size)
      return fault((*written)->range, "the bound " + Twine(*bound) + " is out of range for dimension " + Twine(dim) +
                                          " of " + toText(Value(base)));
    *place = *bound < 0 ? *bound + size : *bound;
  }
  if (*step < 0)
    begin = std::min(begin, size - 1);
  int64_t distance = *step > 0 ? end - begin : begin - end, stride = *step > 0 ? *step : -std::max(*step, -size);
  if (distance <= 0)
    return fault(subscript.range,
                 "the slice is empty: it takes no element of dimension " + Twine(dim) + " of " + toText(Value(base)));
  bounds = {begin, (distance - 1) / stride + 1, *step > 0 ? stride : -stride};
  return true;
}

Value Evaluator::indexTensor(mlir::Value base, const IndexExpr &expr) {
  Dims shape = dimsOf(base), result;
  size_t named = 0, ellipses = 0;
  std::vector<Value> indices(expr.subscripts.size());
  for (auto [index, subscript] : llvm::enumerate(expr.subscripts)) {
    ellipses += subscript.kind == Subscript::Kind::ellipsis;
    if (subscript.kind == Subscript::Kind::slice)
      ++named;
    if (subscript.kind != Subscript::Kind::index)
      continue;
    indices[index] = evaluate(*subscript.first);
    if (indices[index].failed())
      return {};
    named += !indices[index].isNone();
  }
  if (ellipses > 1)
    return fail(expr.range, "an index can have only one `...`");
  if (named > shape.size())
    return fail(expr.range, "too many indices: " + toText(Value(base)) + " has " + Twine(shape.size()) +
                                " dimensions; found " + Twine(named));

  size_t dim = 0;
  llvm::SmallVector<int64_t> offsets, sizes, strides, reversed;
  auto take = [&](SliceBounds bounds) {
    int64_t last = bounds.first + (bounds.count - 1) * bounds.step;
    offsets.push_back(std::min(bounds.first, last));
    sizes.push_back(bounds.count);
    strides.push_back(bounds.count == 1 ? 1 : std::abs(bounds.step));
    if (bounds.step < 0 && bounds.count > 1)
      reversed.push_back(dim);
    ++dim;
  };
  auto takeRest = [&](size_t count) {
    for (size_t i = 0; i != count; ++i) {
      result.push_back(shape[dim]);
      take({0, shape[dim].size, 1});
    }
  };
  // The dimension that a tensor indexes: in the base, and in the result without the other numbers.
  mlir::Value gathered;
  size_t gatherDim = 0;
  for (auto [index, subscript] : llvm::enumerate(expr.subscripts)) {
    switch (subscript.kind) {
    case Subscript::Kind::ellipsis:
      takeRest(shape.size() - named);
      break;
    case Subscript::Kind::slice: {
      if (!subscript.first && !subscript.last && !subscript.step) {
        takeRest(1);
        break;
      }
      SliceBounds bounds;
      if (!readSlice(subscript, base, dim, bounds))
        return {};
      result.push_back({bounds.count, false});
      take(bounds);
      break;
    }
    case Subscript::Kind::index: {
      const Value &value = indices[index];
      if (value.isNone()) {
        result.push_back({1, false});
        break;
      }
      Dim size = shape[dim];
      if (value.isTensor()) {
        if (gathered)
          return fail(subscript.range, "only one index can be a tensor; found two");
        if (mlir::Type element = elementOf(value.asTensor()); !element.isInteger(32)) {
          Report report = error(subscript.range, "an index that is a tensor must be of i32; found " + toText(value));
          if (element.isInteger(1))
            report.help("a shape cannot depend on values: write where(…, x, 0.0) to put zeros where it is false");
          else if (element.isIntOrIndex())
            report.help("cast it: i32(…)");
          return {};
        }
        if (size.isOpen)
          return fail(subscript.range,
                      "the batch cannot be indexed; dimension " + Twine(dim) + " of " + toText(Value(base)) + " is " +
                          toString(size),
                      "gather(x, index, axis=1, batch=1) takes other elements in each row");
        gathered = value.asTensor();
        if (!tensors.checkIndex(gathered, size.size, subscript.range, "index",
                                "dimension " + Twine(dim) + " of " + toText(Value(base))))
          return {};
        gatherDim = result.size();
        takeRest(1);
        break;
      }
      if (!value.isInteger()) {
        Report report = error(subscript.range, "an index must be an int; found " + describe(value));
        helpDivision(report, subscript.first.get());
        return {};
      }
      if (size.isOpen) {
        Report report = error(subscript.range, "the batch cannot be indexed; dimension " + Twine(dim) + " of " +
                                                   toText(Value(base)) + " is " + toString(size));
        if (shape.size() > 1)
          report.help("x[:, 0] takes the first element of each row");
        return {};
      }
      if (value.asInteger() >= size.size || value.asInteger() < -size.size)
        return fail(subscript.range, "index " + Twine(value.asInteger()) + " is out of range for dimension " +
                                         Twine(dim) + " of " + toText(Value(base)));
      take({value.asInteger() < 0 ? value.asInteger() + size.size : value.asInteger(), 1, 1});
      break;
    }
    }
  }
  takeRest(shape.size() - dim);

  bool isWhole = true;
  for (size_t d = 0; d != shape.size(); ++d)
    isWhole &= sizes[d] == shape[d].size && strides[d] == 1;
  if (!isWhole)
    base = tensors.emit<nn::SliceOp>(base, offsets, sizes, strides);
  if (!reversed.empty())
    base = tensors.emit<nn::ReverseOp>(base, reversed);
  base = tensors.reshape(base, result);
  if (!gathered)
    return Value(base);
  Dims after(result.begin(), result.begin() + gatherDim);
  llvm::append_range(after, dimsOf(gathered));
  after.append(result.begin() + gatherDim + 1, result.end());
  if (!tensors.checkSize(after, elementOf(base), expr.range))
    return {};
  return Value(tensors.gather(base, gathered, gatherDim));
}
