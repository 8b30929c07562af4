//===- Schedule.cpp - the laws of schedules --------------------------------===//
// Walks the directives in the order of the text and keeps, for each func's pure definition and updates, the loops that
// exist so far.
//   1. A func brings the loops of its axes and reduction variables; hl.rfactor and hl.in bring those of the new func.
//   2. A directive is checked against the loops of its stage and changes them; a specialization works on a copy.
//   3. At the end, the loops named by compute_at and store_at must exist in every branch of the consumer.
#include "dialects/hl/HL.h"

#include "llvm/ADT/StringMap.h"
#include "llvm/ADT/StringSet.h"

using namespace mlir;
using namespace argent::hl;

//===----------------------------------------------------------------------===//
// RfactorOp: text and the constraints that need no loops
//===----------------------------------------------------------------------===//

ParseResult RfactorOp::parse(OpAsmParser &parser, OperationState &result) {
  OpAsmParser::UnresolvedOperand func;
  IntegerAttr update;
  SmallVector<Attribute> rvars, axes;
  Type funcType, resultType;
  Builder &builder = parser.getBuilder();
  if (parser.parseOperand(func) || parser.parseKeyword("update") || parser.parseLParen() ||
      parser.parseAttribute(update, builder.getI64Type(), "update", result.attributes) || parser.parseRParen() ||
      parser.parseCommaSeparatedList(OpAsmParser::Delimiter::Square,
                                     [&]() -> ParseResult {
                                       StringAttr rvar, axis;
                                       if (parser.parseAttribute(rvar) || parser.parseArrow() ||
                                           parser.parseAttribute(axis))
                                         return failure();
                                       rvars.push_back(rvar);
                                       axes.push_back(axis);
                                       return success();
                                     }) ||
      parser.parseOptionalAttrDict(result.attributes) || parser.parseColon() || parser.parseType(funcType) ||
      parser.parseArrow() || parser.parseType(resultType) || parser.resolveOperand(func, funcType, result.operands))
    return failure();
  result.addAttribute("rvars", builder.getArrayAttr(rvars));
  result.addAttribute("axes", builder.getArrayAttr(axes));
  result.addTypes(resultType);
  return success();
}

void RfactorOp::print(OpAsmPrinter &printer) {
  printer << ' ' << getFunc() << " update(" << getUpdate() << ") [";
  llvm::interleaveComma(llvm::zip(getRvars(), getAxes()), printer,
                        [&](auto pair) { printer << std::get<0>(pair) << " -> " << std::get<1>(pair); });
  printer << "]";
  printer.printOptionalAttrDict((*this)->getAttrs(), {"update", "rvars", "axes"});
  printer << " : " << getFunc().getType() << " -> " << getResult().getType();
}

//===----------------------------------------------------------------------===//
// The loops of a schedule
//===----------------------------------------------------------------------===//

namespace {

struct Loop {
  bool isPure;
  int64_t extent; // kDynamic: not known
};

using Loops = llvm::StringMap<Loop>;

/// The loops of a pure definition or an update; of each specialization, those of its branch.
struct Stage {
  Loops loops;
  std::vector<Loops> branches;
  bool axesTouched = false; // an axis was split, fused or renamed
};

struct Nest {
  std::vector<std::string> axes;
  std::vector<Stage> stages;
  bool inplace = false;
};

class Verifier {
public:
  explicit Verifier(PipelineOp pipeline) : pipeline_(pipeline) {}
  LogicalResult run();

private:
  void addFunc(FuncOp func);
  LogicalResult addRfactor(RfactorOp op);
  LogicalResult addWrapper(InOp op);
  LogicalResult verifySchedule(ScheduleOp op);
  LogicalResult verifyBlock(Block &block, Nest &nest, Stage &stage, Loops &loops, bool isPureDefinition, bool isBranch);
  LogicalResult verifyDirective(Operation &op, Nest &nest, Stage &stage, Loops &loops);
  LogicalResult verifyFuncDirective(Operation &op, Nest &nest);
  LogicalResult find(Operation &op, Loops &loops, StringRef name, Loops::iterator &found);
  LogicalResult insert(Operation &op, Loops &loops, StringRef name, Loop loop);
  LogicalResult verifyTail(Operation &op, Nest &nest, Loop loop, int64_t factor, TailStrategy tail);
  LogicalResult verifyFactored(Operation &op, Nest &nest, Loops &loops, StringRef var, std::optional<int64_t> factor,
                               TailStrategy tail);
  LogicalResult verifyLevel(Operation &op, Value consumer, StringRef var);

  PipelineOp pipeline_;
  llvm::DenseMap<Value, Nest> nests_;
  SmallVector<std::function<LogicalResult()>> atEnd_;
};

/// The loops' names, for messages.
std::string list(const Loops &loops) {
  SmallVector<StringRef> names(loops.keys());
  llvm::sort(names);
  return llvm::join(names, ", ");
}

} // namespace

LogicalResult Verifier::find(Operation &op, Loops &loops, StringRef name, Loops::iterator &found) {
  found = loops.find(name);
  if (found != loops.end())
    return success();
  return op.emitOpError("(C2 of hl.schedule) there is no loop '") << name << "' here; there are: " << list(loops);
}

LogicalResult Verifier::insert(Operation &op, Loops &loops, StringRef name, Loop loop) {
  if (!isValidName(name))
    return op.emitOpError("(C3 of hl.schedule) '")
           << name << "' is not a name: a letter, then letters, digits and single underscores";
  if (!loops.insert({name, loop}).second)
    return op.emitOpError("(C3 of hl.schedule) there is a loop '") << name << "' already";
  return success();
}

void Verifier::addFunc(FuncOp func) {
  Nest nest;
  for (StringRef var : func.getVars().getAsValueRange<StringAttr>())
    nest.axes.push_back(var.str());
  nest.stages.resize(1 + func.getUpdates().size());
  for (Stage &stage : nest.stages)
    for (const std::string &axis : nest.axes)
      stage.loops.insert({axis, Loop{true, ShapedType::kDynamic}});
  for (auto [u, names] : llvm::enumerate(func.getRvars())) {
    ArrayRef<int64_t> extents = cast<DenseI64ArrayAttr>(func.getExtents()[u]).asArrayRef();
    Stage &stage = nest.stages[u + 1];
    for (auto [name, extent] : llvm::zip(cast<ArrayAttr>(names).getAsValueRange<StringAttr>(), extents))
      stage.loops.insert({name, Loop{false, extent}});
    // A scatter has no loop over the axes that it indexes otherwise.
    Block &body = func.getUpdates()[u].front();
    auto yield = cast<YieldOp>(body.back());
    for (auto [axis, index] : llvm::enumerate(yield.getIndices()))
      if (index != body.getArgument(axis))
        stage.loops.erase(nest.axes[axis]);
  }
  nests_[func.getResult()] = std::move(nest);
}

LogicalResult Verifier::addRfactor(RfactorOp op) {
  Nest &source = nests_[op.getFunc()];
  if (op.getUpdate() >= source.stages.size() - 1)
    return op.emitOpError("(C1) the func has ") << source.stages.size() - 1 << " updates";
  if (op.getRvars().empty() || op.getRvars().size() != op.getAxes().size())
    return op.emitOpError("(C2) has an axis for each of one or more reduction variables");
  auto funcType = cast<FuncType>(op.getFunc().getType()), resultType = cast<FuncType>(op.getResult().getType());
  if (resultType.getRank() != funcType.getRank() + int64_t(op.getAxes().size()) ||
      resultType.getElementTypes() != funcType.getElementTypes())
    return op.emitOpError("(C3) of ") << funcType << " with " << op.getAxes().size() << " variables is not "
                                      << resultType;
  Stage &stage = source.stages[op.getUpdate() + 1];
  if (stage.axesTouched || !stage.branches.empty())
    return op.emitOpError("(C4) the update's axes are split, fused, renamed or specialized before");

  Nest nest;
  Loops kept;
  for (const std::string &axis : source.axes)
    kept.insert({axis, Loop{true, ShapedType::kDynamic}});
  Stage init, update;
  update.loops = stage.loops;
  for (auto [rvar, axis] :
       llvm::zip(op.getRvars().getAsValueRange<StringAttr>(), op.getAxes().getAsValueRange<StringAttr>())) {
    auto found = stage.loops.find(rvar);
    if (found == stage.loops.end() || found->second.isPure)
      return op.emitOpError("(C2) '") << rvar
                                      << "' is no reduction loop of the update; there are: " << list(stage.loops);
    if (!update.loops.erase(rvar))
      return op.emitOpError("(C2) names '") << rvar << "' twice";
    kept.insert({rvar, found->second});
    nest.axes.push_back(axis.str());
  }
  stage.loops = std::move(kept);
  for (StringRef axis : op.getAxes().getAsValueRange<StringAttr>())
    if (failed(insert(*op, update.loops, axis, Loop{true, ShapedType::kDynamic})))
      return failure();
  llvm::append_range(nest.axes, source.axes);
  for (const std::string &axis : nest.axes)
    if (failed(insert(*op, init.loops, axis, Loop{true, ShapedType::kDynamic})))
      return failure();
  nest.stages = {std::move(init), std::move(update)};
  nests_[op.getResult()] = std::move(nest);
  return success();
}

LogicalResult Verifier::addWrapper(InOp op) {
  auto result = cast<FuncType>(op.getResult().getType());
  int64_t rank;
  Nest nest;
  if (auto buffer = dyn_cast<BufferType>(op.getSource().getType())) {
    rank = buffer.getRank();
    for (int64_t d = 0; d < rank; ++d)
      nest.axes.push_back("d" + std::to_string(d));
  } else {
    rank = cast<FuncType>(op.getSource().getType()).getRank();
    nest.axes = nests_[op.getSource()].axes;
  }
  if (result.getRank() != rank || !llvm::equal(result.getElementTypes(), getLoadTypes(op.getSource().getType())))
    return op.emitOpError("(C1) a wrapper of ") << op.getSource().getType() << " is not " << result;
  nest.stages.emplace_back();
  for (const std::string &axis : nest.axes)
    nest.stages[0].loops.insert({axis, Loop{true, ShapedType::kDynamic}});
  nests_[op.getResult()] = std::move(nest);
  return success();
}

//===----------------------------------------------------------------------===//
// Directives
//===----------------------------------------------------------------------===//

/// (C5 of hl.pipeline): in place, a tail must not recompute.
LogicalResult Verifier::verifyTail(Operation &op, Nest &nest, Loop loop, int64_t factor, TailStrategy tail) {
  if (factor < 1)
    return op.emitOpError("(C4 of hl.schedule) the factor is at least 1, not ") << factor;
  if (!nest.inplace || tail == TailStrategy::GuardWithIf || tail == TailStrategy::Predicate)
    return success();
  if (factor == 1 || (!ShapedType::isDynamic(loop.extent) && loop.extent % factor == 0))
    return success();
  return op.emitOpError("(C5 of hl.pipeline) the tail ")
         << stringifyTailStrategy(tail) << " may recompute elements of a result that is written in place, and "
         << factor << " is not known to divide the extent: use guard_with_if or predicate";
}

/// vectorize, unroll and parallel, with a factor or without.
LogicalResult Verifier::verifyFactored(Operation &op, Nest &nest, Loops &loops, StringRef var,
                                       std::optional<int64_t> factor, TailStrategy tail) {
  Loops::iterator loop;
  if (failed(find(op, loops, var, loop)))
    return failure();
  if (!factor)
    return success();
  if (failed(verifyTail(op, nest, loop->second, *factor, tail)))
    return failure();
  // The name stays with the outer loop.
  int64_t &extent = loop->second.extent;
  if (!ShapedType::isDynamic(extent))
    extent = llvm::divideCeil(extent, *factor);
  return success();
}

LogicalResult Verifier::verifyLevel(Operation &op, Value consumer, StringRef var) {
  Nest &nest = nests_[consumer];
  for (const Stage &stage : nest.stages) {
    if (!stage.loops.contains(var))
      continue;
    for (const Loops &branch : stage.branches)
      if (!branch.contains(var))
        return op.emitOpError("(C7 of hl.schedule) a specialization of the consumer has no loop '") << var << "'";
    return success();
  }
  std::string known = list(nest.stages.back().loops);
  return op.emitOpError("(C7 of hl.schedule) the consumer has no loop '") << var << "'; there are: " << known;
}

/// Directives for a func as a whole.
LogicalResult Verifier::verifyFuncDirective(Operation &op, Nest &nest) {
  auto verifyAxes = [&](auto names) -> LogicalResult {
    for (StringRef name : names)
      if (!llvm::is_contained(nest.axes, name))
        return op.emitOpError("(C8 of hl.schedule) '")
               << name << "' is not an axis of the func; there are: " << llvm::join(nest.axes, ", ");
    return success();
  };
  auto verifyAxis = [&](StringRef name) { return verifyAxes(ArrayRef<StringRef>{name}); };
  auto laterLevel = [&](Value consumer, StringRef var) {
    atEnd_.push_back([this, &op, consumer, var] { return verifyLevel(op, consumer, var); });
    return success();
  };
  return llvm::TypeSwitch<Operation *, LogicalResult>(&op)
      .Case([&](ComputeAtOp at) { return laterLevel(at.getConsumer(), at.getVar()); })
      .Case([&](StoreAtOp at) { return laterLevel(at.getConsumer(), at.getVar()); })
      .Case([&](ReorderStorageOp reorder) { return verifyAxes(reorder.getVars().getAsValueRange<StringAttr>()); })
      .Case([&](AlignStorageOp align) { return verifyAxis(align.getVar()); })
      .Case([&](BoundOp bound) { return verifyAxis(bound.getVar()); })
      .Case([&](BoundExtentOp bound) { return verifyAxis(bound.getVar()); })
      .Case([&](AlignBoundsOp align) { return verifyAxis(align.getVar()); })
      .Default([](Operation *) { return success(); });
}

/// Directives for the loops of one stage.
LogicalResult Verifier::verifyDirective(Operation &op, Nest &nest, Stage &stage, Loops &loops) {
  auto verifyPure = [&](StringRef var) -> LogicalResult {
    Loops::iterator loop;
    if (failed(find(op, loops, var, loop)))
      return failure();
    if (!loop->second.isPure)
      return op.emitOpError("(C5 of hl.schedule) '")
             << var << "' is a reduction loop: parallel loops run over pure axes";
    return success();
  };
  auto touch = [&](Loop loop) { stage.axesTouched |= loop.isPure; };
  return llvm::TypeSwitch<Operation *, LogicalResult>(&op)
      .Case([&](SplitOp split) -> LogicalResult {
        Loops::iterator found;
        if (failed(find(op, loops, split.getVar(), found)))
          return failure();
        Loop loop = found->second;
        int64_t factor = split.getFactor();
        if (failed(verifyTail(op, nest, loop, factor, split.getTail())))
          return failure();
        touch(loop);
        loops.erase(found);
        int64_t outerExtent = ShapedType::isDynamic(loop.extent) ? loop.extent : llvm::divideCeil(loop.extent, factor);
        return failure(failed(insert(op, loops, split.getOuter(), Loop{loop.isPure, outerExtent})) ||
                       failed(insert(op, loops, split.getInner(), Loop{loop.isPure, factor})));
      })
      .Case([&](FuseOp fuse) -> LogicalResult {
        Loops::iterator found;
        if (failed(find(op, loops, fuse.getInner(), found)))
          return failure();
        Loop inner = found->second;
        loops.erase(found);
        if (failed(find(op, loops, fuse.getOuter(), found)))
          return failure();
        Loop outer = found->second;
        loops.erase(found);
        touch(inner);
        touch(outer);
        bool isKnown = !ShapedType::isDynamic(inner.extent) && !ShapedType::isDynamic(outer.extent);
        return insert(op, loops, fuse.getFused(),
                      Loop{inner.isPure && outer.isPure, isKnown ? inner.extent * outer.extent : ShapedType::kDynamic});
      })
      .Case([&](ReorderOp reorder) -> LogicalResult {
        llvm::StringSet<> seen;
        for (StringRef var : reorder.getVars().getAsValueRange<StringAttr>()) {
          Loops::iterator found;
          if (failed(find(op, loops, var, found)))
            return failure();
          if (!seen.insert(var).second)
            return op.emitOpError("(C2 of hl.schedule) names the loop '") << var << "' twice";
        }
        return success();
      })
      .Case<VectorizeOp, UnrollOp>([&](auto factored) {
        return verifyFactored(op, nest, loops, factored.getVar(), factored.getFactor(), factored.getTail());
      })
      .Case([&](ParallelOp parallel) -> LogicalResult {
        if (failed(verifyPure(parallel.getVar())))
          return failure();
        return verifyFactored(op, nest, loops, parallel.getVar(), parallel.getFactor(), parallel.getTail());
      })
      .Case<GpuBlocksOp, GpuThreadsOp>([&](auto gpu) -> LogicalResult {
        if (gpu.getVars().empty() || gpu.getVars().size() > 3)
          return op.emitOpError("(C5 of hl.schedule) names one to three loops");
        for (StringRef var : gpu.getVars().template getAsValueRange<StringAttr>())
          if (failed(verifyPure(var)))
            return failure();
        return success();
      })
      .Case([&](GpuLanesOp lanes) { return verifyPure(lanes.getVar()); })
      .Default([](Operation *other) -> LogicalResult { return other->emitOpError("is not a directive"); });
}

LogicalResult Verifier::verifyBlock(Block &block, Nest &nest, Stage &stage, Loops &loops, bool isPureDefinition,
                                    bool isBranch) {
  for (Operation &op : block) {
    if (auto specialize = dyn_cast<SpecializeOp>(op)) {
      if (isBranch)
        return op.emitOpError("(C6 of hl.schedule) stands in a schedule, not in another specialization");
      if (specialize.getMinBatch() < 1 || specialize.getMultipleOf() < 1)
        return op.emitOpError("(C4 of hl.schedule) numbers are at least 1");
      Loops branch = loops;
      if (failed(verifyBlock(specialize.getBody().front(), nest, stage, branch, isPureDefinition, /*isBranch=*/true)))
        return failure();
      stage.branches.push_back(std::move(branch));
      continue;
    }
    if (isa<ComputeRootOp, ComputeAtOp, StoreAtOp, StoreRootOp, StoreInOp, ReorderStorageOp, AlignStorageOp, BoundOp,
            BoundExtentOp, AlignBoundsOp>(op)) {
      if (!isPureDefinition || isBranch)
        return op.emitOpError("(C6 of hl.schedule) stands in the schedule of the pure definition");
      if (failed(verifyFuncDirective(op, nest)))
        return failure();
      continue;
    }
    if (failed(verifyDirective(op, nest, stage, loops)))
      return failure();
  }
  return success();
}

LogicalResult Verifier::verifySchedule(ScheduleOp op) {
  Nest &nest = nests_[op.getFunc()];
  size_t index = op.getUpdate() ? *op.getUpdate() + 1 : 0;
  if (index >= nest.stages.size() || (op.getUpdate() && index == 0))
    return op.emitOpError("(C1) the func has ") << nest.stages.size() - 1 << " updates";
  Stage &stage = nest.stages[index];
  return verifyBlock(op.getBody().front(), nest, stage, stage.loops, /*isPureDefinition=*/index == 0,
                     /*isBranch=*/false);
}

LogicalResult Verifier::run() {
  Block &body = pipeline_.getBody().front();
  OutputOp output;
  for (Operation &op : body)
    if (auto found = dyn_cast<OutputOp>(op))
      output = found;
  // Extents of the outputs' axes, and which outputs are written in place.
  auto markOutput = [&](Value func) {
    size_t result = 0;
    for (Value value : output.getFuncs()) {
      for (size_t i = 0; i < cast<FuncType>(value.getType()).getElementTypes().size(); ++i, ++result) {
        if (value != func)
          continue;
        auto type = cast<BufferType>(cast<TypeAttr>(pipeline_.getResultTypes()[result]).getValue());
        Nest &nest = nests_[func];
        if (std::optional<ArrayRef<int64_t>> inplace = pipeline_.getInplace())
          nest.inplace |= (*inplace)[result] >= 0;
        for (Stage &stage : nest.stages)
          for (auto [axis, extent] : llvm::zip(nest.axes, type.getShape()))
            if (auto loop = stage.loops.find(axis); loop != stage.loops.end())
              loop->second.extent = extent;
      }
    }
  };
  for (Operation &op : body) {
    LogicalResult result = llvm::TypeSwitch<Operation *, LogicalResult>(&op)
                               .Case([&](FuncOp func) {
                                 addFunc(func);
                                 markOutput(func.getResult());
                                 return success();
                               })
                               .Case([&](RfactorOp rfactor) { return addRfactor(rfactor); })
                               .Case([&](InOp in) { return addWrapper(in); })
                               .Case([&](ScheduleOp schedule) { return verifySchedule(schedule); })
                               .Default([](Operation *) { return success(); });
    if (failed(result))
      return failure();
  }
  for (auto &check : atEnd_)
    if (failed(check()))
      return failure();
  return success();
}

LogicalResult argent::hl::verifySchedule(PipelineOp pipeline) { return Verifier(pipeline).run(); }
