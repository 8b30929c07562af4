//===- Program.cpp - a program of the module, made ready to run ------------===//
#include "runtime/Program.h"
#include "runtime/LoopCheck.h"
#include "runtime/VariantCheck.h"

#include <algorithm>
#include <cmath>
#include <set>

namespace argent {

Status Program::prepare(const format::Program &program, const format::Variant &variant, const Image *image,
                        const BatchSize &batch, Device &device, std::unique_ptr<Program> &prepared) {
  std::unique_ptr<Program> made(new Program);
  made->name_ = text(program.name());
  made->device_ = &device;
  made->context_ = device.context();

  List views(program.views());
  made->buffers_.reserve(views.size()); // arguments point into it
  for (uint32_t i = 0; i < views.size(); ++i)
    ARGENT_RETURN_IF_ERROR(
        made->addView(*views[i], variant, "program " + quoted(made->name_) + ", view " + std::to_string(i), batch));

  List instructions(program.instructions());
  size_t argumentCount = 0;
  for (uint32_t i = 0; i < instructions.size(); ++i)
    if (const format::Launch *launch = instructions[i]->step_as_Launch())
      argumentCount += 2 + List(launch->views()).size();
  made->arguments_.reserve(argumentCount);
  for (uint32_t i = 0; i < instructions.size(); ++i)
    made->addInstruction(*instructions[i], variant, image);
  made->addMoves(program, variant, batch);
  while (made->firstUpdate_ < made->steps_.size() && !made->updates(variant, program, made->firstUpdate_))
    made->firstUpdate_ = made->next(made->firstUpdate_);
  prepared = std::move(made);
  return {};
}

/// Whether N in the view's strides and step is that of the call, and not that of the offsets.
static bool followsN(const format::View &view, const format::Variant &variant) {
  return view.base() != format::ViewBase::arena ||
         variant.arenas()->Get(view.index())->kind() != format::ArenaKind::rows;
}

Status Program::addView(const format::View &view, const format::Variant &variant, const std::string &where,
                        const BatchSize &batch) {
  const uint32_t index = static_cast<uint32_t>(buffers_.size());
  const bool inArena = view.base() == format::ViewBase::arena;
  const bool strideFollowsN = followsN(view, variant);
  List extents(view.extents());
  List strides(view.strides());
  const uint32_t rank = extents.size();

  HalideBuffer buffer;
  buffer.type = halideType(elementType(view.element_type()));
  buffer.dimensions = static_cast<int32_t>(rank);
  dimensions_.push_back(std::make_unique<HalideDimension[]>(rank));
  buffer.dim = dimensions_.back().get();

  check::Wide last = 0;
  for (uint32_t i = 0; i < rank; ++i) {
    HalideDimension &dim = buffer.dim[rank - 1 - i];
    Amount extent(extents[i]), stride(strides[i]);
    const int64_t largestExtent = extent.at(batch.largest);
    const int64_t largestStride = stride.at(inArena ? batch.rounded : batch.largest);
    last += check::Wide(largestExtent - 1) * largestStride;
    if (last >= check::kMaxElements || largestExtent > check::kMaxElements || largestStride > check::kMaxElements)
      return Status(StatusCode::kInvalidArgument,
                    where + ": it would have 2^31 elements or more for a batch of " + std::to_string(batch.largest));
    dim.extent = static_cast<int32_t>(largestExtent);
    dim.stride = static_cast<int32_t>(largestStride);
    if (extent.perBatch != 0 || (strideFollowsN && stride.perBatch != 0))
      openDimensions_.push_back({&dim, extent, stride, strideFollowsN});
  }

  if (inArena)
    arenaViews_.push_back(
        {index, view.index(), Amount(view.offset()).at(batch.rounded), variant.arenas()->Get(view.index())->space()});
  else
    (view.base() == format::ViewBase::input ? inputViews_ : outputViews_)
        .push_back({index, view.index(), Amount(view.offset()).constant});
  elementSizes_.push_back(elementBytes(elementType(view.element_type())));
  buffers_.push_back(buffer);
  return {};
}

void Program::addInstruction(const format::Instruction &instruction, const format::Variant &variant,
                             const Image *image) {
  Step step;
  if (const format::Launch *launch = instruction.step_as_Launch()) {
    step.kind = StepKind::kLaunch;
    step.first = static_cast<uint32_t>(choices_.size());
    List choices(launch->choices());
    for (uint32_t i = 0; i < choices.size(); ++i) {
      const format::Kernel *kernel = variant.kernels()->Get(choices[i]->kernel());
      choices_.push_back(
          {choices[i]->min_batch(), reinterpret_cast<Device::KernelEntry>(image->at(kernel->image_offset())), kernel});
    }
    step.second = static_cast<uint32_t>(choices_.size());
    step.arguments = static_cast<uint32_t>(arguments_.size());
    arguments_.push_back(&context_);
    arguments_.push_back(&n_);
    List views(launch->views());
    step.views = views.size();
    for (uint32_t i = 0; i < views.size(); ++i)
      arguments_.push_back(&buffers_[views[i]]);
  } else if (const format::Copy *copy = instruction.step_as_Copy()) {
    step.kind = StepKind::kCopy;
    step.first = copy->from();
    step.second = copy->to();
  } else if (const format::Loop *loop = instruction.step_as_Loop()) {
    step.kind = StepKind::kLoop;
    step.body = loop->body();
    step.count = loop->count();
    step.counter = loop->counter();
    step.reverse = loop->reverse();
  } else {
    const format::Fill *fill = instruction.step_as_Fill();
    step.kind = StepKind::kFill;
    step.first = fill->view();
    step.second = fill->value();
  }
  steps_.push_back(step);
}

/// Each loop's views that move, once: those of its own instructions.
void Program::addMoves(const format::Program &program, const format::Variant &variant, const BatchSize &batch) {
  List views(program.views());
  for (size_t i = 0; i < steps_.size(); ++i) {
    Step &loop = steps_[i];
    if (loop.kind != StepKind::kLoop)
      continue;
    loop.first = static_cast<uint32_t>(moves_.size());
    std::set<uint32_t> own;
    for (size_t k = i + 1; k < next(i); k = next(k))
      for (uint32_t index : check::viewsOf(*List(program.instructions())[static_cast<uint32_t>(k)]))
        if (Amount(views[index]->step()) != Amount())
          own.insert(index);
    for (uint32_t index : own) {
      const format::View &view = *views[index];
      const bool inArena = view.base() == format::ViewBase::arena;
      const Amount bytes(view.step());
      moves_.push_back({index, bytes, bytes.at(inArena ? batch.rounded : batch.largest), followsN(view, variant),
                        inArena ? variant.arenas()->Get(view.index())->space() : device_->portSpace()});
    }
    loop.second = static_cast<uint32_t>(moves_.size());
  }
}

void Program::setArenas(const std::vector<char *> &bases) {
  for (const ArenaView &view : arenaViews_)
    setAddress(buffers_[view.view], bases[view.arena] + view.offset, view.space);
}

bool Program::usesArena(uint32_t arena) const {
  for (const ArenaView &view : arenaViews_)
    if (view.arena == arena)
      return true;
  return false;
}

void Program::setBatch(int64_t n) {
  for (const OpenDimension &open : openDimensions_) {
    open.dim->extent = static_cast<int32_t>(open.extent.at(n));
    if (open.strideFollowsN)
      open.dim->stride = static_cast<int32_t>(open.stride.at(n));
  }
  for (Move &move : moves_)
    if (move.followsN)
      move.now = move.bytes.at(n);
  n_ = static_cast<int32_t>(n);
}

void Program::bind(int64_t n, const std::vector<char *> &inputs, const std::vector<char *> &outputs) {
  if (n != n_)
    setBatch(n);
  const MemorySpace space = device_->portSpace();
  for (const PortView &view : inputViews_)
    setAddress(buffers_[view.view], inputs[view.port] + view.offset, space);
  for (const PortView &view : outputViews_)
    setAddress(buffers_[view.view], outputs[view.port] + view.offset, space);
}

Status Program::run(size_t begin, size_t end, const Watcher &watch) {
  for (size_t i = begin; i < end; i = next(i))
    ARGENT_RETURN_IF_ERROR(runStep(i, watch));
  return {};
}

Status Program::runOn(uint32_t arena, int64_t begin, int64_t end) {
  std::vector<bool> isThere(buffers_.size()); // for each view
  for (const ArenaView &view : arenaViews_)
    isThere[view.view] = view.arena == arena && view.offset >= begin && view.offset < end;
  for (size_t i = 0; i < steps_.size(); i = next(i))
    for (const HalideBuffer *buffer : operands(steps_[i]))
      if (isThere[static_cast<size_t>(buffer - buffers_.data())]) {
        ARGENT_RETURN_IF_ERROR(runStep(i, {}));
        break;
      }
  return {};
}

static void move(HalideBuffer &buffer, int64_t bytes, MemorySpace space) {
  char *address = space == MemorySpace::host ? reinterpret_cast<char *>(buffer.host)
                                             : reinterpret_cast<char *>(static_cast<uintptr_t>(buffer.device));
  setAddress(buffer, address + bytes, space);
}

Status Program::runLoop(size_t instruction, const Watcher &watch) {
  const Step loop = steps_[instruction];
  auto moveOn = [&](int64_t steps) {
    for (uint32_t i = loop.first; i < loop.second; ++i)
      move(buffers_[moves_[i].view], steps * moves_[i].now, moves_[i].space);
  };
  int32_t step = loop.reverse ? static_cast<int32_t>(loop.count) - 1 : 0;
  HalideBuffer number;
  number.type = halideType(ElementType::i32);
  setAddress(number, reinterpret_cast<char *>(&step), MemorySpace::host);

  moveOn(step);
  Status status;
  for (uint32_t i = 0; i < loop.count && status.ok(); ++i) {
    if (i != 0) {
      step += loop.reverse ? -1 : 1;
      moveOn(loop.reverse ? -1 : 1);
    }
    if (loop.counter != kNoView) {
      device_->copy(buffers_[loop.counter], number, sizeof step);
      // The number is of this step only.
      if (device_->portSpace() != MemorySpace::host)
        status = device_->synchronize();
    }
    if (status.ok())
      status = run(instruction + 1, next(instruction), watch);
  }
  moveOn(-step); // also after an error: the next call finds the views where they were
  return status;
}

/// Of a launch's kernels, the one for this batch.
const Program::Choice &Program::chosen(const Step &step) const {
  uint32_t last = step.second - 1;
  while (last > step.first && choices_[last].minBatch > n_)
    --last;
  return choices_[last];
}

Status Program::runStep(size_t instruction, const Watcher &watch) {
  const Step &step = steps_[instruction];
  switch (step.kind) {
  case StepKind::kLaunch: {
    const Choice &choice = chosen(step);
    if (Status status = device_->launch(choice.entry, &arguments_[step.arguments]); !status.ok())
      return kernelFailed(choice, status);
    break;
  }
  case StepKind::kCopy:
    device_->copy(buffers_[step.second], buffers_[step.first], elementSizes_[step.first]);
    break;
  case StepKind::kFill:
    device_->fill(buffers_[step.first], elementSizes_[step.first], static_cast<uint8_t>(step.second));
    break;
  case StepKind::kLoop:
    return runLoop(instruction, watch);
  }
  return watch ? watch(instruction) : Status();
}

/// What the step reads, then what it writes.
std::vector<const HalideBuffer *> Program::operands(const Step &step) const {
  if (step.kind == StepKind::kCopy)
    return {&buffers_[step.first], &buffers_[step.second]};
  if (step.kind == StepKind::kFill)
    return {&buffers_[step.first]};
  if (step.kind == StepKind::kLoop)
    return {};
  std::vector<const HalideBuffer *> found;
  for (uint32_t i = 0; i < step.views; ++i)
    found.push_back(static_cast<const HalideBuffer *>(arguments_[step.arguments + 2 + i]));
  return found;
}

/// What the step writes. A kernel has one result at least; older modules do not say how many.
std::vector<const HalideBuffer *> Program::results(const Step &step) const {
  std::vector<const HalideBuffer *> found = operands(step);
  const size_t count = step.kind == StepKind::kLaunch ? std::max<size_t>(1, chosen(step).kernel->result_count()) : 1;
  found.erase(found.begin(), found.end() - static_cast<ptrdiff_t>(std::min(count, found.size())));
  return found;
}

bool Program::updates(const format::Variant &variant, const format::Program &program, size_t instruction) const {
  for (size_t i = instruction + 1; i < next(instruction); i = next(i))
    if (updates(variant, program, i))
      return true;
  for (const HalideBuffer *buffer : results(steps_[instruction])) {
    const format::View &view = *List(program.views())[static_cast<uint32_t>(buffer - buffers_.data())];
    if (view.base() != format::ViewBase::arena)
      continue;
    const format::ArenaKind kind = variant.arenas()->Get(view.index())->kind();
    if (kind == format::ArenaKind::parameters || kind == format::ArenaKind::moments)
      return true;
  }
  return false;
}

template <typename T> static bool anyNonFinite(const std::vector<char> &bytes) {
  const T *values = reinterpret_cast<const T *>(bytes.data());
  return !std::all_of(values, values + bytes.size() / sizeof(T), [](T value) { return std::isfinite(value); });
}

Status Program::wroteNonFinite(size_t instruction, bool &found) const {
  found = false;
  for (const HalideBuffer *buffer : results(steps_[instruction])) {
    const bool isDouble = buffer->type.bits == 64;
    if (buffer->type.code != HalideType::kFloat || (buffer->type.bits != 32 && !isDouble))
      continue;
    // A dense copy is simpler to walk through than a box.
    const size_t elementSize = isDouble ? sizeof(double) : sizeof(float);
    HalideBuffer dense = *buffer;
    std::vector<HalideDimension> dimensions(buffer->dim, buffer->dim + buffer->dimensions);
    int32_t count = 1;
    for (HalideDimension &dimension : dimensions) {
      dimension.stride = count;
      count *= dimension.extent;
    }
    std::vector<char> bytes(static_cast<size_t>(count) * elementSize);
    dense.dim = dimensions.data();
    setAddress(dense, bytes.data(), MemorySpace::host);
    device_->copy(dense, *buffer, elementSize);
    ARGENT_RETURN_IF_ERROR(device_->synchronize());
    found |= isDouble ? anyNonFinite<double>(bytes) : anyNonFinite<float>(bytes);
  }
  return {};
}

const format::Kernel *Program::kernel(size_t instruction) const {
  const Step &step = steps_[instruction];
  return step.kind == StepKind::kLaunch ? chosen(step).kernel : nullptr;
}

Status Program::kernelFailed(const Choice &choice, const Status &reason) const {
  std::string message = name_ + ": kernel " + quoted(text(choice.kernel->name())) + " failed";
  List locations(choice.kernel->locations());
  if (!locations.empty())
    message += " (" + std::string(text(locations[0]->file())) + ":" + std::to_string(locations[0]->line()) + ":" +
               std::to_string(locations[0]->column()) + ")";
  return Status(reason.code(), message + ": " + reason.message());
}

} // namespace argent
