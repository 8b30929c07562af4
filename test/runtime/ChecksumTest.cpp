//===- ChecksumTest.cpp - known answers of the hash and of Philox ----------===//
#include "runtime/Checksum.h"
#include "runtime/Philox.h"

#include <gtest/gtest.h>
#include <set>

using namespace argent;

// MurmurHash3_x64_128 with seed 0, as published test vectors give it; the digest holds both halves little-endian.
TEST(ChecksumTest, KnownAnswers) {
  EXPECT_EQ(hexDigits(checksum("")), "00000000000000000000000000000000");
  EXPECT_EQ(hexDigits(checksum("hello")), "029bbd41b3a7d8cb191dae486a901e5b");
  EXPECT_EQ(hexDigits(checksum("The quick brown fox jumps over the lazy dog")), "6c1b07bc7bbc4be347939ac4a93c437a");
  EXPECT_EQ(hash64("hello"), 0xcbd8a7b341bd9b02u);
}

TEST(ChecksumTest, DoesNotDependOnThePieces) {
  std::string text;
  for (int i = 0; i < 100; ++i)
    text += static_cast<char>(i * 37);
  for (size_t first = 0; first <= text.size(); ++first)
    for (size_t second = first; second <= text.size(); second += 7) {
      Checksum sum;
      sum.update(text.substr(0, first));
      sum.update(text.substr(first, second - first));
      sum.update(text.substr(second));
      ASSERT_EQ(sum.digest(), checksum(text)) << first << " " << second;
    }
}

TEST(ChecksumTest, EveryBitAndLengthCounts) {
  std::string text(67, 'x');
  std::set<Digest> seen = {checksum(text)};
  for (size_t i = 0; i < text.size(); ++i)
    for (int bit = 0; bit < 8; ++bit) {
      std::string changed = text;
      changed[i] = static_cast<char>(changed[i] ^ 1 << bit);
      EXPECT_TRUE(seen.insert(checksum(changed)).second);
    }
  for (size_t length = 0; length < text.size(); ++length)
    EXPECT_TRUE(seen.insert(checksum(text.substr(0, length))).second);
}

// Random123's kat_vectors, philox4x32 10.
TEST(PhiloxTest, KnownAnswers) {
  using Four = std::array<uint32_t, 4>;
  EXPECT_EQ(philox({0, 0, 0, 0}, {0, 0}), (Four{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}));
  EXPECT_EQ(philox({~0u, ~0u, ~0u, ~0u}, {~0u, ~0u}), (Four{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}));
  EXPECT_EQ(philox({0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}, {0xa4093822, 0x299f31d0}),
            (Four{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}));
}
