//===- SumOfProduct.h - factors that a sum does not see --------------------===//
#ifndef ARGENT_COMPILER_GRAPH_SUMOFPRODUCT_H
#define ARGENT_COMPILER_GRAPH_SUMOFPRODUCT_H

#include "mlir/IR/PatternMatch.h"

namespace argent {

/// sum(a * b) is sum(a) * b where b does not vary along the axes of the sum; the same for a quotient and a sign.
///
/// What normalisation needs of it: its gradients to scale, mean and variance are sums of g * d * s and g * d * r and g
/// * r * s with r and s per channel. With the factors outside, sum(g * d) and sum(g) are all that is left, each
/// computed once (Ioffe and Szegedy 2015, section 3). Changes results by reassociation only.
void populateSumOfProductPatterns(mlir::RewritePatternSet &patterns);

} // namespace argent

#endif // ARGENT_COMPILER_GRAPH_SUMOFPRODUCT_H
