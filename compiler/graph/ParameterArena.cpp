//===- ParameterArena.cpp - where every parameter and state lies -----------===//
#include "compiler/graph/ParameterArena.h"

#include "dialects/nn/Dims.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "llvm/Support/MathExtras.h"

#include <map>
#include <tuple>

using namespace mlir;

namespace argent {

int64_t denseBytes(ArrayRef<int64_t> shape, Type elementType) {
  int64_t count = 1;
  for (int64_t extent : shape)
    count *= extent;
  // i1 is stored as a byte.
  return count * llvm::divideCeil(elementType.getIntOrFloatBitWidth(), 8);
}

const ParameterPlace *ParameterArena::lookup(StringRef path) const {
  auto place = llvm::lower_bound(places, path, [](const ParameterPlace &p, StringRef name) { return p.path < name; });
  return place != places.end() && place->path == path ? &*place : nullptr;
}

bool RowState::isDenseForEveryBatch() const {
  return llvm::all_of(type.getShape().take_until(ShapedType::isDynamic), [](int64_t extent) { return extent == 1; });
}

const RowState *ParameterArena::lookupRows(StringRef path) const {
  auto *place = llvm::find_if(rows, [&](const RowState &state) { return state.path == path; });
  return place != rows.end() ? place : nullptr;
}

/// Adds one declaration, or compares it with the one that is there.
static LogicalResult declare(std::map<std::string, ParameterPlace> &places, Operation *op, StringRef path,
                             RankedTensorType type, nn::InitializerAttr init, nn::SettingsAttr settings,
                             nn::LayoutAttr layout, bool trained) {
  auto [place, inserted] = places.try_emplace(
      path.str(), ParameterPlace{path.str(), type, init, settings, layout, trained, op->getLoc(), {}, 0, 0, 0, 0});
  const ParameterPlace &first = place->second;
  if (inserted || (first.type == type && first.init == init && first.settings == settings && first.layout == layout &&
                   first.trained == trained))
    return success();
  InFlightDiagnostic error = op->emitError()
                             << "\"" << path << "\" is declared twice and differs: " << type << ", " << init;
  error.attachNote(first.location) << "the other is " << first.type << ", " << first.init;
  return error;
}

/// By settings, those without first.
static bool comesBefore(const ParameterPlace &a, const ParameterPlace &b) {
  auto key = [](nn::SettingsAttr settings) {
    return settings ? std::tuple(settings.getRate().convertToDouble(), settings.getDecay().convertToDouble(),
                                 settings.getMaxNorm().convertToDouble())
                    : std::tuple(0.0, 0.0, 0.0);
  };
  return std::pair(bool(a.settings), key(a.settings)) < std::pair(bool(b.settings), key(b.settings));
}

FailureOr<ParameterArena> planParameterArena(ModuleOp module) {
  std::map<std::string, ParameterPlace> sorted;
  WalkResult walk = module.walk([&](Operation *op) {
    LogicalResult result = success();
    if (auto parameter = dyn_cast<nn::ParameterOp>(op))
      result =
          declare(sorted, op, parameter.getPath(), cast<RankedTensorType>(parameter.getType()), parameter.getInit(),
                  parameter.getSettingsAttr(), parameter.getLayoutAttr(), !parameter.isFrozen());
    else if (auto state = dyn_cast<nn::StateOp>(op);
             state && !state.getType().hasStaticShape() && !state.getInit().isConstant())
      result = op->emitError() << "\"" << state.getPath()
                               << "\" has N in its shape, so it begins with one number; found " << state.getInit();
    else if (state)
      result = declare(sorted, op, state.getPath(), cast<RankedTensorType>(state.getType()), state.getInit(), nullptr,
                       nullptr, false);
    return failed(result) ? WalkResult::interrupt() : WalkResult::advance();
  });
  if (walk.wasInterrupted())
    return failure();

  ParameterArena arena;
  auto claim = [](int64_t &end, int64_t bytes) {
    int64_t offset = end;
    end = llvm::alignTo(end + bytes, 64);
    return offset;
  };
  for (auto &[path, place] : sorted) {
    if (!place.type.hasStaticShape()) {
      Linear bytes = denseBytes({}, place.type.getElementType()) * nn::countElements(place.type).linear();
      bytes.perBatch = static_cast<int64_t>(llvm::alignTo(bytes.perBatch, 64));
      arena.rows.push_back({path, place.type, place.init, place.location, arena.rowBytes, bytes});
      arena.rowBytes += bytes;
      continue;
    }
    place.physicalShape = place.layout ? place.layout.getPhysicalShape(place.type.getShape())
                                       : SmallVector<int64_t>(place.type.getShape());
    place.bytes = denseBytes(place.physicalShape, place.type.getElementType());
    if (place.trained)
      arena.trainedOrder.push_back(arena.places.size());
    else
      place.offset = claim(arena.stateBytes, place.bytes);
    place.logicalBytes = denseBytes(place.type.getShape(), place.type.getElementType());
    place.logicalOffset = claim(arena.logicalBytes, place.logicalBytes);
    arena.places.push_back(std::move(place));
  }
  llvm::stable_sort(arena.trainedOrder,
                    [&](size_t a, size_t b) { return comesBefore(arena.places[a], arena.places[b]); });
  for (size_t index : arena.trainedOrder)
    arena.places[index].offset = claim(arena.parameterBytes, arena.places[index].bytes);
  return arena;
}

} // namespace argent
