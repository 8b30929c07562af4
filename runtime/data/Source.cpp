//===- Source.cpp - the registry of sources ---------------------------------===//
#include "runtime/data/Source.h"

#include "runtime/module_generated.h"

#include <cstring>

namespace argent {

std::string InputPort::describe() const { return "input `" + name + "` (" + typeString(type, shape) + ")"; }

const InputPort::Argument *InputPort::argument(const char *argumentName) const {
  for (const Argument &candidate : arguments)
    if (candidate.name == argumentName)
      return &candidate;
  return nullptr;
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

namespace {
/// A column that is the tensor already.
class PlainSource : public Source {
public:
  explicit PlainSource(const Column &column) : column_(column), bytes_(static_cast<size_t>(column.rowElements())) {}
  void fill(int64_t row, void *destination) const override {
    std::memcpy(destination, column_.values.data() + static_cast<size_t>(row) * bytes_, bytes_);
  }

private:
  const Column &column_;
  size_t bytes_;
};
} // namespace

static Status makePlainSource(const InputPort &port, const Column &column, std::unique_ptr<Source> &source) {
  // Class numbers are numbers, whatever integer holds them in the file.
  if (column.rowShape.empty() && port.rowShape.empty() &&
      (port.type == ElementType::i32 || port.type == ElementType::i64))
    return makeClassesSource(port, column, source);
  std::vector<int64_t> shape = {-1};
  shape.insert(shape.end(), column.rowShape.begin(), column.rowShape.end());
  if (port.type != ElementType::u8 || port.rowShape != column.rowShape)
    return Status(StatusCode::kInvalidArgument,
                  port.describe() + " has no `from` clause, so it takes only data of its own type; " +
                      column.description + " is " + typeString(ElementType::u8, shape) +
                      (column.rowShape.size() >= 2 ? ": write `from image()` in the model" : ""));
  source = std::make_unique<PlainSource>(column);
  return Status();
}

Status makeSource(const InputPort &port, const Column &column, std::unique_ptr<Source> &source) {
  if (!port.batched)
    return Status(StatusCode::kInvalidArgument,
                  port.describe() + " is not rows of a batch (its outermost dimension alone must be N), so no data set "
                                    "can fill it");
  if (port.source.empty())
    return makePlainSource(port, column, source);
  static const std::pair<const char *, Status (*)(const InputPort &, const Column &, std::unique_ptr<Source> &)>
      kSources[] = {{"image", makeImageSource}, {"classes", makeClassesSource}};
  for (auto &[name, make] : kSources)
    if (port.source == name)
      return make(port, column, source);
  return Status(StatusCode::kInvalidArgument, port.describe() + ": `from " + port.source +
                                                  "` cannot be read by this version (it reads image and classes)");
}

} // namespace argent
