//===- LogicalLayout.h - where parameters and states lie in logical layout -===//
// One after the other in the order of Module.parameters, each at a multiple of 64 bytes. For a state with N the rows of
// the batch that the session was opened with, rounded up to a multiple of 64, have a place, so that every offset is
// linear in that batch.
#ifndef ARGENT_RUNTIME_LOGICALLAYOUT_H
#define ARGENT_RUNTIME_LOGICALLAYOUT_H

#include "runtime/Table.h"

#include <vector>

namespace argent {

/// For each parameter and state, in bytes.
std::vector<Amount> logicalOffsets(const format::Module &module);
/// Of all, in bytes.
Amount logicalBytes(const format::Module &module);

} // namespace argent

#endif // ARGENT_RUNTIME_LOGICALLAYOUT_H
