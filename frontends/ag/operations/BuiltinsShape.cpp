//===- BuiltinsShape.cpp - shapes, and what moves elements ---------------------------------------------------===//
#include "frontends/ag/operations/Builtins.h"

#include "llvm/Support/MathExtras.h"

using namespace argent::ag;
using llvm::StringRef;
using llvm::Twine;

namespace nn = argent::nn;

std::optional<Dims> argent::ag::readDims(Tensors &t, Call &call, StringRef argument, std::optional<size_t> *inferred) {
  Dims dims;
  std::vector<Value> list = call[argument].isList() ? call[argument].asList() : std::vector<Value>();
  for (const Value &value : list) {
    if (!value.isDimension()) {
      Report report = t.error(call.at(argument), call.name + " needs ints as dimensions; found " + describe(value));
      if (value.isList())
        report.help("spread the list with `*`: *dims");
      else if (value.is<double>() && (call.name == "reshape" || call.name == "broadcast"))
        report.help("`/` gives a float; ints are divided by `//`");
      else if (value.isNumber())
        report.help("dimensions are ints; other arguments of " + call.name + " are given by name");
      return std::nullopt;
    }
    Dim dim = value.asDim();
    if (inferred && !dim.isOpen && dim.size == -1) {
      if (*inferred) {
        t.error(call.at(argument), "only one dimension can be -1; found two");
        return std::nullopt;
      }
      *inferred = dims.size();
      dim.size = 1;
    }
    dims.push_back(dim);
  }
  return dims;
}

std::optional<int64_t> argent::ag::readClosedAxis(Tensors &t, Call &call) {
  mlir::Value x = call["x"].asTensor();
  Dims dims = dimsOf(x);
  auto axis = readAxis(t, call, "axis", x);
  if (axis && dims[*axis].isOpen) {
    t.error(call.at("axis"), call.name + " cannot work along the batch; axis " + Twine(*axis) + " of " +
                                 toText(call["x"]) + " is " + toString(dims[*axis]));
    return std::nullopt;
  }
  return axis;
}

namespace {

Value reshape(Tensors &t, Call &call) {
  mlir::Value x = call["x"].asTensor();
  Dims from = dimsOf(x);
  std::optional<size_t> inferred;
  auto shape = readDims(t, call, "dims", &inferred);
  if (!shape)
    return {};
  Range range = call.at("dims");
  auto have = countOf(from), want = countOf(*shape);
  auto mismatch = [&] {
    return t.fail(range, "reshape must keep the number of elements; found " + toText(call["x"]) + " and " +
                             toString(*shape, elementOf(x)));
  };
  if (!have || !want)
    return mismatch();
  if (inferred) {
    if (want->factor == 0 || have->factor % want->factor != 0 || have->power < want->power ||
        have->power - want->power > 1)
      return mismatch();
    (*shape)[*inferred] = {have->factor / want->factor, have->power != want->power};
  } else if (!(*have == *want)) {
    return mismatch();
  }
  if (!t.checkSize(*shape, elementOf(x), range))
    return {};
  return Value(t.reshape(x, *shape));
}

Value flatten(Tensors &t, Call &call) {
  mlir::Value x = call["x"].asTensor();
  Dims shape = dimsOf(x);
  if (shape.empty())
    return t.fail(call.at("x"), "flatten needs at least one dimension; found " + toText(call["x"]));
  Dim rest;
  for (Dim dim : llvm::drop_begin(shape)) {
    if (rest.isOpen && dim.isOpen)
      return t.fail(call.at("x"), "flatten of " + toText(call["x"]) +
                                      " would make a dimension N * N; only multiples of N are possible");
    rest = {rest.size * dim.size, rest.isOpen || dim.isOpen};
  }
  return Value(t.reshape(x, {shape[0], rest}));
}

Value transpose(Tensors &t, Call &call) {
  mlir::Value x = call["x"].asTensor();
  int64_t rank = dimsOf(x).size();
  llvm::SmallVector<int64_t> axes;
  std::vector<Value> list = call["axes"].isList() ? call["axes"].asList() : std::vector<Value>();
  if (list.size() == 1 && list[0].isList()) {
    std::vector<Value> inner = list[0].asList();
    list = inner;
  }
  for (const Value &value : list) {
    if (!value.isInteger())
      return t.fail(call.at("axes"), "transpose needs ints as axes; found " + describe(value));
    if (value.asInteger() < -rank || value.asInteger() >= rank)
      return t.fail(call.at("axes"), "axis " + toText(value) + " is out of range for " + toText(call["x"]) +
                                         ", which has " + Twine(rank) + (rank == 1 ? " dimension" : " dimensions"));
    axes.push_back(value.asInteger() < 0 ? value.asInteger() + rank : value.asInteger());
  }
  if (axes.empty())
    for (int64_t axis = rank; axis-- != 0;)
      axes.push_back(axis);
  llvm::SmallVector<int64_t> sorted = axes;
  llvm::sort(sorted);
  for (int64_t i = 0; i != rank; ++i)
    if (static_cast<int64_t>(sorted.size()) != rank || sorted[i] != i) {
      Report report = t.error(call.at("axes"), "transpose must name each of the " + Twine(rank) + " axes once; found " +
                                                   toText(call["axes"]));
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
  return Value(t.emit<nn::TransposeOp>(x, t.builder.getDenseI64ArrayAttr(axes)));
}

Value broadcastTo(Tensors &t, Call &call) {
  mlir::Value x = call["x"].asTensor();
  auto shape = readDims(t, call, "dims");
  if (!shape || !t.checkSize(*shape, elementOf(x), call.at("dims")))
    return {};
  auto joined = nn::broadcastDims(dimsOf(x), *shape);
  if (!joined || *joined != *shape)
    return t.fail(call.range, toText(call["x"]) + " cannot be broadcast to " + toString(*shape, elementOf(x)));
  return Value(t.broadcast(x, *shape));
}

/// A list of tensors of one element type, at least one; empty after an error.
std::vector<mlir::Value> readTensors(Tensors &t, Call &call) {
  std::vector<mlir::Value> tensors;
  for (const Value &value : call["list"].asList()) {
    if (!value.isTensor() || (!tensors.empty() && elementOf(value.asTensor()) != elementOf(tensors[0]))) {
      t.error(call.at("list"), call.name + " needs a list of tensors of one element type; found " +
                                   (tensors.empty() ? "" : toText(Value(tensors[0])) + " and ") + describe(value));
      return {};
    }
    tensors.push_back(value.asTensor());
  }
  if (tensors.empty())
    t.error(call.at("list"), call.name + " needs a list of tensors; found an empty list");
  return tensors;
}

Value concat(Tensors &t, Call &call) {
  std::vector<mlir::Value> tensors = readTensors(t, call);
  if (tensors.empty())
    return {};
  Dims shape = dimsOf(tensors[0]);
  if (shape.empty())
    return t.fail(call.at("list"),
                  "concat needs tensors with at least one dimension; found " + toText(Value(tensors[0])));
  auto axis = readAxis(t, call, "axis", tensors[0]);
  if (!axis)
    return {};
  for (mlir::Value tensor : tensors) {
    Dims other = dimsOf(tensor);
    if (other.size() != shape.size())
      return t.fail(call.at("list"), "concat needs tensors with the same number of dimensions; found " +
                                         toText(Value(tensors[0])) + " and " + toText(Value(tensor)));
    if (other[*axis].isOpen)
      return t.fail(call.range, "concat cannot join along the batch; axis " + Twine(*axis) + " of " +
                                    toText(Value(tensor)) + " is " + toString(other[*axis]));
    for (size_t d = 0; d != shape.size(); ++d)
      if (static_cast<int64_t>(d) != *axis && other[d] != shape[d])
        return t.fail(call.at("list"), "concat along axis " + Twine(*axis) +
                                           " needs the other dimensions to be equal; dimension " + Twine(d) + " is " +
                                           toString(shape[d]) + " in " + toText(Value(tensors[0])) + " and " +
                                           toString(other[d]) + " in " + toText(Value(tensor)));
  }
  Dims result = shape;
  for (mlir::Value tensor : llvm::drop_begin(tensors))
    result[*axis].size += dimsOf(tensor)[*axis].size;
  if (!t.checkSize(result, elementOf(tensors[0]), call.range))
    return {};
  return Value(t.concat(tensors, *axis));
}

Value stack(Tensors &t, Call &call) {
  std::vector<mlir::Value> tensors = readTensors(t, call);
  if (tensors.empty())
    return {};
  Dims shape = dimsOf(tensors[0]);
  for (mlir::Value tensor : tensors)
    if (dimsOf(tensor) != shape)
      return t.fail(call.at("list"), "stack needs tensors of equal shapes; found " + toText(Value(tensors[0])) +
                                         " and " + toText(Value(tensor)));
  int64_t axis = call["axis"].asInteger(), rank = static_cast<int64_t>(shape.size()) + 1;
  if (axis < -rank || axis >= rank)
    return t.fail(call.at("axis"), "axis " + Twine(axis) + " is out of range: stack makes " + Twine(rank) +
                                       " dimensions of " + toText(Value(tensors[0])));
  if (axis < 0)
    axis += rank;
  shape.insert(shape.begin() + axis, Dim{1, false});
  Dims result = shape;
  result[axis].size = static_cast<int64_t>(tensors.size());
  if (!t.checkSize(result, elementOf(tensors[0]), call.range))
    return {};
  for (mlir::Value &tensor : tensors)
    tensor = t.reshape(tensor, shape);
  return Value(t.concat(tensors, axis));
}

Value split(Tensors &t, Call &call) {
  mlir::Value x = call["x"].asTensor();
  auto axis = readClosedAxis(t, call);
  if (!axis)
    return {};
  int64_t size = dimsOf(x)[*axis].size;
  std::vector<int64_t> sizes;
  if (call["parts"].isInteger()) {
    int64_t parts = call["parts"].asInteger();
    if (parts < 1 || size % parts != 0)
      return t.fail(call.at("parts"), "split needs a number of parts that divides the " + Twine(size) +
                                          " elements of axis " + Twine(*axis) + " of " + toText(call["x"]) +
                                          "; found " + Twine(parts));
    if (!t.step(call.range, parts))
      return {};
    sizes.assign(parts, size / parts);
  } else {
    int64_t sum = 0;
    for (const Value &part : call["parts"].asList()) {
      if (part.asInteger() < 1 || part.asInteger() > size)
        return t.fail(call.at("parts"),
                      "split needs parts of 1 to " + Twine(size) + " elements; found " + toText(part));
      sizes.push_back(part.asInteger());
      sum += sizes.back();
    }
    if (sum != size)
      return t.fail(call.at("parts"), "the parts have " + Twine(sum) + " elements together; axis " + Twine(*axis) +
                                          " of " + toText(call["x"]) + " has " + Twine(size));
  }
  std::vector<Value> parts;
  int64_t first = 0;
  for (int64_t count : sizes) {
    parts.push_back(Value(t.slice(x, *axis, first, count)));
    first += count;
  }
  return Value::list(std::move(parts));
}

Value pad(Tensors &t, Call &call) {
  mlir::Value x = call["x"].asTensor();
  Dims shape = dimsOf(x), result;
  const std::vector<Value> &pairs = call["pairs"].asList();
  if (pairs.size() != shape.size())
    return t.fail(call.at("pairs"), "pad needs a pair (before, after) for each of the " + Twine(shape.size()) +
                                        " dimensions of " + toText(call["x"]) + "; found " + Twine(pairs.size()));
  StringRef word = call["mode"].asString();
  std::optional<nn::PadMode> mode = nn::symbolizePadMode(word);
  if (!mode)
    return t.fail(call.at("mode"), "pad needs `mode`, \"constant\", \"reflect\" or \"edge\"; found \"" + word + "\"");
  double value = call["value"].asNumber();
  if (call.isGiven("value") && *mode != nn::PadMode::constant)
    return t.fail(call.at("value"), "`value` is only allowed with mode=\"constant\"");
  if (call.isGiven("value") && !isFloat(elementOf(x)) && value != std::floor(value))
    return t.fail(call.at("value"),
                  toText(call["x"]) + " cannot be padded with a float; found " + toText(call["value"]));
  llvm::SmallVector<int64_t> low, high;
  for (auto [d, pair] : llvm::enumerate(pairs)) {
    auto isCount = [](const Value &v) { return v.isInteger() && v.asInteger() >= 0 && v.asInteger() < (1 << 30); };
    if (!pair.isList() || pair.asList().size() != 2 || !llvm::all_of(pair.asList(), isCount))
      return t.fail(call.at("pairs"), "pad needs pairs (before, after) of ints, at least 0; found " + describe(pair));
    low.push_back(pair.asList()[0].asInteger());
    high.push_back(pair.asList()[1].asInteger());
    if (shape[d].isOpen && (low[d] || high[d]))
      return t.fail(call.at("pairs"), "the batch cannot be padded; dimension " + Twine(d) + " of " + toText(call["x"]) +
                                          " is " + toString(shape[d]));
    if (*mode == nn::PadMode::reflect && std::max(low[d], high[d]) >= shape[d].size)
      return t.fail(call.at("pairs"), "dimension " + Twine(d) + " of " + toText(call["x"]) +
                                          " has too few elements to reflect " + Twine(std::max(low[d], high[d])));
    result.push_back({shape[d].size + low[d] + high[d], shape[d].isOpen});
  }
  if (!t.checkSize(result, elementOf(x), call.range))
    return {};
  if (result == shape)
    return Value(x);
  return Value(
      t.emit<nn::PadOp>(*mode, x, low, high, llvm::ArrayRef<int64_t>(), *mode == nn::PadMode::constant ? value : 0.0));
}

Value reverse(Tensors &t, Call &call) {
  auto axis = readClosedAxis(t, call);
  if (!axis)
    return {};
  return Value(t.emit<nn::ReverseOp>(call["x"].asTensor(), *axis));
}

/// Each element `times` times: along a new dimension behind the axis, which then joins it.
Value repeat(Tensors &t, Call &call) {
  mlir::Value x = call["x"].asTensor();
  Dims shape = dimsOf(x);
  auto axis = readAxis(t, call, "axis", x);
  if (!axis)
    return {};
  int64_t times = call["times"].asInteger();
  if (times < 1 || times > (1 << 24))
    return t.fail(call.at("times"), "repeat needs `times`, from 1 to 16777216; found " + Twine(times));
  Dims wide = shape, result = shape;
  wide.insert(wide.begin() + *axis + 1, Dim{1, false});
  x = t.reshape(x, wide);
  wide[*axis + 1].size = times;
  result[*axis].size *= times;
  if (!t.checkSize(result, elementOf(x), call.range))
    return {};
  return Value(t.reshape(t.broadcast(x, wide), result));
}

} // namespace

llvm::ArrayRef<BuiltinFamily> argent::ag::shapeBuiltins() {
  static const BuiltinFamily kTable[] = {
      {"reshape", "x: tensor, dims: rest", reshape},
      {"flatten", "x: tensor", flatten},
      {"transpose", "x: tensor, axes: rest", transpose},
      {"broadcast", "x: tensor, dims: rest", broadcastTo},
      {"reverse", "x: tensor, axis: int", reverse},
      {"concat", "list: list, axis: int = -1", concat},
      {"stack", "list: list, axis: int = 1", stack},
      {"split", "x: tensor, parts: int | list[int], axis: int = -1", split},
      {"pad", "x: tensor, pairs: list, value: float = 0.0, mode: str = \"constant\"", pad},
      {"repeat", "x: tensor, times: int, axis: int", repeat},
  };
  return kTable;
}
