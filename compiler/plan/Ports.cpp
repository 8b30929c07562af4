//===- Ports.cpp - a function's arguments and results as ports -------------===//
#include "compiler/plan/Ports.h"

#include "llvm/Support/MathExtras.h"

using namespace mlir;

namespace argent {

static Ports makePorts(TypeRange types, function_ref<DictionaryAttr(unsigned)> attributes, MLIRContext *context) {
  Ports made;
  Builder builder(context);
  int64_t totals = 0; // of the port that is being made
  SmallVector<Attribute> kinds;
  for (auto [i, type] : llvm::enumerate(types)) {
    DictionaryAttr given = attributes(i);
    NamedAttrList port;
    StringAttr name = given ? given.getAs<StringAttr>("nn.name") : nullptr;
    port.set("name", name ? name : builder.getStringAttr("value" + Twine(i)));
    bool isTotal = name && name.getValue() == "totals";
    Type portType = type;
    if (isTotal) {
      ++totals;
      Type element = cast<RankedTensorType>(type).getElementType();
      portType = RankedTensorType::get({totals}, element);
      // Those of a batch say how they are combined; those that @metrics takes have been.
      if (Attribute kind = given.get("nn.total")) {
        kinds.push_back(kind);
        port.set("total", builder.getArrayAttr(kinds));
      }
      int64_t bytes = llvm::divideCeil(element.getIntOrFloatBitWidth(), 8);
      made.places.push_back({static_cast<int64_t>(made.ports.size()) - (totals > 1), (totals - 1) * bytes});
      if (totals > 1)
        made.ports.pop_back();
    } else {
      totals = 0;
      kinds.clear();
      made.places.push_back({static_cast<int64_t>(made.ports.size()), 0});
    }
    port.set("type", TypeAttr::get(portType));
    if (given)
      for (StringRef key : {"nn.from", "nn.range", "nn.location"})
        if (Attribute value = given.get(key))
          port.set(key.drop_front(3), value);
    made.ports.push_back(port.getDictionary(context));
  }
  return made;
}

Ports Ports::ofArguments(func::FuncOp function) {
  return makePorts(
      function.getArgumentTypes(), [&](unsigned i) { return function.getArgAttrDict(i); }, function.getContext());
}

Ports Ports::ofResults(func::FuncOp function) {
  return makePorts(
      function.getResultTypes(), [&](unsigned i) { return function.getResultAttrDict(i); }, function.getContext());
}

} // namespace argent
