//===- Session.h - a module with memory and threads, ready to run ----------===//
#ifndef ARGENT_SESSION_H
#define ARGENT_SESSION_H

#include "argent/Module.h"

#include <functional>
#include <span>

namespace argent {

struct SessionOptions {
  /// The largest N of any call. Memory is planned for it.
  int64_t maxBatch = 1;
  /// Threads that compute, the calling one included; 0: one for each processor this process may use.
  int threads = 0;
  /// Whether gradients and moments get memory, and train_step may be run. A session reserves what the entry points that
  /// it may run need: without training, nothing of what only a step of training needs.
  bool training = false;
};

using LogicalMemory = std::unique_ptr<char[], void (*)(void *)>;

/// Where the values of all parameters and states of a session are, in logical layout. Each tensor is at a multiple of
/// 64 bytes.
struct LogicalValues {
  std::vector<std::string> paths;  // in the module's order
  std::vector<TensorView> tensors; // into `memory`
  std::vector<bool> trained;       // parameter or state
  LogicalMemory memory{nullptr, nullptr};
};

/// Whose states that belong to the rows of the batch: numbers of arenas in the module.
enum class Rows { training = 0, others = 1 };

/// One thread at a time may call a session; different sessions are independent, also of one module.
class ARGENT_EXPORT Session {
public:
  /// Loads the host's variant, allocates the arenas (zeroed), starts the threads. Parameters and states are zero until
  /// initialize() or setValues().
  ///
  /// Errors: kIncompatible     no variant runs on this processor; the message names its targets and what is missing.
  ///         kOutOfMemory      the machine has no memory for such a batch; the message says what predict and train_step
  ///                           need, and which batch would fit.
  ///         kInvalidArgument  maxBatch < 1, or training without a train block.
  static Status create(std::shared_ptr<const Module> module, const SessionOptions &options,
                       std::unique_ptr<Session> &session);
  ~Session();
  Session(const Session &) = delete;
  Session &operator=(const Session &) = delete;

  /// Draws every parameter and state from its initializer: Philox4x32-10, key = seed, counter = (hash of the path,
  /// element index), so that one tensor does not depend on another. Then packs them. Gradients and moments become zero.
  /// Tables of word vectors are drawn as their missing words are: the session knows no words; argent::train reads them.
  Status initialize(uint64_t seed);

  /// States with N in their shape belong to the rows of the batch, and are kept from call to call: training has its
  /// own, and all other entry points together have theirs. Lets those of one of the two begin anew; those of a new
  /// session are new.
  Status resetRows(Rows rows);
  /// The rows of training at maxBatch, and back.
  ///
  /// Errors: kInvalidArgument  the session was not opened for training, or paths or shapes differ.
  Status rows(LogicalValues &values);
  Status setRows(const LogicalValues &values);

  /// What random values (dropout in train_step, samples in predict) are made of: the next run() of an entry point that
  /// draws draws those of (seed, update), the one after it those of (seed, update + 1), and so on. A new session begins
  /// with (1, 0); initialize() leaves it.
  void setRandom(uint64_t seed, uint32_t update);

  /// Computes `outputs` from `inputs`, in the order of the entry point's ports; returns when they are written.
  ///
  /// Shapes:  as entry point `entry` declares; N may be anything in 1 … maxBatch.
  /// Random:  the port "@random" that an entry point has last when it draws is filled from setRandom(); a caller who
  ///          gives it, too, as i32[4] (seed, lower and upper half; update; 0), chooses for this run, and nothing is
  ///          counted.
  /// Memory:  row-major, dense, owned by the caller; no output overlaps an input. (An input that is not aligned to its
  ///          elements, or an output that is not to 64 bytes, is copied.)
  /// Errors:  kInvalidArgument  a name, shape or element type differs, or an index is out of its range: input, row and
  ///                            value are named; outputs are untouched. Or the parameters, which this entry point
  ///                            reads, have no values yet (hasValues).
  ///          kKernelFailure    a checked kernel found an error.
  ///          kOutOfMemory      a kernel found no memory for what it keeps while it runs: outputs, and what train_step
  ///                            had begun to update, are unspecified. The session can go on: with fewer rows, say.
  ///          kDeviceFailure    the device reported an error; the session is finished.
  Status run(std::string_view entry, std::span<const TensorView> inputs, std::span<const TensorView> outputs);
  /// As run(), but asks `accept` before the first parameter or moment changes. The outputs that are computed by then
  /// hold their values, the others what they held. If it says no, parameters and moments stay as they are: kNonFinite,
  /// without a message.
  Status runIf(std::string_view entry, std::span<const TensorView> inputs, std::span<const TensorView> outputs,
               const std::function<bool()> &accept);
  /// Computes an entry point again, up to where it would change a parameter or moment, and looks for the first value
  /// that is Inf or NaN. `found` names what computes it and its line in the source; it is empty if all are finite. The
  /// next run draws the same random values.
  Status findNonFinite(std::string_view entry, std::span<const TensorView> inputs, std::span<const TensorView> outputs,
                       std::string &found);
  /// As run(), and gives the seconds that each instruction of the entry point's program took, in the program's order.
  Status profile(std::string_view entry, std::span<const TensorView> inputs, std::span<const TensorView> outputs,
                 std::vector<double> &seconds);

  /// Whether initialize() or setValues(0, …) was called, or there is nothing to be given values.
  bool hasValues() const;
  /// All parameters and states (which = 0), or the moment `which` (from 1) of the trained parameters (states then are
  /// zero), unpacked.
  Status values(int which, LogicalValues &values);
  /// Unpacks one parameter or state, by its number in the module's order, into `value`'s memory.
  ///
  /// Errors: kInvalidArgument  there is no such number, or type or shape differ; `value` is untouched.
  Status value(size_t number, const TensorView &value);
  /// Allocates `values` with the module's paths and shapes, zeroed, for the caller to fill for setValues.
  Status logicalBuffer(LogicalValues &values) const;
  /// Packs `values`, made by logicalBuffer or values, into the parameters and states (0) or moment `which`.
  Status setValues(int which, const LogicalValues &values);
  /// The gradients of the last train_step, unpacked; states are zero.
  Status gradients(LogicalValues &values);

  const Module &module() const;
  const SessionOptions &options() const;
  /// Bytes of all arenas, as allocated.
  size_t arenaBytes() const;

private:
  Session();
  struct ARGENT_HIDDEN Impl;
  std::unique_ptr<Impl> impl_;
};

} // namespace argent

#endif // ARGENT_SESSION_H
