//===- Diagnostics.h - errors that show the source and say what to write -----===//
// The format of LANGUAGE.md, section 10: the message with its source line (frontends/source), then notes (other places)
// and help. Holds the text of all files that were read.
#ifndef ARGENT_FRONTENDS_AG_SYNTAX_DIAGNOSTICS_H
#define ARGENT_FRONTENDS_AG_SYNTAX_DIAGNOSTICS_H

#include "frontends/source/SourceFiles.h"

#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/Twine.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/SMLoc.h"
#include "llvm/Support/raw_ostream.h"

#include <functional>
#include <memory>
#include <set>
#include <string>
#include <vector>

namespace argent::ag {

/// A piece of a source file: pointers to its first byte and to the byte after its last.
using Range = llvm::SMRange;

class Diagnostics;

/// One message in the making; it is printed when it goes out of scope.
class Report {
public:
  Report(Diagnostics &owner, bool isError, Range range, std::string message)
      : owner_(&owner), isError_(isError), range_(range), message_(std::move(message)) {}
  Report(Report &&other) noexcept;
  Report &operator=(Report &&other) noexcept;
  Report(const Report &) = delete;
  ~Report();

  /// Adds a line about another place; an invalid range adds a note without a place.
  Report &note(Range at, const llvm::Twine &text);
  /// Adds a line that says what to write.
  Report &help(const llvm::Twine &text);

  bool isWarning() const { return !isError_; }
  /// What is marked; invalid for a message without a place.
  Range place() const { return range_; }
  llvm::StringRef text() const { return message_; }
  llvm::ArrayRef<std::pair<Range, std::string>> notesAt() const { return notes_; }
  llvm::ArrayRef<std::string> helpTexts() const { return helps_; }

private:
  friend class Diagnostics;
  Diagnostics *owner_;
  bool isError_;
  Range range_;
  std::string message_;
  llvm::SmallVector<std::pair<Range, std::string>, 2> notes_;
  llvm::SmallVector<std::string, 1> helps_;
};

class Diagnostics {
public:
  explicit Diagnostics(llvm::raw_ostream &out) : out_(out) {}

  /// From here on messages go to `listener` instead of the stream; those after the first SourceFiles::kMaxPrinted still
  /// do not.
  void setListener(std::function<void(const Report &)> to) { listener_ = std::move(to); }

  /// Takes over a file's text; its name is the buffer's identifier.
  const llvm::MemoryBuffer &addFile(std::unique_ptr<llvm::MemoryBuffer> buffer) {
    return files_.add(std::move(buffer));
  }
  SourceFiles::Place place(llvm::SMLoc location) const { return files_.place(location); }

  Report error(Range range, const llvm::Twine &message) { return Report(*this, true, range, message.str()); }
  Report warning(Range range, const llvm::Twine &message) { return Report(*this, false, range, message.str()); }
  /// An error without a place, such as a file that cannot be read.
  void errorWithoutPlace(const llvm::Twine &message);

  unsigned errorCount() const { return errors_; }

  /// Between the two, messages wait, and are then printed in the order of the source: the lexer and the parser read
  /// one file in turn.
  void beginBatch() { batching_ = true; }
  void endBatch();

private:
  friend class Report;
  void finish(Report &report);
  void print(const Report &report);

  llvm::raw_ostream &out_;
  std::function<void(const Report &)> listener_;
  SourceFiles files_;
  std::set<std::pair<const char *, std::string>> seen_;
  std::vector<Report> waiting_;
  bool batching_ = false;
  unsigned errors_ = 0, printed_ = 0;
};

/// The known name nearest to `name`, if it is near enough to be meant; else empty. For the few names that a place
/// allows: the arguments of a call, the settings of a block.
llvm::StringRef nearestName(llvm::StringRef name, llvm::ArrayRef<llvm::StringRef> known);

/// The known name of which `name` is a slip of the fingers: written in another case or with other underscores, or a
/// letter or two away; else empty. For a place where any name may stand: what only looks alike (`sinh`, `sin`) computes
/// something else.
llvm::StringRef misspeltName(llvm::StringRef name, llvm::ArrayRef<llvm::StringRef> known);

} // namespace argent::ag

#endif // ARGENT_FRONTENDS_AG_SYNTAX_DIAGNOSTICS_H
