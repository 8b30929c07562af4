//===- Document.h - an open file, and what is known about it ---------------------------===//
#ifndef ARGENT_TOOLS_ARGENT_LSP_SERVER_DOCUMENT_H
#define ARGENT_TOOLS_ARGENT_LSP_SERVER_DOCUMENT_H

#include "Text.h"

#include "frontends/ag/query/Analysis.h"
#include "frontends/ag/query/Outline.h"

#include <memory>

namespace argent::lsp {

/// One version of an open file. Immutable: requests and the evaluation read it at the same time.
struct Document {
  Document(std::string uri, std::string path, int64_t version, std::string text)
      : uri(std::move(uri)), path(std::move(path)), version(version), text(text), outline(std::move(text)) {}

  std::string uri;
  std::string path; // of the file; of one that was never saved, its URI
  int64_t version;
  Text text;
  ag::Outline outline;
};

/// A document with its evaluation, as far as there is one.
struct View {
  std::shared_ptr<const Document> document;
  std::shared_ptr<const ag::Analysis> analysis; // of this version; null: none yet
  /// What the last evaluation that came so far said of names, by `definition/name`.
  std::shared_ptr<const std::map<std::string, std::string>> lastTypes;

  const ag::Outline &outline() const { return document->outline; }
  const ag::Fact *factAt(unsigned offset) const { return analysis ? analysis->at(offset) : nullptr; }
  /// The type or value of what was bound at a place, now or before the last edits; empty if unknown.
  std::string typeOf(const ag::OutlineDefinition &definition, const ag::OutlineName &name) const;
};

/// `f32[N, 10]`, or `f32[N, 56, 56, 64] or f32[N, 28, 28, 128] …` for a name that had several.
std::string describe(const ag::Fact &fact);

/// What the name at an offset means.
struct Meaning {
  enum class Kind { none, local, definition, library, operation, source, argument, setting, word, import };
  Kind kind = Kind::none;
  std::string name;
  unsigned begin = 0, end = 0;                       // of the name that was asked about
  const ag::OutlineName *local = nullptr;            // bound in the text
  const ag::OutlineDefinition *definition = nullptr; // that `local` belongs to, or that the name means
  std::string callee, text;                          // of an argument; of a word, a setting, an argument: what it means
};
Meaning meaningAt(const View &view, unsigned offset);

// The features; each returns null where there is nothing to say.
llvm::json::Value hover(const View &view, unsigned offset);
llvm::json::Value definition(const View &view, unsigned offset);
llvm::json::Value references(const View &view, unsigned offset, bool withDeclaration);
llvm::json::Value highlights(const View &view, unsigned offset);
/// The range of what can be renamed here; or edits, or an error's text in `problem`.
llvm::json::Value prepareRename(const View &view, unsigned offset);
llvm::json::Value rename(const View &view, unsigned offset, llvm::StringRef newName, std::string &problem);
llvm::json::Value documentSymbols(const View &view);
llvm::json::Value completion(const View &view, unsigned offset);
llvm::json::Value signatureHelp(const View &view, unsigned offset);
llvm::json::Value formatting(const View &view);

} // namespace argent::lsp

#endif // ARGENT_TOOLS_ARGENT_LSP_SERVER_DOCUMENT_H
