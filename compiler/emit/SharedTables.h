//===- SharedTables.h - the part of a module that all targets share --------===//
#ifndef ARGENT_COMPILER_EMIT_SHAREDTABLES_H
#define ARGENT_COMPILER_EMIT_SHAREDTABLES_H

#include "dialects/nn/NN.h"
#include "mlir/IR/BuiltinOps.h"
#include "runtime/module_generated.h"

#include <optional>

namespace argent {

/// Entry points, parameters, training settings, source. Fails after an error at the op that cannot be expressed.
mlir::LogicalResult fillShared(mlir::ModuleOp plan, format::ModuleT &table);

/// The first file position in a location, through names and fusions; none if there is none.
std::unique_ptr<format::SourceLocationT> sourceLocation(mlir::Location location);
/// All file positions in it, without repetition.
std::vector<std::unique_ptr<format::SourceLocationT>> sourceLocations(mlir::Location location);
/// The module's form of a tensor type; an error at `op` where it has none.
mlir::FailureOr<std::unique_ptr<format::TensorTypeT>> tensorType(mlir::Operation *op, mlir::Type type);
/// The module's form of what a parameter or state begins with.
std::unique_ptr<format::InitializerT> initializer(nn::InitializerAttr init);
/// The module's element type of an MLIR type; none where it has none.
std::optional<format::ElementType> elementType(mlir::Type type);

} // namespace argent

#endif // ARGENT_COMPILER_EMIT_SHAREDTABLES_H
