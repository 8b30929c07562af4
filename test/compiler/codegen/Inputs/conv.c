#include "harness.h"
int conv_argv(void **);
enum { N = 2, H = 10, C = 3, K = 16 };
int main() {
  float *x = fill(N * H * H * C, 1), *w = fill(3 * 3 * C * 16, 2), *b = fill(K, 3), y[N * H * H * K];
  static double want[N * H * H * K];
  for (int n = 0; n < N; ++n)
    for (int p = 0; p < H * H; ++p)
      for (int k = 0; k < K; ++k) {
        double sum = b[k];
        for (int ky = 0; ky < 3; ++ky)
          for (int kx = 0; kx < 3; ++kx)
            for (int c = 0; c < C; ++c) {
              int iy = p / H + ky - 1, ix = p % H + kx - 1;
              if (iy >= 0 && iy < H && ix >= 0 && ix < H)
                sum += (double)x[((n * H + iy) * H + ix) * C + c] * w[((ky * 3 + kx) * C + c) * 16 + k];
            }
        want[(n * H * H + p) * K + k] = fmax(sum, 0);
      }
  Buffer buffers[] = {make(x, 4, (int[]){N, H, H, C}), make(w, 5, (int[]){1, 3, 3, C, 16}), make(b, 1, (int[]){K}), make(y, 3, (int[]){N, H * H, K})};
  return call(conv_argv, N, 4, buffers) || compare(y, want, N * H * H * K, 2e-5);
}
