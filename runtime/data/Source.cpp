//===- Source.cpp - the registry of sources ---------------------------------===//
#include "runtime/data/Source.h"

#include <charconv>
#include <cmath>
#include <cstring>

namespace argent {

namespace {

/// A column that is the tensor already.
class PlainSource : public Source {
public:
  explicit PlainSource(const NumberRows &rows) : rows_(rows) {}
  Status fill(int64_t row, void *destination) const override {
    std::memcpy(destination, rows_.bytes.data() + static_cast<size_t>(row) * rows_.rowBytes(), rows_.rowBytes());
    return Status();
  }

private:
  const NumberRows &rows_;
};

/// Cells of a table that are numbers.
class NumberCells : public Source {
public:
  explicit NumberCells(std::vector<float> values) : values_(std::move(values)) {}
  Status fill(int64_t row, void *destination) const override {
    std::memcpy(destination, &values_[static_cast<size_t>(row)], sizeof(float));
    return Status();
  }

private:
  std::vector<float> values_;
};

} // namespace

static Status makeNumberCells(const InputPort &port, const Column &column, std::unique_ptr<Source> &source) {
  const TextRows &cells = *column.text();
  std::vector<float> values;
  for (int64_t row = 0; row < cells.rows(); ++row) {
    std::string_view cell = cells[row];
    float value = 0;
    auto [end, error] = std::from_chars(cell.data(), cell.data() + cell.size(), value);
    if (error != std::errc() || end != cell.data() + cell.size() || !std::isfinite(value))
      return Status(StatusCode::kInvalidData, column.place(row) + ": " + port.describe() +
                                                  " takes a finite number, found \"" + std::string(cell) + "\"");
    values.push_back(value);
  }
  source = std::make_unique<NumberCells>(std::move(values));
  return Status();
}

/// Kernels take numbers for finite.
template <typename T> static int64_t firstNonFinite(const NumberRows &rows) {
  for (size_t i = 0; i + sizeof(T) <= rows.bytes.size(); i += sizeof(T)) {
    T value;
    std::memcpy(&value, rows.bytes.data() + i, sizeof(T));
    if (!std::isfinite(value))
      return static_cast<int64_t>(i / rows.rowBytes());
  }
  return -1;
}

static Status makePlainSource(const InputPort &port, const Column &column, const Vocabularies &vocabularies,
                              std::unique_ptr<Source> &source) {
  const bool isScalar = port.rowShape.empty();
  const NumberRows *rows = column.numbers();
  // Class numbers are numbers, whatever integer holds them in the file.
  if (isScalar && (port.type == ElementType::i32 || port.type == ElementType::i64) && (!rows || rows->rowShape.empty()))
    return makeClassesSource(port, column, vocabularies, source);
  if (!rows && isScalar && port.type == ElementType::f32)
    return makeNumberCells(port, column, source);
  if (!rows)
    return Status(StatusCode::kInvalidArgument, port.describe() +
                                                    " has no `from` clause, so it takes only data of its "
                                                    "own type; " +
                                                    column.description +
                                                    " is text: write `from words(…)` or `from "
                                                    "characters(…)` in the model");
  if (port.type != rows->type || port.rowShape != rows->rowShape)
    return Status(
        StatusCode::kInvalidArgument,
        port.describe() + " has no `from` clause, so it takes only data of its own type; " + column.description +
            " is " + column.type() +
            (rows->type == ElementType::u8 && rows->rowShape.size() >= 2 ? ": write `from image()` in the model" : ""));
  const int64_t bad = port.type == ElementType::f32   ? firstNonFinite<float>(*rows)
                      : port.type == ElementType::f64 ? firstNonFinite<double>(*rows)
                                                      : -1;
  if (bad >= 0)
    return Status(StatusCode::kNonFinite,
                  column.place(bad) + " is not finite, and " + port.describe() + " takes finite numbers");
  if (port.ranged) {
    for (size_t i = 0; i * elementBytes(rows->type) < rows->bytes.size(); ++i) {
      const int64_t value = integerAt(*rows, i);
      if (value < port.low || value > port.high)
        return Status(StatusCode::kInvalidData, column.place(static_cast<int64_t>(i) / rows->rowElements()) +
                                                    " has the value " + std::to_string(value) + "; " + port.describe() +
                                                    " takes " + std::to_string(port.low) + " to " +
                                                    std::to_string(port.high));
    }
  }
  source = std::make_unique<PlainSource>(*rows);
  return Status();
}

bool isTensor(const InputPort &port, const Column &column) {
  const NumberRows *rows = column.numbers();
  return rows && rows->type == port.type && rows->rowShape == port.rowShape && port.source != "classes";
}

Status makeSource(const InputPort &port, const Column &column, const Vocabularies &vocabularies,
                  std::unique_ptr<Source> &source) {
  if (!port.batched)
    return Status(StatusCode::kInvalidArgument,
                  port.describe() + " is not rows of a batch (its outermost dimension alone must be N), so no data set "
                                    "can fill it");
  if (port.source.empty() || isTensor(port, column))
    return makePlainSource(port, column, vocabularies, source);
  static constexpr struct {
    const char *name;
    Status (*make)(const InputPort &, const Column &, const Vocabularies &, std::unique_ptr<Source> &);
  } kSources[] = {{"image", makeImageSource}, {"classes", makeClassesSource}};
  for (auto &[name, make] : kSources)
    if (port.source == name)
      return make(port, column, vocabularies, source);
  return Status(StatusCode::kInvalidArgument, port.describe() + ": `from " + port.source +
                                                  "` cannot be read by this version (it reads image, words, "
                                                  "characters, classes, lengths and following)");
}

} // namespace argent
