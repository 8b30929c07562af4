//===- stray.c - kernels that touch what they must not ---------------------===//
#include "test/runtime/kernels/kernel.h"

#define ROWS(buffer) ((buffer)->dim[1].extent)
#define COLUMNS(buffer) ((buffer)->dim[0].extent)
#define AT(buffer, n, c) (((volatile float *)(buffer)->host)[(n) * (buffer)->dim[1].stride + (c)])

static int copy(void **argv) {
  struct buffer *x = BUFFER(argv, 0), *y = BUFFER(argv, 1);
  for (int n = 0; n < ROWS(x); ++n)
    for (int c = 0; c < COLUMNS(x); ++c)
      AT(y, n, c) = AT(x, n, c);
  return 0;
}

KERNEL right(void **argv) { return copy(argv); }

KERNEL reads_before(void **argv) {
  (void)AT(BUFFER(argv, 0), 0, -1);
  return copy(argv);
}

KERNEL reads_behind(void **argv) {
  (void)AT(BUFFER(argv, 0), ROWS(BUFFER(argv, 0)), 0);
  return copy(argv);
}

KERNEL writes_behind(void **argv) {
  AT(BUFFER(argv, 1), ROWS(BUFFER(argv, 1)) - 1, COLUMNS(BUFFER(argv, 1))) = 1;
  return copy(argv);
}

KERNEL writes_between(void **argv) {
  AT(BUFFER(argv, 1), 0, COLUMNS(BUFFER(argv, 1))) += 1;
  return copy(argv);
}

KERNEL writes_operand(void **argv) {
  AT(BUFFER(argv, 0), 0, 0) += 1;
  return copy(argv);
}

KERNEL scratch_behind(void **argv) {
  struct context *context = CONTEXT(argv);
  volatile float *memory = context->allocate(context, 64 * sizeof(float));
  memory[64] = 1;
  context->release(context, (void *)memory);
  return copy(argv);
}
