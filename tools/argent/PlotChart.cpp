//===- PlotChart.cpp - axes, ticks, curves and legend ---------------------------------------===//
//   1. One panel for the loss and one for each metric, below each other, over the same updates.
//   2. The range of a panel is that of its curves; of the losses of single steps only the middle 98 of 100 count, and
//      the loss is on a logarithmic axis where it falls far.
//   3. Steps are drawn column by column of pixels: their mean as a line, lowest to highest as a band.
#include "PlotAxis.h"
#include "PlotData.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace argent::tool {

namespace {

/// Of pixels, in which a loss is drawn as mean and range.
constexpr int kColumnWidth = 4;
constexpr int kWidth = 1280, kPanelHeight = 400, kLeft = 110, kRight = 30, kGap = 50, kBottom = 70, kLineHeight = 26;
/// The loss gets a logarithmic axis where its highest mean is so many times the lowest.
constexpr double kLogarithmicFrom = 20;

/// The curve colours of a run: what it trains on, and what is held out.
struct RunColors {
  Color train, heldOut;
};

RunColors colorsOf(size_t index, size_t count) {
  if (count == 1)
    return {kPalette[0], kPalette[1]};
  Color own = kPalette[index % std::size(kPalette)];
  return {own.tint(0.5f), own};
}

/// One metric of all runs.
class Panel {
public:
  Panel(Canvas &canvas, const std::vector<PlotRun> &runs, const std::string &metric, Axis xAxis, int top)
      : canvas_(canvas), runs_(runs), metric_(metric), xAxis_(xAxis), top_(top), bottom_(top + kPanelHeight),
        right_(canvas.width() - kRight) {
    chooseRange();
  }

  void draw(bool isLast, const std::string &xLabel) {
    drawAxes(isLast, xLabel);
    canvas_.clip(kLeft, top_, right_, bottom_);
    for (size_t i = 0; i < runs_.size(); ++i)
      drawTraining(runs_[i], colorsOf(i, runs_.size()).train);
    for (size_t i = 0; i < runs_.size(); ++i)
      drawHeldOut(runs_[i], colorsOf(i, runs_.size()).heldOut);
    canvas_.clip();
  }

private:
  bool isLoss() const { return metric_ == "loss"; }
  /// So few steps that each is a point of the line.
  static bool isSparse(const PlotRun &run) {
    return run.steps.size() <= static_cast<size_t>((kWidth - kLeft - kRight) / kColumnWidth);
  }
  /// The bands of many runs would hide each other.
  bool hasBands() const { return runs_.size() <= 3; }
  static const std::vector<Point> *find(const std::map<std::string, std::vector<Point>> &curves,
                                        const std::string &name) {
    auto found = curves.find(name);
    return found == curves.end() ? nullptr : &found->second;
  }

  void chooseRange() {
    double low = std::numeric_limits<double>::max(), high = std::numeric_limits<double>::lowest();
    double lowestMean = low, highestMean = high;
    auto include = [&](double value) { low = std::min(low, value), high = std::max(high, value); };
    for (const PlotRun &run : runs_) {
      for (auto *curves : {&run.train, &run.heldOut})
        if (const std::vector<Point> *points = find(*curves, metric_))
          for (Point point : *points) {
            include(point.y);
            lowestMean = std::min(lowestMean, point.y), highestMean = std::max(highestMean, point.y);
          }
      if (!isLoss() || run.steps.empty())
        continue;
      std::vector<double> losses;
      for (Point point : run.steps)
        losses.push_back(point.y);
      std::sort(losses.begin(), losses.end());
      // Of few steps none is left out.
      auto quantile = [&](double share) {
        double place = share * static_cast<double>(losses.size() - 1);
        return losses[static_cast<size_t>(share < 0.5 ? std::floor(place) : std::ceil(place))];
      };
      include(quantile(0.01));
      include(quantile(0.99));
      lowestMean = std::min(lowestMean, quantile(0.05)), highestMean = std::max(highestMean, quantile(0.95));
    }
    isEmpty_ = low > high;
    if (isEmpty_)
      low = 0, high = 1;
    yAxis_.logarithmic = isLoss() && low > 0 && highestMean > kLogarithmicFrom * lowestMean;
    if (yAxis_.logarithmic) {
      low = std::max(low, kLeast), high = std::max(high, 2 * kLeast);
      double margin = std::exp(0.04 * (std::log(high) - std::log(low)));
      yAxis_.low = std::max(low / margin, kLeast / 2), yAxis_.high = std::min(high * margin, 2 * kGreatest);
      return;
    }
    double margin = high > low ? 0.05 * (high - low) : std::max(0.5, 0.1 * std::fabs(high));
    // A curve that is never negative keeps the axis from going below 0, a share from going above 1.
    yAxis_.low = low >= 0 ? std::max(0.0, low - margin) : low - margin;
    yAxis_.high = high <= 1 && low >= 0 && !isLoss() ? std::min(1.0, high + margin) : high + margin;
  }

  Point at(Point point) const {
    // Far outside of the panel all is the same, and less than what a pixel's number can hold.
    auto near = [](double share) { return std::clamp(share, -100.0, 100.0); };
    return {kLeft + near(xAxis_.share(point.x)) * (right_ - kLeft),
            bottom_ - near(yAxis_.share(point.y)) * (bottom_ - top_)};
  }

  void drawAxes(bool isLast, const std::string &xLabel) {
    canvas_.text(kLeft, top_ - 22,
                 metric_ + (yAxis_.logarithmic ? " (logarithmic)"
                            : isEmpty_         ? " (no finite value)"
                                               : ""),
                 kText);
    if (isLoss() && std::any_of(runs_.begin(), runs_.end(), [](const PlotRun &run) { return !isSparse(run); })) {
      std::string note = hasBands() ? "of training: mean of neighbouring steps, and their range"
                                    : "of training: mean of neighbouring steps";
      canvas_.text(right_ - Canvas::textWidth(note), top_ - 22, note, kAxis);
    }
    for (auto &[value, label] : yAxis_.ticks(8)) {
      double y = std::round(at({xAxis_.low, value}).y) + 0.5;
      canvas_.line({kLeft, y}, {static_cast<double>(right_), y}, 1, kGrid);
      canvas_.line({kLeft - 5.0, y}, {kLeft, y}, 1, kAxis);
      canvas_.text(kLeft - 12 - Canvas::textWidth(label), y - 8, label, kText);
    }
    for (auto &[value, label] : xAxis_.ticks(10)) {
      double x = std::round(at({value, yAxis_.low}).x) + 0.5;
      canvas_.line({x, static_cast<double>(top_)}, {x, static_cast<double>(bottom_)}, 1, kGrid);
      canvas_.line({x, static_cast<double>(bottom_)}, {x, bottom_ + 5.0}, 1, kAxis);
      if (isLast) {
        double left = std::clamp(x - Canvas::textWidth(label) / 2.0, 0.0,
                                 static_cast<double>(canvas_.width() - Canvas::textWidth(label) - 4));
        canvas_.text(left, bottom_ + 10, label, kText);
      }
    }
    canvas_.line({kLeft + 0.5, static_cast<double>(top_)}, {kLeft + 0.5, bottom_ + 0.5}, 1, kAxis);
    canvas_.line({kLeft + 0.5, bottom_ + 0.5}, {static_cast<double>(right_), bottom_ + 0.5}, 1, kAxis);
    if (isLast)
      canvas_.text((kLeft + right_ - Canvas::textWidth(xLabel)) / 2.0, bottom_ + 38, xLabel, kText);
  }

  void drawTraining(const PlotRun &run, Color color) {
    if (isLoss())
      drawSteps(run, color);
    const std::vector<Point> *points = find(run.train, metric_);
    if (points && !isLoss())
      drawCurve(*points, color, 2);
  }

  void drawHeldOut(const PlotRun &run, Color color) {
    if (const std::vector<Point> *points = find(run.heldOut, metric_))
      drawCurve(*points, color, 2.5);
  }

  void drawCurve(const std::vector<Point> &points, Color color, double thickness) {
    std::vector<Point> places;
    for (Point point : points)
      places.push_back(at(point));
    canvas_.polyline(places, thickness, color);
    if (places.size() <= 60)
      for (Point place : places)
        canvas_.dot(place, 4, color);
  }

  void drawSteps(const PlotRun &run, Color color) {
    struct Column {
      double sum = 0, low = std::numeric_limits<double>::max(), high = std::numeric_limits<double>::lowest();
      double count = 0;
    };
    std::vector<Column> columns(static_cast<size_t>((right_ - kLeft) / kColumnWidth + 2));
    for (Point step : run.steps) {
      Column &column = columns[static_cast<size_t>(
          std::clamp((at(step).x - kLeft) / kColumnWidth, 0.0, static_cast<double>(columns.size() - 1)))];
      column.sum += step.y, column.count += 1;
      column.low = std::min(column.low, step.y), column.high = std::max(column.high, step.y);
    }
    std::vector<Point> means;
    for (size_t i = 0; i < columns.size(); ++i) {
      if (columns[i].count == 0)
        continue;
      double x = kLeft + static_cast<double>(i) * kColumnWidth;
      double low = at({0, columns[i].low}).y, high = at({0, columns[i].high}).y;
      if (columns[i].count > 1 && hasBands())
        canvas_.fill(x, high, x + kColumnWidth, low, color, 0.18);
      means.push_back({x + kColumnWidth / 2.0, at({0, columns[i].sum / columns[i].count}).y});
    }
    if (isSparse(run)) {
      means.clear();
      for (Point step : run.steps)
        means.push_back(at(step));
    }
    canvas_.polyline(means, 2, color);
  }

  Canvas &canvas_;
  const std::vector<PlotRun> &runs_;
  std::string metric_;
  Axis xAxis_, yAxis_;
  int top_, bottom_, right_;
  bool isEmpty_ = false;
};

struct LegendEntry {
  std::string text;
  Color color;
  bool hasDots;
  size_t run;
};

std::vector<LegendEntry> legendOf(const std::vector<PlotRun> &runs) {
  std::vector<LegendEntry> entries;
  for (size_t i = 0; i < runs.size(); ++i) {
    std::string prefix = runs.size() == 1 ? "" : runs[i].name + ": ";
    RunColors colors = colorsOf(i, runs.size());
    entries.push_back({prefix + "training", colors.train, false, i});
    if (!runs[i].heldOut.empty())
      entries.push_back({prefix + runs[i].heldOutName, colors.heldOut, true, i});
  }
  return entries;
}

/// Where each entry stands; returns how many lines they take. A run's two stay side by side where a line has room for
/// both.
int placeLegend(const std::vector<LegendEntry> &entries, std::vector<Point> &places) {
  int x = kLeft, line = 0;
  auto widthOf = [](const LegendEntry &entry) { return 50 + Canvas::textWidth(entry.text) + 30; };
  for (size_t i = 0; i < entries.size(); ++i) {
    const LegendEntry &entry = entries[i];
    int width = widthOf(entry);
    bool begins = i == 0 || entries[i - 1].run != entry.run;
    int both =
        begins && i + 1 < entries.size() && entries[i + 1].run == entry.run ? width + widthOf(entries[i + 1]) : width;
    if (x > kLeft && (x + both > kWidth - kRight)) {
      x = kLeft;
      ++line;
    }
    places.push_back({static_cast<double>(x), static_cast<double>(line * kLineHeight)});
    x += width;
  }
  return line + 1;
}

/// How many updates are an epoch, if all runs agree; 0 else.
int64_t updatesOfEpoch(const std::vector<PlotRun> &runs) {
  int64_t result = -1;
  for (const PlotRun &run : runs)
    for (auto &[name, points] : run.train)
      if (!points.empty()) {
        auto first = static_cast<int64_t>(points.size() > 1 ? points[1].x - points[0].x : points[0].x);
        result = result == -1 || result == first ? first : 0;
      }
  return std::max<int64_t>(result, 0);
}

} // namespace

Canvas drawPlot(const std::vector<PlotRun> &runs, const std::string &title) {
  std::vector<std::string> metrics = {"loss"};
  Axis xAxis;
  xAxis.high = 1;
  xAxis.isWhole = true;
  for (const PlotRun &run : runs) {
    for (const std::string &metric : run.metrics)
      if (std::find(metrics.begin(), metrics.end(), metric) == metrics.end())
        metrics.push_back(metric);
    if (!run.steps.empty())
      xAxis.high = std::max(xAxis.high, run.steps.back().x);
    for (auto &[name, points] : run.train)
      if (!points.empty())
        xAxis.high = std::max(xAxis.high, points.back().x);
  }
  xAxis.high *= 1.01;
  std::vector<LegendEntry> legend = legendOf(runs);
  std::vector<Point> places;
  int legendTop = 56, top = legendTop + placeLegend(legend, places) * kLineHeight + 44;
  Canvas canvas(kWidth, top + static_cast<int>(metrics.size()) * (kPanelHeight + kGap) - kGap + kBottom);
  canvas.text(kLeft, 18, title, kText, 3);
  for (size_t i = 0; i < legend.size(); ++i) {
    double x = places[i].x, y = legendTop + places[i].y + 8;
    canvas.line({x, y}, {x + 38, y}, 2.5, legend[i].color);
    if (legend[i].hasDots)
      canvas.dot({x + 19, y}, 4, legend[i].color);
    canvas.text(x + 48, y - 8, legend[i].text, kText);
  }
  int64_t epoch = updatesOfEpoch(runs);
  std::string xLabel = epoch > 0 ? "update (" + std::to_string(epoch) + " are an epoch)" : "update";
  for (size_t i = 0; i < metrics.size(); ++i)
    Panel(canvas, runs, metrics[i], xAxis, top + static_cast<int>(i) * (kPanelHeight + kGap))
        .draw(i + 1 == metrics.size(), xLabel);
  return canvas;
}

} // namespace argent::tool
