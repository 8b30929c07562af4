#include "harness.h"
int random_argv(void **);
enum { N = 37, C = 13 };
static unsigned key[4] = {0xdeadbeef, 0x80000001, 0xfffffff0, 0};

/* Word 0 of Philox4x32-10 (Salmon et al. 2011). */
static unsigned philox(unsigned index, unsigned long long stream) {
  unsigned c[4] = {index, key[2], (unsigned)stream, (unsigned)(stream >> 32)}, k0 = key[0], k1 = key[1];
  for (int round = 0; round < 10; ++round, k0 += 0x9E3779B9u, k1 += 0xBB67AE85u) {
    unsigned long long p0 = 0xD2511F53ull * c[0], p1 = 0xCD9E8D57ull * c[2];
    unsigned next[4] = {(unsigned)(p1 >> 32) ^ c[1] ^ k0, (unsigned)p1, (unsigned)(p0 >> 32) ^ c[3] ^ k1, (unsigned)p0};
    for (int i = 0; i < 4; ++i)
      c[i] = next[i];
  }
  return c[0];
}

int main() {
  float *x = fill(N * C, 1), y[N * C];
  Buffer buffers[] = {make(x, 2, (int[]){N, C}), make((void *)key, 1, (int[]){4}), make(y, 2, (int[]){N, C})};
  if (call(random_argv, N, 3, buffers))
    return 1;
  for (int i = 0; i < N * C; ++i) {
    volatile float mask = philox(i, 81985529216486895ull) >> 8 < 11744051u ? 1 : 0; /* 0.7 * 2^24, rounded */
    volatile float scaled = (float)(philox(i, -2ull) >> 8) * 0x1p-24f * 1.4f;
    volatile float noise = scaled + -0.3f;
    float want = x[i] * mask > noise ? x[i] * mask : noise;
    if (y[i] != want)
      return printf("element %d is %a, not %a\n", i, y[i], want), 1;
  }
  return 0;
}
