//===- Philox.h - counter-based random numbers -----------------------------===//
// Philox4x32-10 (Salmon et al. 2011, Parallel random numbers: as easy as 1, 2, 3): 128 random bits as a function of a
// 128-bit counter and a 64-bit key. The key is the seed; the counter names the stream and the place in it, so any
// number can be drawn alone, in any order.
#ifndef ARGENT_RUNTIME_PHILOX_H
#define ARGENT_RUNTIME_PHILOX_H

#include <array>
#include <cstdint>

namespace argent {

inline std::array<uint32_t, 4> philox(std::array<uint32_t, 4> counter, std::array<uint32_t, 2> key) {
  for (int round = 0; round < 10; ++round) {
    const uint64_t product0 = uint64_t(0xD2511F53) * counter[0];
    const uint64_t product1 = uint64_t(0xCD9E8D57) * counter[2];
    counter = {static_cast<uint32_t>(product1 >> 32) ^ counter[1] ^ key[0], static_cast<uint32_t>(product1),
               static_cast<uint32_t>(product0 >> 32) ^ counter[3] ^ key[1], static_cast<uint32_t>(product0)};
    key[0] += 0x9E3779B9;
    key[1] += 0xBB67AE85;
  }
  return counter;
}

/// The numbers of one stream under one seed.
class RandomStream {
public:
  RandomStream(uint64_t seed, uint64_t stream) : seed_(seed), stream_(stream) {}

  /// 32 random bits, the `index`-th of the stream.
  uint32_t bits(uint64_t index) {
    if (!filled_ || index / 4 != block_) {
      block_ = index / 4;
      filled_ = true;
      values_ = philox({static_cast<uint32_t>(block_), static_cast<uint32_t>(block_ >> 32),
                        static_cast<uint32_t>(stream_), static_cast<uint32_t>(stream_ >> 32)},
                       {static_cast<uint32_t>(seed_), static_cast<uint32_t>(seed_ >> 32)});
    }
    return values_[index % 4];
  }
  /// Uniform in 0 … 1, 1 excluded, a multiple of 2^-24.
  double uniform(uint64_t index) { return (bits(index) >> 8) * 0x1p-24; }
  /// Standard normal, by Box and Muller: elements 2k and 2k + 1 come from the numbers 2k and 2k + 1.
  double normal(uint64_t index);

private:
  uint64_t seed_, stream_, block_ = 0;
  bool filled_ = false;
  std::array<uint32_t, 4> values_ = {};
};

} // namespace argent

#endif // ARGENT_RUNTIME_PHILOX_H
