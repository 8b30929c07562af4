//===- LibraryFiles.h - places in other files: the standard library, imports -----------===//
#ifndef ARGENT_TOOLS_ARGENT_LSP_SERVER_LIBRARYFILES_H
#define ARGENT_TOOLS_ARGENT_LSP_SERVER_LIBRARYFILES_H

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/JSON.h"

#include <optional>
#include <string>

namespace argent::lsp {

std::string uriOfPath(llvm::StringRef path);
/// The path of a `file:` URI; of another one, the URI itself.
std::string pathOfUri(llvm::StringRef uri);

/// A file of the standard library, `std/core.ag`, as a read-only file below the cache's folder; empty if it cannot be
/// written.
std::string materializeLibrary(llvm::StringRef name);

/// What is defined as `name` in a file that `importer` imports as `file`; null if it is not there.
llvm::json::Value locationInImport(llvm::StringRef importer, llvm::StringRef file, llvm::StringRef name);

} // namespace argent::lsp

#endif // ARGENT_TOOLS_ARGENT_LSP_SERVER_LIBRARYFILES_H
