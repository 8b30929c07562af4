//===- InterpretRandom.cpp - the meaning of nn.random ----------------------===//
#include "dialects/interpreter/Interpreter.h"

#include <array>
#include <numbers>

using namespace mlir;

namespace argent::nn {

/// Philox4x32-10 (Salmon et al. 2011, Parallel random numbers: as easy as 1, 2, 3), from the paper: the reference
/// shares no code with kernels or the runtime.
static std::array<uint32_t, 4> philox(std::array<uint32_t, 4> c, std::array<uint32_t, 2> key) {
  for (int round = 0; round < 10; ++round) {
    uint64_t a = uint64_t(0xD2511F53) * c[0], b = uint64_t(0xCD9E8D57) * c[2];
    c = {uint32_t(b >> 32) ^ c[1] ^ key[0], uint32_t(b), uint32_t(a >> 32) ^ c[3] ^ key[1], uint32_t(a)};
    key = {key[0] + 0x9E3779B9, key[1] + 0xBB67AE85};
  }
  return c;
}

/// The value of one element, rounded as kernels of f32 and f64 round it.
static double valueOf(RandomOp op, uint32_t w0, uint32_t w1) {
  double a = op.getA().convertToDouble(), b = op.getB().convertToDouble();
  double u0 = (w0 >> 8) * 0x1p-24, u1 = (w1 >> 8) * 0x1p-24;
  switch (op.getDistribution()) {
  case Distribution::uniform:
    if (op.getType().getElementType().isF64())
      return a + u0 * (b - a);
    return static_cast<float>(a) + static_cast<float>(u0) * static_cast<float>(b - a);
  case Distribution::normal:
    return a + b * std::sqrt(-2 * std::log(1 - u0)) * std::cos(2 * std::numbers::pi * u1);
  case Distribution::bernoulli:
    return (w0 >> 8) < std::nearbyint(a * 0x1p24);
  }
  llvm_unreachable("a distribution without a meaning");
}

std::optional<Reference> evaluateRandom(Operation *op, ArrayRef<Reference> operands, ArrayRef<int64_t> shape) {
  auto random = dyn_cast<RandomOp>(op);
  if (!random)
    return std::nullopt;
  auto word = [&](size_t i) { return static_cast<uint32_t>(static_cast<int64_t>(operands[0].values[i])); };
  uint64_t stream = static_cast<uint64_t>(random.getStream());
  uint32_t step = random.getStep() ? static_cast<uint32_t>(static_cast<int64_t>(operands[1].values[0])) : 0;
  Reference result(shape);
  for (auto [index, value] : llvm::enumerate(result.values)) {
    auto words = philox({static_cast<uint32_t>(index), word(2), static_cast<uint32_t>(stream) + step,
                         static_cast<uint32_t>(stream >> 32)},
                        {word(0), word(1)});
    value = valueOf(random, words[0], words[1]);
  }
  return result;
}

} // namespace argent::nn
