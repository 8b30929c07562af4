//===- Bind.cpp - from a data set to the inputs of an entry point --------------------===//
#include "runtime/train/Bind.h"

#include "runtime/Table.h"
#include "runtime/data/TextSource.h"
#include "runtime/data/TokenStream.h"

#include <algorithm>
#include <cmath>

namespace argent {

static bool isModelInput(const Module &module, std::string_view name) {
  if (const format::EntryPoint *predict = module.entry("predict"))
    if (predict->inputs())
      for (const format::Port *port : *predict->inputs())
        if (port->name()->string_view() == name)
          return true;
  return false;
}

bool isTrainingPort(std::string_view name) {
  return name == kRateScalePort || std::find(std::begin(kRunPorts), std::end(kRunPorts), name) != std::end(kRunPorts);
}

Status dataPorts(const Module &module, const char *entryName, std::vector<DataPort> &ports) {
  const format::EntryPoint *entry = module.entry(entryName);
  if (!entry)
    return Status(StatusCode::kNotFound,
                  module.name() + " has no entry point `" + entryName + "`: the model has no train block");
  std::vector<DataPort> result;
  for (unsigned i = 0; i < givenInputs(*entry); ++i) {
    InputPort port = readPort(*entry->inputs()->Get(i));
    if (isTrainingPort(port.name))
      continue;
    const bool isInput = isModelInput(module, port.name);
    result.push_back({std::move(port), i, isInput});
  }
  ports = std::move(result);
  return Status();
}

DataForm dataForm(const std::vector<DataPort> &ports) {
  std::vector<InputPort> inputs;
  for (const DataPort &data : ports)
    inputs.push_back(data.port);
  return dataForm(inputs);
}

static bool isStream(const InputPort &port) { return port.number("stream").value_or(0) != 0; }
static bool isDerived(const InputPort &port) { return port.source == "lengths" || port.source == "following"; }

/// The port that a derived one is made from.
static Status findOrigin(const std::vector<DataPort> &ports, const InputPort &port, size_t &origin) {
  for (origin = 0; origin < ports.size(); ++origin)
    if (ports[origin].port.name == port.string("input") && readsText(ports[origin].port))
      return Status();
  return Status(StatusCode::kInvalidArgument, port.describe() + ": `from " + port.source +
                                                  "` needs an input from words or characters, and `" +
                                                  port.string("input") + "` is none");
}

/// The port whose range says which characters a stream may have: its own, or that of what follows it, which the loss
/// reads as a class.
static InputPort strictest(const std::vector<DataPort> &ports, const InputPort &port) {
  InputPort result = port;
  for (const DataPort &other : ports)
    if (port.source == "characters" && other.port.source == "following" && other.port.string("input") == port.name &&
        other.port.ranged && (!result.ranged || other.port.low > result.low)) {
      result.name = other.port.name;
      result.ranged = true;
      result.low = other.port.low;
      result.high = other.port.high;
    }
  return result;
}

Status numberStreams(const std::vector<DataPort> &ports, const Vocabularies &vocabularies, DataSet &set) {
  std::vector<const Column *> columns;
  ARGENT_RETURN_IF_ERROR(matchColumns(ports, set, columns));
  for (size_t i = 0; i < ports.size(); ++i) {
    const InputPort &port = ports[i].port;
    if (!isStream(port) || isTensor(port, *columns[i]))
      continue;
    const TextStream *text = columns[i]->stream();
    if (!text)
      return Status(StatusCode::kInvalidArgument,
                    port.describe() + " is a stream, and " + columns[i]->description + " is no plain text");
    std::unique_ptr<Tokenizer> tokenizer;
    ARGENT_RETURN_IF_ERROR(makeTokenizer(strictest(ports, port), vocabularies, tokenizer));
    std::shared_ptr<const TokenStream> &stream = set.streams[port.name];
    ARGENT_RETURN_IF_ERROR(TokenStream::make(text->path, *tokenizer, stream));
    if (set.rows != 0 && set.rows != stream->count())
      return Status(StatusCode::kInvalidData, text->path + " has " + std::to_string(stream->count()) + " tokens for " +
                                                  port.describe() + " and " + std::to_string(set.rows) +
                                                  " for another input: streams must have the same length");
    set.rows = stream->count();
  }
  return Status();
}

static Status bindStream(const DataPort &data, const InputPort &origin, const DataSet &set, const StreamPart &part,
                         BatchSource &source, std::unique_ptr<Source> &made) {
  const InputPort &port = data.port;
  auto stream = set.streams.find(origin.name);
  if (!port.batched || port.rowShape.size() != 1 || port.type != ElementType::i32 || stream == set.streams.end())
    return Status(StatusCode::kInvalidArgument, port.describe() + ": a stream makes i32[N, T]");
  const int64_t count = stream->second->count(), all = std::llround(part.share * static_cast<double>(count)),
                cutAt = count - all;
  StreamCut cut;
  ARGENT_RETURN_IF_ERROR(cutStream(*stream->second, part.isHeldOut ? cutAt : 0, part.isHeldOut ? count : cutAt,
                                   port.rowShape[0], part.parallel, cut));
  if (source.isStream && source.rows != cut.rows())
    return Status(StatusCode::kInvalidArgument, port.describe() + " has pieces of another length than other inputs");
  source.isStream = true;
  source.rows = cut.rows();
  made = makeStreamSource(stream->second, cut, port.source == "following");
  return Status();
}

Status bindData(const std::vector<DataPort> &ports, const DataSet &set, const Vocabularies &vocabularies,
                const StreamPart &part, BatchSource &source) {
  std::vector<const Column *> columns;
  ARGENT_RETURN_IF_ERROR(matchColumns(ports, set, columns));
  BatchSource result;
  result.rows = set.rows;
  std::vector<std::shared_ptr<const NumberedRows>> numbered(ports.size());
  std::vector<std::unique_ptr<Source>> sources(ports.size());
  // What is derived comes behind what it is made from.
  for (bool derived : {false, true})
    for (size_t i = 0; i < ports.size(); ++i) {
      const InputPort &port = ports[i].port;
      if (isDerived(port) != derived)
        continue;
      const bool hasColumn = !derived || (columns[i] && columns[i]->name == port.name);
      if (hasColumn && isTensor(port, *columns[i])) {
        ARGENT_RETURN_IF_ERROR(makeSource(port, *columns[i], vocabularies, sources[i]));
        continue;
      }
      size_t origin = i;
      if (derived)
        ARGENT_RETURN_IF_ERROR(findOrigin(ports, port, origin));
      if (derived && isTensor(ports[origin].port, *columns[origin]))
        return Status(StatusCode::kInvalidArgument,
                      port.describe() + " comes from the text of `" + ports[origin].port.name +
                          "`, which is a tensor in " + set.name + ": it needs a column `" + port.name + "` of its own");
      if (isStream(ports[origin].port)) {
        ARGENT_RETURN_IF_ERROR(bindStream(ports[i], ports[origin].port, set, part, result, sources[i]));
      } else if (readsText(port)) {
        std::unique_ptr<Tokenizer> tokenizer;
        ARGENT_RETURN_IF_ERROR(makeTokenizer(port, vocabularies, tokenizer));
        ARGENT_RETURN_IF_ERROR(numberRows(port, *columns[i], *tokenizer, numbered[i]));
        ARGENT_RETURN_IF_ERROR(makeRowsSource(port, *columns[i], numbered[i], sources[i]));
      } else if (port.source == "lengths") {
        ARGENT_RETURN_IF_ERROR(makeLengthsSource(port, numbered[origin], sources[i]));
      } else {
        ARGENT_RETURN_IF_ERROR(makeSource(port, *columns[i], vocabularies, sources[i]));
      }
    }
  for (size_t i = 0; i < ports.size(); ++i) {
    const bool inStream = isStream(ports[i].port) || ports[i].port.source == "following";
    if (result.isStream && !inStream)
      return Status(StatusCode::kInvalidArgument,
                    ports[i].port.describe() + " is made of rows, and other inputs of a stream, which has none");
    result.inputs.push_back({ports[i].port, ports[i].index, std::move(sources[i])});
  }
  source = std::move(result);
  return Status();
}

} // namespace argent
