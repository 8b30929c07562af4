//===- Column.cpp - rows of numbers and of text, and where they stand ----------------===//
#include "runtime/data/DataSet.h"

#include <cstring>

namespace argent {

int64_t integerAt(const NumberRows &rows, size_t element) {
  const char *at = rows.bytes.data() + element * elementBytes(rows.type);
  auto read = [&](auto value) {
    std::memcpy(&value, at, sizeof(value));
    return static_cast<int64_t>(value);
  };
  switch (rows.type) {
  case ElementType::i32:
    return read(int32_t());
  case ElementType::i64:
    return read(int64_t());
  default:
    return read(uint8_t());
  }
}

void TextRows::add(std::string_view text, int64_t line) {
  bytes_ += text;
  ends_.push_back(bytes_.size());
  lines_.push_back(line);
}

std::string_view TextRows::operator[](int64_t row) const {
  const auto place = static_cast<size_t>(row);
  const size_t begin = place ? ends_[place - 1] : 0;
  return std::string_view(bytes_).substr(begin, ends_[place] - begin);
}

std::string TextRows::file(int64_t row) const {
  std::string file;
  for (auto &[first, path] : files_)
    if (first <= row)
      file = path;
  return file;
}

std::string Column::type() const {
  const NumberRows *rows = numbers();
  if (!rows)
    return "text";
  std::vector<int64_t> shape = {-1};
  shape.insert(shape.end(), rows->rowShape.begin(), rows->rowShape.end());
  return typeString(rows->type, shape);
}

std::string Column::place(int64_t row) const {
  if (!text())
    return description + ": row " + std::to_string(row);
  const std::string file = text()->file(row);
  return (file.empty() ? description : file) + ":" + std::to_string(text()->line(row));
}

} // namespace argent
