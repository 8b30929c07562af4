//===- Log.cpp - JSON lines -----------------------------------------------------===//
#include "runtime/train/Log.h"

#include "runtime/checkpoint/File.h"
#include "runtime/module_generated.h"

#include <cerrno>
#include <chrono>
#include <cstring>
#include <nlohmann/json.hpp>
#include <sys/resource.h>
#include <unistd.h>

namespace argent {

using Json = nlohmann::ordered_json;

TrainLog::~TrainLog() {
  if (file_)
    std::fclose(file_);
}

/// Shortens a file of lines to its last whole line.
static Status cutTornLine(const std::string &path) {
  std::string text;
  if (isSpecialFile(path) || !readFile(path, text).ok() || text.empty() || text.back() == '\n')
    return Status(); // what cannot be read is an error where it is opened
  const size_t whole = text.rfind('\n') == text.npos ? 0 : text.rfind('\n') + 1;
  return ::truncate(path.c_str(), static_cast<off_t>(whole)) == 0
             ? Status()
             : Status(StatusCode::kIoError, "cannot write " + path + ": " + std::strerror(errno));
}

Status TrainLog::open(const std::string &path, bool append) {
  if (path.empty())
    return Status();
  path_ = path;
  if (append)
    ARGENT_RETURN_IF_ERROR(cutTornLine(path));
  file_ = std::fopen(path.c_str(), append ? "ae" : "we");
  if (file_)
    std::setvbuf(file_, nullptr, _IONBF, 0);
  return file_ ? Status() : Status(StatusCode::kIoError, "cannot write " + path + ": " + std::strerror(errno));
}

void TrainLog::write(const std::string &line) {
  const std::string whole = line + '\n';
  if (file_)
    std::fwrite(whole.data(), 1, whole.size(), file_);
}

Status TrainLog::check() {
  if (file_ && std::ferror(file_))
    return Status(StatusCode::kIoError, "cannot write " + path_ + ": " + std::strerror(errno));
  return Status();
}

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
  if (!file_)
    return;
  Json json = {{"event", "start"},          {"model", module.table().name() ? module.table().name()->str() : ""},
               {"module", module.hash()},   {"target", target},
               {"data", options.data.data}, {"rows", rows},
               {"seed", position.seed},     {"batch", position.batch},
               {"update", position.update}};
  if (!position.heldOut.empty())
    json["held_out"] = position.heldOut;
  write(dump(json));
}

void TrainLog::wordVectors(const FilledVectors &filled) {
  if (file_)
    write(dump({{"event", "word_vectors"},
                {"parameter", filled.path},
                {"file", filled.file},
                {"vocabulary", filled.vocabulary},
                {"words", filled.words},
                {"found", filled.found}}));
}

void TrainLog::step(int64_t epoch, int64_t update, float loss, float gradientNorm, std::optional<float> rate) {
  if (!file_)
    return;
  // Nine digits give an f32 back. Infinity and NaN are not JSON: null.
  auto number = [](float value) {
    char text[32];
    std::snprintf(text, sizeof(text), "%.9g", static_cast<double>(value));
    return std::isfinite(value) ? std::string(text) : std::string("null");
  };
  write("{\"event\":\"step\",\"epoch\":" + std::to_string(epoch) + ",\"update\":" + std::to_string(update) +
        ",\"loss\":" + number(loss) + ",\"gradient_norm\":" + number(gradientNorm) +
        (rate ? ",\"rate\":" + number(*rate) : "") + ",\"time\":" + now() + "}");
}

Status TrainLog::epoch(const TrainObserver::Epoch &epoch, int64_t update) {
  if (!file_)
    return Status();
  struct rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  write(dump({{"event", "epoch"},
              {"epoch", epoch.epoch},
              {"update", update},
              {"train", valuesJson(epoch.train)},
              {epoch.heldOutName, valuesJson(epoch.heldOut)},
              {"seconds", epoch.seconds},
              {"rows_per_second", epoch.rowsPerSecond},
              {"peak_memory_bytes", usage.ru_maxrss * 1024}}));
  return check();
}

void TrainLog::restore(int64_t update, int64_t toUpdate, double rateScale) {
  if (file_)
    write(dump({{"event", "restore"}, {"update", update}, {"to_update", toUpdate}, {"rate_scale", rateScale}}));
}

Status TrainLog::folds(const MetricValues &mean, const MetricValues &deviation) {
  if (file_)
    write(dump({{"event", "folds"}, {"mean", valuesJson(mean)}, {"deviation", valuesJson(deviation)}}));
  return check();
}

Status TrainLog::end(const char *reason, int64_t update) {
  if (file_)
    write(dump({{"event", "end"}, {"reason", reason}, {"update", update}}));
  return check();
}

} // namespace argent
