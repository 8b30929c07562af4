//===- SessionRun.cpp - entry points of a session --------------------------===//
#include "runtime/Guard.h"
#include "runtime/PortCheck.h"
#include "runtime/SessionImpl.h"
#include "runtime/SourcePlace.h"

#include <chrono>

namespace argent {

Status Session::Impl::call(std::string_view name, std::span<const TensorView> inputs,
                           std::span<const TensorView> outputs, const Body &body) {
  List entries(module->table().entries());
  uint32_t index = 0;
  while (index < entries.size() && text(entries[index]->name()) != name)
    ++index;
  if (index == entries.size())
    return Status(StatusCode::kInvalidArgument, module->name() + ": no entry point " + quoted(name));
  if (programs[index] == nullptr)
    return Status(StatusCode::kInvalidArgument, quoted(name) + " needs a session that was opened for training");
  Program &program = *programs[index];

  const bool draws = drawsRandom(*entries[index]) && inputs.size() == givenInputs(*entries[index]);
  uint32_t words[4] = {static_cast<uint32_t>(randomSeed), static_cast<uint32_t>(randomSeed >> 32), randomUpdate, 0};
  std::vector<TensorView> withRandom;
  if (draws) {
    withRandom.assign(inputs.begin(), inputs.end());
    withRandom.push_back({ElementType::i32, {4}, words});
    inputs = withRandom;
  }
  int64_t n = 1;
  ARGENT_RETURN_IF_ERROR(checkCall(*entries[index], inputs, outputs, options.maxBatch, n));
  if (!valued && readsValues(program))
    return Status(StatusCode::kInvalidArgument,
                  quoted(name) + " reads parameters or states, which have no values yet: initialize the session, or "
                                 "give it values, first");
  ARGENT_RETURN_IF_ERROR(ports->bind(inputs, outputs));
  program.bind(n, ports->inputs(), ports->outputs());
  ARGENT_RETURN_IF_ERROR(body(program));
  ARGENT_RETURN_IF_ERROR(ports->giveBack());
  randomUpdate += draws;
  return {};
}

bool Session::Impl::readsValues(const Program &program) const {
  for (uint32_t i = 0; i < arenas.count(); ++i)
    if (format::ArenaKind kind = arenas.arena(i).kind();
        (kind == format::ArenaKind::parameters || kind == format::ArenaKind::states) && program.usesArena(i))
      return true;
  return false;
}

void Session::setRandom(uint64_t seed, uint32_t update) {
  impl_->randomSeed = seed;
  impl_->randomUpdate = update;
}

Status Session::run(std::string_view name, std::span<const TensorView> inputs, std::span<const TensorView> outputs) {
  return guarded([&] {
    return impl_->call(name, inputs, outputs,
                       [](Program &program) { return program.run(0, program.instructionCount()); });
  });
}

Status Session::runIf(std::string_view name, std::span<const TensorView> inputs, std::span<const TensorView> outputs,
                      const std::function<bool()> &accept) {
  return guarded([&] {
    return impl_->call(name, inputs, outputs, [&](Program &program) -> Status {
      ARGENT_RETURN_IF_ERROR(program.run(0, program.firstUpdate()));
      ARGENT_RETURN_IF_ERROR(impl_->ports->giveBack());
      if (!accept())
        return Status(StatusCode::kNonFinite, "");
      return program.run(program.firstUpdate(), program.instructionCount());
    });
  });
}

Status Session::findNonFinite(std::string_view name, std::span<const TensorView> inputs,
                              std::span<const TensorView> outputs, std::string &found) {
  found.clear();
  return guarded([&] {
    const uint32_t update = impl_->randomUpdate;
    Status status = impl_->call(name, inputs, outputs, [&](Program &program) -> Status {
      Status done = program.run(0, program.firstUpdate(), [&](size_t i) -> Status {
        const format::Kernel *kernel = program.kernel(i);
        bool nonFinite = false;
        if (kernel != nullptr)
          ARGENT_RETURN_IF_ERROR(program.wroteNonFinite(i, nonFinite));
        if (!nonFinite)
          return {};
        found = describeKernel(impl_->module->table(), *kernel);
        return Status(StatusCode::kNonFinite, found); // ends the run
      });
      return found.empty() ? done : Status();
    });
    impl_->randomUpdate = update;
    return status;
  });
}

Status Session::profile(std::string_view name, std::span<const TensorView> inputs, std::span<const TensorView> outputs,
                        std::vector<double> &seconds) {
  return guarded([&] {
    return impl_->call(name, inputs, outputs, [&](Program &program) -> Status {
      using Clock = std::chrono::steady_clock;
      seconds.assign(program.instructionCount(), 0);
      Clock::time_point begin = Clock::now();
      return program.run(0, seconds.size(), [&](size_t i) -> Status {
        ARGENT_RETURN_IF_ERROR(impl_->device->synchronize());
        Clock::time_point end = Clock::now();
        seconds[i] += std::chrono::duration<double>(end - begin).count();
        begin = end;
        return {};
      });
    });
  });
}

} // namespace argent
