//===- BuiltinsMaker.cpp - tensors from nothing, and initializers -------------------------------------------===//
// A maker that is written without dimensions is an initializer: it has the shape of what is declared. Random tensors
// are drawn anew in every call of the compiled model; initial values by the runtime, once.
#include "frontends/ag/operations/Builtins.h"

namespace nn = argent::nn;
using namespace argent::ag;
using llvm::StringRef;
using llvm::Twine;

namespace {

Value initializer(nn::InitializerKind kind, double a = 0, double b = 0) {
  return Value(std::make_shared<const Initializer>(Initializer{kind, a, b}));
}

/// A tensor that holds one number everywhere.
Value filled(Tensors &t, Call &call, const Value &number, Range at) {
  auto shape = readDims(t, call, "dims");
  if (!shape)
    return {};
  mlir::Type element = t.f32();
  if (const Value &type = call["type"]; !type.isNone()) {
    // The types' names are the casts'.
    element = type.is<Definee>() ? elementType(t.builder.getContext(), type.get<Definee>().name()) : mlir::Type();
    if (!element)
      return t.fail(call.at("type"),
                    call.name + " needs `type`, an element type such as f32 without quotes; found " + describe(type));
  }
  if (!t.checkSize(*shape, element, call.range))
    return {};
  mlir::Value one;
  if (element.isInteger(1) && number.isInteger() && (number.asInteger() == 0 || number.asInteger() == 1))
    one = t.constant(number.asNumber(), element);
  else
    one = t.toTensor(number, element, at);
  return one ? Value(t.broadcast(one, *shape)) : Value();
}

Value zerosOnes(Tensors &t, Call &call) {
  int64_t number = call.name == "ones";
  return call.isGiven("dims") ? filled(t, call, Value::integer(number), call.range)
                              : initializer(nn::InitializerKind::constant, number);
}

Value full(Tensors &t, Call &call) {
  if (!call["value"].isNumber())
    return t.fail(call.at("value"), "full needs `value`, a number; found " + describe(call["value"]));
  double number = call["value"].asNumber();
  if (!call.isGiven("dims"))
    return initializer(nn::InitializerKind::constant, number);
  if (call["value"].is<double>() && call["type"].is<Definee>())
    if (mlir::Type element = elementType(t.builder.getContext(), call["type"].get<Definee>().name());
        element && !isFloat(element))
      return t.fail(call.at("value"),
                    "a tensor of " + elementName(element) + " cannot hold a float; found " + describe(call["value"]));
  return filled(t, call, call["value"], call.at("value"));
}

/// The tensor of the dimensions `dims`.
Value drawn(Tensors &t, Call &call, nn::Distribution distribution, double a, double b) {
  auto shape = readDims(t, call, "dims");
  if (!shape || !t.checkSize(*shape, t.f32(), call.range) || !t.canDraw(call.name, call.range))
    return {};
  return Value(t.drawRandom(call.name, distribution, a, b, *shape));
}

Value uniform(Tensors &t, Call &call) {
  double low = call["low"].asNumber(), high = call["high"].asNumber();
  if (low > high)
    return t.fail(call.range,
                  "uniform needs low <= high; found " + toText(call["low"]) + " and " + toText(call["high"]));
  return call.isGiven("dims") ? drawn(t, call, nn::Distribution::uniform, low, high)
                              : initializer(nn::InitializerKind::uniform, low, high);
}

Value normal(Tensors &t, Call &call) {
  double mean = call["mean"].asNumber(), deviation = call["deviation"].asNumber();
  if (deviation < 0)
    return t.fail(call.at("deviation"), "`deviation` must be at least 0; found " + toText(call["deviation"]));
  return call.isGiven("dims") ? drawn(t, call, nn::Distribution::normal, mean, deviation)
                              : initializer(nn::InitializerKind::normal, mean, deviation);
}

Value bernoulli(Tensors &t, Call &call) {
  double p = call["p"].asNumber();
  if (!(p >= 0 && p <= 1))
    return t.fail(call.at("p"), "`p` must be a probability, from 0 to 1; found " + toText(call["p"]));
  return drawn(t, call, nn::Distribution::bernoulli, p, 0);
}

/// The largest of logit + Gumbel noise (Maddison, Tarlow and Minka 2014, A* sampling).
Value categorical(Tensors &t, Call &call) {
  if (!needsFloats(t, call, "logits"))
    return {};
  mlir::Value logits = call["logits"].asTensor();
  Dims shape = dimsOf(logits);
  if (shape.empty())
    return t.fail(call.at("logits"),
                  "categorical needs a last dimension, the classes; found " + toText(call["logits"]));
  if (!t.canDraw(call.name, call.range))
    return {};
  // A logarithm needs a number above 0: half of the smallest one above it.
  mlir::Value u =
      t.emit<nn::MaxOp>(t.drawRandom(call.name, nn::Distribution::uniform, 0, 1, shape), t.constant(0x1p-25, t.f32()));
  mlir::Value noise = t.emit<nn::NegOp>(t.emit<nn::LogOp>(t.emit<nn::NegOp>(t.emit<nn::LogOp>(u))));
  mlir::Value noisy = t.emit<nn::AddOp>(t.cast(logits, t.f32()), noise);
  return Value(t.emitNamed<nn::ArgmaxOp>("categorical", noisy, static_cast<uint64_t>(shape.size() - 1), false));
}

/// Those without numbers are called as their kinds are.
Value named(Tensors &, Call &call) { return initializer(*nn::symbolizeInitializerKind(call.name)); }

/// The `from` clause of an input of the graph, if the value is one that has any.
mlir::DictionaryAttr sourceOf(Tensors &t, mlir::Value value) {
  auto argument = llvm::dyn_cast<mlir::BlockArgument>(value);
  if (!t.context.graph || !argument || argument.getOwner()->getParentOp() != t.context.graph->function)
    return {};
  return t.context.graph->function.getArgAttrOfType<mlir::DictionaryAttr>(argument.getArgNumber(), "nn.from");
}

/// What is left of it for the runtime: the file, the words, and how rows begin whose words the file lacks.
Value wordVectors(Tensors &t, Call &call) {
  const std::string &file = call["file"].asString();
  if (file.empty() || file.find('\0') != std::string::npos)
    return t.fail(call.at("file"), "`file` must be the path of a file; found " + describe(call["file"]));
  mlir::Value input = call["input"].asTensor();
  mlir::DictionaryAttr from = sourceOf(t, input);
  auto source = from ? from.getAs<mlir::StringAttr>("source").getValue() : StringRef();
  if (source != "words")
    return t.fail(call.at("input"), "word_vectors needs an input from words, whose vocabulary it reads; found " +
                                        toText(call["input"]) +
                                        (source.empty() ? Twine(", which no `from` makes") : ", from " + source));
  const Value &missing = call["missing"];
  if (!missing.isInitializer())
    return t.fail(call.at("missing"), "`missing` must be an initializer; found " + describe(missing),
                  "write uniform(low=-0.25, high=0.25)");
  Initializer initial = missing.asInitializer();
  if (initial.vectors)
    return t.fail(call.at("missing"), "`missing` says how words begin that are not in the file; found word_vectors",
                  "write uniform(low=-0.25, high=0.25)");
  auto name = t.context.graph->function.getArgAttrOfType<mlir::StringAttr>(
      llvm::cast<mlir::BlockArgument>(input).getArgNumber(), "nn.name");
  auto side = from.getAs<mlir::StringAttr>("side");
  initial.vectors =
      WordVectors{file, name.str(), (side ? side : name).str(), from.getAs<mlir::IntegerAttr>("vocabulary").getInt()};
  return Value(std::make_shared<const Initializer>(std::move(initial)));
}

} // namespace

llvm::ArrayRef<BuiltinFamily> argent::ag::makerBuiltins() {
  static const BuiltinFamily kTable[] = {
      {"zeros ones", "dims: rest, type: value = f32", zerosOnes},
      {"full", "dims: rest, value: value, type: value = f32", full},
      {"uniform", "dims: rest, low: float = 0.0, high: float = 1.0", uniform},
      {"normal", "dims: rest, mean: float = 0.0, deviation: float = 1.0", normal},
      {"bernoulli", "dims: rest, p: float", bernoulli},
      {"categorical", "logits: tensor", categorical},
      {"glorot_uniform glorot_normal he_uniform he_normal orthogonal", "", named},
      {"word_vectors", "file: str, input: tensor, missing: init", wordVectors},
  };
  return kTable;
}
