#include "harness.h"
int matmul_argv(void **);
enum { N = 20, K = 96, M = 32 };
int main() {
  float *x = fill(N * K, 1), *w = fill(2 * K * 16, 2), y[N * M];
  double want[N * M];
  for (int n = 0; n < N; ++n)
    for (int m = 0; m < M; ++m) {
      want[n * M + m] = 0;
      for (int k = 0; k < K; ++k)
        want[n * M + m] += (double)x[n * K + k] * w[(m / 16 * K + k) * 16 + m % 16];
    }
  Buffer buffers[] = {make(x, 2, (int[]){N, K}), make(w, 3, (int[]){2, K, 16}), make(y, 2, (int[]){N, M})};
  return call(matmul_argv, N, 3, buffers) || compare(y, want, N * M, 2e-5);
}
