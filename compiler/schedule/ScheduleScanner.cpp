//===- ScheduleScanner.cpp - the kernels of a schedule file ----------------===//
#include "compiler/schedule/ScheduleScanner.h"

#include "mlir/IR/Diagnostics.h"
#include "mlir/IR/Location.h"
#include "llvm/ADT/StringExtras.h"

using namespace mlir;

namespace argent {

namespace {

/// Reads the file's characters and keeps count of lines.
class Scanner {
public:
  Scanner(MLIRContext *context, StringRef path, StringRef text) : context_(context), path_(path), text_(text) {}

  FailureOr<std::vector<ScheduleEntry>> run() {
    std::vector<ScheduleEntry> entries;
    for (skipSpace(); at_ < text_.size(); skipSpace()) {
      ScheduleEntry entry;
      entry.line = line_;
      entry.column = column_;
      if (!take("kernel"))
        return error("expected `kernel \"NAME\" {`");
      skipSpace();
      if (!takeString(entry.name))
        return error("expected the kernel's name in quotation marks");
      skipSpace();
      if (!take("{"))
        return error("expected `{`");
      entry.bodyLine = line_;
      entry.bodyColumn = column_;
      size_t begin = at_;
      if (!skipBody())
        return emitError(FileLineColLoc::get(context_, path_, entry.line, entry.column))
               << "the kernel has no closing brace";
      entry.body = text_.slice(begin, at_ - 1);
      entries.push_back(std::move(entry));
    }
    return entries;
  }

private:
  LogicalResult error(const char *message) {
    return emitError(FileLineColLoc::get(context_, path_, line_, column_)) << message;
  }

  void advance() {
    column_ = text_[at_] == '\n' ? 1 : column_ + 1;
    line_ += text_[at_] == '\n';
    ++at_;
  }
  bool atComment() const { return text_.substr(at_).starts_with("//"); }
  void skipComment() {
    while (at_ < text_.size() && text_[at_] != '\n')
      advance();
  }
  void skipSpace() {
    while (at_ < text_.size() && (llvm::isSpace(text_[at_]) || atComment()))
      atComment() ? skipComment() : advance();
  }
  bool take(StringRef word) {
    if (!text_.substr(at_).starts_with(word))
      return false;
    for (size_t i = 0; i < word.size(); ++i)
      advance();
    return true;
  }
  /// A string with MLIR's escapes: \" \\ and \XX.
  bool takeString(std::string &value) {
    if (at_ >= text_.size() || text_[at_] != '"')
      return false;
    advance();
    while (at_ < text_.size() && text_[at_] != '"' && text_[at_] != '\n') {
      if (text_[at_] == '\\' && at_ + 2 < text_.size()) {
        advance();
        unsigned code = 0;
        if (llvm::isHexDigit(text_[at_]) && !text_.substr(at_, 2).getAsInteger(16, code)) {
          value += static_cast<char>(code);
          advance();
        } else {
          value += text_[at_];
        }
      } else {
        value += text_[at_];
      }
      advance();
    }
    return take("\"");
  }
  /// To behind the brace that closes the body.
  bool skipBody() {
    int depth = 1;
    while (at_ < text_.size() && depth > 0) {
      if (atComment()) {
        skipComment();
        continue;
      }
      if (text_[at_] == '"') {
        std::string ignored;
        if (!takeString(ignored))
          return false;
        continue;
      }
      depth += text_[at_] == '{' ? 1 : text_[at_] == '}' ? -1 : 0;
      advance();
    }
    return depth == 0;
  }

  MLIRContext *context_;
  StringRef path_, text_;
  size_t at_ = 0;
  unsigned line_ = 1, column_ = 1;
};

} // namespace

FailureOr<std::vector<ScheduleEntry>> scanSchedules(MLIRContext *context, StringRef path, StringRef text) {
  return Scanner(context, path, text).run();
}

} // namespace argent
