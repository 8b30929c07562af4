//===- InputPort.h - what an entry point's input asks for ------------------------===//
#ifndef ARGENT_RUNTIME_DATA_INPUTPORT_H
#define ARGENT_RUNTIME_DATA_INPUTPORT_H

#include "argent/Tensor.h"

#include <optional>
#include <string>
#include <vector>

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
  /// An argument that is one number or flag; none if it is not given.
  std::optional<double> number(const char *argumentName) const;
  /// An argument that is one string; empty if it is not given.
  std::string string(const char *argumentName) const;
  int64_t rowElements() const;
  size_t rowBytes() const;
};

InputPort readPort(const format::Port &port);

} // namespace argent

#endif // ARGENT_RUNTIME_DATA_INPUTPORT_H
