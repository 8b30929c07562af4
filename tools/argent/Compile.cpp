//===- Compile.cpp - argent compile ----------------------------------------------===//
#include "Command.h"

#include "runtime/checkpoint/File.h"

#include <filesystem>

namespace argent::tool {

namespace {
struct CompileOptions {
  ModelOptions model;
  std::string emit = "agb";
  std::string output;
};
} // namespace

static int runCompile(const CompileOptions &options) {
  bool text = options.emit != "agb";
  std::string output = options.output;
  if (output.empty() && !text)
    output = std::filesystem::path(options.model.path).filename().replace_extension(".agb").string();
  // An output that cannot be written is found before the work.
  if (!output.empty() && output != "-")
    if (Status status = checkWritable(output); !status.ok())
      return report(status);
  std::string bytes;
  if (int status = compileModel(options.model, options.emit.c_str(), bytes))
    return status;
  if (output.empty() || output == "-")
    return std::fwrite(bytes.data(), 1, bytes.size(), stdout) == bytes.size()
               ? 0
               : report(Status(StatusCode::kIoError, "cannot write to standard output"));
  std::string_view pieces[] = {bytes};
  Status status = writeFileAtomically(output, pieces);
  return status.ok() ? 0 : report(status);
}

void addCompileCommand(CLI::App &app, int &status) {
  auto options = std::make_shared<CompileOptions>();
  CLI::App *command = app.add_subcommand("compile", "Compile a model into a module, or show what a stage of the compiler makes of it");
  addModelOptions(*command, options->model);
  command
      ->add_option("--emit", options->emit,
                   "What to write: the syntax tree (ast), the tensor graph (nn), kernels as Halide funcs (hl), their schedules (schedule), buffers and "
                   "launches (plan), assembly (asm), or the module (agb, the default)")
      ->type_name("STAGE")
      ->check(CLI::IsMember({"ast", "nn", "hl", "schedule", "plan", "asm", "agb"}));
  command->add_option("-o,--output", options->output, "The file to write (default: MODEL.agb here; text goes to standard output)")->type_name("FILE");
  command->callback([options, &status] { status = runCompile(*options); });
}

} // namespace argent::tool
