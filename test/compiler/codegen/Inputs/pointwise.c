#include "harness.h"
int pointwise_argv(void **);
enum { N = 5, C = 13 };
int main() {
  float *x = fill(N * C, 1), *b = fill(C, 2), y[N * C];
  double want[N * C];
  for (int i = 0; i < N * C; ++i)
    want[i] = fmax(x[i] + b[i % C], 0);
  Buffer buffers[] = {make(x, 2, (int[]){N, C}), make(b, 1, (int[]){C}), make(y, 2, (int[]){N, C})};
  return call(pointwise_argv, N, 3, buffers) || compare(y, want, N * C, 1e-6);
}
