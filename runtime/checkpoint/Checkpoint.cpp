//===- Checkpoint.cpp - sessions to safetensors and back -----------------------------===//
#include "runtime/checkpoint/Checkpoint.h"

#include "runtime/checkpoint/Safetensors.h"
#include "runtime/module_generated.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstring>

namespace argent {

static constexpr const char *kFormatVersion = "1";
static const std::string kRowsPrefix = "@rows/";
static constexpr std::string_view kVocabularyKey = "vocabulary/"; // followed by its name; an entry a line

static int momentCount(const Module &module) {
  const format::Training *training = module.table().training();
  return training ? static_cast<int>(training->moment_count()) : 0;
}

template <typename T> static int64_t firstNonFinite(const T *values, int64_t count) {
  for (int64_t i = 0; i < count; ++i)
    if (!std::isfinite(values[i]))
      return i;
  return -1;
}

static Status checkFinite(const NamedTensor &entry) {
  int64_t at = -1;
  if (entry.tensor.type == ElementType::f32)
    at = firstNonFinite(static_cast<const float *>(entry.tensor.data), entry.tensor.elementCount());
  else if (entry.tensor.type == ElementType::f64)
    at = firstNonFinite(static_cast<const double *>(entry.tensor.data), entry.tensor.elementCount());
  return at < 0 ? Status()
                : Status(StatusCode::kNonFinite, "`" + entry.name + "` is not finite at element " + std::to_string(at));
}

std::string shortestText(double value) {
  char text[40];
  return std::string(text, std::to_chars(text, text + sizeof(text), value).ptr);
}

std::vector<std::string> compileSettings(const Module &module) {
  std::vector<std::string> settings;
  if (auto *table = module.table().compile_settings())
    for (const format::CompileSetting *setting : *table)
      if (setting->name() && setting->value())
        settings.push_back(setting->name()->str() + "=" + setting->value()->str());
  return settings;
}

/// The tensors of a checkpoint under their names, into `values`.
static std::vector<NamedTensor> namedTensors(const std::vector<LogicalValues> &values) {
  std::vector<NamedTensor> tensors;
  for (size_t which = 0; which < values.size(); ++which)
    for (size_t i = 0; i < values[which].paths.size(); ++i)
      if (which == 0 || values[which].trained[i])
        tensors.push_back({(which ? "@moment" + std::to_string(which) + "/" : "") + values[which].paths[i],
                           values[which].tensors[i]});
  return tensors;
}

Status finiteValues(Session &session, std::vector<LogicalValues> &values) {
  std::vector<LogicalValues> made(static_cast<size_t>(momentCount(session.module())) + 1);
  for (size_t which = 0; which < made.size(); ++which)
    ARGENT_RETURN_IF_ERROR(session.values(static_cast<int>(which), made[which]));
  for (const NamedTensor &entry : namedTensors(made))
    ARGENT_RETURN_IF_ERROR(checkFinite(entry));
  values = std::move(made);
  return Status();
}

/// Texts as lines of one: a line end in a text is written "\\n", a backslash twice.
static std::string joinLines(const std::vector<std::string> &texts) {
  std::string lines;
  for (size_t i = 0; i < texts.size(); ++i) {
    lines += i == 0 ? "" : "\n";
    for (char c : texts[i])
      lines += c == '\n' ? "\\n" : c == '\\' ? "\\\\" : std::string(1, c);
  }
  return lines;
}

static std::vector<std::string> splitLines(const std::string &lines) {
  std::vector<std::string> texts;
  if (!lines.empty())
    texts.emplace_back();
  for (size_t i = 0; i < lines.size(); ++i)
    if (lines[i] == '\n')
      texts.emplace_back();
    else if (lines[i] == '\\' && i + 1 < lines.size())
      texts.back() += lines[++i] == 'n' ? '\n' : lines[i];
    else
      texts.back() += lines[i];
  return texts;
}

static Vocabularies vocabulariesOf(const Safetensors &file) {
  Vocabularies result;
  for (auto &[key, value] : file.metadata)
    if (key.starts_with(kVocabularyKey))
      result[key.substr(kVocabularyKey.size())] = splitLines(value);
  return result;
}

Status saveCheckpoint(const std::string &path, Session &session, const TrainingPosition &position) {
  std::vector<LogicalValues> values;
  ARGENT_RETURN_IF_ERROR(finiteValues(session, values));
  std::vector<NamedTensor> tensors = namedTensors(values);
  LogicalValues rows;
  ARGENT_RETURN_IF_ERROR(session.rows(rows));
  for (size_t i = 0; i < rows.paths.size(); ++i) {
    tensors.push_back({kRowsPrefix + rows.paths[i], rows.tensors[i]});
    ARGENT_RETURN_IF_ERROR(checkFinite(tensors.back()));
  }
  std::string totals;
  for (double total : position.totals)
    totals += (totals.empty() ? "" : " ") + shortestText(total);
  const format::Variant *variant = session.module().hostVariant();
  std::map<std::string, std::string> metadata = {
      {"argent_checkpoint", kFormatVersion},
      {"seed", std::to_string(position.seed)},
      {"batch", std::to_string(position.batch)},
      {"epoch", std::to_string(position.epoch)},
      {"update", std::to_string(position.update)},
      {"rows", std::to_string(position.rows)},
      {"totals", totals},
      {"data_set", position.dataSet},
      {"data_set_rows", std::to_string(position.dataSetRows)},
      {"target", variant && variant->target() ? variant->target()->str() : ""},
      {"module", session.module().hash()},
  };
  if (!position.heldOut.empty())
    metadata["held_out"] = position.heldOut;
  if (position.rateScale != 1)
    metadata["rate_scale"] = shortestText(position.rateScale);
  if (std::string settings = joinLines(compileSettings(session.module())); !settings.empty())
    metadata["settings"] = settings;
  for (auto &[name, entries] : position.vocabularies)
    metadata[std::string(kVocabularyKey) + name] = joinLines(entries);
  return writeSafetensors(path, metadata, tensors);
}

/// The parameters and states of `file`, or those under `prefix`, into a buffer with the module's paths and shapes.
static Status takeTensors(const Safetensors &file, const std::string &path, const std::string &prefix, bool statesToo,
                          LogicalValues &values) {
  auto bad = [&](const std::string &what) {
    return Status(StatusCode::kIncompatible, path + " is of another model: " + what);
  };
  std::map<std::string, const TensorView *> known;
  for (size_t i = 0; i < values.paths.size(); ++i) {
    if (!values.trained[i] && !statesToo)
      continue;
    std::string name = prefix + values.paths[i];
    const TensorView *found = file.find(name);
    const TensorView &wanted = values.tensors[i];
    if (!found)
      return bad("it has no `" + name + "`, which the model needs as " + typeString(wanted.type, wanted.shape));
    if (found->type != wanted.type || found->shape != wanted.shape)
      return bad("`" + name + "` is " + typeString(found->type, found->shape) + " there, and " +
                 typeString(wanted.type, wanted.shape) + " in the model");
    if (Status finite = checkFinite({name, *found}); !finite.ok())
      return Status(StatusCode::kNonFinite, path + ": " + finite.message());
    known[name] = found;
  }
  for (const NamedTensor &entry : file.tensors) {
    bool mine = prefix.empty() ? !entry.name.starts_with("@") : entry.name.starts_with(prefix);
    if (mine && !known.count(entry.name))
      return bad("it has `" + entry.name + "`, " + typeString(entry.tensor.type, entry.tensor.shape) +
                 ", which the model does not have");
  }
  for (size_t i = 0; i < values.paths.size(); ++i)
    if (auto it = known.find(prefix + values.paths[i]); it != known.end() && it->second->byteCount())
      std::memcpy(values.tensors[i].data, it->second->data, it->second->byteCount());
  return Status();
}

/// The states of the rows of the batch. The session has the checkpoint's batch, or begins an epoch with new ones.
static Status takeRows(const Safetensors &file, const std::string &path, LogicalValues &rows) {
  for (size_t i = 0; i < rows.paths.size(); ++i) {
    const std::string name = kRowsPrefix + rows.paths[i];
    const TensorView *found = file.find(name);
    const TensorView &wanted = rows.tensors[i];
    if (!found || found->type != wanted.type || found->shape.size() != wanted.shape.size())
      return Status(StatusCode::kIncompatible, path + " is of another model: it has no `" + name +
                                                   "`, which the model needs as " +
                                                   typeString(wanted.type, wanted.shape));
    if (found->shape != wanted.shape)
      return Status(StatusCode::kIncompatible, path + " was trained with another batch: `" + name + "` is " +
                                                   typeString(found->type, found->shape) + " there, and " +
                                                   typeString(wanted.type, wanted.shape) + " in this session");
    if (Status finite = checkFinite({name, *found}); !finite.ok())
      return Status(StatusCode::kNonFinite, path + ": " + finite.message());
    std::memcpy(wanted.data, found->data, found->byteCount());
  }
  return Status();
}

static Status parsePosition(const Safetensors &file, const std::string &path, TrainingPosition &position) {
  auto bad = [&](const std::string &what) { return Status(StatusCode::kInvalidData, path + ": " + what); };
  auto text = [&](const char *key) {
    auto it = file.metadata.find(key);
    return it == file.metadata.end() ? std::string() : it->second;
  };
  if (!file.metadata.count("argent_checkpoint"))
    return bad("this is a weights file, with no training run to resume; use it with --weights");
  if (text("argent_checkpoint") != kFormatVersion)
    return bad("its checkpoint format is version " + text("argent_checkpoint") + "; this program reads version " +
               kFormatVersion);
  TrainingPosition result;
  auto count = [&](const char *key, auto &value) {
    std::string digits = text(key);
    auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    if (error != std::errc() || end != digits.data() + digits.size() || value < 0)
      return bad(std::string("its metadata `") + key + "` is not a count: \"" + digits + "\"");
    return Status();
  };
  ARGENT_RETURN_IF_ERROR(count("seed", result.seed));
  ARGENT_RETURN_IF_ERROR(count("batch", result.batch));
  ARGENT_RETURN_IF_ERROR(count("epoch", result.epoch));
  ARGENT_RETURN_IF_ERROR(count("update", result.update));
  ARGENT_RETURN_IF_ERROR(count("rows", result.rows));
  ARGENT_RETURN_IF_ERROR(count("data_set_rows", result.dataSetRows));
  if (result.batch < 1 || result.rows > result.dataSetRows)
    return bad("its metadata is impossible: batch " + text("batch") + ", row " + text("rows") + " of " +
               text("data_set_rows"));
  std::string totals = text("totals");
  for (const char *at = totals.c_str(); *at;) {
    char *end;
    double value = std::strtod(at, &end);
    if (end == at || !std::isfinite(value))
      return bad("its metadata `totals` are not numbers: \"" + totals + "\"");
    result.totals.push_back(value);
    at = *end == ' ' ? end + 1 : end;
  }
  if (std::string scale = text("rate_scale"); !scale.empty()) {
    char *end;
    result.rateScale = std::strtod(scale.c_str(), &end);
    if (*end || !(result.rateScale > 0 && result.rateScale <= 1))
      return bad("its metadata `rate_scale` is not in (0, 1]: \"" + scale + "\"");
  }
  result.settings = splitLines(text("settings"));
  result.vocabularies = vocabulariesOf(file);
  result.heldOut = text("held_out");
  result.dataSet = text("data_set");
  result.target = text("target");
  result.moduleHash = text("module");
  position = std::move(result);
  return Status();
}

Status readPosition(const std::string &path, TrainingPosition &position) {
  Safetensors file;
  ARGENT_RETURN_IF_ERROR(readSafetensors(path, file));
  return parsePosition(file, path, position);
}

Status readVocabularies(const std::string &path, Vocabularies &vocabularies) {
  Safetensors file;
  ARGENT_RETURN_IF_ERROR(readSafetensors(path, file));
  vocabularies = vocabulariesOf(file);
  return Status();
}

Status loadCheckpoint(const std::string &path, Session &session, TrainingPosition &position) {
  Safetensors file;
  ARGENT_RETURN_IF_ERROR(readSafetensors(path, file));
  TrainingPosition result;
  ARGENT_RETURN_IF_ERROR(parsePosition(file, path, result));
  std::vector<LogicalValues> values(static_cast<size_t>(momentCount(session.module())) + 1);
  for (size_t which = 0; which < values.size(); ++which) {
    ARGENT_RETURN_IF_ERROR(session.logicalBuffer(values[which]));
    ARGENT_RETURN_IF_ERROR(
        takeTensors(file, path, which ? "@moment" + std::to_string(which) + "/" : "", which == 0, values[which]));
  }
  for (const NamedTensor &entry : file.tensors)
    if (entry.name.starts_with("@moment" + std::to_string(values.size()) + "/"))
      return Status(StatusCode::kIncompatible, path + " is of another optimizer: it has `" + entry.name + "`");
  LogicalValues rows;
  ARGENT_RETURN_IF_ERROR(session.rows(rows));
  if (Status taken = takeRows(file, path, rows); !taken.ok())
    return taken;
  size_t totals = session.module().table().training() && session.module().table().training()->totals()
                      ? session.module().table().training()->totals()->size()
                      : 0;
  if (!result.totals.empty() && result.totals.size() != totals)
    return Status(StatusCode::kIncompatible,
                  path + " is of another model: it has " + std::to_string(result.totals.size()) +
                      " totals of loss and metrics, and the model " + std::to_string(totals));
  for (size_t which = 0; which < values.size(); ++which)
    ARGENT_RETURN_IF_ERROR(session.setValues(static_cast<int>(which), values[which]));
  ARGENT_RETURN_IF_ERROR(session.setRows(rows));
  position = std::move(result);
  return Status();
}

Status loadWeights(const std::string &path, Session &session) {
  Safetensors file;
  ARGENT_RETURN_IF_ERROR(readSafetensors(path, file));
  LogicalValues values;
  ARGENT_RETURN_IF_ERROR(session.logicalBuffer(values));
  ARGENT_RETURN_IF_ERROR(takeTensors(file, path, "", true, values));
  return session.setValues(0, values);
}

} // namespace argent
