//===- MemoryPlan.cpp - who lies where in memory, and when ------------------------------------===//
// The module says what each launch reads and writes, not how long a value lives: a write begins a buffer, reads of any
// of its bytes prolong it, and the next write over its bytes ends it.
#include "MemoryPlan.h"

#include "argent/Tensor.h"
#include "runtime/ArenaNeeds.h"

#include <algorithm>

namespace argent::tool {

using Json = nlohmann::ordered_json;

namespace {

bool outlives(format::ArenaKind kind) {
  return kind != format::ArenaKind::activations && kind != format::ArenaKind::gradients;
}

/// Follows the values of one program.
class Walker {
public:
  Walker(const format::Variant &variant, const format::Program &program, MemoryPlan &plan)
      : variant_(variant), program_(program), plan_(plan), planned_(plannedBatch(variant, plan.batch)) {}

  void run() {
    for (unsigned i = 0; program_.instructions() && i < program_.instructions()->size(); ++i) {
      const format::Instruction *instruction = program_.instructions()->Get(i);
      if (const format::Launch *launch = instruction->step_as_Launch()) {
        const format::Kernel *kernel = chosenKernel(variant_, *launch, plan_.batch);
        unsigned views = launch->views() ? launch->views()->size() : 0;
        // Modules from before result_count: a kernel has one result at least.
        unsigned results = std::min(views, kernel && kernel->result_count() ? kernel->result_count() : 1u);
        std::string name = kernel ? kernelName(*kernel) : "kernel";
        bool isGradient = kernel && kernel->role() == format::KernelRole::gradient;
        for (unsigned k = 0; k < views - results; ++k)
          read(launch->views()->Get(k), i);
        for (unsigned k = views - results; k < views; ++k)
          write(launch->views()->Get(k), i,
                results > 1 ? name + " (" + std::to_string(k - (views - results) + 1) + ")" : name, isGradient);
        plan_.instructions.push_back(name);
      } else if (const format::Copy *copy = instruction->step_as_Copy()) {
        read(copy->from(), i);
        write(copy->to(), i, "copy");
        plan_.instructions.push_back("copy");
      } else if (const format::Fill *fill = instruction->step_as_Fill()) {
        write(fill->view(), i, "fill");
        plan_.instructions.push_back("fill");
      } else if (const format::Loop *loop = instruction->step_as_Loop()) {
        plan_.instructions.push_back("loop of " + std::to_string(loop->count()) + " steps");
      }
    }
  }

private:
  struct Range {
    size_t arena;
    int64_t begin, end;
  };

  bool range(unsigned index, Range &range) {
    const format::View *view = program_.views()->Get(index);
    if (view->base() != format::ViewBase::arena)
      return false;
    range = {view->index(), at(view->offset(), planned_), 0};
    range.end = range.begin + viewSpan(*view, plan_.batch, planned_);
    plan_.arenas[range.arena].isUsed = true;
    return !outlives(variant_.arenas()->Get(view->index())->kind());
  }

  template <typename Use> void overlapping(const Range &range, Use use) {
    for (size_t i : alive_) {
      PlannedBuffer &buffer = plan_.buffers[i];
      if (buffer.arena == range.arena && buffer.offset < range.end && range.begin < buffer.offset + buffer.bytes)
        use(i, buffer);
    }
  }

  void read(unsigned index, size_t time) {
    Range place;
    if (range(index, place))
      overlapping(place, [&](size_t, PlannedBuffer &buffer) { buffer.end = time; });
  }

  void write(unsigned index, size_t time, const std::string &name, bool isGradient = false) {
    Range place;
    if (!range(index, place))
      return;
    std::vector<size_t> over;
    overlapping(place, [&](size_t i, PlannedBuffer &) { over.push_back(i); });
    std::erase_if(alive_, [&](size_t i) { return std::find(over.begin(), over.end(), i) != over.end(); });
    PlannedBuffer buffer;
    buffer.name = name;
    buffer.arena = place.arena;
    buffer.offset = place.begin;
    buffer.bytes = place.end - place.begin;
    buffer.begin = buffer.end = time;
    buffer.isGradient = isGradient;
    alive_.push_back(plan_.buffers.size());
    plan_.buffers.push_back(buffer);
  }

  const format::Variant &variant_;
  const format::Program &program_;
  MemoryPlan &plan_;
  int64_t planned_;
  std::vector<size_t> alive_; // buffers whose bytes nothing has written over
};

} // namespace

MemoryPlan::MemoryPlan(const format::Variant &variant, const format::Program &program, int64_t batch)
    : program(program.name() ? program.name()->str() : ""), target(variant.target() ? variant.target()->str() : ""),
      batch(batch) {
  const int64_t planned = plannedBatch(variant, batch);
  for (unsigned i = 0; variant.arenas() && i < variant.arenas()->size(); ++i) {
    const format::Arena *arena = variant.arenas()->Get(i);
    std::string kind = format::EnumNameArenaKind(arena->kind());
    if (arena->kind() == format::ArenaKind::moments)
      kind += " " + std::to_string(arena->index() + 1);
    arenas.push_back({kind, at(arena->bytes(), planned)});
  }
  List all(variant.programs());
  for (uint32_t i = 0; i < all.size(); ++i)
    if (std::string_view name = text(all[i]->name()); name != "pack" && name != "unpack")
      programs.push_back({std::string(name), sessionBytes(variant, all[i], batch)});
  Walker(variant, program, *this).run();
  live.assign(std::max<size_t>(instructions.size(), 1), 0);
  for (const PlannedBuffer &buffer : buffers)
    for (size_t t = buffer.begin; t <= buffer.end; ++t)
      live[t] += buffer.bytes;
  peak = static_cast<size_t>(std::max_element(live.begin(), live.end()) - live.begin());
  for (size_t i = 0; i < arenas.size(); ++i)
    if (arenas[i].isUsed && outlives(variant.arenas()->Get(static_cast<unsigned>(i))->kind())) {
      PlannedBuffer buffer;
      buffer.name = arenas[i].kind;
      buffer.arena = i;
      buffer.bytes = arenas[i].bytes;
      buffer.end = instructions.empty() ? 0 : instructions.size() - 1;
      buffer.lasting = true;
      buffers.push_back(buffer);
    }
  for (const PlannedBuffer &buffer : buffers)
    arenas[buffer.arena].usedBytes = std::max(arenas[buffer.arena].usedBytes, buffer.offset + buffer.bytes);
}

std::vector<const PlannedBuffer *> MemoryPlan::largest(size_t count) const {
  std::vector<const PlannedBuffer *> sorted;
  for (const PlannedBuffer &buffer : buffers)
    if (!buffer.lasting)
      sorted.push_back(&buffer);
  std::stable_sort(sorted.begin(), sorted.end(),
                   [](const PlannedBuffer *a, const PlannedBuffer *b) { return a->bytes > b->bytes; });
  sorted.resize(std::min(count, sorted.size()));
  return sorted;
}

Json MemoryPlan::toJson() const {
  Json list = Json::array(), arenaList = Json::array(), programList = Json::array();
  for (const auto &[name, bytes] : programs)
    programList.push_back({{"name", name}, {"bytes", bytes}});
  for (const PlannedArena &arena : arenas)
    if (arena.isUsed)
      arenaList.push_back({{"kind", arena.kind}, {"bytes", arena.bytes}, {"used_bytes", arena.usedBytes}});
  for (const PlannedBuffer &buffer : buffers)
    list.push_back({{"name", buffer.name},
                    {"arena", arenas[buffer.arena].kind},
                    {"offset", buffer.offset},
                    {"bytes", buffer.bytes},
                    {"begin", buffer.begin},
                    {"end", buffer.end},
                    {"lasting", buffer.lasting}});
  return {{"format", kJsonFormat},    {"program", program},  {"target", target},         {"batch", batch},
          {"programs", programList},  {"arenas", arenaList}, {"launches", instructions}, {"peak_launch", peak},
          {"peak_bytes", live[peak]}, {"live_bytes", live},  {"buffers", list}};
}

} // namespace argent::tool
