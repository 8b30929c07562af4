//===- Checksum.h - a 128-bit hash, for modules, kernel keys and streams ---===//
// MurmurHash3_x64_128 with seed 0 (Austin Appleby, public domain: aappleby/smhasher:src/MurmurHash3.cpp), fed in
// pieces. Every step of it can be inverted, so of two inputs of one length that differ within one 16-byte block none
// share a hash. It finds damage, not malice. The result does not depend on the machine's byte order. Depends on
// nothing: the compiler uses it too.
#ifndef ARGENT_RUNTIME_CHECKSUM_H
#define ARGENT_RUNTIME_CHECKSUM_H

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace argent {

using Digest = std::array<uint8_t, 16>;

class Checksum {
public:
  void update(const void *data, size_t bytes);
  void update(std::string_view text) { update(text.data(), text.size()); }
  /// The hash of all that was given so far.
  Digest digest() const;

private:
  void mixBlock(const uint8_t *block);

  uint64_t h1_ = 0, h2_ = 0, length_ = 0;
  uint8_t tail_[16] = {};
  size_t tailBytes_ = 0;
};

Digest checksum(std::string_view bytes);
/// The checksum of an .agb file: over all of it but its bytes 16 … 31 (ModuleFormat.h). `bytes` is the whole file.
Digest moduleChecksum(std::string_view bytes);
/// The first eight bytes as a number, for keys and streams.
uint64_t hash64(std::string_view bytes);
/// 32 lower-case hexadecimal digits.
std::string hexDigits(const Digest &digest);

} // namespace argent

#endif // ARGENT_RUNTIME_CHECKSUM_H
