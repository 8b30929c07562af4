//===- AddVocabularies.h - a module that knows the words of its data ------------------===//
#ifndef ARGENT_TOOLS_ARGENT_ADDVOCABULARIES_H
#define ARGENT_TOOLS_ARGENT_ADDVOCABULARIES_H

#include "runtime/data/DataSet.h"

namespace argent::tool {

/// Reads the words and classes of the train split that the model's inputs number, and writes them into the module, an
/// .agb file in `bytes`. `name` is for messages.
Status addVocabularies(const std::string &name, const DataPaths &data, std::string &bytes);

} // namespace argent::tool

#endif // ARGENT_TOOLS_ARGENT_ADDVOCABULARIES_H
