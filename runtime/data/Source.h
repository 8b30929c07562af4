//===- Source.h - from raw columns to an input's elements ---------------------===//
// One file for each source of a `from` clause (Image.cpp, Classes.cpp); the registry is in Source.cpp. A source is made
// once for an input and a column, checks everything then, and fills rows without failing: equal rows give equal bits,
// in any order, from any thread.
#ifndef ARGENT_RUNTIME_DATA_SOURCE_H
#define ARGENT_RUNTIME_DATA_SOURCE_H

#include "runtime/data/DataSet.h"

#include "argent/Tensor.h"

#include <memory>

namespace argent {

namespace format {
struct Port;
}

/// What an entry point's port asks for, from the module's table.
struct InputPort {
  struct Argument {
    std::string name;
    std::vector<double> numbers;
    std::vector<std::string> strings;
  };

  std::string name;
  ElementType type = ElementType::f32;
  std::vector<int64_t> shape;    // -1: N
  bool batched = false;          // the outermost dimension is N, and no other is
  std::vector<int64_t> rowShape; // the rest, if batched
  bool ranged = false;           // an index: low <= value <= high
  int64_t low = 0, high = 0;
  std::string source; // of the `from` clause; empty: none
  std::vector<Argument> arguments;

  /// "input `image` (f32[N, 28, 28, 1])".
  std::string describe() const;
  const Argument *argument(const char *argumentName) const;
  int64_t rowElements() const;
  size_t rowBytes() const;
};

InputPort readPort(const format::Port &port);

class Source {
public:
  virtual ~Source() = default;
  /// Writes the elements of one row.
  virtual void fill(int64_t row, void *destination) const = 0;
};

/// The source that makes `port` from `column`, by the port's `from` clause or, without one, from a column of exactly
/// its type. The column outlives the source.
Status makeSource(const InputPort &port, const Column &column, std::unique_ptr<Source> &source);

// The sources; `makeSource` finds them by name.
Status makeImageSource(const InputPort &port, const Column &column, std::unique_ptr<Source> &source);
Status makeClassesSource(const InputPort &port, const Column &column, std::unique_ptr<Source> &source);

} // namespace argent

#endif // ARGENT_RUNTIME_DATA_SOURCE_H
