//===- Builtins.h - what the tables of operations share --------------------------------------------------------===//
#ifndef ARGENT_FRONTENDS_AG_OPERATIONS_BUILTINS_H
#define ARGENT_FRONTENDS_AG_OPERATIONS_BUILTINS_H

#include "frontends/ag/evaluate/Evaluator.h"

namespace argent::ag {

/// The axes that argument `i` names, sorted, for the `rank` dimensions of argument 0; nothing after an error.
std::optional<llvm::SmallVector<int64_t>> readAxes(Evaluator &e, Call &call, unsigned i, int64_t rank);

/// The one axis that argument `i` names, counted from the end if negative; nothing after an error.
std::optional<int64_t> readAxis(Evaluator &e, Call &call, unsigned i, int64_t rank);

bool isFloatTensor(const Value &value);
/// Reports an argument that is no tensor of floats.
bool needsFloats(Evaluator &e, Call &call, unsigned i);

/// Whether the tensors have one element type, and shapes that broadcast together and with `condition`; reports if not.
bool fitTogether(Evaluator &e, Call &call, llvm::ArrayRef<mlir::Value> tensors, mlir::Value condition = {});

/// The dimensions that an argument lists; nothing after an error. -1 is allowed where `inferred` is not null, and its
/// place put there.
std::optional<Shape> readDims(Evaluator &e, Call &call, unsigned i, std::optional<size_t> *inferred = nullptr);

/// An element of an integer tensor that was computed in double, for a message: numbers beyond 64 bits are cut.
int64_t toInteger(double element);

/// Zeros, or another number, before and behind the elements of one dimension.
mlir::Value padWith(Evaluator &e, mlir::Value x, size_t dim, int64_t before, int64_t after, argent::nn::PadMode mode,
                    double value = 0);
/// The tensors one behind the other.
mlir::Value concatTensors(Evaluator &e, llvm::ArrayRef<mlir::Value> parts, int64_t axis);

} // namespace argent::ag

#endif // ARGENT_FRONTENDS_AG_OPERATIONS_BUILTINS_H
