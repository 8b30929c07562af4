//===- Batches.cpp - columns to inputs, rows to batches ----------------------------===//
#include "runtime/train/Batches.h"

#include "runtime/Table.h"

#include <algorithm>
#include <cstdlib>
#include <new>

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

Status bindData(const Module &module, const char *entryName, const DataSet &set, BatchSource &source) {
  const format::EntryPoint *entry = module.entry(entryName);
  if (!entry)
    return Status(StatusCode::kNotFound,
                  module.name() + " has no entry point `" + entryName + "`: the model has no train block");
  BatchSource result;
  result.rows = set.rows;
  std::string imagesInput, labelsInput;
  for (unsigned i = 0; i < givenInputs(*entry); ++i) {
    InputPort port = readPort(*entry->inputs()->Get(i));
    if (isTrainingPort(port.name))
      continue;
    bool images = isModelInput(module, port.name);
    std::string &user = images ? imagesInput : labelsInput;
    if (!user.empty())
      return Status(StatusCode::kInvalidArgument, set.name + " has one column of " + (images ? "images" : "labels") +
                                                      ", which fills input `" + user + "`; nothing is left for " +
                                                      port.describe());
    user = port.name;
    BatchSource::Input input{std::move(port), i, nullptr};
    ARGENT_RETURN_IF_ERROR(makeSource(input.port, images ? set.images : set.labels, input.source));
    result.inputs.push_back(std::move(input));
  }
  source = std::move(result);
  return Status();
}

static std::unique_ptr<char[], void (*)(void *)> allocate(size_t bytes) {
  void *memory = std::aligned_alloc(64, (std::max<size_t>(bytes, 1) + 63) / 64 * 64);
  if (!memory)
    throw std::bad_alloc();
  return {static_cast<char *>(memory), std::free};
}

BatchLoader::BatchLoader(const BatchSource &source, std::vector<uint32_t> order, int64_t begin, int64_t batchRows)
    : source_(source), order_(std::move(order)), begin_(begin),
      end_(order_.empty() ? source.rows : static_cast<int64_t>(order_.size())), batchRows_(batchRows) {
  for (Buffer &buffer : buffers_)
    for (const BatchSource::Input &input : source.inputs) {
      buffer.memory.push_back(allocate(input.port.rowBytes() * static_cast<size_t>(batchRows)));
      TensorView view{input.port.type, {batchRows}, buffer.memory.back().get()};
      view.shape.insert(view.shape.end(), input.port.rowShape.begin(), input.port.rowShape.end());
      buffer.batch.tensors.push_back(std::move(view));
    }
  worker_ = std::thread([this] { work(); });
}

BatchLoader::~BatchLoader() {
  {
    std::lock_guard lock(mutex_);
    stop_ = true;
  }
  changed_.notify_all();
  worker_.join();
}

void BatchLoader::assemble(Buffer &buffer, int64_t begin, int64_t end) {
  buffer.batch.rows = end - begin;
  for (size_t i = 0; i < source_.inputs.size(); ++i) {
    const BatchSource::Input &input = source_.inputs[i];
    char *destination = buffer.memory[i].get();
    for (int64_t position = begin; position < end; ++position, destination += input.port.rowBytes())
      input.source->fill(order_.empty() ? position : order_[static_cast<size_t>(position)], destination);
    buffer.batch.tensors[i].shape[0] = end - begin;
  }
}

void BatchLoader::work() {
  size_t made = 0;
  for (int64_t begin = begin_;; begin += batchRows_, ++made) {
    Buffer &buffer = buffers_[made % 2];
    {
      // This buffer's last batch is given back when the caller has asked for the one after it.
      std::unique_lock lock(mutex_);
      changed_.wait(lock, [&] { return stop_ || !buffer.full; });
      if (stop_)
        return;
    }
    if (begin < end_)
      assemble(buffer, begin, std::min(begin + batchRows_, end_));
    else
      buffer.batch.rows = 0;
    {
      std::lock_guard lock(mutex_);
      buffer.full = true;
    }
    changed_.notify_all();
    if (begin >= end_)
      return;
  }
}

const Batch *BatchLoader::next() {
  std::unique_lock lock(mutex_);
  if (taken_ > 0) {
    Buffer &previous = buffers_[(taken_ - 1) % 2];
    if (previous.full && previous.batch.rows == 0)
      return nullptr;
    previous.full = false;
    changed_.notify_all();
  }
  Buffer &buffer = buffers_[taken_ % 2];
  changed_.wait(lock, [&] { return buffer.full; });
  ++taken_;
  return buffer.batch.rows ? &buffer.batch : nullptr;
}

} // namespace argent
