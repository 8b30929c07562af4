//===- Plan.cpp - the plan dialect's verifiers -----------------------------===//
#include "dialects/plan/Plan.h"

#include "mlir/IR/TypeUtilities.h"
#include "llvm/Support/MathExtras.h"

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

/// Whether the numbers are a size or a place in an arena: bytes, and bytes for each of the batch.
static bool areArenaBytes(ArrayRef<int64_t> bytes) {
  return bytes.size() == 2 && bytes[0] >= 0 && bytes[1] >= 0 && bytes[1] % 64 == 0;
}

LogicalResult ArenaOp::verify() {
  if (int64_t index = getIndex(); index < 0)
    return emitOpError("(C1) needs an index from 0; found ") << index;
  if (!areArenaBytes(getBytes()))
    return emitOpError(
               "(C2) needs `bytes` [constant, for each of the batch], neither negative, the second a multiple of "
               "64; found [")
           << getBytes() << "]";
  return success();
}

static int64_t bytesOf(ArrayRef<int64_t> shape, Type elementType) {
  return llvm::product_of(shape) * static_cast<int64_t>(llvm::divideCeil(elementType.getIntOrFloatBitWidth(), 8));
}

LogicalResult ParameterOp::verify() {
  auto type = dyn_cast<RankedTensorType>(getType());
  if (!type || !type.hasStaticShape() || !type.getElementType().isIntOrFloat())
    return emitOpError("(C1) needs a tensor type without N; found ") << getType();
  nn::LayoutAttr layout = getLayoutAttr();
  if (layout && !layout.fits(type.getRank()))
    return emitOpError("(C1) needs a layout for the rank of ") << type << "; found " << layout;
  if (int64_t least = std::min<int64_t>(getOffset(), getLogicalOffset()); least < 0)
    return emitOpError("(C2) needs offsets from 0; found ") << least;
  int64_t logical = bytesOf(type.getShape(), type.getElementType());
  int64_t physical = layout ? bytesOf(layout.getPhysicalShape(type.getShape()), type.getElementType()) : logical;
  int64_t bytes = getBytes(), logicalBytes = getLogicalBytes();
  if (bytes != physical || logicalBytes != logical)
    return emitOpError("(C3) has ") << bytes << " bytes, and " << logicalBytes << " logical ones; " << type << " has "
                                    << physical << " and " << logical;
  return success();
}

LogicalResult RowsOp::verify() {
  auto type = dyn_cast<RankedTensorType>(getType());
  if (!type || type.hasStaticShape() || !type.getElementType().isIntOrFloat())
    return emitOpError("(C1) needs a tensor type with N; found ") << getType();
  if (!getInit().isConstant())
    return emitOpError("(C2) begins with a constant; found ") << getInit();
  for (ArrayRef<int64_t> bytes : {getOffset(), getBytes()})
    if (!areArenaBytes(bytes))
      return emitOpError("(C3) needs [constant, for each of the batch], neither negative, the second a multiple of 64; "
                         "found [")
             << bytes << "]";
  return success();
}

/// Whether an entry of a port is one that there is, and of its kind.
static bool isEntryOfPort(NamedAttribute entry) {
  Attribute value = entry.getValue();
  StringRef name = entry.getName();
  auto range = dyn_cast<ArrayAttr>(value);
  return (name == "name" && isa<StringAttr>(value)) || (name == "type" && isa<TypeAttr>(value)) ||
         (name == "range" && range && range.size() == 2 && llvm::all_of(range, llvm::IsaPred<IntegerAttr>)) ||
         (name == "from" && isa<DictionaryAttr>(value)) || (name == "location" && isa<LocationAttr>(value)) ||
         (name == "total" && isa<ArrayAttr>(value));
}

LogicalResult ProgramOp::verify() {
  for (ArrayAttr ports : {getInputs(), getOutputs()})
    for (Attribute port : ports) {
      auto dictionary = dyn_cast<DictionaryAttr>(port);
      if (!dictionary || !dictionary.getAs<StringAttr>("name") || !dictionary.getAs<TypeAttr>("type"))
        return emitOpError("(C1) needs `name` and `type` of every port; found ") << port;
      for (NamedAttribute entry : dictionary)
        if (!isEntryOfPort(entry))
          return emitOpError("(C3) has no such entry of a port: ") << entry.getName() << " = " << entry.getValue();
      Attribute total = dictionary.get("total");
      auto kinds = dyn_cast_or_null<ArrayAttr>(total);
      auto type = dyn_cast<RankedTensorType>(dictionary.getAs<TypeAttr>("type").getValue());
      if (total && (!kinds || !llvm::all_of(kinds, llvm::IsaPred<nn::TotalKindAttr>) || !type ||
                    type.getShape() != ArrayRef<int64_t>(kinds.size())))
        return emitOpError("(C2) needs a #nn.total for each element of the port; found ") << port;
    }
  return success();
}

/// An input or output of the program around it.
template <typename Op> static LogicalResult verifyPort(Op op, ArrayAttr ports) {
  int64_t port = op.getPort();
  if (port < 0 || port >= static_cast<int64_t>(ports.size()))
    return op.emitOpError("(C1) is of port ") << port << "; the program has " << ports.size();
  if (int64_t offset = op.getOffset(); offset < 0)
    return op.emitOpError("(C2) needs an offset from 0; found ") << offset;
  // The program is verified before what stands in it.
  Type element = getElementTypeOrSelf(cast<DictionaryAttr>(ports[port]).getAs<TypeAttr>("type").getValue());
  if (element.isInteger(1))
    element = IntegerType::get(op.getContext(), 8, IntegerType::Unsigned);
  if (argent::hl::BufferType view = op.getType(); view.getElementType() != element)
    return op.emitOpError("(C3) has elements of ") << view.getElementType() << ", the port of " << element;
  return success();
}

LogicalResult InputOp::verify() { return verifyPort(*this, (*this)->getParentOfType<ProgramOp>().getInputs()); }
LogicalResult OutputOp::verify() { return verifyPort(*this, (*this)->getParentOfType<ProgramOp>().getOutputs()); }

LogicalResult ViewOp::verify() {
  if (int64_t index = getIndex(); index < 0)
    return emitOpError("(C1) needs an index from 0; found ") << index;
  if (!areArenaBytes(getOffset()))
    return emitOpError(
               "(C2) needs an offset [constant, for each of the batch], neither negative, the second a multiple "
               "of 64; found [")
           << getOffset() << "]";
  return success();
}

LogicalResult LoopOp::verify() {
  if (static_cast<int64_t>(getCount()) < 1)
    return emitOpError("(C1) there is a step; found ") << getCount();
  if (getCounter()) {
    auto type = cast<hl::BufferType>(getCounter().getType());
    if (type.getRank() != 0 || !type.getElementType().isInteger(32))
      return emitOpError("(C2) counts in an i32; found ") << type;
  }
  return success();
}

LogicalResult LaunchOp::verify() {
  if (getKernels().empty() || getKernels().size() != getMinBatch().size() || getMinBatch()[0] != 1)
    return emitOpError("(C1) needs a batch for each of its ")
           << getKernels().size() << " kernels, the first 1; found [" << getMinBatch() << "]";
  if (!llvm::is_sorted(getMinBatch(), std::less_equal<int64_t>()))
    return emitOpError("(C2) needs rising batches");
  return success();
}

LogicalResult LaunchOp::verifySymbolUses(SymbolTableCollection &symbols) {
  for (auto name : getKernels().getAsRange<FlatSymbolRefAttr>()) {
    auto kernel = symbols.lookupNearestSymbolFrom<hl::PipelineOp>(*this, name);
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
