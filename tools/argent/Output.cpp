//===- Output.cpp - the files that a command writes ------------------------------------===//
#include "Output.h"

#include "runtime/checkpoint/File.h"

#include <filesystem>

namespace argent::tool {

Status checkOutput(const std::string &path, const std::vector<std::string> &inputs) {
  for (const std::string &input : inputs) {
    std::error_code error;
    if (!path.empty() && !input.empty() && !isSpecialFile(path) && std::filesystem::equivalent(path, input, error) &&
        !error)
      return Status(StatusCode::kInvalidArgument,
                    "cannot write " + path + ": this command reads that file; name another one");
  }
  return checkWritable(path);
}

Status checkFileOutput(const std::string &path, const std::vector<std::string> &inputs) {
  return isSpecialFile(path) ? Status(StatusCode::kIoError, "cannot write " + path + ": it is not a file")
                             : checkOutput(path, inputs);
}

Status writeOutput(const std::string &path, std::string_view bytes) { return writeFileAtomically(path, {&bytes, 1}); }

} // namespace argent::tool
