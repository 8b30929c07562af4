//===- greedy.c - the kernel of the test module "greedy" ---------------------===//
#include "kernel.h"

// More scratch memory than there is; what it is given it writes to without a look, as kernels do.
static int ask_for_much(void *context, int row, uint8_t *closure) {
  struct context *functions = context;
  char *scratch = functions->allocate(context, (size_t)1 << 48);
  scratch[row] = 1;
  functions->release(context, scratch);
  return 0;
}

// x[0, 0] is the row whose task asks for much, x[0, 1] whether from a loop inside.
static int ask_row(void *context, int row, uint8_t *closure) {
  void **argv = (void **)closure;
  struct context *functions = context;
  const float *x = (const float *)BUFFER(argv, 0)->host;
  float *scratch = functions->allocate(context, sizeof(float));
  *scratch = row;
  if (row == (int)x[0])
    x[1] == 0 ? ask_for_much(context, row, closure) : functions->do_par_for(context, ask_for_much, 0, 2, closure);
  ((float *)BUFFER(argv, 1)->host)[row * BUFFER(argv, 1)->dim[1].stride] = *scratch;
  functions->release(context, scratch);
  return 0;
}

// y[n, 0] = n, a task for each row; y[0, 1] = 1 at the end.
KERNEL run(void **argv) {
  int result = CONTEXT(argv)->do_par_for(CONTEXT(argv), ask_row, 0, BATCH(argv), (uint8_t *)argv);
  ((float *)BUFFER(argv, 1)->host)[1] = 1;
  return result;
}
