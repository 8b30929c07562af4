//===- Help.h - how --help looks --------------------------------------------------------===//
#ifndef ARGENT_TOOLS_ARGENT_HELP_H
#define ARGENT_TOOLS_ARGENT_HELP_H

#include <CLI/CLI.hpp>

namespace argent::tool {

/// Names, then what they mean, wrapped to 100 columns. What is allowed stands in the descriptions where a reader needs
/// it, so the ranges that CLI11 would add to every number are left out; a value out of range is told with its range.
class HelpFormatter : public CLI::Formatter {
public:
  std::string make_option(const CLI::Option *option, bool isPositional) const override;
  std::string make_usage(const CLI::App *app, std::string name) const override;
  std::string make_subcommand(const CLI::App *sub) const override;
};

/// What is wrong with the command line, in one line, and where to read on.
std::string failureMessage(const CLI::App *app, const CLI::Error &error);

} // namespace argent::tool

#endif // ARGENT_TOOLS_ARGENT_HELP_H
