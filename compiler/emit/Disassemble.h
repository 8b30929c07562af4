//===- Disassemble.h - machine code of a module as text ---------------------===//
#ifndef ARGENT_COMPILER_EMIT_DISASSEMBLE_H
#define ARGENT_COMPILER_EMIT_DISASSEMBLE_H

#include "llvm/ADT/StringMap.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"

#include <cstdint>
#include <string>

namespace argent {

/// The instructions in [address, address + bytes) of an image (an ELF file, loaded at 0), one a line with its address.
/// Targets of jumps inside get labels, calls the names of the image's symbols. `architecture` is "x86-64" or "aarch64".
llvm::Expected<std::string> disassemble(llvm::StringRef image, llvm::StringRef architecture, uint64_t address,
                                        uint64_t bytes);

} // namespace argent

#endif // ARGENT_COMPILER_EMIT_DISASSEMBLE_H
