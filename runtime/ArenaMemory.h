//===- ArenaMemory.h - memory of one arena ---------------------------------===//
#ifndef ARGENT_RUNTIME_ARENAMEMORY_H
#define ARGENT_RUNTIME_ARENAMEMORY_H

#include <cstddef>

namespace argent {

/// Zeroed memory from the system, aligned to 64 bytes; large ones in huge pages where the system has them.
class ArenaMemory {
public:
  ArenaMemory() = default;
  ~ArenaMemory();
  ArenaMemory(ArenaMemory &&other) noexcept;
  ArenaMemory &operator=(ArenaMemory &&) noexcept;

  /// False when there is no memory; there is none beyond machineBytes(). Arenas of different `number` start at
  /// different places of a page: parameters, gradients and moments are walked together at equal offsets, and loads and
  /// stores that agree in the low 12 bits wait for each other.
  bool allocate(size_t bytes, size_t number);
  /// Sets every byte to zero.
  void clear();

  char *data() const { return data_; }
  size_t bytes() const { return bytes_; }

private:
  char *data_ = nullptr;
  size_t bytes_ = 0;
  void *mapping_ = nullptr;
  size_t mappedBytes_ = 0;
};

/// What the machine has: its memory and what it may swap out.
size_t machineBytes();

} // namespace argent

#endif // ARGENT_RUNTIME_ARENAMEMORY_H
