//===- Readers.h - files of rows, one reader for each format -----------------------===//
#ifndef ARGENT_RUNTIME_DATA_READERS_H
#define ARGENT_RUNTIME_DATA_READERS_H

#include "runtime/data/DataSet.h"

namespace argent {

/// "csv" of train.csv and train.csv.gz; empty: none.
std::string extensionOf(const std::string &path);

/// Reads a file by its extension: .csv, .tsv, .jsonl (or .ndjson), .npy, .npz; anything else is text. Plain or gzip.
///
/// Errors: kNotFound, kIoError; kInvalidArgument  a pipe, a device or a folder; kInvalidData  what is not as the format
/// says: the line is named.
Status readColumns(const std::string &path, const DataForm &form, std::vector<Column> &columns);

/// A row for each line that is not blank, or (`keepBlank`) for each line. With form.hasClasses a line is its class,
/// white space, and the text.
Status readLines(const std::string &path, const DataForm &form, bool keepBlank, std::vector<Column> &columns);

/// Cells between commas (or tabs), as RFC 4180 says: a cell between quotation marks may hold separators, line ends and
/// doubled quotation marks. The first row is a header if one of its cells is a name of the form. In a table of tabs a
/// quotation mark that is not closed before the cell's end is an ordinary character.
Status readTable(const std::string &path, char separator, const DataForm &form, std::vector<Column> &columns);

/// An object on each line, all with the same keys; values that are not strings stand as their JSON.
Status readJsonLines(const std::string &path, std::vector<Column> &columns);

/// A NumPy archive: every member is a column.
Status readNpz(const std::string &path, std::vector<Column> &columns);

/// A folder in which each file has the rows of one class, which is named like the file: its lines, or, of a file of
/// fortune(6), what stands between lines with a "%" alone.
Status readClassFolder(const std::string &folder, std::vector<Column> &columns);

} // namespace argent

#endif // ARGENT_RUNTIME_DATA_READERS_H
