//===- Pack.h - the panel width of packed parameters -----------------------===//
#ifndef ARGENT_DIALECTS_NN_PACK_H
#define ARGENT_DIALECTS_NN_PACK_H

#include <cstdint>

namespace argent::nn {

/// Lanes of one panel of a parameter with `channels` output channels: two vectors of eight, or one where the second
/// would hold only padding. A function of the shape alone, so that every target has the same layout.
constexpr int64_t packWidth(int64_t channels) { return channels <= 8 ? 8 : 16; }

} // namespace argent::nn

#endif // ARGENT_DIALECTS_NN_PACK_H
