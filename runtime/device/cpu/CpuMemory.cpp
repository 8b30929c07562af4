//===- CpuMemory.cpp - memory of the host ----------------------------------===//
#include "runtime/device/cpu/CpuMemory.h"

#include <sys/mman.h>
#include <sys/sysinfo.h>

namespace argent {

namespace {

constexpr size_t kHugePage = size_t(2) << 20;
constexpr size_t kPage = 4096;
constexpr size_t kSlack = 128; // a vector's length behind the end

} // namespace

CpuMemory::~CpuMemory() {
  if (mapping_ != nullptr)
    munmap(mapping_, mappedBytes_);
}

std::unique_ptr<DeviceMemory> CpuMemory::allocate(size_t bytes, size_t number) {
  if (bytes > machineBytes())
    return nullptr;
  auto made = std::make_unique<CpuMemory>();
  const size_t stagger = number * 640 % kPage;
  const bool huge = bytes >= 2 * kHugePage;
  const size_t mapped = (bytes + stagger + kSlack + (huge ? kHugePage : 0) + kPage - 1) / kPage * kPage;
  void *memory = mmap(nullptr, mapped, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED)
    return nullptr;
  made->mapping_ = memory;
  made->mappedBytes_ = mapped;
  auto address = reinterpret_cast<uintptr_t>(memory);
  if (huge) {
    address = (address + kHugePage - 1) / kHugePage * kHugePage;
    madvise(reinterpret_cast<void *>(address), mapped - (address - reinterpret_cast<uintptr_t>(memory)), MADV_HUGEPAGE);
  }
  made->data_ = reinterpret_cast<char *>(address + stagger);
  made->bytes_ = bytes;
  return made;
}

size_t machineBytes() {
  struct sysinfo info;
  if (::sysinfo(&info) != 0)
    return size_t(1) << 46;
  return (static_cast<size_t>(info.totalram) + info.totalswap) * info.mem_unit;
}

} // namespace argent
