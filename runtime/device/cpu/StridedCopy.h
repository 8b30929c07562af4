//===- StridedCopy.h - copies and fills boxes of memory --------------------===//
#ifndef ARGENT_RUNTIME_DEVICE_CPU_STRIDEDCOPY_H
#define ARGENT_RUNTIME_DEVICE_CPU_STRIDEDCOPY_H

#include "runtime/HalideBuffer.h"

namespace argent {

/// Copies every element of `from` to the same place of `to`; equal extents and element sizes. The two do not overlap.
void copyBox(const HalideBuffer &from, const HalideBuffer &to, size_t elementSize);
/// Sets every byte of every element of `to`.
void fillBox(const HalideBuffer &to, size_t elementSize, uint8_t value);

} // namespace argent

#endif // ARGENT_RUNTIME_DEVICE_CPU_STRIDEDCOPY_H
