//===- Image.h - a variant's machine code, in memory -----------------------===//
// An image is an ELF shared object that imports nothing and has only relative relocations. It is not dlopened: by a
// path to a memfd the dynamic linker may give the first module's image for the second, and symbols would bind globally.
#ifndef ARGENT_RUNTIME_IMAGE_H
#define ARGENT_RUNTIME_IMAGE_H

#include "argent/Status.h"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace argent {

/// What the loader needs of the file, checked: every range lies in the file or in the span.
struct ImageLayout {
  struct Segment {
    uint64_t fileOffset = 0, fileBytes = 0;
    uint64_t address = 0, memoryBytes = 0;
    bool writable = false, executable = false;
  };
  struct Relocation {
    uint64_t address = 0; // 8 bytes that get base + addend
    uint64_t addend = 0;
  };
  uint16_t machine = 0; // e_machine
  uint64_t span = 0;    // bytes from address 0 to the end of the last segment, whole pages
  std::vector<Segment> segments;
  std::vector<Relocation> relocations;

  /// Whether the range lies in one executable segment's file-backed part.
  bool isCode(uint64_t address, uint64_t bytes) const;
  /// "x86-64", "aarch64", or empty for another machine.
  std::string_view architecture() const;

  /// Errors: kInvalidData, with what is wrong; `file` need not be aligned.
  static Status read(std::string_view file, ImageLayout &layout);
};

/// A name for profilers.
struct ImageSymbol {
  uint64_t address = 0, bytes = 0;
  std::string name;
};

class DebuggerImage;

/// The image mapped, relocated and protected; unmapped by the destructor. Immutable, so sessions' threads share it.
class Image {
public:
  /// With ARGENT_PERF=1 in the environment the symbols are appended to the file perf-PID.map in the temporary
  /// directory, where `perf` looks for the names of code without a file, and told to a debugger (DebuggerImage.h).
  ///
  /// Errors: kInvalidData   as ImageLayout::read.
  ///         kIncompatible  the image is for another processor.
  ///         kOutOfMemory   no address space.
  static Status load(std::string_view file, const std::vector<ImageSymbol> &symbols, std::unique_ptr<Image> &image);
  ~Image();
  Image(const Image &) = delete;
  Image &operator=(const Image &) = delete;

  /// Where the image's address `address` is now. In range when isCode said so.
  void *at(uint64_t address) const { return base_ + address; }
  const ImageLayout &layout() const { return layout_; }

private:
  Image();

  ImageLayout layout_;
  char *base_ = nullptr;
  std::unique_ptr<DebuggerImage> debugger_;
};

} // namespace argent

#endif // ARGENT_RUNTIME_IMAGE_H
