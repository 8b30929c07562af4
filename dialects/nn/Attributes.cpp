//===- Attributes.cpp - #nn.batch, #nn.init, #nn.layout --------------------===//
#include "dialects/nn/NN.h"
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

static const char *const kInitializerKinds[] = {"constant",      "uniform",    "normal",    "glorot_uniform",
                                                "glorot_normal", "he_uniform", "he_normal", "orthogonal"};

LogicalResult InitializerAttr::verify(function_ref<InFlightDiagnostic()> emitError, StringRef kind, APFloat a,
                                      APFloat b) {
  if (!llvm::is_contained(kInitializerKinds, kind))
    return emitError() << "unknown initializer \"" << kind << "\", expected one of "
                       << llvm::join(ArrayRef(kInitializerKinds), ", ");
  if (!a.isFinite() || !b.isFinite())
    return emitError() << "an initializer's numbers are finite";
  if (kind == "uniform" && a.convertToDouble() > b.convertToDouble())
    return emitError() << "uniform from " << a.convertToDouble() << " to " << b.convertToDouble() << ": low above high";
  if (kind == "normal" && b.convertToDouble() < 0)
    return emitError() << "normal: the deviation " << b.convertToDouble() << " is negative";
  return success();
}

static ParseResult parseFinite(AsmParser &parser, double &value) {
  bool negative = succeeded(parser.parseOptionalMinus());
  if (parser.parseFloat(value))
    return failure();
  value = negative ? -value : value;
  return success();
}

Attribute InitializerAttr::parse(AsmParser &parser, Type) {
  std::string kind;
  double a = 0, b = 0;
  if (parser.parseLess() || parser.parseString(&kind))
    return {};
  if (succeeded(parser.parseOptionalComma()) &&
      (parseFinite(parser, a) || parser.parseComma() || parseFinite(parser, b)))
    return {};
  if (parser.parseGreater())
    return {};
  return getChecked([&] { return parser.emitError(parser.getNameLoc()); }, parser.getContext(), StringRef(kind),
                    APFloat(a), APFloat(b));
}

void InitializerAttr::print(AsmPrinter &printer) const {
  printer << "<\"" << getKind() << "\", ";
  printer.printFloat(getA());
  printer << ", ";
  printer.printFloat(getB());
  printer << ">";
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
