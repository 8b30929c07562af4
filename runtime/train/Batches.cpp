//===- Batches.cpp - rows of a data set, a batch at a time ---------------------------===//
#include "runtime/train/Batches.h"

#include <algorithm>
#include <cstdlib>
#include <new>

namespace argent {

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

Status BatchLoader::assemble(Buffer &buffer, int64_t begin, int64_t end) {
  buffer.batch.rows = end - begin;
  for (size_t i = 0; i < source_.inputs.size(); ++i) {
    const BatchSource::Input &input = source_.inputs[i];
    char *destination = buffer.memory[i].get();
    for (int64_t position = begin; position < end; ++position, destination += input.port.rowBytes())
      ARGENT_RETURN_IF_ERROR(
          input.source->fill(order_.empty() ? position : order_[static_cast<size_t>(position)], destination));
    buffer.batch.tensors[i].shape[0] = end - begin;
  }
  return Status();
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
    Status assembled;
    if (begin < end_)
      assembled = assemble(buffer, begin, std::min(begin + batchRows_, end_));
    const bool isLast = begin >= end_ || !assembled.ok();
    if (isLast)
      buffer.batch.rows = 0;
    {
      std::lock_guard lock(mutex_);
      buffer.full = true;
      failure_ = std::move(assembled);
    }
    changed_.notify_all();
    if (isLast)
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

Status BatchLoader::status() {
  std::lock_guard lock(mutex_);
  return failure_;
}

} // namespace argent
