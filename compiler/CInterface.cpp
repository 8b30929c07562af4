//===- CInterface.cpp - the compiler as a shared object --------------------===//
#include "compiler/Compiler.h"
#include "compiler/include/argent/compiler.h"

#include <cstdlib>
#include <cstring>

using namespace llvm;

/// The caller's struct, with what its version does not have as zero.
template <typename T> static T complete(const T &given) {
  T whole;
  std::memset(&whole, 0, sizeof(T));
  std::memcpy(&whole, &given, std::min(given.structBytes, sizeof(T)));
  return whole;
}

static char *copyOf(const std::string &text) {
  char *bytes = static_cast<char *>(std::malloc(text.size() + 1));
  std::memcpy(bytes, text.c_str(), text.size() + 1);
  return bytes;
}

extern "C" int argentCompile(const ArgentCompileRequest *given, ArgentCompileResult *result) {
  ArgentCompileRequest request = complete(*given);
  argent::CompileOptions options;
  if (request.modelName)
    options.model.model = request.modelName;
  for (size_t i = 0; i < request.settingCount; ++i)
    options.model.settings.emplace_back(request.settings[i].name, request.settings[i].value);
  if (request.targetCount)
    options.targets.assign(request.targets, request.targets + request.targetCount);
  if (request.emit)
    options.emit = request.emit;
  options.codegen.checked = request.checked;
  options.codegen.workers = request.workers;
  options.codegen.useCache = !request.cacheOff;
  if (request.cacheDirectory)
    options.codegen.cacheDir = request.cacheDirectory;

  std::string diagnostics;
  raw_string_ostream stream(diagnostics);
  result->bytes = nullptr;
  result->byteCount = 0;
  result->diagnostics = nullptr;
  if (request.scheduleFile) {
    stream << "error: schedules from a file are not supported yet\n";
    result->status = 1;
  } else {
    FailureOr<std::string> compiled = argent::compileFile(request.inputPath, options, stream);
    result->status = failed(compiled) ? 1 : 0;
    if (succeeded(compiled)) {
      result->bytes = copyOf(*compiled);
      result->byteCount = compiled->size();
    }
  }
  if (!diagnostics.empty())
    result->diagnostics = copyOf(diagnostics);
  return result->status;
}

extern "C" int argentFormat(const char *path, const char *text, size_t textBytes, ArgentCompileResult *result) {
  std::string formatted, diagnostics;
  raw_string_ostream stream(diagnostics);
  bool good = argent::ag::formatText(MemoryBufferRef(StringRef(text, textBytes), path), formatted, stream);
  result->status = good ? 0 : 1;
  result->bytes = good ? copyOf(formatted) : nullptr;
  result->byteCount = good ? formatted.size() : 0;
  result->diagnostics = diagnostics.empty() ? nullptr : copyOf(diagnostics);
  return result->status;
}

extern "C" void argentCompileFree(ArgentCompileResult *result) {
  std::free(result->bytes);
  std::free(result->diagnostics);
  result->bytes = result->diagnostics = nullptr;
  result->byteCount = 0;
}
