//===- BenchData.cpp - made-up inputs that do not repeat --------------------------------===//
#include "BenchData.h"

#include "Describe.h"
#include "runtime/Table.h"
#include "runtime/train/Bind.h"

#include <cstring>

namespace argent::tool {

static constexpr size_t kBatches = 8;
static constexpr size_t kAhead = 4; // a batch is drawn so many calls before it is used

BenchData::BenchData(const format::EntryPoint &entry, int64_t batch) {
  for (unsigned i = 0; i < givenInputs(entry); ++i)
    ports_.push_back(readPort(*entry.inputs()->Get(i)));
  for (size_t i = 0; i < kBatches; ++i) {
    batches_.push_back(make(entry.inputs(), givenInputs(entry), batch));
    draw(batches_.back());
  }
  outputs_ = make(entry.outputs(), List(entry.outputs()).size(), batch);
}

BenchData::Tensors BenchData::make(const flatbuffers::Vector<flatbuffers::Offset<format::Port>> *ports, unsigned count,
                                   int64_t batch) const {
  Tensors tensors;
  for (unsigned i = 0; i < count; ++i) {
    InputPort port = readPort(*ports->Get(i));
    TensorView view{port.type, port.shape, nullptr};
    for (size_t d = 0; d < view.shape.size(); ++d)
      view.shape[d] = at(ports->Get(i)->type()->dims()->Get(static_cast<unsigned>(d)), batch);
    // Aligned, as a session wants it.
    tensors.memory.emplace_back(view.byteCount() + 64);
    auto address = reinterpret_cast<uintptr_t>(tensors.memory.back().data());
    view.data = reinterpret_cast<void *>((address + 63) / 64 * 64);
    tensors.views.push_back(std::move(view));
  }
  return tensors;
}

/// Floats in -1 ... 1, integers in the range of the port (0 and 1 without one). Epoch, update and the scale of the rate
/// stay 0; the run has one epoch of one update.
void BenchData::draw(Tensors &tensors) {
  for (size_t i = 0; i < ports_.size(); ++i) {
    const InputPort &port = ports_[i];
    TensorView &view = tensors.views[i];
    if (isTrainingPort(port.name)) {
      if (port.name == kEpochsPort || port.name == kUpdatesPerEpochPort)
        *static_cast<float *>(view.data) = 1;
      continue;
    }
    const int64_t low = port.ranged ? port.low : 0, high = port.ranged ? port.high : 1, count = view.elementCount();
    // SplitMix64 (Steele, Lea and Flood 2014).
    auto random = [&] {
      uint64_t z = state_ += 0x9e3779b97f4a7c15;
      z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
      return (z ^ (z >> 27)) >> 32;
    };
    auto fill = [&](auto typed, auto value) {
      auto *data = static_cast<decltype(typed) *>(view.data);
      for (int64_t k = 0; k < count; ++k)
        data[k] = static_cast<decltype(typed)>(value());
    };
    auto unit = [&] { return static_cast<double>(random()) * 0x1p-31 - 1; };
    auto whole = [&] { return low + static_cast<int64_t>(random() % static_cast<uint64_t>(high - low + 1)); };
    switch (view.type) {
    case ElementType::f32:
      fill(float(), unit);
      break;
    case ElementType::f64:
      fill(double(), unit);
      break;
    case ElementType::i32:
      fill(int32_t(), whole);
      break;
    case ElementType::i64:
      fill(int64_t(), whole);
      break;
    case ElementType::u8:
    case ElementType::boolean:
      fill(uint8_t(), whole);
      break;
    default:
      break;
    }
  }
}

const std::vector<TensorView> &BenchData::next() {
  draw(batches_[(current_ + kAhead) % kBatches]);
  return batches_[current_++ % kBatches].views;
}

size_t BenchData::bytes() const {
  size_t total = 0;
  for (const Tensors *tensors : {&batches_.front(), &outputs_})
    for (const TensorView &view : tensors->views)
      total += view.byteCount();
  return total;
}

} // namespace argent::tool
