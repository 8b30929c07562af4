//===- AddVocabularies.cpp - a module that knows the words of its data ----------------===//
//   1. Learn the vocabularies as a training would.
//   2. Append them to the module's table.
//   3. The blobs move behind the longer table.
#include "AddVocabularies.h"

#include "runtime/ModuleFile.h"
#include "runtime/train/Bind.h"

namespace argent::tool {

/// What the table says of the file's blobs.
static std::vector<VariantBlobs> blobsOf(const format::ModuleT &table, std::string_view file) {
  auto view = [&](const format::Blob *blob) {
    return blob ? file.substr(blob->offset(), blob->bytes()) : std::string_view();
  };
  std::vector<VariantBlobs> blobs;
  for (auto &variant : table.variants)
    blobs.push_back({view(variant->image.get()), view(variant->constants.get())});
  return blobs;
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
  bytes = moduleFile(*table, blobsOf(*table, bytes));
  return Module::open(bytes, name, module);
}

} // namespace argent::tool
