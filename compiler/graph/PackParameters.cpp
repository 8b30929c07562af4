//===- PackParameters.cpp - panels for the parameters of products ---------===//
//   1. Ask all ops that read a parameter, in all functions, whether they want panels of output channels (a filter, the
//      right operand of a product).
//   2. A vector (a bias) is rounded up to whole panels, so that a load of a panel's lanes is in range past its last
//      channel.
//   3. One whose gradient a scan carries stays dense: the scan's results are.
//   4. Write the layout on every declaration of the path. Everything else stays dense.
// Kernels read any layout through index maps, so packing is always legal: this pass only decides.
#include "compiler/Passes.h"
#include "dialects/nn/NN.h"
#include "llvm/ADT/StringSet.h"

using namespace mlir;

namespace argent {
#define GEN_PASS_DEF_PACKPARAMETERS
#include "compiler/Passes.h.inc"

namespace {

bool isReadByPanels(OpOperand &use) {
  if (auto scan = dyn_cast<nn::ScanOp>(use.getOwner()))
    return llvm::any_of(scan.getArgumentOf(use).getUses(), isReadByPanels);
  auto kernel = dyn_cast<KernelOpInterface>(use.getOwner());
  auto wanted = kernel ? dyn_cast_or_null<nn::LayoutAttr>(kernel.getWantedLayout(use)) : nn::LayoutAttr();
  return wanted && wanted.getPack() > 0;
}

struct PackParameters : impl::PackParametersBase<PackParameters> {
  void runOnOperation() override {
    llvm::StringSet<> packed;
    getOperation().walk([&](nn::ParameterOp parameter) {
      auto type = cast<RankedTensorType>(parameter.getType());
      if (type.getRank() == 1 || (type.getRank() > 1 && llvm::any_of(parameter->getUses(), isReadByPanels)))
        packed.insert(parameter.getPath());
    });
    getOperation().walk([&](nn::GradientOp gradient) {
      if (gradient.getValue().getDefiningOp<nn::ScanOp>())
        packed.erase(gradient.getPath());
    });
    getOperation().walk([&](nn::ParameterOp parameter) {
      auto type = cast<RankedTensorType>(parameter.getType());
      if (parameter.getLayout() || !packed.contains(parameter.getPath()))
        return;
      parameter.setLayoutAttr(nn::LayoutAttr::getPanels(type));
    });
  }
};

} // namespace
} // namespace argent
