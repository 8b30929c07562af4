#include "harness.h"
int reduction_argv(void **);
enum { N = 7, H = 12, C = 16 };
int main() {
  float *x = fill(N * H * C, 1), y[C], total[1], steps[C];
  double want[C] = {0}, sum[1] = {0}, count[C];
  for (int i = 0; i < N * H * C; ++i)
    want[i % C] += (double)x[i] * x[i];
  for (int c = 0; c < C; ++c)
    sum[0] += want[c], count[c] = 0.25 * N * H;
  Buffer buffers[] = {make(x, 3, (int[]){N, H, C}), make(y, 1, (int[]){C}), make(total, 0, 0), make(steps, 1, (int[]){C})};
  return call(reduction_argv, N, 4, buffers) || compare(y, want, C, 1e-4) || compare(total, sum, 1, 1e-3) ||
         compare(steps, count, C, 0);
}
