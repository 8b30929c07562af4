//===- Func.cpp - hl.func and the operations in its bodies -----------------===//
// Text form and verifiers. What concerns a whole pipeline is in Pipeline.cpp, schedules in Schedule.cpp.
#include "dialects/hl/HL.h"

#include "llvm/ADT/StringSet.h"

using namespace mlir;
using namespace argent::hl;

//===----------------------------------------------------------------------===//
// FuncOp: text
//===----------------------------------------------------------------------===//

/// `%n` or `%n_0 as "n"`.
static ParseResult parseNamedArgument(OpAsmParser &parser, OpAsmParser::Argument &argument, Attribute &name) {
  if (parser.parseArgument(argument))
    return failure();
  if (failed(parser.parseOptionalKeyword("as"))) {
    name = parser.getBuilder().getStringAttr(argument.ssaName.name.drop_front());
    return success();
  }
  StringAttr text;
  if (parser.parseAttribute(text))
    return failure();
  name = text;
  return success();
}

static void printNamedArgument(OpAsmPrinter &printer, BlockArgument argument, Attribute name) {
  std::string ssaName;
  llvm::raw_string_ostream stream(ssaName);
  printer.printOperand(argument, stream);
  printer << ssaName;
  if (ssaName != "%" + cast<StringAttr>(name).getValue().str())
    printer << " as " << name;
}

/// The extents of a func's axes: `in 28`, `in ?`, `in ? * 35`; `?` is N.
static ParseResult parseExtent(OpAsmParser &parser, int64_t &extent, int64_t &factor) {
  factor = 0;
  if (failed(parser.parseOptionalQuestion()))
    return parser.parseInteger(extent);
  extent = ShapedType::kDynamic;
  factor = 1;
  return succeeded(parser.parseOptionalStar()) ? parser.parseInteger(factor) : success();
}

static void printExtent(OpAsmPrinter &printer, int64_t extent, int64_t factor) {
  printer << " in ";
  if (!ShapedType::isDynamic(extent))
    printer << extent;
  else if (factor == 1)
    printer << '?';
  else
    printer << "? * " << factor;
}

ParseResult FuncOp::parse(OpAsmParser &parser, OperationState &result) {
  Builder &builder = parser.getBuilder();
  StringAttr name;
  if (parser.parseAttribute(name, "name", result.attributes))
    return failure();

  SmallVector<OpAsmParser::Argument> axes;
  SmallVector<Attribute> vars;
  SmallVector<int64_t> box, batch;
  if (parser.parseCommaSeparatedList(OpAsmParser::Delimiter::Square, [&]() -> ParseResult {
        if (parseNamedArgument(parser, axes.emplace_back(), vars.emplace_back()))
          return failure();
        SMLoc place = parser.getCurrentLocation();
        if (succeeded(parser.parseOptionalKeyword("in"))) {
          if (parseExtent(parser, box.emplace_back(), batch.emplace_back()))
            return failure();
        }
        if (!box.empty() && box.size() != axes.size())
          return parser.emitError(place) << "(C7) all axes have extents or none";
        return success();
      }))
    return failure();
  if (box.size() == axes.size())
    result.addAttribute("box", builder.getDenseI64ArrayAttr(box));
  if (llvm::any_of(batch, [](int64_t factor) { return factor > 1; }))
    result.addAttribute("batch", builder.getDenseI64ArrayAttr(batch));
  SmallVector<Type> elementTypes;
  if (parser.parseArrowTypeList(elementTypes))
    return failure();
  if (succeeded(parser.parseOptionalKeyword("stage"))) {
    FailureOr<Stage> stage = FieldParser<Stage>::parse(parser);
    if (failed(stage))
      return failure();
    result.addAttribute("stage", StageAttr::get(parser.getContext(), *stage));
  }
  if (parser.parseOptionalAttrDictWithKeyword(result.attributes))
    return failure();
  for (OpAsmParser::Argument &axis : axes)
    axis.type = builder.getI32Type();
  if (parser.parseRegion(*result.addRegion(), axes))
    return failure();

  SmallVector<Attribute> allNames, allExtents;
  while (succeeded(parser.parseOptionalKeyword("update"))) {
    SmallVector<OpAsmParser::Argument> arguments;
    SmallVector<Attribute> names;
    SmallVector<int64_t> extents;
    SMLoc axesLocation = parser.getCurrentLocation();
    if (parser.parseArgumentList(arguments, OpAsmParser::Delimiter::Square))
      return failure();
    if (arguments.size() != vars.size())
      return parser.emitError(axesLocation)
             << "(C1) an update has the func's " << vars.size() << " axes, not " << arguments.size();
    if (succeeded(parser.parseOptionalKeyword("over"))) {
      if (parser.parseCommaSeparatedList(OpAsmParser::Delimiter::Square, [&]() -> ParseResult {
            if (parseNamedArgument(parser, arguments.emplace_back(), names.emplace_back()) || parser.parseKeyword("in"))
              return failure();
            if (succeeded(parser.parseOptionalQuestion())) {
              extents.push_back(ShapedType::kDynamic);
              return success();
            }
            return parser.parseInteger(extents.emplace_back());
          }))
        return failure();
    }
    for (OpAsmParser::Argument &argument : arguments)
      argument.type = builder.getI32Type();
    if (parser.parseRegion(*result.addRegion(), arguments))
      return failure();
    allNames.push_back(builder.getArrayAttr(names));
    allExtents.push_back(builder.getDenseI64ArrayAttr(extents));
  }
  result.addAttribute("vars", builder.getArrayAttr(vars));
  result.addAttribute("rvars", builder.getArrayAttr(allNames));
  result.addAttribute("extents", builder.getArrayAttr(allExtents));
  auto type = FuncType::getChecked([&] { return parser.emitError(parser.getNameLoc()); }, builder.getContext(),
                                   int64_t(vars.size()), ArrayRef<Type>(elementTypes));
  if (!type)
    return failure();
  result.addTypes(type);
  return success();
}

void FuncOp::print(OpAsmPrinter &printer) {
  printer << ' ' << getNameAttr() << " [";
  llvm::interleaveComma(llvm::enumerate(getInit().getArguments(), getVars()), printer, [&](auto axis) {
    auto [i, argument, name] = axis;
    printNamedArgument(printer, argument, name);
    if (getBox())
      printExtent(printer, (*getBox())[i], getBatchFactor(i));
  });
  printer << "]";
  printer.printArrowTypeList(getType().getElementTypes());
  if (getStage())
    printer << " stage " << *getStage();
  printer.printOptionalAttrDictWithKeyword((*this)->getAttrs(),
                                           {"name", "vars", "rvars", "extents", "box", "batch", "stage"});
  printer << ' ';
  printer.printRegion(getInit(), /*printEntryBlockArgs=*/false);
  size_t rank = getVars().size();
  for (auto [region, names, extents] : llvm::zip(getUpdates(), getRvars(), getExtents())) {
    auto arguments = region.getArguments();
    printer << " update [";
    llvm::interleaveComma(arguments.take_front(rank), printer, [&](BlockArgument axis) { printer << axis; });
    printer << "]";
    auto nameList = cast<ArrayAttr>(names);
    if (!nameList.empty()) {
      printer << " over [";
      ArrayRef<int64_t> extentList = cast<DenseI64ArrayAttr>(extents).asArrayRef();
      for (size_t i = 0; i < nameList.size(); ++i) {
        printer << (i ? ", " : "");
        printNamedArgument(printer, arguments[rank + i], nameList[i]);
        printExtent(printer, extentList[i], /*factor=*/1);
      }
      printer << "]";
    }
    printer << ' ';
    printer.printRegion(region, /*printEntryBlockArgs=*/false);
  }
}

void FuncOp::getAsmResultNames(OpAsmSetValueNameFn setName) { setName(getResult(), getName()); }

void FuncOp::getAsmBlockArgumentNames(Region &region, OpAsmSetValueNameFn setName) {
  if (region.empty())
    return;
  auto arguments = region.getArguments();
  size_t rank = getVars().size();
  for (auto [argument, name] : llvm::zip(arguments, getVars().getAsValueRange<StringAttr>()))
    setName(argument, name);
  if (&region == &getInit())
    return;
  size_t update = region.getRegionNumber() - 1;
  if (update >= getRvars().size() || arguments.size() < rank)
    return;
  for (auto [argument, name] :
       llvm::zip(arguments.drop_front(rank), cast<ArrayAttr>(getRvars()[update]).getAsValueRange<StringAttr>()))
    setName(argument, name);
}

//===----------------------------------------------------------------------===//
// FuncOp: verifier
//===----------------------------------------------------------------------===//

bool argent::hl::isValidName(StringRef name) {
  if (name.empty() || !(llvm::isAlpha(name[0])))
    return false;
  return llvm::all_of(name, [](char c) { return llvm::isAlnum(c) || c == '_'; }) && !name.contains("__");
}

static LogicalResult verifyBody(FuncOp func, Region &region, size_t argumentCount) {
  if (region.empty() || region.getNumArguments() != argumentCount)
    return func.emitOpError("(C3) a region has one i32 argument for each axis and reduction variable: ")
           << argumentCount << ", not " << (region.empty() ? 0 : region.getNumArguments());
  for (BlockArgument argument : region.getArguments())
    if (!argument.getType().isInteger(32))
      return func.emitOpError("(C3) a region has one i32 argument for each axis and reduction variable");
  if (region.front().empty() || !isa<YieldOp>(region.front().back()))
    return func.emitOpError("(C4) a region ends with hl.yield");
  return success();
}

static LogicalResult verifyStage(FuncOp func, Stage stage) {
  auto stores = [](Region &update) { return !cast<YieldOp>(update.front().back()).getIndices().empty(); };
  if (func.getType().getElementTypes().size() != 1 || func.getUpdates().size() != 1 ||
      llvm::any_of(func.getUpdates(), stores))
    return func.emitOpError("(C8) is of the stage '")
           << stringifyStage(stage) << "': a func of one value with one update, which stores at the axes";
  int64_t rank = func.getType().getRank();
  if ((stage == Stage::Image && rank != 3) || (stage == Stage::Phases && rank < 4))
    return func.emitOpError("(C9) is of the stage '")
           << stringifyStage(stage) << "', which has " << (stage == Stage::Image ? "three" : "at least four")
           << " axes, not " << rank;
  return success();
}

LogicalResult FuncOp::verify() {
  size_t rank = getVars().size();
  if (getType().getRank() != int64_t(rank))
    return emitOpError("(C1) has ") << rank << " axes but its type says " << getType().getRank();
  if (!isValidName(getName()))
    return emitOpError("(C2) '") << getName()
                                 << "' is not a name: a letter, then letters, digits and single underscores";
  if (getRvars().size() != getUpdates().size() || getExtents().size() != getUpdates().size())
    return emitOpError("(C5) has ") << getUpdates().size() << " updates, but names for " << getRvars().size()
                                    << " and extents for " << getExtents().size();
  if (std::optional<ArrayRef<int64_t>> box = getBox()) {
    if (box->size() != rank)
      return emitOpError("(C7) has extents for ") << box->size() << " axes, it has " << rank;
    if (getBatch() && getBatch()->size() != rank)
      return emitOpError("(C7) has extents for ")
             << box->size() << " axes, it has " << rank << ", and factors of N for " << getBatch()->size();
    for (auto [i, extent] : llvm::enumerate(*box)) {
      if (!ShapedType::isDynamic(extent) && extent < 1)
        return emitOpError("(C6) the extent of an axis is at least 1, not ") << extent;
      if (ShapedType::isDynamic(extent) ? getBatchFactor(i) < 1 : getBatch() && (*getBatch())[i] != 0)
        return emitOpError(
            "(C7) 'batch' has a factor, at least 1, for each axis that is a multiple of N, and 0 elsewhere");
    }
  } else if (getBatch()) {
    return emitOpError("(C7) has 'batch' without extents");
  }
  auto verifyNames = [&](auto names, llvm::StringSet<> &seen) -> LogicalResult {
    for (StringRef name : names) {
      if (!isValidName(name))
        return emitOpError("(C2) '") << name
                                     << "' is not a name: a letter, then letters, digits and single underscores";
      if (!seen.insert(name).second)
        return emitOpError("(C2) '") << name << "' names two axes or reduction variables";
    }
    return success();
  };
  llvm::StringSet<> axisNames;
  if (failed(verifyNames(getVars().getAsValueRange<StringAttr>(), axisNames)) ||
      failed(verifyBody(*this, getInit(), rank)))
    return failure();
  for (auto [region, nameAttr, extentAttr] : llvm::zip(getUpdates(), getRvars(), getExtents())) {
    auto names = dyn_cast<ArrayAttr>(nameAttr);
    auto extents = dyn_cast<DenseI64ArrayAttr>(extentAttr);
    if (!names || !extents || !llvm::all_of(names, llvm::IsaPred<StringAttr>) ||
        int64_t(names.size()) != extents.size())
      return emitOpError("(C5) an update has a name and an extent for each reduction variable");
    llvm::StringSet<> seen = axisNames;
    if (failed(verifyNames(names.getAsValueRange<StringAttr>(), seen)) ||
        failed(verifyBody(*this, region, rank + names.size())))
      return failure();
    for (int64_t extent : extents.asArrayRef())
      if (!ShapedType::isDynamic(extent) && extent < 1)
        return emitOpError("(C6) the extent of a reduction variable is at least 1, not ") << extent;
  }
  return getStage() ? verifyStage(*this, *getStage()) : success();
}

//===----------------------------------------------------------------------===//
// AtOp
//===----------------------------------------------------------------------===//

SmallVector<Type> argent::hl::getLoadTypes(Type source) {
  if (auto func = dyn_cast<FuncType>(source))
    return llvm::to_vector(func.getElementTypes());
  Type type = cast<BufferType>(source).getElementType();
  if (type.isUnsignedInteger() || type.isSignedInteger())
    type = IntegerType::get(type.getContext(), type.getIntOrFloatBitWidth());
  return {type};
}

ParseResult AtOp::parse(OpAsmParser &parser, OperationState &result) {
  OpAsmParser::UnresolvedOperand source, otherwise;
  SmallVector<OpAsmParser::UnresolvedOperand> indices;
  Type sourceType;
  if (parser.parseOperand(source))
    return failure();
  if (succeeded(parser.parseOptionalKeyword("clamped")))
    result.addAttribute("clamped", parser.getBuilder().getUnitAttr());
  if (parser.parseOperandList(indices, OpAsmParser::Delimiter::Square))
    return failure();
  bool hasOtherwise = succeeded(parser.parseOptionalKeyword("else"));
  SmallVector<Type> resultTypes;
  if ((hasOtherwise && parser.parseOperand(otherwise)) || parser.parseOptionalAttrDict(result.attributes) ||
      parser.parseColon() || parser.parseType(sourceType))
    return failure();
  if (!isa<BufferType, FuncType>(sourceType))
    return parser.emitError(parser.getNameLoc()) << "loads from a buffer or a func, not from " << sourceType;
  if (parser.parseOptionalArrowTypeList(resultTypes))
    return failure();
  if (resultTypes.empty())
    resultTypes = getLoadTypes(sourceType);
  if (parser.resolveOperand(source, sourceType, result.operands) ||
      parser.resolveOperands(indices, parser.getBuilder().getI32Type(), result.operands) ||
      (hasOtherwise && parser.resolveOperand(otherwise, resultTypes.front(), result.operands)))
    return failure();
  result.addAttribute(getOperandSegmentSizeAttr(),
                      parser.getBuilder().getDenseI32ArrayAttr({1, int32_t(indices.size()), hasOtherwise}));
  result.addTypes(resultTypes);
  return success();
}

void AtOp::print(OpAsmPrinter &printer) {
  printer << ' ' << getSource() << (getClamped() ? " clamped " : "") << '[' << getIndices() << ']';
  if (getOtherwise())
    printer << " else " << getOtherwise();
  printer.printOptionalAttrDict((*this)->getAttrs(), {getOperandSegmentSizeAttr(), "clamped"});
  printer << " : " << getSource().getType();
  printer.printArrowTypeList(getValues().getTypes());
}

LogicalResult AtOp::verify() {
  Type source = getSource().getType();
  auto buffer = dyn_cast<BufferType>(source);
  int64_t rank = buffer ? buffer.getRank() : cast<FuncType>(source).getRank();
  if (int64_t(getIndices().size()) != rank)
    return emitOpError("(C1) has ") << getIndices().size() << " indices for " << rank << " axes";
  SmallVector<Type> expected = getLoadTypes(source);
  if (!llvm::equal(getValues().getTypes(), expected))
    return emitOpError("(C2) of ") << source << " gives " << expected << ", not "
                                   << llvm::to_vector(getValues().getTypes());
  if (!buffer && (getClamped() || getOtherwise()))
    return emitOpError("(C3) 'clamped' and 'else' are for buffers: a func has no bounds of its own");
  if (getClamped() && getOtherwise())
    return emitOpError("(C4) is either clamped or has 'else'");
  if (getOtherwise() && getOtherwise().getType() != expected.front())
    return emitOpError("(C2) the value behind 'else' is ")
           << getOtherwise().getType() << ", the element " << expected.front();
  return success();
}

//===----------------------------------------------------------------------===//
// SelfOp, WhereOp, UndefOp, YieldOp
//===----------------------------------------------------------------------===//

/// Whether `op` stands directly in an update of its func.
static bool isInUpdate(Operation *op) { return op->getParentRegion()->getRegionNumber() > 0; }

LogicalResult SelfOp::verify() {
  auto func = cast<FuncOp>((*this)->getParentOp());
  if (!isInUpdate(*this))
    return emitOpError("(C1) stands in an update: a pure definition has no value before it");
  if (int64_t(getIndices().size()) != func.getType().getRank())
    return emitOpError("(C2) has ") << getIndices().size() << " indices for " << func.getType().getRank() << " axes";
  if (!llvm::equal(getValues().getTypes(), func.getType().getElementTypes()))
    return emitOpError("(C3) gives ") << func.getType().getElementTypes() << ", not "
                                      << llvm::to_vector(getValues().getTypes());
  return success();
}

LogicalResult WhereOp::verify() {
  if (!isInUpdate(*this))
    return emitOpError("(C1) stands in an update: it restricts a reduction domain");
  return success();
}

LogicalResult UndefOp::verify() {
  if (isInUpdate(*this) || !llvm::all_of((*this)->getUsers(), llvm::IsaPred<YieldOp>))
    return emitOpError("(C1) stands in a pure definition and is yielded as it is");
  return success();
}

LogicalResult YieldOp::verify() {
  auto func = cast<FuncOp>((*this)->getParentOp());
  if (!llvm::equal(getValues().getTypes(), func.getType().getElementTypes()))
    return emitOpError("(C1) yields ") << llvm::to_vector(getValues().getTypes()) << ", the func's values are "
                                       << func.getType().getElementTypes();
  if (getIndices().empty())
    return success();
  if (!isInUpdate(*this))
    return emitOpError("(C2) 'at' stands in an update: a pure definition defines every point");
  if (int64_t(getIndices().size()) != func.getType().getRank())
    return emitOpError("(C3) has ") << getIndices().size() << " indices for " << func.getType().getRank() << " axes";
  auto axes = (*this)->getParentRegion()->getArguments();
  for (auto [i, index] : llvm::enumerate(getIndices()))
    if (index != axes[i] && !axes[i].use_empty())
      return emitOpError("(C4) stores at another index than axis ") << i << ", so the update cannot use that axis";
  return success();
}
