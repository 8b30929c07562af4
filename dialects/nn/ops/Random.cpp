//===- Random.cpp - verification and cost of random values -----------------===//
#include "dialects/nn/Dims.h"
#include "dialects/nn/NN.h"

using namespace mlir;
using namespace argent;
using namespace argent::nn;

LogicalResult RandomOp::verify() {
  if (getSeed().getType().getShape()[0] != 4)
    return emitOpError() << "(C1) the seed has 4 words, found " << getSeed().getType();
  double a = getA().convertToDouble(), b = getB().convertToDouble();
  auto outside = [&](StringRef rule) {
    return emitOpError() << "(C2) " << stringifyDistribution(getDistribution()) << " needs " << rule << ", found " << a
                         << " and " << b;
  };
  if (!std::isfinite(a) || !std::isfinite(b))
    return outside("finite numbers");
  switch (getDistribution()) {
  case Distribution::uniform:
    return a <= b ? success() : outside("low <= high");
  case Distribution::normal:
    return b >= 0 ? success() : outside("a deviation of at least 0");
  case Distribution::bernoulli:
    return a >= 0 && a <= 1 ? success() : outside("p in 0 … 1");
  }
  llvm_unreachable("a distribution without a rule");
}

// Ten rounds of two products and four exclusive ors; Box-Muller adds a logarithm, a root and a cosine.
Linear RandomOp::getFlops() {
  return (getDistribution() == Distribution::normal ? 100 : 60) * countElements(getType()).linear();
}
