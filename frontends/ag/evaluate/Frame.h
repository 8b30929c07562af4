//===- Frame.h - the evaluation of one body, and the names that it binds ---------------------------------------===//
#ifndef ARGENT_FRONTENDS_AG_EVALUATE_FRAME_H
#define ARGENT_FRONTENDS_AG_EVALUATE_FRAME_H

#include "frontends/ag/evaluate/Value.h"

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringMap.h"

namespace argent::ag {

class TrainBlock;

/// A name that is bound.
struct Variable {
  Value value;
  Range where;                // the name, where it was bound
  const Expr *expr = nullptr; // what it was bound to
  bool isParameter = false;   // of the definition
  bool used = false;
  const Declaration *state = nullptr; // the state that it names, and its path
  std::string statePath;

  /// What messages mark: the expression, if there is one.
  Range place() const { return expr ? expr->range : where; }
};

/// What a file defines.
struct FileScope {
  enum class Kind { user, library, operations };
  Kind kind = Kind::user;
  std::string path;                                // as it was read
  llvm::StringMap<const Definition *> definitions; // layers and models
  llvm::StringMap<const Constant *> constants;
  llvm::StringMap<FileScope *> imports; // where the name is defined; null after an error
  llvm::StringMap<Value> values;        // of the constants evaluated so far
  llvm::StringMap<bool> evaluating;
  std::vector<std::unique_ptr<File>> trees;
};

/// The evaluation of one body.
struct Frame {
  FileScope *file = nullptr;
  const Definition *definition = nullptr; // null for constants
  const Entry *entry = nullptr;           // the entry that continues the model's body
  TrainBlock *train = nullptr;            // the block that continues it
  Instance *instance = nullptr;           // null in models, entries, constants
  std::shared_ptr<Naming> naming;
  std::map<std::string, Variable> variables;
  Range callRange;
  llvm::ArrayRef<std::optional<Given>> bound; // the arguments, one for each parameter
  bool returned = false;
  std::map<std::string, Range> hidden; // in an entry: names of the model's body that hold tensors
  std::vector<Value> results;
  std::vector<Range> resultRanges;
};

} // namespace argent::ag

#endif // ARGENT_FRONTENDS_AG_EVALUATE_FRAME_H
