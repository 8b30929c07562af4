//===- Arenas.h - the memory of a session ----------------------------------===//
#ifndef ARGENT_RUNTIME_ARENAS_H
#define ARGENT_RUNTIME_ARENAS_H

#include "argent/Session.h"
#include "runtime/Table.h"
#include "runtime/device/Device.h"

#include <memory>
#include <vector>

namespace argent {

/// The arenas of a variant, with memory for what the session's programs need of them.
class Arenas {
public:
  /// Reserves them, zeroed. Constants are used where the module has them; the logical arena has no memory: the values
  /// of the caller stand for it while they are packed.
  ///
  /// Errors: kOutOfMemory   the message says what predict and train_step need, and which batch would fit.
  ///         kIncompatible  an arena lies in memory that the device does not have.
  Status reserve(const Module &module, const format::Variant &variant, const SessionOptions &options, Device &device);

  uint32_t count() const { return List(variant_->arenas()).size(); }
  const format::Arena &arena(uint32_t i) const { return *variant_->arenas()->Get(i); }
  /// The arena of this kind and the `nth` smallest index, or -1.
  int find(format::ArenaKind kind, int nth) const;

  /// For each arena where it starts; null where it has no memory.
  const std::vector<char *> &bases() const { return bases_; }
  /// Sets all arenas of this kind to zero.
  void clear(format::ArenaKind kind);
  /// Zeroed memory of the size of the states, to stand for them while a moment is packed or unpacked; null without
  /// training or states.
  char *clearedNoStates();
  /// Bytes of all, as reserved.
  size_t bytes() const;

private:
  using Memories = std::vector<std::unique_ptr<DeviceMemory>>;

  std::vector<int64_t> needs(int64_t rows) const;
  bool tryReserve(const std::vector<int64_t> &bytes, Memories &memories, std::unique_ptr<DeviceMemory> &noStates) const;
  Status noMemory() const;

  const Module *module_ = nullptr;
  const format::Variant *variant_ = nullptr;
  SessionOptions options_;
  Device *device_ = nullptr;
  Memories memories_; // as the variant's arenas; null: constants, logical, and what no program here needs
  std::unique_ptr<DeviceMemory> noStates_;
  std::vector<char *> bases_;
};

} // namespace argent

#endif // ARGENT_RUNTIME_ARENAS_H
