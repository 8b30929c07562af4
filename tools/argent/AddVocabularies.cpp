//===- AddVocabularies.cpp - a module that knows the words of its data ----------------===//
//   1. Learn the vocabularies as a training would.
//   2. Append them to the module's table.
//   3. The blobs move behind the longer table; nothing else in the file changes.
#include "AddVocabularies.h"

#include "runtime/Checksum.h"
#include "runtime/ModuleFormat.h"
#include "runtime/module_generated.h"
#include "runtime/train/Bind.h"

#include <algorithm>
#include <cstring>

namespace argent::tool {

static std::string tableBytes(const format::ModuleT &table) {
  flatbuffers::FlatBufferBuilder builder;
  builder.FinishSizePrefixed(format::Module::Pack(builder, &table), format::ModuleIdentifier());
  return std::string(reinterpret_cast<const char *>(builder.GetBufferPointer()), builder.GetSize());
}

static std::string rewrite(format::ModuleT &table, const std::string &file) {
  std::vector<format::Blob *> blobs;
  for (auto &variant : table.variants)
    for (auto *blob : {variant->image.get(), variant->constants.get()})
      if (blob)
        blobs.push_back(blob);
  uint64_t begin = file.size();
  for (const format::Blob *blob : blobs)
    begin = std::min(begin, blob->offset());
  // The size of the table does not depend on the offsets in it.
  const uint64_t end = kTableOffset + tableBytes(table).size(),
                 newBegin = (end + kBlobAlignment - 1) / kBlobAlignment * kBlobAlignment;
  for (format::Blob *blob : blobs)
    *blob = format::Blob(blob->offset() - begin + newBegin, blob->bytes());
  table.file_bytes = newBegin + (file.size() - begin);
  const std::string bytes = tableBytes(table);
  std::string result(table.file_bytes, '\0');
  std::memcpy(result.data(), file.data(), kTableOffset);
  std::memcpy(result.data() + kTableOffset, bytes.data(), bytes.size());
  std::memcpy(result.data() + newBegin, file.data() + begin, file.size() - begin);
  const Digest digest = moduleChecksum(result);
  std::copy(digest.begin(), digest.end(), result.begin() + kChecksumOffset);
  return result;
}

Status addVocabularies(const std::string &name, const DataPaths &data, std::string &bytes) {
  std::shared_ptr<const Module> module;
  ARGENT_RETURN_IF_ERROR(Module::open(bytes, name, module));
  std::vector<DataPort> ports;
  ARGENT_RETURN_IF_ERROR(dataPorts(*module, module->entry("train_step") ? "train_step" : "predict", ports));
  DataSet set;
  Vocabularies vocabularies;
  ARGENT_RETURN_IF_ERROR(openDataSet(data, Split::train, dataForm(ports), set));
  ARGENT_RETURN_IF_ERROR(learnVocabularies(ports, set, vocabularies));
  std::unique_ptr<format::ModuleT> table(module->table().UnPack());
  for (auto &[vocabulary, entries] : vocabularies) {
    auto made = std::make_unique<format::VocabularyT>();
    made->name = vocabulary;
    made->entries = entries;
    table->vocabularies.push_back(std::move(made));
  }
  bytes = rewrite(*table, bytes);
  return Module::open(bytes, name, module);
}

} // namespace argent::tool
