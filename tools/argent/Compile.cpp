//===- Compile.cpp - argent compile ----------------------------------------------===//
#include "AddVocabularies.h"
#include "Command.h"
#include "Output.h"

#include <filesystem>

namespace argent::tool {

namespace {
struct CompileOptions {
  ModelOptions model;
  std::string emit = "agb";
  std::string output;
  std::string data; // whose words the module is to know
  bool json = false;
};
} // namespace

static int runCompile(const CompileOptions &options) {
  bool text = options.emit != "agb";
  std::string output = options.output;
  if (output.empty() && !text)
    output = std::filesystem::path(options.model.path).filename().replace_extension(".agb").string();
  const bool toStandardOutput = output.empty() || output == "-";
  if (options.json && !options.model.timeReport)
    return reportUsage("--json is the form of the time report: give --time-report too");
  if (options.json && toStandardOutput)
    return reportUsage("--json prints the time report to standard output: give -o FILE for the rest");
  if (!options.model.schedule.empty() && options.emit != "schedule" && options.emit != "asm" && options.emit != "agb")
    return reportUsage("--schedule has no effect on --emit=" + options.emit + ", which comes before scheduling");
  if (!options.data.empty() && text)
    return reportUsage("--data has no effect on --emit=" + options.emit + ": words are kept in the module");
  // An output that cannot be written is found before the work.
  if (!toStandardOutput)
    if (Status status = checkOutput(output, {options.model.path, options.model.schedule, options.data}); !status.ok())
      return tool::report(status);
  std::string bytes, report;
  int status = compileModel(options.model, options.emit.c_str(), bytes, options.json ? &report : nullptr);
  if (!report.empty())
    std::printf("%s\n", report.c_str());
  if (status)
    return status;
  if (!options.data.empty())
    if (Status added = addVocabularies(output, {options.data, ""}, bytes); !added.ok())
      return tool::report(added);
  if (toStandardOutput)
    return std::fwrite(bytes.data(), 1, bytes.size(), stdout) == bytes.size()
               ? 0
               : tool::report(Status(StatusCode::kIoError, "cannot write to standard output"));
  Status written = writeOutput(output, bytes);
  return written.ok() ? 0 : tool::report(written);
}

void addCompileCommand(CLI::App &app, int &status) {
  auto options = std::make_shared<CompileOptions>();
  CLI::App *command =
      app.add_subcommand("compile", "Compile a model into a module, or show what a stage of the compiler makes of it");
  command->footer(
      "Examples\n"
      "  argent compile lenet5.ag                          writes lenet5.agb\n"
      "  argent compile lenet5.ag --set rate=0.01 -o slow.agb\n"
      "  argent compile lenet5.ag --emit=nn                shows the tensor graph\n"
      "  argent compile lstm_lm.ag --data bible.txt        writes lstm_lm.agb, which knows the words of the text");
  addModelOptions(*command, options->model);
  command
      ->add_option("--emit", options->emit,
                   "What to write: the syntax tree (ast), the tensor graph (nn), kernels as Halide funcs (hl), their "
                   "schedules (schedule), buffers and "
                   "launches (plan), assembly (asm), or the module (agb, the default)")
      ->type_name("STAGE")
      ->check(CLI::IsMember({"ast", "nn", "hl", "schedule", "plan", "asm", "agb"}));
  command
      ->add_option("-o,--output", options->output,
                   "The file to write (default: MODEL.agb here; text goes to standard output)")
      ->type_name("FILE");
  command
      ->add_option("--data", options->data,
                   "Keep the words (and classes counted from 1) of this training data in the module, as `argent train "
                   "--help` describes data; without it a training learns them and keeps them in its checkpoints")
      ->type_name("DATA");
  command->add_flag(
      "--gradient-report", options->model.gradientReport,
      "Let the training step say what `argent train --gradient-report` shows: of each state of a loop the "
      "norms of its gradient, and which gates are saturated. It takes memory and time for it in every step");
  command->add_flag("--json", options->json, "Print the time report as JSON, on standard output");
  command->callback([options, &status] { status = runCompile(*options); });
}

} // namespace argent::tool
