//===- SourcePlace.cpp - places in the source, for messages ----------------===//
#include "runtime/SourcePlace.h"

#include <algorithm>

namespace argent {

/// The text of a file that the module was compiled from; empty if it does not have it.
static std::string_view textOf(const format::Module &module, std::string_view file) {
  if (text(module.source_file()) == file)
    return text(module.source());
  List imports(module.imports());
  for (uint32_t i = 0; i < imports.size(); ++i)
    if (text(imports[i]->file()) == file)
      return text(imports[i]->text());
  return {};
}

std::string placeText(const format::Module &module, const format::SourceLocation *location) {
  if (location == nullptr || location->file() == nullptr || location->line() == 0)
    return "";
  std::string place = " (" + std::string(text(location->file())) + ":" + std::to_string(location->line()) + ":" +
                      std::to_string(location->column());
  std::string_view source = textOf(module, text(location->file()));
  for (uint32_t line = 1; line < location->line() && !source.empty(); ++line)
    source.remove_prefix(source.find('\n') == source.npos ? source.size() : source.find('\n') + 1);
  source = source.substr(0, source.find('\n'));
  source.remove_prefix(std::min(source.size(), source.find_first_not_of(" \t")));
  if (!source.empty())
    place += ": " + std::string(source);
  return place + ")";
}

std::string describeParameter(const format::Module &module, uint32_t index) {
  const format::Parameter &parameter = *module.parameters()->Get(index);
  return "`" + std::string(text(parameter.path())) + "`" + placeText(module, parameter.location());
}

std::string describeKernel(const format::Module &module, const format::Kernel &kernel) {
  List locations(kernel.locations());
  return "`" + std::string(text(kernel.name())) + "`" + placeText(module, locations.empty() ? nullptr : locations[0]);
}

} // namespace argent
