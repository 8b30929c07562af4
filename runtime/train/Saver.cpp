//===- Saver.cpp - numbered checkpoints -----------------------------------------===//
#include "runtime/train/Saver.h"

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <unistd.h>

namespace argent {

static std::pair<std::string, std::string> splitExtension(const std::string &path) {
  size_t slash = path.rfind('/'), dot = path.rfind('.');
  if (dot == std::string::npos || dot == 0 || (slash != std::string::npos && dot <= slash + 1))
    return {path, ""};
  return {path.substr(0, dot), path.substr(dot)};
}

std::string suffixedPath(const std::string &path, const std::string &suffix) {
  auto [stem, extension] = splitExtension(path);
  return stem + suffix + extension;
}

std::string numberedPath(const std::string &path, int64_t update) {
  return suffixedPath(path, "-" + std::to_string(update));
}

Saver::Saver(std::string path, int64_t keep, int64_t update) : path_(std::move(path)), keep_(keep) {
  if (path_.empty() || keep_ <= 0 || update == 0)
    return;
  // A resumed run counts the files that are there up to where it begins.
  auto [stem, extension] = splitExtension(std::filesystem::path(path_).filename().string());
  std::filesystem::path folder = std::filesystem::path(path_).parent_path();
  std::error_code error;
  for (auto &entry : std::filesystem::directory_iterator(folder.empty() ? "." : folder, error)) {
    std::string name = entry.path().filename().string();
    if (name.size() <= stem.size() + 1 + extension.size() || !name.starts_with(stem + "-") ||
        !name.ends_with(extension))
      continue;
    const char *begin = name.data() + stem.size() + 1, *end = name.data() + name.size() - extension.size();
    int64_t number = 0;
    if (auto [at, failure] = std::from_chars(begin, end, number);
        failure == std::errc() && at == end && number <= update)
      numbered_.push_back(number);
  }
  std::sort(numbered_.begin(), numbered_.end());
}

Status Saver::write(const std::string &path, Session &session, const TrainingPosition &position) {
  ARGENT_RETURN_IF_ERROR(saveCheckpoint(path, session, position));
  lastGood_ = path;
  return Status();
}

Status Saver::save(Session &session, const TrainingPosition &position) {
  return enabled() ? write(path_, session, position) : Status();
}

Status Saver::periodic(Session &session, const TrainingPosition &position) {
  if (!enabled() || keep_ <= 0)
    return save(session, position);
  ARGENT_RETURN_IF_ERROR(write(numberedPath(path_, position.update), session, position));
  if (numbered_.empty() || numbered_.back() < position.update)
    numbered_.push_back(position.update);
  for (; static_cast<int64_t>(numbered_.size()) > keep_; numbered_.erase(numbered_.begin()))
    ::unlink(numberedPath(path_, numbered_.front()).c_str());
  return Status();
}

} // namespace argent
