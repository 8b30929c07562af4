//===- Target.h - what a kernel is compiled for ----------------------------===//
// Describes a processor to the schedule rules, and names it to Halide and to the module. Includes nothing of Halide.
#ifndef ARGENT_COMPILER_TARGET_TARGET_H
#define ARGENT_COMPILER_TARGET_TARGET_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"

#include <string>
#include <vector>

namespace argent {

struct Target {
  enum class Architecture { X86_64, AArch64 };

  std::string name; // as --target takes it, never "host"
  Architecture architecture = Architecture::X86_64;
  bool isGpu = false; // kernels run on a CUDA device; the fields below then describe its host
  int vectorBits = 0; // of the widest register
  int vectorRegisters = 0;
  std::vector<std::string> cpuFeatures;    // what the processor must have, as LLVM names it
  std::vector<std::string> moduleFeatures; // the same as the runtime names it (runtime/CpuFeatures.h)
  std::string triple;                      // LLVM's
  std::string halideName;                  // Halide's name of it, without the features of our kernels

  /// Lanes of a vector of elements of `bits` bits.
  int getLanes(int bits) const { return vectorBits / bits; }

  /// The target that `name` names; "host" is the best that this processor can run.
  static llvm::Expected<Target> parse(llvm::StringRef name);
  /// Every name that `parse` takes, "host" first.
  static std::vector<std::string> getNames();
};

} // namespace argent

#endif // ARGENT_COMPILER_TARGET_TARGET_H
