//===- DataSet.h - data sets in memory, as raw columns ----------------------===//
// A data set is read once and stays as it is in the file (bytes); what a model sees is made row by row while batches
// are assembled (Source.h). What `--data` may name is in DataSet.cpp.
#ifndef ARGENT_RUNTIME_DATA_DATASET_H
#define ARGENT_RUNTIME_DATA_DATASET_H

#include "argent/Status.h"

#include <cstdint>
#include <string>
#include <vector>

namespace argent {

/// One value of every row: unsigned bytes, rows outermost.
struct Column {
  std::string description;       // for messages: the file
  std::vector<int64_t> rowShape; // [28, 28]; empty: a scalar
  std::vector<uint8_t> values;

  int64_t rowElements() const {
    int64_t count = 1;
    for (int64_t extent : rowShape)
      count *= extent;
    return count;
  }
};

enum class Split { train, test };
const char *splitName(Split split);

/// Images with their class numbers.
struct DataSet {
  std::string name; // as `--data` gave it
  Split split = Split::train;
  int64_t rows = 0;
  Column images;
  Column labels;
};

/// Opens one split of what `--data` names: a known data set, or a folder.
///
/// Errors: kNotFound     no such data set or file; for a known set the message names the package that has it.
///         kInvalidData  a damaged file, or images and labels that differ in number.
Status openDataSet(const std::string &data, Split split, DataSet &set);

} // namespace argent

#endif // ARGENT_RUNTIME_DATA_DATASET_H
