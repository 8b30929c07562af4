//===- KernelCache.h - compiled kernels on disk ----------------------------===//
// One file for each kernel, named by its symbol: the object, then a SHA-256 of it. Written by rename, so that readers
// see whole entries; one that is damaged all the same counts as absent. A cache that cannot be read or written is no
// error: kernels are then compiled.
#ifndef ARGENT_COMPILER_CODEGEN_KERNELCACHE_H
#define ARGENT_COMPILER_CODEGEN_KERNELCACHE_H

#include "llvm/ADT/StringRef.h"

#include <optional>
#include <string>

namespace argent {

class KernelCache {
public:
  /// `folder` empty: $XDG_CACHE_HOME/argent, or ~/.cache/argent.
  explicit KernelCache(std::string folder);

  std::optional<std::string> read(llvm::StringRef symbol) const;
  void write(llvm::StringRef symbol, llvm::StringRef object) const;
  /// Removes the entries used longest ago until the rest has at most `bytes`.
  void trim(uint64_t bytes) const;

private:
  std::string getPath(llvm::StringRef symbol) const;
  std::string folder_;
};

} // namespace argent

#endif // ARGENT_COMPILER_CODEGEN_KERNELCACHE_H
