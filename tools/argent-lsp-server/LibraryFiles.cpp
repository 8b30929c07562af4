//===- LibraryFiles.cpp - places in other files: the standard library, imports ---------===//
#include "LibraryFiles.h"

#include "Text.h"

#include "frontends/ag/query/Outline.h"
#include "frontends/ag/syntax/StandardLibrary.h"

#include "llvm/ADT/SmallString.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/LSP/Protocol.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/xxhash.h"

using namespace argent;
using namespace argent::lsp;
using llvm::StringRef;
namespace fs = llvm::sys::fs;
namespace path = llvm::sys::path;

std::string argent::lsp::uriOfPath(StringRef file) {
  llvm::SmallString<128> absolute(file);
  (void)fs::make_absolute(absolute);
  auto uri = llvm::lsp::URIForFile::fromFile(absolute);
  if (uri)
    return uri->uri().str();
  llvm::consumeError(uri.takeError());
  return "";
}

std::string argent::lsp::pathOfUri(StringRef uri) {
  if (!uri.starts_with("file:"))
    return uri.str();
  auto file = llvm::lsp::URIForFile::fromURI(uri);
  if (file)
    return file->file().str();
  llvm::consumeError(file.takeError());
  return uri.str();
}

static std::string cacheFolder() {
  llvm::SmallString<128> folder;
  if (const char *cache = std::getenv("XDG_CACHE_HOME"); cache && path::is_absolute(cache))
    folder = cache;
  else if (!path::home_directory(folder))
    return "";
  else
    path::append(folder, ".cache");
  path::append(folder, "argent");
  return folder.str().str();
}

std::string argent::lsp::materializeLibrary(StringRef name) {
  std::string cache = cacheFolder(), all;
  if (cache.empty())
    return "";
  for (const ag::LibraryFile &file : ag::standardLibrary())
    all += file.text;
  // Each version of the library has its folder: an editor may still show another one's.
  for (const ag::LibraryFile &file : ag::standardLibrary()) {
    if (file.name != name)
      continue;
    llvm::SmallString<128> target(cache);
    path::append(target, "std-" + llvm::utohexstr(llvm::xxh3_64bits(all), true), path::filename(name));
    auto old = llvm::MemoryBuffer::getFile(target);
    if (old && (*old)->getBuffer() == file.text)
      return target.str().str();
    if (fs::create_directories(path::parent_path(target)))
      return "";
    llvm::SmallString<128> temporary;
    int descriptor = -1;
    if (fs::createUniqueFile(target + ".%%%%%%", descriptor, temporary))
      return "";
    {
      llvm::raw_fd_ostream out(descriptor, /*shouldClose=*/true);
      out << file.text;
    }
    fs::setPermissions(temporary, fs::owner_read | fs::group_read | fs::others_read);
    if (fs::rename(temporary, target)) {
      fs::remove(temporary);
      return "";
    }
    return target.str().str();
  }
  return "";
}

llvm::json::Value argent::lsp::locationInImport(StringRef importer, StringRef file, StringRef name) {
  llvm::SmallString<128> target(path::parent_path(importer));
  path::append(target, file);
  auto buffer = llvm::MemoryBuffer::getFile(target);
  if (!buffer)
    return nullptr;
  ag::Outline outline((*buffer)->getBuffer().str());
  Text text((*buffer)->getBuffer());
  unsigned begin = 0, end = 0;
  if (const ag::OutlineDefinition *definition = outline.find(name)) {
    begin = definition->nameBegin;
    end = definition->nameEnd;
  }
  return llvm::json::Object{{"uri", uriOfPath(target)}, {"range", text.range(begin, end)}};
}
