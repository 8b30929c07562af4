//===- Checksum.cpp - a 128-bit hash ---------------------------------------===//
#include "runtime/Checksum.h"
#include "runtime/ModuleFormat.h"

#include <algorithm>
#include <cstring>

namespace argent {

namespace {

constexpr uint64_t kC1 = 0x87c37b91114253d5, kC2 = 0x4cf5ad432745937f;

uint64_t rotateLeft(uint64_t x, int by) { return x << by | x >> (64 - by); }

uint64_t load64(const uint8_t *bytes) {
  uint64_t value = 0;
  for (int i = 7; i >= 0; --i)
    value = value << 8 | bytes[i];
  return value;
}

void store64(uint8_t *bytes, uint64_t value) {
  for (int i = 0; i < 8; ++i)
    bytes[i] = static_cast<uint8_t>(value >> (8 * i));
}

uint64_t scrambleFirst(uint64_t k) { return rotateLeft(k * kC1, 31) * kC2; }
uint64_t scrambleSecond(uint64_t k) { return rotateLeft(k * kC2, 33) * kC1; }

uint64_t finalMix(uint64_t k) {
  k ^= k >> 33;
  k *= 0xff51afd7ed558ccd;
  k ^= k >> 33;
  k *= 0xc4ceb9fe1a85ec53;
  return k ^ k >> 33;
}

} // namespace

void Checksum::mixBlock(const uint8_t *block) {
  h1_ = (rotateLeft(h1_ ^ scrambleFirst(load64(block)), 27) + h2_) * 5 + 0x52dce729;
  h2_ = (rotateLeft(h2_ ^ scrambleSecond(load64(block + 8)), 31) + h1_) * 5 + 0x38495ab5;
}

void Checksum::update(const void *data, size_t bytes) {
  const uint8_t *next = static_cast<const uint8_t *>(data);
  length_ += bytes;
  if (tailBytes_ != 0) {
    size_t taken = std::min(bytes, sizeof tail_ - tailBytes_);
    if (taken != 0)
      std::memcpy(tail_ + tailBytes_, next, taken);
    tailBytes_ += taken;
    next += taken;
    bytes -= taken;
    if (tailBytes_ < sizeof tail_)
      return;
    mixBlock(tail_);
    tailBytes_ = 0;
  }
  for (; bytes >= 16; next += 16, bytes -= 16)
    mixBlock(next);
  if (bytes != 0)
    std::memcpy(tail_, next, bytes);
  tailBytes_ = bytes;
}

Digest Checksum::digest() const {
  uint8_t last[16] = {};
  std::memcpy(last, tail_, tailBytes_);
  uint64_t h1 = h1_ ^ scrambleFirst(load64(last)) ^ length_;
  uint64_t h2 = h2_ ^ scrambleSecond(load64(last + 8)) ^ length_;
  h1 += h2;
  h2 += h1;
  h1 = finalMix(h1);
  h2 = finalMix(h2);
  h1 += h2;
  h2 += h1;
  Digest digest;
  store64(digest.data(), h1);
  store64(digest.data() + 8, h2);
  return digest;
}

Digest checksum(std::string_view bytes) {
  Checksum sum;
  sum.update(bytes);
  return sum.digest();
}

Digest moduleChecksum(std::string_view bytes) {
  Checksum sum;
  sum.update(bytes.substr(0, kChecksumOffset));
  sum.update(bytes.substr(std::min(bytes.size(), kChecksumOffset + kChecksumBytes)));
  return sum.digest();
}

uint64_t hash64(std::string_view bytes) { return load64(checksum(bytes).data()); }

std::string hexDigits(const Digest &digest) {
  std::string text;
  for (uint8_t byte : digest) {
    text += "0123456789abcdef"[byte >> 4];
    text += "0123456789abcdef"[byte & 15];
  }
  return text;
}

} // namespace argent
