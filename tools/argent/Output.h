//===- Output.h - the files that a command writes --------------------------------------===//
#ifndef ARGENT_TOOLS_ARGENT_OUTPUT_H
#define ARGENT_TOOLS_ARGENT_OUTPUT_H

#include "argent/Status.h"

#include <string>
#include <string_view>
#include <vector>

namespace argent::tool {

/// Finds out before the work whether writeOutput(path) could work later, and that it would write over none of `inputs`,
/// the files that the command reads (missing and empty ones are passed over).
Status checkOutput(const std::string &path, const std::vector<std::string> &inputs = {});

/// The same for what is written as a file only: a device or a pipe is an error.
Status checkFileOutput(const std::string &path, const std::vector<std::string> &inputs = {});

/// A file is replaced at once or stays as it was; a link stays a link. A device or a pipe (/dev/null, /dev/stdout) is
/// written into, never replaced.
Status writeOutput(const std::string &path, std::string_view bytes);

} // namespace argent::tool

#endif // ARGENT_TOOLS_ARGENT_OUTPUT_H
