//===- Help.cpp - how --help looks ------------------------------------------------------===//
#include "Help.h"

#include <sstream>

namespace argent::tool {

static constexpr size_t kColumns = 100;
static constexpr size_t kIndent = 26; // where descriptions begin

/// "  head    text text", the text in lines from kIndent on.
static std::string entry(const std::string &head, const std::string &text) {
  std::string result = "  " + head;
  if (result.size() + 2 > kIndent)
    result += "\n" + std::string(kIndent, ' ');
  else
    result.resize(kIndent, ' ');
  std::istringstream words(text);
  size_t column = kIndent;
  for (std::string word; words >> word;) {
    if (column > kIndent && column + 1 + word.size() > kColumns) {
      result += "\n" + std::string(kIndent, ' ');
      column = kIndent;
    }
    if (column > kIndent) {
      result += ' ';
      ++column;
    }
    result += word;
    column += word.size();
  }
  return result + "\n";
}

std::string HelpFormatter::make_option(const CLI::Option *option, bool isPositional) const {
  std::string head = option->get_name(isPositional, !isPositional);
  for (size_t comma = head.find(','); comma != std::string::npos; comma = head.find(',', comma + 2))
    head.insert(comma + 1, " ");
  if (!isPositional && option->get_type_size() != 0) {
    std::string type = option->get_type_name();
    head += " " + type.substr(0, type.find(':'));
  }
  std::string text = option->get_description();
  auto list = [](const std::set<CLI::Option *> &options) {
    std::string names;
    for (const CLI::Option *other : options)
      names += (names.empty() ? "" : ", ") + other->get_name();
    return names;
  };
  if (!option->get_needs().empty())
    text += " (with " + list(option->get_needs()) + ")";
  if (!option->get_excludes().empty())
    text += " (not with " + list(option->get_excludes()) + ")";
  return entry(head, text);
}

std::string HelpFormatter::make_usage(const CLI::App *app, std::string name) const {
  std::string usage = "\nUsage: " + (name.empty() ? app->get_name() : name);
  for (const CLI::Option *option : app->get_options([](const CLI::Option *option) { return option->get_positional(); }))
    usage += " " + option->get_name(true, false);
  usage += app->get_subcommands([](const CLI::App *) { return true; }).empty() ? " [OPTIONS]" : " COMMAND";
  return usage + "\n";
}

std::string HelpFormatter::make_subcommand(const CLI::App *sub) const { return entry(sub->get_name(), sub->get_description()); }

} // namespace argent::tool
