//===- SessionValues.cpp - values of parameters, states and moments --------===//
// Kernels keep them packed, as the variant wants them; outside of a session they are in logical layout. The programs
// `pack` and `unpack` move them between the two.
#include "runtime/Guard.h"
#include "runtime/Initializers.h"
#include "runtime/LogicalLayout.h"
#include "runtime/ModuleFormat.h"
#include "runtime/PortCheck.h"
#include "runtime/SessionImpl.h"

#include <cstring>
#include <new>

namespace argent {

bool Session::hasValues() const { return impl_->valued || List(impl_->module->table().parameters()).empty(); }

Status Session::Impl::runPacking(Program &program, int parameters, char *logical, std::optional<LogicalBytes> only) {
  std::vector<char *> replaced = arenas.bases();
  const int own = arenas.find(format::ArenaKind::parameters, 0);
  char *const noStates = parameters == own ? nullptr : arenas.clearedNoStates();
  for (uint32_t i = 0; i < arenas.count(); ++i) {
    if (arenas.arena(i).kind() == format::ArenaKind::logical)
      replaced[i] = logical;
    if (arenas.arena(i).kind() == format::ArenaKind::states && parameters != own)
      replaced[i] = noStates;
  }
  if (own >= 0 && parameters >= 0)
    replaced[own] = arenas.bases()[parameters];
  program.setArenas(replaced);
  program.bind(batch.largest, {}, {});
  if (only)
    ARGENT_RETURN_IF_ERROR(
        program.runOn(static_cast<uint32_t>(arenas.find(format::ArenaKind::logical, 0)), only->begin, only->end));
  else
    ARGENT_RETURN_IF_ERROR(program.run(0, program.instructionCount()));
  return device->synchronize();
}

Status Session::Impl::whichArena(int which, int &index) const {
  index =
      which == 0 ? arenas.find(format::ArenaKind::parameters, 0) : arenas.find(format::ArenaKind::moments, which - 1);
  if (which == 0)
    return {};
  if (which < 0 || index < 0)
    return Status(StatusCode::kInvalidArgument, "there is no moment " + std::to_string(which));
  if (!options.training)
    return Status(StatusCode::kInvalidArgument, "moments need a session that was opened for training");
  return {};
}

LogicalMemory Session::Impl::allocateLogical() const {
  const Amount bytes = logicalBytes(module->table(), variant->batch_rounding());
  return {new (std::align_val_t(kTensorAlignment)) char[static_cast<size_t>(bytes.at(batch.rounded))],
          [](void *memory) { ::operator delete[](memory, std::align_val_t(kTensorAlignment)); }};
}

LogicalValues Session::Impl::makeLogical() const {
  LogicalValues values;
  const format::Module &table = module->table();
  values.memory = allocateLogical();
  std::memset(values.memory.get(), 0,
              static_cast<size_t>(logicalBytes(table, variant->batch_rounding()).at(batch.rounded)));
  std::vector<Amount> offsets = logicalOffsets(table, variant->batch_rounding());
  List parameters(table.parameters());
  for (uint32_t i = 0; i < parameters.size(); ++i) {
    TensorView tensor;
    tensor.type = elementType(parameters[i]->type()->element_type());
    tensor.shape = shapeAt(*parameters[i]->type(), batch.largest);
    tensor.data = values.memory.get() + offsets[i].at(batch.rounded);
    values.tensors.push_back(std::move(tensor));
    values.paths.emplace_back(text(parameters[i]->path()));
    values.trained.push_back(parameters[i]->trained());
  }
  return values;
}

Status Session::Impl::checkLogical(const LogicalValues &values) const {
  std::vector<Amount> offsets = logicalOffsets(module->table(), variant->batch_rounding());
  List parameters(module->table().parameters());
  bool same = values.memory != nullptr && values.tensors.size() == offsets.size();
  for (uint32_t i = 0; same && i < parameters.size(); ++i)
    same = values.tensors[i].data == values.memory.get() + offsets[i].at(batch.rounded) &&
           values.tensors[i].shape == shapeAt(*parameters[i]->type(), batch.largest);
  return same ? Status()
              : Status(StatusCode::kInvalidArgument,
                       "the values were not made by logicalBuffer() or values() of such a session");
}

Status Session::Impl::unpackValues(int parameters, LogicalValues &values) {
  LogicalValues made = makeLogical();
  if (unpack != nullptr)
    ARGENT_RETURN_IF_ERROR(runPacking(*unpack, parameters, made.memory.get()));
  values = std::move(made);
  return {};
}

Status Session::logicalBuffer(LogicalValues &values) const {
  return guarded([&]() -> Status {
    values = impl_->makeLogical();
    return {};
  });
}

Status Session::values(int which, LogicalValues &values) {
  return guarded([&]() -> Status {
    int arena = -1;
    ARGENT_RETURN_IF_ERROR(impl_->whichArena(which, arena));
    return impl_->unpackValues(arena, values);
  });
}

Status Session::value(size_t number, const TensorView &value) {
  return guarded([&]() -> Status {
    List parameters(impl_->module->table().parameters());
    if (number >= parameters.size())
      return Status(StatusCode::kInvalidArgument, "there is no parameter " + std::to_string(number));
    ARGENT_RETURN_IF_ERROR(checkValue(*parameters[static_cast<uint32_t>(number)], impl_->batch.largest, value));
    Impl &impl = *impl_;
    const int64_t begin =
        logicalOffsets(impl.module->table(), impl.variant->batch_rounding())[number].at(impl.batch.rounded);
    const auto bytes = static_cast<int64_t>(value.byteCount());
    // There is room for all; of it only what this one needs is touched.
    const LogicalMemory memory = impl.allocateLogical();
    std::memset(memory.get() + begin, 0, value.byteCount());
    ARGENT_RETURN_IF_ERROR(impl.runPacking(*impl.unpack, impl.arenas.find(format::ArenaKind::parameters, 0),
                                           memory.get(), Impl::LogicalBytes{begin, begin + bytes}));
    std::memcpy(value.data, memory.get() + begin, value.byteCount());
    return {};
  });
}

Status Session::gradients(LogicalValues &values) {
  return guarded([&]() -> Status {
    int arena = impl_->arenas.find(format::ArenaKind::gradients, 0);
    if (arena < 0 || !impl_->options.training)
      return Status(StatusCode::kInvalidArgument, "gradients need a session that was opened for training");
    return impl_->unpackValues(arena, values);
  });
}

Status Session::setValues(int which, const LogicalValues &values) {
  return guarded([&]() -> Status {
    int arena = -1;
    ARGENT_RETURN_IF_ERROR(impl_->whichArena(which, arena));
    ARGENT_RETURN_IF_ERROR(impl_->checkLogical(values));
    if (impl_->pack != nullptr)
      ARGENT_RETURN_IF_ERROR(impl_->runPacking(*impl_->pack, arena, values.memory.get()));
    impl_->valued |= which == 0;
    return {};
  });
}

Status Session::initialize(uint64_t seed) {
  return guarded([&]() -> Status {
    LogicalValues values = impl_->makeLogical();
    List parameters(impl_->module->table().parameters());
    for (uint32_t i = 0; i < parameters.size(); ++i)
      ARGENT_RETURN_IF_ERROR(fillInitialValue(*parameters[i]->initializer(), values.paths[i], seed, values.tensors[i]));
    impl_->arenas.clear(format::ArenaKind::gradients);
    impl_->arenas.clear(format::ArenaKind::moments);
    return setValues(0, values);
  });
}

} // namespace argent
