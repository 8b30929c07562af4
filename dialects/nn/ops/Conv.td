//===- Conv.td - convolution and its two gradients -------------------------===//
#ifndef ARGENT_NN_CONV_TD
#define ARGENT_NN_CONV_TD

include "dialects/nn/NN.td"

def NN_ConvOp : NN_ComputeOp<"conv", [NN_Inferred, Tiled, Contracting, NN_Differentiable, NN_Layer<["getConnections", "getAxisInResult", "getWindow"]>], ["getWantedLayout"]> {
  let summary = "convolution over the spatial axes";
  let description = [{
    Slides `filter` over `input`; each result element is the sum, over the window and the input channels of its group, of
    the products. The filter is not flipped (cross-correlation). One, two or three spatial axes.

    | value    | shape               | axes                                   |
    |----------|---------------------|----------------------------------------|
    | `input`  | `[N, H, W, C]`      | batch, row, column, channel            |
    | `filter` | `[R, S, C/g, K]`    | row, column, channel, output channel   |
    | result   | `[N, P, Q, K]`      | batch, row, column, output channel     |

    strides, dilations: one number for each spatial axis; padding: (before, after) for each.

    * (C1) `C` is `groups` times the filter's channels, and `groups` divides `K`.
    * (C2) strides and dilations are at least 1, padding at least 0.
    * (C3) the window fits: `dilated(R) <= H + padding`. P = (H + padding - dilated(R)) / stride + 1, rounded down (Window.h).
    * (C4) input and filter have one element type, and both one, two or three spatial axes.
    * (C5) one stride and dilation for each spatial axis, and two numbers of padding.
    * (C6) no dimension but the batch is open.

    ```mlir
    func.func @example(%x: tensor<?x8x8x3xf32>, %f: tensor<3x3x3x16xf32>) -> tensor<?x4x4x16xf32> {
      %y = nn.conv %x, %f strides [2, 2] padding [1, 1, 1, 1] dilations [1, 1] : tensor<?x8x8x3xf32>, tensor<3x3x3x16xf32>
      return %y : tensor<?x4x4x16xf32>
    }
    ```

    Gradient: `conv_input_grad` (full convolution) and `conv_filter_grad`.
  }];
  let arguments = (ins NN_FloatTensor:$input, NN_FloatTensor:$filter, DenseI64ArrayAttr:$strides, DenseI64ArrayAttr:$padding,
                       DenseI64ArrayAttr:$dilations, DefaultValuedAttr<I64Attr, "1">:$groups);
  let results = (outs NN_FloatTensor:$y);
  let assemblyFormat = "$input `,` $filter `strides` $strides `padding` $padding `dilations` $dilations (`groups` $groups^)? attr-dict `:` type($input) `,` type($filter)";
}
def NN_ConvInputGradOp : NN_ComputeOp<"conv_input_grad", [Contracting, NN_Differentiable, NN_Layer<["getConnections", "getAxisInResult", "getWindow"]>], ["getWantedLayout"]> {
  let summary = "the gradient of conv to its input: the full convolution of the output's gradient with the turned filter";
  let description = [{
    Attributes are the convolution's; the result's type is its input's. (C1) – (C6) are those of `conv`.

    | value      | shape            |
    |------------|------------------|
    | `gradient` | `[N, P, Q, K]`   |
    | `filter`   | `[R, S, C/g, K]` |
    | result     | `[N, H, W, C]`   |

    * (C7) the gradient has the convolution's result type.

    ```mlir
    func.func @example(%g: tensor<?x4x4x16xf32>, %f: tensor<3x3x3x16xf32>) -> tensor<?x8x8x3xf32> {
      %y = nn.conv_input_grad %g, %f strides [2, 2] padding [1, 1, 1, 1] dilations [1, 1] : tensor<?x4x4x16xf32>, tensor<3x3x3x16xf32> -> tensor<?x8x8x3xf32>
      return %y : tensor<?x8x8x3xf32>
    }
    ```
  }];
  let arguments = (ins NN_FloatTensor:$gradient, NN_FloatTensor:$filter, DenseI64ArrayAttr:$strides, DenseI64ArrayAttr:$padding,
                       DenseI64ArrayAttr:$dilations, DefaultValuedAttr<I64Attr, "1">:$groups);
  let results = (outs NN_FloatTensor:$y);
  let hasVerifier = 1;
  let assemblyFormat = "$gradient `,` $filter `strides` $strides `padding` $padding `dilations` $dilations (`groups` $groups^)? attr-dict `:` type($gradient) `,` type($filter) `->` type($y)";
}
def NN_ConvFilterGradOp : NN_ComputeOp<"conv_filter_grad", [Contracting, NN_Differentiable, NN_Rows<["sumsRows"]>], ["getWantedLayout"]> {
  let summary = "the gradient of conv to its filter: the convolution of the input with the output's gradient";
  let description = [{
    Attributes are the convolution's; the result's type is its filter's. Sums over N. (C1) – (C6) are those of `conv`.

    | value      | shape            |
    |------------|------------------|
    | `input`    | `[N, H, W, C]`   |
    | `gradient` | `[N, P, Q, K]`   |
    | result     | `[R, S, C/g, K]` |

    * (C7) the gradient has the convolution's result type.

    ```mlir
    func.func @example(%x: tensor<?x8x8x3xf32>, %g: tensor<?x4x4x16xf32>) -> tensor<3x3x3x16xf32> {
      %y = nn.conv_filter_grad %x, %g strides [2, 2] padding [1, 1, 1, 1] dilations [1, 1] : tensor<?x8x8x3xf32>, tensor<?x4x4x16xf32> -> tensor<3x3x3x16xf32>
      return %y : tensor<3x3x3x16xf32>
    }
    ```
  }];
  let arguments = (ins NN_FloatTensor:$input, NN_FloatTensor:$gradient, DenseI64ArrayAttr:$strides, DenseI64ArrayAttr:$padding,
                       DenseI64ArrayAttr:$dilations, DefaultValuedAttr<I64Attr, "1">:$groups);
  let results = (outs NN_FloatTensor:$y);
  let hasVerifier = 1;
  let assemblyFormat = "$input `,` $gradient `strides` $strides `padding` $padding `dilations` $dilations (`groups` $groups^)? attr-dict `:` type($input) `,` type($gradient) `->` type($y)";
}

#endif // ARGENT_NN_CONV_TD
