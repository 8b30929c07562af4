//===- StridedCopy.cpp - copies and fills boxes of memory ------------------===//
//   1. Join neighbouring dimensions that are dense on both sides, so that the innermost run is as long as it can be.
//   2. Walk over the outer dimensions; move the innermost run at once if it is dense, else by elements.
#include "runtime/device/cpu/StridedCopy.h"

#include <array>
#include <cstring>

namespace argent {

namespace {

constexpr int kMaxRank = 16; // as ModuleCheck allows

struct Dimension {
  int64_t extent, from, to; // strides in bytes
};

struct Box {
  std::array<Dimension, kMaxRank> dims; // innermost first
  int rank = 0;
  bool empty = false;

  void add(Dimension dim) {
    if (dim.extent == 1)
      return;
    if (rank != 0) {
      Dimension &inner = dims[rank - 1];
      if (dim.from == inner.extent * inner.from && dim.to == inner.extent * inner.to) {
        inner.extent *= dim.extent;
        return;
      }
    }
    dims[rank++] = dim;
  }
};

/// Calls run(from, to) at the start of each innermost run.
template <typename Run> void walk(const Box &box, int firstOuter, const uint8_t *from, uint8_t *to, Run run) {
  std::array<int64_t, kMaxRank> index = {};
  for (;;) {
    run(from, to);
    int d = firstOuter;
    for (; d < box.rank; ++d) {
      from += box.dims[d].from;
      to += box.dims[d].to;
      if (++index[d] < box.dims[d].extent)
        break;
      from -= box.dims[d].from * box.dims[d].extent;
      to -= box.dims[d].to * box.dims[d].extent;
      index[d] = 0;
    }
    if (d >= box.rank)
      return;
  }
}

Box makeBox(const HalideBuffer &from, const HalideBuffer &to, size_t elementSize) {
  const int64_t size = static_cast<int64_t>(elementSize);
  Box box;
  for (int d = 0; d < to.dimensions; ++d) {
    box.empty |= to.dim[d].extent <= 0;
    box.add({to.dim[d].extent, from.dim[d].stride * size, to.dim[d].stride * size});
  }
  return box;
}

template <size_t Size> void copyElements(const Dimension &run, const uint8_t *from, uint8_t *to) {
  for (int64_t i = 0; i < run.extent; ++i)
    std::memcpy(to + i * run.to, from + i * run.from, Size);
}

} // namespace

void copyBox(const HalideBuffer &from, const HalideBuffer &to, size_t elementSize) {
  Box box = makeBox(from, to, elementSize);
  if (box.empty)
    return;
  const int64_t size = static_cast<int64_t>(elementSize);
  if (box.rank == 0 || box.dims[0].from != size || box.dims[0].to != size) {
    Dimension run = box.rank == 0 ? Dimension{1, size, size} : box.dims[0];
    walk(box, 1, from.host, to.host, [&](const uint8_t *source, uint8_t *target) {
      switch (elementSize) {
      case 1:
        return copyElements<1>(run, source, target);
      case 2:
        return copyElements<2>(run, source, target);
      case 4:
        return copyElements<4>(run, source, target);
      default:
        return copyElements<8>(run, source, target);
      }
    });
    return;
  }
  const size_t bytes = static_cast<size_t>(box.dims[0].extent * size);
  walk(box, 1, from.host, to.host, [&](const uint8_t *source, uint8_t *target) { std::memcpy(target, source, bytes); });
}

void fillBox(const HalideBuffer &to, size_t elementSize, uint8_t value) {
  Box box = makeBox(to, to, elementSize);
  if (box.empty)
    return;
  const int64_t size = static_cast<int64_t>(elementSize);
  const bool dense = box.rank != 0 && box.dims[0].to == size;
  const size_t bytes = static_cast<size_t>(dense ? box.dims[0].extent * size : size);
  walk(box, dense ? 1 : 0, to.host, to.host,
       [&](const uint8_t *, uint8_t *target) { std::memset(target, value, bytes); });
}

} // namespace argent
