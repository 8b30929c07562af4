//===- TextSource.h - rows of text as rows of numbers ------------------------------===//
#ifndef ARGENT_RUNTIME_DATA_TEXTSOURCE_H
#define ARGENT_RUNTIME_DATA_TEXTSOURCE_H

#include "runtime/data/Source.h"
#include "runtime/data/Tokenizer.h"

namespace argent {

/// The numbers of each row, at most as many as the input takes, and before padding.
struct NumberedRows {
  std::vector<int32_t> numbers;
  std::vector<size_t> ends;
  int32_t padding = 0;
  /// Rows that were cut to `length`: how many, the first of them, and how many numbers it had.
  int64_t cutRows = 0, firstCut = -1, firstCutCount = 0;

  std::span<const int32_t> row(int64_t index) const {
    const size_t begin = index ? ends[static_cast<size_t>(index) - 1] : 0;
    return std::span(numbers).subspan(begin, ends[static_cast<size_t>(index)] - begin);
  }
};

/// Numbers a column of text for a port from `words` or `characters`: cut to `length`, so that the numbers `start` and
/// `end` still fit; `reverse` turns a row around before it is cut. A row given for a stream is a piece of it, and cut
/// or padded like one with `length`.
///
/// Errors: those of Tokenizer::number, with the line; kInvalidData  without `length`, a row of another length.
Status numberRows(const InputPort &port, const Column &column, const Tokenizer &tokenizer,
                  std::shared_ptr<const NumberedRows> &rows);

/// The rows, padded.
Status makeRowsSource(const InputPort &port, const Column &column, std::shared_ptr<const NumberedRows> rows,
                      std::unique_ptr<Source> &source);
/// `from lengths(input)`: how many numbers each row has.
Status makeLengthsSource(const InputPort &port, std::shared_ptr<const NumberedRows> rows,
                         std::unique_ptr<Source> &source);

} // namespace argent

#endif // ARGENT_RUNTIME_DATA_TEXTSOURCE_H
