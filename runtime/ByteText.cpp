//===- ByteText.cpp - sizes of memory for messages -------------------------===//
#include "runtime/ByteText.h"

#include <cstdio>

namespace argent {

std::string byteText(int64_t bytes) {
  char text[32];
  const double count = static_cast<double>(bytes);
  std::snprintf(text, sizeof(text), "%.3g %s", count < 1e9 ? count * 1e-6 : count * 1e-9, count < 1e9 ? "MB" : "GB");
  return text;
}

} // namespace argent
