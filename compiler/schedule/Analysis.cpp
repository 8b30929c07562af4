//===- Analysis.cpp - what the schedule rules know of a pipeline -----------===//
#include "compiler/schedule/Analysis.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"

#include <limits>

using namespace mlir;

namespace argent::schedule {

int64_t Func::lanes(const Target &target) const {
  hl::FuncOp func = op;
  return target.getLanes(func.getType().getElementTypes().front().getIntOrFloatBitWidth());
}

int64_t Func::work() const {
  int64_t work = 1;
  for (int64_t extent : box)
    work *= typical(extent);
  for (int64_t extent : extents)
    work *= typical(extent);
  return work;
}

/// Collects every load that `value` depends on, and the block arguments in their indices.
static void collectLoads(Value value, Block &body, SmallVectorImpl<hl::AtOp> &loads, llvm::BitVector &arguments) {
  SmallVector<Value> work{value};
  llvm::SmallPtrSet<Value, 16> seen;
  while (!work.empty()) {
    Value next = work.pop_back_val();
    if (!seen.insert(next).second)
      continue;
    if (auto argument = dyn_cast<BlockArgument>(next); argument && argument.getOwner() == &body) {
      arguments.set(argument.getArgNumber());
      continue;
    }
    Operation *op = next.getDefiningOp();
    if (!op || op->getBlock() != &body)
      continue;
    if (auto at = dyn_cast<hl::AtOp>(op))
      loads.push_back(at);
    work.append(op->operand_begin(), op->operand_end());
  }
}

/// The value of an integer constant.
static std::optional<int64_t> constantOf(Value value) {
  auto constant = value.getDefiningOp<arith::ConstantOp>();
  auto number = constant ? dyn_cast<IntegerAttr>(constant.getValue()) : IntegerAttr();
  return number ? std::optional<int64_t>(number.getInt()) : std::nullopt;
}

/// Whether `index` grows with `axis` past the axis's `extent` points.
static bool growsWith(Value index, Value axis, int64_t extent) {
  if (index == axis)
    return true;
  Operation *op = index.getDefiningOp();
  if (!op || isa<hl::AtOp>(op))
    return false;
  // The remainder repeats; the smaller of the two ends with the other.
  if (auto mod = dyn_cast<hl::ModOp>(op); mod && mod.getLhs() == axis && constantOf(mod.getRhs()))
    return false;
  if (auto min = dyn_cast<arith::MinSIOp>(op); min && min.getLhs() == axis)
    if (std::optional<int64_t> end = constantOf(min.getRhs()); end && *end < extent)
      return false;
  return llvm::any_of(op->getOperands(), [&](Value operand) { return growsWith(operand, axis, extent); });
}

/// How many points of `axis`, at least its `extent`, the load's indices are in range for: panels are longer than what
/// they hold.
static int64_t reachOf(hl::AtOp at, Value axis, int64_t extent) {
  int64_t reach = std::numeric_limits<int64_t>::max();
  if (at.getClamped() || at.getOtherwise())
    return reach;
  auto buffer = dyn_cast<hl::BufferType>(at.getSource().getType());
  auto func = at.getSource().getDefiningOp<hl::FuncOp>();
  for (auto [d, index] : llvm::enumerate(at.getIndices())) {
    if (!growsWith(index, axis, extent))
      continue;
    int64_t size = buffer ? buffer.getShape()[d] : func ? (*func.getBox())[d] : 0, factor = 1;
    if (auto div = index.getDefiningOp<hl::DivOp>(); div && div.getLhs() == axis && constantOf(div.getRhs()))
      factor = *constantOf(div.getRhs());
    else if (index != axis)
      size = 0; // not known
    reach = std::min(reach, size * factor);
  }
  return std::max(reach, extent);
}

/// If the update is self + a * b: fills in the two factors.
static bool matchContraction(Func &func, Region &update) {
  Block &body = update.front();
  auto yield = cast<hl::YieldOp>(body.getTerminator());
  if (yield.getValues().size() != 1)
    return false;
  Value a, b, rest;
  if (auto add = yield.getValues()[0].getDefiningOp<arith::AddFOp>()) {
    for (bool swapped : {false, true}) {
      Value self = swapped ? add.getRhs() : add.getLhs(), other = swapped ? add.getLhs() : add.getRhs();
      auto product = other.getDefiningOp<arith::MulFOp>();
      if (self.getDefiningOp<hl::SelfOp>() && product) {
        a = product.getLhs(), b = product.getRhs(), rest = self;
        break;
      }
    }
  } else if (auto fma = yield.getValues()[0].getDefiningOp<math::FmaOp>()) {
    if (fma.getC().getDefiningOp<hl::SelfOp>())
      a = fma.getA(), b = fma.getB(), rest = fma.getC();
  }
  if (!rest)
    return false;
  for (Value side : {a, b}) {
    SmallVector<hl::AtOp> loads;
    llvm::BitVector arguments(body.getNumArguments());
    collectLoads(side, body, loads, arguments);
    if (loads.empty())
      return false;
    arguments.resize(func.rank());
    Factor &factor = func.factors.emplace_back(Factor{loads[0].getSource(), arguments});
    if (func.rank() > 0 && !ShapedType::isDynamic(func.box.back())) {
      factor.reach = std::numeric_limits<int64_t>::max();
      for (hl::AtOp at : loads)
        factor.reach = std::min(factor.reach, reachOf(at, body.getArgument(func.rank() - 1), func.box.back()));
    }
  }
  return true;
}

int64_t countSharedAxes(const Func &producer, const Func &reader) {
  hl::FuncOp from = producer.op, to = reader.op;
  int64_t shared = std::min(producer.rank(), reader.rank());
  to->walk([&](hl::AtOp at) {
    if (at.getSource() != from.getResult())
      return;
    for (int64_t axis = 0; axis < shared; ++axis) {
      bool isPoint = producer.box[axis] == 1 && reader.box[axis] == 1;
      if (!isPoint && at.getIndices()[axis] != at->getBlock()->getArgument(axis))
        shared = axis;
    }
  });
  return shared;
}

Func *Pipeline::lookup(Value value) {
  for (Func &func : funcs)
    if (func.op.getResult() == value)
      return &func;
  return nullptr;
}

Pipeline::Pipeline(hl::PipelineOp op) : op(op) {
  for (auto funcOp : op.getBody().getOps<hl::FuncOp>()) {
    Func &func = funcs.emplace_back();
    func.op = funcOp;
    for (Attribute axis : funcOp.getVars())
      func.axes.push_back(cast<StringAttr>(axis).str());
    llvm::append_range(func.box, *funcOp.getBox());
    if (!funcOp.getUpdates().empty()) {
      for (Attribute rvar : cast<ArrayAttr>(funcOp.getRvars()[0]))
        func.rvars.push_back(cast<StringAttr>(rvar).str());
      ArrayRef<int64_t> extents = cast<DenseI64ArrayAttr>(funcOp.getExtents()[0]).asArrayRef();
      func.extents.append(extents.begin(), extents.end());
      bool scatters = llvm::any_of(funcOp.getUpdates(), [](Region &update) {
        return !cast<hl::YieldOp>(update.front().getTerminator()).getIndices().empty();
      });
      bool contraction = funcOp.getStage() && matchContraction(func, funcOp.getUpdates()[0]);
      func.kind = scatters ? Kind::Scatter : contraction ? Kind::Contraction : Kind::Reduction;
    }
    funcOp->walk([&](hl::AtOp at) {
      Func *producer = lookup(at.getSource());
      if (!producer || llvm::is_contained(func.producers, producer))
        return;
      func.producers.push_back(producer);
      producer->consumers.push_back(&func);
    });
  }
  for (auto output : op.getBody().getOps<hl::OutputOp>())
    for (Value value : output.getFuncs())
      if (Func *func = lookup(value)) {
        func->isOutput = true;
        outputs.push_back(func);
      }
}

} // namespace argent::schedule
