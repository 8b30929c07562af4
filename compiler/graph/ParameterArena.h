//===- ParameterArena.h - where every parameter and state lies -------------===//
// Parameters, gradients and each moment are arenas of one size with the same offsets, so that clipping is one reduction
// and the update one pointwise kernel for each distinct setting. They are sorted by settings, then by path; every
// tensor begins at a multiple of 64 bytes, in physical layout. States, and among them the parameters that are frozen,
// have an arena of their own.
#ifndef ARGENT_COMPILER_GRAPH_PARAMETERARENA_H
#define ARGENT_COMPILER_GRAPH_PARAMETERARENA_H

#include "dialects/interfaces/Linear.h"
#include "dialects/nn/NN.h"
#include "mlir/IR/BuiltinOps.h"
#include "llvm/ADT/StringMap.h"

namespace argent {

/// Offsets and sizes in bytes. `offset` is in the arena of parameters (trained) or states.
struct ParameterPlace {
  std::string path;
  mlir::RankedTensorType type; // logical
  nn::InitializerAttr init;
  nn::SettingsAttr settings; // null: what the optimizer says
  nn::LayoutAttr layout;     // null: dense
  bool trained = true;       // a parameter that is not frozen
  mlir::Location location;
  llvm::SmallVector<int64_t> physicalShape;
  int64_t offset = 0, bytes = 0;
  int64_t logicalOffset = 0, logicalBytes = 0;
};

/// A state with N in its shape: it belongs to the rows of the batch. Each of the arenas `rows` holds it at the same
/// offset, as a dense tensor of the planned batch: that of training and that of all other programs.
struct RowState {
  std::string path;
  mlir::RankedTensorType type;
  nn::InitializerAttr init; // a constant
  mlir::Location location;
  Linear offset, bytes;

  /// Whether the first rows of it lie as a dense tensor of that many rows does: nothing is outside of N.
  bool isDenseForEveryBatch() const;
};

struct ParameterArena {
  llvm::SmallVector<ParameterPlace> places; // in the order of the paths
  llvm::SmallVector<size_t> trainedOrder;   // indices of the trained ones, in the order of their offsets
  int64_t parameterBytes = 0, stateBytes = 0, logicalBytes = 0;
  llvm::SmallVector<RowState> rows; // in the order of the paths
  Linear rowBytes;

  const ParameterPlace *lookup(llvm::StringRef path) const;
  const RowState *lookupRows(llvm::StringRef path) const;
};

/// Collects nn.parameter, nn.state from all functions of the module.
/// Fails, after an error that names both places, where one path has two types, initializers, settings, layouts or
/// kinds, and where a state with N in its shape does not begin with one number.
mlir::FailureOr<ParameterArena> planParameterArena(mlir::ModuleOp module);

/// Bytes of a dense tensor of static shape.
int64_t denseBytes(llvm::ArrayRef<int64_t> shape, mlir::Type elementType);

} // namespace argent

#endif // ARGENT_COMPILER_GRAPH_PARAMETERARENA_H
