//===- File.cpp - whole files in, atomic files out -------------------------===//
#include "runtime/checkpoint/File.h"

#include <cerrno>
#include <charconv>
#include <csignal>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

namespace argent {

static Status systemError(const std::string &what, const std::string &path, int error) {
  StatusCode code = error == ENOENT ? StatusCode::kNotFound : StatusCode::kIoError;
  return Status(code, what + " " + path + ": " + std::strerror(error));
}

static std::string folderOf(const std::string &path) {
  size_t slash = path.rfind('/');
  if (slash == std::string::npos)
    return ".";
  return slash == 0 ? "/" : path.substr(0, slash);
}

Status readFile(const std::string &path, std::string &bytes) {
  int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0)
    return systemError("cannot open", path, errno);
  struct stat info;
  if (::fstat(file, &info) != 0 || S_ISDIR(info.st_mode)) {
    int error = S_ISDIR(info.st_mode) ? EISDIR : errno;
    ::close(file);
    return systemError("cannot read", path, error);
  }
  std::string result;
  if (S_ISREG(info.st_mode))
    result.reserve(static_cast<size_t>(info.st_size));
  char buffer[1 << 16];
  for (;;) {
    ssize_t count = ::read(file, buffer, sizeof(buffer));
    if (count < 0 && errno == EINTR)
      continue;
    if (count < 0) {
      int error = errno;
      ::close(file);
      return systemError("cannot read", path, error);
    }
    if (count == 0)
      break;
    result.append(buffer, static_cast<size_t>(count));
  }
  ::close(file);
  bytes = std::move(result);
  return Status();
}

/// Removes what processes that were killed while they wrote `path` have left beside it. A file is left alone while its
/// process lives, here (its number) or in another container (its lock).
static void removeAbandoned(const std::string &path) {
  const std::string prefix = std::filesystem::path(path).filename().string() + ".tmp";
  std::error_code error;
  for (std::filesystem::directory_iterator entry(folderOf(path), error), end; !error && entry != end;
       entry.increment(error)) {
    std::string name = entry->path().filename().string();
    if (!name.starts_with(prefix))
      continue;
    // PROCESS or PROCESS-ATTEMPT.
    const char *at = name.data() + prefix.size(), *last = name.data() + name.size();
    pid_t process = 0;
    int attempt = 0;
    at = std::from_chars(at, last, process).ptr;
    if (at != last && *at == '-')
      at = std::from_chars(at + 1, last, attempt).ptr;
    if (at != last || process <= 0 || ::kill(process, 0) == 0 || errno != ESRCH)
      continue;
    int file = ::open(entry->path().c_str(), O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
    if (file < 0)
      continue;
    if (::flock(file, LOCK_EX | LOCK_NB) == 0)
      ::unlink(entry->path().c_str());
    ::close(file);
  }
}

/// Opens a new file beside `path`; its name ends in the process's number, so that two processes do not meet, and it is
/// locked while it is open.
static int openTemporary(const std::string &path, std::string &temporary) {
  removeAbandoned(path);
  for (int attempt = 0;; ++attempt) {
    temporary = path + ".tmp" + std::to_string(::getpid()) + (attempt ? "-" + std::to_string(attempt) : "");
    int file = ::open(temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (file >= 0)
      (void)::flock(file, LOCK_EX | LOCK_NB);
    if (file >= 0 || errno != EEXIST || attempt == 100)
      return file;
  }
}

/// 0, or the error's number.
static int writeAll(int file, std::span<const std::string_view> pieces) {
  for (std::string_view piece : pieces)
    while (!piece.empty()) {
      ssize_t count = ::write(file, piece.data(), piece.size());
      if (count < 0 && errno == EINTR)
        continue;
      if (count < 0)
        return errno;
      piece.remove_prefix(static_cast<size_t>(count));
    }
  return 0;
}

bool isSpecialFile(const std::string &path) {
  struct stat info;
  return ::stat(path.c_str(), &info) == 0 && !S_ISREG(info.st_mode) && !S_ISDIR(info.st_mode);
}

/// What a link leads to, if that is there.
static std::string behindLinks(const std::string &path) {
  std::error_code error;
  std::filesystem::path real = std::filesystem::canonical(path, error);
  return error ? path : real.string();
}

static Status writeInPlace(const std::string &path, std::span<const std::string_view> pieces) {
  int file = ::open(path.c_str(), O_WRONLY | O_CLOEXEC);
  if (file < 0)
    return systemError("cannot write", path, errno);
  int error = writeAll(file, pieces);
  if (::close(file) != 0 && !error)
    error = errno;
  return error ? systemError("cannot write", path, error) : Status();
}

Status writeFileAtomically(const std::string &name, std::span<const std::string_view> pieces) {
  if (isSpecialFile(name))
    return writeInPlace(name, pieces);
  const std::string path = behindLinks(name);
  std::string temporary;
  int file = openTemporary(path, temporary);
  if (file < 0)
    return systemError("cannot write", path, errno);
  auto fail = [&](int error) {
    ::close(file);
    ::unlink(temporary.c_str());
    return systemError("cannot write", path, error);
  };
  if (int error = writeAll(file, pieces))
    return fail(error);
  if (::fsync(file) != 0)
    return fail(errno);
  if (::rename(temporary.c_str(), path.c_str()) != 0)
    return fail(errno);
  ::close(file);
  // The new name itself must survive a power failure. Some file systems cannot sync a folder: the data is safe all the
  // same.
  int folder = ::open(folderOf(path).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (folder >= 0) {
    (void)::fsync(folder);
    ::close(folder);
  }
  return Status();
}

Status checkWritable(const std::string &path) {
  if (path.empty())
    return Status(StatusCode::kInvalidArgument, "an output file has an empty name");
  struct stat info;
  if (::stat(path.c_str(), &info) == 0 && S_ISDIR(info.st_mode))
    return systemError("cannot write", path, EISDIR);
  if (isSpecialFile(path))
    return ::access(path.c_str(), W_OK) == 0 ? Status() : systemError("cannot write", path, errno);
  std::string temporary;
  int file = openTemporary(behindLinks(path), temporary);
  if (file < 0)
    return systemError("cannot write", path, errno);
  ::close(file);
  ::unlink(temporary.c_str());
  return Status();
}

} // namespace argent
