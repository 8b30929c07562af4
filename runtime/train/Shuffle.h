//===- Shuffle.h - the order of an epoch's rows --------------------------------===//
#ifndef ARGENT_RUNTIME_TRAIN_SHUFFLE_H
#define ARGENT_RUNTIME_TRAIN_SHUFFLE_H

#include <cstdint>
#include <vector>

namespace argent {

/// A permutation of 0 … rows-1 that depends on (seed, epoch, rows) alone: so a resumed run need not store it.
///
/// Fisher-Yates from the last place down: place i changes with place j = floor(r * (i + 1) / 2^64), where r is the
/// first 64 bits (words 0, and 1 as the upper half) of Philox4x32-10 with the seed as key (low word first) and the
/// counter (i, epoch, 0x73687566, 0x666c6521).
std::vector<uint32_t> shuffledRows(uint64_t seed, uint32_t epoch, uint32_t rows);

} // namespace argent

#endif // ARGENT_RUNTIME_TRAIN_SHUFFLE_H
