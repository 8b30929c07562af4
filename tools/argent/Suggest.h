//===- Suggest.h - what a mistyped name may have meant -----------------------------------===//
#ifndef ARGENT_TOOLS_ARGENT_SUGGEST_H
#define ARGENT_TOOLS_ARGENT_SUGGEST_H

#include <string>
#include <vector>

namespace argent::tool {

/// The candidate that is most like `name`: one with few mistakes, or one that `name` is a piece of. Empty if none is.
std::string closest(const std::string &name, const std::vector<std::string> &candidates);

} // namespace argent::tool

#endif // ARGENT_TOOLS_ARGENT_SUGGEST_H
