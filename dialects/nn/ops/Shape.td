//===- Shape.td - constants, and ops that move elements --------------------===//
#ifndef ARGENT_NN_SHAPE_TD
#define ARGENT_NN_SHAPE_TD

include "dialects/nn/NN.td"

def NN_ConstantOp : NN_ComputeOp<"constant", [ConstantLike, Known, NN_Inferred, NotDifferentiable, NN_Numbers]> {
  let summary = "a tensor known at compile time";
  let arguments = (ins ElementsAttr:$value);
  let results = (outs NN_Tensor:$y);
  let hasFolder = 1;
  let assemblyFormat = "$value attr-dict";
}
def NN_BroadcastOp : NN_ComputeOp<"broadcast", [Free, Rearranging, NN_Differentiable]> {
  let summary = "stretches to the result's shape, aligned at the right";
  let description = [{ (C1) a dimension of x is the result's or 1; the result has at least x's rank. }];
  let arguments = (ins NN_Tensor:$x);
  let results = (outs NN_Tensor:$y);
  let hasVerifier = 1;
  let hasFolder = 1;
  let hasCanonicalizer = 1;
  let assemblyFormat = "$x attr-dict `:` type($x) `to` type($y)";
}
def NN_ReshapeOp : NN_ComputeOp<"reshape", [Free, Relabeling, Rearranging, NN_Differentiable, NN_Layer<["getAxisInResult"]>]> {
  let summary = "the same elements in row-major order, another shape";
  let description = [{ (C1) Both shapes hold equally many elements, as multiples of N too. }];
  let arguments = (ins NN_Tensor:$x);
  let results = (outs NN_Tensor:$y);
  let hasVerifier = 1;
  let hasFolder = 1;
  let hasCanonicalizer = 1;
  let assemblyFormat = "$x attr-dict `:` type($x) `to` type($y)";
}
def NN_TransposeOp : NN_ComputeOp<"transpose", [NN_Inferred, Rearranging, NN_Differentiable, NN_Layer<["getAxisInResult"]>], ["looksOnce"]> {
  let summary = "result dimension i is dimension permutation[i] of x";
  let description = [{ (C1) the permutation names every dimension of x once. }];
  let arguments = (ins NN_Tensor:$x, DenseI64ArrayAttr:$permutation);
  let results = (outs NN_Tensor:$y);
  let hasFolder = 1;
  let assemblyFormat = "$x $permutation attr-dict `:` type($x)";
}
def NN_CountOp : NN_ComputeOp<"count", [Known, NN_Differentiable, NN_Numbers, DeclareOpInterfaceMethods<ShapeOpInterface>]> {
  let summary = "how many elements x has along the axes (N included), as a float";
  let description = [{ (C1) axes are distinct, sorted and within the rank. Folds when N is not among them. Does not look at
    the elements: gradient 0. }];
  let arguments = (ins NN_Tensor:$x, DenseI64ArrayAttr:$axes);
  let results = (outs NN_ScalarTensor:$y);
  let hasFolder = 1;
  let hasVerifier = 1;
  let assemblyFormat = "$x $axes attr-dict `:` type($x) `->` type($y)";
}

#endif // ARGENT_NN_SHAPE_TD
