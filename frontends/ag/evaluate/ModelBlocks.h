//===- ModelBlocks.h - a model, and the blocks that continue its body ------------------------------------------===//
#ifndef ARGENT_FRONTENDS_AG_EVALUATE_MODELBLOCKS_H
#define ARGENT_FRONTENDS_AG_EVALUATE_MODELBLOCKS_H

#include "frontends/ag/evaluate/Context.h"

namespace argent::ag {

struct ModelBlocks {
  const Model *model = nullptr;
  const Train *train = nullptr; // may be null
  std::vector<const Entry *> entries;
};

/// The model that is asked for; null after an error.
const Model *chooseModel(Context &context, const File &file, llvm::StringRef path);
/// The blocks of a file that belong to a model. Reports those that belong to none.
ModelBlocks findBlocks(Context &context, const FileScope &scope, const File &file, const Model &model);

} // namespace argent::ag

#endif // ARGENT_FRONTENDS_AG_EVALUATE_MODELBLOCKS_H
