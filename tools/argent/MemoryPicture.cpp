//===- MemoryPicture.cpp - the memory plan as a picture ------------------------------------------===//
// Arenas are stacked, each to the scale of its bytes but never thinner than a line of text. Colours say the kind; every
// rectangle has a tooltip, the large ones their names and sizes.
#include "Command.h"
#include "MemoryPlan.h"
#include "Sheet.h"

#include <algorithm>
#include <cmath>

namespace argent::tool {

namespace {

constexpr double kLeft = 150, kTop = 92, kWidth = 1060, kHeight = 560, kRight = 60;
constexpr double kNames = 138, kBottom = 44; // below the arenas: the launches' names, the axis' title
constexpr double kLeastArena = 16, kGap = 5;
constexpr double kSmall = 9, kNormal = 10;

constexpr Color kBlack = {0.11f, 0.11f, 0.11f}, kGrey = {0.33f, 0.33f, 0.33f}, kPale = {0.5f, 0.5f, 0.5f},
                kRed = {0.70f, 0.15f, 0.12f}, kFree = {0.957f, 0.957f, 0.945f}, kFrame = {0.73f, 0.73f, 0.73f};

struct Kind {
  const char *label;
  Color color;
};
constexpr Kind kActivations = {"activations", {0.435f, 0.659f, 0.627f}},
               kTheirGradients = {"their gradients", {0.851f, 0.467f, 0.420f}},
               kGradients = {"gradients of parameters", {0.878f, 0.643f, 0.345f}},
               kParameters = {"parameters", {0.718f, 0.769f, 0.839f}}, kMoments = {"moments", {0.804f, 0.749f, 0.878f}},
               kOthers = {"states, constants", {0.835f, 0.835f, 0.796f}};

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

/// "500 MB": a tick.
std::string roundBytes(double bytes) {
  char text[40];
  double scale = bytes >= 1e9 ? 1e9 : bytes >= 1e6 ? 1e6 : bytes >= 1e3 ? 1e3 : 1;
  std::snprintf(text, sizeof(text), "%g %s", bytes / scale,
                scale == 1e9   ? "GB"
                : scale == 1e6 ? "MB"
                : scale == 1e3 ? "kB"
                               : "bytes");
  return text;
}

/// The least of 1, 2 and 5 times a power of ten that is not below `least`.
double roundStep(double least) {
  double power = std::pow(10.0, std::floor(std::log10(std::max(least, 1.0))));
  for (double factor : {1.0, 2.0, 5.0})
    if (factor * power >= least)
      return factor * power;
  return 10 * power;
}

const Kind &kindOf(const MemoryPlan &plan, const PlannedBuffer &buffer) {
  const std::string &arena = plan.arenas[buffer.arena].kind;
  return arena == "parameters"          ? kParameters
         : arena == "gradients"         ? kGradients
         : arena.starts_with("moments") ? kMoments
         : arena != "activations"       ? kOthers
         : buffer.isGradient            ? kTheirGradients
                                        : kActivations;
}

class Picture {
public:
  explicit Picture(const MemoryPlan &plan)
      : plan_(plan), count_(static_cast<double>(std::max<size_t>(plan.instructions.size(), 1))) {
    layOut();
  }

  double width() const { return kLeft + kWidth + kRight; }
  double height() const { return bottom_ + kNames + kBottom; }

  /// The names come last: they stay readable where the line of the peak crosses them.
  void draw(Sheet &sheet, const std::string &title) {
    sheet_ = &sheet;
    sheet.text(kLeft, 24, title, {16, kBlack});
    int64_t total = 0;
    for (const PlannedArena &arena : plan_.arenas)
      total += arena.isUsed ? arena.usedBytes : 0;
    sheet.text(kLeft, 42,
               humanBytes(total) + " in all; values that come and go: at most " + humanBytes(plan_.live[plan_.peak]) +
                   " at once",
               {12, kGrey});
    legend();
    for (size_t i = 0; i < plan_.arenas.size(); ++i)
      if (tops_[i] >= 0)
        arena(i);
    for (const PlannedBuffer &buffer : plan_.buffers)
      rectangle(buffer);
    if (plan_.live[plan_.peak] > 0)
      peak();
    else
      sheet.text(kLeft, kTop + 10, "it has no values between inputs and outputs", {12, kGrey});
    for (const PlannedBuffer &buffer : plan_.buffers)
      if (!buffer.lasting)
        name(buffer);
    axes();
  }

private:
  double x(double time) const { return kLeft + kWidth * time / count_; }
  double y(size_t arena, double offset) const {
    return tops_[arena] +
           heights_[arena] * offset / static_cast<double>(std::max<int64_t>(plan_.arenas[arena].usedBytes, 1));
  }
  struct Box {
    double left, top, right, bottom;
  };
  Box box(const PlannedBuffer &buffer) const {
    double top = y(buffer.arena, static_cast<double>(buffer.offset)),
           bottom = y(buffer.arena, static_cast<double>(buffer.offset + buffer.bytes));
    return {x(static_cast<double>(buffer.begin)), top, x(static_cast<double>(buffer.end) + 1),
            std::max(bottom, top + 0.7)};
  }
  bool isDrawn(const PlannedBuffer &buffer) const { return tops_[buffer.arena] >= 0 && buffer.bytes > 0; }

  /// What comes and goes on top, what stays below.
  void layOut() {
    std::vector<size_t> order;
    for (size_t i = 0; i < plan_.arenas.size(); ++i)
      if (plan_.arenas[i].isUsed && plan_.arenas[i].usedBytes > 0)
        order.push_back(i);
    auto rank = [&](size_t i) {
      return plan_.arenas[i].kind == "activations" ? 0 : plan_.arenas[i].kind == "gradients" ? 1 : 2;
    };
    std::stable_sort(order.begin(), order.end(), [&](size_t a, size_t b) { return rank(a) < rank(b); });
    tops_.assign(plan_.arenas.size(), -1);
    heights_.assign(plan_.arenas.size(), 0);
    double total = 0;
    for (size_t i : order)
      total += static_cast<double>(plan_.arenas[i].usedBytes);
    double top = kTop;
    for (size_t i : order) {
      tops_[i] = top;
      heights_[i] = std::max(kLeastArena, kHeight * static_cast<double>(plan_.arenas[i].usedBytes) / total);
      top += heights_[i] + kGap;
    }
    bottom_ = std::max(top - kGap, kTop + kLeastArena);
  }

  /// Of the kinds that occur.
  void legend() {
    double at = kLeft;
    for (const Kind *kind : {&kActivations, &kTheirGradients, &kGradients, &kParameters, &kMoments, &kOthers}) {
      bool occurs = std::any_of(plan_.buffers.begin(), plan_.buffers.end(), [&](const PlannedBuffer &buffer) {
        return isDrawn(buffer) && &kindOf(plan_, buffer) == kind;
      });
      if (!occurs)
        continue;
      sheet_->rectangle(at, 54, at + 12, 66, kind->color);
      sheet_->text(at + 16, 64, kind->label, {11, kGrey});
      at += 34 + sheet_->textWidth(kind->label, 11);
    }
  }

  void arena(size_t i) {
    double bottom = tops_[i] + heights_[i], right = kLeft + kWidth, middle = (tops_[i] + bottom) / 2;
    sheet_->rectangle(kLeft - 0.5, tops_[i] - 0.5, right + 0.5, bottom + 0.5, kFrame);
    sheet_->rectangle(kLeft, tops_[i], right, bottom, kFree);
    std::string size = humanBytes(plan_.arenas[i].usedBytes);
    bool isTall = heights_[i] > 28;
    sheet_->text(kLeft - 8, middle + (isTall ? -2 : 3.5), plan_.arenas[i].kind + (isTall ? "" : ", " + size),
                 {kNormal, kBlack, Sheet::Anchor::end});
    if (isTall)
      sheet_->text(kLeft - 8, middle + 11, size, {kNormal, kPale, Sheet::Anchor::end});
    if (heights_[i] < 70)
      return;
    auto bytes = static_cast<double>(plan_.arenas[i].usedBytes);
    double step = roundStep(bytes * 40 / heights_[i]);
    for (double offset = 0; offset <= bytes; offset += step) {
      double at = y(i, offset);
      if (offset > 0 && bottom - at < 8) // the next arena begins there
        break;
      sheet_->line({right, at}, {right + 4, at}, 0.6, kPale);
      sheet_->text(right + 7, at + 3.5, offset == 0 ? "0" : roundBytes(offset), {kSmall, kPale});
    }
  }

  /// A hair of the ground stays between neighbours, where there is room for it.
  void rectangle(const PlannedBuffer &buffer) {
    if (!isDrawn(buffer))
      return;
    Box at = box(buffer);
    double below = at.bottom - at.top > 3 ? 0.6 : 0, beside = std::min(0.6, (at.right - at.left) / 5);
    sheet_->rectangle(at.left, at.top, at.right - beside, at.bottom - below, kindOf(plan_, buffer).color,
                      buffer.name + ": " + humanBytes(buffer.bytes) + " at " + groupedNumber(buffer.offset) +
                          ", launches " + std::to_string(buffer.begin) + " to " + std::to_string(buffer.end));
  }

  std::string shortened(const std::string &label, double room, double size) const {
    if (sheet_->textWidth(label, size) <= room)
      return label;
    std::string result = label;
    while (!result.empty() && sheet_->textWidth(result + "..", size) > room)
      result.pop_back();
    return result + "..";
  }

  /// Name and size on one line or two, turned where that shows more; nothing where there is no room for some letters.
  void name(const PlannedBuffer &buffer) {
    if (!isDrawn(buffer))
      return;
    Box at = box(buffer);
    double width = at.right - at.left - 8, height = at.bottom - at.top;
    std::string size = humanBytes(buffer.bytes);
    double sizeWidth = sheet_->textWidth(size, kNormal), nameWidth = sheet_->textWidth(buffer.name, kNormal),
           least = sheet_->textWidth("abcdefg..", kNormal);
    // A line of name and size along `room`; or two lines.
    auto line = [&](double room) {
      return shortened(buffer.name, room - sheet_->textWidth(", ", kNormal) - sizeWidth, kNormal) + ", " + size;
    };
    double middle = (at.top + at.bottom) / 2;
    bool fitsTwoLines = height >= 26 && width >= std::max(sizeWidth, std::min(nameWidth, least));
    // Where one line would be cut short, two may show more.
    bool wantsTwoLines = fitsTwoLines && (width >= nameWidth || width >= height);
    if (height >= 11 && width >= nameWidth + sizeWidth + 12)
      sheet_->text(at.left + 4, middle + 3.5, buffer.name + ", " + size, {kNormal, kBlack});
    else if (!wantsTwoLines && height >= 11 && width >= least + sizeWidth + 12)
      sheet_->text(at.left + 4, middle + 3.5, line(width), {kNormal, kBlack});
    else if (!wantsTwoLines && width >= 6 && height - 8 >= least + sizeWidth + 12)
      sheet_->text((at.left + at.right) / 2 + 3.5, at.bottom - 4, line(height - 8),
                   {kNormal, kBlack, Sheet::Anchor::start, 90});
    else if (fitsTwoLines) {
      sheet_->text(at.left + 4, middle - 2.5, shortened(buffer.name, width, kNormal), {kNormal, kBlack});
      sheet_->text(at.left + 4, middle + 10.5, size, {kNormal, kBlack});
    } else if (height >= 11 && width >= sizeWidth) {
      sheet_->text(at.left + 4, middle + 3.5, size, {kNormal, kBlack});
    }
  }

  void peak() {
    double middle = x(static_cast<double>(plan_.peak) + 0.5);
    sheet_->line({middle, kTop - 10}, {middle, bottom_}, 1.2, kRed, 4);
    bool toLeft = middle > kLeft + kWidth * 0.6;
    sheet_->text(middle + (toLeft ? -5 : 5), kTop - 5, "peak: " + humanBytes(plan_.live[plan_.peak]) + " alive",
                 {11, kRed, toLeft ? Sheet::Anchor::end : Sheet::Anchor::start});
  }

  /// The launches' numbers and names below, as many as can be read side by side.
  void axes() {
    constexpr double kSlope = 55, kLeastSpace = 19;
    auto step = static_cast<size_t>(std::max(1.0, roundStep(count_ * kLeastSpace / kWidth)));
    for (size_t t = 0; t < plan_.instructions.size(); t += step) {
      double middle = x(static_cast<double>(t) + 0.5);
      sheet_->line({middle, bottom_ + 1}, {middle, bottom_ + 5}, 0.6, kPale);
      sheet_->text(middle + 3, bottom_ + 13, shortened(std::to_string(t) + " " + plan_.instructions[t], 148, kSmall),
                   {kSmall, kGrey, Sheet::Anchor::end, kSlope});
    }
    std::string every = step == 1 ? "" : ", every " + std::to_string(step) + (step == 2 ? "nd" : "th") + " named";
    sheet_->text(kLeft + kWidth / 2, bottom_ + kNames + 28,
                 "launches of " + plan_.program + " in their order, by number and what they compute" + every,
                 {11, kGrey, Sheet::Anchor::middle});
    for (const char *title : {"place in memory: to scale, but no arena thinner than a line", "place in memory"})
      if (sheet_->textWidth(title, 11) <= bottom_ - kTop) {
        sheet_->text(18, (kTop + bottom_) / 2, title, {11, kGrey, Sheet::Anchor::middle, 90});
        break;
      }
  }

  const MemoryPlan &plan_;
  Sheet *sheet_ = nullptr;
  double count_, bottom_ = kTop;
  std::vector<double> tops_, heights_; // by arena; -1: not drawn
};

} // namespace

Status drawMemoryPlan(const MemoryPlan &plan, const std::string &title, const std::string &path) {
  Picture picture(plan);
  std::unique_ptr<Sheet> sheet = path.ends_with(".png") ? makePngSheet(picture.width(), picture.height())
                                                        : makeSvgSheet(picture.width(), picture.height());
  picture.draw(*sheet, title);
  return sheet->write(path);
}

} // namespace argent::tool
