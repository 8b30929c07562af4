//===- kernel.h - the kernel ABI in C, for hand-made images ----------------===//
// As runtime/KernelContext.h and runtime/HalideBuffer.h say it.
#ifndef ARGENT_TEST_RUNTIME_KERNELS_KERNEL_H
#define ARGENT_TEST_RUNTIME_KERNELS_KERNEL_H

#include <stddef.h>
#include <stdint.h>

typedef int (*task_t)(void *context, int index, uint8_t *closure);

struct context {
  int (*do_par_for)(void *context, task_t task, int min, int size, uint8_t *closure);
  void *(*allocate)(void *context, size_t bytes);
  void (*release)(void *context, void *pointer);
  void (*error)(void *context, const char *message);
};

struct dimension {
  int32_t min, extent, stride;
  uint32_t flags;
};

struct buffer {
  uint64_t device;
  const void *device_interface;
  uint8_t *host;
  uint64_t flags;
  uint8_t code, bits;
  uint16_t lanes;
  int32_t dimensions;
  struct dimension *dim;
  void *padding;
};

#define KERNEL __attribute__((visibility("default"))) int
#define CONTEXT(argv) (*(struct context **)(argv)[0])
#define BATCH(argv) (*(int32_t *)(argv)[1])
#define BUFFER(argv, i) ((struct buffer *)(argv)[2 + (i)])

#endif // ARGENT_TEST_RUNTIME_KERNELS_KERNEL_H
