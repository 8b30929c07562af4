//===- KernelCache.cpp - compiled kernels on disk --------------------------===//
#include "compiler/codegen/KernelCache.h"

#include "llvm/ADT/SmallString.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/SHA256.h"
#include "llvm/Support/raw_ostream.h"

#include <chrono>
#include <vector>

using namespace argent;

static constexpr size_t kHashBytes = 32;

static std::string getHash(llvm::StringRef bytes) {
  std::array<uint8_t, kHashBytes> hash = llvm::SHA256::hash(llvm::arrayRefFromStringRef(bytes));
  return std::string(hash.begin(), hash.end());
}

KernelCache::KernelCache(std::string path) : folder_(std::move(path)) {
  if (folder_.empty()) {
    llvm::SmallString<128> base; // honours XDG_CACHE_HOME
    if (!llvm::sys::path::cache_directory(base))
      return;
    llvm::sys::path::append(base, "argent");
    folder_ = base.str().str();
  }
  if (llvm::sys::fs::create_directories(folder_))
    folder_.clear();
}

std::string KernelCache::getPath(llvm::StringRef symbol) const {
  llvm::SmallString<128> path(folder_);
  llvm::sys::path::append(path, symbol + ".kernel");
  return path.str().str();
}

std::optional<std::string> KernelCache::read(llvm::StringRef symbol) const {
  if (folder_.empty())
    return std::nullopt;
  std::string path = getPath(symbol);
  auto buffer = llvm::MemoryBuffer::getFile(path, /*IsText=*/false, /*RequiresNullTerminator=*/false);
  if (!buffer)
    return std::nullopt;
  llvm::StringRef bytes = (*buffer)->getBuffer();
  if (bytes.size() <= kHashBytes || getHash(bytes.drop_back(kHashBytes)) != bytes.take_back(kHashBytes))
    return std::nullopt;
  // Its time of modification is the time of its last use.
  int descriptor;
  if (!llvm::sys::fs::openFileForWrite(path, descriptor, llvm::sys::fs::CD_OpenExisting, llvm::sys::fs::OF_Append)) {
    (void)llvm::sys::fs::setLastAccessAndModificationTime(descriptor, std::chrono::system_clock::now());
    llvm::sys::fs::file_t file = llvm::sys::fs::convertFDToNativeFile(descriptor);
    (void)llvm::sys::fs::closeFile(file);
  }
  return bytes.drop_back(kHashBytes).str();
}

void KernelCache::write(llvm::StringRef symbol, llvm::StringRef object) const {
  if (folder_.empty())
    return;
  llvm::Expected<llvm::sys::fs::TempFile> file = llvm::sys::fs::TempFile::create(getPath(symbol) + ".%%%%%%%%");
  if (!file) {
    llvm::consumeError(file.takeError());
    return;
  }
  {
    llvm::raw_fd_ostream stream(file->FD, /*shouldClose=*/false);
    stream << object << getHash(object);
    stream.flush();
    if (stream.has_error()) {
      stream.clear_error();
      llvm::consumeError(file->discard());
      return;
    }
  }
  llvm::consumeError(file->keep(getPath(symbol)));
}

void KernelCache::trim(uint64_t limit) const {
  if (folder_.empty())
    return;
  struct Entry {
    llvm::sys::TimePoint<> used;
    std::string path;
    uint64_t bytes;
  };
  std::vector<Entry> entries;
  uint64_t total = 0;
  std::error_code error;
  for (llvm::sys::fs::directory_iterator it(folder_, error), end; it != end && !error; it.increment(error)) {
    llvm::ErrorOr<llvm::sys::fs::basic_file_status> status = it->status();
    if (!status || llvm::sys::path::extension(it->path()) != ".kernel")
      continue;
    entries.push_back({status->getLastModificationTime(), it->path(), status->getSize()});
    total += status->getSize();
  }
  std::sort(entries.begin(), entries.end(), [](const Entry &a, const Entry &b) { return a.used < b.used; });
  for (const Entry &entry : entries) {
    if (total <= limit)
      return;
    if (!llvm::sys::fs::remove(entry.path))
      total -= entry.bytes;
  }
}
