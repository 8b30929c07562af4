//===- ArenaNeeds.h - how much memory programs need ------------------------===//
// A variant has one arena of each kind for all its programs; a session reserves of each what the programs that it may
// run need.
#ifndef ARGENT_RUNTIME_ARENANEEDS_H
#define ARGENT_RUNTIME_ARENANEEDS_H

#include "runtime/Table.h"

#include <span>
#include <vector>

namespace argent {

/// The batch that offsets in arenas and their sizes are made for, where calls have at most `batch` rows.
int64_t plannedBatch(const format::Variant &variant, int64_t batch);

/// Whether the program reads or writes gradients or moments: only a session that trains has them.
bool trains(const format::Variant &variant, const format::Program &program);

/// Bytes of each arena of the variant for a session that runs `programs` on at most `batch` rows. Parameters and states
/// are there always, gradients and moments if the session trains; temporaries as far as the views of these programs
/// reach. Constants lie in the module, and the logical arena lives only while values are packed: 0.
std::vector<int64_t> arenaNeeds(const format::Variant &variant, std::span<const format::Program *const> programs,
                                bool training, int64_t batch);

/// The same in all, for a session that runs this program alone; null: every program of the variant.
int64_t sessionBytes(const format::Variant &variant, const format::Program *program, int64_t batch);

/// The sum, or INT64_MAX where it is more.
int64_t sumOf(std::span<const int64_t> bytes);

} // namespace argent

#endif // ARGENT_RUNTIME_ARENANEEDS_H
