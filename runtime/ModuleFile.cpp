//===- ModuleFile.cpp - a table and its blobs as one file ------------------===//
#include "runtime/ModuleFile.h"

#include "runtime/Checksum.h"
#include "runtime/KernelContext.h"
#include "runtime/ModuleFormat.h"

#include <algorithm>

namespace argent {

static std::string tableBytes(const format::ModuleT &table) {
  flatbuffers::FlatBufferBuilder builder;
  builder.FinishSizePrefixed(format::Module::Pack(builder, &table), format::ModuleIdentifier());
  return std::string(reinterpret_cast<const char *>(builder.GetBufferPointer()), builder.GetSize());
}

/// Says where each blob lies behind `end`. Returns the file's end.
static uint64_t place(format::ModuleT &table, std::span<const VariantBlobs> blobs, uint64_t end) {
  auto add = [&](std::unique_ptr<format::Blob> &blob, std::string_view bytes) {
    const uint64_t offset = (end + kBlobAlignment - 1) / kBlobAlignment * kBlobAlignment;
    blob = std::make_unique<format::Blob>(offset, bytes.size());
    end = offset + bytes.size();
  };
  for (size_t i = 0; i < blobs.size(); ++i) {
    add(table.variants[i]->image, blobs[i].image);
    if (blobs[i].constants.data() != nullptr)
      add(table.variants[i]->constants, blobs[i].constants);
  }
  return end;
}

std::string moduleFile(format::ModuleT &table, std::span<const VariantBlobs> blobs) {
  // The numbers do not change the table's size: structs hold them, and a number that is not the default.
  place(table, blobs, 0);
  table.file_bytes = ~0ull;
  table.file_bytes = place(table, blobs, kTableOffset + tableBytes(table).size());

  std::string file(table.file_bytes, '\0');
  auto put = [&](size_t at, std::string_view bytes) { std::copy(bytes.begin(), bytes.end(), file.begin() + at); };
  auto putWord = [&](size_t at, uint32_t word) {
    for (int i = 0; i < 4; ++i)
      file[at + i] = static_cast<char>(word >> (8 * i));
  };
  put(0, std::string_view(kModuleMagic, sizeof kModuleMagic));
  putWord(kVersionOffset, kModuleVersion);
  putWord(kAbiOffset, kKernelAbiVersion);
  put(kTableOffset, tableBytes(table));
  for (size_t i = 0; i < blobs.size(); ++i) {
    put(table.variants[i]->image->offset(), blobs[i].image);
    if (blobs[i].constants.data() != nullptr)
      put(table.variants[i]->constants->offset(), blobs[i].constants);
  }
  const Digest digest = moduleChecksum(file);
  std::copy(digest.begin(), digest.end(), file.begin() + kChecksumOffset);
  return file;
}

} // namespace argent
