//===- Arenas.cpp - the memory of a session --------------------------------===//
#include "runtime/Arenas.h"
#include "runtime/ArenaNeeds.h"
#include "runtime/ByteText.h"

#include <algorithm>

namespace argent {

using Kind = format::ArenaKind;

Status Arenas::reserve(const Module &module, const format::Variant &variant, const SessionOptions &options,
                       Device &device) {
  module_ = &module;
  variant_ = &variant;
  options_ = options;
  device_ = &device;
  for (uint32_t i = 0; i < count(); ++i)
    if (!device.has(arena(i).space()))
      return Status(StatusCode::kIncompatible,
                    module.name() + ": arena " + std::to_string(i) + " lies in memory that this device does not have");
  if (!tryReserve(needs(options.maxBatch), memories_, noStates_))
    return noMemory();
  for (uint32_t i = 0; i < count(); ++i)
    if (arena(i).kind() == Kind::constants)
      bases_.push_back(
          const_cast<char *>(module.blob(variant.constants()->offset(), variant.constants()->bytes()).data()));
    else
      bases_.push_back(memories_[i] ? memories_[i]->data() : nullptr);
  return {};
}

/// Bytes of each arena for calls of at most `rows` rows.
std::vector<int64_t> Arenas::needs(int64_t rows) const {
  std::vector<const format::Program *> run;
  List list(variant_->programs());
  for (uint32_t i = 0; i < list.size(); ++i)
    if (options_.training || !trains(*variant_, *list[i]))
      run.push_back(list[i]);
  return arenaNeeds(*variant_, run, options_.training, rows);
}

/// False when there is not enough memory; then what could be reserved is given back.
bool Arenas::tryReserve(const std::vector<int64_t> &bytes, Memories &memories,
                        std::unique_ptr<DeviceMemory> &noStates) const {
  for (MemorySpace space : {MemorySpace::host, MemorySpace::device}) {
    std::vector<int64_t> inSpace;
    for (uint32_t i = 0; i < bytes.size(); ++i)
      if (arena(i).space() == space)
        inSpace.push_back(bytes[i]);
    if (static_cast<uint64_t>(sumOf(inSpace)) > device_->capacity(space))
      return false;
  }
  Memories made(bytes.size());
  std::unique_ptr<DeviceMemory> states;
  for (uint32_t i = 0; i < bytes.size(); ++i) {
    const size_t size = static_cast<size_t>(bytes[i]);
    if (size != 0 && !(made[i] = device_->allocate(arena(i).space(), size, i)))
      return false;
    if (arena(i).kind() == Kind::states && options_.training &&
        !(states = device_->allocate(arena(i).space(), size, bytes.size())))
      return false;
  }
  memories = std::move(made);
  noStates = std::move(states);
  return true;
}

Status Arenas::noMemory() const {
  std::string programs;
  List list(variant_->programs());
  for (uint32_t i = 0; i < list.size(); ++i)
    if (std::string_view name = text(list[i]->name()); name == "predict" || name == "train_step")
      programs += (programs.empty() ? " " : ", and ") + std::string(name) + " needs " +
                  byteText(sessionBytes(*variant_, list[i], options_.maxBatch));
  // The largest batch for which there is memory.
  int64_t fits = 0, tooMany = options_.maxBatch;
  while (tooMany - fits > 1) {
    const int64_t rows = fits + (tooMany - fits) / 2;
    Memories tried;
    std::unique_ptr<DeviceMemory> triedStates;
    (tryReserve(needs(rows), tried, triedStates) ? fits : tooMany) = rows;
  }
  return Status(
      StatusCode::kOutOfMemory,
      module_->name() + ": no memory for a batch of " + std::to_string(options_.maxBatch) +
          (programs.empty() ? "" : ":" + programs) +
          (fits == 0 ? "; not even a batch of 1 fits" : "; a batch of " + std::to_string(fits) + " would fit"));
}

int Arenas::find(Kind kind, int nth) const {
  std::vector<std::pair<uint32_t, int>> found;
  for (uint32_t i = 0; i < count(); ++i)
    if (arena(i).kind() == kind)
      found.push_back({arena(i).index(), static_cast<int>(i)});
  std::sort(found.begin(), found.end());
  return nth >= 0 && nth < static_cast<int>(found.size()) ? found[nth].second : -1;
}

void Arenas::clear(Kind kind) {
  for (uint32_t i = 0; i < count(); ++i)
    if (arena(i).kind() == kind && memories_[i])
      device_->fill(*memories_[i], 0);
}

char *Arenas::clearedNoStates() {
  if (!noStates_)
    return nullptr;
  device_->fill(*noStates_, 0);
  return noStates_->data();
}

size_t Arenas::bytes() const {
  size_t total = 0;
  for (const std::unique_ptr<DeviceMemory> &memory : memories_)
    total += memory ? memory->bytes() : 0;
  return total;
}

} // namespace argent
