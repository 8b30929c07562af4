//===- StandardLibrary.h - the files of std/, held by the program itself -----------===//
#ifndef ARGENT_FRONTENDS_AG_SYNTAX_STANDARDLIBRARY_H
#define ARGENT_FRONTENDS_AG_SYNTAX_STANDARDLIBRARY_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"

namespace argent::ag {

struct LibraryFile {
  llvm::StringRef name; // `std/core.ag`
  llvm::StringRef text;
};

/// All files of the standard library, in the order of their names. The build puts their text into the program.
llvm::ArrayRef<LibraryFile> standardLibrary();

} // namespace argent::ag

#endif // ARGENT_FRONTENDS_AG_SYNTAX_STANDARDLIBRARY_H
