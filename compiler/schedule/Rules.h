//===- Rules.h - the schedule rules, one for each shape of computation -----===//
#ifndef ARGENT_COMPILER_SCHEDULE_RULES_H
#define ARGENT_COMPILER_SCHEDULE_RULES_H

#include "compiler/schedule/Analysis.h"
#include "compiler/target/Target.h"

namespace argent::schedule {

/// Values of a func in a vector register; of a tuple, those of its first.
inline int64_t getLanes(hl::FuncOp func, const Target &target) {
  return target.getLanes(func.getType().getElementTypes().front().getIntOrFloatBitWidth());
}

/// Tasks of a func whose first axis is N: images, or chunks of an image's rows where one image is work for several
/// threads. Chunks are a function of the shape, and each result is computed by one of them, so they change no bits.
struct Tasks {
  int64_t rows = 0;  // points of the second axis in a task; 0: images
  std::string level; // the loop over the tasks; inside it, the second axis keeps its name
};
Tasks chooseTasks(const Func &func);
/// An image has no more tasks than these: work for the threads of a machine, and little of it done twice at the chunks'
/// borders.
inline constexpr int64_t kTasksPerImage = 8;

/// Writes the directives of one func (update = -1: the pure definition) at the end of the pipeline.
class Directives {
public:
  Directives(Func &func, int64_t update = -1);
  Directives(hl::PipelineOp pipeline, mlir::Value func, int64_t update = -1);
  Directives &split(llvm::StringRef axis, llvm::StringRef outer, llvm::StringRef inner, int64_t factor,
                    hl::TailStrategy tail = hl::TailStrategy::Auto);
  Directives &fuse(llvm::StringRef inner, llvm::StringRef outer, llvm::StringRef fused);
  /// Innermost first, as Halide writes it.
  Directives &reorder(llvm::ArrayRef<std::string> order);
  Directives &vectorize(llvm::StringRef axis, int64_t factor = 0, hl::TailStrategy tail = hl::TailStrategy::Auto);
  Directives &unroll(llvm::StringRef axis);
  Directives &parallel(llvm::StringRef axis);
  /// Makes the tasks of chunks, `tasks.rows` above 0, parallel. The loops over the first two axes are the outermost
  /// two.
  Directives &parallelChunks(const Func &func, const Tasks &tasks);
  Directives &computeRoot();
  Directives &computeAt(mlir::Value consumer, llvm::StringRef axis);
  Directives &alignBounds(llvm::StringRef axis, int64_t modulus);
  Directives &boundExtent(llvm::StringRef axis, int64_t extent);
  /// Computes the axis of a func that is no output from 0 to its box's end, whatever of it is read: a vector or a tile
  /// that fits the box then stays in it.
  Directives &boundToBox(const Func &func, int64_t axis);

private:
  mlir::OpBuilder builder;
  mlir::Location location;
};

/// One schedule of a pipeline holds from this batch on: a rule that tiles N needs at least a tile.
struct Requirement {
  int64_t minBatch = 1;
};

/// Pointwise.cpp: the loops of a func without updates that is stored (an output, or staged at root): vectors along the
/// last axis, tasks of at least `taskWork` elements along the first.
void schedulePointwise(Func &func, const Target &target, bool inplace);
/// Where a reduction is computed: on its own, in a consumer's loop over its first axes, or in one over all of them.
enum class ReductionPlace { Root, Inside, Point };
/// Reduction.cpp: sums, maxima, pooling windows: vectors along the last axis where there is one, tasks along the first
/// unless a consumer has them.
void scheduleReduction(Func &func, const Target &target, ReductionPlace place = ReductionPlace::Root);
/// Scatter.cpp: updates that store at computed indices (parts of a join, sums at indices from data): vectors along the
/// last axis that has a loop, or along a part; tasks along axes that have loops in every update.
void scheduleScatter(Func &func, const Target &target);
/// Contraction.cpp: register tiles (kernels.md (a)-(c)). `batch`: the schedule is for batches from this on; 1 excludes
/// tiles over N. Returns the least batch that the tiles need.
Requirement scheduleContraction(Func &func, Pipeline &pipeline, const Target &target, bool smallBatch);

/// A last axis shorter than a vector is still one vector from here on.
inline constexpr int64_t kLeastLanes = 3;
/// Parallel tasks pay from here on (kernels.md, design question iv: 2-5 us a task).
inline constexpr int64_t kTaskElements = 16384; // of memory-bound work
inline constexpr int64_t kTaskMultiplyAdds = 65536;

} // namespace argent::schedule

#endif // ARGENT_COMPILER_SCHEDULE_RULES_H
