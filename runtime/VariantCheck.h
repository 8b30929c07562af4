//===- VariantCheck.h - the checks of one target's part of a module --------===//
#ifndef ARGENT_RUNTIME_VARIANTCHECK_H
#define ARGENT_RUNTIME_VARIANTCHECK_H

#include "argent/Status.h"
#include "runtime/Table.h"

namespace argent::check {

// Limits that no sensible module meets, chosen so that no sum or product in the checks overflows.
using Wide = __int128;
inline constexpr int64_t kMaxAmount = int64_t(1) << 40;
inline constexpr int64_t kMaxElements = (int64_t(1) << 31) - 1;
inline constexpr uint32_t kMaxRank = 16;
inline constexpr uint32_t kMaxMoments = 16;
inline constexpr uint32_t kMaxArenas = 256;
inline constexpr size_t kMaxLoopDepth = 16;

Status invalid(const std::string &where, const std::string &what);
/// Not negative, not huge.
Status amount(Amount value, const std::string &where);
/// Known element type, dimensions of at least 1, fewer than 2^31 elements at N = 1.
Status tensorType(const format::TensorType *type, const std::string &where);
/// There is one, of a known kind, with finite numbers.
Status initializer(const format::Initializer *initializer, const std::string &where);
/// Arenas, placements, image, kernels, programs. Entry points and parameters are checked before.
Status variant(const format::Module &module, const format::Variant &variant, std::string_view file);

} // namespace argent::check

#endif // ARGENT_RUNTIME_VARIANTCHECK_H
