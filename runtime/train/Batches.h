//===- Batches.h - rows of a data set, a batch at a time -----------------------------===//
#ifndef ARGENT_RUNTIME_TRAIN_BATCHES_H
#define ARGENT_RUNTIME_TRAIN_BATCHES_H

#include "runtime/data/Source.h"

#include <condition_variable>
#include <mutex>
#include <thread>

namespace argent {

/// The inputs of an entry point that come from the data, each with its source.
struct BatchSource {
  struct Input {
    InputPort port;
    size_t index; // among the entry point's inputs
    std::unique_ptr<Source> source;
  };
  int64_t rows = 0;
  bool isStream = false; // row n of a batch goes on where row n of the last one ended: rows have one order
  std::vector<Input> inputs;
};

/// One batch: a tensor for each input of the source.
struct Batch {
  int64_t rows = 0;
  std::vector<TensorView> tensors;
};

/// Goes through rows in an order once, a batch at a time; the next batch is assembled by a thread of its own while the
/// caller works on this one. What a batch holds depends on order and position alone.
class BatchLoader {
public:
  /// `order`: the rows to go through, in their order; empty: all, as they are. Begins at position `begin`.
  BatchLoader(const BatchSource &source, std::vector<uint32_t> order, int64_t begin, int64_t batchRows);
  ~BatchLoader();
  BatchLoader(const BatchLoader &) = delete;
  BatchLoader &operator=(const BatchLoader &) = delete;

  /// The next batch, valid until the following call; null after the last one, and where rows cannot be read.
  const Batch *next();
  /// After the last one: whether all rows could be read.
  Status status();

private:
  struct Buffer {
    Batch batch;
    std::vector<std::unique_ptr<char[], void (*)(void *)>> memory;
    bool full = false;
  };
  Status assemble(Buffer &buffer, int64_t begin, int64_t end);
  void work();

  const BatchSource &source_;
  const std::vector<uint32_t> order_;
  const int64_t begin_, end_, batchRows_;
  Buffer buffers_[2];
  size_t taken_ = 0; // batches that next() has returned
  bool stop_ = false;
  Status failure_; // of the worker, which then ends
  std::mutex mutex_;
  std::condition_variable changed_;
  std::thread worker_;
};

} // namespace argent

#endif // ARGENT_RUNTIME_TRAIN_BATCHES_H
