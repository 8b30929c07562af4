//===- Widen.cpp - f32 to f64, for central differences --------------------===//
// Rewrites every f32 of the module (types, constants) to f64. What the operations mean does not depend on their element
// type, so a gradient that passes in f64 through the real compiler is right in f32 as well, up to rounding.
#include "compiler/Passes.h"
#include "dialects/nn/NN.h"
#include "mlir/IR/AttrTypeSubElements.h"

using namespace mlir;

namespace argent {
#define GEN_PASS_DEF_WIDEN
#include "compiler/Passes.h.inc"

namespace {

APFloat widened(APFloat value) {
  bool losesInfo;
  value.convert(APFloat::IEEEdouble(), APFloat::rmNearestTiesToEven, &losesInfo);
  return value;
}

struct Widen : impl::WidenBase<Widen> {
  void runOnOperation() override {
    Type wide = Float64Type::get(&getContext());
    AttrTypeReplacer replacer;
    replacer.addReplacement([&](Float32Type) { return wide; });
    replacer.addReplacement([&](FloatAttr number) -> std::optional<Attribute> {
      if (!number.getType().isF32())
        return std::nullopt;
      return FloatAttr::get(wide, widened(number.getValue()));
    });
    replacer.addReplacement([&](DenseFPElementsAttr elements) -> std::optional<std::pair<Attribute, WalkResult>> {
      if (!elements.getElementType().isF32())
        return std::nullopt;
      Attribute result = elements.mapValues(wide, [](const APFloat &v) { return widened(v).bitcastToAPInt(); });
      return std::make_pair(result, WalkResult::skip());
    });
    replacer.recursivelyReplaceElementsIn(getOperation(), /*replaceAttrs=*/true, /*replaceLocs=*/false,
                                          /*replaceTypes=*/true);
  }
};

} // namespace
} // namespace argent
