//===- KernelPieces.cpp - results that are joined from parts ---------------===//
// A kernel with nn.concat is built once for each part: there a load of the join is a load of that operand, so that
// pointwise ops before and behind it are computed in one loop nest for each part, without a choice between parts at
// each element.
#include "dialects/nn/kernel/KernelBuilder.h"

using namespace mlir;
using namespace argent;
using namespace argent::nn;

/// Whether all that follows from `value` is pointwise and of its shape, so that an element of it is needed only for the
/// element of the results at the same index.
static bool staysInPlace(Value value) {
  SmallVector<Value> work = {value};
  llvm::SmallPtrSet<Operation *, 8> seen;
  while (!work.empty())
    for (Operation *user : work.pop_back_val().getUsers()) {
      if (isa<YieldOp>(user) || !seen.insert(user).second)
        continue;
      if (!user->hasTrait<Pointwise>() || getDims(user->getResult(0).getType()) != getDims(value.getType()))
        return false;
      work.push_back(user->getResult(0));
    }
  return true;
}

std::optional<KernelBuilder::Pieces> KernelBuilder::findPieces() {
  Block &region = fused_.getBody().front();
  ValueRange results = region.getTerminator()->getOperands();
  std::optional<Pieces> pieces;
  for (ConcatOp concat : region.getOps<ConcatOp>()) {
    unsigned axis = concat.getAxis();
    SmallVector<int64_t> extents;
    for (Value input : concat.getInputs())
      extents.push_back(getDims(input.getType())[axis].size);
    if (pieces && (pieces->axis != axis || pieces->extents != extents))
      return std::nullopt;
    pieces = Pieces{axis, extents};
    for (Value result : results)
      if (getDims(result.getType()) != getDims(concat.getType()))
        return std::nullopt;
    if (!staysInPlace(concat.getY()))
      return std::nullopt;
  }
  if (fused_.getResultLayouts() && llvm::any_of(*fused_.getResultLayouts(), llvm::IsaPred<LayoutAttr>))
    return std::nullopt;
  return pieces;
}

Func KernelBuilder::joinPieces(const Pieces &pieces, ArrayRef<std::vector<Tensor>> parts) {
  ValueRange results = fused_.getBody().front().getTerminator()->getOperands();
  loc_ = results.front().getLoc();
  for (Value other : results.drop_front())
    link(results.front(), other);
  Groups groups = groupsOf(results.front(), [&](unsigned d) { return d == pieces.axis || d == pieces.axis + 1; });
  for (Value other : results.drop_front())
    groupsOf(other, [](unsigned) { return false; });
  unsigned position =
      llvm::find_if(groups, [&](const Group &group) { return group.first == pieces.axis; }) - groups.begin();
  Axes axes = nameAxes(groups);
  SmallVector<Type> types;
  for (const Tensor &tensor : parts.front())
    types.push_back(tensor.getType().isInteger(1) ? Type(builder_.getI8Type()) : tensor.getType());

  std::vector<Scatter> updates;
  int64_t first = 0;
  for (auto [p, extent] : llvm::enumerate(pieces.extents)) {
    updates.push_back({{{"part", {extent}}}, [&, first, p = p](Args i, Args r, Self) {
                         Store store;
                         store.index.append(i.begin(), i.end());
                         store.index[position] = r.front() + first;
                         Point point;
                         for (auto [group, index] : llvm::zip(groups, store.index))
                           point.push_back({group.extent, index});
                         for (auto [tensor, type] : llvm::zip(parts[p], types)) {
                           Expr value = tensor.at(point);
                           store.values.push_back(tensor.getType() == type ? Expr(*this, value.materialize(*this, type))
                                                                           : cast(value, type));
                         }
                         return store;
                       }});
    first += extent;
  }
  return scatter("out", axes, types, {}, updates);
}
