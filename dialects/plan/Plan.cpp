//===- Plan.cpp - the plan dialect's verifiers -----------------------------===//
#include "dialects/plan/Plan.h"

#include "dialects/plan/Dialect.cpp.inc"
#define GET_OP_CLASSES
#include "dialects/plan/Ops.cpp.inc"

using namespace mlir;
using namespace argent::plan;

void PlanDialect::initialize() {
  addOperations<
#define GET_OP_LIST
#include "dialects/plan/Ops.cpp.inc"
      >();
}

LogicalResult ArenaOp::verify() {
  if (getBytes().size() != 2 || getBytes()[0] < 0 || getBytes()[1] < 0)
    return emitOpError("needs `bytes` [constant, for each row], neither negative");
  return success();
}

LogicalResult ProgramOp::verify() {
  for (ArrayAttr ports : {getInputs(), getOutputs()})
    for (Attribute port : ports) {
      auto dictionary = dyn_cast<DictionaryAttr>(port);
      if (!dictionary || !dictionary.getAs<StringAttr>("name") || !dictionary.getAs<TypeAttr>("type"))
        return emitOpError("(C1) needs `name` and `type` of every port; found ") << port;
      Attribute total = dictionary.get("total");
      auto kinds = dyn_cast_or_null<ArrayAttr>(total);
      auto type = dyn_cast<RankedTensorType>(dictionary.getAs<TypeAttr>("type").getValue());
      if (total && (!kinds || !llvm::all_of(kinds, llvm::IsaPred<nn::TotalKindAttr>) || !type ||
                    type.getShape() != ArrayRef<int64_t>(kinds.size())))
        return emitOpError("(C2) needs a #nn.total for each element of the port; found ") << port;
    }
  return success();
}

LogicalResult LaunchOp::verify() {
  if (getKernels().empty() || getKernels().size() != getMinBatch().size() || getMinBatch()[0] != 1)
    return emitOpError("(C1) needs a batch for each of its ")
           << getKernels().size() << " kernels, the first 1; found " << getMinBatch().size();
  if (!llvm::is_sorted(getMinBatch(), std::less_equal<int64_t>()))
    return emitOpError("(C2) needs rising batches");
  auto module = (*this)->getParentOfType<ModuleOp>();
  for (Attribute name : getKernels()) {
    auto kernel = module.lookupSymbol<hl::PipelineOp>(cast<FlatSymbolRefAttr>(name).getAttr());
    if (!kernel)
      return emitOpError("(C3) names ") << name << ", which is no hl.pipeline";
    SmallVector<Attribute> types(kernel.getInputTypes().begin(), kernel.getInputTypes().end());
    types.append(kernel.getResultTypes().begin(), kernel.getResultTypes().end());
    if (types.size() != getViews().size())
      return emitOpError("(C4) passes ") << getViews().size() << " views to " << name << ", which has " << types.size();
    for (auto [index, type, view] : llvm::enumerate(types, getViews()))
      if (cast<TypeAttr>(type).getValue() != view.getType())
        return emitOpError("(C5) passes ")
               << view.getType() << " as view " << index << " of " << name << ", which is " << type;
  }
  return success();
}

LogicalResult CopyOp::verify() {
  auto from = cast<hl::BufferType>(getFrom().getType()), to = cast<hl::BufferType>(getTo().getType());
  if (from.getElementType() != to.getElementType() || from.getShape() != to.getShape())
    return emitOpError("(C1) copies ") << from << " to " << to;
  return success();
}
