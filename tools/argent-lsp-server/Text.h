//===- Text.h - a document's text, by offset and by the protocol's positions ----------===//
// A position is a line and a column from 0; a column counts units of UTF-16, an offset bytes of UTF-8.
#ifndef ARGENT_TOOLS_ARGENT_LSP_SERVER_TEXT_H
#define ARGENT_TOOLS_ARGENT_LSP_SERVER_TEXT_H

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/JSON.h"

#include <string>
#include <vector>

namespace argent::lsp {

class Text {
public:
  explicit Text(llvm::StringRef text = "");

  /// A place outside of the text means its nearest end.
  unsigned offset(unsigned line, unsigned character) const;
  unsigned offset(const llvm::json::Value *position) const;
  llvm::json::Value position(unsigned offset) const;
  llvm::json::Value range(unsigned begin, unsigned end) const;
  /// The offset of a place that counts characters from 1, as diagnostics do.
  unsigned offsetOfPlace(unsigned line, unsigned column) const;
  llvm::json::Value whole() const { return range(0, text_.size()); }

private:
  llvm::StringRef lineAt(unsigned line) const;

  std::string text_;
  std::vector<unsigned> lineBegins_;
};

/// Applies one element of `contentChanges`.
std::string applyChange(const std::string &text, const llvm::json::Object &change);

/// Text as JSON may hold it: bytes that are no UTF-8 are replaced.
std::string clean(llvm::StringRef text);

} // namespace argent::lsp

#endif // ARGENT_TOOLS_ARGENT_LSP_SERVER_TEXT_H
