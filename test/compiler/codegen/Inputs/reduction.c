#include "harness.h"
int reduction_argv(void **);
enum { N = 7, H = 12, C = 16 };
int main() {
  float *x = fill(N * H * C, 1), y[C], total[1];
  double want[C] = {0}, sum[1] = {0};
  for (int i = 0; i < N * H * C; ++i)
    want[i % C] += (double)x[i] * x[i];
  for (int c = 0; c < C; ++c)
    sum[0] += want[c];
  Buffer buffers[] = {make(x, 3, (int[]){N, H, C}), make(y, 1, (int[]){C}), make(total, 0, 0)};
  return call(reduction_argv, N, 3, buffers) || compare(y, want, C, 1e-4) || compare(total, sum, 1, 1e-3);
}
