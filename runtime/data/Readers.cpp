//===- Readers.cpp - files of rows, by their extension; texts --------------------------===//
#include "runtime/data/Readers.h"

#include "runtime/data/GzipFile.h"
#include "runtime/data/Npy.h"
#include "runtime/data/TextFile.h"

#include <algorithm>
#include <filesystem>
#include <functional>

namespace argent {

static std::string withoutGzip(const std::string &path) {
  return path.ends_with(".gz") ? path.substr(0, path.size() - 3) : path;
}

std::string extensionOf(const std::string &path) {
  const std::string extension = std::filesystem::path(withoutGzip(path)).extension().string();
  return extension.empty() ? "" : extension.substr(1);
}

static Status readArray(const std::string &path, std::vector<Column> &columns) {
  std::string bytes;
  Npy array;
  ARGENT_RETURN_IF_ERROR(readUnpacked(path, bytes));
  ARGENT_RETURN_IF_ERROR(parseNpy(bytes, path, array));
  if (array.shape.empty())
    return Status(StatusCode::kInvalidData, path + " is one number, not an array of rows");
  columns.push_back({"", path, Role::input,
                     NumberRows{array.type, {array.shape.begin() + 1, array.shape.end()}, std::move(array.bytes)}});
  return Status();
}

Status readColumns(const std::string &path, const DataForm &form, std::vector<Column> &columns) {
  // A text is read once for its words, and once more for their numbers.
  std::error_code error;
  if (std::filesystem::exists(path, error) && !std::filesystem::is_regular_file(path, error))
    return Status(StatusCode::kInvalidArgument, path + " is not a file, which data is read from more than once");
  const std::string extension = extensionOf(path);
  if (extension == "npz")
    return readNpz(path, columns);
  if (extension == "npy")
    return readArray(path, columns);
  if (form.isStream) {
    columns.push_back({"", path, Role::any, TextStream{path}});
    return Status();
  }
  if (extension == "csv" || extension == "tsv")
    return readTable(path, extension == "csv" ? ',' : '\t', form, columns);
  if (extension == "jsonl" || extension == "ndjson")
    return readJsonLines(path, columns);
  return readLines(path, form, false, columns);
}

static bool isBlank(std::string_view line) { return line.find_first_not_of(" \t\n") == line.npos; }

/// Reads whole lines, without their ends.
static Status forEachLine(const std::string &path, const std::function<Status(std::string_view, int64_t)> &take) {
  TextFile file(path);
  std::string piece, line;
  int64_t number = 1;
  for (;;) {
    ARGENT_RETURN_IF_ERROR(file.next(piece));
    line += piece;
    const bool isEnd = piece.empty(), isLine = line.ends_with('\n');
    if (isLine)
      line.pop_back();
    if (isLine || (isEnd && !line.empty())) {
      ARGENT_RETURN_IF_ERROR(take(line, number++));
      line.clear();
    }
    if (isEnd)
      return Status();
  }
}

Status readLines(const std::string &path, const DataForm &form, bool keepBlank, std::vector<Column> &columns) {
  TextRows texts, classes;
  ARGENT_RETURN_IF_ERROR(forEachLine(path, [&](std::string_view line, int64_t number) {
    if (!keepBlank && isBlank(line))
      return Status();
    if (form.hasClasses) {
      line.remove_prefix(std::min(line.find_first_not_of(" \t"), line.size()));
      const size_t end = line.find_first_of(" \t");
      if (end == line.npos)
        return Status(StatusCode::kInvalidData, path + ":" + std::to_string(number) +
                                                    ": a line is a class, white space and a text; found \"" +
                                                    std::string(line.substr(0, 60)) + "\"");
      classes.add(line.substr(0, end), number);
      line.remove_prefix(line.find_first_not_of(" \t", end));
    }
    texts.add(line, number);
    return Status();
  }));
  if (form.hasClasses)
    columns.push_back({"", path, Role::label, std::move(classes)});
  columns.push_back({"", path, Role::any, std::move(texts)});
  return Status();
}

/// Each line that is not blank; in a file of fortune(6) what stands between lines that are "%".
static Status readClassRows(const std::string &path, TextRows &rows) {
  TextRows lines;
  bool isFortune = false;
  ARGENT_RETURN_IF_ERROR(forEachLine(path, [&](std::string_view line, int64_t number) {
    isFortune |= line == "%";
    lines.add(line, number);
    return Status();
  }));
  std::string text;
  for (int64_t i = 0, begin = 0; i < lines.rows(); ++i) {
    if (lines[i] != "%")
      text.append(text.empty() ? "" : "\n").append(lines[i]);
    if (isFortune && lines[i] != "%" && i + 1 < lines.rows())
      continue;
    if (!isBlank(text))
      rows.add(text, lines.line(begin));
    text.clear();
    begin = i + 1;
  }
  return Status();
}

/// Indexes of fortune(6), and its links for UTF-8.
static bool isFortuneIndex(const std::filesystem::path &path) {
  return path.extension() == ".dat" || path.extension() == ".u8";
}

Status readClassFolder(const std::string &folder, std::vector<Column> &columns) {
  std::vector<std::string> paths;
  std::error_code error;
  for (auto &entry : std::filesystem::directory_iterator(folder, error))
    if (entry.is_regular_file(error) && !entry.path().filename().string().starts_with(".") &&
        !isFortuneIndex(entry.path()))
      paths.push_back(entry.path().string());
  if (error)
    return Status(StatusCode::kIoError, "cannot read " + folder + ": " + error.message());
  std::sort(paths.begin(), paths.end());
  TextRows texts, classes;
  for (const std::string &path : paths) {
    const std::string name = std::filesystem::path(withoutGzip(path)).stem().string();
    texts.beginFile(path);
    classes.beginFile(path);
    ARGENT_RETURN_IF_ERROR(readClassRows(path, texts));
    while (classes.rows() < texts.rows())
      classes.add(name, texts.line(classes.rows()));
  }
  columns.push_back({"", folder, Role::label, std::move(classes)});
  columns.push_back({"", folder, Role::any, std::move(texts)});
  return Status();
}

} // namespace argent
