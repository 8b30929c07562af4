//===- Tape.cpp - the tape by a minimum cut -----------------------------------===//
//   1. The values that what is read depends on, each an edge whose capacity is its bytes in a step.
//   2. Edges without bounds: from the source to what cannot be computed again, from a value to what is computed from
//      it, from what is read to the sink.
//   3. The largest flow; the least cut that lies next to the sink: what is behind it is computed again.
#include "dialects/nn/gradient/Tape.h"

#include "dialects/nn/Dims.h"
#include "dialects/nn/NN.h"
#include "llvm/ADT/BitVector.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/DenseSet.h"
#include "llvm/ADT/SetVector.h"
#include "llvm/Support/MathExtras.h"

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

  /// The largest flow: phase by phase, along shortest paths until these are full.
  void fill(size_t source, size_t sink) {
    while (findDistances(source, sink)) {
      next_.assign(edgesOf_.size(), 0);
      SmallVector<size_t> path; // edges from the source
      auto end = [&] { return path.empty() ? source : edges_[path.back()].to; };
      while (true) {
        if (end() == sink) {
          push(path);
          continue;
        }
        const size_t node = end();
        if (std::optional<size_t> edge = findEdge(node)) {
          path.push_back(*edge);
          continue;
        }
        if (node == source)
          break;
        path.pop_back(); // a dead end: the edge to it is not tried again
        ++next_[end()];
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

  /// Of each node from the source, along edges that are not full; false: the sink cannot be reached.
  bool findDistances(size_t source, size_t sink) {
    distance_.assign(edgesOf_.size(), edges_.size());
    distance_[source] = 0;
    SmallVector<size_t> nodes{source};
    for (size_t i = 0; i < nodes.size(); ++i)
      for (size_t edge : edgesOf_[nodes[i]])
        if (size_t to = edges_[edge].to; distance_[to] == edges_.size() && edges_[edge].left > 0) {
          distance_[to] = distance_[nodes[i]] + 1;
          nodes.push_back(to);
        }
    return distance_[sink] != edges_.size();
  }

  /// The next edge of the node on a shortest path, as far as is known.
  std::optional<size_t> findEdge(size_t node) {
    for (size_t &next = next_[node]; next < edgesOf_[node].size(); ++next) {
      const size_t edge = edgesOf_[node][next];
      if (edges_[edge].left > 0 && distance_[edges_[edge].to] == distance_[node] + 1)
        return edge;
    }
    return std::nullopt;
  }

  /// As much as the path takes; it ends before its first full edge then.
  void push(SmallVectorImpl<size_t> &path) {
    int64_t flow = kUnbounded;
    for (size_t edge : path)
      flow = std::min(flow, edges_[edge].left);
    for (size_t edge : path) {
      edges_[edge].left -= flow;
      edges_[edge ^ 1].left += flow;
    }
    path.erase(llvm::find_if(path, [&](size_t edge) { return edges_[edge].left == 0; }), path.end());
  }

  SmallVector<Edge> edges_;
  SmallVector<SmallVector<size_t>> edgesOf_;
  SmallVector<size_t> distance_, next_; // of nodes: from the source; the first of its edges that may lead on
};

/// Computes one result, the same again from the same operands.
bool isRepeatable(Operation *op) {
  return isa<KernelOpInterface>(op) && isPure(op) && op->getNumResults() == 1 && op->getNumRegions() == 0 &&
         !op->hasTrait<Recomputed>();
}

bool isElementwise(Operation *op) {
  return op->hasTrait<Pointwise>() || op->hasTrait<Free>() || op->hasTrait<Moving>();
}

int64_t countBytes(Type type) {
  constexpr int64_t kTypicalBatch = 64;
  const int64_t bits = getElementTypeOrSelf(type).getIntOrFloatBitWidth();
  return countElements(type).at(kTypicalBatch) * llvm::divideCeil(bits, 8);
}

} // namespace

SmallVector<Operation *> chooseRecomputed(Block &forward, ArrayRef<Value> read, function_ref<bool(Value)> isGiven,
                                          function_ref<bool(Value)> isSame) {
  llvm::DenseSet<Operation *> once; // computed from what all steps have
  auto isKnown = [&](Value value) { return isSame(value) || once.contains(value.getDefiningOp()); };
  for (Operation &op : forward)
    if (isRepeatable(&op) && llvm::all_of(op.getOperands(), isKnown))
      once.insert(&op);
  auto makerOf = [&](Value value) {
    Operation *maker = value.getDefiningOp();
    bool isRecomputable = maker && isRepeatable(maker) && (isElementwise(maker) || once.contains(maker));
    return isRecomputable ? maker : nullptr;
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
    network.addEdge(before(value), behind(value), isGiven(value) ? 0 : countBytes(value.getType()));
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
