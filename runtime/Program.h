//===- Program.h - a program of the module, made ready to run --------------===//
// Every buffer descriptor and argument list is built once; a call patches N, the pointers to its inputs and outputs,
// and, when N changed, the extents.
#ifndef ARGENT_RUNTIME_PROGRAM_H
#define ARGENT_RUNTIME_PROGRAM_H

#include "argent/Status.h"
#include "runtime/HalideBuffer.h"
#include "runtime/Image.h"
#include "runtime/Table.h"
#include "runtime/device/Device.h"

#include <functional>
#include <memory>
#include <vector>

namespace argent {

/// The batch that a session was opened with, and the one that memory is planned for.
struct BatchSize {
  int64_t largest = 1;
  int64_t rounded = 64;
};

class Program {
public:
  /// Builds the buffers of a checked program. Its arenas have no memory yet: see setArenas.
  ///
  /// Errors: kInvalidArgument  a buffer would have 2^31 elements or more for this batch.
  static Status prepare(const format::Program &program, const format::Variant &variant, const Image *image,
                        const BatchSize &batch, Device &device, std::unique_ptr<Program> &prepared);
  Program(const Program &) = delete;
  Program &operator=(const Program &) = delete;

  /// For each arena of the variant, where it starts; those that the program does not use may be null.
  void setArenas(const std::vector<char *> &bases);
  /// Whether a view lies in this arena.
  bool usesArena(uint32_t arena) const;

  /// Makes the next run() one of a batch of `n`. `inputs` and `outputs` are the ports' memory, in their order, in the
  /// device's portSpace().
  void bind(int64_t n, const std::vector<char *> &inputs, const std::vector<char *> &outputs);
  /// What is called after each instruction, those of a loop's body in each step: its views are still where they were.
  using Watcher = std::function<Status(size_t instruction)>;
  /// Gives the instructions `begin` … `end` to the device, in order; they are done when it is synchronized. Neither
  /// stands inside of a loop.
  ///
  /// Errors: those of Device::launch, with the kernel and its place in the source; the watcher's.
  Status run(size_t begin, size_t end, const Watcher &watch = {});
  /// As run(), of the instructions that have a view which begins within the bytes `begin` … `end` of this arena.
  Status runOn(uint32_t arena, int64_t begin, int64_t end);
  size_t instructionCount() const { return steps_.size(); }
  /// The one behind this, and behind its body if it is a loop.
  size_t next(size_t instruction) const { return instruction + 1 + steps_[instruction].body; }

  /// The first instruction that changes a parameter or moment; instructionCount() if none does.
  size_t firstUpdate() const { return firstUpdate_; }
  /// Whether what the instruction has written is Inf or NaN anywhere; waits for the device.
  Status wroteNonFinite(size_t instruction, bool &found) const;
  /// The kernel that a launch runs for this batch; null for other instructions.
  const format::Kernel *kernel(size_t instruction) const;

private:
  struct PortView {
    uint32_t view, port;
    int64_t offset;
  };
  struct ArenaView {
    uint32_t view, arena;
    int64_t offset;
    MemorySpace space;
  };
  struct Move { // of a view, with each step of a loop
    uint32_t view;
    Amount bytes;
    int64_t now; // for the batch of the call
    bool followsN;
    MemorySpace space;
  };
  struct OpenDimension { // has N in it
    HalideDimension *dim;
    Amount extent, stride;
    bool strideFollowsN;
  };
  struct Choice {
    int64_t minBatch;
    Device::KernelEntry entry;
    const format::Kernel *kernel;
  };
  enum class StepKind { kLaunch, kCopy, kFill, kLoop };
  struct Step {
    StepKind kind;
    uint32_t first = 0, second = 0; // launch: choices from … to; copy: views; fill: view, value; loop: moves from … to
    uint32_t body = 0;              // loop: how many instructions are in it
    uint32_t count = 0;             // loop: steps
    uint32_t counter = kNoView;     // loop: the view that holds the step's number
    bool reverse = false;           // loop
    uint32_t arguments = 0;         // launch: where its argv starts
    uint32_t views = 0;             // launch: how many buffers are in it
  };

  Program() = default;
  Status addView(const format::View &view, const format::Variant &variant, const std::string &where,
                 const BatchSize &batch);
  void addInstruction(const format::Instruction &instruction, const format::Variant &variant, const Image *image);
  void addMoves(const format::Program &program, const format::Variant &variant, const BatchSize &batch);
  void setBatch(int64_t n);
  const Choice &chosen(const Step &step) const;
  std::vector<const HalideBuffer *> operands(const Step &step) const;
  std::vector<const HalideBuffer *> results(const Step &step) const;
  bool updates(const format::Variant &variant, const format::Program &program, size_t instruction) const;
  Status runStep(size_t instruction, const Watcher &watch);
  Status runLoop(size_t instruction, const Watcher &watch);
  Status kernelFailed(const Choice &choice, const Status &reason) const;

  std::string name_;
  Device *device_ = nullptr;
  void *context_ = nullptr; // argv[0] points here
  int32_t n_ = 0;           // argv[1] points here
  std::vector<HalideBuffer> buffers_;
  std::vector<size_t> elementSizes_;
  std::vector<std::unique_ptr<HalideDimension[]>> dimensions_;
  std::vector<OpenDimension> openDimensions_;
  std::vector<PortView> inputViews_, outputViews_;
  std::vector<ArenaView> arenaViews_;
  std::vector<Move> moves_;
  std::vector<Choice> choices_;
  std::vector<void *> arguments_;
  std::vector<Step> steps_;
  size_t firstUpdate_ = 0;
};

} // namespace argent

#endif // ARGENT_RUNTIME_PROGRAM_H
