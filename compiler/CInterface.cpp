//===- CInterface.cpp - the compiler as a shared object --------------------===//
#include "compiler/Compiler.h"
#include "compiler/TimeReport.h"
#include "compiler/emit/Disassemble.h"
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

/// Nothing to release; a caller of an older version has no report.
static void clear(ArgentCompileResult &result) {
  result.bytes = result.diagnostics = nullptr;
  result.byteCount = 0;
  if (result.structBytes >= sizeof(ArgentCompileResult))
    result.report = nullptr;
}

static void setBytes(ArgentCompileResult &result, const std::string &bytes) {
  result.bytes = copyOf(bytes);
  result.byteCount = bytes.size();
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
  if (request.scheduleFile)
    options.scheduleFile = request.scheduleFile;
  options.gradientReport = request.gradientReport;

  std::string diagnostics;
  raw_string_ostream stream(diagnostics);
  clear(*result);
  argent::TimeReport report;
  FailureOr<std::string> compiled =
      argent::compileFile(request.inputPath, options, stream, request.timeReport ? &report : nullptr);
  result->status = failed(compiled) ? 1 : 0;
  if (succeeded(compiled))
    setBytes(*result, *compiled);
  if (request.timeReport && result->structBytes >= sizeof(ArgentCompileResult))
    result->report = copyOf(report.toJson());
  if (!diagnostics.empty())
    result->diagnostics = copyOf(diagnostics);
  return result->status;
}

extern "C" int argentFormat(const char *path, const char *text, size_t textBytes, ArgentCompileResult *result) {
  clear(*result);
  std::string formatted, diagnostics;
  raw_string_ostream stream(diagnostics);
  bool good = argent::findFrontend(path).format(MemoryBufferRef(StringRef(text, textBytes), path), formatted, stream);
  result->status = good ? 0 : 1;
  if (good)
    setBytes(*result, formatted);
  if (!diagnostics.empty())
    result->diagnostics = copyOf(diagnostics);
  return result->status;
}

extern "C" int argentDisassemble(const ArgentDisassembleRequest *given, ArgentCompileResult *result) {
  ArgentDisassembleRequest request = complete(*given);
  clear(*result);
  Expected<std::string> text = argent::disassemble({request.image, request.imageBytes}, request.architecture,
                                                   request.address, request.codeBytes);
  result->status = text ? 0 : 1;
  if (text)
    setBytes(*result, *text);
  else
    result->diagnostics = copyOf("error: " + toString(text.takeError()) + "\n");
  return result->status;
}

extern "C" void argentCompileFree(ArgentCompileResult *result) {
  std::free(result->bytes);
  std::free(result->diagnostics);
  if (result->structBytes >= sizeof(ArgentCompileResult))
    std::free(result->report);
  clear(*result);
}
