//===- Analysis.cpp - what the schedule rules know of a pipeline -----------===//
#include "compiler/schedule/Analysis.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"

using namespace mlir;

namespace argent::schedule {

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
    func.factors.push_back({loads[0].getSource(), arguments});
  }
  return true;
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
    if (auto box = funcOp->getAttrOfType<DenseI64ArrayAttr>("box"))
      func.box.append(box.asArrayRef().begin(), box.asArrayRef().end());
    else
      func.box.assign(func.axes.size(), 1);
    if (!funcOp.getUpdates().empty()) {
      for (Attribute rvar : cast<ArrayAttr>(funcOp.getRvars()[0]))
        func.rvars.push_back(cast<StringAttr>(rvar).str());
      ArrayRef<int64_t> extents = cast<DenseI64ArrayAttr>(funcOp.getExtents()[0]).asArrayRef();
      func.extents.append(extents.begin(), extents.end());
      bool scatters = llvm::any_of(funcOp.getUpdates(), [](Region &update) {
        return !cast<hl::YieldOp>(update.front().getTerminator()).getIndices().empty();
      });
      bool contraction = !scatters && funcOp.getUpdates().size() == 1 && matchContraction(func, funcOp.getUpdates()[0]);
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
