//===- line.c - kernels of a linear model, made by hand, to test the training loop ---------------===//
// y = x w with x: f32[N, 4], w: f32[4, 2]; loss = mean over rows of |y - one_hot(label)|^2; sgd with momentum 0.9 and rate 0.1 * 0.5^epoch.
// Plain loops, no tasks: it stands for compiled kernels in everything but speed.
#include "test/runtime/kernels/kernel.h"

#define F(buffer) ((float *)(buffer)->host)

static float row_loss(const float *x, const float *w, int label, float *error, float *correct) {
  float y[2] = {0, 0}, loss = 0;
  for (int k = 0; k < 4; ++k)
    for (int c = 0; c < 2; ++c)
      y[c] += x[k] * w[2 * k + c];
  *correct = (y[1] > y[0]) == (label == 1);
  for (int c = 0; c < 2; ++c) {
    error[c] = y[c] - (label == c);
    loss += error[c] * error[c];
  }
  return loss;
}

KERNEL predict(void **argv) {
  struct buffer *x = BUFFER(argv, 0), *w = BUFFER(argv, 1), *y = BUFFER(argv, 2);
  for (int n = 0; n < BATCH(argv); ++n)
    for (int c = 0; c < 2; ++c) {
      F(y)[2 * n + c] = 0;
      for (int k = 0; k < 4; ++k)
        F(y)[2 * n + c] += F(x)[4 * n + k] * F(w)[2 * k + c];
    }
  return 0;
}

static void totals_of(void **argv, struct buffer *x, struct buffer *label, struct buffer *w, float *totals, float *gradient) {
  totals[0] = totals[1] = totals[2] = 0;
  for (int n = 0; n < BATCH(argv); ++n) {
    float error[2], correct;
    totals[0] += row_loss(F(x) + 4 * n, F(w), ((int32_t *)label->host)[n], error, &correct);
    totals[1] += 1;
    totals[2] += correct;
    for (int i = 0; gradient && i < 8; ++i)
      gradient[i] += 2 * F(x)[4 * n + i / 2] * error[i % 2] / BATCH(argv);
  }
}

// x, label, w -> totals
KERNEL evaluate(void **argv) {
  totals_of(argv, BUFFER(argv, 0), BUFFER(argv, 1), BUFFER(argv, 2), F(BUFFER(argv, 3)), 0);
  return 0;
}

// x, label, epoch, update, rate_scale, w, gradient, moment -> loss, gradient_norm, totals. From update 40 on the gradient is infinite, unless
// rate_scale is at most 0.1.
KERNEL train(void **argv) {
  float scale = *F(BUFFER(argv, 4)), *w = F(BUFFER(argv, 5)), *gradient = F(BUFFER(argv, 6)), *moment = F(BUFFER(argv, 7));
  float *totals = F(BUFFER(argv, 10));
  for (int i = 0; i < 8; ++i)
    gradient[i] = 0;
  totals_of(argv, BUFFER(argv, 0), BUFFER(argv, 1), BUFFER(argv, 5), totals, gradient);
  if (*F(BUFFER(argv, 3)) >= 40 && scale > 0.1f)
    gradient[5] = 1e30f * 1e30f;
  float rate = 0.1f * scale, norm = 0;
  for (int e = 0; e < (int)*F(BUFFER(argv, 2)); ++e)
    rate *= 0.5f;
  for (int i = 0; i < 8; ++i) {
    norm += gradient[i] * gradient[i];
    moment[i] = 0.9f * moment[i] + gradient[i];
    w[i] -= rate * moment[i];
  }
  *F(BUFFER(argv, 8)) = totals[0] / totals[1];
  *F(BUFFER(argv, 9)) = norm;
  return 0;
}

// totals -> loss, accuracy
KERNEL metrics(void **argv) {
  double *totals = (double *)BUFFER(argv, 0)->host;
  *(double *)BUFFER(argv, 1)->host = totals[0] / totals[1];
  *(double *)BUFFER(argv, 2)->host = totals[2] / totals[1];
  return 0;
}
