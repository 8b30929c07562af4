//===- DebuggerImage.h - kernels' names for debuggers ----------------------===//
#ifndef ARGENT_RUNTIME_DEBUGGERIMAGE_H
#define ARGENT_RUNTIME_DEBUGGERIMAGE_H

#include "runtime/Image.h"

namespace argent {

/// Tells a debugger that is or will be attached which kernel lies where, for as long as this lives: an ELF file of
/// symbols in memory, handed over by GDB's JIT interface (GDB manual, "JIT Compilation Interface"), which LLDB reads
/// too.
class DebuggerImage {
public:
  /// `code` is the mapped image, `bytes` its size; the symbols' addresses count from it.
  DebuggerImage(uint16_t machine, const char *code, uint64_t bytes, const std::vector<ImageSymbol> &symbols);
  ~DebuggerImage();
  DebuggerImage(const DebuggerImage &) = delete;
  DebuggerImage &operator=(const DebuggerImage &) = delete;

private:
  struct Entry;
  std::string file_;
  std::unique_ptr<Entry> entry_;
};

} // namespace argent

#endif // ARGENT_RUNTIME_DEBUGGERIMAGE_H
