//===- Directives.h - writes schedule operations ---------------------------===//
#ifndef ARGENT_COMPILER_SCHEDULE_DIRECTIVES_H
#define ARGENT_COMPILER_SCHEDULE_DIRECTIVES_H

#include "compiler/schedule/Analysis.h"

namespace argent::schedule {

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
  /// Makes tasks of `rows` points of the second axis parallel. The loops over the first two axes are the outermost two.
  Directives &parallelChunks(const Func &func, int64_t rows);
  Directives &computeRoot();
  Directives &computeAt(mlir::Value consumer, llvm::StringRef loop);
  /// The consumer keeps the loop.
  Directives &computeAt(Func &consumer, llvm::StringRef loop);
  Directives &alignBounds(llvm::StringRef axis, int64_t modulus);
  Directives &boundExtent(llvm::StringRef axis, int64_t extent);
  /// Computes the axis of a func that is no output from 0 to its box's end, whatever of it is read: a vector or a tile
  /// that fits the box then stays in it.
  Directives &boundToBox(const Func &func, int64_t axis);

private:
  mlir::OpBuilder builder_;
  mlir::Location location_;
};

} // namespace argent::schedule

#endif // ARGENT_COMPILER_SCHEDULE_DIRECTIVES_H
