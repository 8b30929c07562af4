//===- Shuffle.cpp - Fisher-Yates over Philox -----------------------------------===//
#include "runtime/train/Shuffle.h"

#include "runtime/Philox.h"

#include <numeric>
#include <utility>

namespace argent {

std::vector<uint32_t> shuffledRows(uint64_t seed, uint32_t epoch, uint32_t rows) {
  std::vector<uint32_t> order(rows);
  std::iota(order.begin(), order.end(), 0u);
  for (uint32_t i = rows; i-- > 1;) {
    auto words =
        philox({i, epoch, 0x73687566, 0x666c6521}, {static_cast<uint32_t>(seed), static_cast<uint32_t>(seed >> 32)});
    uint64_t random = uint64_t(words[1]) << 32 | words[0];
    auto j = static_cast<uint32_t>(static_cast<unsigned __int128>(random) * (i + uint64_t(1)) >> 64);
    std::swap(order[i], order[j]);
  }
  return order;
}

} // namespace argent
