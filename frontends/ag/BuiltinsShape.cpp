//===- BuiltinsShape.cpp - shapes, and what moves elements ---------------------------------------------------===//
#include "frontends/ag/Builtins.h"

#include "llvm/Support/MathExtras.h"

using namespace argent::ag;
using llvm::StringRef;
using llvm::Twine;

namespace nn = argent::nn;

std::optional<Shape> argent::ag::readDims(Evaluator &e, Call &call, unsigned i, std::optional<size_t> *inferred) {
  Shape shape;
  std::vector<Value> list = call[i].isList() ? call[i].asList() : std::vector<Value>();
  for (const Value &value : list) {
    if (!value.isDimension()) {
      Report report = e.error(call.at(i), call.name + " needs dimensions, ints; found " + describe(value));
      if (value.isList())
        report.help("spread a list: *dims");
      return std::nullopt;
    }
    Dim dim = value.asDim();
    if (inferred && !dim.open && dim.value == -1) {
      if (*inferred) {
        e.error(call.at(i), "one dimension may be -1; found two");
        return std::nullopt;
      }
      *inferred = shape.size();
      dim.value = 1;
    }
    shape.push_back(dim);
  }
  return shape;
}

namespace {

Value reshape(Evaluator &e, Call &call) {
  mlir::Value x = call[0].asTensor();
  Shape from = shapeOf(x);
  std::optional<size_t> inferred;
  auto shape = readDims(e, call, 1, &inferred);
  if (!shape)
    return {};
  Range range = call.at(1);
  auto have = elementCount(from), want = elementCount(*shape);
  auto mismatch = [&] {
    return e.fail(range, "reshape keeps the number of elements; found " + toText(call[0]) + " and " +
                             toString(*shape, elementOf(x)));
  };
  if (!have || !want)
    return mismatch();
  if (inferred) {
    if (want->value == 0 || have->value % want->value != 0 || have->batches < want->batches ||
        have->batches - want->batches > 1)
      return mismatch();
    (*shape)[*inferred] = {have->value / want->value, have->batches != want->batches};
  } else if (!(*have == *want)) {
    return mismatch();
  }
  if (!e.checkSize(*shape, elementOf(x), range))
    return {};
  return Value(e.reshape(x, *shape));
}

Value flatten(Evaluator &e, Call &call) {
  mlir::Value x = call[0].asTensor();
  Shape shape = shapeOf(x);
  if (shape.empty())
    return e.fail(call.at(0), "flatten needs a dimension; found " + toText(call[0]));
  Dim rest;
  for (Dim dim : llvm::drop_begin(shape)) {
    if (rest.open && dim.open)
      return e.fail(call.at(0), "a dimension is an integer or an integer times N; flatten of " + toText(call[0]) +
                                    " would hold N * N");
    rest = {rest.value * dim.value, rest.open || dim.open};
  }
  return Value(e.reshape(x, {shape[0], rest}));
}

Value transpose(Evaluator &e, Call &call) {
  mlir::Value x = call[0].asTensor();
  int64_t rank = shapeOf(x).size();
  llvm::SmallVector<int64_t> axes;
  std::vector<Value> list = call[1].isList() ? call[1].asList() : std::vector<Value>();
  if (list.size() == 1 && list[0].isList()) {
    std::vector<Value> inner = list[0].asList();
    list = inner;
  }
  for (const Value &value : list) {
    if (!value.isInteger() || value.asInteger() < -rank || value.asInteger() >= rank)
      return e.fail(call.at(1), "transpose needs axes of " + toText(call[0]) + "; found " + describe(value));
    axes.push_back(value.asInteger() < 0 ? value.asInteger() + rank : value.asInteger());
  }
  if (axes.empty())
    for (int64_t axis = rank; axis-- != 0;)
      axes.push_back(axis);
  llvm::SmallVector<int64_t> sorted = axes;
  llvm::sort(sorted);
  for (int64_t i = 0; i != rank; ++i)
    if (static_cast<int64_t>(sorted.size()) != rank || sorted[i] != i)
      return e.fail(call.at(1), "transpose names each of the " + Twine(rank) + " axes once; found " + toText(call[1]));
  if (rank < 2)
    return Value(x);
  return Value(e.emit<nn::TransposeOp>(x, e.builder.getDenseI64ArrayAttr(axes)));
}

Value broadcastTo(Evaluator &e, Call &call) {
  mlir::Value x = call[0].asTensor();
  auto shape = readDims(e, call, 1);
  if (!shape || !e.checkSize(*shape, elementOf(x), call.at(1)))
    return {};
  unsigned clash;
  auto joined = broadcast(shapeOf(x), *shape, clash);
  if (!joined || *joined != *shape)
    return e.fail(call.range, toText(call[0]) + " does not stretch to " + toString(*shape, elementOf(x)));
  return Value(e.broadcastTo(x, *shape));
}

/// Classes along a new last dimension: 1 where the index is the class.
Value oneHot(Evaluator &e, Call &call) {
  mlir::Value index = call[0].asTensor();
  if (!elementOf(index).isInteger(32))
    return e.fail(call.at(0), "one_hot needs an i32 tensor; found " + toText(call[0]));
  if (!call[1].isInteger() || call[1].asInteger() < 1 || call[1].asInteger() > (1 << 24))
    return e.fail(call.at(1), "one_hot needs `classes`, an int from 1 to 16777216; found " + describe(call[1]));
  int64_t classes = call[1].asInteger();
  Shape shape = shapeOf(index);
  Shape result = shape;
  result.push_back({classes, false});
  if (!e.checkSize(result, e.f32(), call.range))
    return {};
  shape.push_back({1, false});
  std::vector<double> numbers(classes);
  for (int64_t i = 0; i != classes; ++i)
    numbers[i] = static_cast<double>(i);
  mlir::Value all = e.constant({classes}, numbers, elementOf(index));
  mlir::Value equal = e.emit<nn::CompareOp>(nn::Predicate::eq, e.reshape(index, shape), all);
  return Value(e.emitNamed<nn::CastOp>("one_hot", tensorType(result, e.f32()), equal));
}

Value iota(Evaluator &e, Call &call) {
  bool isMask = call.name == "sequence_mask";
  const Value &count = call[isMask ? 1 : 0];
  if (!count.isInteger() || count.asInteger() < 1 || count.asInteger() > (1 << 24))
    return e.fail(call.at(isMask ? 1 : 0),
                  call.name + " needs `T`, an int from 1 to 16777216; found " + describe(count));
  std::vector<double> numbers(count.asInteger());
  for (size_t i = 0; i != numbers.size(); ++i)
    numbers[i] = static_cast<double>(i);
  mlir::Value steps = e.constant({count.asInteger()}, numbers, e.builder.getI32Type());
  if (!isMask)
    return Value(steps);
  mlir::Value lengths = call[0].asTensor();
  Shape shape = shapeOf(lengths);
  if (!elementOf(lengths).isInteger(32) || shape.size() != 1)
    return e.fail(call.at(0), "sequence_mask needs lengths, i32[N]; found " + toText(call[0]));
  shape.push_back({1, false});
  e.limitIndex(lengths, count.asInteger() + 1); // lengths are in 0 … T
  return Value(e.emit<nn::CompareOp>(nn::Predicate::lt, steps, e.reshape(lengths, shape)));
}

Value later(Evaluator &e, Call &call) { return e.notEvaluatedYet(call.range, "`" + call.name + "`"); }

} // namespace

llvm::ArrayRef<BuiltinFamily> argent::ag::shapeBuiltins() {
  static const BuiltinFamily table[] = {
      {"reshape", "x: tensor, dims: rest", reshape},
      {"flatten", "x: tensor", flatten},
      {"transpose", "x: tensor, axes: rest", transpose},
      {"broadcast", "x: tensor, dims: rest", broadcastTo},
      {"one_hot", "index: tensor, classes: int", oneHot},
      {"iota", "T: int", iota},
      {"sequence_mask", "lengths: tensor, T: int", iota},
      {"reverse", "x: tensor, axis: int", later},
      {"concat", "list: list, axis: int = -1", later},
      {"stack", "list: list, axis: int = 1", later},
      {"split", "x: tensor, parts: int | list[int], axis: int = -1", later},
      {"pad", "x: tensor, pairs: list, value: float = 0.0, mode: str = \"constant\"", later},
      {"repeat", "x: tensor, times: int, axis: int", later},
      {"gather", "x: tensor, index: tensor, axis: int = 0, batch: int = 0", later},
      {"top_k", "x: tensor, k: int", later},
      {"k_max", "x: tensor, k: int, count: tensor | none = none, lengths: tensor | none = none, axis: int = 1", later},
  };
  return table;
}
