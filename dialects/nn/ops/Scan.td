//===- Scan.td - the loop over time ----------------------------------------===//
#ifndef ARGENT_NN_SCAN_TD
#define ARGENT_NN_SCAN_TD

include "dialects/nn/NN.td"
include "mlir/Interfaces/ControlFlowInterfaces.td"

def NN_ScanOp : NN_Op<"scan", [IsolatedFromAbove, SingleBlock, AttrSizedOperandSegments, AttrSizedResultSegments, RecursiveMemoryEffects, NN_Differentiable]> {
  let summary = "a loop over time that stays a loop: every recurrent layer";
  let description = [{
    The body is computed `steps` times, from the first step to the last, or, `reverse`, from the last to the first. It sees nothing but its
    arguments: the number of the step, of each source its part at the step, the carried values as the step before left them (at the first
    step `initial`), and the captured values. It ends with nn.next: the carried values of the next step, and what is yielded. The
    results are the yields of all steps, stacked, and the carried values that the last step left. Dimension 1 is time: a batch of
    sequences is `[N, T, C]`. `layer` names the layer of the source that it is: this is the RNN op of the dialect, of any cell.

    | value      | shape in the body | shape outside |
    |------------|-------------------|---------------|
    | `sources`  | `[A, *S]`         | `[A, T, *S]`  |
    | `initial`  | any               | the same      |
    | `captured` | any               | the same      |
    | `stacked`  | `[A, *S]`         | `[A, T, *S]`  |
    | `last`     | any               | the same      |

    * (C1) there is a step.
    * (C2) a source has `steps` at dimension 1.
    * (C3) the body's arguments are the step (`tensor<i32>`), the parts of the sources, the carried and the captured values.
    * (C4) nn.next gives every carried value in its type.
    * (C5) the results are the yields, stacked, and the carried values.

    Gradient: a scan the other way, over the gradients of what was yielded and over a tape: what its body, the reverse of this one, reads of the
    step's values, which the scan yields, too. It carries the gradients of the carried and of the captured values.

    An Elman net:
    ```mlir
    func.func @example(%x: tensor<?x28x8xf32>, %h0: tensor<?x16xf32>, %W: tensor<8x16xf32>, %U: tensor<16x16xf32>) -> tensor<?x28x16xf32> {
      %y, %last = nn.scan "rnn" 28 (%t) over (%x_t = %x : tensor<?x28x8xf32>) carry (%h = %h0 : tensor<?x16xf32>)
          with (%w = %W : tensor<8x16xf32>, %u = %U : tensor<16x16xf32>) -> (tensor<?x28x16xf32>, tensor<?x16xf32>) {
        %0 = nn.matmul %x_t, %w : tensor<?x8xf32>, tensor<8x16xf32>
        %1 = nn.matmul %h, %u : tensor<?x16xf32>, tensor<16x16xf32>
        %2 = nn.add %0, %1 : tensor<?x16xf32>, tensor<?x16xf32>
        %next = nn.tanh %2 : tensor<?x16xf32>
        nn.next carry (%next : tensor<?x16xf32>) yield (%next : tensor<?x16xf32>)
      }
      return %y : tensor<?x28x16xf32>
    }
    ```
  }];
  let arguments = (ins OptionalAttr<StrAttr>:$layer, I64Attr:$steps, UnitAttr:$reverse, Variadic<NN_Tensor>:$sources, Variadic<NN_Tensor>:$initial,
                       Variadic<NN_Tensor>:$captured);
  let results = (outs Variadic<NN_Tensor>:$stacked, Variadic<NN_Tensor>:$last);
  let regions = (region SizedRegion<1>:$body);
  let hasCustomAssemblyFormat = 1;
  let hasVerifier = 1;
  let hasCanonicalizer = 1;
  let extraClassDeclaration = [{
    /// `[A, T, *S]` of `[A, *S]`; null for a scalar, which has no place for time.
    static ::mlir::RankedTensorType getStackedType(::mlir::Type step, int64_t steps);
    /// `[A, *S]` of `[A, T, *S]`.
    static ::mlir::RankedTensorType getStepType(::mlir::Type stacked);

    NextOp getNext();
    ::mlir::BlockArgument getStep() { return getBody().getArgument(0); }
    /// The body's arguments, by what they stand for.
    ::llvm::MutableArrayRef<::mlir::BlockArgument> getSourceArguments();
    ::llvm::MutableArrayRef<::mlir::BlockArgument> getCarriedArguments();
    ::llvm::MutableArrayRef<::mlir::BlockArgument> getCapturedArguments();
    /// What an argument's elements are those of, outside: a source or a captured value. Null: the step or a carried value.
    ::mlir::Value getOrigin(::mlir::BlockArgument argument);
    /// What a value that a body captures is, outside of all scans that capture it; of another value, itself.
    static ::mlir::Value getCapturedOrigin(::mlir::Value value);
    /// What a step computes of a carried value. Where the rows of a batch have lengths of their own, nn.next gives a row past its length what it
    /// had: then `value` is what the others get, and `rows` which those are. Null: all.
    struct Computed { ::mlir::Value value, rows; };
    Computed getComputed(unsigned carried);
    /// The argument of the body that stands for an operand.
    ::mlir::BlockArgument getArgumentOf(::mlir::OpOperand &operand);
  }];
}

def NN_NextOp : NN_Op<"next", [Pure, Terminator, HasParent<"ScanOp">, AttrSizedOperandSegments, NotDifferentiable]> {
  let summary = "the end of a step of nn.scan: what is carried on, and what is yielded";
  let description = [{
    | value     | shape                                  |
    |-----------|----------------------------------------|
    | `carried` | those of the carried values of nn.scan |
    | `yielded` | `[A, *S]`                              |

    The cumulative sum of time, from the last step on:
    ```mlir
    func.func @example(%x: tensor<?x5xf32>, %zero: tensor<?xf32>) -> tensor<?x5xf32> {
      %y, %last = nn.scan 5 (%t) reverse over (%x_t = %x : tensor<?x5xf32>) carry (%sum = %zero : tensor<?xf32>)
          -> (tensor<?x5xf32>, tensor<?xf32>) {
        %0 = nn.add %sum, %x_t : tensor<?xf32>, tensor<?xf32>
        nn.next carry (%0 : tensor<?xf32>) yield (%0 : tensor<?xf32>)
      }
      return %y : tensor<?x5xf32>
    }
    ```
  }];
  let arguments = (ins Variadic<NN_Tensor>:$carried, Variadic<NN_Tensor>:$yielded);
  let assemblyFormat = "(`carry` `(` $carried^ `:` type($carried) `)`)? (`yield` `(` $yielded^ `:` type($yielded) `)`)? attr-dict";
}

#endif // ARGENT_NN_SCAN_TD
