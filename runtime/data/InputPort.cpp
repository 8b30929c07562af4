//===- InputPort.cpp - what an entry point's input asks for ------------------------===//
#include "runtime/data/InputPort.h"

#include "runtime/module_generated.h"

namespace argent {

std::string InputPort::describe() const { return "input `" + name + "` (" + typeString(type, shape) + ")"; }

const InputPort::Argument *InputPort::argument(const char *argumentName) const {
  for (const Argument &candidate : arguments)
    if (candidate.name == argumentName)
      return &candidate;
  return nullptr;
}

std::optional<double> InputPort::number(const char *argumentName) const {
  const Argument *found = argument(argumentName);
  return found && found->numbers.size() == 1 ? std::optional(found->numbers[0]) : std::nullopt;
}

std::string InputPort::string(const char *argumentName) const {
  const Argument *found = argument(argumentName);
  return found && found->strings.size() == 1 ? found->strings[0] : std::string();
}

int64_t InputPort::rowElements() const {
  int64_t count = 1;
  for (int64_t extent : rowShape)
    count *= extent;
  return count;
}

size_t InputPort::rowBytes() const { return static_cast<size_t>(rowElements()) * elementBytes(type); }

InputPort readPort(const format::Port &port) {
  InputPort result;
  result.name = port.name()->str();
  result.type = static_cast<ElementType>(port.type()->element_type());
  size_t open = 0;
  bool outermost = false;
  if (auto dims = port.type()->dims())
    for (unsigned i = 0; i < dims->size(); ++i) {
      const format::Linear *extent = dims->Get(i);
      if (extent->per_batch()) {
        ++open;
        outermost |= i == 0 && extent->per_batch() == 1 && extent->constant() == 0;
      }
      result.shape.push_back(extent->per_batch() ? -1 : extent->constant());
    }
  result.batched = open == 1 && outermost;
  if (result.batched)
    result.rowShape.assign(result.shape.begin() + 1, result.shape.end());
  if (const format::ValueRange *range = port.range()) {
    result.ranged = true;
    result.low = range->low();
    result.high = range->high();
  }
  if (const format::Preprocessing *from = port.preprocessing()) {
    result.source = from->source() ? from->source()->str() : "";
    if (from->arguments())
      for (const format::Argument *argument : *from->arguments()) {
        InputPort::Argument copy;
        copy.name = argument->name() ? argument->name()->str() : "";
        if (argument->numbers())
          copy.numbers.assign(argument->numbers()->begin(), argument->numbers()->end());
        if (argument->strings())
          for (const flatbuffers::String *text : *argument->strings())
            copy.strings.push_back(text->str());
        result.arguments.push_back(std::move(copy));
      }
  }
  return result;
}

} // namespace argent
