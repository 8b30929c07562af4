//===- Builtins.h - what the tables of operations share --------------------------------------------------------===//
#ifndef ARGENT_FRONTENDS_AG_OPERATIONS_BUILTINS_H
#define ARGENT_FRONTENDS_AG_OPERATIONS_BUILTINS_H

#include "frontends/ag/evaluate/Builtin.h"
#include "frontends/ag/evaluate/Tensors.h"

namespace argent::ag {

/// The axes of `x` that an argument names, sorted; nothing after an error.
std::optional<llvm::SmallVector<int64_t>> readAxes(Tensors &t, Call &call, llvm::StringRef argument, mlir::Value x);
/// The same for a value that stands at `range`.
std::optional<llvm::SmallVector<int64_t>> readAxes(Tensors &t, Call &call, const Value &axes, Range range,
                                                   mlir::Value x);
/// The one axis of `x` that an argument names, counted from the end if negative; nothing after an error.
std::optional<int64_t> readAxis(Tensors &t, Call &call, llvm::StringRef argument, mlir::Value x);

/// The axis that the argument `axis` names, for what takes elements along it apart: not the batch. Nothing after an
/// error.
std::optional<int64_t> readClosedAxis(Tensors &t, Call &call);

bool isFloatTensor(const Value &value);
/// Reports an argument that is no tensor of floats.
bool needsFloats(Tensors &t, Call &call, llvm::StringRef argument);

/// Reports an argument `x` that is no tensor of numbers with a dimension.
bool needsRowsOfNumbers(Tensors &t, Call &call);

/// Whether the tensors have one element type, and shapes that broadcast together and with `condition`; reports if not.
bool fitTogether(Tensors &t, Call &call, llvm::ArrayRef<mlir::Value> tensors, mlir::Value condition = {});

/// The dimensions that an argument lists; nothing after an error. -1 is allowed where `inferred` is not null, and its
/// place put there.
std::optional<Dims> readDims(Tensors &t, Call &call, llvm::StringRef argument,
                             std::optional<size_t> *inferred = nullptr);

} // namespace argent::ag

#endif // ARGENT_FRONTENDS_AG_OPERATIONS_BUILTINS_H
