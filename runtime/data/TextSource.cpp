//===- TextSource.cpp - rows of text as rows of numbers ----------------------------===//
#include "runtime/data/TextSource.h"

#include <algorithm>

namespace argent {

Status numberRows(const InputPort &port, const Column &column, const Tokenizer &tokenizer,
                  std::shared_ptr<const NumberedRows> &rows) {
  if (!port.batched || port.rowShape.size() != 1 || port.type != ElementType::i32)
    return Status(StatusCode::kInvalidArgument, port.describe() + ": text makes i32[N, T]");
  const TextRows *text = column.text();
  if (!text)
    return Status(StatusCode::kInvalidArgument, port.describe() + " takes text, or numbers of its own type; " +
                                                    column.description + " is " + column.type());
  const std::optional<double> start = port.number("start"), end = port.number("end");
  const size_t length = static_cast<size_t>(port.rowShape[0]), marks = start.has_value() + end.has_value();
  if (marks > length)
    return Status(StatusCode::kInvalidArgument, port.describe() + " has no place for both `start` and `end`");
  const bool isCut = port.number("length") || port.number("stream").value_or(0) != 0;
  auto made = std::make_shared<NumberedRows>();
  made->padding = tokenizer.padding();
  std::vector<int32_t> words;
  for (int64_t row = 0; row < text->rows(); ++row) {
    words.clear();
    if (Status status = tokenizer.number((*text)[row], words); !status.ok())
      return Status(status.code(), column.place(row) + ": " + status.message());
    if (!isCut && words.size() + marks != length)
      return Status(StatusCode::kInvalidData, column.place(row) + " has " + std::to_string(words.size() + marks) +
                                                  " tokens, and " + port.describe() + " takes rows of " +
                                                  std::to_string(length) +
                                                  (port.number("stream").value_or(0) != 0
                                                       ? ", the pieces of its stream"
                                                       : ": `length` in its `from` clause would cut and pad them"));
    if (port.number("reverse").value_or(0) != 0)
      std::reverse(words.begin(), words.end());
    if (words.size() > length - marks && made->cutRows++ == 0) {
      made->firstCut = row;
      made->firstCutCount = static_cast<int64_t>(words.size());
    }
    words.resize(std::min(words.size(), length - marks));
    if (start)
      made->numbers.push_back(static_cast<int32_t>(*start));
    made->numbers.insert(made->numbers.end(), words.begin(), words.end());
    if (end)
      made->numbers.push_back(static_cast<int32_t>(*end));
    made->ends.push_back(made->numbers.size());
  }
  rows = std::move(made);
  return Status();
}

namespace {

class RowsSource : public Source {
public:
  RowsSource(std::shared_ptr<const NumberedRows> rows, size_t length) : rows_(std::move(rows)), length_(length) {}
  Status fill(int64_t row, void *destination) const override {
    std::span<const int32_t> numbers = rows_->row(row);
    auto *result = static_cast<int32_t *>(destination);
    std::fill(std::copy(numbers.begin(), numbers.end(), result), result + length_, rows_->padding);
    return Status();
  }

private:
  std::shared_ptr<const NumberedRows> rows_;
  size_t length_;
};

class LengthsSource : public Source {
public:
  explicit LengthsSource(std::shared_ptr<const NumberedRows> rows) : rows_(std::move(rows)) {}
  Status fill(int64_t row, void *destination) const override {
    *static_cast<int32_t *>(destination) = static_cast<int32_t>(rows_->row(row).size());
    return Status();
  }

private:
  std::shared_ptr<const NumberedRows> rows_;
};

} // namespace

Status makeRowsSource(const InputPort &port, const Column &column, std::shared_ptr<const NumberedRows> rows,
                      std::unique_ptr<Source> &source) {
  const size_t length = static_cast<size_t>(port.rowShape[0]);
  for (int64_t row = 0; port.ranged && row < column.rows(); ++row)
    if (rows->row(row).size() < length && (rows->padding < port.low || rows->padding > port.high))
      return Status(StatusCode::kInvalidData, column.place(row) + " is shorter than " + std::to_string(length) +
                                                  ", and " + port.describe() + " does not take " +
                                                  std::to_string(rows->padding) + ", which stands for what is missing");
  source = std::make_unique<RowsSource>(std::move(rows), length);
  return Status();
}

Status makeLengthsSource(const InputPort &port, std::shared_ptr<const NumberedRows> rows,
                         std::unique_ptr<Source> &source) {
  if (!port.batched || !port.rowShape.empty() || port.type != ElementType::i32)
    return Status(StatusCode::kInvalidArgument, port.describe() + ": `from lengths` makes i32[N]");
  source = std::make_unique<LengthsSource>(std::move(rows));
  return Status();
}

} // namespace argent
