//===- InspectTables.h - the pages of argent inspect --------------------------------------===//
#ifndef ARGENT_TOOLS_ARGENT_INSPECTTABLES_H
#define ARGENT_TOOLS_ARGENT_INSPECTTABLES_H

#include <nlohmann/json.hpp>

namespace argent::tool {

// Each prints a page to standard output from what describeModule (Describe.h) says of a module, or of one of its
// variants.
void printSummary(const nlohmann::ordered_json &module);
void printParameters(const nlohmann::ordered_json &module);
void printLayers(const nlohmann::ordered_json &module);
void printPlan(const nlohmann::ordered_json &variant, int64_t batch);
void printKernels(const nlohmann::ordered_json &variant, int64_t batch);
/// From MemoryPlan::toJson().
void printMemory(const nlohmann::ordered_json &plan);

/// Rows of cells, as wide as they need to be; the columns in `right` (by number) are aligned at the right. The first
/// row is the heads.
std::string table(const std::vector<std::vector<std::string>> &rows, const std::vector<size_t> &right);

} // namespace argent::tool

#endif // ARGENT_TOOLS_ARGENT_INSPECTTABLES_H
