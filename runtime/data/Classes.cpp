//===- Classes.cpp - `from classes(...)`: class numbers --------------------------===//
// Numbers stay as they are; text is the name of a class, counted from 0 as the model has them, or a number. Where the
// training data counts K classes from 1 to K, 1 becomes 0; where it has names and the model none, they are counted in
// their order. Every row is checked when the source is made, against the names and against the range in which the
// model uses the value as an index.
#include "runtime/data/Source.h"

#include <algorithm>
#include <charconv>
#include <set>

namespace argent {

static bool holdsIntegers(ElementType type) {
  return type == ElementType::i32 || type == ElementType::i64 || type == ElementType::u8 ||
         type == ElementType::boolean;
}

static std::optional<int64_t> parseInteger(std::string_view text) {
  int64_t value = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc() && end == text.data() + text.size() && !text.empty() ? std::optional(value)
                                                                                   : std::nullopt;
}

/// The names that the model gives its classes.
static const std::vector<std::string> &namesOf(const InputPort &port) {
  static const std::vector<std::string> kNone;
  return port.source == "classes" && !port.arguments.empty() ? port.arguments.front().strings : kNone;
}

static std::optional<int64_t> find(const std::vector<std::string> &names, std::string_view name) {
  auto found = std::find(names.begin(), names.end(), name);
  return found == names.end() ? std::nullopt : std::optional<int64_t>(found - names.begin());
}

bool canHoldClasses(const Column &column) {
  const NumberRows *rows = column.numbers();
  return rows ? rows->rowShape.empty() && holdsIntegers(rows->type) : column.text() != nullptr;
}

std::optional<int64_t> firstNoClass(const InputPort &port, const Column &column) {
  const TextRows *rows = column.text();
  for (int64_t row = 0; rows && row < rows->rows(); ++row)
    if (!find(namesOf(port), (*rows)[row]) && !parseInteger((*rows)[row]))
      return row;
  return std::nullopt;
}

/// The number of a row as it is in the file; none: a text that is no number.
static std::optional<int64_t> rawClass(const Column &column, int64_t row) {
  return column.numbers() ? integerAt(*column.numbers(), static_cast<size_t>(row))
                          : parseInteger((*column.text())[row]);
}

/// How many classes the model tells apart; 0: it does not say.
static int64_t classCount(const InputPort &port) {
  if (!namesOf(port).empty())
    return static_cast<int64_t>(namesOf(port).size());
  return port.ranged ? port.high + 1 : 0;
}

static std::vector<std::string> classesFromOne(const InputPort &port, const Column &column) {
  const int64_t count = classCount(port);
  bool hasLast = false;
  for (int64_t row = 0; row < column.rows(); ++row) {
    const std::optional<int64_t> number = rawClass(column, row);
    if (!number || *number < 1 || *number > count)
      return {};
    hasLast |= *number == count;
  }
  std::vector<std::string> classes;
  for (int64_t i = 1; hasLast && i <= count; ++i)
    classes.push_back(std::to_string(i));
  return classes;
}

std::vector<std::string> learnClasses(const InputPort &port, const Column &column) {
  if (canHoldClasses(column) && !firstNoClass(port, column))
    return classesFromOne(port, column);
  if (port.source != "classes" || !namesOf(port).empty() || !column.text())
    return {};
  std::set<std::string_view> names;
  for (int64_t row = 0; row < column.rows(); ++row)
    names.insert((*column.text())[row]);
  return {names.begin(), names.end()};
}

/// The numbers that the model takes.
static std::pair<int64_t, int64_t> classRange(const InputPort &port) {
  int64_t low = port.ranged ? port.low : INT64_MIN, high = port.ranged ? port.high : INT64_MAX;
  if (const auto count = static_cast<int64_t>(namesOf(port).size()); count > 0)
    low = std::max<int64_t>(low, 0), high = std::min(high, count - 1);
  return {low, high};
}

/// "\"cat\", \"dog\" or 0 to 1": what a label may be, for messages.
static std::string takenClasses(const InputPort &port, const Vocabularies &vocabularies) {
  auto learned = vocabularies.find(port.name);
  const bool isLearned = learned != vocabularies.end();
  // Counted from 1: the first and the last say it.
  if (isLearned && !learned->second.empty() && parseInteger(learned->second.front()))
    return learned->second.front() + " to " + learned->second.back();
  std::string text;
  for (const std::string &name : isLearned ? learned->second : namesOf(port))
    text += (text.empty() ? "\"" : ", \"") + name + "\"";
  const auto [low, high] = classRange(port);
  if (isLearned || high == INT64_MAX)
    return text.empty() ? "whole numbers" : text;
  return text + (text.empty() ? "" : " or ") + std::to_string(low) + " to " + std::to_string(high);
}

namespace {
template <typename T> class ClassesSource : public Source {
public:
  explicit ClassesSource(const std::vector<int64_t> &classes) : classes_(classes.begin(), classes.end()) {}
  Status fill(int64_t row, void *destination) const override {
    *static_cast<T *>(destination) = classes_[static_cast<size_t>(row)];
    return Status();
  }

private:
  std::vector<T> classes_;
};
} // namespace

Status makeClassesSource(const InputPort &port, const Column &column, const Vocabularies &vocabularies,
                         std::unique_ptr<Source> &source) {
  const NumberRows *rows = column.numbers();
  if (!port.rowShape.empty() || !canHoldClasses(column))
    return Status(StatusCode::kInvalidArgument, port.describe() +
                                                    " takes the number or the name of a class for each row, and " +
                                                    column.description + " is " + column.type());
  const auto [low, high] = classRange(port);
  const std::vector<std::string> &names = namesOf(port);
  auto learned = vocabularies.find(port.name);
  std::vector<int64_t> classes;
  for (int64_t row = 0; row < column.rows(); ++row) {
    std::string text =
        rows ? std::to_string(integerAt(*rows, static_cast<size_t>(row))) : std::string((*column.text())[row]);
    std::optional<int64_t> number = find(names, text);
    if (!number)
      number = learned == vocabularies.end() ? parseInteger(text) : find(learned->second, text);
    if (!number || *number < low || *number > high)
      return Status(StatusCode::kInvalidData, column.place(row) + " has the label " + text + "; " + port.describe() +
                                                  " takes " + takenClasses(port, vocabularies));
    classes.push_back(*number);
  }
  switch (port.type) {
  case ElementType::i32:
    source = std::make_unique<ClassesSource<int32_t>>(classes);
    break;
  case ElementType::i64:
    source = std::make_unique<ClassesSource<int64_t>>(classes);
    break;
  case ElementType::u8:
    source = std::make_unique<ClassesSource<uint8_t>>(classes);
    break;
  default:
    return Status(StatusCode::kInvalidArgument,
                  port.describe() + " takes class numbers, so its elements must be i32 or i64");
  }
  return Status();
}

} // namespace argent
