//===- PlotData.cpp - curves from the lines of a log --------------------------------------===//
#include "PlotData.h"

#include "PlotAxis.h"
#include "runtime/checkpoint/File.h"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <limits>
#include <nlohmann/json.hpp>
#include <utility>

namespace argent::tool {

using Json = nlohmann::ordered_json;

void PlotRun::goBack(int64_t update) {
  auto forget = [&](std::vector<Point> &points) {
    while (!points.empty() && points.back().x > static_cast<double>(update))
      points.pop_back();
  };
  forget(steps);
  for (auto *curves : {&train, &heldOut})
    for (auto &[name, points] : *curves)
      forget(points);
}

void PlotRun::addStep(int64_t update, double loss) {
  if (!steps.empty() && steps.back().x >= static_cast<double>(update))
    goBack(update - 1);
  if (std::isfinite(loss))
    steps.push_back({static_cast<double>(update), std::clamp(loss, -kGreatest, kGreatest)});
}

void PlotRun::addEpoch(int64_t update, const MetricValues &trained, const std::string &name,
                       const MetricValues &values) {
  heldOutName = name;
  auto add = [&](auto &curves, const MetricValues &metrics_) {
    for (auto &[metric, value] : metrics_) {
      if (std::find(metrics.begin(), metrics.end(), metric) == metrics.end())
        metrics.push_back(metric);
      std::vector<Point> &points = curves[metric];
      while (!points.empty() && points.back().x >= static_cast<double>(update))
        points.pop_back();
      if (std::isfinite(value))
        points.push_back({static_cast<double>(update), std::clamp(value, -kGreatest, kGreatest)});
    }
  };
  add(train, trained);
  add(heldOut, values);
}

static MetricValues metricsOf(const Json &object) {
  MetricValues values;
  for (auto &[name, value] : object.items())
    if (value.is_number() || value.is_null()) // null: not finite
      values.emplace_back(name, value.is_null() ? std::numeric_limits<double>::quiet_NaN() : value.get<double>());
  return values;
}

/// What every line of a log begins with.
static constexpr std::string_view kEventBegin = "{\"event\":\"";

Status readPlotLog(const std::string &path, std::vector<PlotRun> &runs) {
  std::string text;
  ARGENT_RETURN_IF_ERROR(readFile(path, text));
  std::string stem = std::filesystem::path(path).stem().string();
  std::vector<PlotRun> found;
  bool isTorn = false; // the last line was
  size_t number = 0;
  for (size_t begin = 0; begin < text.size(); ++number) {
    size_t end = std::min(text.size(), text.find('\n', begin));
    std::string_view whole(text.data() + begin, end - begin);
    begin = end + 1;
    auto isEvent = [](const Json &line) {
      return line.is_object() && line.contains("event") && line["event"].is_string();
    };
    Json line = Json::parse(whole, nullptr, false);
    if (!isEvent(line)) {
      // What was being written when the process was killed ends within a line; older versions began the next run in the
      // same one.
      size_t next = whole.rfind(kEventBegin);
      bool begins = whole.starts_with(kEventBegin) || kEventBegin.starts_with(whole);
      if (begins && next != whole.npos && next > 0)
        line = Json::parse(whole.substr(next), nullptr, false);
      if (!begins || isTorn)
        return Status(StatusCode::kInvalidData, path + ":" + std::to_string(number + 1) +
                                                    ": this is no line of a log that `argent train --log` writes");
      isTorn = true;
      if (!isEvent(line))
        continue;
    }
    std::string event = line["event"];
    // Only a process that ends leaves a torn line: another begins after it.
    if (std::exchange(isTorn, false) && event != "start")
      return Status(StatusCode::kInvalidData,
                    path + ":" + std::to_string(number + 1) + ": the line before this one is torn");
    auto integer = [&](const char *key) {
      return line.contains(key) && line[key].is_number_integer() ? line[key].get<int64_t>() : 0;
    };
    for (const char *key : {"update", "to_update"})
      if (integer(key) < -kMostUpdates || integer(key) > kMostUpdates ||
          (line.contains(key) && line[key].is_number_unsigned() && line[key] > uint64_t{kMostUpdates}))
        return Status(StatusCode::kInvalidData, path + ":" + std::to_string(number + 1) + ": " + key + " " +
                                                    line[key].dump() + " is more updates than can be drawn");
    if (event == "start" && (found.empty() || integer("update") == 0)) {
      found.emplace_back();
      found.back().name = stem;
      if (std::string heldOut = line.value("held_out", ""); heldOut.starts_with("fold"))
        found.back().name += " " + heldOut;
    } else if (event == "start") {
      found.back().goBack(integer("update"));
    } else if (found.empty()) {
      return Status(StatusCode::kInvalidData,
                    path + ":" + std::to_string(number + 1) + ": a log begins with the event \"start\"");
    } else if (event == "step") {
      if (line.contains("loss") && line["loss"].is_number())
        found.back().addStep(integer("update"), line["loss"].get<double>());
    } else if (event == "epoch") {
      std::string heldOut = line.contains("validation") ? "validation" : "test";
      found.back().addEpoch(integer("update"), metricsOf(line.value("train", Json::object())), heldOut,
                            metricsOf(line.value(heldOut, Json::object())));
    } else if (event == "restore") {
      found.back().goBack(integer("to_update"));
    }
  }
  std::erase_if(found, [](const PlotRun &run) { return run.steps.empty(); });
  if (found.empty())
    return Status(StatusCode::kInvalidData, path + " has no step of a training");
  runs.insert(runs.end(), found.begin(), found.end());
  return Status();
}

} // namespace argent::tool
