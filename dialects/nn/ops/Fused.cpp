//===- Fused.cpp - text and verification of kernels on the graph -----------===//
#include "dialects/nn/NN.h"

using namespace mlir;
using namespace argent::nn;

/// Layouts: one #nn.layout or unit for each value.
static LogicalResult verifyLayouts(Operation *op, StringRef what, std::optional<ArrayAttr> layouts, TypeRange types) {
  if (!layouts)
    return success();
  if (layouts->size() != types.size())
    return op->emitOpError() << "(C3) " << layouts->size() << " " << what << " layouts for " << types.size()
                             << " values";
  for (Attribute layout : *layouts)
    if (!isa<LayoutAttr, UnitAttr>(layout))
      return op->emitOpError() << "(C3) a layout is #nn.layout or unit, found " << layout;
  return success();
}

LogicalResult FusedOp::verify() {
  Block &body = getBody().front();
  if (body.getArgumentTypes() != getInputs().getTypes())
    return emitOpError() << "(C1) the region's arguments (" << body.getArgumentTypes() << ") are not the inputs ("
                         << getInputs().getTypes() << ")";
  auto yield = dyn_cast<YieldOp>(body.getTerminator());
  if (!yield)
    return emitOpError() << "(C1) the region ends with nn.yield, found " << body.getTerminator()->getName();
  if (yield.getValues().getTypes() != getResultTypes())
    return emitOpError() << "(C1) the region yields (" << yield.getValues().getTypes() << "), the results are ("
                         << getResultTypes() << ")";
  for (Operation &op : body.without_terminator())
    if (!isa<KernelOpInterface>(op)) {
      InFlightDiagnostic error = emitOpError()
                                 << "(C2) the region holds " << op.getName() << ", which is no compute op";
      error.attachNote(op.getLoc()) << "it stands here";
      return error;
    }
  if (failed(verifyLayouts(*this, "operand", getOperandLayouts(), getInputs().getTypes())))
    return failure();
  return verifyLayouts(*this, "result", getResultLayouts(), getResultTypes());
}

ParseResult FusedOp::parse(OpAsmParser &parser, OperationState &result) {
  StringAttr name;
  SmallVector<OpAsmParser::Argument> arguments;
  SmallVector<OpAsmParser::UnresolvedOperand> operands;
  SmallVector<Type> types;
  SMLoc loc = parser.getCurrentLocation();
  if (parser.parseAttribute(name, "name", result.attributes))
    return failure();
  auto parseInput = [&]() -> ParseResult {
    OpAsmParser::Argument &argument = arguments.emplace_back();
    if (parser.parseArgument(argument) || parser.parseEqual() || parser.parseOperand(operands.emplace_back()) ||
        parser.parseColonType(argument.type))
      return failure();
    types.push_back(argument.type);
    return success();
  };
  auto parseResult = [&] { return parser.parseType(result.types.emplace_back()); };
  if (parser.parseCommaSeparatedList(OpAsmParser::Delimiter::Paren, parseInput) || parser.parseArrow() ||
      parser.parseCommaSeparatedList(OpAsmParser::Delimiter::Paren, parseResult) ||
      parser.parseOptionalAttrDictWithKeyword(result.attributes) ||
      parser.resolveOperands(operands, types, loc, result.operands))
    return failure();
  return parser.parseRegion(*result.addRegion(), arguments);
}

void FusedOp::print(OpAsmPrinter &printer) {
  printer << " ";
  printer.printAttribute(getNameAttr());
  printer << " (";
  llvm::interleaveComma(llvm::zip(getBody().getArguments(), getInputs()), printer, [&](auto pair) {
    auto [argument, input] = pair;
    printer << argument << " = " << input << " : " << input.getType();
  });
  printer << ") -> (" << getResultTypes() << ")";
  printer.printOptionalAttrDictWithKeyword((*this)->getAttrs(), {"name"});
  printer << " ";
  printer.printRegion(getBody(), /*printEntryBlockArgs=*/false);
}

LogicalResult LaunchOp::verify() {
  if (failed(verifyLayouts(*this, "operand", getOperandLayouts(), getInputs().getTypes())))
    return failure();
  return verifyLayouts(*this, "result", getResultLayouts(), getResultTypes());
}
