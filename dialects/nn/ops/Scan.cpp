//===- Scan.cpp - text and verification of the loop over time --------------===//
#include "dialects/nn/Dims.h"
#include "dialects/nn/NN.h"

using namespace mlir;
using namespace argent::nn;

RankedTensorType ScanOp::getStackedType(Type step, int64_t steps) {
  Dims dims = getDims(step);
  if (dims.empty())
    return {};
  dims.insert(dims.begin() + 1, Dim{steps});
  return makeType(dims, getElementTypeOrSelf(step));
}

RankedTensorType ScanOp::getStepType(Type stacked) {
  Dims dims = getDims(stacked);
  dims.erase(dims.begin() + 1);
  return makeType(dims, getElementTypeOrSelf(stacked));
}

NextOp ScanOp::getNext() { return cast<NextOp>(getBody().front().getTerminator()); }

MutableArrayRef<BlockArgument> ScanOp::getSourceArguments() {
  return getBody().getArguments().slice(1, getSources().size());
}
MutableArrayRef<BlockArgument> ScanOp::getCarriedArguments() {
  return getBody().getArguments().slice(1 + getSources().size(), getInitial().size());
}
MutableArrayRef<BlockArgument> ScanOp::getCapturedArguments() {
  return getBody().getArguments().take_back(getCaptured().size());
}

Value ScanOp::getOrigin(BlockArgument argument) {
  const size_t at = argument.getArgNumber(), states = 1 + getSources().size();
  bool isOfStep = at == 0 || (at >= states && at < states + getInitial().size());
  return isOfStep ? Value() : getOperand(at - 1);
}

Value ScanOp::getCapturedOrigin(Value value) {
  while (auto argument = dyn_cast<BlockArgument>(value)) {
    auto scan = dyn_cast<ScanOp>(argument.getOwner()->getParentOp());
    if (!scan || !llvm::is_contained(scan.getCapturedArguments(), argument))
      break;
    value = scan.getOrigin(argument);
  }
  return value;
}

BlockArgument ScanOp::getArgumentOf(OpOperand &operand) {
  return getBody().getArgument(1 + operand.getOperandNumber());
}

/// Whether the value is computed of the step and of integers that the scan captures, and of nothing else of the step.
static bool isOfLengths(ScanOp scan, Value value) {
  bool readsStep = false, readsLengths = false;
  SmallVector<Value> left = {value};
  while (!left.empty()) {
    Value next = left.pop_back_val();
    if (Operation *op = next.getDefiningOp()) {
      llvm::append_range(left, op->getOperands());
      continue;
    }
    readsStep |= next == scan.getStep();
    if (next == scan.getStep())
      continue;
    if (!llvm::is_contained(scan.getCapturedArguments(), next) || !getElementTypeOrSelf(next).isInteger())
      return false;
    readsLengths = true;
  }
  return readsStep && readsLengths;
}

/// Whether the condition says of each row of the state, dimension 0, whether it runs: `[N]` or `[N, 1, ...]`.
static bool isOfRows(Type condition, Type state) {
  const Dims dims = getDims(condition), wanted = getDims(state);
  return !dims.empty() && dims.size() == wanted.size() && dims[0] == wanted[0] &&
         llvm::all_of(ArrayRef(dims).drop_front(), [](Dim dim) { return dim.isOne(); });
}

ScanOp::Computed ScanOp::getComputed(unsigned carried) {
  Value given = getNext().getCarried()[carried];
  auto select = given.getDefiningOp<SelectOp>();
  if (select && select.getRhs() == getCarriedArguments()[carried] && select.getLhs().getType() == given.getType() &&
      isOfRows(select.getCondition().getType(), given.getType()) && isOfLengths(*this, select.getCondition()))
    return {select.getLhs(), select.getCondition()};
  return {given, {}};
}

//===----------------------------------------------------------------------===//
// Verification
//===----------------------------------------------------------------------===//

LogicalResult ScanOp::verify() {
  const int64_t steps = getSteps();
  if (steps < 1)
    return emitOpError() << "(C1) there is a step; found " << steps;
  for (Type source : getSources().getTypes()) {
    Dims dims = getDims(source);
    if (dims.size() < 2 || dims[1] != Dim{steps})
      return emitOpError() << "(C2) a source has " << steps << " steps at dimension 1; found " << source;
  }

  SmallVector<Type> arguments = {RankedTensorType::get({}, IntegerType::get(getContext(), 32))};
  for (Type source : getSources().getTypes())
    arguments.push_back(getStepType(source));
  llvm::append_range(arguments, getInitial().getTypes());
  llvm::append_range(arguments, getCaptured().getTypes());
  if (getBody().getArgumentTypes() != ArrayRef(arguments))
    return emitOpError() << "(C3) the body takes (" << arguments << "); found (" << getBody().getArgumentTypes() << ")";

  auto next = dyn_cast<NextOp>(getBody().front().getTerminator());
  if (!next)
    return emitOpError() << "(C4) the body ends with nn.next; found " << getBody().front().getTerminator()->getName();
  if (next.getCarried().getTypes() != getInitial().getTypes())
    return emitOpError() << "(C4) it carries (" << getInitial().getTypes() << "); the next step is given ("
                         << next.getCarried().getTypes() << ")";

  SmallVector<Type> stacked;
  for (Type yielded : next.getYielded().getTypes()) {
    stacked.push_back(getStackedType(yielded, steps));
    if (!stacked.back())
      return emitOpError() << "(C5) a scalar cannot be stacked; found the yield " << yielded;
  }
  if (getStacked().getTypes() != ArrayRef(stacked) || getLast().getTypes() != getInitial().getTypes())
    return emitOpError() << "(C5) the results are (" << stacked << ") and (" << getInitial().getTypes() << "); found ("
                         << getStacked().getTypes() << ") and (" << getLast().getTypes() << ")";
  return success();
}

//===----------------------------------------------------------------------===//
// Text
//===----------------------------------------------------------------------===//

namespace {
/// `over (%x_t = %x : type, ...)`: operands, and the arguments that stand for them in the body.
struct Group {
  SmallVector<OpAsmParser::Argument> arguments;
  SmallVector<OpAsmParser::UnresolvedOperand> operands;
  SmallVector<Type> types;
};
} // namespace

static ParseResult parseGroup(OpAsmParser &parser, StringRef keyword, Group &group) {
  if (failed(parser.parseOptionalKeyword(keyword)))
    return success();
  return parser.parseCommaSeparatedList(OpAsmParser::Delimiter::Paren, [&]() -> ParseResult {
    return failure(parser.parseArgument(group.arguments.emplace_back()) || parser.parseEqual() ||
                   parser.parseOperand(group.operands.emplace_back()) ||
                   parser.parseColonType(group.types.emplace_back()));
  });
}

ParseResult ScanOp::parse(OpAsmParser &parser, OperationState &result) {
  Properties &properties = result.getOrAddProperties<Properties>();
  std::string layer;
  if (succeeded(parser.parseOptionalString(&layer)))
    properties.layer = parser.getBuilder().getStringAttr(layer);
  int64_t steps;
  OpAsmParser::Argument step;
  Group sources, carried, captured;
  if (parser.parseInteger(steps) || parser.parseLParen() || parser.parseArgument(step) || parser.parseRParen())
    return failure();
  properties.steps = parser.getBuilder().getI64IntegerAttr(steps);
  if (succeeded(parser.parseOptionalKeyword("reverse")))
    properties.reverse = parser.getBuilder().getUnitAttr();
  SMLoc loc = parser.getCurrentLocation();
  if (parseGroup(parser, "over", sources) || parseGroup(parser, "carry", carried) ||
      parseGroup(parser, "with", captured))
    return failure();
  if (succeeded(parser.parseOptionalArrow()) && parser.parseCommaSeparatedList(OpAsmParser::Delimiter::Paren, [&] {
        return parser.parseType(result.types.emplace_back());
      }))
    return failure();
  if (result.types.size() < carried.types.size())
    return parser.emitError(loc) << "has a result for each carried value, behind those that are stacked";
  if (parser.parseOptionalAttrDictWithKeyword(result.attributes))
    return failure();

  step.type = RankedTensorType::get({}, parser.getBuilder().getI32Type());
  SmallVector<OpAsmParser::Argument> arguments = {step};
  auto isSource = [&](Group *group) { return group == &sources; };
  for (Group *group : {&sources, &carried, &captured}) {
    for (auto [argument, type] : llvm::zip(group->arguments, group->types)) {
      auto tensor = dyn_cast<RankedTensorType>(type);
      if (!tensor || (isSource(group) && tensor.getRank() < 2))
        return parser.emitError(loc) << (isSource(group) ? "a source has 2 dimensions at least; found "
                                                         : "expected a tensor; found ")
                                     << type;
      argument.type = isSource(group) ? getStepType(type) : type;
      arguments.push_back(argument);
    }
    if (parser.resolveOperands(group->operands, group->types, loc, result.operands))
      return failure();
  }
  llvm::copy(ArrayRef<int32_t>{static_cast<int32_t>(sources.operands.size()),
                               static_cast<int32_t>(carried.operands.size()),
                               static_cast<int32_t>(captured.operands.size())},
             properties.operandSegmentSizes.begin());
  llvm::copy(ArrayRef<int32_t>{static_cast<int32_t>(result.types.size() - carried.types.size()),
                               static_cast<int32_t>(carried.types.size())},
             properties.resultSegmentSizes.begin());
  return parser.parseRegion(*result.addRegion(), arguments);
}

void ScanOp::print(OpAsmPrinter &printer) {
  if (getLayerAttr())
    printer << " " << getLayerAttr();
  printer << " " << getSteps() << " (" << getStep() << ")";
  if (getReverse())
    printer << " reverse";
  auto printGroup = [&](StringRef keyword, ArrayRef<BlockArgument> arguments, ValueRange operands) {
    if (operands.empty())
      return;
    printer << " " << keyword << " (";
    llvm::interleaveComma(llvm::zip(arguments, operands), printer, [&](auto pair) {
      auto [argument, operand] = pair;
      printer << argument << " = " << operand << " : " << operand.getType();
    });
    printer << ")";
  };
  printGroup("over", getSourceArguments(), getSources());
  printGroup("carry", getCarriedArguments(), getInitial());
  printGroup("with", getCapturedArguments(), getCaptured());
  if (getNumResults())
    printer << " -> (" << getResultTypes() << ")";
  printer.printOptionalAttrDictWithKeyword((*this)->getAttrs(),
                                           {"layer", "steps", "reverse", "operandSegmentSizes", "resultSegmentSizes"});
  printer << " ";
  printer.printRegion(getBody(), /*printEntryBlockArgs=*/false);
}
