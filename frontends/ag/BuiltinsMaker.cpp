//===- BuiltinsMaker.cpp - tensors from nothing, and initializers -------------------------------------------===//
// A maker that is written without dimensions is an initializer: it has the shape of what is declared.
#include "frontends/ag/Builtins.h"

using namespace argent::ag;
using llvm::StringRef;
using llvm::Twine;

namespace {

Value initializer(StringRef kind, double a = 0, double b = 0) {
  return Value(std::make_shared<const Initializer>(Initializer{kind.str(), a, b}));
}

/// A tensor that holds one number everywhere.
Value filled(Evaluator &e, Call &call, double number, unsigned typeIndex) {
  auto shape = readDims(e, call, 0);
  if (!shape)
    return {};
  mlir::Type element = e.f32();
  if (const Value &type = call[typeIndex]; !type.isNone()) {
    // The types' names are the casts'.
    element = type.is<Definee>() ? elementType(&e.context, type.get<Definee>().name()) : mlir::Type();
    if (!element)
      return e.fail(call.at(typeIndex),
                    call.name + " needs `type`, an element type such as f32; found " + describe(type));
  }
  if (!e.checkSize(*shape, element, call.range))
    return {};
  return Value(e.broadcastTo(e.constant(number, element), *shape));
}

Value zerosOnes(Evaluator &e, Call &call) {
  double number = call.name == "ones";
  return call.isGiven(0) ? filled(e, call, number, 1) : initializer("constant", number);
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
      return e.fail(call.at(1), "a tensor of " + elementName(element) + " holds ints; found " + describe(call[1]));
  return filled(e, call, number, 2);
}

Value random(Evaluator &e, Call &call) {
  if (call.isGiven(0) || call.name == "bernoulli" || call.name == "categorical")
    return e.notEvaluatedYet(call.range, "the random tensor `" + call.name + "`");
  double a = call[1].asNumber(), b = call[2].asNumber();
  if (call.name == "uniform" && a > b)
    return e.fail(call.range, "uniform needs low <= high; found " + toText(call[1]) + " and " + toText(call[2]));
  if (call.name == "normal" && b < 0)
    return e.fail(call.at(2), "`deviation` is at least 0; found " + toText(call[2]));
  return initializer(call.name, a, b);
}

Value named(Evaluator &, Call &call) { return initializer(call.name); }

Value wordVectors(Evaluator &e, Call &call) { return e.notEvaluatedYet(call.range, "`word_vectors`"); }

} // namespace

llvm::ArrayRef<BuiltinFamily> argent::ag::makerBuiltins() {
  static const BuiltinFamily table[] = {
      {"zeros ones", "dims: rest, type: layer | none = none", zerosOnes},
      {"full", "dims: rest, value: int | float, type: layer | none = none", full},
      {"uniform", "dims: rest, low: float = 0.0, high: float = 1.0", random},
      {"normal", "dims: rest, mean: float = 0.0, deviation: float = 1.0", random},
      {"bernoulli", "dims: rest, p: float", random},
      {"categorical", "logits: tensor", random},
      {"glorot_uniform glorot_normal he_uniform he_normal orthogonal", "", named},
      {"word_vectors", "file: str, input: tensor, missing: init", wordVectors},
  };
  return table;
}
