//===- ByteText.h - sizes of memory for messages ---------------------------===//
#ifndef ARGENT_RUNTIME_BYTETEXT_H
#define ARGENT_RUNTIME_BYTETEXT_H

#include <cstdint>
#include <string>

namespace argent {

/// "740 MB", "47.2 GB".
std::string byteText(int64_t bytes);

} // namespace argent

#endif // ARGENT_RUNTIME_BYTETEXT_H
