//===- Table.cpp - reader of CSV and TSV ---------------------------------------------===//
#include "runtime/data/GzipFile.h"
#include "runtime/data/Readers.h"
#include "runtime/data/Utf8.h"

#include <algorithm>

namespace argent {

namespace {

/// Reads one record after the other.
class RecordReader {
public:
  RecordReader(const std::string &path, std::string_view text, char separator)
      : path_(path), text_(text), separator_(separator) {}

  bool atEnd() const { return at_ >= text_.size(); }
  int64_t line() const { return line_; } // of what comes next

  /// A blank line gives no cells.
  Status next(std::vector<std::string> &cells) {
    cells.clear();
    if (takeLineEnd())
      return Status();
    for (;;) {
      std::string &cell = cells.emplace_back();
      if (!atEnd() && text_[at_] == '"' && (separator_ == ',' || closesInCell()))
        ARGENT_RETURN_IF_ERROR(takeQuoted(cell));
      else
        while (!atEnd() && text_[at_] != separator_ && !isLineEnd(at_))
          cell += text_[at_++];
      if (atEnd() || takeLineEnd())
        return Status();
      ++at_; // the separator
    }
  }

private:
  bool isLineEnd(size_t at) const { return at < text_.size() && (text_[at] == '\n' || text_.substr(at, 2) == "\r\n"); }
  bool takeLineEnd() {
    if (!isLineEnd(at_))
      return false;
    at_ += text_[at_] == '\r' ? 2 : 1;
    ++line_;
    return true;
  }
  bool endsCell(size_t at) const { return at >= text_.size() || text_[at] == separator_ || isLineEnd(at); }
  /// Whether the quotation mark here has its fellow at the end of the cell, on this line.
  bool closesInCell() const {
    size_t at = at_ + 1;
    for (; at < text_.size() && text_[at] != '\n'; ++at)
      if (text_[at] == '"') {
        if (at + 1 >= text_.size() || text_[at + 1] != '"')
          break;
        ++at;
      }
    return at < text_.size() && text_[at] == '"' && endsCell(at + 1);
  }
  Status takeQuoted(std::string &cell) {
    const int64_t begin = line_;
    auto bad = [&](const std::string &what) {
      return Status(StatusCode::kInvalidData, path_ + ":" + std::to_string(begin) + ": " + what);
    };
    for (++at_;; ++at_) {
      if (atEnd())
        return bad("the quotation mark of this row is not closed");
      if (text_[at_] == '"') {
        if (text_.substr(at_, 2) != "\"\"")
          break;
        ++at_;
      }
      line_ += text_[at_] == '\n';
      cell += text_[at_];
    }
    ++at_;
    return endsCell(at_) ? Status()
                         : bad("a cell goes on behind its closing quotation mark: write \"\" for one within it");
  }

  const std::string &path_;
  std::string_view text_;
  char separator_;
  size_t at_ = 0;
  int64_t line_ = 1;
};

} // namespace

Status readTable(const std::string &path, char separator, const DataForm &form, std::vector<Column> &columns) {
  std::string text;
  ARGENT_RETURN_IF_ERROR(readUnpacked(path, text));
  if (size_t at = findInvalidUtf8(text); at != text.npos)
    return Status(StatusCode::kInvalidData,
                  path + ":" +
                      std::to_string(1 + std::count(text.begin(), text.begin() + static_cast<int64_t>(at), '\n')) +
                      ": the text is not UTF-8");
  std::string_view rest = text;
  if (rest.starts_with("\xef\xbb\xbf"))
    rest.remove_prefix(3);
  RecordReader reader(path, rest, separator);
  std::vector<std::string> cells, names;
  std::vector<TextRows> rows;
  auto isWanted = [&](const std::string &name) {
    return std::find(form.names.begin(), form.names.end(), name) != form.names.end();
  };
  while (!reader.atEnd()) {
    const int64_t line = reader.line();
    ARGENT_RETURN_IF_ERROR(reader.next(cells));
    if (cells.empty())
      continue;
    if (rows.empty()) {
      rows.resize(cells.size());
      if (std::any_of(cells.begin(), cells.end(), isWanted)) {
        for (auto cell = cells.begin(); cell != cells.end(); ++cell)
          if (std::find(cells.begin(), cell, *cell) != cell)
            return Status(StatusCode::kInvalidData,
                          path + ":" + std::to_string(line) + ": two columns are called \"" + *cell + "\"");
        names = cells;
        continue;
      }
    }
    if (cells.size() != rows.size())
      return Status(StatusCode::kInvalidData, path + ":" + std::to_string(line) + ": this row has " +
                                                  std::to_string(cells.size()) + " cells, and the first has " +
                                                  std::to_string(rows.size()));
    for (size_t i = 0; i < cells.size(); ++i)
      rows[i].add(cells[i], line);
  }
  // A pair without a header: what is translated stands first.
  if (names.empty() && rows.size() == 2 && isWanted("source") && isWanted("target"))
    names = {"source", "target"};
  for (size_t i = 0; i < rows.size(); ++i)
    columns.push_back({names.empty() ? "" : names[i], path, Role::any, std::move(rows[i])});
  return Status();
}

} // namespace argent
