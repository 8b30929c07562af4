//===- Fmt.cpp - argent fmt: the canonical layout of source files -----------------===//
#include "Command.h"
#include "Output.h"

#include "runtime/checkpoint/File.h"

#include <filesystem>
#include <iostream>
#include <iterator>

namespace argent::tool {

namespace {
struct FmtOptions {
  std::vector<std::string> files;
  bool check = false, standardInput = false;
};
} // namespace

static int formatStandardInput(bool check) {
  std::string text(std::istreambuf_iterator<char>(std::cin), {}), formatted;
  if (int status = formatSource("<stdin>", text, formatted))
    return status;
  if (check)
    return formatted == text ? 0 : 1;
  return std::fwrite(formatted.data(), 1, formatted.size(), stdout) == formatted.size()
             ? 0
             : report(Status(StatusCode::kIoError, "cannot write to standard output"));
}

static int formatFile(const std::string &path, bool check) {
  std::string text, formatted;
  if (Status status = readFile(path, text); !status.ok())
    return report(status);
  if (int status = formatSource(path, text, formatted))
    return status;
  if (formatted == text)
    return 0;
  std::printf("%s\n", path.c_str());
  if (check)
    return 1;
  // The file keeps its permissions, and a link stays a link.
  std::error_code error;
  std::filesystem::path real = std::filesystem::canonical(path, error);
  std::filesystem::perms permissions = std::filesystem::status(real, error).permissions();
  if (Status status = writeOutput(real.string(), formatted); !status.ok())
    return report(status);
  std::filesystem::permissions(real, permissions, error);
  return 0;
}

static int runFmt(const FmtOptions &options) {
  if (options.standardInput != options.files.empty())
    return reportUsage(options.standardInput ? "--stdin takes no files" : "give source files, or --stdin");
  if (options.standardInput)
    return formatStandardInput(options.check);
  int status = 0;
  for (const std::string &path : options.files)
    status = std::max(status, formatFile(path, options.check));
  return status;
}

void addFmtCommand(CLI::App &app, int &status) {
  auto options = std::make_shared<FmtOptions>();
  CLI::App *command = app.add_subcommand(
      "fmt", "Lay out source files in the canonical form; the names of those that change are printed");
  command->footer("Example\n"
                  "  argent fmt *.ag");
  command->add_option("FILES", options->files,
                      "Source files (.ag), rewritten in place; one with syntax errors stays as it is");
  command->add_flag("--check", options->check,
                    "Write nothing; exit with status 1 if a file is not in the canonical form");
  command->add_flag("--stdin", options->standardInput,
                    "Read the source from standard input and write the result to standard output");
  command->callback([options, &status] { status = runFmt(*options); });
}

} // namespace argent::tool
