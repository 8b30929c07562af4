//===- adder.c - kernels of the test module "adder" ------------------------===//
#include "kernel.h"

static int add_row(void *context, int row, uint8_t *closure) {
  void **argv = (void **)closure;
  struct buffer *x = BUFFER(argv, 0), *w = BUFFER(argv, 1), *y = BUFFER(argv, 2);
  struct context *functions = context;
  const int columns = x->dim[0].extent;
  float *sums = functions->allocate(context, columns * sizeof(float));
  for (int c = 0; c < columns; ++c)
    sums[c] = ((float *)x->host)[row * x->dim[1].stride + c] + ((float *)w->host)[c];
  for (int c = 0; c < columns; ++c)
    ((float *)y->host)[row * y->dim[1].stride + c] = sums[c];
  functions->release(context, sums);
  return 0;
}

// y[n, c] = x[n, c] + w[c], a task for each row.
static int add(void **argv) {
  return CONTEXT(argv)->do_par_for(CONTEXT(argv), add_row, 0, BATCH(argv), (uint8_t *)argv);
}
KERNEL run(void **argv) { return add(argv); }

// The same for batches of 8 and more, and marks the first element, so that a test sees which one ran.
KERNEL run_large(void **argv) {
  int result = add(argv);
  ((float *)BUFFER(argv, 2)->host)[0] = -1;
  return result;
}

// gradient[c] = sum of x[n, c] over n; loss[] = N; moment += gradient.
KERNEL train(void **argv) {
  struct buffer *x = BUFFER(argv, 0), *gradient = BUFFER(argv, 1), *moment = BUFFER(argv, 2), *loss = BUFFER(argv, 3);
  for (int c = 0; c < x->dim[0].extent; ++c) {
    float sum = 0;
    for (int n = 0; n < x->dim[1].extent; ++n)
      sum += ((float *)x->host)[n * x->dim[1].stride + c];
    ((float *)gradient->host)[c] = sum;
    ((float *)moment->host)[c] += sum;
  }
  *(float *)loss->host = (float)BATCH(argv);
  return 0;
}

// Pointers in data: these need relocation.
static const char *const messages[] = {"nothing", "x is out of bounds"};
static const char *const *volatile chosen = messages;

KERNEL fail(void **argv) {
  CONTEXT(argv)->error(CONTEXT(argv), chosen[1]);
  return -7;
}
