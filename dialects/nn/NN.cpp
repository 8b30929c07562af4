//===- NN.cpp - registration of the nn dialect -----------------------------===//
#include "dialects/nn/NN.h"

#include "dialects/nn/Dims.h"

using namespace mlir;
using namespace argent::nn;

#include "dialects/nn/Dialect.cpp.inc"
#include "dialects/nn/Enums.cpp.inc"
#define GET_OP_CLASSES
#include "dialects/nn/Ops.cpp.inc"

void NNDialect::initialize() {
  registerAttributes();
  addOperations<
#define GET_OP_LIST
#include "dialects/nn/Ops.cpp.inc"
      >();
}

Operation *NNDialect::materializeConstant(OpBuilder &builder, Attribute value, Type type, Location location) {
  auto elements = dyn_cast<ElementsAttr>(value);
  if (!elements || elements.getType() != type)
    return nullptr;
  return ConstantOp::create(builder, location, elements);
}
