//===- Command.h - what the subcommands share ------------------------------------===//
// Results go to standard output, diagnostics to standard error. Exit status: 0; 1, the input is wrong; 2, the command
// line is; 130, stopped.
#ifndef ARGENT_TOOLS_ARGENT_COMMAND_H
#define ARGENT_TOOLS_ARGENT_COMMAND_H

#include "argent/Module.h"
#include "argent/Session.h"

#include <CLI/CLI.hpp>

#include <functional>

namespace argent::tool {

/// A model as the command line names it: a module, or source with what the compiler is to know.
struct ModelOptions {
  std::string path;
  std::string model;
  std::vector<std::string> settings; // NAME=VALUE
  std::vector<std::string> targets;
  bool checked = false;
  int workers = 0;
  bool noCache = false;
  std::string cache;
  std::string schedule; // a file of schedules
  bool timeReport = false;
  bool gradientReport = false;
};

/// Adds the positional MODEL and, for commands that may compile first, the compiler's options.
void addModelOptions(CLI::App &app, ModelOptions &options);

/// Compiles a source file (loading the compiler). The compiler's diagnostics go to standard error, and so does the time
/// report that the options ask for, unless `report` takes it as JSON. Returns an exit status.
int compileModel(const ModelOptions &options, const char *emit, std::string &bytes, std::string *report = nullptr);

/// The instructions of a kernel (loading the compiler). Returns an exit status; errors are reported.
int disassembleKernel(std::string_view image, const std::string &architecture, uint64_t address, uint64_t codeBytes,
                      std::string &text);

/// Lays out source text in the canonical form. The compiler's diagnostics go to standard error. Returns an exit status.
int formatSource(const std::string &path, const std::string &text, std::string &formatted);

/// Whether the file is a module, by its name or its first bytes.
bool isModule(const std::string &path);

/// Opens a module, or compiles a source file and opens the result. Returns an exit status; errors are reported.
/// --target belongs to the compiler, unless the command chooses (`choosesTargets`) among a module's variants by it.
int openModel(const ModelOptions &options, std::shared_ptr<const Module> &module, bool choosesTargets = false);

/// Writes "argent: error: MESSAGE" and returns the exit status of the code.
int report(const Status &status);
/// The same for a mistake on the command line: returns 2.
int reportUsage(const std::string &message);

/// "a.agb has no entry point `x`; it has `predict`, ...".
std::string unknownEntry(const Module &module, const std::string &name);

/// Checks of numbers on the command line, with what is expected in words.
std::function<std::string(const std::string &)> wholeNumber(int64_t least, int64_t most);
std::function<std::string(const std::string &)> numberAboveZero();
/// A whole number of 64 bits, not negative.
std::function<std::string(const std::string &)> isSeed();
constexpr int64_t kMostRows = 1 << 22; // of a call: what a session takes
constexpr int64_t kMostThreads = 4096;
constexpr int64_t kMostCount = int64_t(1) << 53; // of what has no limit of its own

/// Loads weights; without a file, says that they are needed, unless the model has no parameters. Returns an exit
/// status.
int loadWeightsOption(Session &session, const std::string &path);

/// "0.2841": four digits after the point, or four significant ones for small and for large numbers.
std::string shortNumber(double value);
/// "61,706".
std::string groupedNumber(int64_t value);

// Each adds its subcommand; `status` receives the exit status when it has run.
void addCompileCommand(CLI::App &app, int &status);
void addTrainCommand(CLI::App &app, int &status);
void addEvalCommand(CLI::App &app, int &status);
void addRunCommand(CLI::App &app, int &status);
void addPlotCommand(CLI::App &app, int &status);
void addInspectCommand(CLI::App &app, int &status);
void addBenchCommand(CLI::App &app, int &status);
void addFmtCommand(CLI::App &app, int &status);

} // namespace argent::tool

#endif // ARGENT_TOOLS_ARGENT_COMMAND_H
