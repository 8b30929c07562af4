//===- Train.cpp - the training loop --------------------------------------------===//
//   1. Find out what can fail before the work (Start.h).
//   2. Each epoch: rows in the order that (seed, epoch) gives, those of a stream in their own; a step for each
//      batch, the last one shorter; its totals are added.
//   3. After each step: loss and gradient norm must be finite; save, stop, show.
//   4. After each epoch: loss and metrics of the epoch and of the rows held out, or of the test split; save.
//   5. Where a value is not finite: stop, or go back to the last good state with a smaller rate.
#include "runtime/train/Train.h"

#include "runtime/train/Reports.h"
#include "runtime/train/Shuffle.h"
#include "runtime/train/Snapshot.h"

#include <chrono>

namespace argent {

using Clock = std::chrono::steady_clock;

static double secondsSince(Clock::time_point begin) {
  return std::chrono::duration<double>(Clock::now() - begin).count();
}

namespace {

class Trainer {
public:
  Trainer(TrainingRun &run, const TrainOptions &options, TrainObserver &observer, const StopFunction &stop)
      : run_(run), options_(options), observer_(observer), stop_(stop) {}

  Status train(MetricValues *last);

private:
  Status runEpoch();
  Status finishEpoch(MetricValues &heldOut);
  Status step(const Batch &batch);
  Status nonFinite(std::string found);
  bool mayRestore() const { return options_.restoreOnNan && restorations_ < kMaxRestorations; }
  Status restore();
  Status interrupted();
  Status evaluated(const char *name, Status status);
  Status evaluateHeldOut(MetricValues &values);
  Status evaluateTest(MetricValues &values);
  std::string heldOutName() const { return run_.hasValidation() ? "validation" : "test"; }
  bool shouldStop() const { return stop_ && stop_(); }
  bool updatesDone() const { return options_.updates && run_.position.update >= *options_.updates; }

  TrainingRun &run_;
  const TrainOptions &options_;
  TrainObserver &observer_;
  const StopFunction &stop_;

  Snapshot lastGood_; // only where it may be gone back to
  int restorations_ = 0;
  std::string nonFiniteMetrics_; // of the last evaluation
  double epochSeconds_ = 0;      // of this process, in this epoch
  int64_t epochRows_ = 0;        // of this process, in this epoch
};

} // namespace

/// `found`: the first value that is not finite, as far as it is known.
Status Trainer::nonFinite(std::string found) {
  if (!mayRestore())
    (void)run_.log.end("not finite", run_.position.update);
  return Status(StatusCode::kNonFinite, describeNonFinite(run_, std::move(found), restorations_));
}

/// Goes back to the last good state; the same batches come again, with a smaller rate.
Status Trainer::restore() {
  int64_t update = run_.position.update;
  double scale = run_.position.rateScale * options_.rateScale;
  ARGENT_RETURN_IF_ERROR(lastGood_.restore(*run_.session, run_.position));
  run_.position.rateScale = scale;
  ++restorations_;
  observer_.message("update " + std::to_string(update) + " is not finite; back to update " +
                    std::to_string(run_.position.update) + ", with " + shortText(scale) +
                    " times the rate (restoration " + std::to_string(restorations_) + " of " +
                    std::to_string(kMaxRestorations) + ")");
  run_.log.restore(update, run_.position.update, scale);
  return Status();
}

Status Trainer::step(const Batch &batch) {
  StepPorts &ports = run_.step;
  ports.epoch = static_cast<float>(run_.position.epoch);
  ports.update = static_cast<float>(run_.position.update); // exact up to 2^24
  ports.epochs = static_cast<float>(run_.epochs);
  ports.updatesPerEpoch = static_cast<float>((run_.trainedRows() + run_.position.batch - 1) / run_.position.batch);
  ports.rateScale = static_cast<float>(run_.position.rateScale);
  for (size_t i = 0; i < run_.trainSource.inputs.size(); ++i)
    ports.inputs[run_.trainSource.inputs[i].index] = batch.tensors[i];
  // What the step computes after its updates cannot speak against them.
  ports.loss = ports.gradientNorm = ports.rate = 0;
  auto accept = [&] { return ports.isFinite() && ports.isRate(); };
  if (run_.report.wants(run_.position.update))
    ARGENT_RETURN_IF_ERROR(run_.report.before(*run_.session));
  run_.session->setRandom(run_.position.seed, static_cast<uint32_t>(run_.position.update));
  Status done = run_.session->runIf("train_step", ports.inputs, ports.outputs, accept);
  if (!done.ok() && done.code() != StatusCode::kNonFinite)
    return done;
  run_.position.update += 1;
  run_.position.rows += batch.rows;
  epochRows_ += batch.rows;
  run_.log.step(run_.position.epoch, run_.position.update, ports.loss, ports.gradientNorm,
                ports.ratePort ? std::optional(ports.rate) : std::nullopt);
  // What ends a training is reported whatever the frequency.
  if (run_.report.wants(run_.position.update - 1) || !done.ok())
    ARGENT_RETURN_IF_ERROR(run_.report.step(*run_.session, ports, run_.position.epoch, run_.position.update));
  // A smaller rate would be as wrong: this ends the training, whatever is to be done about values that are not finite.
  if (!ports.isRate()) {
    (void)run_.log.end("rate", run_.position.update);
    return Status(StatusCode::kInvalidArgument, describeBadRate(run_));
  }
  if (!ports.isFinite()) {
    // The search computes the step again, into the same outputs.
    const float loss = ports.loss, norm = ports.gradientNorm;
    std::string found;
    run_.session->setRandom(run_.position.seed, static_cast<uint32_t>(run_.position.update - 1));
    ARGENT_RETURN_IF_ERROR(run_.session->findNonFinite("train_step", ports.inputs, ports.outputs, found));
    ports.loss = loss, ports.gradientNorm = norm;
    return nonFinite(found);
  }
  combineTotals(*run_.module, ports.totals, run_.position.totals);
  return Status();
}

/// The steps that are left of this epoch. Values that are not finite when they are saved stop the training as a loss
/// would.
Status Trainer::runEpoch() {
  std::vector<uint32_t> order;
  if (!run_.trainSource.isStream)
    order = shuffledRows(run_.position.seed, static_cast<uint32_t>(run_.position.epoch),
                         static_cast<uint32_t>(run_.trainedRows()));
  if (!run_.split.trained.empty())
    for (uint32_t &row : order)
      row = run_.split.trained[row];
  BatchLoader loader(run_.trainSource, std::move(order), run_.position.rows, run_.position.batch);
  if (run_.position.rows == 0)
    ARGENT_RETURN_IF_ERROR(run_.session->resetRows(Rows::training));
  Clock::time_point begin = Clock::now();
  epochRows_ = 0;
  while (!updatesDone()) {
    if (shouldStop())
      return interrupted();
    const Batch *batch = loader.next();
    if (!batch) {
      ARGENT_RETURN_IF_ERROR(loader.status());
      break;
    }
    ARGENT_RETURN_IF_ERROR(step(*batch));
    observer_.step({run_.position.epoch, run_.epochs, run_.position.update, run_.position.rows, run_.trainedRows(),
                    run_.step.loss});
    if (options_.saveEvery > 0 && run_.position.update % options_.saveEvery == 0) {
      Status saved = run_.saver->periodic(*run_.session, run_.position);
      if (saved.ok() && mayRestore())
        saved = lastGood_.take(*run_.session, run_.position);
      if (saved.code() == StatusCode::kNonFinite)
        return nonFinite(saved.message());
      ARGENT_RETURN_IF_ERROR(saved);
    }
  }
  epochSeconds_ = secondsSince(begin);
  return Status();
}

Status Trainer::interrupted() {
  std::string where = "stopped in epoch " + std::to_string(run_.position.epoch + 1) + " after update " +
                      std::to_string(run_.position.update);
  (void)run_.log.end("stopped", run_.position.update);
  if (!run_.saver->enabled())
    return Status(StatusCode::kInterrupted, where + "; nothing is saved, because there was no --save");
  Status saved = run_.saver->save(*run_.session, run_.position);
  if (saved.code() == StatusCode::kNonFinite)
    return nonFinite(saved.message());
  ARGENT_RETURN_IF_ERROR(saved);
  return Status(StatusCode::kInterrupted, where + "; saved, go on with --resume " + run_.saver->lastGood());
}

/// Training may go on from values that are not finite elsewhere: it is said.
Status Trainer::evaluated(const char *name, Status status) {
  if (status.ok() && !nonFiniteMetrics_.empty())
    observer_.message("warning: on the " + std::string(name) + " rows " + nonFiniteMetrics_);
  return status;
}

Status Trainer::evaluateTest(MetricValues &values) {
  run_.session->setRandom(run_.position.seed, 0);
  auto progress = [&](int64_t rows) { observer_.evaluating("test", rows, run_.testSource.rows); };
  return evaluated("test", evaluate(*run_.session, run_.testSource, {}, run_.position.batch, progress, stop_, values,
                                    nonFiniteMetrics_));
}

Status Trainer::evaluateHeldOut(MetricValues &values) {
  if (!run_.hasValidation())
    return run_.hasTest() ? evaluateTest(values) : Status();
  run_.session->setRandom(run_.position.seed, 0);
  auto progress = [&](int64_t rows) { observer_.evaluating("validation", rows, run_.validationRows()); };
  return evaluated("validation", evaluate(*run_.session, run_.validationSource, run_.split.heldOut, run_.position.batch,
                                          progress, stop_, values, nonFiniteMetrics_));
}

/// Step 4. `heldOut` receives loss and metrics of the rows that were not trained on.
Status Trainer::finishEpoch(MetricValues &heldOut) {
  TrainObserver::Epoch report{run_.position.epoch, run_.epochs, {}, heldOutName(), {}, epochSeconds_, 0};
  if (epochSeconds_ > 0)
    report.rowsPerSecond = static_cast<double>(epochRows_) / epochSeconds_;
  ARGENT_RETURN_IF_ERROR(metricValues(*run_.session, run_.position.totals, report.train));
  Status evaluated = evaluateHeldOut(heldOut);
  if (evaluated.code() == StatusCode::kInterrupted)
    return interrupted();
  ARGENT_RETURN_IF_ERROR(evaluated);
  report.heldOut = heldOut;
  run_.position.epoch += 1;
  run_.position.rows = 0;
  run_.position.totals.clear();
  Status saved = run_.saver->save(*run_.session, run_.position);
  if (saved.ok() && mayRestore())
    saved = lastGood_.take(*run_.session, run_.position);
  if (saved.code() == StatusCode::kNonFinite)
    return nonFinite(saved.message());
  ARGENT_RETURN_IF_ERROR(saved);
  ARGENT_RETURN_IF_ERROR(run_.log.epoch(report, run_.position.update));
  observer_.epoch(report);
  return Status();
}

Status Trainer::train(MetricValues *last) {
  MetricValues heldOut;
  if (mayRestore())
    ARGENT_RETURN_IF_ERROR(lastGood_.take(*run_.session, run_.position));
  while (run_.position.epoch < run_.epochs && !updatesDone()) {
    Status done = runEpoch();
    if (done.ok() && run_.position.rows < run_.trainedRows())
      break; // --updates ended it within the epoch
    if (done.ok())
      done = finishEpoch(heldOut);
    if (done.code() == StatusCode::kNonFinite && mayRestore())
      done = restore();
    ARGENT_RETURN_IF_ERROR(done);
  }
  bool hasFinal = !heldOut.empty() && run_.position.rows == 0;
  if (!hasFinal) {
    Status saved = run_.saver->save(*run_.session, run_.position);
    if (saved.code() == StatusCode::kNonFinite)
      return nonFinite(saved.message());
    ARGENT_RETURN_IF_ERROR(saved);
  }
  // Folds compare what was held out; the test split, where there is one, has the last word elsewhere.
  const bool endsWithTest = run_.hasTest() && run_.holdOut.folds == 0;
  if (!hasFinal || (endsWithTest && run_.hasValidation())) {
    Status evaluated = endsWithTest ? evaluateTest(heldOut) : evaluateHeldOut(heldOut);
    if (evaluated.code() == StatusCode::kInterrupted)
      return interrupted();
    ARGENT_RETURN_IF_ERROR(evaluated);
  }
  observer_.finished(endsWithTest ? "test" : "validation", heldOut);
  if (last)
    *last = heldOut;
  return run_.log.end("done", run_.position.update);
}

Status train(std::shared_ptr<const Module> module, const TrainOptions &options, TrainObserver &observer,
             const StopFunction &stop, MetricValues *last) {
  TrainingRun run;
  ARGENT_RETURN_IF_ERROR(startTraining(std::move(module), options, observer, run));
  return Trainer(run, options, observer, stop).train(last);
}

} // namespace argent
