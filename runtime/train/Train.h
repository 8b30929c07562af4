//===- Train.h - the training loop -------------------------------------------===//
#ifndef ARGENT_RUNTIME_TRAIN_TRAIN_H
#define ARGENT_RUNTIME_TRAIN_TRAIN_H

#include "runtime/train/Evaluate.h"
#include "runtime/train/HoldOut.h"

#include <optional>

namespace argent {

struct TrainOptions {
  DataPaths data;
  std::optional<int64_t> epochs;  // none: the train block's, else 10
  std::optional<int64_t> batch;   // none: the checkpoint's, the train block's, else 64
  std::optional<uint64_t> seed;   // none: the checkpoint's, else 1
  int threads = 0;                // 0: one for each processor
  std::optional<int64_t> updates; // stop when this many steps are done in all
  std::string weights;            // initial values
  std::string resume;             // checkpoint to go on from
  std::string save;               // checkpoint: after every epoch, at the end and when stopped
  int64_t saveEvery = 0;          // and after so many updates
  int64_t keep = 0;               // > 0: those go to numbered files beside `save`, of which so many stay
  std::string log;                // JSON lines
  std::string gradientReport; // JSON lines: norms of gradients (GradientReport.h), of a module that was compiled for it
  int64_t reportEvery = 1;    // of so many updates, from the first; at least 1
  bool appendLog = false;     // to what is there; a resumed run always does
  HoldOut holdOut;            // rows of the train split to validate on; a resumed run has its own. Of a stream: a
                              // share of it, the end
  bool restoreOnNan = false;  // go back to the last good state and go on with a smaller rate, instead of stopping
  double rateScale = 0.5;     // how much smaller, each time
};

/// So often a run goes back before it stops: what is still not finite with a thousandth of the rate has another cause.
constexpr int kMaxRestorations = 10;

/// Told what happens while it happens; every function returns quickly.
class TrainObserver {
public:
  struct Step {
    int64_t epoch, epochs; // from 0; of
    int64_t update;        // done in all
    int64_t rows, allRows; // of this epoch
    float loss;
  };
  struct Epoch {
    int64_t epoch, epochs;
    MetricValues train;
    std::string heldOutName; // "validation" where rows are held out or the data has such a split, else "test"
    MetricValues heldOut;    // empty: there are no other rows than those that were trained on
    double seconds;          // of training, without evaluation
    double rowsPerSecond;    // in training
  };
  virtual ~TrainObserver() = default;
  virtual void message(const std::string &text) = 0; // notes and warnings, one line
  virtual void step(const Step &step) = 0;
  virtual void evaluating(const std::string &name, int64_t rows, int64_t allRows) = 0; // name: "validation" or "test"
  virtual void epoch(const Epoch &epoch) = 0;
  /// The last word: loss and metrics on the test split, or on the rows held out of a fold ("validation"); without a
  /// test split those of the validation, without both empty. Comes once, also if there was nothing to train.
  virtual void finished(const std::string &name, const MetricValues &values) = 0;
  /// Before each training of a cross-validation.
  virtual void fold(int64_t /*fold*/, int64_t /*folds*/) {}
};

/// Trains as the module's train block says. The bits of the result depend on module, target, data, seed and batch
/// alone: not on threads, and not on whether the run was stopped and resumed.
///
/// Errors: kInterrupted      `stop` said so: the state is saved (if there is a `save`), and the message says where.
///         kInvalidArgument  among others a rate that is not finite or below 0: its value, epoch, step and source line
///                           are named.
///         kNonFinite        epoch, step and the first value are named; nothing is written over the last good
///                           checkpoint. With `restoreOnNan` only after maxRestorations.
///         Those of data, modules, checkpoints. Outputs that cannot be written are found before training starts.
/// `last` (may be null) receives what TrainObserver::finished is told.
Status train(std::shared_ptr<const Module> module, const TrainOptions &options, TrainObserver &observer,
             const StopFunction &stop, MetricValues *last = nullptr);

} // namespace argent

#endif // ARGENT_RUNTIME_TRAIN_TRAIN_H
