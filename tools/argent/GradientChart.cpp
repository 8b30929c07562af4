//===- GradientChart.cpp - gradient reports, drawn -----------------------------------------===//
//   1. The curves of each panel: a row for what is shown, a column for each report (makeRow).
//   2. One range for all panels of a row.
//   3. Each panel with its legend: what is not finite as crosses at the upper edge, 0 along the lower one.
#include "GradientChart.h"

#include "PlotAxis.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <memory>

namespace argent::tool {

namespace {

constexpr double kLeft = 64, kRight = 16, kTop = 52, kBetween = 22, kPanelHeight = 150, kLegendLine = 14, kTitle = 34,
                 kBelow = 34, kSmall = 9, kNormal = 11, kWidest = 640, kNarrowest = 250;
/// So many curves of a panel have colours of their own.
constexpr size_t kMostNamed = std::size(kPalette);
constexpr Color kOther = {0.78f, 0.78f, 0.80f}, kNotFinite = {0.80f, 0.05f, 0.05f};
constexpr double kDash = 3;
/// A logarithmic axis shows no more than so many powers of ten.
constexpr double kMostPowers = 60;

/// What belongs to one name of the legend: in its colour.
struct Curve {
  std::string name;
  std::vector<Point> points;
  enum class Style { full, pale, dashed } style = Style::full;
};

/// One report's part of a row.
struct Panel {
  std::vector<Curve> curves;
  std::string note; // behind the legend
};

struct Row {
  std::string title, xLabel;
  bool isLogarithmic = true;
  std::vector<Panel> panels;

  bool isEmpty() const {
    return std::all_of(panels.begin(), panels.end(), [](const Panel &panel) { return panel.curves.empty(); });
  }
};

//===--- the curves -----------------------------------------------------------===//

void addPoint(Panel &panel, const std::string &name, Point point, Curve::Style style = Curve::Style::full) {
  auto found = std::find_if(panel.curves.begin(), panel.curves.end(),
                            [&](const Curve &curve) { return curve.name == name && curve.style == style; });
  if (found == panel.curves.end())
    found = panel.curves.insert(panel.curves.end(), Curve{name, {}, style});
  found->points.push_back(point);
}

/// Over the updates: `add` gives a step's values.
using AddStep = std::function<void(const GradientStep &, double update, Panel &)>;
Row overUpdates(const std::vector<GradientRun> &runs, const std::string &title, const AddStep &add) {
  Row row{title, "update", true, {}};
  for (const GradientRun &run : runs) {
    Panel &panel = row.panels.emplace_back();
    for (const GradientStep &step : run.steps)
      add(step, static_cast<double>(step.update), panel);
  }
  return row;
}

Row overSteps(const std::vector<GradientRun> &runs) {
  Row row{"norm of the gradient in each state, after step i of its loop", "step i", true, {}};
  for (const GradientRun &run : runs) {
    Panel &panel = row.panels.emplace_back();
    if (run.last.states.empty())
      continue;
    auto add = [&](const GradientStates &step, Curve::Style style) {
      for (const GradientStates::State &state : step.states)
        for (size_t i = 0; i < state.norms.size(); ++i)
          addPoint(panel, state.name, {static_cast<double>(i), state.norms[i]}, style);
    };
    const bool hasFirst = run.first.update != run.last.update;
    if (hasFirst)
      add(run.first, Curve::Style::pale);
    add(run.last, Curve::Style::full);
    panel.note = "at update " + std::to_string(run.last.update) +
                 (hasFirst ? ", pale: " + std::to_string(run.first.update) : "");
  }
  return row;
}

Row factors(const std::vector<GradientRun> &runs) {
  Row row{"what that norm is multiplied with between steps, on its way back", "between steps i and i + 1", true, {}};
  for (const GradientRun &run : runs) {
    Panel &panel = row.panels.emplace_back();
    for (const GradientStates::State &state : run.last.states)
      for (size_t i = 0; i < state.factors.size(); ++i)
        // 0 / 0: no gradient has come here that could be multiplied.
        if (std::isfinite(state.factors[i]))
          addPoint(panel, state.name, {static_cast<double>(i), state.factors[i]});
    if (!run.last.states.empty())
      panel.note = "at update " + std::to_string(run.last.update);
  }
  return row;
}

std::vector<Row> makeRows(const std::vector<GradientRun> &runs) {
  std::vector<Row> rows;
  rows.push_back(overUpdates(runs, "loss", [](const GradientStep &step, double update, Panel &panel) {
    addPoint(panel, "", {update, step.loss});
  }));
  rows.push_back(overUpdates(runs, "norm of the gradient in each layer's parameters, before clipping",
                             [](const GradientStep &step, double update, Panel &panel) {
                               for (const GradientStep::Layer &layer : step.layers)
                                 addPoint(panel, layer.name, {update, layer.gradientNorm});
                             }));
  rows.push_back(overSteps(runs));
  rows.push_back(factors(runs));
  rows.push_back(overUpdates(runs, "share of saturated elements: above, and dashed below",
                             [](const GradientStep &step, double update, Panel &panel) {
                               for (const GradientStep::Gate &gate : step.gates) {
                                 addPoint(panel, gate.name, {update, gate.high});
                                 addPoint(panel, gate.name, {update, gate.low}, Curve::Style::dashed);
                               }
                             }));
  rows.back().isLogarithmic = false;
  std::erase_if(rows, [](const Row &row) { return row.isEmpty(); });
  return rows;
}

//===--- ranges ---------------------------------------------------------------===//

Axis xAxisOf(const Row &row) {
  Axis axis{std::numeric_limits<double>::max(), std::numeric_limits<double>::lowest(), false, true};
  for (const Panel &panel : row.panels)
    for (const Curve &curve : panel.curves)
      for (Point point : curve.points)
        axis.low = std::min(axis.low, point.x), axis.high = std::max(axis.high, point.x);
  if (axis.high <= axis.low) {
    const double margin = std::max(0.5, 1e-15 * std::fabs(axis.high)); // what a double can tell apart there
    axis.low -= margin, axis.high += margin;
  }
  return axis;
}

Axis yAxisOf(const Row &row) {
  if (!row.isLogarithmic) // shares
    return {-0.02, 1.02, false, false};
  double low = std::numeric_limits<double>::max(), high = 0;
  for (const Panel &panel : row.panels)
    for (const Curve &curve : panel.curves)
      for (Point point : curve.points)
        if (std::isfinite(point.y) && point.y > 0)
          low = std::min(low, point.y), high = std::max(high, point.y);
  low = std::clamp(low, kLeast, kGreatest), high = std::min(high, kGreatest);
  if (high == 0) // no number at all
    low = 0.1, high = 1;
  high = std::max(high, kLeast);
  low = std::max(low, high * std::pow(10, -kMostPowers));
  const double margin = std::max(std::pow(high / low, 0.05), 1.1);
  return {low / margin, high * margin, true, false};
}

//===--- drawing --------------------------------------------------------------===//

/// The part of all names up to a dot that they share: "lstm_1." of "lstm_1.h" and "lstm_1.c".
std::string commonPrefix(const std::vector<std::string> &names) {
  if (names.size() < 2)
    return "";
  std::string prefix = names.front().substr(0, names.front().rfind('.') + 1);
  for (const std::string &name : names)
    while (!name.starts_with(prefix))
      prefix = prefix.size() < 2 ? "" : prefix.substr(0, prefix.rfind('.', prefix.size() - 2) + 1);
  return prefix;
}

class Chart {
public:
  explicit Chart(const std::vector<GradientRun> &runs) : runs_(runs), rows_(makeRows(runs)) {
    const auto count = static_cast<double>(runs.size());
    panelWidth_ = std::clamp(960 / count, kNarrowest, kWidest);
    width_ = kLeft + count * panelWidth_ + (count - 1) * kBetween + kRight;
  }

  Status write(const std::string &title, const std::string &path) {
    // What the legends need depends on the letters, these on the kind of picture.
    auto make = [&](double height) {
      return path.ends_with(".png") ? makePngSheet(width_, height) : makeSvgSheet(width_, height);
    };
    sheet_ = make(1);
    double bottom = kTop;
    for (const Row &row : rows_)
      bottom += heightOf(row);
    sheet_ = make(bottom);
    sheet_->text(kLeft, 22, title, {15, kText});
    double top = kTop;
    for (const Row &row : rows_) {
      drawRow(row, top);
      top += heightOf(row);
    }
    return sheet_->write(path);
  }

private:
  struct Entry {
    std::string text;
    Color color;
    bool hasLine;
    Point at; // from the legend's upper left corner
  };

  double left(size_t column) const { return kLeft + static_cast<double>(column) * (panelWidth_ + kBetween); }

  static std::vector<std::string> namesOf(const Panel &panel) {
    std::vector<std::string> names;
    for (const Curve &curve : panel.curves)
      if (std::find(names.begin(), names.end(), curve.name) == names.end())
        names.push_back(curve.name);
    return names;
  }
  static Color colorOf(const std::vector<std::string> &names, const std::string &name) {
    const auto index = static_cast<size_t>(std::find(names.begin(), names.end(), name) - names.begin());
    return names.size() > kMostNamed && index >= kMostNamed - 1 ? kOther : kPalette[index];
  }

  /// Places names, and what the panel has to say, line by line.
  std::vector<Entry> legendOf(const Panel &panel, double &lines) const {
    std::vector<Entry> entries;
    const std::vector<std::string> names = namesOf(panel);
    const std::string prefix = commonPrefix(names);
    if (!prefix.empty())
      entries.push_back({prefix.substr(0, prefix.size() - 1) + ":", kText, false, {}});
    for (const std::string &name : names) {
      if (name.empty())
        continue;
      const Color color = colorOf(names, name);
      const bool isOther = names.size() > kMostNamed && &name - names.data() >= static_cast<long>(kMostNamed - 1);
      entries.push_back(
          {isOther ? std::to_string(names.size() - kMostNamed + 1) + " others" : name.substr(prefix.size()),
           color,
           true,
           {}});
      if (isOther)
        break;
    }
    if (!panel.note.empty())
      entries.push_back({panel.note, kAxis, false, {}});
    double x = 0, y = 0;
    for (Entry &entry : entries) {
      const double wide = (entry.hasLine ? 20 : 0) + sheet_->textWidth(entry.text, kSmall) + 10;
      if (x > 0 && x + wide > panelWidth_ + kBetween) {
        x = 0;
        y += kLegendLine;
      }
      entry.at = {x, y};
      x += wide;
    }
    lines = entries.empty() ? 0 : y / kLegendLine + 1;
    return entries;
  }

  double legendHeight(const Row &row) const {
    double most = 0, lines = 0;
    for (const Panel &panel : row.panels) {
      (void)legendOf(panel, lines);
      most = std::max(most, lines);
    }
    return most * kLegendLine;
  }
  double heightOf(const Row &row) const {
    return (runs_.size() > 1 ? kTitle : kTitle - kLegendLine) + legendHeight(row) + kPanelHeight + kBelow;
  }

  void drawRow(const Row &row, double top) {
    sheet_->text(kLeft, top + 8, row.title, {kNormal, kText});
    const Axis x = xAxisOf(row), y = yAxisOf(row);
    const double legendTop = top + heightOf(row) - kBelow - kPanelHeight - legendHeight(row);
    for (size_t i = 0; i < runs_.size(); ++i) {
      const Panel &panel = row.panels[i];
      if (runs_.size() > 1)
        sheet_->text(left(i), top + 23, runs_[i].name, {kNormal, kAxis});
      double lines = 0;
      for (const Entry &entry : legendOf(panel, lines)) {
        const double at = left(i) + entry.at.x, middle = legendTop + entry.at.y + 4;
        if (entry.hasLine)
          sheet_->line({at, middle}, {at + 16, middle}, 2, entry.color);
        sheet_->text(at + (entry.hasLine ? 20 : 0), middle + 3, entry.text,
                     {kSmall, entry.hasLine ? kText : entry.color});
      }
      drawPanel(row, panel, x, y, left(i), legendTop + legendHeight(row), i == 0);
    }
  }

  void drawPanel(const Row &row, const Panel &panel, const Axis &x, const Axis &y, double left, double top,
                 bool hasLabels) {
    const double right = left + panelWidth_, bottom = top + kPanelHeight;
    auto atX = [&](double value) { return left + x.share(value) * panelWidth_; };
    auto atY = [&](double value) { return bottom - std::clamp(y.share(value), 0.0, 1.0) * kPanelHeight; };
    for (auto &[value, label] : y.ticks(7)) {
      sheet_->line({left, atY(value)}, {right, atY(value)}, 0.7, kGrid);
      if (hasLabels)
        sheet_->text(left - 5, atY(value) + 3, label, {kSmall, kText, Sheet::Anchor::end});
    }
    for (auto &[value, label] : x.ticks(panelWidth_ / 55)) {
      sheet_->line({atX(value), top}, {atX(value), bottom}, 0.7, kGrid);
      sheet_->text(atX(value), bottom + 12, label, {kSmall, kText, Sheet::Anchor::middle});
    }
    sheet_->text(right, bottom + 24, row.xLabel, {kSmall, kAxis, Sheet::Anchor::end});
    sheet_->line({left, top}, {left, bottom}, 0.8, kAxis);
    sheet_->line({left, bottom}, {right, bottom}, 0.8, kAxis);
    const std::vector<std::string> names = namesOf(panel);
    for (const Curve &curve : panel.curves) {
      const Color own = colorOf(names, curve.name);
      drawCurve(curve, curve.style == Curve::Style::pale ? own.tint(0.6f) : own, atX, atY, top);
    }
  }

  /// Of points nearer to each other than the eye tells apart, the highest.
  static std::vector<Point> thinned(const std::vector<Point> &points) {
    constexpr double kApart = 1.5;
    std::vector<Point> kept;
    for (Point point : points)
      if (!kept.empty() && point.x - kept.back().x < kApart)
        kept.back().y = std::min(kept.back().y, point.y); // y grows downward
      else
        kept.push_back(point);
    return kept;
  }

  template <typename AtX, typename AtY>
  void drawCurve(const Curve &curve, Color color, const AtX &atX, const AtY &atY, double top) {
    constexpr double kCross = 3;
    std::vector<Point> line;
    auto end = [&] {
      if (line.size() == 1) // a dash where there is no line
        line = {{line[0].x - 2, line[0].y}, {line[0].x + 2, line[0].y}};
      if (!line.empty())
        sheet_->polyline(thinned(line), curve.style == Curve::Style::pale ? 1.2 : 1.6, color,
                         curve.style == Curve::Style::dashed ? kDash : 0);
      line.clear();
    };
    double lastCross = std::numeric_limits<double>::lowest();
    for (Point point : curve.points) {
      const double x = atX(point.x);
      if (std::isfinite(point.y)) {
        line.push_back({x, atY(point.y)});
        continue;
      }
      end();
      if (x - lastCross < 2 * kCross)
        continue;
      lastCross = x;
      const double y = top + kCross;
      sheet_->line({x - kCross, y - kCross}, {x + kCross, y + kCross}, 1.4, kNotFinite);
      sheet_->line({x - kCross, y + kCross}, {x + kCross, y - kCross}, 1.4, kNotFinite);
    }
    end();
  }

  const std::vector<GradientRun> &runs_;
  std::vector<Row> rows_;
  double panelWidth_ = 0, width_ = 0;
  std::unique_ptr<Sheet> sheet_;
};

} // namespace

Status drawGradients(const std::vector<GradientRun> &runs, const std::string &title, const std::string &path) {
  return Chart(runs).write(title, path);
}

} // namespace argent::tool
