//===- Attributes.cpp - #nn.batch, #nn.init, #nn.layout --------------------===//
#include "dialects/nn/NN.h"
#include "dialects/nn/Pack.h"
#include "mlir/IR/DialectImplementation.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/TypeSwitch.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace argent::nn;

#define GET_ATTRDEF_CLASSES
#include "dialects/nn/Attributes.cpp.inc"

void NNDialect::registerAttributes() {
  addAttributes<
#define GET_ATTRDEF_LIST
#include "dialects/nn/Attributes.cpp.inc"
      >();
}

//===--- #nn.batch ---------------------------------------------------------===//

LogicalResult BatchAttr::verifyEncoding(ArrayRef<int64_t> shape, Type elementType,
                                        function_ref<InFlightDiagnostic()> emitError) const {
  ArrayRef<int64_t> factors = getFactors();
  if (factors.size() != shape.size())
    return emitError() << "(C1) #nn.batch has " << factors.size() << " factors for " << shape.size() << " dimensions";
  for (auto [i, factor] : llvm::enumerate(factors)) {
    if (ShapedType::isDynamic(shape[i]) ? factor < 1 : factor != 0)
      return emitError() << "(C1) #nn.batch: factor " << factor << " of dimension " << i << " must be "
                         << (ShapedType::isDynamic(shape[i]) ? "at least 1, it is '?'" : "0, it is a number");
  }
  if (llvm::none_of(factors, [](int64_t factor) { return factor > 1; }))
    return emitError() << "(C2) #nn.batch without a factor larger than 1 is left out";
  return success();
}

//===--- #nn.init ----------------------------------------------------------===//

LogicalResult WordVectorsAttr::verify(function_ref<InFlightDiagnostic()> emitError, StringRef file,
                                      StringRef vocabulary) {
  if (file.empty() || vocabulary.empty())
    return emitError() << "(C1) word vectors have a file and a vocabulary";
  return success();
}

LogicalResult InitializerAttr::verify(function_ref<InFlightDiagnostic()> emitError, InitializerKind kind, APFloat a,
                                      APFloat b, WordVectorsAttr) {
  if (!a.isFinite() || !b.isFinite())
    return emitError() << "(C1) an initializer's numbers are finite";
  switch (kind) {
  case InitializerKind::constant:
    if (!b.isZero())
      return emitError() << "(C2) constant has one number, and the other is " << b.convertToDouble();
    return success();
  case InitializerKind::uniform:
    if (a.convertToDouble() > b.convertToDouble())
      return emitError() << "(C2) uniform from " << a.convertToDouble() << " to " << b.convertToDouble()
                         << ": low above high";
    return success();
  case InitializerKind::normal:
    if (b.convertToDouble() < 0)
      return emitError() << "(C2) normal: the deviation " << b.convertToDouble() << " is negative";
    return success();
  case InitializerKind::glorot_uniform:
  case InitializerKind::glorot_normal:
  case InitializerKind::he_uniform:
  case InitializerKind::he_normal:
  case InitializerKind::orthogonal:
    if (!a.isZero() || !b.isZero())
      return emitError() << "(C2) " << stringifyInitializerKind(kind) << " has no numbers, found "
                         << a.convertToDouble() << " and " << b.convertToDouble();
    return success();
  }
  llvm_unreachable("all kinds are listed");
}

static ParseResult parseFinite(AsmParser &parser, double &value) {
  bool negative = succeeded(parser.parseOptionalMinus());
  if (parser.parseFloat(value))
    return failure();
  value = negative ? -value : value;
  return success();
}

Attribute InitializerAttr::parse(AsmParser &parser, Type) {
  double a = 0, b = 0;
  WordVectorsAttr vectors;
  if (parser.parseLess())
    return {};
  FailureOr<InitializerKind> kind = FieldParser<InitializerKind>::parse(parser);
  if (failed(kind))
    return {};
  if (succeeded(parser.parseOptionalComma()) &&
      (parseFinite(parser, a) || parser.parseComma() || parseFinite(parser, b) ||
       (succeeded(parser.parseOptionalComma()) && parser.parseCustomAttributeWithFallback(vectors))))
    return {};
  if (parser.parseGreater())
    return {};
  return getChecked([&] { return parser.emitError(parser.getNameLoc()); }, parser.getContext(), *kind, APFloat(a),
                    APFloat(b), vectors);
}

void InitializerAttr::print(AsmPrinter &printer) const {
  printer << "<" << getKind() << ", ";
  printer.printFloat(getA());
  printer << ", ";
  printer.printFloat(getB());
  if (getVectors()) {
    printer << ", ";
    printer.printStrippedAttrOrType(getVectors());
  }
  printer << ">";
}

bool InitializerAttr::fits(RankedTensorType type) const {
  return !getVectors() || (type.getRank() == 2 && type.hasStaticShape() &&
                           (type.getElementType().isF32() || type.getElementType().isF64()));
}

//===--- #nn.layout --------------------------------------------------------===//

LogicalResult LayoutAttr::verify(function_ref<InFlightDiagnostic()> emitError, int64_t pack, ArrayRef<int64_t> border) {
  if (pack < 0)
    return emitError() << "pack is " << pack << ", expected at least 1";
  if (pack && !border.empty())
    return emitError() << "pack excludes border";
  if (!pack && border.empty())
    return emitError() << "an empty layout is left out";
  if (llvm::any_of(border, [](int64_t width) { return width < 0; }) || border.size() % 2)
    return emitError() << "border holds a pair of numbers, at least 0, for each dimension";
  return success();
}

LayoutAttr LayoutAttr::getPanels(RankedTensorType type) {
  return get(type.getContext(), packWidth(type.getShape().back()), {});
}

bool LayoutAttr::fits(int64_t rank) const {
  return getPack() ? rank > 0 : static_cast<int64_t>(getBorder().size()) == 2 * rank;
}

SmallVector<int64_t> LayoutAttr::getPhysicalShape(ArrayRef<int64_t> shape) const {
  SmallVector<int64_t> physical(shape);
  if (int64_t pack = getPack()) {
    assert(!shape.empty() && "a scalar has no panels");
    physical.pop_back();
    physical.insert(physical.begin(), llvm::divideCeil(shape.back(), pack));
    physical.push_back(pack);
    return physical;
  }
  for (auto [i, extent] : llvm::enumerate(physical)) {
    if (!ShapedType::isDynamic(extent))
      extent += getBorder()[2 * i] + getBorder()[2 * i + 1];
  }
  return physical;
}

Attribute LayoutAttr::parse(AsmParser &parser, Type) {
  int64_t pack = 0;
  SmallVector<int64_t> border;
  auto parseField = [&]() -> ParseResult {
    StringRef field;
    SMLoc loc = parser.getCurrentLocation();
    if (parser.parseKeyword(&field) || parser.parseEqual())
      return failure();
    if (field == "pack")
      return parser.parseInteger(pack);
    if (field != "border")
      return parser.emitError(loc) << "expected pack or border, found " << field;
    return parser.parseCommaSeparatedList(AsmParser::Delimiter::Square,
                                          [&] { return parser.parseInteger(border.emplace_back()); });
  };
  if (parser.parseCommaSeparatedList(AsmParser::Delimiter::LessGreater, parseField))
    return {};
  return getChecked([&] { return parser.emitError(parser.getNameLoc()); }, parser.getContext(), pack, ArrayRef(border));
}

void LayoutAttr::print(AsmPrinter &printer) const {
  printer << "<";
  if (getPack()) {
    printer << "pack = " << getPack();
  } else {
    printer << "border = [";
    llvm::interleaveComma(getBorder(), printer);
    printer << "]";
  }
  printer << ">";
}
