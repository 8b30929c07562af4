//===- Layout.cpp - physical layouts of what kernels exchange --------------===//
//   1. For each result of a kernel, ask its readers for the zeros that they want around it: a convolution for its
//      padding, an input gradient for the turned window. The largest wish on each side wins; all readers then load in
//      range, without a predicate.
//   2. Grant it where the result is written element by element (pointwise, pooling). A product's kernel writes
//      flattened pixels, and a value that leaves the function, is stored or is seen through a reshape is dense: there
//      the reader pads inside.
//   3. A parameter's gradient lies in its arena like the parameter: packed. So is what a kernel makes of parameters for
//      products to read (a transposed weight, a mask's): panels are made once, in a loop before its first step.
//   4. Write the layouts on the operands and results of every kernel.
// A border costs one store for each of its elements, once; padding inside costs a copy of the image in each reader
// (1 to 5% of a convolution; compiler/schedule/README.md, staging).
#include "compiler/Passes.h"
#include "dialects/nn/NN.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "llvm/ADT/StringMap.h"

using namespace mlir;

namespace argent {
#define GEN_PASS_DEF_LAYOUT
#include "compiler/Passes.h.inc"

namespace {

using namespace nn;
using Border = SmallVector<int64_t>; // (before, after) for each dimension

/// Whether the kernel writes its one result element by element, so that it can leave zeros around it.
bool writesElements(FusedOp kernel) {
  return kernel.getNumResults() == 1 && llvm::all_of(kernel.getBody().front().without_terminator(), [](Operation &op) {
           return cast<KernelOpInterface>(op).storesElements();
         });
}

struct Layout : impl::LayoutBase<Layout> {
  void runOnOperation() override {
    getOperation().walk([&](ParameterOp parameter) {
      if (parameter.getLayoutAttr())
        parameterLayouts_[parameter.getPath()] = parameter.getLayoutAttr();
    });
    for (func::FuncOp function : getOperation().getOps<func::FuncOp>()) {
      function.walk([&](FusedOp kernel) { setResultLayouts(kernel); });
      function.walk([&](FusedOp kernel) { setOperandLayouts(kernel); });
    }
  }

private:
  void setResultLayouts(FusedOp kernel) {
    SmallVector<Attribute> layouts;
    for (Value result : kernel.getResults()) {
      LayoutAttr layout = gradientLayout(result);
      if (!layout)
        layout = panelLayout(kernel, result);
      layouts.push_back(layout ? Attribute(layout) : borderLayout(kernel, result));
    }
    kernel.setResultLayoutsAttr(ArrayAttr::get(&getContext(), layouts));
  }

  /// Step 3: the layout of the parameter whose gradient it is.
  LayoutAttr gradientLayout(Value result) {
    for (Operation *user : result.getUsers())
      if (auto gradient = dyn_cast<GradientOp>(user))
        return parameterLayouts_.lookup(gradient.getPath());
    return {};
  }

  /// Step 3: the panels that a product reads, if only kernels look.
  LayoutAttr panelLayout(FusedOp kernel, Value result) {
    if (!writesElements(kernel) || !cast<RankedTensorType>(result.getType()).hasStaticShape())
      return {};
    SmallVector<OpOperand *> uses;
    if (!findUsesInKernels(result, uses))
      return {};
    for (OpOperand *use : uses)
      if (auto op = dyn_cast<KernelOpInterface>(use->getOwner()))
        if (auto wanted = dyn_cast_or_null<LayoutAttr>(op.getWantedLayout(*use)); wanted && wanted.getPack())
          return wanted;
    return {};
  }

  /// The uses of a value in the bodies of kernels, also of those in loops that capture it; false: there are others.
  static bool findUsesInKernels(Value value, SmallVectorImpl<OpOperand *> &uses) {
    for (OpOperand &use : value.getUses()) {
      if (auto reader = dyn_cast<FusedOp>(use.getOwner())) {
        for (OpOperand &inner : reader.getBody().getArgument(use.getOperandNumber()).getUses())
          uses.push_back(&inner);
        continue;
      }
      auto scan = dyn_cast<ScanOp>(use.getOwner());
      bool isCaptured = scan && llvm::is_contained(scan.getCapturedArguments(), scan.getArgumentOf(use));
      if (!isCaptured || !findUsesInKernels(scan.getArgumentOf(use), uses))
        return false;
    }
    return true;
  }

  /// Steps 1 and 2.
  Attribute borderLayout(FusedOp kernel, Value result) {
    Attribute dense = UnitAttr::get(&getContext());
    if (!writesElements(kernel))
      return dense;
    Border border(2 * cast<RankedTensorType>(result.getType()).getRank(), 0);
    for (OpOperand &use : result.getUses()) {
      auto reader = dyn_cast<FusedOp>(use.getOwner());
      if (!reader)
        return dense;
      for (OpOperand &inner : reader.getBody().getArgument(use.getOperandNumber()).getUses())
        if (auto op = dyn_cast<KernelOpInterface>(inner.getOwner()))
          if (auto wanted = dyn_cast_or_null<LayoutAttr>(op.getWantedLayout(inner)))
            for (auto [zeros, more] : llvm::zip(border, wanted.getBorder()))
              zeros = std::max(zeros, more);
    }
    if (llvm::all_of(border, [](int64_t zeros) { return zeros == 0; }))
      return dense;
    return LayoutAttr::get(&getContext(), 0, border);
  }

  /// Step 4.
  void setOperandLayouts(FusedOp kernel) {
    SmallVector<Attribute> layouts;
    for (Value operand : kernel.getInputs()) {
      Value input = ScanOp::getCapturedOrigin(operand);
      Attribute layout = UnitAttr::get(&getContext());
      if (auto producer = input.getDefiningOp<FusedOp>())
        layout = (*producer.getResultLayouts())[cast<OpResult>(input).getResultNumber()];
      else if (auto parameter = input.getDefiningOp<ParameterOp>(); parameter && parameter.getLayoutAttr())
        layout = parameter.getLayoutAttr();
      layouts.push_back(layout);
    }
    kernel.setOperandLayoutsAttr(ArrayAttr::get(&getContext(), layouts));
  }

  llvm::StringMap<LayoutAttr> parameterLayouts_;
};

} // namespace
} // namespace argent
