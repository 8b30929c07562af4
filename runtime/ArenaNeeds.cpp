//===- ArenaNeeds.cpp - how much memory programs need ----------------------===//
#include "runtime/ArenaNeeds.h"

#include <algorithm>

namespace argent {

using Kind = format::ArenaKind;

int64_t plannedBatch(const format::Variant &variant, int64_t batch) {
  const int64_t rounding = variant.batch_rounding();
  return (batch + rounding - 1) / rounding * rounding;
}

bool trains(const format::Variant &variant, const format::Program &program) {
  List views(program.views());
  for (uint32_t i = 0; i < views.size(); ++i)
    if (views[i]->base() == format::ViewBase::arena) {
      const Kind kind = variant.arenas()->Get(views[i]->index())->kind();
      if (kind == Kind::gradients || kind == Kind::moments)
        return true;
    }
  return false;
}

/// Where the view ends in its arena. The checks at opening keep every part of the sum within 64 bits.
static int64_t endOf(const format::View &view, int64_t batch, int64_t planned) {
  List extents(view.extents()), strides(view.strides());
  int64_t last = 0;
  for (uint32_t i = 0; i < extents.size(); ++i)
    last += (Amount(extents[i]).at(batch) - 1) * Amount(strides[i]).at(planned);
  return Amount(view.offset()).at(planned) +
         (last + 1) * static_cast<int64_t>(elementBytes(elementType(view.element_type())));
}

std::vector<int64_t> arenaNeeds(const format::Variant &variant, std::span<const format::Program *const> programs,
                                bool training, int64_t batch) {
  List arenas(variant.arenas());
  const int64_t planned = plannedBatch(variant, batch);
  std::vector<int64_t> needs(arenas.size());
  for (const format::Program *program : programs) {
    List views(program->views());
    for (uint32_t i = 0; i < views.size(); ++i)
      if (views[i]->base() == format::ViewBase::arena)
        needs[views[i]->index()] = std::max(needs[views[i]->index()], endOf(*views[i], batch, planned));
  }
  for (uint32_t i = 0; i < arenas.size(); ++i) {
    const Kind kind = arenas[i]->kind();
    if (kind == Kind::constants || kind == Kind::logical)
      needs[i] = 0;
    else if (kind == Kind::parameters || kind == Kind::states ||
             (training && (kind == Kind::gradients || kind == Kind::moments)))
      needs[i] = Amount(arenas[i]->bytes()).at(planned);
    else if (kind == Kind::rows && needs[i] != 0) // all states of the arena are read and written together
      needs[i] = Amount(arenas[i]->bytes()).at(planned);
  }
  return needs;
}

int64_t sessionBytes(const format::Variant &variant, const format::Program *program, int64_t batch) {
  std::vector<const format::Program *> programs;
  bool training = false;
  List all(variant.programs());
  for (uint32_t i = 0; i < all.size(); ++i)
    if (program == nullptr || program == all[i]) {
      programs.push_back(all[i]);
      training |= trains(variant, *all[i]);
    }
  return sumOf(arenaNeeds(variant, programs, training, batch));
}

int64_t sumOf(std::span<const int64_t> bytes) {
  int64_t total = 0;
  for (int64_t part : bytes)
    if (__builtin_add_overflow(total, part, &total))
      return INT64_MAX;
  return total;
}

} // namespace argent
