//===- GradientReport.cpp - how a training's gradients are, as JSON lines ---------===//
#include "runtime/train/GradientReport.h"

#include "runtime/checkpoint/File.h"

#include <algorithm>
#include <cmath>
#include <fstream>
#include <nlohmann/json.hpp>

namespace argent {

using Json = nlohmann::ordered_json;

/// Six digits, as a reader wants them; infinity and NaN are not JSON: null.
static Json number(double value) {
  if (!std::isfinite(value))
    return nullptr;
  char text[32];
  std::snprintf(text, sizeof(text), "%.6g", value);
  return std::strtod(text, nullptr);
}

static std::string dump(const Json &json) { return json.dump(-1, ' ', false, Json::error_handler_t::replace); }

/// What the first line of a report begins with.
static constexpr std::string_view kBegin = R"({"event":"start","report":"gradients")";

/// Why a resumed run cannot go on in the file; empty: it can.
static std::string whyNotOf(const std::string &path, const std::string &model) {
  constexpr std::streamsize kLongest = 1 << 16; // a first line is no longer
  if (isSpecialFile(path))
    return "";
  std::ifstream file(path, std::ios::binary);
  std::string line(static_cast<size_t>(kLongest), '\0');
  file.read(line.data(), kLongest);
  line.resize(static_cast<size_t>(file.gcount()));
  const size_t end = line.find('\n');
  // There is nothing yet, or nothing whole: that is cut off.
  if (end == line.npos && line.size() < static_cast<size_t>(kLongest) &&
      (line.starts_with(kBegin) || kBegin.starts_with(line)))
    return "";
  const Json first = end == line.npos ? Json() : Json::parse(line.substr(0, end), nullptr, false);
  auto textOf = [&](const char *key) {
    return first.is_object() && first.contains(key) && first[key].is_string() ? first[key].get<std::string>() : "";
  };
  if (textOf("report") != "gradients")
    return " is no report that `argent train --gradient-report` wrote";
  const std::string other = textOf("model");
  return other == model ? "" : " is a report of model `" + other + "`, not of `" + model + "`";
}

void GradientReport::findLayers(const Module &module) {
  List parameters(module.table().parameters());
  List layers(module.table().layers());
  List layerOf(module.table().training()->parameter_layers());
  std::vector<Layer> known(layers.size()), others;
  for (uint32_t i = 0; i < layers.size(); ++i)
    known[i].name = text(layers[i]->name());
  for (uint32_t i = 0; i < parameters.size(); ++i) {
    if (!parameters[i]->trained())
      continue;
    if (layerOf[i] < known.size()) {
      known[layerOf[i]].parameters.push_back(i);
      continue;
    }
    // Prediction does without it: its path says whose it is.
    const std::string path(text(parameters[i]->path())), name = path.substr(0, path.rfind('.'));
    auto find = [&](std::vector<Layer> &list) {
      auto found = std::find_if(list.begin(), list.end(), [&](const Layer &layer) { return layer.name == name; });
      return found == list.end() ? nullptr : &*found;
    };
    Layer *layer = find(known);
    if (!layer)
      layer = find(others);
    if (!layer)
      layer = &others.emplace_back(Layer{name, {}});
    layer->parameters.push_back(i);
  }
  layers_.clear();
  for (std::vector<Layer> *list : {&known, &others})
    for (Layer &layer : *list)
      if (!layer.parameters.empty())
        layers_.push_back(std::move(layer));
}

Status GradientReport::check(const std::string &path, int64_t every, bool append, const Module &module) {
  if (path.empty())
    return Status();
  if (every < 1)
    return Status(StatusCode::kInvalidArgument,
                  "a gradient report is of one of so many updates, at least 1, not " + std::to_string(every));
  const format::Training *training = module.table().training();
  if (!training || List(training->parameter_layers()).empty())
    return Status(StatusCode::kInvalidArgument, module.name() + " was compiled without a gradient report: compile it "
                                                                "with `argent compile --gradient-report`");
  if (append)
    if (std::string why = whyNotOf(path, std::string(text(module.table().name()))); !why.empty())
      return Status(StatusCode::kInvalidData, path + why + ": a resumed run goes on in its own");
  return Status();
}

Status GradientReport::open(const std::string &path, int64_t every, bool append, const Module &module, int64_t update) {
  if (path.empty())
    return Status();
  ARGENT_RETURN_IF_ERROR(check(path, every, append, module));
  ARGENT_RETURN_IF_ERROR(lines_.open(path, append));
  every_ = every;
  findLayers(module);
  lines_.write(dump({{"event", "start"},
                     {"report", "gradients"},
                     {"model", std::string(text(module.table().name()))},
                     {"module", module.hash()},
                     {"every", every},
                     {"update", update}}));
  return lines_.check();
}

Status GradientReport::before(Session &session) { return session.values(0, before_); }

/// The L2 norm of a tensor of f32, or of its difference to another.
static double normOf(const TensorView &tensor, const TensorView *other = nullptr) {
  const auto *values = static_cast<const float *>(tensor.data);
  const auto *others = other ? static_cast<const float *>(other->data) : nullptr;
  double squares = 0;
  for (int64_t i = 0; i < tensor.elementCount(); ++i) {
    const double value = others ? static_cast<double>(values[i]) - others[i] : values[i];
    squares += value * value;
  }
  return std::sqrt(squares);
}

namespace {
/// Of a parameter, or of those of a layer together.
struct Norms {
  double gradient = 0, parameter = 0, update = 0;

  void join(const Norms &other) {
    gradient = std::hypot(gradient, other.gradient);
    parameter = std::hypot(parameter, other.parameter);
    update = std::hypot(update, other.update);
  }
  Json json() const {
    return {
        {"gradient_norm", number(gradient)}, {"parameter_norm", number(parameter)}, {"update_norm", number(update)}};
  }
};
} // namespace

/// What the norm is multiplied with on its way back, from one step to the one that the loop has made before; between
/// loops of a loop there is none.
static Json factorsOf(const StepPorts::Series &series) {
  Json factors = Json::array();
  const auto steps = static_cast<size_t>(series.dims.back());
  for (size_t i = 0; i < series.squares.size(); ++i) {
    if (i % steps == steps - 1)
      continue;
    double first = series.squares[i], second = series.squares[i + 1];
    if (series.kind == StepPorts::Series::Kind::reverseGradient)
      std::swap(first, second);
    factors.push_back(number(std::sqrt(first) / std::sqrt(second))); // null where nothing came back
  }
  return factors;
}

static void addLoops(const std::deque<StepPorts::Series> &series, Json &line) {
  using Kind = StepPorts::Series::Kind;
  Json states = Json::object(), gates = Json::object();
  for (const StepPorts::Series &one : series) {
    if (one.kind == Kind::low || one.kind == Kind::high) {
      gates[one.name][one.kind == Kind::low ? "low" : "high"] = number(one.share);
      continue;
    }
    Json norms = Json::array();
    for (double squares : one.squares)
      norms.push_back(number(std::sqrt(squares)));
    states[one.name] = {{"steps", one.dims},
                        {"reverse", one.kind == Kind::reverseGradient},
                        {"norms", std::move(norms)},
                        {"factors", factorsOf(one)}};
  }
  line["states"] = std::move(states);
  line["gates"] = std::move(gates);
}

Status GradientReport::step(Session &session, const StepPorts &ports, int64_t epoch, int64_t update) {
  if (!lines_.isOpen())
    return Status();
  LogicalValues gradients, after;
  ARGENT_RETURN_IF_ERROR(session.gradients(gradients));
  ARGENT_RETURN_IF_ERROR(session.values(0, after));
  const bool hasMoved = ports.isFinite() && ports.isRate();
  Json line = {{"event", "step"},
               {"epoch", epoch},
               {"update", update},
               {"loss", number(ports.loss)},
               {"gradient_norm", nullptr}}; // known below
  Json layers = Json::object();
  double squares = 0;
  for (const Layer &layer : layers_) {
    Norms all;
    Json parameters = Json::object();
    for (size_t i : layer.parameters) {
      Norms norms{normOf(gradients.tensors[i]), normOf(after.tensors[i]), 0};
      if (hasMoved)
        norms.update = normOf(after.tensors[i], &before_.tensors[i]);
      all.join(norms);
      parameters[after.paths[i]] = norms.json();
    }
    squares += all.gradient * all.gradient;
    layers[layer.name] = all.json();
    layers[layer.name]["parameters"] = std::move(parameters);
  }
  line["gradient_norm"] = number(std::sqrt(squares));
  line["layers"] = std::move(layers);
  addLoops(ports.series, line);
  lines_.write(dump(line));
  return lines_.check();
}

} // namespace argent
