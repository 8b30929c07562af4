//===- ModuleFormat.h - where things lie in an .agb file -------------------===//
// The constants of the container around the FlatBuffers table of module.fbs: the compiler's emitter writes by them,
// Module.cpp reads by them. Numbers are little-endian.
//
//   bytes   0 …  7   magic
//           8 … 11   u32 kModuleVersion
//          12 … 15   u32 kKernelAbiVersion
//          16 … 31   checksum: Checksum over bytes 0 … 15 and 32 … end
//          32 … 63   zero
//          64 …      the table, FlatBuffers with a size prefix and the identifier "AGB1"
//          then      blobs, each at a multiple of kBlobAlignment; zeros between
#ifndef ARGENT_RUNTIME_MODULEFORMAT_H
#define ARGENT_RUNTIME_MODULEFORMAT_H

#include <cstddef>
#include <cstdint>

namespace argent {

inline constexpr char kModuleMagic[8] = {'A', 'R', 'G', 'E', 'N', 'T', '\x1a', '\n'};
/// Raised when the meaning of the table or of this layout changes; appended fields do not raise it.
inline constexpr uint32_t kModuleVersion = 1;

inline constexpr size_t kVersionOffset = 8;
inline constexpr size_t kAbiOffset = 12;
inline constexpr size_t kChecksumOffset = 16;
inline constexpr size_t kChecksumBytes = 16;
inline constexpr size_t kTableOffset = 64;
inline constexpr size_t kBlobAlignment = 4096;

/// Parameters and states in the `logical` arena, and the arenas themselves, start at multiples of this.
inline constexpr size_t kTensorAlignment = 64;

} // namespace argent

#endif // ARGENT_RUNTIME_MODULEFORMAT_H
