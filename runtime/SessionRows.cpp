//===- SessionRows.cpp - states that belong to the rows of the batch ------===//
// Dense in the session's arenas of rows, as a batch of maxBatch has them.
#include "runtime/Guard.h"
#include "runtime/ModuleFormat.h"
#include "runtime/SessionImpl.h"

#include <cstring>
#include <new>

namespace argent {

/// All states' tensors, in memory of their own, zeroed.
static LogicalValues makeRows(const format::Variant &variant, int64_t batch) {
  LogicalValues values;
  List rows(variant.rows());
  std::vector<size_t> offsets;
  size_t size = 0;
  for (uint32_t i = 0; i < rows.size(); ++i) {
    TensorView tensor;
    tensor.type = elementType(rows[i]->type()->element_type());
    tensor.shape = shapeAt(*rows[i]->type(), batch);
    offsets.push_back(size);
    size += (tensor.byteCount() + kTensorAlignment - 1) / kTensorAlignment * kTensorAlignment;
    values.tensors.push_back(std::move(tensor));
    values.paths.emplace_back(text(rows[i]->path()));
    values.trained.push_back(false);
  }
  values.memory = {new (std::align_val_t(kTensorAlignment)) char[size],
                   [](void *memory) { ::operator delete[](memory, std::align_val_t(kTensorAlignment)); }};
  std::memset(values.memory.get(), 0, size);
  for (uint32_t i = 0; i < rows.size(); ++i)
    values.tensors[i].data = values.memory.get() + offsets[i];
  return values;
}

template <typename T> static void setAll(TensorView &tensor, double value) {
  std::fill_n(static_cast<T *>(tensor.data), tensor.elementCount(), static_cast<T>(value));
}

/// Writes the number that a state begins with.
static void setAll(TensorView &tensor, double value) {
  switch (tensor.type) {
  case ElementType::f32:
    return setAll<float>(tensor, value);
  case ElementType::f64:
    return setAll<double>(tensor, value);
  case ElementType::i32:
    return setAll<int32_t>(tensor, value);
  case ElementType::i64:
    return setAll<int64_t>(tensor, value);
  case ElementType::u8:
  case ElementType::boolean:
    return setAll<uint8_t>(tensor, value);
  default:
    return; // no state is f16 or bf16: the check at opening
  }
}

char *Session::Impl::rowsOf(Rows rows) const {
  const int arena = arenas.find(format::ArenaKind::rows, rows == Rows::training ? 0 : 1);
  return arena < 0 ? nullptr : arenas.bases()[static_cast<size_t>(arena)];
}

void Session::Impl::copyRows(Rows which, const LogicalValues &values, bool intoSession) {
  List rows(variant->rows());
  const MemorySpace space = MemorySpace::host;
  for (uint32_t i = 0; i < rows.size(); ++i) {
    const TensorView &tensor = values.tensors[i];
    const auto arena = static_cast<size_t>(arenas.find(format::ArenaKind::rows, which == Rows::training ? 0 : 1));
    char *own = arenas.bases()[arena] + Amount(rows[i]->offset()).at(batch.rounded);
    const MemorySpace ownSpace = arenas.arena(static_cast<uint32_t>(arena)).space();
    if (intoSession)
      device->copy(own, ownSpace, tensor.data, space, tensor.byteCount());
    else
      device->copy(tensor.data, space, own, ownSpace, tensor.byteCount());
  }
}

void Session::resetRows(Rows rows) {
  if (impl_->rowsOf(rows) == nullptr)
    return;
  LogicalValues values = makeRows(*impl_->variant, impl_->batch.largest);
  for (uint32_t i = 0; i < values.tensors.size(); ++i)
    setAll(values.tensors[i], List(impl_->variant->rows())[i]->value());
  impl_->copyRows(rows, values, /*intoSession=*/true);
}

Status Session::rows(LogicalValues &values) {
  return guarded([&]() -> Status {
    LogicalValues made = makeRows(*impl_->variant, impl_->batch.largest);
    if (impl_->rowsOf(Rows::training) != nullptr) {
      ARGENT_RETURN_IF_ERROR(impl_->device->synchronize());
      impl_->copyRows(Rows::training, made, /*intoSession=*/false);
    } else if (!made.tensors.empty()) {
      return Status(StatusCode::kInvalidArgument, "the rows of training need a session that was opened for training");
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
    if (impl_->rowsOf(Rows::training) != nullptr)
      impl_->copyRows(Rows::training, values, /*intoSession=*/true);
    return {};
  });
}

} // namespace argent
