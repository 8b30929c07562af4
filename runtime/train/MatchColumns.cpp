//===- MatchColumns.cpp - which column an input reads --------------------------------===//
//   1. The column of its name, or of its side of a pair.
//   2. For what is not text: the only column that is left and could be what the input takes.
//   3. For text: the only text that is left; several inputs may read it.
//   4. What is made from another input reads that one's.
#include "runtime/data/Tokenizer.h"
#include "runtime/data/Utf8.h"
#include "runtime/train/Bind.h"

#include <algorithm>

namespace argent {

static std::string columnName(const DataSet &set, const Column &column) {
  if (!column.name.empty())
    return "`" + column.name + "`";
  return "column " + std::to_string(&column - set.columns.data() + 1);
}

/// Whether the input takes the number or name of a class.
static bool isLabel(const InputPort &port) {
  return port.source == "classes" || (port.source.empty() && port.rowShape.empty() &&
                                      (port.type == ElementType::i32 || port.type == ElementType::i64));
}

/// Whether the input could read the column, which no other reads.
static bool fits(const DataPort &data, const Column &column) {
  const InputPort &port = data.port;
  if (readsText(port))
    return (column.text() || column.stream()) && column.role != Role::label;
  if (column.role != Role::any)
    return data.isModelInput == (column.role == Role::input);
  if (isLabel(port))
    return canHoldClasses(column) && !firstNoClass(port, column);
  const NumberRows *rows = column.numbers();
  return rows && (port.source == "image" ? rows->type == ElementType::u8 && rows->rowShape.size() >= 2
                                         : rows->type == port.type && rows->rowShape == port.rowShape);
}

/// "`next` (text: a.csv:3 has \"good\", which is no class)": a column that an input could not read, and why.
static std::string describeColumn(const DataSet &set, const InputPort &port, const Column &column) {
  std::string type = column.type();
  if (const std::optional<int64_t> row = firstNoClass(port, column); isLabel(port) && row)
    type += ": " + column.place(*row) + " has " + quotedBegin((*column.text())[*row]) + ", which is no class";
  return columnName(set, column) + " (" + type + ")";
}

static Status noColumn(const DataSet &set, const InputPort &port, bool isNone) {
  std::string all;
  for (const Column &column : set.columns)
    all += (all.empty() ? "" : ", ") + describeColumn(set, port, column);
  return Status(StatusCode::kInvalidArgument, set.name + " has " + (isNone ? "no column" : "several columns") +
                                                  " for " + port.describe() + ": a column is found by the name `" +
                                                  vocabularyName(port) +
                                                  "`, or else as the only one of its kind; there are " + all);
}

Status matchColumns(const std::vector<DataPort> &ports, const DataSet &set, std::vector<const Column *> &columns) {
  columns.assign(ports.size(), nullptr);
  std::vector<const Column *> taken;
  auto isLeft = [&](const Column &column) { return std::find(taken.begin(), taken.end(), &column) == taken.end(); };
  for (size_t i = 0; i < ports.size(); ++i)
    for (const std::string &name : {ports[i].port.name, vocabularyName(ports[i].port)})
      for (const Column &column : set.columns)
        if (!columns[i] && column.name == name)
          taken.push_back(columns[i] = &column);
  for (bool wantsText : {false, true})
    for (size_t i = 0; i < ports.size(); ++i) {
      const InputPort &port = ports[i].port;
      if (columns[i] || readsText(port) != wantsText || !port.string("input").empty())
        continue;
      std::vector<const Column *> found;
      for (const Column &column : set.columns)
        if (isLeft(column) && fits(ports[i], column))
          found.push_back(&column);
      if (found.size() != 1)
        return noColumn(set, port, found.empty());
      columns[i] = found.front();
      if (!wantsText)
        taken.push_back(columns[i]);
    }
  for (size_t i = 0; i < ports.size(); ++i)
    for (size_t k = 0; k < ports.size() && !columns[i]; ++k)
      if (ports[k].port.name == ports[i].port.string("input"))
        columns[i] = columns[k];
  return Status();
}

} // namespace argent
