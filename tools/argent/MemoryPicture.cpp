//===- MemoryPicture.cpp - the memory plan as SVG -----------------------------------------------===//
// Arenas are stacked, each to the scale of its bytes but never thinner than a line of text. Colours say the kind; every rectangle has a tooltip, the large
// ones their names.
#include "Command.h"
#include "MemoryPlan.h"

#include <algorithm>
#include <cmath>

namespace argent::tool {

namespace {

constexpr double kLeft = 130, kTop = 92, kWidth = 1060, kHeight = 560, kRight = 30;
constexpr double kLeastArena = 16, kGap = 5;
constexpr double kCharacter = 5.6; // width of a letter of 10 px

std::string escaped(const std::string &text) {
  std::string result;
  for (char c : text)
    result += c == '<' ? "&lt;" : c == '>' ? "&gt;" : c == '&' ? "&amp;" : c == '"' ? "&quot;" : std::string(1, c);
  return result;
}

std::string humanBytes(int64_t bytes) {
  char text[40];
  double value = static_cast<double>(bytes);
  if (value >= 1e9)
    std::snprintf(text, sizeof(text), "%.2f GB", value * 1e-9);
  else if (value >= 1e6)
    std::snprintf(text, sizeof(text), "%.2f MB", value * 1e-6);
  else if (value >= 1e3)
    std::snprintf(text, sizeof(text), "%.1f kB", value * 1e-3);
  else
    std::snprintf(text, sizeof(text), "%lld bytes", static_cast<long long>(bytes));
  return text;
}

const char *colorOf(const MemoryPlan &plan, const PlannedBuffer &buffer) {
  const std::string &kind = plan.arenas[buffer.arena].kind;
  if (kind == "parameters")
    return "#b7c4d6";
  if (kind == "gradients")
    return "#e0a458";
  if (kind.starts_with("moments"))
    return "#cdbfe0";
  if (kind != "activations")
    return "#d5d5cb";
  return buffer.isGradient ? "#d9776b" : "#6fa8a0";
}

class Picture {
public:
  Picture(const MemoryPlan &plan, const std::string &title) : plan_(plan), title_(title), count_(static_cast<double>(std::max<size_t>(plan.instructions.size(), 1))) {}

  std::string draw() {
    layOut();
    double namesHeight = 118;
    double height = bottom_ + namesHeight + 16;
    print("<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%.0f\" height=\"%.0f\" viewBox=\"0 0 %.0f %.0f\" font-family=\"Helvetica, Arial, sans-serif\" "
          "font-size=\"10\">\n",
          kLeft + kWidth + kRight, height, kLeft + kWidth + kRight, height);
    print("<rect width=\"100%%\" height=\"100%%\" fill=\"#ffffff\"/>\n");
    text(kLeft, 24, title_, "font-size=\"16\" fill=\"#222\"");
    int64_t total = 0;
    for (const PlannedArena &arena : plan_.arenas)
      total += arena.isUsed ? arena.bytes : 0;
    text(kLeft, 42, humanBytes(total) + " in all; values that come and go: at most " + humanBytes(plan_.live[plan_.peak]) + " at once", "font-size=\"12\" fill=\"#555\"");
    legend();
    for (size_t i = 0; i < plan_.arenas.size(); ++i)
      if (tops_[i] >= 0)
        arena(i);
    for (const PlannedBuffer &buffer : plan_.buffers)
      rectangle(buffer);
    peak();
    axis();
    out_ += "</svg>\n";
    return out_;
  }

private:
  template <typename... Values> void print(const char *format, Values... values) {
    char buffer[1024];
    std::snprintf(buffer, sizeof(buffer), format, values...);
    out_ += buffer;
  }
  void text(double x, double y, const std::string &words, const std::string &style) {
    print("<text x=\"%.1f\" y=\"%.1f\" ", x, y);
    out_ += style + ">" + escaped(words) + "</text>\n";
  }

  double x(double time) const { return kLeft + kWidth * time / count_; }
  double y(size_t arena, int64_t offset) const {
    return tops_[arena] + heights_[arena] * static_cast<double>(offset) / static_cast<double>(std::max<int64_t>(plan_.arenas[arena].bytes, 1));
  }

  /// What comes and goes on top, what stays below.
  void layOut() {
    std::vector<size_t> order;
    for (size_t i = 0; i < plan_.arenas.size(); ++i)
      if (plan_.arenas[i].isUsed && plan_.arenas[i].bytes > 0)
        order.push_back(i);
    auto rank = [&](size_t i) { return plan_.arenas[i].kind == "activations" ? 0 : plan_.arenas[i].kind == "gradients" ? 1 : 2; };
    std::stable_sort(order.begin(), order.end(), [&](size_t a, size_t b) { return rank(a) < rank(b); });
    tops_.assign(plan_.arenas.size(), -1);
    heights_.assign(plan_.arenas.size(), 0);
    double total = 0;
    for (size_t i : order)
      total += static_cast<double>(plan_.arenas[i].bytes);
    double top = kTop;
    for (size_t i : order) {
      tops_[i] = top;
      heights_[i] = std::max(kLeastArena, kHeight * static_cast<double>(plan_.arenas[i].bytes) / total);
      top += heights_[i] + kGap;
    }
    bottom_ = std::max(top - kGap, kTop + kLeastArena);
  }

  void legend() {
    double at = kLeft;
    for (auto [color, label] : {std::pair{"#6fa8a0", "activations"}, {"#d9776b", "their gradients"}, {"#e0a458", "gradients of parameters"},
                                {"#b7c4d6", "parameters"}, {"#cdbfe0", "moments"}, {"#d5d5cb", "states, constants"}}) {
      print("<rect x=\"%.1f\" y=\"54\" width=\"12\" height=\"12\" fill=\"%s\"/>\n", at, color);
      text(at + 16, 64, label, "font-size=\"11\" fill=\"#444\"");
      at += 34 + 6.0 * static_cast<double>(std::string_view(label).size());
    }
  }

  void arena(size_t i) {
    print("<rect x=\"%.1f\" y=\"%.2f\" width=\"%.1f\" height=\"%.2f\" fill=\"#f4f4f1\" stroke=\"#bbb\" stroke-width=\"0.5\"/>\n", kLeft, tops_[i], kWidth, heights_[i]);
    double middle = tops_[i] + heights_[i] / 2;
    bool tall = heights_[i] > 28;
    text(kLeft - 8, middle + (tall ? -2 : 3.5), plan_.arenas[i].kind + (tall ? "" : ", " + humanBytes(plan_.arenas[i].bytes)), "text-anchor=\"end\" fill=\"#333\"");
    if (tall)
      text(kLeft - 8, middle + 11, humanBytes(plan_.arenas[i].bytes), "text-anchor=\"end\" fill=\"#777\"");
  }

  void rectangle(const PlannedBuffer &buffer) {
    if (tops_[buffer.arena] < 0 || buffer.bytes == 0)
      return;
    double left = x(static_cast<double>(buffer.begin)), right = x(static_cast<double>(buffer.end) + 1);
    double top = y(buffer.arena, buffer.offset), bottom = y(buffer.arena, buffer.offset + buffer.bytes);
    print("<g><rect x=\"%.1f\" y=\"%.2f\" width=\"%.1f\" height=\"%.2f\" fill=\"%s\" stroke=\"#ffffff\" stroke-width=\"%.1f\"/>", left, top, right - left,
          std::max(bottom - top, 0.7), colorOf(plan_, buffer), bottom - top > 3 ? 0.6 : 0.0);
    out_ += "<title>" + escaped(buffer.name + ": " + humanBytes(buffer.bytes) + " at " + std::to_string(buffer.offset) + ", launches " +
                                std::to_string(buffer.begin) + " to " + std::to_string(buffer.end)) +
            "</title>";
    // The name where it fits, turned where the rectangle is tall rather than wide.
    double room = right - left, height = bottom - top;
    auto fits = [&](double length) { return static_cast<size_t>(std::max(0.0, (length - 6) / kCharacter)); };
    std::string label = buffer.lasting ? "" : buffer.name + "  " + humanBytes(buffer.bytes);
    if (!label.empty() && height >= 11 && (fits(room) >= label.size() || (fits(room) >= 8 && fits(height) < label.size()))) {
      print("<text x=\"%.1f\" y=\"%.1f\" fill=\"#1b1b1b\">", left + 3, (top + bottom) / 2 + 3.5);
      out_ += escaped(shortened(label, fits(room))) + "</text>";
    } else if (!label.empty() && room >= 12 && fits(height) >= 8) {
      double middle = (left + right) / 2 + 3.5;
      print("<text transform=\"translate(%.1f %.1f) rotate(-90)\" fill=\"#1b1b1b\">", middle, bottom - 4);
      out_ += escaped(shortened(label, fits(height))) + "</text>";
    }
    out_ += "</g>\n";
  }

  static std::string shortened(const std::string &label, size_t length) { return label.size() <= length ? label : label.substr(0, length - 1) + "\u2026"; }

  void peak() {
    double middle = x(static_cast<double>(plan_.peak) + 0.5);
    print("<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\" stroke=\"#b3261e\" stroke-width=\"1.2\" stroke-dasharray=\"5 3\"/>\n", middle, kTop - 10, middle, bottom_);
    bool toLeft = middle > kLeft + kWidth * 0.6;
    text(middle + (toLeft ? -5 : 5), kTop - 5, "peak: " + humanBytes(plan_.live[plan_.peak]) + " alive", std::string("fill=\"#b3261e\" font-size=\"11\" text-anchor=\"") + (toLeft ? "end" : "start") + "\"");
  }

  /// The launches' numbers and names below, as many as fit side by side.
  void axis() {
    size_t step = static_cast<size_t>(std::ceil(count_ * 12 / kWidth));
    for (size_t t = 0; t < plan_.instructions.size(); t += std::max<size_t>(step, 1)) {
      double middle = x(static_cast<double>(t) + 0.5);
      print("<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\" stroke=\"#999\" stroke-width=\"0.6\"/>\n", middle, bottom_ + 1, middle, bottom_ + 5);
      print("<text transform=\"translate(%.1f %.1f) rotate(-55)\" text-anchor=\"end\" font-size=\"9\" fill=\"#444\">", middle + 3, bottom_ + 12);
      out_ += escaped(std::to_string(t) + " " + shortened(plan_.instructions[t], t < 3 ? 18 : 24)) + "</text>\n";
    }
  }

  const MemoryPlan &plan_;
  std::string title_, out_;
  double count_, bottom_ = kTop;
  std::vector<double> tops_, heights_; // by arena; -1: not drawn
};

} // namespace

std::string drawMemoryPlan(const MemoryPlan &plan, const std::string &title) { return Picture(plan, title).draw(); }

} // namespace argent::tool
