//===- Progress.h - how far the work is, on standard error --------------------------===//
#ifndef ARGENT_TOOLS_ARGENT_PROGRESS_H
#define ARGENT_TOOLS_ARGENT_PROGRESS_H

#include <chrono>
#include <cstdint>
#include <string>

namespace argent::tool {

/// On a terminal, a bar in the last line, drawn ten times a second at most; elsewhere a plain line every ten seconds.
class Progress {
public:
  Progress();
  ~Progress() { clear(); }

  /// Begins a piece of work with `allRows` rows, `doneRows` of them done before; `laterRows` come after it, for the
  /// time that is left.
  void begin(std::string title, int64_t doneRows, int64_t allRows, int64_t laterRows);
  void update(int64_t rows, const std::string &note);
  /// Removes the bar, so that a line can be written.
  void clear();

private:
  using Clock = std::chrono::steady_clock;
  bool terminal_, drawn_ = false;
  std::string title_;
  int64_t doneRows_ = 0, allRows_ = 0, laterRows_ = 0;
  Clock::time_point begin_, last_;
};

} // namespace argent::tool

#endif // ARGENT_TOOLS_ARGENT_PROGRESS_H
