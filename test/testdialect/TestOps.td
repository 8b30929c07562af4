//===- TestOps.td - ops with regions, for tests -------------------------------===//
// nn has no region but a kernel's. What passes promise of any op with a region is tested with these.
#ifndef ARGENT_TEST_TESTDIALECT_TESTOPS_TD
#define ARGENT_TEST_TESTDIALECT_TESTOPS_TD

include "dialects/nn/NN.td"

def Test_Dialect : Dialect {
  let name = "test";
  let cppNamespace = "::argent::test";
  let dependentDialects = ["::argent::nn::NNDialect"];
}

class Test_Op<string mnemonic, list<Trait> traits = []> : Op<Test_Dialect, mnemonic, traits>;

def Test_StepOp : Test_Op<"step", [Pure, IsolatedFromAbove, SingleBlock, NN_Differentiable]> {
  let summary = "computes its body once, of what its operands give the body's arguments: a loop of one step";
  let description = [{
    ```mlir
    %y = test.step(%x, %w) : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32> {
    ^bb0(%a: tensor<4xf32>, %b: tensor<4xf32>):
      %0 = nn.mul %a, %b : tensor<4xf32>, tensor<4xf32>
      test.yield %0 : tensor<4xf32>
    }
    ```
    Gradient: a second step, whose body is the reverse of the first one's. What that reads of the first is stored by it: it is replaced by
    one with further results.
  }];
  let arguments = (ins Variadic<NN_Tensor>:$inputs);
  let results = (outs Variadic<NN_Tensor>:$results);
  let regions = (region SizedRegion<1>:$body);
  let assemblyFormat = "`(` $inputs `)` `:` functional-type($inputs, $results) attr-dict-with-keyword $body";
}

def Test_ScopeOp : Test_Op<"scope", [SingleBlock, NotDifferentiable]> {
  let summary = "computes its body, which sees all around it";
  let results = (outs Variadic<NN_Tensor>:$results);
  let regions = (region SizedRegion<1>:$body);
  let assemblyFormat = "(`->` type($results)^)? attr-dict-with-keyword $body";
}

def Test_YieldOp : Test_Op<"yield", [Pure, Terminator, ParentOneOf<["StepOp", "ScopeOp"]>]> {
  let summary = "the results of the op around it";
  let arguments = (ins Variadic<NN_Tensor>:$values);
  let assemblyFormat = "($values^ `:` type($values))? attr-dict";
}

#endif // ARGENT_TEST_TESTDIALECT_TESTOPS_TD
