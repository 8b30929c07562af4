//===- HalideNames.cpp - loops' names on Halide's side ---------------------===//
#include "compiler/codegen/HalidePipeline.h"

#include "llvm/ADT/StringExtras.h"

using namespace mlir;

static constexpr StringRef kLoopPrefix = "hl_";

std::string argent::getLoopName(StringRef name) { return (kLoopPrefix + name).str(); }

std::string argent::withoutLoopNames(StringRef text) {
  std::string result;
  while (!text.empty()) {
    bool isWordStart = result.empty() || !(llvm::isAlnum(result.back()) || result.back() == '_');
    if (isWordStart && text.consume_front(kLoopPrefix))
      continue;
    result += text.front();
    text = text.drop_front();
  }
  return result;
}
