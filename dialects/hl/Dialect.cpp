//===- Dialect.cpp - the hl dialect: registration and types ----------------===//
#include "dialects/hl/HL.h"

#include "mlir/IR/DialectImplementation.h"
#include "mlir/Interfaces/FoldInterfaces.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;
using namespace argent::hl;

#include "dialects/hl/Dialect.cpp.inc"
#include "dialects/hl/Enums.cpp.inc"

#define GET_TYPEDEF_CLASSES
#include "dialects/hl/Types.cpp.inc"
#define GET_ATTRDEF_CLASSES
#include "dialects/hl/Attributes.cpp.inc"

/// A memory stands in quotation marks, as loops do.
static ParseResult parseMemory(OpAsmParser &parser, MemoryAttr &memory) {
  SMLoc place = parser.getCurrentLocation();
  std::string name;
  if (parser.parseString(&name))
    return failure();
  std::optional<Memory> known = symbolizeMemory(name);
  if (!known)
    return parser.emitError(place)
           << "the memory is \"auto\", \"stack\", \"heap\", \"register\" or \"gpu_shared\", not \"" << name << "\"";
  memory = MemoryAttr::get(parser.getContext(), *known);
  return success();
}

static void printMemory(OpAsmPrinter &printer, Operation *, MemoryAttr memory) {
  printer << '"' << stringifyMemory(memory.getValue()) << '"';
}

#define GET_OP_CLASSES
#include "dialects/hl/Ops.cpp.inc"

namespace {
/// Constants that folding makes stay in the region of their func: a func reads on its own.
struct FoldIntoFunc : DialectFoldInterface {
  using DialectFoldInterface::DialectFoldInterface;
  bool shouldMaterializeInto(Region *region) const final { return isa<FuncOp>(region->getParentOp()); }
};
} // namespace

void HLDialect::initialize() {
  addTypes<
#define GET_TYPEDEF_LIST
#include "dialects/hl/Types.cpp.inc"
      >();
  addAttributes<
#define GET_ATTRDEF_LIST
#include "dialects/hl/Attributes.cpp.inc"
      >();
  addOperations<
#define GET_OP_LIST
#include "dialects/hl/Ops.cpp.inc"
      >();
  addInterfaces<FoldIntoFunc>();
}

//===----------------------------------------------------------------------===//
// BufferType
//===----------------------------------------------------------------------===//

Type BufferType::parse(AsmParser &parser) {
  SmallVector<int64_t> shape, batch;
  Type elementType;
  if (parser.parseLess() || parser.parseDimensionList(shape, /*allowDynamic=*/true) || parser.parseType(elementType))
    return {};
  if (succeeded(parser.parseOptionalComma())) {
    if (parser.parseKeyword("batch") || parser.parseEqual() ||
        parser.parseCommaSeparatedList(AsmParser::Delimiter::Square,
                                       [&] { return parser.parseInteger(batch.emplace_back()); }))
      return {};
  }
  if (parser.parseGreater())
    return {};
  return parser.getChecked<BufferType>(parser.getContext(), shape, elementType, batch);
}

void BufferType::print(AsmPrinter &printer) const {
  printer << "<";
  for (int64_t extent : getShape()) {
    if (ShapedType::isDynamic(extent))
      printer << "?x";
    else
      printer << extent << "x";
  }
  printer << getElementType();
  if (!getBatch().empty()) {
    printer << ", batch = [";
    llvm::interleaveComma(getBatch(), printer);
    printer << "]";
  }
  printer << ">";
}

LogicalResult BufferType::verify(function_ref<InFlightDiagnostic()> emitError, ArrayRef<int64_t> shape,
                                 Type elementType, ArrayRef<int64_t> batch) {
  bool known = elementType.isF16() || elementType.isBF16() || elementType.isF32() || elementType.isF64() ||
               elementType.isInteger(1) || elementType.isInteger(8) || elementType.isInteger(16) ||
               elementType.isInteger(32) || elementType.isInteger(64);
  if (!known)
    return emitError() << "(B1) a buffer holds f16, bf16, f32, f64, i1 or integers of 8, 16, 32 or 64 bits, not "
                       << elementType;
  int64_t elementCount = 1;
  for (int64_t extent : shape) {
    if (ShapedType::isDynamic(extent))
      continue;
    if (extent < 1)
      return emitError() << "(B2) extents are at least 1, not " << extent;
    if (extent >= (int64_t(1) << 31) || (elementCount *= extent) >= (int64_t(1) << 31))
      return emitError() << "(B3) a buffer has fewer than 2^31 elements";
  }
  if (batch.empty())
    return success();
  if (batch.size() != shape.size())
    return emitError() << "(B4) 'batch' has " << batch.size() << " factors for " << shape.size() << " dimensions";
  for (auto [extent, factor] : llvm::zip(shape, batch))
    if (ShapedType::isDynamic(extent) ? factor < 1 : factor != 0)
      return emitError() << "(B4) 'batch' holds a positive factor for each '?' and 0 for the other dimensions";
  return success();
}

//===----------------------------------------------------------------------===//
// FuncType
//===----------------------------------------------------------------------===//

LogicalResult FuncType::verify(function_ref<InFlightDiagnostic()> emitError, int64_t rank,
                               ArrayRef<Type> elementTypes) {
  if (rank < 0)
    return emitError() << "(F1) the number of axes is at least 0, not " << rank;
  if (elementTypes.empty())
    return emitError() << "(F2) a func has at least one value";
  for (Type type : elementTypes)
    if (!type.isSignlessIntOrFloat())
      return emitError() << "(F3) a func's values are floats or signless integers, not " << type;
  return success();
}
