//===- Foreign.h - words of Python, PyTorch and Keras, and what to write instead ------------===//
// Most readers of a message come from there: where what they wrote is a word of theirs, the message names ours. Tables
// of text only; who looks something up has found already that it means nothing here.
#ifndef ARGENT_FRONTENDS_AG_SYNTAX_FOREIGN_H
#define ARGENT_FRONTENDS_AG_SYNTAX_FOREIGN_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/ADT/StringRef.h"

#include <string>

namespace argent::ag {

/// Our name for a function, layer or constant, or an expression that does the same; empty if there is none.
llvm::StringRef foreignName(llvm::StringRef name);

/// Whether it is a name of theirs for which there is nothing here.
bool isOnlyForeign(llvm::StringRef name);

/// What to write instead of the argument `name` of `callee`, which `takes` arguments of some names; empty if there is
/// nothing to say.
std::string foreignArgument(llvm::StringRef callee, llvm::StringRef name,
                            llvm::function_ref<bool(llvm::StringRef)> takes);

/// What to write instead of binding `name` in a `train` block; empty if there is nothing to say.
llvm::StringRef foreignSetting(llvm::StringRef name);

/// Our name for a type; empty if there is none.
llvm::StringRef foreignType(llvm::StringRef name);

/// What to write instead of a statement or definition that begins with `word`; empty if it is no word of theirs.
llvm::StringRef foreignWord(llvm::StringRef word);

/// What to write instead of `base.member`, or `base.member(…)`; empty if there is nothing to say. `isBound`: the file
/// binds the name `base`, which then is no module of theirs. `names`: our operations and layers, of which theirs may
/// differ in case and underscores only (nn.ReLU).
std::string foreignMember(llvm::StringRef base, llvm::StringRef member, bool isCall, bool isBound,
                          llvm::ArrayRef<llvm::StringRef> names);

/// What to write instead of characters that begin no token here; empty if there is nothing to say.
llvm::StringRef foreignMark(llvm::StringRef character);

} // namespace argent::ag

#endif // ARGENT_FRONTENDS_AG_SYNTAX_FOREIGN_H
