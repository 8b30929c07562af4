//===- GuardedProgram.h - a program, each kernel with its buffers guarded --===//
// Runs a program of a module as runtime/Program.h does, but gives every kernel copies of its buffers between guarded
// pages: the inputs, the results, what lies between kernels in the arenas, and the scratch memory that it asks for.
// Reports what a kernel touches and must not:
//   - any byte outside of a buffer;
//   - of a strided buffer, bytes between its elements, by writing;
//   - a buffer that it only reads, by writing.
#ifndef ARGENT_TEST_BOUNDS_GUARDEDPROGRAM_H
#define ARGENT_TEST_BOUNDS_GUARDEDPROGRAM_H

#include "argent/Module.h"
#include "runtime/Image.h"
#include "runtime/Program.h"
#include "test/bounds/GuardedMemory.h"

#include <string>
#include <vector>

namespace argent::test {

/// What programs work on: where each arena of the variant starts, and the ports' memory.
struct GuardedCall {
  const std::vector<char *> &arenas;
  const std::vector<char *> &inputs, &outputs;
  BatchSize batch;
  int64_t n;
  Placement placement;
};

struct GuardedResult {
  std::vector<std::string> faults; // of the kernel after which the run ended
  size_t launches = 0;
};

/// Ends at the first kernel with a fault: what it should have computed is not known.
GuardedResult runGuarded(const format::Program &program, const format::Variant &variant, const Image &image,
                         const GuardedCall &call);

} // namespace argent::test

#endif // ARGENT_TEST_BOUNDS_GUARDEDPROGRAM_H
