//===- ValueMemory.h - which memory each value of a function occupies ------===//
// What decides which results are written over inputs (--store-in-place), before kernels are scheduled, and where
// everything lies (--plan), behind it: both ask the same function and get the same answer.
#ifndef ARGENT_COMPILER_PLAN_VALUEMEMORY_H
#define ARGENT_COMPILER_PLAN_VALUEMEMORY_H

#include "compiler/graph/ParameterArena.h"
#include "compiler/plan/Lifetimes.h"
#include "compiler/plan/Memory.h"
#include "compiler/plan/Ports.h"
#include "dialects/hl/HL.h"
#include "llvm/ADT/MapVector.h"

namespace argent {

/// Which of the arenas `rows` a program has: training and prediction each have their own.
inline constexpr int64_t kRowsOfTraining = 0, kRowsOfOthers = 1;

/// Memory that a value occupies: a port from a byte offset, or a place in an arena. In a loop it may be a part of a
/// stacked tensor, another one with each step.
struct Memory {
  enum class Base { Input, Output, Arena } base = Base::Arena;
  int64_t port = 0;
  nn::ArenaKind arena = nn::ArenaKind::activations;
  int64_t index = 0; // of the moments
  Linear offset;
  Linear step; // bytes to the part of the next step
  Linear rows; // elements from row to row; 0: dense

  static Memory ofInput(Ports::Place place) { return {Base::Input, place.port, {}, 0, {place.offset, 0}, {}, {}}; }
  static Memory ofOutput(Ports::Place place) { return {Base::Output, place.port, {}, 0, {place.offset, 0}, {}, {}}; }
  static Memory ofArena(nn::ArenaKind arena, int64_t index, Linear offset) {
    return {Base::Arena, 0, arena, index, offset, {}, {}};
  }
  /// Of a stacked tensor `[A, T, *S]` the part `[A, *S]` of a step.
  Memory partOf(mlir::Type stacked) const;
  bool operator==(const Memory &other) const = default;
};

/// Fails, after an error, unless the function is one block: a program has no branches.
mlir::LogicalResult checkOneBlock(mlir::func::FuncOp function);

/// The dense buffer of a tensor.
hl::BufferType getDenseBuffer(mlir::Type tensor);

/// Finds the memory of every value of a function of launches:
///   an argument is an input port; a parameter, state or arena is its place;
///   a state with N in its shape, but not outermost, lies as a tensor of the planned batch does: kernels work on a copy
///   that is dense;
///   a kernel's result lies where it is stored (gradients, arenas, states) if what is there is no longer read, else in
///   the output port that returns it, else in the activations, placed by lifetime;
///   a relabeled dense value is the same memory;
///   of a scan, each carried value has one place, from the first step to behind the last, where the step's kernels
///   store it if what is there is no longer read; the part of a source is copied to a place of its own; a captured
///   value is the value outside.
/// States change all at once at the end, wherever the assignment is: a value that is the old one of another state is
/// copied aside before.
class ValueMemory {
public:
  /// The function is one block. `ports` and `arena` outlive this.
  ValueMemory(mlir::func::FuncOp function, const ParameterArena &arena, const Ports &inputs, const Ports &outputs);

  /// Fails after an error at an op that no program has, or that names what is not there.
  mlir::LogicalResult find();
  /// Places the activations and returns their size.
  Linear placeActivations();

  const Memory &lookup(mlir::Value value) const;
  hl::PipelineOp getKernel(nn::LaunchOp launch) const;
  /// For each result of the launch the input that it is written over, or -1.
  llvm::SmallVector<int64_t> getInplace(nn::LaunchOp launch) const;
  /// Where the state lies: lookup's memory, or what that is a copy of.
  Memory getStatePlace(nn::StateOp state) const;
  /// Where a store (nn.gradient, nn.store_arena, nn.assign) puts its value.
  Memory getStorePlace(mlir::Operation *store) const;
  /// The states' assignments, and for those whose value is copied before, the memory of the copy.
  llvm::ArrayRef<nn::AssignOp> getAssigns() const { return assigns_; }
  std::optional<Memory> findCopyAside(nn::AssignOp assign) const;
  /// Where a scan keeps what it carries on while it stores the others; none: nothing is lost.
  std::optional<Memory> findCopyAside(mlir::OpOperand &carriedOn) const;

private:
  mlir::FailureOr<Memory> placeOfPath(mlir::Operation *op, llvm::StringRef path, nn::ArenaKind trained) const;
  /// Whether kernels neither read nor store the state where it lies.
  bool isWorkedOnInCopies(llvm::StringRef path) const;
  mlir::FailureOr<std::optional<Memory>> storePlace(mlir::Operation *user) const;
  /// Memory before it is placed: activations are told apart by their block.
  struct Place {
    Memory memory;
    std::optional<size_t> block;
    bool operator==(const Place &other) const = default;
  };
  Place placeOf(mlir::Value value) const;
  bool readLater(const Place &target, mlir::Operation *op) const;
  bool readMeanwhile(const Place &target, nn::LaunchOp launch, hl::PipelineOp kernel, unsigned result) const;
  mlir::LogicalResult findBlock(mlir::Block &block);
  mlir::LogicalResult findMemory(mlir::Operation &op);
  mlir::LogicalResult findScan(nn::ScanOp scan);
  /// The value occupies the memory of another one.
  void alias(mlir::Value value, mlir::Value of);
  /// Activations for the value, from when `begin` runs.
  void makeBlock(mlir::Value value, hl::BufferType type, int64_t begin, int64_t end);
  /// Whether the function returns the value, and then where.
  std::optional<Memory> findOutput(mlir::Value value) const;
  mlir::LogicalResult findResultMemory(nn::LaunchOp launch, hl::PipelineOp kernel, mlir::OpResult result);
  mlir::LogicalResult setAside(nn::AssignOp assign);

  mlir::func::FuncOp function_;
  mlir::SymbolTable symbols_;
  const ParameterArena &arena_;
  const Ports &inputs_, &outputs_;
  Lifetimes lifetimes_;
  bool trains_; // the function moves parameters
  llvm::MapVector<mlir::Value, Memory> memory_;
  llvm::SmallVector<MemoryBlock> blocks_;
  llvm::MapVector<mlir::Value, size_t> blockOf_;
  llvm::SmallVector<nn::AssignOp> assigns_;
  // The blocks of copies of what is assigned or carried on.
  llvm::MapVector<nn::AssignOp, size_t> aside_;
  llvm::DenseMap<mlir::OpOperand *, size_t> carriedAside_;
};

} // namespace argent

#endif // ARGENT_COMPILER_PLAN_VALUEMEMORY_H
