//===- BuiltinsIndex.cpp - indices, and what they choose -------------------------------------------------------===//
#include "frontends/ag/operations/Builtins.h"

using namespace argent::ag;
using llvm::StringRef;
using llvm::Twine;

namespace nn = argent::nn;

namespace {

/// Classes along a new last dimension: 1 where the index is the class.
Value oneHot(Tensors &t, Call &call) {
  mlir::Value index = call["index"].asTensor();
  if (!elementOf(index).isInteger(32))
    return t.fail(call.at("index"), "one_hot needs an i32 tensor; found " + toText(call["index"]), "cast it: i32(…)");
  if (!call["classes"].isInteger() || call["classes"].asInteger() < 1 || call["classes"].asInteger() > (1 << 24))
    return t.fail(call.at("classes"),
                  "one_hot needs `classes`, an int from 1 to 16777216; found " + describe(call["classes"]));
  int64_t classes = call["classes"].asInteger();
  if (const nn::Reference *elements = t.constantElements(index))
    for (double element : elements->values)
      if (element < 0 || element >= static_cast<double>(classes)) {
        t.warning(call.at("index"), "index " + Twine(toInteger(element)) + " is none of the " + Twine(classes) +
                                        " classes 0 … " + Twine(classes - 1) + ": its row of one_hot is zeros");
        break;
      }
  Dims shape = dimsOf(index);
  Dims result = shape;
  result.push_back({classes, false});
  if (!t.checkSize(result, t.f32(), call.range))
    return {};
  shape.push_back({1, false});
  mlir::Value equal = t.emit<nn::CompareOp>(nn::Predicate::eq, t.reshape(index, shape), t.iota(classes));
  return Value(t.emitNamed<nn::CastOp>("one_hot", nn::makeType(result, t.f32()), equal));
}

/// `T`, how many steps there are; 0 after an error.
int64_t readSteps(Tensors &t, Call &call) {
  const Value &count = call["T"];
  if (count.isInteger() && count.asInteger() >= 1 && count.asInteger() <= (1 << 24))
    return count.asInteger();
  t.error(call.at("T"), call.name + " needs `T`, an int from 1 to 16777216; found " + describe(count));
  return 0;
}

Value iota(Tensors &t, Call &call) {
  int64_t count = readSteps(t, call);
  return count ? Value(t.iota(count)) : Value();
}

Value sequenceMask(Tensors &t, Call &call) {
  int64_t count = readSteps(t, call);
  if (!count)
    return {};
  mlir::Value steps = t.iota(count), lengths = call["lengths"].asTensor();
  Dims dims = dimsOf(lengths);
  if (!elementOf(lengths).isInteger(32) || dims.size() != 1)
    return t.fail(call.at("lengths"), "sequence_mask needs lengths, i32[N]; found " + toText(call["lengths"]));
  dims.push_back({1, false});
  if (!t.checkIndex(lengths, count + 1, call.at("lengths"), "length", "T = " + Twine(count))) // lengths are in 0 … T
    return {};
  return Value(t.emit<nn::CompareOp>(nn::Predicate::lt, steps, t.reshape(lengths, dims)));
}

Value gather(Tensors &t, Call &call) {
  mlir::Value x = call["x"].asTensor(), index = call["index"].asTensor();
  Dims shape = dimsOf(x), where = dimsOf(index);
  if (!elementOf(index).isInteger(32)) {
    Report report = t.error(call.at("index"), "gather needs an index of i32; found " + toText(call["index"]));
    t.noteDeclaration(report, call.given("index"));
    report.help("cast it: i32(…)");
    return {};
  }
  auto axis = readClosedAxis(t, call);
  if (!axis)
    return {};
  int64_t batch = call["batch"].asInteger();
  if (batch < 0 || batch > *axis || batch > static_cast<int64_t>(where.size()))
    return t.fail(call.at("batch"), "gather needs `batch`, at most the axis, " + Twine(*axis) +
                                        ", and the dimensions of the index, " + Twine(where.size()) + "; found " +
                                        Twine(batch));
  for (int64_t d = 0; d != batch; ++d)
    if (shape[d] != where[d])
      return t.fail(call.range, "gather with batch=" + Twine(batch) + " needs equal dimensions; dimension " + Twine(d) +
                                    " is " + toString(shape[d]) + " in " + toText(call["x"]) + " and " +
                                    toString(where[d]) + " in " + toText(call["index"]));
  Dims result(shape.begin(), shape.begin() + *axis);
  result.append(where.begin() + batch, where.end());
  result.append(shape.begin() + *axis + 1, shape.end());
  if (!t.checkSize(result, elementOf(x), call.range))
    return {};
  if (!t.checkIndex(index, shape[*axis].size, call.at("index"), "index",
                    "dimension " + Twine(*axis) + " of " + toText(call["x"])))
    return {};
  return Value(t.gather(x, index, *axis, batch));
}

/// `k` of the elements along a dimension; false after an error.
bool checkK(Tensors &t, Call &call, int64_t axis) {
  int64_t k = call["k"].asInteger(), size = dimsOf(call["x"].asTensor())[axis].size;
  if (k >= 1 && k <= size)
    return true;
  t.error(call.at("k"), call.name + " needs `k`, from 1 to the " + Twine(size) + " elements of axis " + Twine(axis) +
                            " of " + toText(call["x"]) + "; found " + Twine(k));
  return false;
}

mlir::Value topIndices(Tensors &t, mlir::Value x, int64_t k, int64_t axis) {
  return t.emit<nn::TopKOp>(x, t.builder.getI64IntegerAttr(k), t.builder.getI64IntegerAttr(axis));
}

Value topK(Tensors &t, Call &call) {
  mlir::Value x = call["x"].asTensor();
  Dims shape = dimsOf(x);
  if (shape.empty() || shape.back().isOpen || elementOf(x).isInteger(1) || elementOf(x).isInteger(8))
    return t.fail(call.at("x"),
                  "top_k needs numbers whose last dimension is not the batch; found " + toText(call["x"]));
  int64_t axis = static_cast<int64_t>(shape.size()) - 1;
  if (!checkK(t, call, axis))
    return {};
  mlir::Value index = topIndices(t, x, call["k"].asInteger(), axis);
  return Value::list({Value(t.gather(x, index, axis, axis)), Value(index)});
}

/// i32[N] for an argument of k_max, as [N, 1 …] beside x; null if it is none, nothing after an error.
std::optional<mlir::Value> readRowCounts(Tensors &t, Call &call, StringRef argument) {
  const Value &value = call[argument];
  if (value.isNone())
    return mlir::Value();
  mlir::Value counts = value.asTensor();
  Dims dims = dimsOf(call["x"].asTensor()), rows = dimsOf(counts);
  if (!elementOf(counts).isInteger(32) || rows.size() != 1 || rows[0] != dims[0]) {
    t.error(call.at(argument),
            "k_max needs `" + argument + "`, i32[" + toString(dims[0]) + "]; found " + toText(value));
    return std::nullopt;
  }
  rows.append(dims.size() - 1, Dim{1, false});
  return t.reshape(counts, rows);
}

/// The places of the k largest, then those in their own order: of the places that do not count the last, so that zeros
/// come last.
Value kMax(Tensors &t, Call &call) {
  if (!needsFloats(t, call, "x"))
    return {};
  mlir::Value x = call["x"].asTensor();
  Dims shape = dimsOf(x);
  auto axis = readClosedAxis(t, call);
  if (!axis || !checkK(t, call, *axis))
    return {};
  if (*axis == 0 && !(call["count"].isNone() && call["lengths"].isNone()))
    return t.fail(call.at("axis"), "k_max with `count` or `lengths` cannot work along axis 0, the rows");
  auto count = readRowCounts(t, call, "count"), lengths = count ? readRowCounts(t, call, "lengths") : std::nullopt;
  if (!lengths)
    return {};
  int64_t size = shape[*axis].size, k = call["k"].asInteger(),
          trailing = static_cast<int64_t>(shape.size()) - 1 - *axis;
  auto places = [&](int64_t n) {
    Dims along(trailing + 1, Dim{1, false});
    along[0].size = n;
    return t.reshape(t.iota(n), along);
  };
  mlir::Value scores = x, limit = *count;
  if (*lengths) {
    if (!t.checkIndex(call["lengths"].asTensor(), size + 1, call.at("lengths"), "length",
                      "axis " + Twine(*axis) + " of " + toText(call["x"]))) // 0 … T
      return {};
    mlir::Value isValid = t.emit<nn::CompareOp>(nn::Predicate::lt, places(size), *lengths);
    auto lowest =
        llvm::APFloat::getLargest(llvm::cast<mlir::FloatType>(elementOf(x)).getFloatSemantics(), /*Negative=*/true);
    scores = t.emit<nn::SelectOp>(isValid, x, t.constant(lowest.convertToDouble(), elementOf(x)));
    limit = limit ? t.emit<nn::MinOp>(limit, *lengths) : *lengths;
  }
  mlir::Value index = topIndices(t, scores, k, *axis), isKept;
  if (limit) {
    isKept = t.emit<nn::CompareOp>(nn::Predicate::lt, places(k), limit);
    index = t.emit<nn::SelectOp>(isKept, index, t.constant(static_cast<double>(size), t.builder.getI32Type()));
  }
  mlir::Value order = topIndices(t, t.emit<nn::NegOp>(index), k, *axis);
  mlir::Value inOrder = t.gather(index, order, *axis, *axis, trailing);
  mlir::Value y = t.gather(x, inOrder, *axis, *axis, trailing);
  if (limit)
    y = t.emit<nn::SelectOp>(isKept, y, t.constant(0, elementOf(x)));
  return Value(y);
}

} // namespace

llvm::ArrayRef<BuiltinFamily> argent::ag::indexBuiltins() {
  static const BuiltinFamily kTable[] = {
      {"one_hot", "index: tensor, classes: int", oneHot},
      {"iota", "T: int", iota},
      {"sequence_mask", "lengths: tensor, T: int", sequenceMask},
      {"gather", "x: tensor, index: tensor, axis: int = 0, batch: int = 0", gather},
      {"top_k", "x: tensor, k: int", topK},
      {"k_max", "x: tensor, k: int, count: tensor | none = none, lengths: tensor | none = none, axis: int = 1", kMax},
  };
  return kTable;
}
