//===- Random.td - random values by place ----------------------------------===//
#ifndef ARGENT_NN_RANDOM_TD
#define ARGENT_NN_RANDOM_TD

include "dialects/nn/NN.td"

def NN_Uniform : I32EnumAttrCase<"uniform", 0>;
def NN_Normal : I32EnumAttrCase<"normal", 1>;
def NN_Bernoulli : I32EnumAttrCase<"bernoulli", 2>;
def NN_Distribution : I32EnumAttr<"Distribution", "distribution", [NN_Uniform, NN_Normal, NN_Bernoulli]> {
  let cppNamespace = "::argent::nn";
  let genSpecializedAttr = 0;
}
def NN_DistributionAttr : EnumAttr<NN_Dialect, NN_Distribution, "distribution">;

def NN_RandomOp : NN_ComputeOp<"random", [Pointwise, Costly, Recomputed, NotDifferentiable]> {
  let summary = "random values, each a function of seed, stream, update and its place in the tensor";
  let description = [{
    `seed` holds four 32-bit words: the seed's lower and upper half, the update, and one that is not used. The element with the row-major
    index i in the logical tensor (with the call's N) has the random words

        w0, w1, _, _ = philox4x32-10(counter = (i, update, stream's lower half + step, stream's upper half), key = seed)

    (Salmon et al. 2011), whatever the layout, tile, fusion, target or thread; with u0 = (w0 >> 8) * 2^-24, u1 = (w1 >> 8) * 2^-24 it is

    | distribution | a, b            | value                                                                           |
    |--------------|-----------------|---------------------------------------------------------------------------------|
    | `uniform`    | low, high       | low + u0 * (high - low), rounded twice: the same bits everywhere                |
    | `normal`     | mean, deviation | mean + deviation * sqrt(-2 log(1 - u0)) * cos(2 pi u1) (Box and Muller 1958)    |
    | `bernoulli`  | p, 0            | 1 where w0 >> 8 < p * 2^24 (rounded), else 0                                    |

    Two ops of different streams are never equal; of one stream they are. In a loop `step` is its step, so that each draws anew; elsewhere it is
    0.

    | value  | shape |
    |--------|-------|
    | `seed` | `[4]` |
    | `step` | `[]`  |
    | result | any   |

    * (C1) `seed` has 4 words.
    * (C2) uniform: low <= high; normal: deviation >= 0; bernoulli: p in 0 … 1. All are finite.

    ```mlir
    func.func @example(%seed: tensor<4xi32>) -> tensor<?x13xf32> {
      %y = nn.random normal 0.0, 0.1 stream 81985529216486895 seed %seed : tensor<4xi32> -> tensor<?x13xf32>
      return %y : tensor<?x13xf32>
    }
    ```
  }];
  let arguments = (ins NN_DistributionAttr:$distribution, F64Attr:$a, F64Attr:$b, I64Attr:$stream, 1DTensorOf<[I32]>:$seed, Optional<0DTensorOf<[I32]>>:$step);
  let results = (outs NN_FloatTensor:$y);
  let hasVerifier = 1;
  let assemblyFormat = "$distribution $a `,` $b `stream` $stream `seed` $seed attr-dict `:` type($seed) (`step` $step^ `:` type($step))? `->` type($y)";
}

#endif // ARGENT_NN_RANDOM_TD
