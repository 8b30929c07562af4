//===- Format.h - the canonical layout of a file --------------------------------===//
// What the printer cannot do, because the tree does not know it: comments, blank lines, parentheses, the spelling of
// numbers and the writer's own line breaks stay; blanks, indentation and the breaks of long lines are made canonical.
#ifndef ARGENT_FRONTENDS_AG_FORMAT_FORMAT_H
#define ARGENT_FRONTENDS_AG_FORMAT_FORMAT_H

#include "frontends/ag/syntax/Parser.h"

#include <string>

namespace argent::ag {

/// Lays out a file that `diagnostics` holds. False if it does not parse: the errors were reported.
///
/// The result has the tokens and the comments of the file, in their order, and formatting it again gives itself.
bool format(const llvm::MemoryBuffer &file, Diagnostics &diagnostics, std::string &result, KnownNames names = nullptr);

} // namespace argent::ag

#endif // ARGENT_FRONTENDS_AG_FORMAT_FORMAT_H
