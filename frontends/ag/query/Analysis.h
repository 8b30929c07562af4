//===- Analysis.h - what an evaluation says about each place of a text --------------===//
// The evaluator's messages and values as plain data: nothing here points into the text or the graph, so that it
// outlives both. Places are offsets in bytes.
#ifndef ARGENT_FRONTENDS_AG_QUERY_ANALYSIS_H
#define ARGENT_FRONTENDS_AG_QUERY_ANALYSIS_H

#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/ADT/StringRef.h"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace mlir {
class ModuleOp;
}

namespace argent::ag {

/// A place that belongs to a message. In another file, `line` and `column` count characters from 1.
struct Related {
  std::string file; // empty: the text itself
  unsigned begin = 0, end = 0;
  unsigned line = 0, column = 0;
  std::string text;
};

struct Message {
  bool isWarning = false;
  bool hasPlace = false; // `begin` and `end` are valid
  unsigned begin = 0, end = 0;
  std::string text; // with the lines of `help:`
  std::vector<Related> related;
};

/// A parameter or state that a place leads to.
struct OwnedParameter {
  std::string path, type, initial;
  bool isState = false;
  int64_t elements = 0;
};

/// What is known about the name that begins at an offset.
struct Fact {
  static constexpr unsigned kMaxValues = 4;
  std::vector<std::string> values; // different ones, as `f32[N, 10]` or `3`; the first kMaxValues
  bool hasMore = false;
  bool isResult = false;                  // `values` are what calls of this name gave
  std::vector<OwnedParameter> parameters; // of a call, or of a declaration
  int definition = -1;                    // where the name that stands here was bound, if that is in the text

  void addValue(std::string value);
};

struct Analysis {
  std::vector<Message> messages;
  std::map<unsigned, Fact> facts;
  bool cancelled = false;

  const Fact *at(unsigned offset) const {
    auto found = facts.find(offset);
    return found == facts.end() ? nullptr : &found->second;
  }
};

/// Evaluates all models of `text`. `path` is the file's name, which imports are relative to. Ends early, with what
/// there is, when `cancelled` says so; it is asked often. `readOpen` gives the text of an imported file that an editor
/// has open; what it does not know is read from the disk. `check` gets the graphs of each model without errors, to
/// run passes on; what they report becomes messages.
Analysis analyze(llvm::StringRef text, llvm::StringRef path, llvm::function_ref<bool()> cancelled,
                 llvm::function_ref<std::optional<std::string>(llvm::StringRef path)> readOpen,
                 llvm::function_ref<void(mlir::ModuleOp)> check);

} // namespace argent::ag

#endif // ARGENT_FRONTENDS_AG_QUERY_ANALYSIS_H
