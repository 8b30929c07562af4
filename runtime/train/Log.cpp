//===- Log.cpp - JSON lines -----------------------------------------------------===//
#include "runtime/train/Log.h"

#include "runtime/module_generated.h"

#include <chrono>
#include <cmath>
#include <nlohmann/json.hpp>
#include <sys/resource.h>

namespace argent {

using Json = nlohmann::ordered_json;

static std::string dump(const Json &json) { return json.dump(-1, ' ', false, Json::error_handler_t::replace); }

/// Seconds since 1970.
static std::string now() {
  using namespace std::chrono;
  const int64_t milliseconds = duration_cast<std::chrono::milliseconds>(system_clock::now().time_since_epoch()).count();
  char text[40];
  std::snprintf(text, sizeof(text), "%lld.%03d", static_cast<long long>(milliseconds / 1000),
                static_cast<int>(milliseconds % 1000));
  return text;
}

static Json valuesJson(const MetricValues &values) {
  Json json = Json::object();
  for (auto &[name, value] : values)
    json[name] = value;
  return json;
}

void TrainLog::start(const Module &module, const std::string &target, const TrainOptions &options,
                     const TrainingPosition &position, int64_t rows) {
  if (!lines_.isOpen())
    return;
  Json json = {{"event", "start"},          {"model", module.table().name() ? module.table().name()->str() : ""},
               {"module", module.hash()},   {"target", target},
               {"data", options.data.data}, {"rows", rows},
               {"seed", position.seed},     {"batch", position.batch},
               {"update", position.update}};
  if (!position.heldOut.empty())
    json["held_out"] = position.heldOut;
  lines_.write(dump(json));
}

void TrainLog::wordVectors(const FilledVectors &filled) {
  if (lines_.isOpen())
    lines_.write(dump({{"event", "word_vectors"},
                       {"parameter", filled.path},
                       {"file", filled.file},
                       {"vocabulary", filled.vocabulary},
                       {"words", filled.words},
                       {"found", filled.found}}));
}

void TrainLog::step(int64_t epoch, int64_t update, float loss, float gradientNorm, std::optional<float> rate) {
  if (!lines_.isOpen())
    return;
  // Nine digits give an f32 back. Infinity and NaN are not JSON: null.
  auto number = [](float value) {
    char text[32];
    std::snprintf(text, sizeof(text), "%.9g", static_cast<double>(value));
    return std::isfinite(value) ? std::string(text) : std::string("null");
  };
  lines_.write("{\"event\":\"step\",\"epoch\":" + std::to_string(epoch) + ",\"update\":" + std::to_string(update) +
               ",\"loss\":" + number(loss) + ",\"gradient_norm\":" + number(gradientNorm) +
               (rate ? ",\"rate\":" + number(*rate) : "") + ",\"time\":" + now() + "}");
}

Status TrainLog::epoch(const TrainObserver::Epoch &epoch, int64_t update) {
  if (!lines_.isOpen())
    return Status();
  struct rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  lines_.write(dump({{"event", "epoch"},
                     {"epoch", epoch.epoch},
                     {"update", update},
                     {"train", valuesJson(epoch.train)},
                     {epoch.heldOutName, valuesJson(epoch.heldOut)},
                     {"seconds", epoch.seconds},
                     {"rows_per_second", epoch.rowsPerSecond},
                     {"peak_memory_bytes", usage.ru_maxrss * 1024}}));
  return lines_.check();
}

void TrainLog::restore(int64_t update, int64_t toUpdate, double rateScale) {
  if (lines_.isOpen())
    lines_.write(dump({{"event", "restore"}, {"update", update}, {"to_update", toUpdate}, {"rate_scale", rateScale}}));
}

Status TrainLog::folds(const MetricValues &mean, const MetricValues &deviation) {
  if (lines_.isOpen())
    lines_.write(dump({{"event", "folds"}, {"mean", valuesJson(mean)}, {"deviation", valuesJson(deviation)}}));
  return lines_.check();
}

Status TrainLog::end(const char *reason, int64_t update) {
  if (lines_.isOpen())
    lines_.write(dump({{"event", "end"}, {"reason", reason}, {"update", update}}));
  return lines_.check();
}

} // namespace argent
