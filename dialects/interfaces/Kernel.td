//===- Kernel.td - an op states its algorithm in hl ------------------------===//
#ifndef ARGENT_INTERFACES_KERNEL_TD
#define ARGENT_INTERFACES_KERNEL_TD

include "mlir/IR/OpBase.td"

def KernelOpInterface : OpInterface<"KernelOpInterface"> {
  let cppNamespace = "::argent";
  let description = [{
    The op's algorithm as hl funcs, without a schedule: the lowering of `nn.fused` calls it for each op of the region, in order, and
    the op asks the builder for its operands and defines its results (dialects/nn/kernel/KernelBuilder.h).
  }];
  let methods = [
    InterfaceMethod<[{Emits the hl funcs of this op and registers one for each result.}],
      "::mlir::LogicalResult", "buildKernel", (ins "::argent::nn::KernelBuilder &":$kernel)>,
    InterfaceMethod<[{
      Whether the op looks at each element of this operand about once, so that computing it there repeats no work. Asked of
      ops that are neither Pointwise nor Free.
    }], "bool", "looksOnce", (ins "::mlir::OpOperand &":$operand), "", [{ return false; }]>,
    InterfaceMethod<[{
      Of a Moving op: whether reading through it costs no more than reading its operand, so that even a product may.
    }], "bool", "isView", (ins), "", [{ return false; }]>,
    InterfaceMethod<[{
      Whether the op reduces windows that do not overlap and need no padding: it may read a tile of results from registers.
    }], "bool", "reducesDisjointWindows", (ins), "", [{ return false; }]>,
    InterfaceMethod<[{
      Whether its kernel stores the result element by element, so that it can leave a border of zeros around it.
    }], "bool", "storesElements", (ins), "", [{
      return ConcreteOp::template hasTrait<::argent::Pointwise>() || ConcreteOp::template hasTrait<::argent::Free>() ||
             ConcreteOp::template hasTrait<::argent::Moving>() || ConcreteOp::template hasTrait<::argent::Known>();
    }]>,
    InterfaceMethod<[{
      Whether the result for sums of operands, all of them at once, is the sum of their results.
    }], "bool", "isAdditive", (ins), "", [{
      return ConcreteOp::template hasTrait<::argent::Rearranging>() || ConcreteOp::template hasTrait<::argent::Additive>();
    }]>,
    InterfaceMethod<[{
      The `#nn.layout` that the op wants this operand in; null if a dense one serves as well. Zeros around an image: it then loads
      without a predicate. Panels of the last dimension, the output channels: the inner loop then streams one contiguous line for
      each step of the reduction.
    }], "::mlir::Attribute", "getWantedLayout", (ins "::mlir::OpOperand &":$operand), "", [{ return {}; }]>,
    InterfaceMethod<[{
      Where each kernel of the op first brings this operand in another order: makes that an op of its own, before this one, which reads its
      result from now on. A loop whose steps all read the same operand then does it once. False: there is nothing to be done.
    }], "bool", "separateRearrangement", (ins "::mlir::OpOperand &":$operand), "", [{ return false; }]>
  ];
}

// What the op's computation is like; one without these is an anchor: a loop of its own, a window, a product, a reduction ...

class Kernel_Trait<string name> : NativeOpTrait<name> { let cppNamespace = "::argent"; }
/// Each element of the result depends on one element of each operand, at the broadcast index.
def Pointwise : Kernel_Trait<"Pointwise">;
/// Of a Pointwise op: evaluating it costs more than a store and a load (a transcendental function, a division).
def Costly : Kernel_Trait<"Costly">;
/// Of a Pointwise op: made from nothing that is stored, and large where it would be. Each kernel that wants it at its own shape
/// computes it again.
def Recomputed : Kernel_Trait<"Recomputed">;
/// All operands stretch to the result's shape, so that none needs to be stretched before.
def Broadcasting : Kernel_Trait<"Broadcasting">;
/// Moves no element of a dense tensor, or only repeats them: costs nothing inside a kernel.
def Free : Kernel_Trait<"Free">;
/// Of a Free op with one operand: gives the elements other indices, in the same order. Of a dense value it is the same memory.
def Relabeling : Kernel_Trait<"Relabeling">;
/// Each element of the result is an element of an operand, at a place that the op alone says.
def Rearranging : Kernel_Trait<"Rearranging">;
/// Each element of the result is an element of an operand, at an index that is computed from the result's; or a constant.
def Moving : Kernel_Trait<"Moving">;
/// The results of the operands one behind the other along an axis: a kernel computes it, and the pointwise ops that follow, piece by piece.
def Joining : Kernel_Trait<"Joining">;
/// Known without a load: cloned into each kernel that wants it.
def Known : Kernel_Trait<"Known">;
/// Each element of the result is computed from one row of the operand.
def Rowwise : Kernel_Trait<"Rowwise">;
/// Reduces its operand, which may be a Rowwise op of the same kernel.
def Reducing : Kernel_Trait<"Reducing">;
/// A product whose kernel keeps a tile of sums in registers and hands it to what follows.
def Tiled : Kernel_Trait<"Tiled">;
/// Sums of products of its operands' elements, over axes of both.
def Contracting : Kernel_Trait<"Contracting">;
/// Of a Pointwise op: a sum of its operands, of either sign.
def Additive : Kernel_Trait<"Additive">;

#endif // ARGENT_INTERFACES_KERNEL_TD
