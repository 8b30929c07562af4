//===- ArenaMemory.cpp - memory of one arena -------------------------------===//
#include "runtime/ArenaMemory.h"

#include <cstdint>
#include <cstring>
#include <sys/mman.h>
#include <sys/sysinfo.h>
#include <utility>

namespace argent {

namespace {

constexpr size_t kHugePage = size_t(2) << 20;
constexpr size_t kPage = 4096;
constexpr size_t kSlack = 128; // a vector's length behind the end

} // namespace

ArenaMemory::~ArenaMemory() {
  if (mapping_ != nullptr)
    munmap(mapping_, mappedBytes_);
}

ArenaMemory::ArenaMemory(ArenaMemory &&other) noexcept
    : data_(std::exchange(other.data_, nullptr)), bytes_(std::exchange(other.bytes_, 0)),
      mapping_(std::exchange(other.mapping_, nullptr)), mappedBytes_(std::exchange(other.mappedBytes_, 0)) {}

ArenaMemory &ArenaMemory::operator=(ArenaMemory &&other) noexcept {
  std::swap(data_, other.data_);
  std::swap(bytes_, other.bytes_);
  std::swap(mapping_, other.mapping_);
  std::swap(mappedBytes_, other.mappedBytes_);
  return *this;
}

bool ArenaMemory::allocate(size_t bytes, size_t number) {
  if (bytes > machineBytes())
    return false;
  const size_t stagger = number * 640 % kPage;
  const bool huge = bytes >= 2 * kHugePage;
  mappedBytes_ = (bytes + stagger + kSlack + (huge ? kHugePage : 0) + kPage - 1) / kPage * kPage;
  void *memory = mmap(nullptr, mappedBytes_, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED)
    return false;
  mapping_ = memory;
  auto address = reinterpret_cast<uintptr_t>(memory);
  if (huge) {
    address = (address + kHugePage - 1) / kHugePage * kHugePage;
    madvise(reinterpret_cast<void *>(address), mappedBytes_ - (address - reinterpret_cast<uintptr_t>(memory)),
            MADV_HUGEPAGE);
  }
  data_ = reinterpret_cast<char *>(address + stagger);
  bytes_ = bytes;
  return true;
}

size_t machineBytes() {
  struct sysinfo info;
  if (::sysinfo(&info) != 0)
    return size_t(1) << 46;
  return (static_cast<size_t>(info.totalram) + info.totalswap) * info.mem_unit;
}

void ArenaMemory::clear() {
  if (bytes_ != 0)
    std::memset(data_, 0, bytes_);
}

} // namespace argent
