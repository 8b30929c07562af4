//===- Contraction.cpp - register tiles for products -----------------------===//
// One rule for matrix products, convolutions, their input gradients (a tile of pixels or rows by a vector of features)
// and filter gradients (a tile of filter taps by a vector of features): along the vector axis only one factor is loaded
// as a vector, along the tile axes that factor does not change, so it is loaded once for the whole tile; the other
// factor is broadcast. The sums stay in registers for the whole reduction (README.md, products: no blocking of the
// reduction, no unrolling of it).
//   1. What stores a tile: the root.
//   2. The tile: features, then rows.
//   3. Where the root is computed.
//   4. What is parallel, and in which loop staged images are computed.
#include "compiler/schedule/Contraction.h"

#include "compiler/schedule/Tasks.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/IR/Matchers.h"
#include "llvm/ADT/SetVector.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;

namespace argent::schedule {

/// A matrix times a vector has at least so many tasks before its tiles grow wider than four vectors.
static constexpr int64_t kOneRowTasks = 8;
/// As many sums keep the multiply-adds of any target busy.
static constexpr int64_t kOneRowSums = 8;
/// More rows than these win nothing: two rows of 7, which divide the images that nets end with.
static constexpr int64_t kMostRows = 14;

/// Registers: rows * vectors sums, `vectors` of the vector factor, one broadcast.
static int64_t maxRows(const Target &target, int64_t vectors) {
  return std::min((target.vectorRegisters - 1 - vectors) / vectors, kMostRows);
}

/// The rows of a tile over `extent` points: few tiles, little recomputed at the end, and each vector load serves many
/// rows. Tiles over N suit a training batch and a server's small one alike; where each of the batch is several points
/// (`ofEach`; the steps of a loop), a single one.
static int64_t chooseRows(int64_t extent, int64_t most, int64_t ofEach = 1) {
  bool isBatch = ShapedType::isDynamic(extent);
  if (!isBatch && extent <= most)
    return extent;
  int64_t best = most;
  double least = 1e30;
  auto costOf = [](int64_t points, int64_t rows, double load) {
    return llvm::divideCeil(points, rows) * (rows + load) / points;
  };
  for (int64_t rows = most; rows >= std::max<int64_t>(most / 2, 1); --rows) {
    const int64_t few = ofEach > 1 ? ofEach : kSmallBatch;
    double cost =
        isBatch ? costOf(ofEach * kTypicalBatch, rows, 1.5) + costOf(few, rows, 1.5) : costOf(extent, rows, 1.0);
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
static Func *findRoot(Func &sum) {
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

/// Whether `value` is computed from `axis`.
static bool dependsOn(Value value, Value axis) {
  llvm::SetVector<Value> values;
  values.insert(value);
  for (size_t i = 0; i < values.size(); ++i)
    if (Operation *op = values[i].getDefiningOp())
      values.insert(op->operand_begin(), op->operand_end());
  return values.contains(axis);
}

/// The largest divisor of `points` that `index` multiplies something of `axis` by; 0 if there is none.
static int64_t findFactor(Value index, Value axis, int64_t points) {
  llvm::SetVector<Value> values;
  values.insert(index);
  int64_t largest = 0;
  for (size_t i = 0; i < values.size(); ++i) {
    Operation *op = values[i].getDefiningOp();
    if (!op || isa<hl::AtOp>(op))
      continue;
    Value scaled;
    APInt factor;
    // Nothing has put the constant on one side.
    if ((matchPattern(op, m_Op<arith::MulIOp>(matchers::m_Any(&scaled), m_ConstantInt(&factor))) ||
         matchPattern(op, m_Op<arith::MulIOp>(m_ConstantInt(&factor), matchers::m_Any(&scaled)))) &&
        factor.isStrictlyPositive() && points % factor.getSExtValue() == 0 && dependsOn(scaled, axis))
      largest = std::max(largest, factor.getSExtValue());
    values.insert(op->operand_begin(), op->operand_end());
  }
  return largest;
}

int64_t ContractionDecision::panels(const Func &sum) const {
  return llvm::divideCeil(root->box[sum.rank() - 1], tile.width());
}

SmallVector<std::string> ContractionDecision::outerLoops(const Func &sum) const {
  SmallVector<std::string> loops;
  std::string panel = root->axes[sum.rank() - 1] + "o";
  if (tile.splits())
    loops.push_back(root->axes[tile.firstAxis] + "o");
  // Inside one panel of features all tiles run, so that its weights stay in the cache; so do the few rows of a small
  // batch.
  if (!isOneVector && !hasFewRows)
    loops.push_back(panel);
  for (int64_t axis = tile.firstAxis - 1; axis >= 0; --axis)
    loops.push_back(root->axes[axis]);
  if (!isOneVector && hasFewRows)
    loops.push_back(panel);
  return loops;
}

namespace {

class ContractionRule {
public:
  ContractionRule(Func &sum, const Target &target, bool smallBatch)
      : sum_(sum), target_(target), smallBatch_(smallBatch), last_(sum.rank() - 1) {}

  ContractionDecision decide() {
    // (1)
    root_ = decision_.root = findRoot(sum_);
    decision_.isTiled = findVectorFactor() && !(root_ == &sum_ && sum_.isOutput);
    if (!decision_.isTiled)
      return decision_;
    // (2)
    chooseTile();
    // One panel that the features do not fill is stored as one vector of just so many lanes. A tile that holds all rows
    // keeps the loop over panels as the place of the sum.
    int64_t features = root_->box[last_];
    decision_.isOneVector = features < tile_.width() && (tile_.splits() || tile_.firstAxis > 0);
    // (3)
    if (root_ == &sum_ || !root_->isOutput)
      choosePlace();
    // (4)
    if (decision_.consumer)
      chooseStagingInConsumer();
    else
      chooseTasks();
    return decision_;
  }

private:
  /// The vector factor varies along the last axis, the broadcast one does not.
  bool findVectorFactor() {
    if (last_ < 1 || ShapedType::isDynamic(sum_.box[last_]))
      return false;
    for (int64_t i : {0, 1})
      if (sum_.factors[i].axes.test(last_) && !sum_.factors[1 - i].axes.test(last_)) {
        vectorFactor_ = &sum_.factors[i];
        return true;
      }
    return false;
  }

  /// Whether tiles of `width` features stay inside what the vector factor is loaded from: panels hold zeros past the
  /// last feature.
  bool fits(int64_t width) const {
    return static_cast<int64_t>(llvm::alignTo(sum_.box[last_], width)) <= vectorFactor_->reach;
  }

  /// Only what its algorithm calls a product is scheduled as one.
  hl::Stage stage() const { return *sum_.op.getStage(); }
  int64_t workPerRow() const { return sum_.work() / typical(sum_.box[0]); }
  /// Whether one row is work enough for several threads.
  bool hasTasksPerRow() const { return workPerRow() >= 2 * kTaskMultiplyAdds; }

  void chooseTile() {
    tile_.lanes = sum_.lanes(target_);
    while (tile_.lanes > 1 && !fits(tile_.lanes))
      tile_.lanes /= 2;
    if (fits(2 * tile_.lanes))
      tile_.vectors = 2;
    int64_t most = maxRows(target_, tile_.vectors);
    tile_.firstAxis = last_;
    // Take whole axes from the inside while they fit, then a part of the next.
    int64_t whole = 1; // results of a feature along them
    for (int64_t axis = last_ - 1; axis >= 0 && !vectorFactor_->axes.test(axis); --axis) {
      int64_t extent = sum_.box[axis];
      if (smallBatch_ && ShapedType::isDynamic(extent)) {
        widenForFewRows(whole);
        return;
      }
      if (!ShapedType::isDynamic(extent) && whole * extent <= most) {
        whole *= extent;
        tile_.firstAxis = axis;
        continue;
      }
      if (whole > 1 && whole * 2 > most)
        return;
      const int64_t ofEach = std::max<int64_t>(sum_.op.getBatchFactor(axis), 1);
      int64_t part = chooseRows(extent, most / whole, ofEach);
      if (std::optional<int64_t> points = axis == last_ - 1 ? findRowPoints() : std::nullopt)
        part = std::min(part, chooseRows(*points, most));
      // A tile that is large enough without this axis is not made uneven for it.
      if (part <= 1 || (whole >= 4 && typical(extent) % part))
        return;
      tile_.firstAxis = axis;
      tile_.rows = part;
      if (ShapedType::isDynamic(extent))
        decision_.minBatch = llvm::divideCeil(part, ofEach);
      return;
    }
  }

  /// Fewer rows than a tile: little is reused, so more independent sums along the features hide the latency (README.md,
  /// matrix times vector); a large matrix also needs tasks, and does with half as many, for its loads from the
  /// second-level cache are slower than the sums.
  void widenForFewRows(int64_t rows) {
    decision_.hasFewRows = true;
    auto leavesTasks = [&] {
      return tile_.vectors < 4 || !hasTasksPerRow() ||
             llvm::divideCeil(sum_.box[last_], 2 * tile_.width()) >= kOneRowTasks;
    };
    while (2 * rows * tile_.vectors <= kOneRowSums && fits(2 * tile_.width()) && leavesTasks())
      tile_.vectors *= 2;
  }

  /// The one output that reads the root, each image its own.
  Func *findOutput() const {
    Func *output = root_->consumers.size() == 1 ? root_->consumers.front() : nullptr;
    bool readsImages = output && !root_->isOutput && output->isOutput && output->kind == Kind::Pointwise &&
                       ShapedType::isDynamic(sum_.box[0]) && countSharedAxes(*root_, *output) >= 1;
    return readsImages ? output : nullptr;
  }

  /// The one output that puts the phases of an image together: through pointwise funcs that are computed where they are
  /// used.
  Func *findJoin() const {
    Func *output = root_;
    do
      output = output->consumers.size() == 1 ? output->consumers.front() : nullptr;
    while (output && !output->isOutput && output->kind == Kind::Pointwise);
    bool joins = output && output->isOutput && output->kind == Kind::Pointwise &&
                 ShapedType::isDynamic(output->box[0]) && ShapedType::isDynamic(sum_.box[0]);
    return joins ? output : nullptr;
  }

  /// Where the output that reads the root has the pixels of an image, which the product has one after the other, row by
  /// row in its second loop: how many a row has. That is what it multiplies a row's number by, to which it adds what
  /// depends on a further loop.
  std::optional<int64_t> findRowPoints() const {
    Func *output = findOutput();
    if (stage() == hl::Stage::Phases || !output || last_ < 2 || output->rank() < 4)
      return std::nullopt;
    int64_t points = sum_.box[last_ - 1], row = 0;
    bool isInRows = true;
    output->op->walk([&](hl::AtOp at) {
      if (at.getSource() != root_->op.getResult())
        return;
      Value pixel = at.getIndices()[last_ - 1];
      Block &body = *at->getBlock();
      int64_t factor = findFactor(pixel, body.getArgument(1), points);
      isInRows &= factor > 0 && dependsOn(pixel, body.getArgument(2));
      row = std::max(row, factor);
    });
    return isInRows ? std::optional<int64_t>(row) : std::nullopt;
  }

  /// A root that is no output: row by row of an image if tiles are parts of rows; else for each image, if it is one or
  /// its phases; else at root, with tasks of its own. A tile of several small images is no part of one.
  void choosePlace() {
    using Place = ContractionDecision::Place;
    if (tile_.firstAxis == 0)
      return;
    if (tile_.firstAxis == last_ - 1 && tile_.splits())
      if (std::optional<int64_t> points = findRowPoints()) {
        decision_.place = Place::Rows;
        decision_.consumer = findOutput();
        decision_.rowPoints = *points;
        return;
      }
    if (stage() == hl::Stage::Image)
      decision_.consumer = findOutput();
    if (stage() == hl::Stage::Phases)
      decision_.consumer = findJoin();
    if (decision_.consumer)
      decision_.place = Place::Image;
  }

  void chooseStagingInConsumer() {
    Func &consumer = *decision_.consumer;
    decision_.stagingFunc = &consumer;
    decision_.stagingLoop = decision_.place == ContractionDecision::Place::Rows
                                ? taskLoop(consumer, chooseChunkRows(consumer, sum_.work()))
                                : consumer.axes[0];
  }

  /// How often the loop over tiles or rows next to that over N runs; 1 where the tile holds all rows.
  int64_t rowSteps() const {
    if (tile_.firstAxis > 1)
      return sum_.box[1];
    return tile_.splits() ? llvm::divideCeil(sum_.box[1], tile_.rows) : 1;
  }

  void chooseTasks() {
    using Tasks = ContractionDecision::Tasks;
    int64_t panels = decision_.panels(sum_);
    if (decision_.hasFewRows) {
      decision_.tasks = panels > 1 && hasTasksPerRow() ? Tasks::Outermost : Tasks::None;
      return;
    }
    if (sum_.work() < 2 * kTaskMultiplyAdds)
      return;
    bool hasImages = tile_.firstAxis > 0 && ShapedType::isDynamic(root_->box[0]);
    if (!hasImages) {
      decision_.tasks = Tasks::Outermost;
      return;
    }
    // One image is little work: tasks are images or chunks of them, and what is staged for a chunk is computed in its
    // task. Else they are panels, and chunks of few panels; the loop that the sum is computed in keeps its name.
    bool sumIsInPanel = !decision_.isOneVector && !tile_.splits();
    bool ofPanels = workPerRow() >= 64 * kTaskMultiplyAdds && panels > 1 && !sumIsInPanel;
    decision_.tasks = ofPanels ? Tasks::Panels : Tasks::Images;
    int64_t steps = rowSteps(), wanted = ofPanels ? llvm::divideCeil(kTasksPerImage, panels)
                                                  : std::min(workPerRow() / (4 * kTaskMultiplyAdds), kTasksPerImage);
    if (std::min(wanted, steps) > 1)
      decision_.chunk = llvm::divideCeil(steps, wanted);
    if (ofPanels) {
      bool stagesImages = llvm::any_of(sum_.producers, [](Func *producer) {
        return producer->kind == Kind::Pointwise && producer->rank() > 0 && ShapedType::isDynamic(producer->box[0]);
      });
      decision_.fusesImages = root_->rank() == 3 && !stagesImages;
      return;
    }
    decision_.stagingFunc = root_;
    decision_.stagingLoop = taskLoop(*root_, decision_.chunk);
  }

  Func &sum_;
  const Target &target_;
  bool smallBatch_;
  int64_t last_;
  Func *root_ = nullptr;
  const Factor *vectorFactor_ = nullptr;
  ContractionDecision decision_;
  Tile &tile_ = decision_.tile;
};

} // namespace

ContractionDecision decideContraction(Func &sum, const Target &target, bool smallBatch) {
  return ContractionRule(sum, target, smallBatch).decide();
}

} // namespace argent::schedule
