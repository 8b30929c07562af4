//===- DataSet.cpp - what --data may name -----------------------------------===//
#include "runtime/data/DataSet.h"

#include "runtime/data/Idx.h"

#include <sys/stat.h>

namespace argent {

namespace {
struct KnownSet {
  const char *name;
  const char *folder;
  const char *package;
};
} // namespace

static const KnownSet kNownSets[] = {{"fashion-mnist", "/usr/share/datasets/fashion-mnist", "dataset-fashion-mnist"}};

const char *splitName(Split split) { return split == Split::train ? "train" : "test"; }

static bool isFile(const std::string &path) {
  struct stat info;
  return ::stat(path.c_str(), &info) == 0 && !S_ISDIR(info.st_mode);
}

static bool isFolder(const std::string &path) {
  struct stat info;
  return ::stat(path.c_str(), &info) == 0 && S_ISDIR(info.st_mode);
}

/// The file, plain or gzip; empty if there is none.
static std::string findFile(const std::string &folder, const std::string &stem) {
  for (const char *suffix : {"", ".gz"})
    if (std::string path = folder + "/" + stem + suffix; isFile(path))
      return path;
  return "";
}

Status openDataSet(const std::string &data, Split split, DataSet &set) {
  const KnownSet *known = nullptr;
  std::string names;
  for (const KnownSet &candidate : kNownSets) {
    if (data == candidate.name && !isFolder(data))
      known = &candidate;
    names += (names.empty() ? "" : ", ") + std::string(candidate.name);
  }
  std::string folder = known ? known->folder : data;
  std::string hint =
      known ? std::string("; install it: apt-get install ") + known->package + " (Debian's package of this data set)"
            : "";
  if (!isFolder(folder))
    return Status(StatusCode::kNotFound,
                  known ? "the data set " + data + " is not on this machine: there is no " + folder + hint
                        : "no data at " + data + ": it is neither a folder with IDX files nor a known data set (" +
                              names + ")");
  std::string prefix = split == Split::train ? "train" : "t10k";
  std::string paths[2], stems[2] = {prefix + "-images-idx3-ubyte", prefix + "-labels-idx1-ubyte"};
  for (int i = 0; i < 2; ++i) {
    paths[i] = findFile(folder, stems[i]);
    if (paths[i].empty())
      return Status(StatusCode::kNotFound, "the " + std::string(splitName(split)) + " split of " + data + " needs " +
                                               folder + "/" + stems[i] + " (or " + stems[i] +
                                               ".gz), which is not there" + hint);
  }
  Idx images, labels;
  ARGENT_RETURN_IF_ERROR(readIdx(paths[0], 3, 4, images));
  ARGENT_RETURN_IF_ERROR(readIdx(paths[1], 1, 1, labels));
  if (images.shape[0] != labels.shape[0])
    return Status(StatusCode::kInvalidData, paths[0] + " has " + std::to_string(images.shape[0]) + " images, but " +
                                                paths[1] + " has " + std::to_string(labels.shape[0]) + " labels");
  set.name = data;
  set.split = split;
  set.rows = images.shape[0];
  images.shape.erase(images.shape.begin());
  set.images = Column{paths[0], std::move(images.shape), std::move(images.values)};
  set.labels = Column{paths[1], {}, std::move(labels.values)};
  return Status();
}

} // namespace argent
