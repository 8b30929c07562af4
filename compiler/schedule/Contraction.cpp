//===- Contraction.cpp - register tiles for products -----------------------===//
// One rule for matrix products, convolutions, their input gradients (a tile of pixels or rows by a vector of features)
// and filter gradients (a tile of filter taps by a vector of features): along the vector axis only one factor is loaded
// as a vector, along the tile axes that factor does not change, so it is loaded once for the whole tile; the other
// factor is broadcast. The sums stay in registers for the whole reduction (kernels.md (a), (b), (c): no blocking of the
// reduction, no unrolling of it).
#include "compiler/schedule/Rules.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/IR/Matchers.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;

namespace argent::schedule {

namespace {

/// How many results are kept in registers: `rows` along the tile axes, `vectors` registers along the vector axis.
struct Tile {
  int64_t lanes = 8;     // of one vector
  int64_t vectors = 1;   // along the vector axis
  int64_t firstAxis = 0; // the outermost axis that is in the tile, split by `rows` …
  int64_t rows = 1;
  bool splits = false; // … or whole
  int64_t width() const { return lanes * vectors; }
};

/// A matrix times a vector has at least so many tasks before its tiles grow wider than four vectors.
constexpr int64_t kOneRowTasks = 8;
/// As many sums keep the multiply-adds of any target busy.
constexpr int64_t kOneRowSums = 8;

/// Registers: rows * vectors sums, `vectors` of the vector factor, one broadcast.
int64_t maxRows(const Target &target, int64_t vectors) { return (target.vectorRegisters - 1 - vectors) / vectors; }

/// The rows of a tile over `extent` points: few tiles, little recomputed at the end, and each vector load serves many
/// rows. Tiles over N suit a training batch and a server's small one alike.
int64_t chooseRows(int64_t extent, int64_t most) {
  bool isBatch = ShapedType::isDynamic(extent);
  if (!isBatch && extent <= most)
    return extent;
  int64_t best = most;
  double least = 1e30;
  auto costOf = [](int64_t points, int64_t rows, double load) {
    return llvm::divideCeil(points, rows) * (rows + load) / points;
  };
  for (int64_t rows = most; rows >= std::max<int64_t>(most / 2, 1); --rows) {
    double cost =
        isBatch ? costOf(kTypicalBatch, rows, 1.5) + costOf(kSmallBatch, rows, 1.5) : costOf(extent, rows, 1.0);
    if (cost < least)
      least = cost, best = rows;
  }
  return best;
}

/// Whether every load of `producer` in `func` is at the func's own index (the one of an axis of one point goes without
/// saying), so that a tile of one is a tile of the other.
static bool readsInPlace(Func &func, Func &producer) {
  Block &body = func.op.getInit().front();
  return llvm::all_of(body.getOps<hl::AtOp>(), [&](hl::AtOp at) {
    return at.getSource() != producer.op.getResult() || llvm::all_of(llvm::enumerate(at.getIndices()), [&](auto index) {
             return index.value() == body.getArgument(index.index()) || producer.box[index.index()] == 1;
           });
  });
}

/// The last of the pointwise funcs that only this sum feeds, on the same axes: what stores the tile. The sum itself if
/// there is none.
Func *findRoot(Func &sum) {
  Func *root = &sum;
  SmallVector<Func *> chain{&sum};
  for (size_t i = 0; i < chain.size(); ++i)
    for (Func *consumer : chain[i]->consumers)
      if (consumer->kind == Kind::Pointwise && consumer->rank() == sum.rank() && !llvm::is_contained(chain, consumer) &&
          ArrayRef<int64_t>(consumer->box).drop_back() == ArrayRef<int64_t>(sum.box).drop_back() &&
          readsInPlace(*consumer, *chain[i]))
        chain.push_back(consumer);
  // The root is the one that everything else in the chain flows into, and nothing outside looks at the rest.
  for (Func *candidate : chain)
    if (candidate != &sum && candidate->op->isBeforeInBlock(root->op) == false)
      root = candidate;
  for (Func *member : chain)
    if (member != root && (member->isOutput || llvm::any_of(member->consumers, [&](Func *consumer) {
                             return !llvm::is_contained(chain, consumer);
                           })))
      return &sum;
  return root;
}

class Contraction {
public:
  Contraction(Func &sum, Pipeline &pipeline, const Target &target, bool smallBatch)
      : sum(sum), pipeline(pipeline), target(target), smallBatch(smallBatch), last(sum.rank() - 1) {}

  Requirement schedule() {
    root = findRoot(sum);
    if (!findFactors() || (root == &sum && sum.isOutput)) {
      if (!sum.isOutput)
        Directives(sum).computeRoot();
      scheduleReduction(sum, target);
      scheduleStaging("");
      return {};
    }
    chooseTile();
    scheduleRoot();
    scheduleSum();
    scheduleStaging(stagingLevel);
    return requirement;
  }

private:
  /// The vector factor varies along the last axis, the broadcast one does not.
  bool findFactors() {
    if (last < 1 || ShapedType::isDynamic(sum.box[last]))
      return false;
    for (int64_t i : {0, 1})
      if (sum.factors[i].axes.test(last) && !sum.factors[1 - i].axes.test(last)) {
        vectorFactor = &sum.factors[i];
        return true;
      }
    return false;
  }

  /// Whether tiles of `width` features stay inside what the vector factor is loaded from: panels hold zeros past the
  /// last feature.
  bool fits(int64_t width) { return static_cast<int64_t>(llvm::alignTo(sum.box[last], width)) <= vectorFactor->reach; }

  /// Whether one row is work enough for several threads.
  bool hasTasksPerRow() { return sum.work() / typical(sum.box[0]) >= 2 * kTaskMultiplyAdds; }

  void chooseTile() {
    tile.lanes = getLanes(sum.op, target);
    while (tile.lanes > 1 && !fits(tile.lanes))
      tile.lanes /= 2;
    if (fits(2 * tile.lanes))
      tile.vectors = 2;
    int64_t most = std::min<int64_t>(maxRows(target, tile.vectors), 14);
    tile.firstAxis = last;
    // Take whole axes from the inside while they fit, then a part of the next.
    int64_t rowsAxis = last - 1;
    for (int64_t axis = rowsAxis; axis >= 0 && !vectorFactor->axes.test(axis); --axis) {
      int64_t extent = sum.box[axis];
      if (smallBatch && ShapedType::isDynamic(extent)) {
        widenForFewRows();
        break;
      }
      if (!ShapedType::isDynamic(extent) && tile.rows * extent <= most) {
        tile.rows *= extent;
        tile.firstAxis = axis;
        continue;
      }
      if (tile.rows > 1 && tile.rows * 2 > most)
        break;
      int64_t part = chooseRows(extent, most / tile.rows);
      if (Func *consumer = imageConsumer(); consumer && axis == rowsAxis)
        part = std::min(part, chooseRows(pointsInRow(*consumer), most));
      // A tile that is large enough without this axis is not made uneven for it.
      if (part <= 1 || (tile.rows >= 4 && typical(extent) % part))
        break;
      tile.firstAxis = axis;
      tile.rows = part;
      tile.splits = true;
      if (ShapedType::isDynamic(extent))
        requirement.minBatch = part;
      break;
    }
  }

  /// Fewer rows than a tile: little is reused, so more independent sums along the features hide the latency (kernels.md
  /// (a), GEMV); a large matrix also needs tasks, and does with half as many, for its loads from the second-level cache
  /// are slower than the sums.
  void widenForFewRows() {
    hasFewRows = true;
    auto leavesTasks = [&] {
      return tile.vectors < 4 || !hasTasksPerRow() || llvm::divideCeil(sum.box[last], 2 * tile.width()) >= kOneRowTasks;
    };
    while (2 * tile.rows * tile.vectors <= kOneRowSums && fits(2 * tile.width()) && leavesTasks())
      tile.vectors *= 2;
  }

  /// What the tile is stored by: an output, a wrapper of the sum, or a func inside the consumer.
  void scheduleRoot() {
    SmallVector<std::string> axes = root->axes;
    int64_t features = root->box[last];
    if (root == &sum) {
      OpBuilder builder = OpBuilder::atBlockEnd(&pipeline.op.getBody().front());
      SmallVector<Value> consumers;
      for (Func *consumer : sum.consumers)
        consumers.push_back(consumer->op.getResult());
      rootValue = hl::InOp::create(builder, sum.op.getLoc(), sum.op.getType(), sum.op.getResult(), consumers);
    } else {
      rootValue = root->op.getResult();
    }

    Directives directives(pipeline.op, rootValue);
    std::string feature = axes[last];
    int64_t panels = llvm::divideCeil(features, tile.width());
    tailed = features % tile.width() != 0;
    // One panel that the features do not fill is stored as one vector of just so many lanes: no predicate, no tail.
    // A tile that holds all rows keeps the loop over panels as the place of the sum.
    bool partial = panels == 1 && tailed && (tile.splits || tile.firstAxis > 0);
    if (!partial)
      directives.split(feature, feature + "o", feature + "i", tile.width(),
                       tailed ? hl::TailStrategy::GuardWithIf : hl::TailStrategy::Auto);
    SmallVector<std::string> order{partial ? feature : feature + "i"}, outer;
    for (int64_t axis = last - 1; axis >= tile.firstAxis; --axis) {
      if (axis == tile.firstAxis && tile.splits) {
        directives.split(axes[axis], axes[axis] + "o", axes[axis] + "i", tile.rows, hl::TailStrategy::ShiftInwards);
        order.push_back(axes[axis] + "i");
        unrolled.push_back(axes[axis] + "i");
        outer.push_back(axes[axis] + "o");
      } else {
        order.push_back(axes[axis]);
        unrolled.push_back(axes[axis]);
      }
    }
    // Inside one panel of features all tiles run, so that its weights stay in the cache; so do the few rows of a small
    // batch.
    if (!partial && !hasFewRows)
      outer.push_back(feature + "o");
    for (int64_t axis = tile.firstAxis - 1; axis >= 0; --axis)
      outer.push_back(axes[axis]);
    if (!partial && hasFewRows)
      outer.push_back(feature + "o");
    level = outer.front();
    order.append(outer.begin(), outer.end());
    directives.reorder(order);
    if (partial)
      directives.vectorize(feature);
    else
      directives.vectorize(feature + "i", tile.lanes).unroll(feature + "i");
    for (const std::string &axis : unrolled)
      directives.unroll(axis);
    if (root == &sum || !root->isOutput)
      place(directives, outer, panels);
    else
      parallelize(directives, outer, axes, panels);
  }

  /// The one output that tells rows and pixels of an image apart where the sum has flattened them, and reads the root.
  Func *imageConsumer() {
    Func *consumer = root->consumers.size() == 1 ? root->consumers.front() : nullptr;
    bool isImage = consumer && !(root->isOutput && root != &sum) && consumer->rank() > sum.rank() &&
                   consumer->isOutput && ShapedType::isDynamic(consumer->box[0]) && ShapedType::isDynamic(sum.box[0]) &&
                   last >= 2;
    return isImage ? consumer : nullptr;
  }

  /// The one output that puts the phases of an image together, which the sum has one after the other: through pointwise
  /// funcs that are computed where they are used.
  Func *phasesConsumer() {
    Func *consumer = root;
    do
      consumer = consumer->consumers.size() == 1 ? consumer->consumers.front() : nullptr;
    while (consumer && !consumer->isOutput && consumer->kind == Kind::Pointwise);
    bool arePhases = consumer && consumer->isOutput && consumer->kind == Kind::Pointwise &&
                     consumer->rank() < sum.rank() && tile.firstAxis > 0 && ShapedType::isDynamic(consumer->box[0]) &&
                     ShapedType::isDynamic(sum.box[0]);
    return arePhases ? consumer : nullptr;
  }

  /// The points of one row of the image that the sum has flattened: what the consumer multiplies a row's number by to
  /// find it. All points if it does not.
  int64_t pointsInRow(Func &consumer) {
    int64_t points = sum.box[last - 1], row = 0;
    consumer.op->walk([&](hl::AtOp at) {
      if (at.getSource() != root->op.getResult())
        return;
      SmallVector<Value> work{at.getIndices()[last - 1]};
      while (!work.empty()) {
        Operation *op = work.pop_back_val().getDefiningOp();
        if (!op || isa<hl::AtOp>(op))
          continue;
        if (auto mul = dyn_cast<arith::MulIOp>(op))
          if (APInt factor; matchPattern(mul.getRhs(), m_ConstantInt(&factor)) && factor.isStrictlyPositive() &&
                            points % factor.getSExtValue() == 0)
            row = std::max(row, factor.getSExtValue());
        work.append(op->operand_begin(), op->operand_end());
      }
    });
    return row > 0 ? row : points;
  }

  /// A root that is no output: at the consumer's second loop if that is an image that the tile's rows belong to, for
  /// each image if it is one in phases, else at root. A tile of several small images is no part of one. Whatever the
  /// consumer reads, whole tiles are computed, none of which leaves the box.
  void place(Directives &directives, ArrayRef<std::string> outer, int64_t panels) {
    directives.boundToBox(*root, last);
    Func *consumer = tile.firstAxis > 0 ? imageConsumer() : nullptr;
    if (consumer && tile.firstAxis == last - 1 && tile.splits) {
      directives.alignBounds(root->axes[last - 1], pointsInRow(*consumer))
          .computeAt(consumer->op.getResult(), consumer->axes[1]);
      consumer->inside += sum.work();
      stagingConsumer = consumer->op.getResult();
      stagingLevel = chooseTasks(*consumer).level;
      return;
    }
    for (int64_t axis = tile.firstAxis; axis < last; ++axis)
      directives.boundToBox(*root, axis);
    if (!consumer)
      consumer = phasesConsumer();
    if (consumer) {
      directives.computeAt(consumer->op.getResult(), consumer->axes[0]);
      stagingConsumer = consumer->op.getResult();
      stagingLevel = consumer->axes[0];
      return;
    }
    directives.computeRoot();
    parallelize(directives, outer, root->axes, panels);
  }

  /// The loop over tiles or rows next to that over N, and how often it runs; an empty name where the tile holds all
  /// rows.
  std::pair<std::string, int64_t> rowLoop(ArrayRef<std::string> axes) {
    if (tile.firstAxis > 1)
      return {axes[1], sum.box[1]};
    if (tile.splits)
      return {axes[1] + "o", llvm::divideCeil(sum.box[1], tile.rows)};
    return {"", 1};
  }

  void parallelize(Directives &directives, ArrayRef<std::string> outer, ArrayRef<std::string> axes, int64_t panels) {
    bool perRow = tile.firstAxis > 0 && ShapedType::isDynamic(root->box[0]);
    int64_t rowWork = sum.work() / typical(sum.box[0]);
    bool staged = llvm::any_of(sum.producers, [](Func *producer) {
      return producer->kind == Kind::Pointwise && producer->rank() > 0 && ShapedType::isDynamic(producer->box[0]);
    });
    if (hasFewRows) {
      if (panels > 1 && hasTasksPerRow())
        directives.parallel(outer.back());
      return;
    }
    if (sum.work() < 2 * kTaskMultiplyAdds)
      return;
    if (!perRow) {
      directives.parallel(outer.back());
      return;
    }
    // One image is little work: tasks are images or chunks of them, and what is staged for a chunk is computed in its
    // task. Else they are panels, and chunks of few panels; the loop that the sum is computed in keeps its name.
    std::string feature = axes[last] + "o";
    bool ofPanels = rowWork >= 64 * kTaskMultiplyAdds && panels > 1 && level != feature;
    auto [row, count] = rowLoop(axes);
    int64_t wanted = ofPanels ? llvm::divideCeil(kTasksPerImage, panels)
                              : std::min(rowWork / (4 * kTaskMultiplyAdds), kTasksPerImage);
    bool chunked = std::min(wanted, count) > 1;
    std::string chunk = row + "t";
    if (chunked)
      directives.split(row, chunk, row, llvm::divideCeil(count, wanted), hl::TailStrategy::GuardWithIf);
    if (!ofPanels) {
      stagingConsumer = rootValue;
      stagingLevel = chunked ? "task" : axes[0];
      if (chunked && llvm::is_contained(outer, feature))
        directives.reorder({feature, chunk});
      if (chunked)
        directives.fuse(chunk, axes[0], "task");
      directives.parallel(stagingLevel);
      return;
    }
    if (chunked)
      directives.fuse(chunk, feature, "panel");
    std::string panel = chunked ? "panel" : feature;
    if (axes.size() == 3 && !staged)
      directives.fuse(panel, axes[0], "task").parallel("task");
    else
      directives.parallel(panel);
  }

  void scheduleSum() {
    const std::string &feature = sum.axes[last];
    Directives pure(sum);
    pure.computeAt(rootValue, level);
    if (tailed)
      pure.alignBounds(feature, tile.width()).boundExtent(feature, tile.width());
    pure.vectorize(feature, tile.lanes).unroll(feature);
    SmallVector<std::string> tileAxes;
    for (int64_t axis = last - 1; axis >= tile.firstAxis; --axis)
      tileAxes.push_back(sum.axes[axis]);
    for (const std::string &axis : tileAxes)
      pure.unroll(axis);

    Directives update(sum, 0);
    SmallVector<std::string> order{feature};
    order.append(tileAxes.begin(), tileAxes.end());
    order.append(sum.rvars.rbegin(), sum.rvars.rend());
    for (int64_t axis = tile.firstAxis - 1; axis >= 0; --axis)
      order.push_back(sum.axes[axis]);
    update.reorder(order).vectorize(feature, tile.lanes).unroll(feature);
    for (const std::string &axis : tileAxes)
      update.unroll(axis);
  }

  /// Funcs that the product loads (a padded image, packed weights) are stored: for one image at `stagingLevel`, else at
  /// root.
  void scheduleStaging(StringRef stagingLevel) {
    for (Func *producer : sum.producers) {
      if (producer->kind != Kind::Pointwise)
        continue;
      bool perImage = !stagingLevel.empty() && producer->rank() > 0 && ShapedType::isDynamic(producer->box[0]);
      if (perImage)
        Directives(*producer).computeAt(stagingConsumer, stagingLevel);
      else
        Directives(*producer).computeRoot();
      if (perImage) {
        Func image = *producer;
        image.box[0] = 1; // no tasks inside a task
        schedulePointwise(image, target, /*inplace=*/false);
      } else {
        schedulePointwise(*producer, target, /*inplace=*/false);
      }
    }
  }

  Func &sum;
  Pipeline &pipeline;
  const Target &target;
  bool smallBatch;
  int64_t last;
  Func *root = nullptr;
  Value rootValue, stagingConsumer;
  const Factor *vectorFactor = nullptr;
  Tile tile;
  bool hasFewRows = false; // a small batch: a tile holds no rows of several N
  bool tailed = false;
  SmallVector<std::string> unrolled;
  std::string level, stagingLevel;
  Requirement requirement;
};

} // namespace

Requirement scheduleContraction(Func &func, Pipeline &pipeline, const Target &target, bool smallBatch) {
  return Contraction(func, pipeline, target, smallBatch).schedule();
}

} // namespace argent::schedule
