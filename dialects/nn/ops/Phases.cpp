//===- Phases.cpp - strided gradients as sums without gaps -----------------===//
#include "dialects/nn/Window.h"

#include "llvm/Support/MathExtras.h"

#include <algorithm>
#include <numeric>

using namespace argent::nn;

bool Phases::exist(const Window &window) { return std::gcd(window.stride, window.dilation) == 1; }

Phases::Phases(const Window &window)
    : stride(window.stride), dilation(window.dilation), front(window.extent() - 1 - window.before),
      frontModulo(llvm::mod(front, stride)), inverse(0), taps(llvm::divideCeil(window.size, stride)),
      count(llvm::divideCeil(window.input, stride)) {
  while (inverse * dilation % stride != 1 % stride)
    ++inverse;
}

int64_t Phases::firstPosition() const {
  int64_t first = shift(0);
  for (int64_t phase = 1; phase < stride; ++phase)
    first = std::min(first, shift(phase));
  return first;
}

int64_t Phases::lastPosition() const {
  int64_t last = shift(0);
  for (int64_t phase = 1; phase < stride; ++phase)
    last = std::max(last, shift(phase));
  return last + count - 1 + dilation * (taps - 1);
}
