//===- Analysis.h - what the schedule rules know of a pipeline -------------===//
// A rule looks at the shape of the computation: axes, reduction domains, who loads whom and with which axes; and at
// what the algorithm says that a func is (`stage` of hl.func). Never at an op's name.
#ifndef ARGENT_COMPILER_SCHEDULE_ANALYSIS_H
#define ARGENT_COMPILER_SCHEDULE_ANALYSIS_H

#include "compiler/target/Target.h"
#include "dialects/hl/HL.h"
#include "llvm/ADT/BitVector.h"

#include <deque>

namespace argent::schedule {

enum class Kind {
  Pointwise,   // no update
  Contraction, // one update: self + a * b, which its algorithm calls a product
  Scatter,     // updates that store elsewhere than at their axes
  Reduction,   // any other update
};

/// A load in a contraction's product: which of the func's axes its indices depend on.
struct Factor {
  mlir::Value source;
  llvm::BitVector axes;
  int64_t reach = 0; // how many points of the func's last axis its loads are in range for
};

struct Func {
  hl::FuncOp op;
  Kind kind = Kind::Pointwise;
  llvm::SmallVector<std::string> axes;  // outermost first
  llvm::SmallVector<int64_t> box;       // extents; kDynamic is N
  llvm::SmallVector<std::string> rvars; // of the first update, outermost first
  llvm::SmallVector<int64_t> extents;   // of rvars
  llvm::SmallVector<Factor> factors;    // of a contraction's product; every load below it counts to its side
  llvm::SmallVector<Func *> producers, consumers;
  bool isOutput = false;

  // What earlier decisions say of the func.
  int64_t inside = 0;                    // multiply-adds of what is computed in its loops, with N = 64
  llvm::SmallVector<std::string> levels; // loops that others are computed in, which must keep their names

  int64_t rank() const { return axes.size(); }
  bool isLevel(llvm::StringRef loop) const { return llvm::is_contained(levels, loop); }
  /// Values in a vector register of the target; of a tuple, those of its first.
  int64_t lanes(const Target &target) const;
  /// Elements times reduction steps, with N = 64: what the func costs if computed once.
  int64_t work() const;
};

/// The funcs in the order of the text, producers first. All have extents.
class Pipeline {
public:
  explicit Pipeline(hl::PipelineOp op);
  hl::PipelineOp op;
  std::deque<Func> funcs;
  llvm::SmallVector<Func *> outputs;
  Func *lookup(mlir::Value func);
};

/// How many of the reader's first axes are the producer's first axes: those at which it loads it, everywhere.
int64_t countSharedAxes(const Func &producer, const Func &reader);

/// The batch that costs are estimated at.
inline constexpr int64_t kTypicalBatch = 64;
/// A batch that tiles over N should not waste much on.
inline constexpr int64_t kSmallBatch = 16;
/// A last axis shorter than a vector is still one vector from here on.
inline constexpr int64_t kLeastLanes = 3;
inline int64_t typical(int64_t extent) { return mlir::ShapedType::isDynamic(extent) ? kTypicalBatch : extent; }

} // namespace argent::schedule

#endif // ARGENT_COMPILER_SCHEDULE_ANALYSIS_H
