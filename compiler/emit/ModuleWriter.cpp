//===- ModuleWriter.cpp - plan and image to an .agb module -----------------===//
#include "compiler/emit/ModuleWriter.h"

#include "compiler/emit/SharedTables.h"
#include "compiler/emit/VariantTables.h"
#include "runtime/ModuleFile.h"

using namespace mlir;

namespace argent {

FailureOr<std::string> writeModule(ArrayRef<VariantSource> variants) {
  format::ModuleT table;
  if (failed(fillShared(variants.front().plan, table)))
    return failure();
  for (const VariantSource &variant : variants) {
    FailureOr<std::unique_ptr<format::VariantT>> made = makeVariant(variant);
    if (failed(made))
      return failure();
    table.variants.push_back(std::move(*made));
  }

  SmallVector<VariantBlobs> blobs =
      llvm::map_to_vector(variants, [](const VariantSource &variant) { return VariantBlobs{variant.image, {}}; });
  return moduleFile(table, {blobs.data(), blobs.size()});
}

} // namespace argent
