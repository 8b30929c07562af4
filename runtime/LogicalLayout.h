//===- LogicalLayout.h - where parameters and states lie in logical layout -===//
// One after the other in the order of Module.parameters, each at a multiple of 64 bytes. A state with N has a place for
// the rows of the batch that memory is planned for; `rounding` is what that batch is a multiple of
// (Variant.batch_rounding), and bytes for each row are rounded up so that every offset is aligned and linear in that
// batch.
#ifndef ARGENT_RUNTIME_LOGICALLAYOUT_H
#define ARGENT_RUNTIME_LOGICALLAYOUT_H

#include "runtime/Table.h"

#include <vector>

namespace argent {

/// For each parameter and state, in bytes.
std::vector<Amount> logicalOffsets(const format::Module &module, uint32_t rounding);
/// Of all, in bytes.
Amount logicalBytes(const format::Module &module, uint32_t rounding);

} // namespace argent

#endif // ARGENT_RUNTIME_LOGICALLAYOUT_H
