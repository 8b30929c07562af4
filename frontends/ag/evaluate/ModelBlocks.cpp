//===- ModelBlocks.cpp - a model, and the blocks that continue its body ----------------------------------------===//
#include "frontends/ag/evaluate/ModelBlocks.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/Path.h"

using namespace argent::ag;
using llvm::StringRef;
using llvm::Twine;

const Model *argent::ag::chooseModel(Context &context, const File &file, StringRef path) {
  const std::string &wanted = context.options.model;
  std::vector<const Model *> models;
  std::vector<StringRef> names;
  for (const ItemPtr &item : file.items)
    if (auto *model = llvm::dyn_cast<Model>(item.get())) {
      models.push_back(model);
      names.push_back(model->name.text);
    }
  if (models.empty()) {
    context.diagnostics.errorWithoutPlace(llvm::sys::path::filename(path) + " has no model");
    return nullptr;
  }
  if (wanted.empty()) {
    if (models.size() == 1)
      return models[0];
    context.diagnostics.errorWithoutPlace("the file has several models: " + llvm::join(names, ", ") +
                                          "; choose one with --model NAME");
    return nullptr;
  }
  for (const Model *model : models)
    if (model->name.text == wanted)
      return model;
  StringRef near = nearestName(wanted, names);
  context.diagnostics.errorWithoutPlace(
      "the file has no model `" + wanted + "`" +
      (near.empty() ? "; it has " + llvm::join(names, ", ") : "; did you mean `" + near.str() + "`?"));
  return nullptr;
}

/// What the compiler and the runtime call themselves.
static const StringRef kOwnEntries[] = {"predict", "evaluate", "train_step", "metrics", "pack", "unpack"};

ModelBlocks argent::ag::findBlocks(Context &context, const FileScope &scope, const File &file, const Model &model) {
  ModelBlocks result;
  result.model = &model;
  for (const ItemPtr &item : file.items) {
    if (!llvm::isa<Train, Entry>(*item))
      continue;
    auto *definition = llvm::cast<Definition>(item.get());
    if (const FileScope *origin = scope.imports.lookup(definition->name.text);
        origin && !scope.definitions.count(definition->name.text)) {
      context.error(definition->name.range, "`" + definition->name.text +
                                                "` is imported: its `train` and `entry` blocks "
                                                "belong in the file that defines it");
      continue;
    }
    if (!llvm::isa_and_nonnull<Model>(scope.definitions.lookup(definition->name.text))) {
      std::vector<StringRef> names;
      for (const auto &[name, other] : scope.definitions)
        if (llvm::isa<Model>(*other))
          names.push_back(name);
      llvm::sort(names);
      StringRef near = nearestName(definition->name.text, names);
      Report report =
          context.error(definition->name.range, "there is no model `" + definition->name.text + "`" +
                                                    (near.empty() ? Twine("") : "; did you mean `" + near + "`?"));
      if (near.empty() && !names.empty())
        report.help("the file defines " + llvm::join(names, ", "));
      continue;
    }
    if (definition->name.text != model.name.text)
      continue;
    if (auto *entry = llvm::dyn_cast<Entry>(definition)) {
      const Entry *const *same = llvm::find_if(result.entries, [&](const Entry *other) {
                                   return other->entry.text == entry->entry.text;
                                 }).base();
      if (llvm::is_contained(kOwnEntries, entry->entry.text))
        context.error(entry->entry.range, "every model has an entry `" + entry->entry.text + "` of its own")
            .help("choose another name");
      else if (same != result.entries.data() + result.entries.size())
        context.error(entry->entry.range, "the entry `" + entry->entry.text + "` is defined twice")
            .note((*same)->entry.range, "the first is here");
      else
        result.entries.push_back(entry);
    } else if (result.train) {
      context.error(definition->name.range, "a model can have only one `train` block")
          .note(result.train->name.range, "the first is here");
    } else {
      result.train = llvm::cast<Train>(definition);
    }
  }
  return result;
}
