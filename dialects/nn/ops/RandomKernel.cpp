//===- RandomKernel.cpp - Philox and what is made of its bits --------------===//
#include "dialects/nn/kernel/KernelBuilder.h"

#include "mlir/Dialect/Math/IR/Math.h"

#include <numbers>

using namespace mlir;
using namespace argent;
using namespace argent::nn;

namespace {

/// 32-bit words without sign, and floats made of them.
class Words {
public:
  explicit Words(KernelBuilder &kernel) : kernel_(kernel), builder_(kernel.getBuilder()) {}

  Value word(uint32_t bits) { return kernel_.constant(builder_.getI32IntegerAttr(static_cast<int32_t>(bits))); }
  Value add(Value a, Value b) { return make<arith::AddIOp>(a, b); }
  Value exclusiveOr(Value a, Value b) { return make<arith::XOrIOp>(a, b); }
  /// The lower and the upper half of a product.
  std::pair<Value, Value> multiply(Value a, Value b) {
    auto product = arith::MulUIExtendedOp::create(builder_, kernel_.getLoc(), a, b);
    return {product.getLow(), product.getHigh()};
  }

  /// Salmon et al. 2011, Parallel random numbers: as easy as 1, 2, 3.
  std::array<Value, 4> philox(std::array<Value, 4> counter, std::array<Value, 2> key) {
    for (int round = 0; round < 10; ++round) {
      auto [low0, high0] = multiply(counter[0], word(0xD2511F53));
      auto [low1, high1] = multiply(counter[2], word(0xCD9E8D57));
      counter = {exclusiveOr(exclusiveOr(high1, counter[1]), key[0]), low1,
                 exclusiveOr(exclusiveOr(high0, counter[3]), key[1]), low0};
      key = {add(key[0], word(0x9E3779B9)), add(key[1], word(0xBB67AE85))};
    }
    return counter;
  }

  /// The upper 24 bits.
  Value bits24(Value word32) { return make<arith::ShRUIOp>(word32, word(8)); }
  Value number(Type type, double value) { return kernel_.constant(builder_.getFloatAttr(type, value)); }
  /// In 0 … 1, 1 excluded; exact in f32.
  Value unit(Value word32, Type type) {
    return make<arith::MulFOp>(toFloat(bits24(word32), type), number(type, 0x1p-24));
  }
  Value toFloat(Value integer, Type type) { return arith::SIToFPOp::create(builder_, kernel_.getLoc(), type, integer); }

  template <typename Op, typename... Args> Value make(Args &&...args) {
    return Op::create(builder_, kernel_.getLoc(), std::forward<Args>(args)...).getResult();
  }

private:
  KernelBuilder &kernel_;
  OpBuilder &builder_;
};

} // namespace

static Value makeUniform(Words &words, Value w0, Type type, double low, double high) {
  Value value = words.unit(w0, type);
  if (high - low != 1)
    value = words.make<arith::MulFOp>(value, words.number(type, high - low));
  return low == 0 ? value : words.make<arith::AddFOp>(value, words.number(type, low));
}

static Value makeNormal(Words &words, Value w0, Value w1, Type type, double mean, double deviation) {
  // 1 - u0 is in 2^-24 … 1, and exact.
  Value inner = words.make<arith::SubFOp>(words.number(type, 1), words.unit(w0, type));
  Value square = words.make<arith::MulFOp>(words.make<math::LogOp>(inner), words.number(type, -2));
  Value radius = words.make<math::SqrtOp>(words.make<arith::MaxNumFOp>(square, words.number(type, 0)));
  Value angle = words.make<arith::MulFOp>(words.unit(w1, type), words.number(type, 2 * std::numbers::pi));
  Value value = words.make<arith::MulFOp>(radius, words.make<math::CosOp>(angle));
  if (deviation != 1)
    value = words.make<arith::MulFOp>(value, words.number(type, deviation));
  return mean == 0 ? value : words.make<arith::AddFOp>(value, words.number(type, mean));
}

LogicalResult RandomOp::buildKernel(KernelBuilder &kernel) {
  const Tensor seed = kernel.get(getSeed());
  Type type = kernel.getElementType(getType()), computed = kernel.getSumType(type);
  double a = getA().convertToDouble(), b = getB().convertToDouble();
  uint64_t stream = static_cast<uint64_t>(getStream());
  Groups groups = kernel.groupsOf(getResult(), [](unsigned) { return false; });
  StringRef name = stringifyDistribution(getDistribution());
  Func value = kernel.func(name, kernel.nameAxes(groups), type, [&](Args i) -> Expr {
    Expr index = i.empty() ? Expr(0) : i.front();
    for (auto [group, position] : llvm::drop_begin(llvm::zip(groups, i), i.empty() ? 0 : 1))
      index = index * kernel.extent(group.extent) + position;
    Words words(kernel);
    Type i32 = kernel.getBuilder().getI32Type();
    auto seedWord = [&](int position) { return seed(position).materialize(kernel, i32); };
    Value streamLow = words.word(static_cast<uint32_t>(stream)),
          streamHigh = words.word(static_cast<uint32_t>(stream >> 32));
    if (getStep())
      streamLow = words.add(streamLow, kernel.get(getStep())().materialize(kernel, i32));
    std::array<Value, 4> random =
        words.philox({index.materialize(kernel, i32), seedWord(2), streamLow, streamHigh}, {seedWord(0), seedWord(1)});
    Expr result;
    switch (getDistribution()) {
    case Distribution::uniform:
      result = {kernel, makeUniform(words, random[0], computed, a, b)};
      break;
    case Distribution::normal:
      result = {kernel, makeNormal(words, random[0], random[1], computed, a, b)};
      break;
    case Distribution::bernoulli: {
      Expr isOne = Expr(kernel, words.bits24(random[0])) < int64_t(std::nearbyint(a * 0x1p24));
      result = select(isOne, Expr(kernel, words.number(computed, 1)), Expr(kernel, words.number(computed, 0)));
      break;
    }
    }
    return cast(result, type);
  });
  kernel.define(getResult(), value, /*tellsApart=*/false);
  return success();
}
