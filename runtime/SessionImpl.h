//===- SessionImpl.h - what a session consists of --------------------------===//
// Session.cpp makes it, SessionRun.cpp runs entry points, SessionValues.cpp reads and writes parameters and moments.
#ifndef ARGENT_RUNTIME_SESSIONIMPL_H
#define ARGENT_RUNTIME_SESSIONIMPL_H

#include "argent/Session.h"
#include "runtime/Arenas.h"
#include "runtime/PortMemory.h"
#include "runtime/Program.h"

#include <functional>
#include <optional>

namespace argent {

struct Session::Impl {
  std::shared_ptr<const Module> module;
  SessionOptions options;
  BatchSize batch;
  const format::Variant *variant = nullptr;
  std::unique_ptr<Image> image;

  std::unique_ptr<Device> device; // before what holds memory of it
  Arenas arenas;
  std::unique_ptr<PortMemory> ports;
  std::vector<std::unique_ptr<Program>> programs; // as the module's entries; null: needs training
  std::unique_ptr<Program> pack, unpack;
  bool valued = false; // parameters and states have been given values

  // The next random values.
  uint64_t randomSeed = 1;
  uint32_t randomUpdate = 0;

  // Session.cpp
  Status loadImage();
  Status preparePrograms();

  // SessionRun.cpp
  /// What a call does with its program, whose ports are bound.
  using Body = std::function<Status(Program &program)>;
  Status call(std::string_view name, std::span<const TensorView> inputs, std::span<const TensorView> outputs,
              const Body &body);
  /// Whether the program reads parameters or states.
  bool readsValues(const Program &program) const;

  // SessionValues.cpp
  /// The bytes of one parameter or state in logical layout.
  struct LogicalBytes {
    int64_t begin, end;
  };
  /// Runs `pack` or `unpack` with `parameters` (an arena) in place of the parameters; where `only` is given, of it
  /// alone.
  Status runPacking(Program &program, int parameters, char *logical, std::optional<LogicalBytes> only = std::nullopt);
  /// The arena that `which` of values() means, or an error.
  Status whichArena(int which, int &arena) const;
  Status checkLogical(const LogicalValues &values) const;
  LogicalValues makeLogical() const;
  /// Memory for all values in logical layout, which nothing has touched yet.
  LogicalMemory allocateLogical() const;
  Status unpackValues(int parameters, LogicalValues &values);

  // SessionRows.cpp
  /// The arena of these rows; -1: no program that the session runs has such.
  int rowsArena(Rows rows) const;
  /// As they begin, in memory of their own.
  Status initialRows(LogicalValues &values) const;
  void copyRows(int arena, const LogicalValues &values, bool intoSession);
};

} // namespace argent

#endif // ARGENT_RUNTIME_SESSIONIMPL_H
