//===- Help.cpp - how --help looks ------------------------------------------------------===//
#include "Help.h"

#include "Suggest.h"

#include <algorithm>
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
    usage += " " + option->get_name(true, false) + (option->get_items_expected_max() > 1 ? "..." : "");
  usage += app->get_subcommands([](const CLI::App *) { return true; }).empty() ? " [OPTIONS]" : " COMMAND";
  return usage + "\n";
}

std::string HelpFormatter::make_subcommand(const CLI::App *sub) const {
  return entry(sub->get_name(), sub->get_description());
}

/// The names of subcommands, or those of options ("--epochs").
static std::vector<std::string> namesOf(const CLI::App &app, bool options) {
  std::vector<std::string> names;
  if (!options)
    for (const CLI::App *sub : app.get_subcommands([](const CLI::App *) { return true; }))
      names.push_back(sub->get_name());
  else
    for (const CLI::Option *option : app.get_options())
      for (const std::string &name : option->get_lnames())
        names.push_back("--" + name);
  return names;
}

/// Behind the name: "" or "; did you mean --epochs?".
static std::string guess(const std::string &name, const std::vector<std::string> &candidates) {
  std::string best = closest(name.substr(0, name.find('=')), candidates);
  return best.empty() ? "" : "; did you mean " + best + "?";
}

static void replace(std::string &text, const std::string &from, const std::string &to) {
  if (size_t at = text.find(from); at != std::string::npos)
    text.replace(at, from.size(), to);
}

std::string failureMessage(const CLI::App *app, const CLI::Error &error) {
  std::vector<CLI::App *> chosen = const_cast<CLI::App *>(app)->get_subcommands(); // the library has no const form
  const CLI::App &command = chosen.empty() ? *app : *chosen.back();
  std::string text = error.what(), kind = error.get_name();
  std::vector<std::string> rest = app->remaining(true);
  auto isOption = [](const std::string &word) { return word.size() > 1 && word[0] == '-'; };
  auto option = std::find_if(rest.begin(), rest.end(), isOption),
       other = std::find_if_not(rest.begin(), rest.end(), isOption);
  if (chosen.empty() && other != rest.end()) {
    text = "there is no command `" + *other + "`" + guess(*other, namesOf(*app, false));
  } else if (option != rest.end()) { // one that does not exist leaves its value behind: it is the one to name
    text = command.get_name() + " has no option " + *option + guess(*option, namesOf(command, true));
  } else if (other != rest.end()) {
    text = command.get_name() + " has no use for `" + *other + "`";
  } else if (kind == "RequiredError") {
    replace(text, "A subcommand is required", "which command?");
    replace(text, " is required", " is missing");
  } else if (kind == "ExcludesError") {
    replace(text, " excludes ", " does not go with ");
  } else if (kind == "RequiresError") {
    replace(text, " requires ", " needs ");
  } else if (size_t at = text.find(": At Most 1 required but received "); at != std::string::npos) {
    text = text.substr(0, at) + " is given " + text.substr(text.rfind(' ') + 1) + " times";
  } else if (at = text.find(": 1 required "); at != std::string::npos && text.ends_with(" missing")) {
    text = text.substr(0, at) + " needs a " + text.substr(at + 13, text.size() - at - 13 - 8);
  }
  return "argent: error: " + text + "\n(" + (chosen.empty() ? "argent" : "argent " + command.get_name()) +
         " --help says more)\n";
}

} // namespace argent::tool
