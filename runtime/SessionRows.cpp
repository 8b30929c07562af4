//===- SessionRows.cpp - states that belong to the rows of the batch ------===//
// Dense in the session's arenas of rows, as a batch of maxBatch has them.
#include "runtime/Guard.h"
#include "runtime/Initializers.h"
#include "runtime/ModuleFormat.h"
#include "runtime/SessionImpl.h"

#include <new>

namespace argent {

int Session::Impl::rowsArena(Rows rows) const {
  const int arena = arenas.find(format::ArenaKind::rows, static_cast<int>(rows));
  return arena >= 0 && arenas.bases()[static_cast<size_t>(arena)] != nullptr ? arena : -1;
}

Status Session::Impl::initialRows(LogicalValues &values) const {
  List rows(variant->rows());
  LogicalValues made;
  std::vector<size_t> offsets;
  size_t size = 0;
  for (uint32_t i = 0; i < rows.size(); ++i) {
    TensorView tensor;
    tensor.type = elementType(rows[i]->type()->element_type());
    tensor.shape = shapeAt(*rows[i]->type(), batch.largest);
    offsets.push_back(size);
    size += (tensor.byteCount() + kTensorAlignment - 1) / kTensorAlignment * kTensorAlignment;
    made.tensors.push_back(std::move(tensor));
    made.paths.emplace_back(text(rows[i]->path()));
    made.trained.push_back(false);
  }
  made.memory = {new (std::align_val_t(kTensorAlignment)) char[size],
                 [](void *memory) { ::operator delete[](memory, std::align_val_t(kTensorAlignment)); }};
  for (uint32_t i = 0; i < rows.size(); ++i) {
    made.tensors[i].data = made.memory.get() + offsets[i];
    ARGENT_RETURN_IF_ERROR(fillInitialValue(*rows[i]->initializer(), made.paths[i], 0, made.tensors[i]));
  }
  values = std::move(made);
  return {};
}

void Session::Impl::copyRows(int arena, const LogicalValues &values, bool intoSession) {
  char *const base = arenas.bases()[static_cast<size_t>(arena)];
  const MemorySpace space = arenas.arena(static_cast<uint32_t>(arena)).space();
  List rows(variant->rows());
  for (uint32_t i = 0; i < rows.size(); ++i) {
    const TensorView &tensor = values.tensors[i];
    char *own = base + Amount(rows[i]->offset()).at(batch.rounded);
    if (intoSession)
      device->copy(own, space, tensor.data, MemorySpace::host, tensor.byteCount());
    else
      device->copy(tensor.data, MemorySpace::host, own, space, tensor.byteCount());
  }
}

Status Session::resetRows(Rows rows) {
  return guarded([&]() -> Status {
    const int arena = impl_->rowsArena(rows);
    if (arena < 0)
      return {};
    LogicalValues values;
    ARGENT_RETURN_IF_ERROR(impl_->initialRows(values));
    impl_->copyRows(arena, values, /*intoSession=*/true);
    return {};
  });
}

Status Session::rows(LogicalValues &values) {
  return guarded([&]() -> Status {
    if (!impl_->options.training)
      return Status(StatusCode::kInvalidArgument, "the rows of training need a session that was opened for training");
    LogicalValues made;
    ARGENT_RETURN_IF_ERROR(impl_->initialRows(made));
    if (const int arena = impl_->rowsArena(Rows::training); arena >= 0) {
      ARGENT_RETURN_IF_ERROR(impl_->device->synchronize());
      impl_->copyRows(arena, made, /*intoSession=*/false);
    }
    values = std::move(made);
    return {};
  });
}

Status Session::setRows(const LogicalValues &values) {
  return guarded([&]() -> Status {
    LogicalValues own;
    ARGENT_RETURN_IF_ERROR(rows(own));
    bool same = own.paths == values.paths;
    for (size_t i = 0; same && i < own.tensors.size(); ++i)
      same = own.tensors[i].shape == values.tensors[i].shape && own.tensors[i].type == values.tensors[i].type;
    if (!same)
      return Status(StatusCode::kInvalidArgument, "the values were not made by rows() of such a session");
    if (const int arena = impl_->rowsArena(Rows::training); arena >= 0)
      impl_->copyRows(arena, values, /*intoSession=*/true);
    return {};
  });
}

} // namespace argent
