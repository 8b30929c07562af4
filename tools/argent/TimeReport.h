//===- TimeReport.h - where the compiler's time went, as a table --------------------------===//
#ifndef ARGENT_TOOLS_ARGENT_TIMEREPORT_H
#define ARGENT_TOOLS_ARGENT_TIMEREPORT_H

#include <string>

namespace argent::tool {

/// A table of the compiler's report (compiler/TimeReport.h): stages and their passes, the slowest kernels, the cache's
/// hits, the total.
std::string timeReportTable(const std::string &report);

} // namespace argent::tool

#endif // ARGENT_TOOLS_ARGENT_TIMEREPORT_H
