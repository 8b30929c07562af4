//===- DataSet.h - data sets as named raw columns -----------------------------===//
// A data set stays as it is in its files (bytes, lines, cells); what a model sees is made row by row while batches are
// assembled (Source.h). What `--data` may name is in DataSet.cpp.
#ifndef ARGENT_RUNTIME_DATA_DATASET_H
#define ARGENT_RUNTIME_DATA_DATASET_H

#include "argent/Status.h"
#include "argent/Tensor.h"

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace argent {

struct InputPort;
class TokenStream;

/// Rows of numbers, dense, rows outermost.
struct NumberRows {
  ElementType type = ElementType::u8;
  std::vector<int64_t> rowShape; // [28, 28]; empty: a scalar
  std::vector<char> bytes;

  int64_t rowElements() const {
    int64_t count = 1;
    for (int64_t extent : rowShape)
      count *= extent;
    return count;
  }
  size_t rowBytes() const { return static_cast<size_t>(rowElements()) * elementBytes(type); }
  int64_t rows() const { return rowBytes() ? static_cast<int64_t>(bytes.size() / rowBytes()) : 0; }
};

/// An element of integers, counted over all rows.
int64_t integerAt(const NumberRows &rows, size_t element);

/// Rows of text: lines of a file, cells of a table. UTF-8.
class TextRows {
public:
  /// Rows from here on are of this file; without files they are of the column's.
  void beginFile(std::string path) { files_.emplace_back(rows(), std::move(path)); }
  /// `line`: of the file, from 1, where the row begins.
  void add(std::string_view text, int64_t line);
  int64_t rows() const { return static_cast<int64_t>(ends_.size()); }
  std::string_view operator[](int64_t row) const;
  int64_t line(int64_t row) const { return lines_[static_cast<size_t>(row)]; }
  /// The file that a row is of; empty: the column's.
  std::string file(int64_t row) const;

private:
  std::string bytes_;
  std::vector<size_t> ends_;
  std::vector<int64_t> lines_;
  std::vector<std::pair<int64_t, std::string>> files_; // each with its first row
};

/// One long text, which stays in its file.
struct TextStream {
  std::string path;
};

/// What a column without a name is for, where its file says that.
enum class Role { any, input, label };

/// One value of every row.
struct Column {
  std::string name;        // as a header or a file's name gives it; empty: none
  std::string description; // for messages: the file, "train.csv, column 2"
  Role role = Role::any;
  std::variant<NumberRows, TextRows, TextStream> values;

  const NumberRows *numbers() const { return std::get_if<NumberRows>(&values); }
  const TextRows *text() const { return std::get_if<TextRows>(&values); }
  const TextStream *stream() const { return std::get_if<TextStream>(&values); }
  int64_t rows() const { return numbers() ? numbers()->rows() : text() ? text()->rows() : 0; }
  /// What its rows hold, for messages: "f32[N, 28, 28]", "text".
  std::string type() const;
  /// Where a row stands, for messages: "train.csv:12", "labels.npy: row 3".
  std::string place(int64_t row) const;
};

enum class Split { train, validation, test };
const char *splitName(Split split);

struct DataSet {
  std::string name; // as `--data` gave it
  Split split = Split::train;
  int64_t rows = 0; // of every column; of a stream, which numberStreams has numbered, its tokens
  std::vector<Column> columns;
  std::map<std::string, std::shared_ptr<const TokenStream>> streams; // by input
};

/// What the inputs of a model want of raw data, which the files alone do not say.
struct DataForm {
  bool isStream = false;          // a text is one stream, not a row for each line
  bool hasClasses = false;        // a line of text begins with its class
  std::vector<std::string> names; // of columns
};
DataForm dataForm(const std::vector<InputPort> &ports);

/// Where the splits are.
struct DataPaths {
  std::string data; // a known data set, a folder or a file
  std::string test; // a file of its own for the test split; empty: `data` has both
};

/// Opens one split.
///
/// Errors: kNotFound     no such data set, file or split; for a known set the message names the package that has it.
///         kInvalidData  a damaged file, columns that differ in their number of rows, no rows.
Status openDataSet(const DataPaths &paths, Split split, const DataForm &form, DataSet &set);

} // namespace argent

#endif // ARGENT_RUNTIME_DATA_DATASET_H
