//===- Progress.cpp - bar or lines --------------------------------------------------===//
#include "Progress.h"

#include "Command.h"

#include <cstdio>
#include <sys/ioctl.h>
#include <unistd.h>

namespace argent::tool {

Progress::Progress() : terminal_(::isatty(2)), begin_(Clock::now()), last_(begin_) {}

void Progress::begin(std::string title, int64_t doneRows, int64_t allRows, int64_t laterRows) {
  title_ = std::move(title);
  doneRows_ = doneRows;
  allRows_ = allRows;
  laterRows_ = laterRows;
  begin_ = Clock::now();
  last_ = terminal_ ? Clock::time_point() : begin_;
}

static std::string duration(double seconds) {
  auto whole = static_cast<int64_t>(seconds + 0.5);
  char text[40];
  if (whole >= 3600)
    std::snprintf(text, sizeof(text), "%d:%02d:%02d", static_cast<int>(whole / 3600), static_cast<int>(whole / 60 % 60),
                  static_cast<int>(whole % 60));
  else
    std::snprintf(text, sizeof(text), "%d:%02d", static_cast<int>(whole / 60), static_cast<int>(whole % 60));
  return text;
}

void Progress::update(int64_t rows, const std::string &note) {
  Clock::time_point now = Clock::now();
  if (now - last_ < std::chrono::milliseconds(terminal_ ? 100 : 10000))
    return;
  last_ = now;
  double seconds = std::chrono::duration<double>(now - begin_).count();
  double rate = seconds > 0 ? static_cast<double>(rows - doneRows_) / seconds : 0;
  std::string tail = groupedNumber(static_cast<int64_t>(rate)) + " rows/s" + (note.empty() ? "" : "  " + note);
  if (rate > 0)
    tail += "  " + duration(static_cast<double>(allRows_ - rows + laterRows_) / rate) + " left";
  if (!terminal_) {
    std::fprintf(stderr, "%s  %s of %s  %s\n", title_.c_str(), groupedNumber(rows).c_str(),
                 groupedNumber(allRows_).c_str(), tail.c_str());
    return;
  }
  struct winsize size{};
  int columns = ::ioctl(2, TIOCGWINSZ, &size) == 0 && size.ws_col ? size.ws_col : 80;
  int width = columns - static_cast<int>(title_.size() + tail.size()) - 12;
  std::string bar;
  if (width >= 8) {
    auto filled = static_cast<size_t>(width * rows / std::max<int64_t>(allRows_, 1));
    bar = "[" + std::string(filled, '=') + std::string(static_cast<size_t>(width) - filled, ' ') + "] ";
  }
  std::string line = title_ + " " + bar + std::to_string(100 * rows / std::max<int64_t>(allRows_, 1)) + "%  " + tail;
  if (static_cast<int>(line.size()) >= columns)
    line.resize(static_cast<size_t>(columns) - 1);
  std::fprintf(stderr, "\r%s\x1b[K", line.c_str());
  std::fflush(stderr);
  drawn_ = true;
}

void Progress::clear() {
  if (drawn_)
    std::fputs("\r\x1b[K", stderr);
  drawn_ = false;
}

} // namespace argent::tool
