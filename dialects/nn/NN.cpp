//===- NN.cpp - registration of the nn dialect -----------------------------===//
// The ops' generated definitions are compiled in files of their own (CMakeLists.txt).
#include "dialects/nn/NN.h"

#include "dialects/nn/Dims.h"

using namespace mlir;
using namespace argent::nn;

#include "dialects/nn/Dialect.cpp.inc"
#include "dialects/nn/Enums.cpp.inc"

void NNDialect::initialize() {
  registerAttributes();
  registerNNDialectOperations(this);
}

Operation *NNDialect::materializeConstant(OpBuilder &builder, Attribute value, Type type, Location location) {
  auto elements = dyn_cast<ElementsAttr>(value);
  if (!elements || elements.getType() != type)
    return nullptr;
  return ConstantOp::create(builder, location, elements);
}
