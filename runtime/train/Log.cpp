//===- Log.cpp - JSON lines -----------------------------------------------------===//
#include "runtime/train/Log.h"

#include "runtime/module_generated.h"

#include <cerrno>
#include <cstring>
#include <nlohmann/json.hpp>
#include <sys/resource.h>

namespace argent {

using Json = nlohmann::ordered_json;

TrainLog::~TrainLog() {
  if (file_)
    std::fclose(file_);
}

Status TrainLog::open(const std::string &path, bool append) {
  if (path.empty())
    return Status();
  path_ = path;
  file_ = std::fopen(path.c_str(), append ? "ae" : "we");
  return file_ ? Status() : Status(StatusCode::kIoError, "cannot write " + path + ": " + std::strerror(errno));
}

void TrainLog::write(const std::string &line) {
  if (file_) {
    std::fputs(line.c_str(), file_);
    std::fputc('\n', file_);
  }
}

Status TrainLog::flush() {
  if (file_ && (std::fflush(file_) != 0 || std::ferror(file_)))
    return Status(StatusCode::kIoError, "cannot write " + path_ + ": " + std::strerror(errno));
  return Status();
}

static std::string dump(const Json &json) { return json.dump(-1, ' ', false, Json::error_handler_t::replace); }

static Json valuesJson(const MetricValues &values) {
  Json json = Json::object();
  for (auto &[name, value] : values)
    json[name] = value;
  return json;
}

void TrainLog::start(const Module &module, const std::string &target, const TrainOptions &options, const TrainingPosition &position, int64_t rows) {
  if (!file_)
    return;
  Json json = {{"event", "start"}, {"model", module.table().name() ? module.table().name()->str() : ""}, {"module", module.hash()},
               {"target", target}, {"data", options.data}, {"rows", rows}, {"seed", position.seed}, {"batch", position.batch},
               {"update", position.update}};
  if (!position.heldOut.empty())
    json["held_out"] = position.heldOut;
  write(dump(json));
}

void TrainLog::step(int64_t epoch, int64_t update, float loss, float gradientNorm) {
  if (!file_)
    return;
  // Nine digits give an f32 back. Infinity and NaN are not JSON: null.
  auto number = [](float value) {
    char text[32];
    std::snprintf(text, sizeof(text), "%.9g", static_cast<double>(value));
    return std::isfinite(value) ? std::string(text) : std::string("null");
  };
  write("{\"event\":\"step\",\"epoch\":" + std::to_string(epoch) + ",\"update\":" + std::to_string(update) + ",\"loss\":" + number(loss) +
        ",\"gradient_norm\":" + number(gradientNorm) + "}");
}

Status TrainLog::epoch(const TrainObserver::Epoch &epoch, int64_t update) {
  if (!file_)
    return Status();
  struct rusage usage {};
  ::getrusage(RUSAGE_SELF, &usage);
  write(dump({{"event", "epoch"}, {"epoch", epoch.epoch}, {"update", update}, {"train", valuesJson(epoch.train)}, {epoch.heldOutName, valuesJson(epoch.heldOut)},
              {"seconds", epoch.seconds}, {"rows_per_second", epoch.rowsPerSecond}, {"peak_memory_bytes", usage.ru_maxrss * 1024}}));
  return flush();
}

void TrainLog::restore(int64_t update, int64_t toUpdate, double rateScale) {
  if (file_)
    write(dump({{"event", "restore"}, {"update", update}, {"to_update", toUpdate}, {"rate_scale", rateScale}}));
}

Status TrainLog::folds(const MetricValues &mean, const MetricValues &deviation) {
  if (file_)
    write(dump({{"event", "folds"}, {"mean", valuesJson(mean)}, {"deviation", valuesJson(deviation)}}));
  return flush();
}

Status TrainLog::end(const char *reason, int64_t update) {
  if (file_)
    write(dump({{"event", "end"}, {"reason", reason}, {"update", update}}));
  return flush();
}

} // namespace argent
