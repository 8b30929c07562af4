//===- ModuleWriter.cpp - plan and image to an .agb module -----------------===//
#include "compiler/emit/ModuleWriter.h"

#include "compiler/emit/SharedTables.h"
#include "compiler/emit/VariantTables.h"
#include "runtime/Checksum.h"
#include "runtime/KernelContext.h"
#include "runtime/ModuleFormat.h"
#include "llvm/Support/Endian.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;

namespace argent {

/// The table as bytes behind the header.
static std::string tableBytes(const format::ModuleT &table) {
  flatbuffers::FlatBufferBuilder builder;
  builder.ForceDefaults(false);
  builder.FinishSizePrefixed(format::Module::Pack(builder, &table), format::ModuleIdentifier());
  return std::string(reinterpret_cast<const char *>(builder.GetBufferPointer()), builder.GetSize());
}

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

  // The offsets in the table do not change its size: structs hold them, and a struct is always written.
  for (auto &variant : table.variants)
    variant->image = std::make_unique<format::Blob>(1, 1);
  table.file_bytes = ~0ull;
  uint64_t end = kTableOffset + tableBytes(table).size();
  for (auto [variant, source] : llvm::zip(table.variants, variants)) {
    uint64_t offset = llvm::alignTo(end, kBlobAlignment);
    *variant->image = format::Blob(offset, source.image.size());
    end = offset + source.image.size();
  }
  table.file_bytes = end;

  std::string file(end, '\0');
  std::string bytes = tableBytes(table);
  std::copy(std::begin(kModuleMagic), std::end(kModuleMagic), file.begin());
  llvm::support::endian::write32le(file.data() + kVersionOffset, kModuleVersion);
  llvm::support::endian::write32le(file.data() + kAbiOffset, kKernelAbiVersion);
  std::copy(bytes.begin(), bytes.end(), file.begin() + kTableOffset);
  for (auto [variant, source] : llvm::zip(table.variants, variants))
    std::copy(source.image.begin(), source.image.end(), file.begin() + variant->image->offset());
  Digest digest = moduleChecksum(file);
  std::copy(digest.begin(), digest.end(), file.begin() + kChecksumOffset);
  return file;
}

} // namespace argent
