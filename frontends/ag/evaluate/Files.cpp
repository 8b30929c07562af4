//===- Files.cpp - definitions from other files ----------------------------------------------------------------===//
// `import NAME, … from "FILE"`: the file's name is relative to the file that imports it. Each file is read once. A file
// sees its own definitions and imports, and gives away what it defines itself.
#include "frontends/ag/evaluate/Files.h"

#include "frontends/ag/syntax/Parser.h"

#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"

using namespace argent::ag;
using llvm::StringRef;
using llvm::Twine;

namespace path = llvm::sys::path;

/// What is no file, or too large to be text that somebody wrote, is not read.
static llvm::ErrorOr<std::unique_ptr<llvm::MemoryBuffer>> readFromDisk(const std::string &name) {
  constexpr uint64_t kMaxBytes = 16 << 20;
  llvm::sys::fs::file_status status;
  if (std::error_code error = llvm::sys::fs::status(name, status))
    return error;
  if (llvm::sys::fs::is_directory(status))
    return std::make_error_code(std::errc::is_a_directory);
  if (!llvm::sys::fs::is_regular_file(status))
    return std::make_error_code(std::errc::invalid_argument);
  if (status.getSize() > kMaxBytes)
    return std::make_error_code(std::errc::file_too_large);
  return llvm::MemoryBuffer::getFile(name);
}

void Files::loadImports(FileScope &scope, const File &tree) {
  importing_.push_back(&scope);
  for (const ItemPtr &item : tree.items)
    if (auto *import = llvm::dyn_cast<Import>(item.get()))
      importNames(scope, *import);
  importing_.pop_back();
}

void Files::importNames(FileScope &scope, const Import &import) {
  auto &text = llvm::cast<StringExpr>(*import.file);
  FileScope *file = nullptr;
  if (llvm::any_of(text.parts, [](const StringExpr::Part &part) { return part.isName; }))
    error(text.range, "the name of a file cannot contain `{…}`");
  else
    file = loadFile(scope, text.parts.empty() ? "" : StringRef(text.parts[0].text), text.range);
  for (const Name &name : import.names) {
    scope.imports[name.text] = nullptr; // stays silent unless it is found
    if (!file)
      continue;
    if (file->definitions.count(name.text) || file->constants.count(name.text)) {
      scope.imports[name.text] = file;
      continue;
    }
    StringRef shown = path::filename(file->path);
    if (file->imports.count(name.text)) {
      Report report = error(name.range, "\"" + shown + "\" does not define `" + name.text + "`, but imports it itself");
      if (const FileScope *origin = file->imports.lookup(name.text))
        report.help("import it from where it is defined, \"" + path::filename(origin->path) + "\"");
      continue;
    }
    std::vector<StringRef> names;
    for (const auto &entry : file->definitions)
      names.push_back(entry.getKey());
    for (const auto &entry : file->constants)
      names.push_back(entry.getKey());
    llvm::sort(names);
    StringRef near = nearestName(name.text, names);
    Report report = error(name.range, "\"" + shown + "\" does not define `" + name.text + "`" +
                                          (near.empty() ? Twine("") : "; did you mean `" + near + "`?"));
    if (near.empty())
      report.help(names.empty() ? Twine("it defines nothing")
                                : "it defines " + llvm::join(llvm::ArrayRef(names).take_front(20), ", "));
  }
}

/// Where the file lies that `name` means in `from`.
std::string Files::resolve(const FileScope &from, StringRef name) {
  llvm::SmallString<256> full = path::parent_path(from.path);
  path::append(full, name);
  path::remove_dots(full, /*remove_dot_dot=*/true);
  return full.str().str();
}

/// The file that `name` means in `from`; null after an error.
FileScope *Files::loadFile(const FileScope &from, StringRef name, Range range) {
  if (name.empty() || path::is_absolute(name)) {
    error(range, "an import must name a file relative to this one; found \"" + name + "\"");
    return nullptr;
  }
  std::string full = resolve(from, name);
  for (size_t i = 0; i != importing_.size(); ++i) {
    if (importing_[i]->path != full)
      continue;
    if (i + 1 == importing_.size())
      return nullptr; // itself: addItems has said so
    std::string circle = ("\"" + path::filename(full) + "\"").str();
    for (const FileScope *file : llvm::ArrayRef(importing_).drop_front(i + 1))
      circle += (" imports \"" + path::filename(file->path) + "\", which").str();
    error(range, "files import each other in a circle: " + circle + " imports \"" + path::filename(full) + "\"")
        .help("move what both need to a third file");
    return nullptr;
  }
  auto [entry, isNew] = imported_.try_emplace(full);
  if (!isNew)
    return entry->second.get();
  if (imported_.size() > kMaxImports) {
    error(range, "more than " + Twine(kMaxImports) + " files are imported");
    return nullptr;
  }
  llvm::ErrorOr<std::unique_ptr<llvm::MemoryBuffer>> text(nullptr);
  if (context.options.readFile)
    text = context.options.readFile(full);
  if (text && !*text)
    text = readFromDisk(full);
  if (!text) {
    error(range, "cannot read \"" + full + "\": " + text.getError().message());
    return nullptr;
  }
  entry->second = std::make_unique<FileScope>();
  FileScope &scope = *entry->second;
  scope.path = full;
  // The buffer's name is what messages say.
  const auto &buffer =
      context.diagnostics.addFile(llvm::MemoryBuffer::getMemBufferCopy((*text)->getBuffer(), scope.path));
  unsigned before = context.diagnostics.errorCount();
  scope.trees.push_back(parse(buffer, context.diagnostics));
  if (context.diagnostics.errorCount() != before) {
    entry->second = nullptr; // its errors are reported: what it would define stays silent
    return nullptr;
  }
  addItems(scope, *scope.trees.back());
  loadImports(scope, *scope.trees.back());
  texts_.emplace_back(nameInModule(scope.path), buffer.getBuffer());
  return &scope;
}

/// Whether a line of the text begins the definition of `name`.
static bool defines(StringRef text, StringRef name) {
  for (StringRef line : llvm::split(text, '\n'))
    for (StringRef word : {"layer ", "model "})
      if (line.consume_front(word) && line.ltrim().consume_front(name) &&
          line.ltrim().drop_front(name.size()).ltrim().starts_with("("))
        return true;
  return false;
}

std::string Files::findInOtherFiles(const FileScope &from, StringRef name) const {
  constexpr unsigned kMostEntries = 1000; // of a folder: who has more does not look for a layer there
  if (from.kind != FileScope::Kind::user || !llvm::sys::fs::exists(from.path))
    return "";
  std::vector<std::string> files;
  llvm::SmallString<256> folder = path::parent_path(from.path);
  std::error_code error;
  unsigned entries = 0;
  for (llvm::sys::fs::directory_iterator i(folder.empty() ? "." : folder.str(), error), end; !error && i != end;
       i.increment(error)) {
    if (++entries > kMostEntries)
      return "";
    if (path::extension(i->path()) == ".ag" && path::filename(i->path()) != path::filename(from.path))
      files.push_back(path::filename(i->path()).str());
  }
  llvm::sort(files);
  for (const std::string &file : files)
    if (auto text = readFromDisk(resolve(from, file)); text && defines((*text)->getBuffer(), name))
      return file;
  return "";
}

std::string Files::nameInModule(StringRef name) const {
  if (name == user.path || !imported_.count(name.str()))
    return path::filename(name).str();
  llvm::SmallString<256> folder = path::parent_path(user.path);
  path::remove_dots(folder, /*remove_dot_dot=*/true);
  if (folder.empty())
    return name.str();
  // Up from the folder to what both share, then down.
  auto here = path::begin(folder), hereEnd = path::end(folder);
  auto there = path::begin(name), thereEnd = path::end(name);
  while (here != hereEnd && there != thereEnd && *here == *there)
    ++here, ++there;
  llvm::SmallString<256> result;
  for (; here != hereEnd; ++here)
    path::append(result, "..");
  for (; there != thereEnd; ++there)
    path::append(result, *there);
  return result.str().str();
}
