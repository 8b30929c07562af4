//===- Tape.cpp - the tape by a minimum cut -----------------------------------===//
//   1. The values that what is read depends on, each an edge whose capacity is its bytes in a step.
//   2. Edges without bounds: from the source to what cannot be computed again, from a value to what is computed from
//      it, from what is read to the sink.
//   3. The largest flow; the least cut that lies next to the sink: what is behind it is computed again.
#include "dialects/nn/gradient/Tape.h"

#include "dialects/nn/Dims.h"
#include "dialects/nn/NN.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/SetVector.h"

using namespace mlir;

namespace argent::nn {

namespace {

/// A network of edges with capacities.
class Network {
public:
  static constexpr int64_t kUnbounded = int64_t(1) << 60;

  explicit Network(size_t nodes) : edgesOf_(nodes) {}

  void addEdge(size_t from, size_t to, int64_t capacity) {
    edgesOf_[from].push_back(edges_.size());
    edges_.push_back({to, capacity});
    edgesOf_[to].push_back(edges_.size());
    edges_.push_back({from, 0});
  }

  void fill(size_t source, size_t sink) {
    for (SmallVector<size_t> path = findPath(source, sink); !path.empty(); path = findPath(source, sink)) {
      int64_t flow = kUnbounded;
      for (size_t edge : path)
        flow = std::min(flow, edges_[edge].left);
      if (flow == kUnbounded)
        return; // nothing on the way has a size
      for (size_t edge : path) {
        edges_[edge].left -= flow;
        edges_[edge ^ 1].left += flow;
      }
    }
  }

  /// From which nodes more could still flow to the sink.
  llvm::BitVector findSideOf(size_t sink) const {
    llvm::BitVector side(edgesOf_.size());
    side.set(sink);
    SmallVector<size_t> nodes{sink};
    for (size_t i = 0; i < nodes.size(); ++i)
      for (size_t edge : edgesOf_[nodes[i]])
        if (size_t from = edges_[edge].to; !side.test(from) && edges_[edge ^ 1].left > 0) {
          side.set(from);
          nodes.push_back(from);
        }
    return side;
  }

private:
  struct Edge {
    size_t to;
    int64_t left; // of the capacity; the edge back is the one next to it
  };

  /// The edges of a shortest path along which more can flow; empty: there is none.
  SmallVector<size_t> findPath(size_t source, size_t sink) const {
    SmallVector<size_t> before(edgesOf_.size(), edges_.size()), nodes{source};
    for (size_t i = 0; i < nodes.size() && before[sink] == edges_.size(); ++i)
      for (size_t edge : edgesOf_[nodes[i]])
        if (size_t to = edges_[edge].to; to != source && before[to] == edges_.size() && edges_[edge].left > 0) {
          before[to] = edge;
          nodes.push_back(to);
        }
    SmallVector<size_t> path;
    for (size_t node = sink; before[node] != edges_.size(); node = edges_[before[node] ^ 1].to)
      path.push_back(before[node]);
    return path;
  }

  SmallVector<Edge> edges_;
  SmallVector<SmallVector<size_t>> edgesOf_;
};

bool mayBeRecomputed(Operation *op) {
  return isa<KernelOpInterface>(op) && isPure(op) && op->getNumResults() == 1 && op->getNumRegions() == 0 &&
         !op->hasTrait<Recomputed>() && (op->hasTrait<Pointwise>() || op->hasTrait<Free>() || op->hasTrait<Moving>());
}

int64_t countBytes(Type type) {
  constexpr int64_t kTypicalBatch = 64;
  const int64_t bits = getElementTypeOrSelf(type).getIntOrFloatBitWidth();
  return countElements(type).at(kTypicalBatch) * llvm::divideCeil(bits, 8);
}

} // namespace

SmallVector<Operation *> chooseRecomputed(Block &forward, ArrayRef<Value> read, function_ref<bool(Value)> isGiven) {
  auto makerOf = [&](Value value) {
    Operation *maker = value.getDefiningOp();
    return maker && mayBeRecomputed(maker) ? maker : nullptr;
  };
  llvm::SetVector<Value> values(read.begin(), read.end());
  for (size_t i = 0; i < values.size(); ++i)
    if (Operation *maker = makerOf(values[i]))
      values.insert(maker->operand_begin(), maker->operand_end());
  llvm::DenseMap<Value, size_t> number;
  for (auto [i, value] : llvm::enumerate(values))
    number[value] = i;

  const size_t source = 2 * values.size(), sink = source + 1;
  auto before = [&](Value value) { return 2 * number[value]; };
  auto behind = [&](Value value) { return 2 * number[value] + 1; };
  Network network(sink + 1);
  for (Value value : values) {
    Operation *maker = value.getDefiningOp();
    bool isFree = isGiven(value) || (maker && maker->hasTrait<OpTrait::ConstantLike>());
    network.addEdge(before(value), behind(value), isFree ? 0 : countBytes(value.getType()));
    if (Operation *op = makerOf(value))
      for (Value operand : op->getOperands())
        network.addEdge(behind(operand), before(value), Network::kUnbounded);
    else
      network.addEdge(source, before(value), Network::kUnbounded);
  }
  for (Value value : read)
    network.addEdge(behind(value), sink, Network::kUnbounded);
  network.fill(source, sink);

  llvm::BitVector side = network.findSideOf(sink);
  SmallVector<Operation *> recomputed;
  for (Value value : values)
    if (side.test(before(value)) && makerOf(value))
      recomputed.push_back(makerOf(value));
  llvm::sort(recomputed, [](Operation *a, Operation *b) { return a->isBeforeInBlock(b); });
  return recomputed;
}

} // namespace argent::nn
