//===- Classes.cpp - `from classes(...)`: class numbers --------------------------===//
// Numbers stay as they are. With names, a number counts the names from 0. Every row is checked when the source is made,
// against the names and against the range in which the model uses the value as an index.
#include "runtime/data/Source.h"

namespace argent {

namespace {
template <typename T> class ClassesSource : public Source {
public:
  explicit ClassesSource(const Column &column) : column_(column) {}
  void fill(int64_t row, void *destination) const override {
    *static_cast<T *>(destination) = static_cast<T>(column_.values[static_cast<size_t>(row)]);
  }

private:
  const Column &column_;
};
} // namespace

Status makeClassesSource(const InputPort &port, const Column &column, std::unique_ptr<Source> &source) {
  if (!port.rowShape.empty() || !column.rowShape.empty())
    return Status(StatusCode::kInvalidArgument,
                  port.describe() + " must be one class number for each row, as " + column.description + " has");
  int64_t low = 0, high = 255;
  if (port.ranged) {
    low = port.low;
    high = port.high;
  }
  if (const InputPort::Argument *names = port.arguments.empty() ? nullptr : &port.arguments.front();
      names && port.source == "classes" && !names->strings.empty())
    high = std::min(high, static_cast<int64_t>(names->strings.size()) - 1);
  for (size_t row = 0; row < column.values.size(); ++row)
    if (int64_t value = column.values[row]; value < low || value > high)
      return Status(StatusCode::kInvalidData, column.description + ": row " + std::to_string(row) + " has the label " +
                                                  std::to_string(value) + "; " + port.describe() + " takes " +
                                                  std::to_string(low) + " to " + std::to_string(high));
  switch (port.type) {
  case ElementType::i32:
    source = std::make_unique<ClassesSource<int32_t>>(column);
    break;
  case ElementType::i64:
    source = std::make_unique<ClassesSource<int64_t>>(column);
    break;
  case ElementType::u8:
    source = std::make_unique<ClassesSource<uint8_t>>(column);
    break;
  default:
    return Status(StatusCode::kInvalidArgument,
                  port.describe() + " takes class numbers, so its elements must be i32 or i64");
  }
  return Status();
}

} // namespace argent
