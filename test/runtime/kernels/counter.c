//===- counter.c - the kernel of the test module "counter" -----------------===//
// Its symbol has the name of one of the adder's: two images in one process must not bind to each other.
#include "kernel.h"

static int step = 1;
static int *volatile step_pointer = &step;

// Adds 1 to each of 13 elements, in place.
KERNEL run(void **argv) {
  struct buffer *counts = BUFFER(argv, 0);
  for (int i = 0; i < counts->dim[0].extent; ++i)
    ((float *)counts->host)[i * counts->dim[0].stride] += *step_pointer;
  return 0;
}
