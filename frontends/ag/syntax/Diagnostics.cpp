//===- Diagnostics.cpp - errors that show the source and say what to write ---===//
#include "frontends/ag/syntax/Diagnostics.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"

using namespace argent::ag;
using llvm::StringRef;

Report::Report(Report &&other) noexcept
    : owner(other.owner), isError(other.isError), range(other.range), message(std::move(other.message)),
      notes(std::move(other.notes)), helps(std::move(other.helps)) {
  other.owner = nullptr;
}

Report &Report::operator=(Report &&other) noexcept {
  std::swap(owner, other.owner);
  std::swap(isError, other.isError);
  std::swap(range, other.range);
  std::swap(message, other.message);
  std::swap(notes, other.notes);
  std::swap(helps, other.helps);
  return *this;
}

Report::~Report() {
  if (owner)
    owner->finish(*this);
}

Report &Report::note(Range at, const llvm::Twine &text) {
  notes.emplace_back(at, text.str());
  return *this;
}

Report &Report::help(const llvm::Twine &text) {
  helps.push_back(text.str());
  return *this;
}

void Diagnostics::errorWithoutPlace(const llvm::Twine &message) {
  if (listener) {
    error(Range(), message);
    return;
  }
  ++errors;
  out << "error: " << message << '\n';
}

/// What a message quotes may hold bytes that would steer a terminal.
static void maskControlCharacters(std::string &text) {
  auto steers = [](char c) { return llvm::isASCII(c) && !llvm::isPrint(c) && c != '\n' && c != '\t'; };
  std::replace_if(text.begin(), text.end(), steers, '?');
}

void Diagnostics::finish(Report &report) {
  maskControlCharacters(report.message);
  for (auto &[range, text] : report.notes)
    maskControlCharacters(text);
  for (std::string &text : report.helps)
    maskControlCharacters(text);
  // The body of a model is evaluated once for each graph: what is wrong in both is said once.
  if (!seen.insert({report.range.Start.getPointer(), report.message}).second)
    return;
  if (report.isError)
    ++errors;
  if (!batching)
    return print(report);
  Report later(*this, report.isError, report.range, report.message);
  later.owner = nullptr; // it is finished
  later.notes = report.notes;
  later.helps = report.helps;
  waiting.push_back(std::move(later));
}

void Diagnostics::endBatch() {
  batching = false;
  std::stable_sort(waiting.begin(), waiting.end(), [](const Report &a, const Report &b) {
    return a.range.Start.getPointer() < b.range.Start.getPointer();
  });
  for (const Report &report : waiting)
    print(report);
  waiting.clear();
}

void Diagnostics::print(const Report &report) {
  if (printed >= SourceFiles::kMaxPrinted)
    return;
  ++printed;
  if (listener)
    return listener(report);
  files.print(out, report.range, report.isError ? "error" : "warning", report.message);
  for (const auto &[range, text] : report.notes)
    files.print(out, range, "note", text, /*withLine=*/false);
  for (const std::string &text : report.helps)
    out << "help: " << text << '\n';
}

StringRef argent::ag::nearestName(StringRef name, llvm::ArrayRef<StringRef> known) {
  StringRef best;
  unsigned bestDistance = name.size() <= 3 ? 1 : name.size() / 3 + 1;
  for (StringRef candidate : known) {
    unsigned distance = name.equals_insensitive(candidate) ? 0 : name.edit_distance(candidate, true, bestDistance + 1);
    // A word cut short or spoken out (`conv` for `conv2d`, `units` for `unit`) is near as well.
    bool extends =
        name.size() >= 3 && candidate.size() >= 3 && (candidate.starts_with(name) || name.starts_with(candidate));
    if (extends)
      distance = std::min(distance, 2u);
    // So are letters in another order.
    if (name.size() == candidate.size() && std::is_permutation(name.begin(), name.end(), candidate.begin()))
      distance = std::min(distance, 1u);
    bool allReplaced = distance >= std::max(name.size(), candidate.size());
    // Of two that are equally near, the one that begins alike.
    bool isNearer = best.empty() || distance < bestDistance ||
                    (distance == bestDistance && candidate[0] == name[0] && best[0] != name[0]);
    if (!allReplaced && distance <= bestDistance && isNearer) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return best;
}

/// Without case and underscores.
static std::string folded(StringRef name) {
  std::string result = name.lower();
  llvm::erase(result, '_');
  return result;
}

/// `conv` for `conv2d`, `dropout_layer` for `dropout`: a word that says which or what, at the end of one of them.
static bool differInSuffix(StringRef a, StringRef b) {
  static const StringRef suffixes[] = {"1d", "2d", "3d", "_layer", "_loss", "_fn", "_op", "s"};
  StringRef longer = a.size() > b.size() ? a : b, shorter = a.size() > b.size() ? b : a;
  return shorter.size() >= 3 && longer.starts_with(shorter) &&
         llvm::is_contained(suffixes, longer.drop_front(shorter.size()));
}

StringRef argent::ag::misspeltName(StringRef name, llvm::ArrayRef<StringRef> known) {
  std::string plain = folded(name);
  unsigned bestDistance = name.size() <= 2 ? 0 : name.size() < 7 ? 1 : name.size() < 12 ? 2 : 3;
  StringRef best;
  for (StringRef candidate : known) {
    // Letters that changed places; `space_to_depth` and `depth_to_space` are two words.
    bool isReordered = name.size() == candidate.size() &&
                       std::is_permutation(name.begin(), name.end(), candidate.begin()) &&
                       name.edit_distance(candidate, true, 2) <= 2;
    unsigned distance = plain == folded(candidate) ? 0
                        : isReordered || differInSuffix(name, candidate)
                            ? 1
                            : name.edit_distance(candidate, true, bestDistance + 1);
    bool isNearer = best.empty() || distance < bestDistance ||
                    // Of two that are equally near, the one that begins alike; of images and other data, images.
                    (distance == bestDistance && ((candidate[0] == name[0] && best[0] != name[0]) ||
                                                  (candidate.ends_with("2d") && !best.ends_with("2d"))));
    if (distance <= bestDistance && isNearer) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return best;
}
