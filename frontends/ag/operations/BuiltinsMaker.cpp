//===- BuiltinsMaker.cpp - tensors from nothing, and initializers -------------------------------------------===//
// A maker that is written without dimensions is an initializer: it has the shape of what is declared. Random tensors
// are drawn anew in every call of the compiled model; initial values by the runtime, once.
#include "frontends/ag/operations/Builtins.h"

#include "runtime/Checksum.h"

namespace nn = argent::nn;
using namespace argent::ag;
using llvm::StringRef;
using llvm::Twine;

bool Evaluator::canDraw(StringRef operation, Range range) {
  if (graph && frame().naming)
    return true;
  error(range, "a constant cannot hold a random tensor").help("call " + operation + " in the body of a model or layer");
  return false;
}

mlir::Value Evaluator::drawRandom(StringRef operation, nn::Distribution distribution, double a, double b,
                                  llvm::ArrayRef<Dim> shape) {
  if (!graph->random)
    graph->random =
        addArgument("@random", mlir::RankedTensorType::get({4}, builder.getI32Type()), frame().definition->name.range);
  Naming &naming = *frame().naming;
  unsigned count = ++naming.state->draws[operation.str()];
  std::string path = naming.prefix + "@" + operation.str() + "_" + std::to_string(count);
  return emitNamed<nn::RandomOp>(operation, tensorType(shape, f32()), distribution, llvm::APFloat(a), llvm::APFloat(b),
                                 hash64(path), graph->random);
}

namespace {

Value initializer(StringRef kind, double a = 0, double b = 0) {
  return Value(std::make_shared<const Initializer>(Initializer{kind.str(), a, b}));
}

/// A tensor that holds one number everywhere.
Value filled(Evaluator &e, Call &call, const Value &number, Range at, unsigned typeIndex) {
  auto shape = readDims(e, call, 0);
  if (!shape)
    return {};
  mlir::Type element = e.f32();
  if (const Value &type = call[typeIndex]; !type.isNone()) {
    // The types' names are the casts'.
    element = type.is<Definee>() ? elementType(&e.context, type.get<Definee>().name()) : mlir::Type();
    if (!element)
      return e.fail(call.at(typeIndex),
                    call.name + " needs `type`, an element type such as f32 without quotes; found " + describe(type));
  }
  if (!e.checkSize(*shape, element, call.range))
    return {};
  mlir::Value one;
  if (element.isInteger(1) && number.isInteger() && (number.asInteger() == 0 || number.asInteger() == 1))
    one = e.constant(number.asNumber(), element);
  else
    one = e.toTensor(number, element, at);
  return one ? Value(e.broadcastTo(one, *shape)) : Value();
}

Value zerosOnes(Evaluator &e, Call &call) {
  int64_t number = call.name == "ones";
  return call.isGiven(0) ? filled(e, call, Value::integer(number), call.range, 1) : initializer("constant", number);
}

Value full(Evaluator &e, Call &call) {
  if (!call[1].isNumber())
    return e.fail(call.at(1), "full needs `value`, a number; found " + describe(call[1]));
  double number = call[1].asNumber();
  if (!call.isGiven(0))
    return initializer("constant", number);
  if (call[1].is<double>() && call[2].is<Definee>())
    if (mlir::Type element = elementType(&e.context, call[2].get<Definee>().name());
        element && !llvm::isa<mlir::FloatType>(element))
      return e.fail(call.at(1),
                    "a tensor of " + elementName(element) + " cannot hold a float; found " + describe(call[1]));
  return filled(e, call, call[1], call.at(1), 2);
}

/// The tensor of the dimensions in argument 0.
Value drawn(Evaluator &e, Call &call, nn::Distribution distribution, double a, double b) {
  auto shape = readDims(e, call, 0);
  if (!shape || !e.checkSize(*shape, e.f32(), call.range) || !e.canDraw(call.name, call.range))
    return {};
  return Value(e.drawRandom(call.name, distribution, a, b, *shape));
}

Value random(Evaluator &e, Call &call) {
  double a = call[1].asNumber(), b = call[2].asNumber();
  if (call.name == "uniform" && a > b)
    return e.fail(call.range, "uniform needs low <= high; found " + toText(call[1]) + " and " + toText(call[2]));
  if (call.name == "normal" && b < 0)
    return e.fail(call.at(2), "`deviation` must be at least 0; found " + toText(call[2]));
  if (call.isGiven(0))
    return drawn(e, call, call.name == "uniform" ? nn::Distribution::uniform : nn::Distribution::normal, a, b);
  return initializer(call.name, a, b);
}

Value bernoulli(Evaluator &e, Call &call) {
  double p = call[1].asNumber();
  if (!(p >= 0 && p <= 1))
    return e.fail(call.at(1), "`p` must be a probability, from 0 to 1; found " + toText(call[1]));
  return drawn(e, call, nn::Distribution::bernoulli, p, 0);
}

/// The largest of logit + Gumbel noise (Maddison, Tarlow and Minka 2014, A* sampling).
Value categorical(Evaluator &e, Call &call) {
  if (!needsFloats(e, call, 0))
    return {};
  mlir::Value logits = call[0].asTensor();
  Shape shape = shapeOf(logits);
  if (shape.empty())
    return e.fail(call.at(0), "categorical needs a last dimension, the classes; found " + toText(call[0]));
  if (!e.canDraw(call.name, call.range))
    return {};
  // A logarithm needs a number above 0: half of the smallest one above it.
  mlir::Value u =
      e.emit<nn::MaxOp>(e.drawRandom(call.name, nn::Distribution::uniform, 0, 1, shape), e.constant(0x1p-25, e.f32()));
  mlir::Value noise = e.emit<nn::NegOp>(e.emit<nn::LogOp>(e.emit<nn::NegOp>(e.emit<nn::LogOp>(u))));
  mlir::Value noisy = e.emit<nn::AddOp>(e.cast(logits, e.f32()), noise);
  return Value(e.emitNamed<nn::ArgmaxOp>("categorical", noisy, static_cast<uint64_t>(shape.size() - 1), false));
}

Value named(Evaluator &, Call &call) { return initializer(call.name); }

Value wordVectors(Evaluator &e, Call &call) { return e.fail(call.range, "`word_vectors` is not supported yet"); }

} // namespace

llvm::ArrayRef<BuiltinFamily> argent::ag::makerBuiltins() {
  static const BuiltinFamily table[] = {
      {"zeros ones", "dims: rest, type: value = f32", zerosOnes},
      {"full", "dims: rest, value: value, type: value = f32", full},
      {"uniform", "dims: rest, low: float = 0.0, high: float = 1.0", random},
      {"normal", "dims: rest, mean: float = 0.0, deviation: float = 1.0", random},
      {"bernoulli", "dims: rest, p: float", bernoulli},
      {"categorical", "logits: tensor", categorical},
      {"glorot_uniform glorot_normal he_uniform he_normal orthogonal", "", named},
      {"word_vectors", "file: str, input: tensor, missing: init", wordVectors},
  };
  return table;
}
