//===- Model.cpp - opening modules, compiling sources -----------------------------===//
#include "Command.h"
#include "TimeReport.h"

#include "argent/compiler.h"
#include "runtime/checkpoint/Checkpoint.h"
#include "runtime/checkpoint/File.h"
#include "runtime/module_generated.h"

#include <cmath>
#include <dlfcn.h>
#include <filesystem>
#include <fstream>
#include <unistd.h>

namespace argent::tool {

int report(const Status &status) {
  std::fprintf(stderr, "argent: %s%s\n",
               status.code() == StatusCode::kInterrupted ? "" : "error: ", status.message().c_str());
  return status.code() == StatusCode::kInterrupted ? 130 : 1;
}

int reportUsage(const std::string &message) {
  std::fprintf(stderr, "argent: error: %s\n", message.c_str());
  return 2;
}

std::string shortNumber(double value) {
  char text[64];
  double magnitude = std::fabs(value);
  // NaN has no sign that means anything; digits beyond the tenth neither.
  std::snprintf(text, sizeof(text), (value != 0 && magnitude < 1e-3) || magnitude >= 1e6 ? "%.4g" : "%.4f",
                std::isnan(value) ? magnitude : value);
  return text;
}

std::string groupedNumber(int64_t value) {
  std::string digits = std::to_string(value);
  for (size_t i = digits.size(); i > 3 && std::isdigit(static_cast<unsigned char>(digits[i - 4])); i -= 3)
    digits.insert(i - 3, ",");
  return digits;
}

std::string unknownEntry(const Module &module, const std::string &name) {
  std::string names;
  for (unsigned i = 0; module.table().entries() && i < module.table().entries()->size(); ++i)
    names += (i ? ", `" : "`") + module.table().entries()->Get(i)->name()->str() + "`";
  return module.name() + " has no entry point `" + name + "`; it has " + names;
}

std::function<std::string(const std::string &)> wholeNumber(int64_t least, int64_t most) {
  return [=](const std::string &text) {
    int64_t value = 0;
    if (CLI::detail::lexical_cast(text, value) && value >= least && value <= most)
      return std::string();
    std::string range = most == kMostCount ? "of at least " + std::to_string(least)
                                           : "from " + std::to_string(least) + " to " + std::to_string(most);
    return "expected a whole number " + range + ", found " + text;
  };
}

std::function<std::string(const std::string &)> numberAboveZero() {
  return [](const std::string &text) {
    double value = 0;
    return CLI::detail::lexical_cast(text, value) && value > 0 && std::isfinite(value)
               ? std::string()
               : "expected a number above 0, found " + text;
  };
}

std::function<std::string(const std::string &)> isSeed() {
  return [](const std::string &text) {
    uint64_t value = 0;
    return !text.empty() && std::isdigit(static_cast<unsigned char>(text[0])) && CLI::detail::lexical_cast(text, value)
               ? std::string()
               : "expected a whole number from 0 to 18446744073709551615, found " + text;
  };
}

void addModelOptions(CLI::App &app, ModelOptions &options) {
  app.add_option("MODEL", options.path,
                 app.get_name() == "compile" ? "A source file (.ag)"
                                             : "A source file (.ag), which is compiled first, or a module (.agb)")
      ->required();
  auto add = [&](CLI::Option *option, const char *type) {
    if (app.get_name() != "compile")
      option->group("Options of the compiler, for a .ag file");
    return option->type_name(type);
  };
  add(app.add_option("--model", options.model, "Which model of the source file; not needed if it has only one"),
      "NAME");
  add(app.add_option("--set", options.settings,
                     "Set a compile-time parameter of the model or its train block; may be repeated"),
      "NAME=VALUE")
      ->allow_extra_args(false)
      ->check([](const std::string &text) {
        size_t equals = text.find('=');
        return equals == 0 || equals == std::string::npos ? "expected NAME=VALUE, found " + text : std::string();
      });
  add(app.add_option(
          "--target", options.targets,
          "Compile for this processor; several, separated by commas, give one module for all (default: this one)"),
      "T[,T...]")
      ->delimiter(',')
      ->allow_extra_args(false);
  add(app.add_flag("--checked", options.checked,
                   "Compile kernels with assertions and bounds checks (slow; for finding errors)"),
      "");
  add(app.add_option("--workers", options.workers, "Code generators at once (default: one for each processor)"),
      "COUNT")
      ->check(wholeNumber(0, kMostThreads));
  add(app.add_flag("--no-cache", options.noCache, "Neither read nor write the cache of compiled kernels"), "");
  add(app.add_option("--cache", options.cache, "The cache's folder (default: $XDG_CACHE_HOME/argent)"), "DIR");
  add(app.add_option(
          "--schedule", options.schedule,
          "Compute the kernels that this file names as it says; `argent compile --emit=schedule` writes one to edit"),
      "FILE");
  add(app.add_flag("--time-report", options.timeReport, "Say where the compiler's time went, on standard error"), "");
}

namespace {
struct CompilerLibrary {
  ArgentCompileFunction compile = nullptr;
  ArgentFormatFunction format = nullptr;
  ArgentCompileFreeFunction free = nullptr;
  ArgentDisassembleFunction disassemble = nullptr;
};
} // namespace

/// Loads ../lib/libargent_compiler.so, seen from where this program lies.
static int loadCompiler(CompilerLibrary &library) {
  std::error_code error;
  std::filesystem::path program = std::filesystem::read_symlink("/proc/self/exe", error);
  std::string path = (program.parent_path().parent_path() / "lib" / "libargent_compiler.so").string();
  void *handle = ::dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (!handle) {
    const char *reason = ::dlerror();
    return report(Status(StatusCode::kNotFound,
                         "the compiler, which this needs, cannot be loaded: " + std::string(reason ? reason : path)));
  }
  library.compile = reinterpret_cast<ArgentCompileFunction>(::dlsym(handle, "argentCompile"));
  library.format = reinterpret_cast<ArgentFormatFunction>(::dlsym(handle, "argentFormat"));
  library.free = reinterpret_cast<ArgentCompileFreeFunction>(::dlsym(handle, "argentCompileFree"));
  library.disassemble = reinterpret_cast<ArgentDisassembleFunction>(::dlsym(handle, "argentDisassemble"));
  return library.compile && library.format && library.free && library.disassemble
             ? 0
             : report(Status(StatusCode::kIncompatible, path + " is not a compiler for this program"));
}

/// What a file is that somebody has taken for a model's source; empty for any text.
static std::string whatElse(const std::string &bytes) {
  // The file of safetensors: eight bytes of length, then JSON.
  if (bytes.size() > 9 && bytes[8] == '{' && (bytes[6] == 0 || bytes[7] == 0))
    return "a weights file or checkpoint, not a model: give the model (.ag or .agb), and this file as --weights or "
           "--resume";
  if (bytes.starts_with("ARGENT\x1a\n"))
    return "a module, which is compiled already; `argent inspect` shows what is in it";
  if (bytes.find('\0') != std::string::npos)
    return "neither a model's source (.ag) nor a module (.agb)";
  return "";
}

int compileModel(const ModelOptions &options, const char *emit, std::string &bytes, std::string *report) {
  // A missing file needs no compiler to be noticed.
  std::string source;
  if (Status status = readFile(options.path, source); !status.ok())
    return tool::report(status);
  if (std::string found = whatElse(source); !found.empty())
    return tool::report(Status(StatusCode::kInvalidData, options.path + ": " + found));
  CompilerLibrary library;
  if (int status = loadCompiler(library))
    return status;
  std::vector<std::string> names, values;
  for (const std::string &setting : options.settings) {
    names.push_back(setting.substr(0, setting.find('=')));
    values.push_back(setting.substr(setting.find('=') + 1));
  }
  std::vector<ArgentSetting> settings;
  for (size_t i = 0; i < names.size(); ++i)
    settings.push_back({names[i].c_str(), values[i].c_str()});
  std::vector<const char *> targets;
  for (const std::string &target : options.targets)
    targets.push_back(target.c_str());
  auto optional = [](const std::string &text) { return text.empty() ? nullptr : text.c_str(); };

  ArgentCompileRequest request = {};
  request.structBytes = sizeof(request);
  request.inputPath = options.path.c_str();
  request.modelName = optional(options.model);
  request.settings = settings.data();
  request.settingCount = settings.size();
  request.targets = targets.data();
  request.targetCount = targets.size();
  request.emit = emit;
  request.checked = options.checked;
  request.workers = options.workers;
  request.cacheOff = options.noCache;
  request.cacheDirectory = optional(options.cache);
  request.scheduleFile = optional(options.schedule);
  request.color = ::isatty(2);
  request.timeReport = options.timeReport;
  request.gradientReport = options.gradientReport;
  ArgentCompileResult result = {};
  result.structBytes = sizeof(result);
  int status = library.compile(&request, &result);
  if (result.diagnostics)
    std::fputs(result.diagnostics, stderr);
  if (status == 0 && result.bytes)
    bytes.assign(result.bytes, result.byteCount);
  if (result.report && report)
    *report = result.report;
  else if (result.report)
    std::fputs(timeReportTable(result.report).c_str(), stderr);
  library.free(&result);
  return status;
}

int disassembleKernel(std::string_view image, const std::string &architecture, uint64_t address, uint64_t codeBytes,
                      std::string &text) {
  CompilerLibrary library;
  if (int status = loadCompiler(library))
    return status;
  ArgentDisassembleRequest request = {};
  request.structBytes = sizeof(request);
  request.image = image.data();
  request.imageBytes = image.size();
  request.architecture = architecture.c_str();
  request.address = address;
  request.codeBytes = codeBytes;
  ArgentCompileResult result = {};
  result.structBytes = sizeof(result);
  int status = library.disassemble(&request, &result);
  if (result.diagnostics)
    std::fprintf(stderr, "argent: %s", result.diagnostics);
  if (status == 0 && result.bytes)
    text.assign(result.bytes, result.byteCount);
  library.free(&result);
  return status;
}

int formatSource(const std::string &path, const std::string &text, std::string &formatted) {
  static CompilerLibrary library;
  if (!library.format)
    if (int status = loadCompiler(library))
      return status;
  ArgentCompileResult result = {};
  result.structBytes = sizeof(result);
  int status = library.format(path.c_str(), text.data(), text.size(), &result);
  if (result.diagnostics)
    std::fputs(result.diagnostics, stderr);
  if (status == 0 && result.bytes)
    formatted.assign(result.bytes, result.byteCount);
  library.free(&result);
  return status;
}

bool isModule(const std::string &path) {
  if (path.ends_with(".agb"))
    return true;
  char magic[8] = {};
  std::ifstream(path, std::ios::binary).read(magic, sizeof(magic));
  return std::string_view(magic, 8) == std::string_view("ARGENT\x1a\n", 8);
}

int openModel(const ModelOptions &options, std::shared_ptr<const Module> &module, bool choosesTargets) {
  if (isModule(options.path)) {
    if (!options.model.empty() || !options.settings.empty() || (!options.targets.empty() && !choosesTargets) ||
        options.checked || !options.schedule.empty() || options.timeReport)
      return reportUsage(options.path + " is compiled already: --model, --set, --target, --checked, --schedule and "
                                        "--time-report belong to a .ag file");
    Status status = Module::open(options.path, module);
    return status.ok() ? 0 : report(status);
  }
  std::string bytes;
  if (int status = compileModel(options, "agb", bytes))
    return status;
  Status status = Module::open(bytes, options.path, module);
  return status.ok() ? 0 : report(status);
}

int loadWeightsOption(Session &session, const std::string &path) {
  if (!path.empty()) {
    Status status = loadWeights(path, session);
    return status.ok() ? 0 : report(status);
  }
  auto *parameters = session.module().table().parameters();
  if (!parameters || parameters->size() == 0)
    return 0;
  // States that begin with a constant need no file.
  if (std::all_of(parameters->begin(), parameters->end(), [](const format::Parameter *parameter) {
        const format::Initializer &initializer = *parameter->initializer();
        return !parameter->trained() && initializer.kind() == format::InitializerKind::constant &&
               !initializer.vectors();
      })) {
    Status status = session.initialize(1);
    return status.ok() ? 0 : report(status);
  }
  return reportUsage(
      "the model has " + std::to_string(parameters->size()) +
      " parameters, so it needs --weights FILE (a weights file or a checkpoint of `argent train --save`)");
}

} // namespace argent::tool
