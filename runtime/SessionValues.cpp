//===- SessionValues.cpp - values of parameters, states and moments --------===//
// Kernels keep them packed, as the variant wants them; outside of a session they are in logical layout. The programs
// `pack` and `unpack` move them between the two.
#include "runtime/Guard.h"
#include "runtime/Initializers.h"
#include "runtime/LogicalLayout.h"
#include "runtime/ModuleFormat.h"
#include "runtime/SessionImpl.h"

#include <algorithm>
#include <new>

namespace argent {

bool Session::hasValues() const { return impl_->valued || List(impl_->module->table().parameters()).empty(); }

Status Session::Impl::runPacking(Program &program, int parameters, char *logical) {
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

LogicalValues Session::Impl::makeLogical() const {
  LogicalValues values;
  const format::Module &table = module->table();
  const size_t bytes = std::max<size_t>(
      kTensorAlignment, static_cast<size_t>(logicalBytes(table, variant->batch_rounding()).at(batch.rounded)));
  values.memory = {new (std::align_val_t(kTensorAlignment)) char[bytes](),
                   [](void *memory) { ::operator delete[](memory, std::align_val_t(kTensorAlignment)); }};
  std::vector<Amount> offsets = logicalOffsets(table, variant->batch_rounding());
  List parameters(table.parameters());
  for (uint32_t i = 0; i < parameters.size(); ++i) {
    TensorView tensor;
    tensor.type = elementType(parameters[i]->type()->element_type());
    List dims(parameters[i]->type()->dims());
    for (uint32_t j = 0; j < dims.size(); ++j)
      tensor.shape.push_back(Amount(dims[j]).at(batch.largest));
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
  for (uint32_t i = 0; same && i < parameters.size(); ++i) {
    List dims(parameters[i]->type()->dims());
    same = values.tensors[i].data == values.memory.get() + offsets[i].at(batch.rounded) &&
           values.tensors[i].shape.size() == dims.size();
    for (uint32_t j = 0; same && j < dims.size(); ++j)
      same = values.tensors[i].shape[j] == Amount(dims[j]).at(batch.largest);
  }
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
