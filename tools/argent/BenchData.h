//===- BenchData.h - made-up inputs that do not repeat ---------------------------------===//
#ifndef ARGENT_TOOLS_ARGENT_BENCHDATA_H
#define ARGENT_TOOLS_ARGENT_BENCHDATA_H

#include "argent/Session.h"
#include "runtime/data/Source.h"
#include "runtime/module_generated.h"

namespace argent::tool {

/// A queue of batches for one entry point, and memory for its outputs. Every batch is used once; it is drawn some calls
/// before, so that it is no warmer in the caches than data that a program has read and prepared.
class BenchData {
public:
  BenchData(const format::EntryPoint &entry, int64_t batch);

  /// The next batch.
  const std::vector<TensorView> &next();
  const std::vector<TensorView> &outputs() const { return outputs_.views; }
  /// Bytes of one batch and the outputs.
  size_t bytes() const;

private:
  struct Tensors {
    std::vector<std::vector<char>> memory;
    std::vector<TensorView> views;
  };
  Tensors make(const flatbuffers::Vector<flatbuffers::Offset<format::Port>> *ports, unsigned count,
               int64_t batch) const;
  void draw(Tensors &tensors);

  std::vector<InputPort> ports_;
  std::vector<Tensors> batches_;
  Tensors outputs_;
  size_t current_ = 0;
  uint64_t state_ = 1;
};

} // namespace argent::tool

#endif // ARGENT_TOOLS_ARGENT_BENCHDATA_H
