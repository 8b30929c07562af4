//===- Pipeline.cpp - hl.pipeline: text, inputs, outputs ----------------===//
#include "dialects/hl/HL.h"
#include "dialects/hl/InPlace.h"

#include "llvm/ADT/SmallSet.h"
#include "llvm/ADT/StringSet.h"

using namespace mlir;
using namespace argent::hl;

//===----------------------------------------------------------------------===//
// Text
//===----------------------------------------------------------------------===//

void PipelineOp::build(OpBuilder &builder, OperationState &state, StringRef name, TypeRange inputs, TypeRange results) {
  state.addAttribute("sym_name", builder.getStringAttr(name));
  state.addAttribute("inputTypes", builder.getTypeArrayAttr(inputs));
  state.addAttribute("resultTypes", builder.getTypeArrayAttr(results));
  Block &block = state.addRegion()->emplaceBlock();
  for (Type input : inputs)
    block.addArgument(input, state.location);
}

ParseResult PipelineOp::parse(OpAsmParser &parser, OperationState &result) {
  StringAttr name;
  SmallVector<OpAsmParser::Argument> inputs;
  SmallVector<Type> inputTypes, resultTypes;
  if (parser.parseSymbolName(name, "sym_name", result.attributes) ||
      parser.parseArgumentList(inputs, OpAsmParser::Delimiter::Paren, /*allowType=*/true) || parser.parseArrow() ||
      parser.parseCommaSeparatedList(OpAsmParser::Delimiter::Paren,
                                     [&] { return parser.parseType(resultTypes.emplace_back()); }))
    return failure();
  if (succeeded(parser.parseOptionalKeyword("role"))) {
    FailureOr<Role> role = FieldParser<Role>::parse(parser);
    if (failed(role))
      return failure();
    result.addAttribute("role", RoleAttr::get(parser.getContext(), *role));
  }
  if (parser.parseOptionalAttrDictWithKeyword(result.attributes))
    return failure();
  for (OpAsmParser::Argument &input : inputs)
    inputTypes.push_back(input.type);
  result.addAttribute("inputTypes", parser.getBuilder().getTypeArrayAttr(inputTypes));
  result.addAttribute("resultTypes", parser.getBuilder().getTypeArrayAttr(resultTypes));
  Region *body = result.addRegion();
  if (parser.parseRegion(*body, inputs))
    return failure();
  if (body->empty()) {
    Block &block = body->emplaceBlock();
    for (OpAsmParser::Argument &input : inputs)
      block.addArgument(input.type, result.location);
  }
  return success();
}

void PipelineOp::print(OpAsmPrinter &printer) {
  printer << ' ';
  printer.printSymbolName(getSymName());
  printer << '(';
  llvm::interleaveComma(getBody().getArguments(), printer,
                        [&](BlockArgument input) { printer.printRegionArgument(input); });
  printer << ") -> (";
  llvm::interleaveComma(getResultTypes().getAsValueRange<TypeAttr>(), printer, [&](Type type) { printer << type; });
  printer << ')';
  if (getRole() != Role::Forward)
    printer << " role " << getRole();
  printer.printOptionalAttrDictWithKeyword((*this)->getAttrs(), {"sym_name", "inputTypes", "resultTypes", "role"});
  printer << ' ';
  printer.printRegion(getBody(), /*printEntryBlockArgs=*/false);
}

void PipelineOp::getAsmBlockArgumentNames(Region &, OpAsmSetValueNameFn) {}

//===----------------------------------------------------------------------===//
// Verifier
//===----------------------------------------------------------------------===//

LogicalResult PipelineOp::verify() {
  auto areBuffers = [](ArrayAttr types) {
    return llvm::all_of(types.getAsValueRange<TypeAttr>(), llvm::IsaPred<BufferType>);
  };
  if (!areBuffers(getInputTypes()) || !areBuffers(getResultTypes()))
    return emitOpError("(C1) inputs and results are buffers");
  if (getBody().empty() || !llvm::equal(getBody().getArgumentTypes(), getInputTypes().getAsValueRange<TypeAttr>()))
    return emitOpError("(C1) the block's arguments are the inputs");
  if (std::optional<ArrayRef<int64_t>> inplace = getInplace()) {
    if (inplace->size() != getResultTypes().size())
      return emitOpError("(C3) 'inplace' has ")
             << inplace->size() << " entries for " << getResultTypes().size() << " results";
    llvm::SmallSet<int64_t, 8> written;
    for (auto [input, result] : llvm::zip(*inplace, getResultTypes().getAsValueRange<TypeAttr>())) {
      if (input == -1)
        continue;
      if (input < 0 || input >= int64_t(getInputTypes().size()))
        return emitOpError("(C3) 'inplace' names input ") << input << " of " << getInputTypes().size();
      Type inputType = cast<TypeAttr>(getInputTypes()[input]).getValue();
      if (inputType != result)
        return emitOpError("(C3) the result ") << result << " cannot be written over the input " << inputType;
      if (!written.insert(input).second)
        return emitOpError("(C6) two results are written over input ") << input;
    }
  }
  if (getFlops().size() != 2 || llvm::any_of(getFlops(), [](int64_t count) { return count < 0; }))
    return emitOpError(
        "(C8) 'flops' are two numbers, neither negative: what does not depend on N, what each of it adds");
  int64_t minBatch = getMinBatch();
  if (minBatch < 1 || (minBatch > 1) != getSmall().has_value())
    return emitOpError("(C9) 'min_batch' is ")
           << minBatch << (getSmall() ? ", with" : ", without") << " 'small', a kernel for smaller batches";
  return success();
}

/// Whether a func's extents, where it has them, are those of a buffer that holds it.
static bool fitsExtents(FuncOp func, BufferType buffer) {
  if (!func.getBox())
    return true;
  return llvm::equal(*func.getBox(), buffer.getShape()) && llvm::all_of(llvm::seq(buffer.getRank()), [&](int64_t d) {
           return func.getBatchFactor(d) == buffer.getBatchFactor(d);
         });
}

LogicalResult PipelineOp::verifyRegions() {
  OutputOp output;
  llvm::StringSet<> names;
  for (Operation &op : getBody().front()) {
    if (auto func = dyn_cast<FuncOp>(op))
      if (!names.insert(func.getName()).second)
        return func.emitOpError("(C7 of hl.pipeline) another func has the name '") << func.getName() << "'";
    if (auto found = dyn_cast<OutputOp>(op)) {
      if (output)
        return found.emitOpError("(C2) a pipeline has one hl.output");
      output = found;
    }
  }
  if (!output)
    return emitOpError("(C2) has no hl.output");

  // The results in order: each value of each func.
  SmallVector<std::pair<Value, Type>> values;
  for (Value func : output.getFuncs())
    for (Type type : cast<FuncType>(func.getType()).getElementTypes())
      values.push_back({func, type});
  if (values.size() != getResultTypes().size())
    return output.emitOpError("(C2) gives ")
           << values.size() << " values for " << getResultTypes().size() << " results";
  llvm::SmallDenseSet<Value> outputs;
  for (Value func : output.getFuncs())
    if (!outputs.insert(func).second)
      return output.emitOpError("(C2) names a func twice");
  for (auto [pair, type] : llvm::zip(values, getResultTypes().getAsValueRange<TypeAttr>())) {
    auto buffer = cast<BufferType>(type);
    int64_t rank = cast<FuncType>(pair.first.getType()).getRank();
    if (buffer.getRank() != rank)
      return output.emitOpError("(C2) the result ")
             << buffer << " has " << buffer.getRank() << " dimensions, its func " << rank << " axes";
    if (getLoadTypes(buffer).front() != pair.second)
      return output.emitOpError("(C2) the result ") << buffer << " cannot hold values of type " << pair.second;
    if (auto func = pair.first.getDefiningOp<FuncOp>(); func && !fitsExtents(func, buffer))
      return func.emitOpError("(C10 of hl.pipeline) is stored in ") << buffer << ", which has other extents";
  }

  if (std::optional<ArrayRef<int64_t>> inplace = getInplace())
    for (auto [pair, input] : llvm::zip(values, *inplace))
      if (input >= 0)
        if (InPlaceObstacle obstacle = findInPlaceObstacle(pair.first, getBody().getArgument(input)))
          return obstacle.op->emitOpError(obstacle.reason);
  return verifySchedule(*this);
}
