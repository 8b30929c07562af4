//===- GuardedProgram.cpp - a program, each kernel with its buffers guarded ===//
//   1. Describe each view for this N: where it lies, and its box.
//   2. For a launch, copy every view into memory of its own at the address's alignment, and run the kernel there, on
//      one thread.
//   3. Compare what may not have changed; copy the results back.
#include "test/bounds/GuardedProgram.h"

#include "runtime/KernelContext.h"
#include "runtime/LoopCheck.h"
#include "runtime/ModuleFormat.h"
#include "runtime/device/cpu/FloatMode.h"
#include "runtime/device/cpu/StridedCopy.h"

#include <cstring>
#include <map>
#include <set>

using namespace argent;
using namespace argent::test;

namespace {

/// A view for one N.
struct Box {
  HalideBuffer buffer;
  std::vector<HalideDimension> dims;
  size_t elementSize = 0;
  size_t span = 0;      // bytes from the first element to the end of the last
  size_t alignment = 0; // of the address that the kernel may rely on
};

/// The user context of a kernel.
struct Context {
  KernelContext functions;
  Placement placement;
  std::map<void *, GuardedMemory> scratch;
  std::vector<std::string> faults;
  std::string error;
};

std::string place(ptrdiff_t distance) {
  if (distance == 0)
    return "inside";
  const ptrdiff_t count = distance < 0 ? -distance : distance;
  return "byte " + std::to_string(count) + (distance < 0 ? " before the beginning" : " behind the end");
}

int doParFor(void *context, KernelContext::Task task, int min, int size, uint8_t *closure) {
  for (int i = min; i < min + size; ++i)
    if (int result = task(context, i, closure))
      return result;
  return 0;
}

void *allocate(void *context, size_t bytes) {
  // kScratchAlignment bytes before and after may be read; a write there shows in the pattern.
  auto &kernel = *static_cast<Context *>(context);
  const size_t rounded = (bytes + kScratchAlignment - 1) / kScratchAlignment * kScratchAlignment;
  GuardedMemory memory(rounded + 2 * kScratchAlignment, kScratchAlignment, 0, kernel.placement);
  char *data = memory.data() + kScratchAlignment;
  kernel.scratch.emplace(data, std::move(memory));
  return data;
}

void release(void *context, void *pointer) {
  auto &kernel = *static_cast<Context *>(context);
  auto found = kernel.scratch.find(pointer);
  if (found == kernel.scratch.end())
    return;
  const GuardedMemory &memory = found->second;
  auto pattern = [](const char *from) {
    for (size_t i = 0; i < kScratchAlignment; ++i)
      if (static_cast<unsigned char>(from[i]) != GuardedMemory::kPattern)
        return false;
    return true;
  };
  if (!pattern(memory.data()) || !pattern(memory.data() + memory.bytes() - kScratchAlignment))
    kernel.faults.push_back("scratch memory: writes beside it");
  kernel.scratch.erase(found);
}

void error(void *context, const char *message) { static_cast<Context *>(context)->error = message; }

class Runner {
public:
  Runner(const format::Program &program, const format::Variant &variant, const Image &image, const GuardedCall &call)
      : program_(program), variant_(variant), image_(image), call_(call) {
    List views(program.views());
    boxes_.reserve(views.size());
    for (uint32_t i = 0; i < views.size(); ++i)
      boxes_.push_back(makeBox(*views[i]));
  }

  GuardedResult run() {
    run(0, List(program_.instructions()).size());
    return result_;
  }

private:
  void run(uint32_t begin, uint32_t end) {
    List instructions(program_.instructions());
    for (uint32_t i = begin; i < end && result_.faults.empty(); ++i) {
      if (const format::Launch *launch = instructions[i]->step_as_Launch())
        runLaunch(*launch);
      else if (const format::Copy *copy = instructions[i]->step_as_Copy())
        copyBox(boxes_[copy->from()].buffer, boxes_[copy->to()].buffer, boxes_[copy->from()].elementSize);
      else if (const format::Fill *fill = instructions[i]->step_as_Fill())
        fillBox(boxes_[fill->view()].buffer, boxes_[fill->view()].elementSize, fill->value());
      else if (const format::Loop *loop = instructions[i]->step_as_Loop()) {
        runLoop(*loop, i + 1);
        i += loop->body();
      }
    }
  }

  void runLoop(const format::Loop &loop, uint32_t body);
  Box makeBox(const format::View &view) const;
  const format::Kernel &chosenKernel(const format::Launch &launch) const;
  void runLaunch(const format::Launch &launch);

  const format::Program &program_;
  const format::Variant &variant_;
  const Image &image_;
  const GuardedCall &call_;
  std::vector<Box> boxes_;
  GuardedResult result_;
};

Box Runner::makeBox(const format::View &view) const {
  const bool inArena = view.base() == format::ViewBase::arena;
  const int64_t strideBatch = inArena ? call_.batch.rounded : call_.n;
  const ElementType type = elementType(view.element_type());
  List extents(view.extents()), strides(view.strides());

  Box box;
  box.elementSize = elementBytes(type);
  box.dims.resize(extents.size());
  size_t last = 0;
  for (uint32_t i = 0; i < extents.size(); ++i) {
    HalideDimension &dim = box.dims[extents.size() - 1 - i];
    dim.extent = int32_t(Amount(extents[i]).at(call_.n));
    dim.stride = int32_t(Amount(strides[i]).at(strideBatch));
    last += size_t(dim.extent - 1) * size_t(dim.stride);
  }
  box.span = (last + 1) * box.elementSize;
  box.buffer.type = halideType(type);
  box.buffer.dimensions = int32_t(extents.size());
  box.buffer.dim = box.dims.data();
  char *base = inArena ? call_.arenas[view.index()]
                       : (view.base() == format::ViewBase::input ? call_.inputs : call_.outputs)[view.index()];
  box.buffer.host = reinterpret_cast<uint8_t *>(base + Amount(view.offset()).at(inArena ? call_.batch.rounded : 1));
  // A caller's input is aligned to its elements only (Session.h).
  box.alignment = view.base() == format::ViewBase::input ? box.elementSize : kTensorAlignment;
  return box;
}

const format::Kernel &Runner::chosenKernel(const format::Launch &launch) const {
  List choices(launch.choices());
  uint32_t chosen = choices.size() - 1;
  while (chosen > 0 && int64_t(choices[chosen]->min_batch()) > call_.n)
    --chosen;
  return *variant_.kernels()->Get(choices[chosen]->kernel());
}

void Runner::runLoop(const format::Loop &loop, uint32_t body) {
  List instructions(program_.instructions());
  std::set<uint32_t> moving; // the views of the loop's own instructions
  for (uint32_t i = body; i < body + loop.body(); ++i) {
    for (uint32_t view : check::viewsOf(*instructions[i]))
      moving.insert(view);
    if (const format::Loop *inner = instructions[i]->step_as_Loop())
      i += inner->body();
  }
  auto moveBy = [&](int64_t steps) {
    for (uint32_t index : moving) {
      const format::View &view = *List(program_.views())[index];
      const bool inArena = view.base() == format::ViewBase::arena;
      boxes_[index].buffer.host += steps * Amount(view.step()).at(inArena ? call_.batch.rounded : call_.n);
    }
  };
  for (int64_t i = 0; i < loop.count(); ++i) {
    const int32_t step = static_cast<int32_t>(loop.reverse() ? loop.count() - 1 - i : i);
    moveBy(step);
    if (loop.counter() != kNoView)
      std::memcpy(boxes_[loop.counter()].buffer.host, &step, sizeof step);
    run(body, body + loop.body());
    moveBy(-step);
  }
}

void Runner::runLaunch(const format::Launch &launch) {
  const format::Kernel &kernel = chosenKernel(launch);
  List views(launch.views());
  const uint32_t firstResult = kernel.result_count() == 0 ? 0 : views.size() - kernel.result_count();
  std::vector<GuardedMemory> memories;
  std::vector<HalideBuffer> buffers;
  memories.reserve(views.size());
  buffers.reserve(views.size()); // arguments point into it
  Context context{{doParFor, allocate, release, error}, call_.placement, {}, {}, {}};
  void *contextPointer = &context;
  int32_t n = int32_t(call_.n);
  std::vector<void *> arguments = {&contextPointer, &n};
  for (uint32_t i = 0; i < views.size(); ++i) {
    const Box &box = boxes_[views[i]];
    memories.emplace_back(box.span, box.alignment, reinterpret_cast<uintptr_t>(box.buffer.host) % box.alignment,
                          call_.placement);
    std::memcpy(memories.back().data(), box.buffer.host, box.span);
    buffers.push_back(box.buffer);
    buffers.back().host = reinterpret_cast<uint8_t *>(memories.back().data());
    arguments.push_back(&buffers.back());
  }

  auto entry = reinterpret_cast<int (*)(void **)>(image_.at(kernel.image_offset()));
  int status = 0;
  ++result_.launches;
  const Fault fault = catchFault([&] {
    FloatMode mode;
    status = entry(arguments.data());
  });

  auto report = [&](const std::string &what) {
    result_.faults.push_back("kernel " + quoted(text(kernel.name())) + " (" + std::string(text(kernel.symbol())) +
                             "): " + what);
  };
  auto nameOf = [&](uint32_t i) {
    std::string name =
        (i < firstResult ? "operand " : "result ") + std::to_string(i < firstResult ? i : i - firstResult) + " [";
    for (size_t d = boxes_[views[i]].dims.size(); d-- > 0;)
      name += std::to_string(boxes_[views[i]].dims[d].extent) + (d == 0 ? "" : ", ");
    return name + "]";
  };
  if (fault.address != nullptr) {
    std::string what = fault.write ? "writes " : "reads ";
    for (uint32_t i = 0; i < views.size(); ++i)
      if (memories[i].owns(fault.address))
        return report(what + place(memories[i].distance(fault.address)) + " of " + nameOf(i));
    for (const auto &[data, memory] : context.scratch)
      if (memory.owns(fault.address))
        return report(what + place(memory.distance(fault.address)) + " of its scratch memory");
    return report(what + "far outside of every buffer");
  }
  if (status != 0 || !context.error.empty())
    return report("error " + std::to_string(status) + ": " + context.error);
  for (const std::string &what : context.faults)
    report(what);
  if (!context.scratch.empty())
    report("keeps scratch memory");

  for (uint32_t i = 0; i < views.size(); ++i) {
    const Box &box = boxes_[views[i]];
    if (ptrdiff_t written = memories[i].firstWritten())
      report("writes " + place(written) + " of " + nameOf(i));
    // What must be in the memory now: the elements of a result are the kernel's, all else is as before.
    std::vector<char> expected(reinterpret_cast<char *>(box.buffer.host),
                               reinterpret_cast<char *>(box.buffer.host) + box.span);
    if (i >= firstResult) {
      HalideBuffer copy = box.buffer;
      copy.host = reinterpret_cast<uint8_t *>(expected.data());
      copyBox(buffers[i], copy, box.elementSize);
    }
    if (std::memcmp(expected.data(), memories[i].data(), box.span) != 0)
      report((i >= firstResult ? "writes between the elements of " : "writes to ") + nameOf(i));
  }
  for (uint32_t i = firstResult; i < views.size(); ++i)
    copyBox(buffers[i], boxes_[views[i]].buffer, boxes_[views[i]].elementSize);
}

} // namespace

GuardedResult argent::test::runGuarded(const format::Program &program, const format::Variant &variant,
                                       const Image &image, const GuardedCall &call) {
  return Runner(program, variant, image, call).run();
}
