//===- Wording.cpp - the words behind a model's numbers ------------------------------===//
#include "Wording.h"

#include "runtime/checkpoint/Checkpoint.h"
#include "runtime/data/Utf8.h"
#include "runtime/train/Bind.h"

#include <algorithm>
#include <cstring>

namespace argent::tool {

Status Wording::read(const Module &module, const std::string &weights, Wording &wording) {
  Wording made;
  const char *entry = module.entry("evaluate") ? "evaluate" : "predict";
  std::vector<DataPort> ports;
  ARGENT_RETURN_IF_ERROR(dataPorts(module, entry, ports));
  for (DataPort &data : ports)
    made.ports_.push_back(std::move(data.port));
  if (!weights.empty())
    ARGENT_RETURN_IF_ERROR(readVocabularies(weights, made.vocabularies_));
  made.vocabularies_.merge(moduleVocabularies(module));
  wording = std::move(made);
  return Status();
}

void Wording::adopt(InputPort &port) const {
  for (const InputPort &known : ports_)
    if (port.source.empty() && known.name == port.name && known.type == port.type && known.shape == port.shape) {
      port.source = known.source;
      port.arguments = known.arguments;
    }
}

Status Wording::number(const InputPort &port, const Column &texts, std::shared_ptr<const NumberedRows> &rows,
                       std::vector<char> &bytes) const {
  std::unique_ptr<Tokenizer> tokenizer;
  std::unique_ptr<Source> source;
  ARGENT_RETURN_IF_ERROR(makeTokenizer(port, vocabularies_, tokenizer));
  ARGENT_RETURN_IF_ERROR(numberRows(port, texts, *tokenizer, rows));
  ARGENT_RETURN_IF_ERROR(makeRowsSource(port, texts, rows, source));
  const int64_t count = texts.rows();
  bytes.resize(static_cast<size_t>(count) * port.rowBytes());
  for (int64_t row = 0; row < count; ++row)
    ARGENT_RETURN_IF_ERROR(source->fill(row, bytes.data() + static_cast<size_t>(row) * port.rowBytes()));
  return Status();
}

const std::vector<std::string> *Wording::classNames(const InputPort &label) const {
  if (label.source == "classes" && !label.arguments.empty())
    return &label.arguments.front().strings;
  auto learned = vocabularies_.find(label.name);
  return learned != vocabularies_.end() && !readsText(label) ? &learned->second : nullptr;
}

template <typename T> static std::vector<T> valuesOf(const InputPort &output, const char *row) {
  std::vector<T> values(static_cast<size_t>(output.rowElements()));
  std::memcpy(values.data(), row, values.size() * sizeof(T));
  return values;
}

std::string Wording::describe(const InputPort &output, const char *row) const {
  if (!output.batched)
    return "";
  const InputPort *text = nullptr;
  for (const InputPort &port : ports_)
    if (readsText(port) && (port.name == output.name || (!text && port.string("side") == "target")))
      text = &port;
  std::unique_ptr<Tokenizer> tokenizer;
  if (text && output.type == ElementType::i32 && !output.rowShape.empty() &&
      makeTokenizer(*text, vocabularies_, tokenizer).ok()) {
    // A row may hold several texts, such as the beams of a search.
    const std::vector<int32_t> numbers = valuesOf<int32_t>(output, row);
    const auto length = static_cast<size_t>(std::max<int64_t>(output.rowShape.back(), 1));
    std::string result;
    for (size_t at = 0; at < numbers.size(); at += length)
      result += (at ? "\n" : "") + tokenizer->text(std::span(numbers).subspan(at, length));
    return result;
  }
  for (const InputPort &port : ports_) {
    const std::vector<std::string> *names = port.rowShape.empty() ? classNames(port) : nullptr;
    if (!names)
      continue;
    const auto count = static_cast<int64_t>(names->size());
    if (output.type == ElementType::f32 && output.rowShape == std::vector<int64_t>{count}) {
      const std::vector<float> scores = valuesOf<float>(output, row);
      return (*names)[static_cast<size_t>(std::max_element(scores.begin(), scores.end()) - scores.begin())];
    }
    if (output.type == ElementType::i32 && output.rowShape.empty() && output.name == port.name)
      if (const int32_t number = valuesOf<int32_t>(output, row)[0]; number >= 0 && number < count)
        return (*names)[static_cast<size_t>(number)];
  }
  return "";
}

} // namespace argent::tool
