//===- KernelContext.h - what compiled kernels call in the runtime ---------===//
// The kernel ABI, together with HalideBuffer.h and the table Kernel of module.fbs. An image imports nothing: its shim
// object defines Halide's hooks and forwards each to the function table at the start of the user context:
//
//   int   halide_do_par_for(void *c, halide_task_t f, int min, int size, uint8_t *closure)  ->  doParFor
//   void *halide_malloc(void *c, size_t bytes)                                              ->  allocate
//   void  halide_free(void *c, void *pointer)                                               ->  release
//   void  halide_error(void *c, const char *message)                                        ->  error
//
// A kernel is entered as `int entry(void **argv)`, Halide's argv wrapper of a pipeline with the feature user_context:
//   argv[0]  void **            the user context
//   argv[1]  int32_t *          N
//   argv[2…] halide_buffer_t *  one for each view of the launch
// It returns 0, or after `error` a number other than 0.
//
// Every thread enters with floating-point results and operands below the normal range flushed to zero (the runtime sets
// and restores the mode), so that no bit depends on which thread a task ran on.
#ifndef ARGENT_RUNTIME_KERNELCONTEXT_H
#define ARGENT_RUNTIME_KERNELCONTEXT_H

#include <cstddef>
#include <cstdint>

namespace argent {

/// Raised when any of the above changes: modules made for another version must be recompiled.
inline constexpr uint32_t kKernelAbiVersion = 1;

/// The start of the user context. Fields are appended, never moved.
struct KernelContext {
  using Task = int (*)(void *context, int index, uint8_t *closure);

  /// Runs task(context, i, closure) for every i in min … min + size - 1, on any threads in any order, and returns when
  /// all have returned: 0, or the result of one that failed. Each thread passes its own context. A call from inside a
  /// task runs on the calling thread.
  int (*doParFor)(void *context, Task task, int min, int size, uint8_t *closure);
  /// Scratch memory aligned to kScratchAlignment; as many bytes before and after it may be read. Does not return when
  /// there is none: the launch ends, on every thread that takes part in it.
  void *(*allocate)(void *context, size_t bytes);
  /// Gives back what `allocate` returned; null is allowed.
  void (*release)(void *context, void *pointer);
  /// Keeps the first message for the status of the call. Returns: the kernel then returns a non-zero number.
  void (*error)(void *context, const char *message);
};

inline constexpr size_t kScratchAlignment = 128;

} // namespace argent

#endif // ARGENT_RUNTIME_KERNELCONTEXT_H
