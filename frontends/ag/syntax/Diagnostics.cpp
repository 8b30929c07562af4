//===- Diagnostics.cpp - errors that show the source and say what to write ---===//
#include "frontends/ag/syntax/Diagnostics.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"

using namespace argent::ag;
using llvm::StringRef;

Report::Report(Report &&other) noexcept
    : owner_(other.owner_), isError_(other.isError_), range_(other.range_), message_(std::move(other.message_)),
      notes_(std::move(other.notes_)), helps_(std::move(other.helps_)) {
  other.owner_ = nullptr;
}

Report &Report::operator=(Report &&other) noexcept {
  std::swap(owner_, other.owner_);
  std::swap(isError_, other.isError_);
  std::swap(range_, other.range_);
  std::swap(message_, other.message_);
  std::swap(notes_, other.notes_);
  std::swap(helps_, other.helps_);
  return *this;
}

Report::~Report() {
  if (owner_)
    owner_->finish(*this);
}

Report &Report::note(Range at, const llvm::Twine &text) {
  notes_.emplace_back(at, text.str());
  return *this;
}

Report &Report::help(const llvm::Twine &text) {
  helps_.push_back(text.str());
  return *this;
}

void Diagnostics::errorWithoutPlace(const llvm::Twine &message) {
  if (listener_) {
    error(Range(), message);
    return;
  }
  ++errors_;
  out_ << "error: " << message << '\n';
}

/// What a message quotes may hold bytes that would steer a terminal.
static void maskControlCharacters(std::string &text) {
  auto steers = [](char c) { return llvm::isASCII(c) && !llvm::isPrint(c) && c != '\n' && c != '\t'; };
  std::replace_if(text.begin(), text.end(), steers, '?');
}

void Diagnostics::finish(Report &report) {
  maskControlCharacters(report.message_);
  for (auto &[range, text] : report.notes_)
    maskControlCharacters(text);
  for (std::string &text : report.helps_)
    maskControlCharacters(text);
  // The body of a model is evaluated once for each graph: what is wrong in both is said once.
  if (!seen_.insert({report.range_.Start.getPointer(), report.message_}).second)
    return;
  if (report.isError_)
    ++errors_;
  if (!batching_)
    return print(report);
  Report later(*this, report.isError_, report.range_, report.message_);
  later.owner_ = nullptr; // it is finished
  later.notes_ = report.notes_;
  later.helps_ = report.helps_;
  waiting_.push_back(std::move(later));
}

void Diagnostics::endBatch() {
  batching_ = false;
  std::stable_sort(waiting_.begin(), waiting_.end(), [](const Report &a, const Report &b) {
    return a.range_.Start.getPointer() < b.range_.Start.getPointer();
  });
  for (const Report &report : waiting_)
    print(report);
  waiting_.clear();
}

void Diagnostics::print(const Report &report) {
  if (printed_ >= SourceFiles::kMaxPrinted)
    return;
  ++printed_;
  if (listener_)
    return listener_(report);
  files_.print(out_, report.range_, report.isError_ ? "error" : "warning", report.message_);
  for (const auto &[range, text] : report.notes_)
    files_.print(out_, range, "note", text, /*withLine=*/false);
  for (const std::string &text : report.helps_)
    out_ << "help: " << text << '\n';
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
  static const StringRef kSuffixes[] = {"1d", "2d", "3d", "_layer", "_loss", "_fn", "_op", "s"};
  StringRef longer = a.size() > b.size() ? a : b, shorter = a.size() > b.size() ? b : a;
  return shorter.size() >= 3 && longer.starts_with(shorter) &&
         llvm::is_contained(kSuffixes, longer.drop_front(shorter.size()));
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
