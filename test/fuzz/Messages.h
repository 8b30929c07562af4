//===- Messages.h - what holds for every message, whatever the text -----------------------===//
#ifndef ARGENT_TEST_FUZZ_MESSAGES_H
#define ARGENT_TEST_FUZZ_MESSAGES_H

#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/ConvertUTF.h"
#include "llvm/Support/raw_ostream.h"

/// Stops with what is wrong, and the messages.
[[noreturn]] inline void stop(llvm::StringRef reason, llvm::StringRef messages) {
  llvm::errs() << messages << "--- " << reason << '\n';
  __builtin_trap();
}

/// Messages are text that a terminal shows, and each error says where it is.
inline void checkMessages(llvm::StringRef messages) {
  auto *begin = reinterpret_cast<const llvm::UTF8 *>(messages.bytes_begin());
  if (!llvm::isLegalUTF8String(&begin, messages.bytes_end()))
    stop("a message is not UTF-8", messages);
  for (char c : messages)
    if ((static_cast<unsigned char>(c) < 0x20 && c != '\n' && c != '\t') || c == 0x7F)
      stop("a message holds a control character", messages);
  for (llvm::StringRef line : llvm::split(messages, '\n')) {
    // The choice of a model is made outside of the text.
    bool chooses = line.contains(" has no model") || line.contains("the file has several models: ");
    if (line.starts_with("error: ") && !chooses)
      stop("an error without a place", messages);
  }
}

#endif // ARGENT_TEST_FUZZ_MESSAGES_H
