//===- SourceFiles.h - texts, places in them, and how a message shows them -===//
// The one form in which frontends, passes and schedule files report (LANGUAGE.md, section 10): `file:line:column: kind:
// message`, the source line with a mark under the whole range. Knows no language.
#ifndef ARGENT_FRONTENDS_SOURCE_SOURCEFILES_H
#define ARGENT_FRONTENDS_SOURCE_SOURCEFILES_H

#include "llvm/ADT/Twine.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/SMLoc.h"
#include "llvm/Support/SourceMgr.h"
#include "llvm/Support/raw_ostream.h"

#include <memory>

namespace argent {

class SourceFiles {
public:
  /// Messages behind this many are not printed.
  static constexpr unsigned kMaxPrinted = 20;

  /// Takes over a file's text; its name is the buffer's identifier.
  const llvm::MemoryBuffer &add(std::unique_ptr<llvm::MemoryBuffer> buffer);

  /// The first file of this name, or null.
  const llvm::MemoryBuffer *findFile(llvm::StringRef name) const;

  struct Place {
    llvm::StringRef file;
    unsigned line = 0, column = 0; // from 1; a column is a character, not a byte
  };
  /// Line 0 for what points into no file.
  Place place(llvm::SMLoc location) const;

  /// What a column counts: characters, as frontends and messages do, or bytes, as MLIR's parser does.
  enum class Column { Character, Byte };
  /// The place of a line and a column, both from 1, of the first file of this name; a column behind the line is its
  /// end. Invalid if there is no such file or line.
  llvm::SMLoc locate(llvm::StringRef file, unsigned line, unsigned column, Column kind) const;

  /// `file:line:column: kind: message` and, if `withLine`, the source line with a mark. Without a place: `kind:
  /// message`.
  void print(llvm::raw_ostream &out, llvm::SMRange range, llvm::StringRef kind, const llvm::Twine &message,
             bool withLine = true) const;

private:
  void printLine(llvm::raw_ostream &out, llvm::SMRange range, unsigned line) const;

  llvm::SourceMgr sources_;
};

} // namespace argent

#endif // ARGENT_FRONTENDS_SOURCE_SOURCEFILES_H
