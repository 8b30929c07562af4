//===- Scratch.cpp - memory that kernels ask for while they run ------------===//
#include "runtime/device/cpu/Scratch.h"
#include "runtime/KernelContext.h"

#include <algorithm>
#include <bit>
#include <cstdlib>

namespace argent {

// Lies before the block and fills the bytes before it that may be read.
struct Scratch::Header {
  Header *nextFree;
  Header *nextOwned;
  int sizeClass;
};

namespace {

constexpr int kSmallestClass = 8; // 256 bytes

} // namespace

void Scratch::clear() {
  std::fill(std::begin(free_), std::end(free_), nullptr);
  while (owned_ != nullptr) {
    Header *block = owned_;
    owned_ = block->nextOwned;
    std::free(block);
  }
}

void *Scratch::allocate(size_t bytes) {
  static_assert(sizeof(Header) <= kScratchAlignment);
  const int sizeClass =
      bytes <= (size_t(1) << kSmallestClass) ? kSmallestClass : static_cast<int>(std::bit_width(bytes - 1));
  if (sizeClass >= kClasses)
    return nullptr;
  lock();
  Header *block = free_[sizeClass];
  if (block != nullptr)
    free_[sizeClass] = block->nextFree;
  unlock();
  if (block == nullptr) {
    block =
        static_cast<Header *>(std::aligned_alloc(kScratchAlignment, (size_t(1) << sizeClass) + 2 * kScratchAlignment));
    if (block == nullptr)
      return nullptr;
    block->sizeClass = sizeClass;
    lock();
    block->nextOwned = owned_;
    owned_ = block;
    unlock();
  }
  return reinterpret_cast<char *>(block) + kScratchAlignment;
}

void Scratch::release(void *pointer) {
  if (pointer == nullptr)
    return;
  auto *block = reinterpret_cast<Header *>(static_cast<char *>(pointer) - kScratchAlignment);
  lock();
  block->nextFree = free_[block->sizeClass];
  free_[block->sizeClass] = block;
  unlock();
}

} // namespace argent
