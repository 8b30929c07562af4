//===- DataSet.cpp - what --data may name -----------------------------------===//
//   1. The name of a known data set: its folder.
//   2. A folder: IDX files; or files that begin with a split's name, `train.csv` with all columns, `train.tokens.txt`
//      with one; or a folder for each split with a file for each class; or files for classes, all of the train split.
//   3. A file: the train split.
#include "runtime/data/DataSet.h"

#include "runtime/data/Idx.h"
#include "runtime/data/InputPort.h"
#include "runtime/data/Readers.h"

#include <algorithm>
#include <filesystem>

namespace argent {

namespace fs = std::filesystem;

namespace {
struct KnownSet {
  const char *name;
  const char *folder;
  const char *package;
};
struct SplitNames {
  const char *name;                    // for messages
  std::vector<const char *> fileNames; // what files and folders of the split begin with
  const char *idx;                     // as MNIST has it; null: no such split
};
} // namespace

static const KnownSet kNownSets[] = {{"fashion-mnist", "/usr/share/datasets/fashion-mnist", "dataset-fashion-mnist"}};

static const SplitNames &names(Split split) {
  static const SplitNames kNames[] = {{"train", {"train"}, "train"},
                                      {"validation", {"valid", "validation", "dev"}, nullptr},
                                      {"test", {"test"}, "t10k"}};
  return kNames[static_cast<size_t>(split)];
}

const char *splitName(Split split) { return names(split).name; }

static bool isFile(const std::string &path) {
  std::error_code error;
  return fs::exists(path, error) && !fs::is_directory(path, error);
}
static bool isFolder(const std::string &path) {
  std::error_code error;
  return fs::is_directory(path, error);
}

/// The file, plain or gzip; empty if there is none.
static std::string findFile(const std::string &folder, const std::string &stem) {
  for (const char *suffix : {"", ".gz"})
    if (std::string path = folder + "/" + stem + suffix; isFile(path))
      return path;
  return "";
}

DataForm dataForm(const std::vector<InputPort> &ports) {
  DataForm form;
  for (const InputPort &port : ports) {
    form.isStream |= port.number("stream").value_or(0) != 0;
    form.hasClasses |= port.source == "classes";
    std::string side = port.string("side");
    form.names.push_back(side.empty() ? port.name : side);
  }
  return form;
}

static Status noSplit(const std::string &data, Split split, const std::string &why) {
  return Status(StatusCode::kNotFound, "there is no " + std::string(splitName(split)) + " split of " + data + why);
}

static std::string idxStem(Split split, const char *what) { return std::string(names(split).idx) + what; }
static const char *const kIdxImages = "-images-idx3-ubyte", *const kIdxLabels = "-labels-idx1-ubyte";

/// Whether the folder has an IDX file of a split that IDX sets have.
static bool hasIdx(const std::string &folder) {
  for (Split split : {Split::train, Split::test})
    for (const char *what : {kIdxImages, kIdxLabels})
      if (!findFile(folder, idxStem(split, what)).empty())
        return true;
  return false;
}

static Status openIdx(const std::string &data, const std::string &folder, Split split, const std::string &hint,
                      DataSet &set) {
  if (!names(split).idx)
    return noSplit(data, split, ", a set of IDX files");
  const std::string stems[2] = {idxStem(split, kIdxImages), idxStem(split, kIdxLabels)},
                    paths[2] = {findFile(folder, stems[0]), findFile(folder, stems[1])};
  for (int i = 0; i < 2; ++i)
    if (paths[i].empty()) {
      Status missing =
          noSplit(data, split,
                  ": it needs " + folder + "/" + stems[i] + " (or " + stems[i] + ".gz), which is not there" + hint);
      // Half a split is a mistake, none may be meant.
      return paths[1 - i].empty() ? missing : Status(StatusCode::kInvalidData, missing.message());
    }
  Idx images, labels;
  ARGENT_RETURN_IF_ERROR(readIdx(paths[0], 3, 4, images));
  ARGENT_RETURN_IF_ERROR(readIdx(paths[1], 1, 1, labels));
  auto bytes = [](const Idx &idx) { return std::vector<char>(idx.values.begin(), idx.values.end()); };
  set.columns.push_back({"", paths[0], Role::input,
                         NumberRows{ElementType::u8, {images.shape.begin() + 1, images.shape.end()}, bytes(images)}});
  set.columns.push_back({"", paths[1], Role::label, NumberRows{ElementType::u8, {}, bytes(labels)}});
  return Status();
}

/// The names in a folder, sorted.
static std::vector<std::string> namesIn(const std::string &folder) {
  std::vector<std::string> result;
  std::error_code error;
  for (auto &entry : fs::directory_iterator(folder, error))
    result.push_back(entry.path().filename().string());
  std::sort(result.begin(), result.end());
  return result;
}

/// What stands between the split's name and the extension: "tokens" of "train.tokens.txt.gz", "" of "train.txt"; none:
/// the file is not of this split.
static std::optional<std::string> columnOf(const std::string &file, Split split) {
  for (const char *name : names(split).fileNames) {
    if (!file.starts_with(std::string(name) + "."))
      continue;
    std::string rest = file.substr(std::string_view(name).size() + 1);
    if (rest.ends_with(".gz"))
      rest.resize(rest.size() - 3);
    const size_t dot = rest.rfind('.');
    return dot == rest.npos ? "" : rest.substr(0, dot);
  }
  return std::nullopt;
}

/// `train.csv`, or the columns `train.source.txt`, `train.target.txt`.
static Status openSplitFiles(const std::string &folder, Split split, const DataForm &form, DataSet &set) {
  for (const std::string &file : namesIn(folder)) {
    const std::optional<std::string> name = columnOf(file, split);
    const std::string path = folder + "/" + file;
    if (!name || !isFile(path))
      continue;
    if (name->empty()) {
      ARGENT_RETURN_IF_ERROR(readColumns(path, form, set.columns));
      continue;
    }
    const size_t before = set.columns.size();
    if (form.isStream || extensionOf(file) == "npy")
      ARGENT_RETURN_IF_ERROR(readColumns(path, form, set.columns));
    else
      ARGENT_RETURN_IF_ERROR(readLines(path, {}, true, set.columns));
    set.columns[before].name = *name;
  }
  return set.columns.empty() ? noSplit(folder, split, "") : Status();
}

static bool hasSplitFiles(const std::string &folder) {
  const std::vector<std::string> files = namesIn(folder);
  return std::any_of(files.begin(), files.end(), [](const std::string &file) {
    return columnOf(file, Split::train) || columnOf(file, Split::validation) || columnOf(file, Split::test);
  });
}

static Status openFolder(const std::string &folder, Split split, const DataForm &form, DataSet &set) {
  if (hasSplitFiles(folder))
    return openSplitFiles(folder, split, form, set);
  for (const char *name : names(split).fileNames)
    if (isFolder(folder + "/" + name))
      return readClassFolder(folder + "/" + name, set.columns);
  if (split != Split::train || isFolder(folder + "/train"))
    return noSplit(folder, split, "");
  return readClassFolder(folder, set.columns);
}

/// All columns have as many rows, and at least one.
static Status checkRows(DataSet &set) {
  for (const Column &column : set.columns)
    if (column.rows() != set.columns.front().rows())
      return Status(StatusCode::kInvalidData, set.columns.front().description + " has " +
                                                  std::to_string(set.columns.front().rows()) + " rows, but " +
                                                  column.description + " has " + std::to_string(column.rows()));
  set.rows = set.columns.empty() ? 0 : set.columns.front().rows();
  const bool isStream = !set.columns.empty() && set.columns.front().stream();
  return set.rows == 0 && !isStream
             ? Status(StatusCode::kInvalidData, set.name + ": the " + splitName(set.split) + " split has no rows")
             : Status();
}

static Status openColumns(const DataPaths &paths, Split split, const DataForm &form, DataSet &set) {
  const std::string &data = paths.data;
  if (split == Split::test && !paths.test.empty())
    return readColumns(paths.test, form, set.columns);
  std::string knownNames;
  for (const KnownSet &known : kNownSets) {
    knownNames += (knownNames.empty() ? "" : ", ") + std::string(known.name);
    if (data != known.name || fs::exists(data))
      continue;
    std::string hint =
        std::string("; install it: apt-get install ") + known.package + " (Debian's package of this data set)";
    if (!isFolder(known.folder))
      return Status(StatusCode::kNotFound,
                    "the data set " + data + " is not on this machine: there is no " + known.folder + hint);
    return openIdx(data, known.folder, split, hint, set);
  }
  if (isFolder(data))
    return hasIdx(data) ? openIdx(data, data, split, "", set) : openFolder(data, split, form, set);
  if (!isFile(data))
    return Status(StatusCode::kNotFound, "no data at " + data +
                                             ": it is neither a file, nor a folder, nor a known data set (" +
                                             knownNames + ")");
  return split == Split::train ? readColumns(data, form, set.columns) : noSplit(data, split, ", which is one file");
}

Status openDataSet(const DataPaths &paths, Split split, const DataForm &form, DataSet &set) {
  DataSet opened;
  opened.name = split == Split::test && !paths.test.empty() ? paths.test : paths.data;
  opened.split = split;
  ARGENT_RETURN_IF_ERROR(openColumns(paths, split, form, opened));
  ARGENT_RETURN_IF_ERROR(checkRows(opened));
  set = std::move(opened);
  return Status();
}

} // namespace argent
