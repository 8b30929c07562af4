//===- main.cpp - argent: compile, train, run and inspect models ------------------===//
#include "Command.h"
#include "Help.h"

#include <cstdio>
#include <exception>

int main(int argc, char **argv) {
  CLI::App app("Argent compiles neural networks written in .ag files into modules (.agb) that run and train without a "
               "framework.",
               "argent");
  app.formatter(std::make_shared<argent::tool::HelpFormatter>());
  app.set_version_flag("--version", "argent " ARGENT_VERSION, "Print the version and exit");
  app.set_help_flag("-h,--help", "Print this help and exit");
  app.set_help_all_flag("--help-all", "Print the help of every command and exit");
  app.require_subcommand(1);
  app.footer("Begin with\n"
             "  argent train MODEL.ag --data fashion-mnist --save MODEL.safetensors\n"
             "  argent inspect MODEL.ag\n"
             "Exit status: 0; 1 if the input is wrong; 2 if the command line is; 130 if stopped by Ctrl-C.\n"
             "argent COMMAND --help describes a command.");

  int status = 0;
  argent::tool::addCompileCommand(app, status);
  argent::tool::addTrainCommand(app, status);
  argent::tool::addEvalCommand(app, status);
  argent::tool::addPlotCommand(app, status);
  argent::tool::addRunCommand(app, status);
  argent::tool::addInspectCommand(app, status);
  argent::tool::addBenchCommand(app, status);
  argent::tool::addFmtCommand(app, status);
  for (CLI::App *command : app.get_subcommands([](const CLI::App *) { return true; }))
    command->set_help_all_flag();
  app.failure_message(argent::tool::failureMessage);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError &error) {
    return app.exit(error) == 0 ? 0 : 2;
  } catch (const std::bad_alloc &) {
    std::fputs("argent: error: out of memory\n", stderr);
    return 1;
  } catch (const std::exception &error) {
    std::fprintf(stderr, "argent: error: %s\n", error.what());
    return 1;
  }
  if (std::fflush(stdout) != 0 && status == 0) {
    std::perror("argent: error: cannot write to standard output");
    return 1;
  }
  return status;
}
