//===- BuiltinsShape.cpp - shapes, and what moves elements ---------------------------------------------------===//
#include "frontends/ag/operations/Builtins.h"

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
      Report report = e.error(call.at(i), call.name + " needs ints as dimensions; found " + describe(value));
      if (value.isList())
        report.help("spread the list with `*`: *dims");
      else if (value.is<double>() && (call.name == "reshape" || call.name == "broadcast"))
        report.help("`/` gives a float; ints are divided by `//`");
      else if (value.isNumber())
        report.help("dimensions are ints; other arguments of " + call.name + " are given by name");
      return std::nullopt;
    }
    Dim dim = value.asDim();
    if (inferred && !dim.open && dim.value == -1) {
      if (*inferred) {
        e.error(call.at(i), "only one dimension can be -1; found two");
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
    return e.fail(range, "reshape must keep the number of elements; found " + toText(call[0]) + " and " +
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
    return e.fail(call.at(0), "flatten needs at least one dimension; found " + toText(call[0]));
  Dim rest;
  for (Dim dim : llvm::drop_begin(shape)) {
    if (rest.open && dim.open)
      return e.fail(call.at(0), "flatten of " + toText(call[0]) +
                                    " would make a dimension N * N; only multiples of N are possible");
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
    if (!value.isInteger())
      return e.fail(call.at(1), "transpose needs ints as axes; found " + describe(value));
    if (value.asInteger() < -rank || value.asInteger() >= rank)
      return e.fail(call.at(1), "axis " + toText(value) + " is out of range for " + toText(call[0]) + ", which has " +
                                    Twine(rank) + (rank == 1 ? " dimension" : " dimensions"));
    axes.push_back(value.asInteger() < 0 ? value.asInteger() + rank : value.asInteger());
  }
  if (axes.empty())
    for (int64_t axis = rank; axis-- != 0;)
      axes.push_back(axis);
  llvm::SmallVector<int64_t> sorted = axes;
  llvm::sort(sorted);
  for (int64_t i = 0; i != rank; ++i)
    if (static_cast<int64_t>(sorted.size()) != rank || sorted[i] != i) {
      Report report = e.error(call.at(1), "transpose must name each of the " + Twine(rank) + " axes once; found " +
                                              toText(call[1]));
      // Two axes, elsewhere, are exchanged.
      if (axes.size() == 2 && rank > 2) {
        std::string order;
        for (int64_t axis = 0; axis != rank; ++axis)
          order += ", " + std::to_string(axis == axes[0] ? axes[1] : axis == axes[1] ? axes[0] : axis);
        report.help("to exchange the two, name all in their new order: transpose(x" + order + ")");
      }
      return {};
    }
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
    return e.fail(call.range, toText(call[0]) + " cannot be broadcast to " + toString(*shape, elementOf(x)));
  return Value(e.broadcastTo(x, *shape));
}

/// A list of tensors of one element type, at least one; empty after an error.
std::vector<mlir::Value> readTensors(Evaluator &e, Call &call) {
  std::vector<mlir::Value> tensors;
  for (const Value &value : call[0].asList()) {
    if (!value.isTensor() || (!tensors.empty() && elementOf(value.asTensor()) != elementOf(tensors[0]))) {
      e.error(call.at(0), call.name + " needs a list of tensors of one element type; found " +
                              (tensors.empty() ? "" : toText(Value(tensors[0])) + " and ") + describe(value));
      return {};
    }
    tensors.push_back(value.asTensor());
  }
  if (tensors.empty())
    e.error(call.at(0), call.name + " needs a list of tensors; found an empty list");
  return tensors;
}

Value concat(Evaluator &e, Call &call) {
  std::vector<mlir::Value> tensors = readTensors(e, call);
  if (tensors.empty())
    return {};
  Shape shape = shapeOf(tensors[0]);
  if (shape.empty())
    return e.fail(call.at(0), "concat needs tensors with at least one dimension; found " + toText(Value(tensors[0])));
  // The message about an axis shows argument 0: a list.
  Call named = call;
  named.arguments[0].value = Value(tensors[0]);
  auto axis = readAxis(e, named, 1, shape.size());
  if (!axis)
    return {};
  for (mlir::Value tensor : tensors) {
    Shape other = shapeOf(tensor);
    if (other.size() != shape.size())
      return e.fail(call.at(0), "concat needs tensors with the same number of dimensions; found " +
                                    toText(Value(tensors[0])) + " and " + toText(Value(tensor)));
    if (other[*axis].open)
      return e.fail(call.range, "concat cannot join along the batch; axis " + Twine(*axis) + " of " +
                                    toText(Value(tensor)) + " is " + toString(other[*axis]));
    for (size_t d = 0; d != shape.size(); ++d)
      if (static_cast<int64_t>(d) != *axis && other[d] != shape[d])
        return e.fail(call.at(0), "concat along axis " + Twine(*axis) +
                                      " needs the other dimensions to be equal; dimension " + Twine(d) + " is " +
                                      toString(shape[d]) + " in " + toText(Value(tensors[0])) + " and " +
                                      toString(other[d]) + " in " + toText(Value(tensor)));
  }
  Shape result = shape;
  for (mlir::Value tensor : llvm::drop_begin(tensors))
    result[*axis].value += shapeOf(tensor)[*axis].value;
  if (!e.checkSize(result, elementOf(tensors[0]), call.range))
    return {};
  return Value(concatTensors(e, tensors, *axis));
}

Value stack(Evaluator &e, Call &call) {
  std::vector<mlir::Value> tensors = readTensors(e, call);
  if (tensors.empty())
    return {};
  Shape shape = shapeOf(tensors[0]);
  for (mlir::Value tensor : tensors)
    if (shapeOf(tensor) != shape)
      return e.fail(call.at(0), "stack needs tensors of equal shapes; found " + toText(Value(tensors[0])) + " and " +
                                    toText(Value(tensor)));
  int64_t axis = call[1].asInteger(), rank = static_cast<int64_t>(shape.size()) + 1;
  if (axis < -rank || axis >= rank)
    return e.fail(call.at(1), "axis " + Twine(axis) + " is out of range: stack makes " + Twine(rank) +
                                  " dimensions of " + toText(Value(tensors[0])));
  if (axis < 0)
    axis += rank;
  shape.insert(shape.begin() + axis, Dim{1, false});
  Shape result = shape;
  result[axis].value = static_cast<int64_t>(tensors.size());
  if (!e.checkSize(result, elementOf(tensors[0]), call.range))
    return {};
  for (mlir::Value &tensor : tensors)
    tensor = e.reshape(tensor, shape);
  return Value(concatTensors(e, tensors, axis));
}

/// A dimension that is a number, for what takes elements of it apart; nothing after an error.
std::optional<int64_t> readClosedAxis(Evaluator &e, Call &call, unsigned i) {
  Shape shape = shapeOf(call[0].asTensor());
  auto axis = readAxis(e, call, i, shape.size());
  if (axis && shape[*axis].open) {
    e.error(call.at(i), call.name + " cannot work along the batch; axis " + Twine(*axis) + " of " + toText(call[0]) +
                            " is " + toString(shape[*axis]));
    return std::nullopt;
  }
  return axis;
}

Value split(Evaluator &e, Call &call) {
  mlir::Value x = call[0].asTensor();
  auto axis = readClosedAxis(e, call, 2);
  if (!axis)
    return {};
  int64_t size = shapeOf(x)[*axis].value;
  std::vector<int64_t> sizes;
  if (call[1].isInteger()) {
    int64_t parts = call[1].asInteger();
    if (parts < 1 || size % parts != 0)
      return e.fail(call.at(1), "split needs a number of parts that divides the " + Twine(size) + " elements of axis " +
                                    Twine(*axis) + " of " + toText(call[0]) + "; found " + Twine(parts));
    if (!e.step(call.range, parts))
      return {};
    sizes.assign(parts, size / parts);
  } else {
    int64_t sum = 0;
    for (const Value &part : call[1].asList()) {
      if (part.asInteger() < 1 || part.asInteger() > size)
        return e.fail(call.at(1), "split needs parts of 1 to " + Twine(size) + " elements; found " + toText(part));
      sizes.push_back(part.asInteger());
      sum += sizes.back();
    }
    if (sum != size)
      return e.fail(call.at(1), "the parts have " + Twine(sum) + " elements together; axis " + Twine(*axis) + " of " +
                                    toText(call[0]) + " has " + Twine(size));
  }
  std::vector<Value> parts;
  int64_t first = 0;
  for (int64_t count : sizes) {
    parts.push_back(Value(e.slice(x, *axis, first, count)));
    first += count;
  }
  return Value::list(std::move(parts));
}

Value pad(Evaluator &e, Call &call) {
  mlir::Value x = call[0].asTensor();
  Shape shape = shapeOf(x), result;
  const std::vector<Value> &pairs = call[1].asList();
  if (pairs.size() != shape.size())
    return e.fail(call.at(1), "pad needs a pair (before, after) for each of the " + Twine(shape.size()) +
                                  " dimensions of " + toText(call[0]) + "; found " + Twine(pairs.size()));
  StringRef word = call[3].asString();
  std::optional<nn::PadMode> mode = nn::symbolizePadMode(word);
  if (!mode)
    return e.fail(call.at(3), "pad needs `mode`, \"constant\", \"reflect\" or \"edge\"; found \"" + word + "\"");
  bool isFloat = llvm::isa<mlir::FloatType>(elementOf(x));
  double value = call[2].asNumber();
  if (call.isGiven(2) && *mode != nn::PadMode::constant)
    return e.fail(call.at(2), "`value` is only allowed with mode=\"constant\"");
  if (call.isGiven(2) && !isFloat && value != std::floor(value))
    return e.fail(call.at(2), toText(call[0]) + " cannot be padded with a float; found " + toText(call[2]));
  llvm::SmallVector<int64_t> low, high;
  for (auto [d, pair] : llvm::enumerate(pairs)) {
    auto isCount = [](const Value &v) { return v.isInteger() && v.asInteger() >= 0 && v.asInteger() < (1 << 30); };
    if (!pair.isList() || pair.asList().size() != 2 || !llvm::all_of(pair.asList(), isCount))
      return e.fail(call.at(1), "pad needs pairs (before, after) of ints, at least 0; found " + describe(pair));
    low.push_back(pair.asList()[0].asInteger());
    high.push_back(pair.asList()[1].asInteger());
    if (shape[d].open && (low[d] || high[d]))
      return e.fail(call.at(1), "the batch cannot be padded; dimension " + Twine(d) + " of " + toText(call[0]) +
                                    " is " + toString(shape[d]));
    if (*mode == nn::PadMode::reflect && std::max(low[d], high[d]) >= shape[d].value)
      return e.fail(call.at(1), "dimension " + Twine(d) + " of " + toText(call[0]) +
                                    " has too few elements to reflect " + Twine(std::max(low[d], high[d])));
    result.push_back({shape[d].value + low[d] + high[d], shape[d].open});
  }
  if (!e.checkSize(result, elementOf(x), call.range))
    return {};
  if (result == shape)
    return Value(x);
  return Value(
      e.emit<nn::PadOp>(*mode, x, low, high, llvm::ArrayRef<int64_t>(), *mode == nn::PadMode::constant ? value : 0.0));
}

Value reverse(Evaluator &e, Call &call) {
  auto axis = readClosedAxis(e, call, 1);
  if (!axis)
    return {};
  return Value(e.emit<nn::ReverseOp>(call[0].asTensor(), *axis));
}

/// Each element `times` times: along a new dimension behind the axis, which then joins it.
Value repeat(Evaluator &e, Call &call) {
  mlir::Value x = call[0].asTensor();
  Shape shape = shapeOf(x);
  auto axis = readAxis(e, call, 2, shape.size());
  if (!axis)
    return {};
  int64_t times = call[1].asInteger();
  if (times < 1 || times > (1 << 24))
    return e.fail(call.at(1), "repeat needs `times`, from 1 to 16777216; found " + Twine(times));
  Shape wide = shape, result = shape;
  wide.insert(wide.begin() + *axis + 1, Dim{1, false});
  x = e.reshape(x, wide);
  wide[*axis + 1].value = times;
  result[*axis].value *= times;
  if (!e.checkSize(result, elementOf(x), call.range))
    return {};
  return Value(e.reshape(e.broadcastTo(x, wide), result));
}

mlir::Value iotaOf(Evaluator &e, int64_t count) {
  return e.emit<nn::IotaOp>(mlir::RankedTensorType::get({count}, e.builder.getI32Type()));
}

/// Classes along a new last dimension: 1 where the index is the class.
Value oneHot(Evaluator &e, Call &call) {
  mlir::Value index = call[0].asTensor();
  if (!elementOf(index).isInteger(32))
    return e.fail(call.at(0), "one_hot needs an i32 tensor; found " + toText(call[0]), "cast it: i32(…)");
  if (!call[1].isInteger() || call[1].asInteger() < 1 || call[1].asInteger() > (1 << 24))
    return e.fail(call.at(1), "one_hot needs `classes`, an int from 1 to 16777216; found " + describe(call[1]));
  int64_t classes = call[1].asInteger();
  if (const nn::Reference *elements = e.constantElements(index))
    for (double element : elements->values)
      if (element < 0 || element >= static_cast<double>(classes)) {
        e.warning(call.at(0), "index " + Twine(toInteger(element)) + " is none of the " + Twine(classes) +
                                  " classes 0 … " + Twine(classes - 1) + ": its row of one_hot is zeros");
        break;
      }
  Shape shape = shapeOf(index);
  Shape result = shape;
  result.push_back({classes, false});
  if (!e.checkSize(result, e.f32(), call.range))
    return {};
  shape.push_back({1, false});
  mlir::Value equal = e.emit<nn::CompareOp>(nn::Predicate::eq, e.reshape(index, shape), iotaOf(e, classes));
  return Value(e.emitNamed<nn::CastOp>("one_hot", tensorType(result, e.f32()), equal));
}

Value iota(Evaluator &e, Call &call) {
  bool isMask = call.name == "sequence_mask";
  const Value &count = call[isMask ? 1 : 0];
  if (!count.isInteger() || count.asInteger() < 1 || count.asInteger() > (1 << 24))
    return e.fail(call.at(isMask ? 1 : 0),
                  call.name + " needs `T`, an int from 1 to 16777216; found " + describe(count));
  mlir::Value steps = iotaOf(e, count.asInteger());
  if (!isMask)
    return Value(steps);
  mlir::Value lengths = call[0].asTensor();
  Shape shape = shapeOf(lengths);
  if (!elementOf(lengths).isInteger(32) || shape.size() != 1)
    return e.fail(call.at(0), "sequence_mask needs lengths, i32[N]; found " + toText(call[0]));
  shape.push_back({1, false});
  if (!e.limitIndex(lengths, count.asInteger() + 1, call.at(0), "length",
                    "T = " + toText(count))) // lengths are in 0 … T
    return {};
  return Value(e.emit<nn::CompareOp>(nn::Predicate::lt, steps, e.reshape(lengths, shape)));
}

mlir::Value gatherAt(Evaluator &e, mlir::Value x, mlir::Value index, int64_t axis, int64_t batch,
                     int64_t trailing = 0) {
  auto &b = e.builder;
  return e.emit<nn::GatherOp>(x, index, b.getI64IntegerAttr(axis), b.getI64IntegerAttr(batch),
                              b.getI64IntegerAttr(trailing));
}

Value gather(Evaluator &e, Call &call) {
  mlir::Value x = call[0].asTensor(), index = call[1].asTensor();
  Shape shape = shapeOf(x), where = shapeOf(index);
  if (!elementOf(index).isInteger(32)) {
    Report report = e.error(call.at(1), "gather needs an index of i32; found " + toText(call[1]));
    e.noteDeclaration(report, call.arguments[1]);
    report.help("cast it: i32(…)");
    return {};
  }
  auto axis = readClosedAxis(e, call, 2);
  if (!axis)
    return {};
  int64_t batch = call[3].asInteger();
  if (batch < 0 || batch > *axis || batch > static_cast<int64_t>(where.size()))
    return e.fail(call.at(3), "gather needs `batch`, at most the axis, " + Twine(*axis) +
                                  ", and the dimensions of the index, " + Twine(where.size()) + "; found " +
                                  Twine(batch));
  for (int64_t d = 0; d != batch; ++d)
    if (shape[d] != where[d])
      return e.fail(call.range, "gather with batch=" + Twine(batch) + " needs equal dimensions; dimension " + Twine(d) +
                                    " is " + toString(shape[d]) + " in " + toText(call[0]) + " and " +
                                    toString(where[d]) + " in " + toText(call[1]));
  Shape result(shape.begin(), shape.begin() + *axis);
  result.append(where.begin() + batch, where.end());
  result.append(shape.begin() + *axis + 1, shape.end());
  if (!e.checkSize(result, elementOf(x), call.range))
    return {};
  if (!e.limitIndex(index, shape[*axis].value, call.at(1), "index",
                    "dimension " + Twine(*axis) + " of " + toText(call[0])))
    return {};
  return Value(gatherAt(e, x, index, *axis, batch));
}

/// `k` of the elements along a dimension; false after an error.
bool checkK(Evaluator &e, Call &call, int64_t axis) {
  Dim dim = shapeOf(call[0].asTensor())[axis];
  if (call[1].asInteger() >= 1 && call[1].asInteger() <= dim.value)
    return true;
  e.error(call.at(1), call.name + " needs `k`, from 1 to the " + Twine(dim.value) + " elements of axis " + Twine(axis) +
                          " of " + toText(call[0]) + "; found " + toText(call[1]));
  return false;
}

mlir::Value topIndices(Evaluator &e, mlir::Value x, int64_t k, int64_t axis) {
  return e.emit<nn::TopKOp>(x, e.builder.getI64IntegerAttr(k), e.builder.getI64IntegerAttr(axis));
}

Value topK(Evaluator &e, Call &call) {
  mlir::Value x = call[0].asTensor();
  Shape shape = shapeOf(x);
  if (shape.empty() || shape.back().open || elementOf(x).isInteger(1) || elementOf(x).isInteger(8))
    return e.fail(call.at(0), "top_k needs numbers whose last dimension is not the batch; found " + toText(call[0]));
  int64_t axis = static_cast<int64_t>(shape.size()) - 1;
  if (!checkK(e, call, axis))
    return {};
  mlir::Value index = topIndices(e, x, call[1].asInteger(), axis);
  return Value::list({Value(gatherAt(e, x, index, axis, axis)), Value(index)});
}

/// i32[N] for an argument of k_max, as [N, 1 …] beside x; null if it is none, nothing after an error.
std::optional<mlir::Value> readRowCounts(Evaluator &e, Call &call, unsigned i, StringRef name) {
  if (call[i].isNone())
    return mlir::Value();
  mlir::Value counts = call[i].asTensor();
  Shape shape = shapeOf(call[0].asTensor()), rows = shapeOf(counts);
  if (!elementOf(counts).isInteger(32) || rows.size() != 1 || rows[0] != shape[0]) {
    e.error(call.at(i), "k_max needs `" + name + "`, i32[" + toString(shape[0]) + "]; found " + toText(call[i]));
    return std::nullopt;
  }
  rows.append(shape.size() - 1, Dim{1, false});
  return e.reshape(counts, rows);
}

/// The places of the k largest, then those in their own order: of the places that do not count the last, so that zeros
/// come last.
Value kMax(Evaluator &e, Call &call) {
  if (!needsFloats(e, call, 0))
    return {};
  mlir::Value x = call[0].asTensor();
  Shape shape = shapeOf(x);
  auto axis = readClosedAxis(e, call, 4);
  if (!axis || !checkK(e, call, *axis))
    return {};
  if (*axis == 0 && !(call[2].isNone() && call[3].isNone()))
    return e.fail(call.at(4), "k_max with `count` or `lengths` cannot work along axis 0, the rows");
  auto count = readRowCounts(e, call, 2, "count"),
       lengths = count ? readRowCounts(e, call, 3, "lengths") : std::nullopt;
  if (!lengths)
    return {};
  int64_t size = shape[*axis].value, k = call[1].asInteger(), trailing = static_cast<int64_t>(shape.size()) - 1 - *axis;
  auto places = [&](int64_t n) {
    Shape along(trailing + 1, Dim{1, false});
    along[0].value = n;
    return e.reshape(iotaOf(e, n), along);
  };
  mlir::Value scores = x, limit = *count;
  if (*lengths) {
    if (!e.limitIndex(call[3].asTensor(), size + 1, call.at(3), "length",
                      "axis " + Twine(*axis) + " of " + toText(call[0]))) // 0 … T
      return {};
    mlir::Value isValid = e.emit<nn::CompareOp>(nn::Predicate::lt, places(size), *lengths);
    auto lowest =
        llvm::APFloat::getLargest(llvm::cast<mlir::FloatType>(elementOf(x)).getFloatSemantics(), /*Negative=*/true);
    scores = e.emit<nn::SelectOp>(isValid, x, e.constant(lowest.convertToDouble(), elementOf(x)));
    limit = limit ? e.emit<nn::MinOp>(limit, *lengths) : *lengths;
  }
  mlir::Value index = topIndices(e, scores, k, *axis), isKept;
  if (limit) {
    isKept = e.emit<nn::CompareOp>(nn::Predicate::lt, places(k), limit);
    index = e.emit<nn::SelectOp>(isKept, index, e.constant(static_cast<double>(size), e.builder.getI32Type()));
  }
  mlir::Value order = topIndices(e, e.emit<nn::NegOp>(index), k, *axis);
  mlir::Value inOrder = gatherAt(e, index, order, *axis, *axis, trailing);
  mlir::Value y = gatherAt(e, x, inOrder, *axis, *axis, trailing);
  if (limit)
    y = e.emit<nn::SelectOp>(isKept, y, e.constant(0, elementOf(x)));
  return Value(y);
}

} // namespace

mlir::Value argent::ag::padWith(Evaluator &e, mlir::Value x, size_t dim, int64_t before, int64_t after,
                                nn::PadMode mode, double value) {
  if (before == 0 && after == 0)
    return x;
  llvm::SmallVector<int64_t> low(shapeOf(x).size(), 0), high(low);
  low[dim] = before;
  high[dim] = after;
  return e.emit<nn::PadOp>(mode, x, low, high, llvm::ArrayRef<int64_t>(), value);
}

mlir::Value argent::ag::concatTensors(Evaluator &e, llvm::ArrayRef<mlir::Value> parts, int64_t axis) {
  if (parts.size() == 1)
    return parts.front();
  return e.emit<nn::ConcatOp>(mlir::ValueRange(parts), e.builder.getI64IntegerAttr(axis));
}

llvm::ArrayRef<BuiltinFamily> argent::ag::shapeBuiltins() {
  static const BuiltinFamily table[] = {
      {"reshape", "x: tensor, dims: rest", reshape},
      {"flatten", "x: tensor", flatten},
      {"transpose", "x: tensor, axes: rest", transpose},
      {"broadcast", "x: tensor, dims: rest", broadcastTo},
      {"one_hot", "index: tensor, classes: int", oneHot},
      {"iota", "T: int", iota},
      {"sequence_mask", "lengths: tensor, T: int", iota},
      {"reverse", "x: tensor, axis: int", reverse},
      {"concat", "list: list, axis: int = -1", concat},
      {"stack", "list: list, axis: int = 1", stack},
      {"split", "x: tensor, parts: int | list[int], axis: int = -1", split},
      {"pad", "x: tensor, pairs: list, value: float = 0.0, mode: str = \"constant\"", pad},
      {"repeat", "x: tensor, times: int, axis: int", repeat},
      {"gather", "x: tensor, index: tensor, axis: int = 0, batch: int = 0", gather},
      {"top_k", "x: tensor, k: int", topK},
      {"k_max", "x: tensor, k: int, count: tensor | none = none, lengths: tensor | none = none, axis: int = 1", kMax},
  };
  return table;
}
