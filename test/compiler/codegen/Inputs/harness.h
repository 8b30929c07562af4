// Runs one kernel object without the runtime: the hooks that an image's shim has, and buffers.
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

typedef struct {
  int32_t min, extent, stride;
  uint32_t flags;
} Dimension;
typedef struct {
  uint64_t device;
  void *interface;
  uint8_t *host;
  uint64_t flags;
  uint8_t code, bits;
  uint16_t lanes;
  int32_t dimensions;
  Dimension *dim;
  void *padding;
} Buffer;

int halide_do_par_for(void *c, int (*task)(void *, int, uint8_t *), int min, int size, uint8_t *closure) {
  for (int i = min; i < min + size; ++i)
    if (task(c, i, closure))
      return -1;
  return 0;
}
void *halide_malloc(void *c, size_t bytes) { return (char *)aligned_alloc(128, (bytes + 511) / 128 * 128) + 128; }
void halide_free(void *c, void *p) {
  if (p)
    free((char *)p - 128);
}

/* f32, outermost dimension first. */
static Buffer make(float *data, int rank, const int *extents) {
  Buffer b = {0, 0, (uint8_t *)data, 0, 2, 32, 1, rank, calloc(rank + 1, sizeof(Dimension)), 0};
  int stride = 1;
  for (int i = 0; i < rank; ++i) {
    b.dim[i].extent = extents[rank - 1 - i];
    b.dim[i].stride = stride;
    stride *= b.dim[i].extent;
  }
  return b;
}
static float *fill(int count, int seed) {
  float *data = malloc(count * sizeof(float));
  for (int i = 0; i < count; ++i)
    data[i] = (float)((i * 37 + seed * 11) % 101) / 50.0f - 1.0f;
  return data;
}
static int call(int (*entry)(void **), int N, int count, Buffer *buffers) {
  void *context = 0, *context_pointer = &context, *arguments[16] = {context_pointer, &N};
  for (int i = 0; i < count; ++i)
    arguments[2 + i] = &buffers[i];
  return entry(arguments);
}
static int compare(const float *a, const double *b, int count, double tolerance) {
  for (int i = 0; i < count; ++i)
    if (!(fabs(a[i] - b[i]) <= tolerance)) {
      printf("element %d is %.9g, not %.9g\n", i, a[i], b[i]);
      return 1;
    }
  printf("equal\n");
  return 0;
}
