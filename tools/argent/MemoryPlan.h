//===- MemoryPlan.h - who lies where in memory, and when ------------------------------------===//
#ifndef ARGENT_TOOLS_ARGENT_MEMORYPLAN_H
#define ARGENT_TOOLS_ARGENT_MEMORYPLAN_H

#include "Describe.h"

#include "argent/Status.h"

namespace argent::tool {

/// A piece of an arena that holds one value from the launch that writes it to the last that reads it.
struct PlannedBuffer {
  std::string name;   // of the kernel that writes it; of an arena that outlives the program, its kind
  size_t arena = 0;   // in MemoryPlan::arenas
  int64_t offset = 0; // from the arena's start
  int64_t bytes = 0;
  size_t begin = 0, end = 0; // instructions, inclusive
  bool lasting = false;      // lives before and after the program: parameters, moments, states
  bool isGradient = false;
};

struct PlannedArena {
  std::string kind; // "activations", "moments 1"
  int64_t bytes = 0;
  int64_t usedBytes =
      0; // from its start to the end of what this program uses; an arena is as large as its largest program needs
  bool isUsed = false; // by this program
};

/// The memory of one program of a variant, for one batch.
struct MemoryPlan {
  MemoryPlan(const format::Variant &variant, const format::Program &program, int64_t batch);

  nlohmann::ordered_json toJson() const;
  /// The largest buffers, largest first.
  std::vector<const PlannedBuffer *> largest(size_t count) const;

  std::string program, target;
  int64_t batch = 1;
  std::vector<std::pair<std::string, int64_t>>
      programs; // of the variant, with the bytes of a session that runs one alone
  std::vector<PlannedArena> arenas;
  std::vector<PlannedBuffer> buffers;
  std::vector<std::string> instructions; // kernels' names, "copy", "fill"
  std::vector<int64_t> live;             // bytes of values that are alive at each instruction, lasting ones excepted
  size_t peak = 0;                       // the instruction where most are
};

/// The plan as a picture: x is the order of the launches, y the place in memory, one rectangle for each buffer. Writes
/// SVG, or PNG if `path` ends so.
Status drawMemoryPlan(const MemoryPlan &plan, const std::string &title, const std::string &path);

} // namespace argent::tool

#endif // ARGENT_TOOLS_ARGENT_MEMORYPLAN_H
