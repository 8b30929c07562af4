//===- Output.cpp - the files that a command writes ------------------------------------===//
#include "Output.h"

#include "runtime/checkpoint/File.h"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <unistd.h>

namespace argent::tool {

/// Neither a file nor missing: what a rename would destroy.
static bool isSpecial(const std::string &path) {
  std::error_code error;
  std::filesystem::file_type type = std::filesystem::status(path, error).type();
  return type != std::filesystem::file_type::regular && type != std::filesystem::file_type::not_found && type != std::filesystem::file_type::directory &&
         type != std::filesystem::file_type::none;
}

/// Behind links, as far as there is something.
static std::string behindLinks(const std::string &path) {
  std::error_code error;
  std::filesystem::path real = std::filesystem::canonical(path, error);
  return error ? path : real.string();
}

Status checkOutput(const std::string &path, const std::vector<std::string> &inputs) {
  for (const std::string &input : inputs) {
    std::error_code error;
    if (!path.empty() && !input.empty() && !isSpecial(path) && std::filesystem::equivalent(path, input, error) && !error)
      return Status(StatusCode::kInvalidArgument, "cannot write " + path + ": this command reads that file; name another one");
  }
  if (!isSpecial(path))
    return checkWritable(path.empty() ? path : behindLinks(path));
  return ::access(path.c_str(), W_OK) == 0 ? Status() : Status(StatusCode::kIoError, "cannot write " + path + ": " + std::strerror(errno));
}

Status checkFileOutput(const std::string &path, const std::vector<std::string> &inputs) {
  return isSpecial(path) ? Status(StatusCode::kIoError, "cannot write " + path + ": it is not a file") : checkOutput(path, inputs);
}

Status writeOutput(const std::string &path, std::string_view bytes) {
  if (!isSpecial(path))
    return writeFileAtomically(behindLinks(path), {&bytes, 1});
  int file = ::open(path.c_str(), O_WRONLY | O_CLOEXEC);
  bool good = file >= 0;
  while (good && !bytes.empty()) {
    ssize_t count = ::write(file, bytes.data(), bytes.size());
    if (count < 0 && errno == EINTR)
      continue;
    good = count >= 0;
    if (good)
      bytes.remove_prefix(static_cast<size_t>(count));
  }
  Status status = good ? Status() : Status(StatusCode::kIoError, "cannot write " + path + ": " + std::strerror(errno));
  if (file >= 0 && ::close(file) != 0 && status.ok())
    status = Status(StatusCode::kIoError, "cannot write " + path + ": " + std::strerror(errno));
  return status;
}

} // namespace argent::tool
