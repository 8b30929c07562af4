//===- Train.cpp - the training loop --------------------------------------------===//
//   1. Find out what can fail before the work: outputs, data, checkpoint, module.
//   2. Each epoch: rows in the order that (seed, epoch) gives; a step for each batch, the last one shorter; its totals
//   are added.
//   3. After each step: loss and gradient norm must be finite; save, stop, show.
//   4. After each epoch: loss and metrics of the epoch and of the rows held out, or of the test split; save.
//   5. Where a value is not finite: stop, or go back to the last good state with a smaller rate.
#include "runtime/train/Train.h"

#include "runtime/SourcePlace.h"
#include "runtime/checkpoint/File.h"
#include "runtime/train/Log.h"
#include "runtime/train/Saver.h"
#include "runtime/train/Shuffle.h"
#include "runtime/train/Snapshot.h"

#include <algorithm>
#include <chrono>
#include <cmath>

namespace argent {

using Clock = std::chrono::steady_clock;

static double secondsSince(Clock::time_point begin) {
  return std::chrono::duration<double>(Clock::now() - begin).count();
}

/// "rate=0.05, not rate=0.1": the compile-time parameters in which a checkpoint and this module differ; empty if that
/// is not known.
static std::string differingSettings(const std::vector<std::string> &there, const std::vector<std::string> &here) {
  auto without = [](const std::vector<std::string> &all, const std::vector<std::string> &others) {
    std::string text;
    for (const std::string &setting : all)
      if (std::find(others.begin(), others.end(), setting) == others.end())
        text += (text.empty() ? "" : ", ") + setting;
    return text;
  };
  std::string only = without(there, here), instead = without(here, there);
  if (there.empty() || (only.empty() && instead.empty()))
    return "";
  return only + (instead.empty() ? "" : (only.empty() ? "" : ", ") + ("not " + instead));
}

namespace {

class Trainer {
public:
  Trainer(std::shared_ptr<const Module> module, const TrainOptions &options, TrainObserver &observer,
          const StopFunction &stop)
      : module_(std::move(module)), options_(options), observer_(observer), stop_(stop) {}

  Status prepare();
  Status run(MetricValues *last);

private:
  Status resume();
  Status holdOut();
  Status findPorts();
  Status runEpoch();
  Status finishEpoch(MetricValues &heldOut);
  Status step(const Batch &batch);
  bool isFinite() const { return std::isfinite(loss_) && std::isfinite(gradientNorm_); }
  bool isRate() const { return std::isfinite(rate_) && rate_ >= 0; }
  std::string place() const;
  Status nonFinite(std::string found);
  Status badRate();
  bool mayRestore() const { return options_.restoreOnNan && restorations_ < maxRestorations; }
  Status restore();
  Status interrupted();
  Status evaluated(const char *name, Status status);
  Status evaluateHeldOut(MetricValues &values);
  Status evaluateTest(MetricValues &values);
  int64_t trainedRows() const {
    return split_.trained.empty() ? trainSet_.rows : static_cast<int64_t>(split_.trained.size());
  }
  std::string heldOutName() const { return holdOut_.any() ? "validation" : "test"; }
  bool shouldStop() const { return stop_ && stop_(); }
  bool updatesDone() const { return options_.updates && position_.update >= *options_.updates; }

  std::shared_ptr<const Module> module_;
  const TrainOptions &options_;
  TrainObserver &observer_;
  const StopFunction &stop_;

  DataSet trainSet_, testSet_;
  HoldOut holdOut_;
  RowSplit split_; // of the train split
  BatchSource trainSource_, validationSource_, testSource_;
  std::unique_ptr<Session> session_;
  std::unique_ptr<Saver> saver_;
  TrainLog log_;
  TrainingPosition position_;
  Snapshot lastGood_; // only where it may be gone back to
  int restorations_ = 0;
  std::string nonFiniteMetrics_; // of the last evaluation
  int64_t epochs_ = 0;
  double epochSeconds_ = 0; // of this process, in this epoch
  int64_t epochRows_ = 0;   // of this process, in this epoch

  // train_step's ports.
  std::vector<TensorView> inputs_, outputs_;
  float epochInput_ = 0, updateInput_ = 0, epochsInput_ = 0, updatesPerEpochInput_ = 0, rateScaleInput_ = 1;
  float loss_ = 0, gradientNorm_ = 0, rate_ = 0;
  const format::Port *ratePort_ = nullptr; // older modules have none
  std::vector<float> totals_;
};

} // namespace

Status Trainer::resume() {
  if (!options_.weights.empty())
    return Status(StatusCode::kInvalidArgument, "a resumed run has its weights: give either --resume or --weights");
  ARGENT_RETURN_IF_ERROR(readPosition(options_.resume, position_));
  auto differs = [&](const char *what, const std::string &there, const std::string &here) {
    return Status(StatusCode::kInvalidArgument, options_.resume + " was trained with " + what + (*what ? " " : "") +
                                                    there + ", not " + here +
                                                    ": leave the option out, or begin a new run with --weights");
  };
  if (options_.seed && *options_.seed != position_.seed)
    return differs("seed", std::to_string(position_.seed), std::to_string(*options_.seed));
  if (options_.batch && *options_.batch != position_.batch)
    return differs("batch", std::to_string(position_.batch), std::to_string(*options_.batch));
  if (!HoldOut::parse(position_.heldOut, holdOut_))
    return Status(StatusCode::kInvalidData,
                  options_.resume + ": its metadata `held_out` is not known: \"" + position_.heldOut + "\"");
  if (holdOut_.folds > 0)
    return Status(StatusCode::kInvalidArgument, options_.resume + " is " + holdOut_.describe() +
                                                    " of a cross-validation, which cannot be resumed; begin "
                                                    "a new run with --weights");
  if (options_.holdOut.any() && !(options_.holdOut == holdOut_))
    return differs("", holdOut_.describe(), options_.holdOut.describe());
  return Status();
}

/// Chooses the rows that are held out.
Status Trainer::holdOut() {
  if (!holdOut_.any())
    return Status();
  if (trainSet_.rows < std::max<int64_t>(2, holdOut_.folds))
    return Status(StatusCode::kInvalidArgument,
                  options_.data + " has " + std::to_string(trainSet_.rows) + " rows to train on: too few for " +
                      (holdOut_.folds ? std::to_string(holdOut_.folds) + " folds" : holdOut_.describe()));
  split_ = splitRows(holdOut_, position_.seed, static_cast<uint32_t>(trainSet_.rows));
  return bindData(*module_, "evaluate", trainSet_, validationSource_);
}

Status Trainer::prepare() {
  const format::Training *training = module_->table().training();
  if (!training || !module_->entry("train_step"))
    return Status(StatusCode::kInvalidArgument,
                  module_->name() + " cannot be trained: model `" +
                      (module_->table().name() ? module_->table().name()->str() : "") +
                      "` has no train block (add `train … { loss = …; optimizer = … }` to its source)");
  if (!options_.save.empty())
    ARGENT_RETURN_IF_ERROR(checkWritable(options_.save));
  if (!options_.resume.empty())
    ARGENT_RETURN_IF_ERROR(resume());
  else {
    position_.seed = options_.seed.value_or(1);
    position_.batch = options_.batch.value_or(training->batch() ? training->batch() : 64);
    holdOut_ = options_.holdOut;
  }
  epochs_ = options_.epochs.value_or(training->epochs() ? training->epochs() : 10);

  ARGENT_RETURN_IF_ERROR(openDataSet(options_.data, Split::train, trainSet_));
  ARGENT_RETURN_IF_ERROR(openDataSet(options_.data, Split::test, testSet_));
  if (trainSet_.rows > UINT32_MAX)
    return Status(StatusCode::kInvalidArgument, options_.data + " has more than 2^32 rows");
  if (!options_.resume.empty() && position_.dataSetRows != trainSet_.rows)
    return Status(StatusCode::kIncompatible,
                  options_.resume + " was trained on " + std::to_string(position_.dataSetRows) + " rows of " +
                      position_.dataSet + "; " + options_.data + " has " + std::to_string(trainSet_.rows));
  ARGENT_RETURN_IF_ERROR(bindData(*module_, "train_step", trainSet_, trainSource_));
  ARGENT_RETURN_IF_ERROR(bindData(*module_, "evaluate", testSet_, testSource_));
  ARGENT_RETURN_IF_ERROR(holdOut());

  SessionOptions sessionOptions;
  sessionOptions.maxBatch = position_.batch;
  sessionOptions.threads = options_.threads;
  sessionOptions.training = true;
  ARGENT_RETURN_IF_ERROR(Session::create(module_, sessionOptions, session_));
  const format::Variant *variant = module_->hostVariant();
  std::string target = variant && variant->target() ? variant->target()->str() : "";
  if (!options_.resume.empty()) {
    const std::string settings = differingSettings(position_.settings, compileSettings(*module_));
    if (Status loaded = loadCheckpoint(options_.resume, *session_, position_); !loaded.ok())
      return loaded.code() == StatusCode::kIncompatible && !settings.empty()
                 ? Status(loaded.code(), loaded.message() + "; it was trained with " + settings)
                 : loaded;
    if (!settings.empty())
      observer_.message("warning: " + options_.resume + " was trained with " + settings +
                        "; it goes on with what this model has");
    if (position_.target != target)
      observer_.message("warning: " + options_.resume + " was written for target " + position_.target + ", this is " +
                        target + ": results agree within rounding, not bit by bit");
    else if (position_.moduleHash != module_->hash() && settings.empty())
      observer_.message("warning: " + options_.resume +
                        " was written by another build of this model: results agree within rounding, not bit by bit");
    if (position_.dataSet != options_.data)
      observer_.message("warning: " + options_.resume + " was trained on " + position_.dataSet + ", this is " +
                        options_.data);
  } else {
    ARGENT_RETURN_IF_ERROR(session_->initialize(position_.seed));
    if (!options_.weights.empty())
      ARGENT_RETURN_IF_ERROR(loadWeights(options_.weights, *session_));
  }
  position_.dataSet = options_.data;
  position_.dataSetRows = trainSet_.rows;
  position_.heldOut = holdOut_.text();
  saver_ = std::make_unique<Saver>(options_.save, options_.keep, position_.update);
  if (!options_.resume.empty())
    saver_->setLastGood(options_.resume);
  ARGENT_RETURN_IF_ERROR(log_.open(options_.log, options_.appendLog || !options_.resume.empty()));
  log_.start(*module_, target, options_, position_, trainedRows());
  return findPorts();
}

Status Trainer::findPorts() {
  const format::EntryPoint *entry = module_->entry("train_step");
  totals_.resize(totalCount(*module_));
  auto unknown = [&](const std::string &port) {
    return Status(StatusCode::kIncompatible,
                  module_->name() + ": `train_step` has a port `" + port + "` that this version does not know");
  };
  inputs_.resize(givenInputs(*entry));
  bool canScaleRate = false;
  for (unsigned i = 0; i < inputs_.size(); ++i) {
    std::string_view name = entry->inputs()->Get(i)->name()->string_view();
    if (isTrainingPort(name))
      inputs_[i] = TensorView{ElementType::f32,
                              {},
                              name == kEpochPort             ? &epochInput_
                              : name == kUpdatePort          ? &updateInput_
                              : name == kEpochsPort          ? &epochsInput_
                              : name == kUpdatesPerEpochPort ? &updatesPerEpochInput_
                                                             : &rateScaleInput_};
    canScaleRate |= name == kRateScalePort;
  }
  if (!canScaleRate && (options_.restoreOnNan || position_.rateScale != 1))
    return Status(StatusCode::kIncompatible,
                  module_->name() + " was compiled by a version that could not scale the rate: compile it again");
  bool loss = false, norm = false;
  for (unsigned i = 0; entry->outputs() && i < entry->outputs()->size(); ++i) {
    std::string name = entry->outputs()->Get(i)->name()->str();
    if (name == "loss")
      outputs_.push_back({ElementType::f32, {}, &loss_}), loss = true;
    else if (name == "gradient_norm")
      outputs_.push_back({ElementType::f32, {}, &gradientNorm_}), norm = true;
    else if (name == kRatePort)
      outputs_.push_back({ElementType::f32, {}, &rate_}), ratePort_ = entry->outputs()->Get(i);
    else if (name == "totals")
      outputs_.push_back({ElementType::f32, {static_cast<int64_t>(totals_.size())}, totals_.data()});
    else
      return unknown(name);
  }
  return loss && norm ? Status() : unknown(loss ? "gradient_norm (missing)" : "loss (missing)");
}

static int firstNonFinite(const LogicalValues &values) {
  for (size_t i = 0; i < values.tensors.size(); ++i)
    if (values.tensors[i].type == ElementType::f32)
      for (int64_t k = 0; k < values.tensors[i].elementCount(); ++k)
        if (!std::isfinite(static_cast<const float *>(values.tensors[i].data)[k]))
          return static_cast<int>(i);
  return -1;
}

/// Four digits; NaN without its sign, which says nothing.
static std::string shortText(double value) {
  char text[64];
  std::snprintf(text, sizeof(text), "%.4g", std::isnan(value) ? std::fabs(value) : value);
  return text;
}

/// "epoch 2, step 1 (update 3)": the step that was made last.
std::string Trainer::place() const {
  return "epoch " + std::to_string(position_.epoch + 1) + ", step " +
         std::to_string((position_.rows + position_.batch - 1) / position_.batch) + " (update " +
         std::to_string(position_.update) + ")";
}

/// `found`: the first value that is not finite, as far as it is known.
Status Trainer::nonFinite(std::string found) {
  std::string text = "training stopped in " + place() + ": the loss is " + shortText(loss_) + ", the gradient's norm " +
                     shortText(gradientNorm_) + ".";
  LogicalValues values;
  int at = -1;
  // What is computed from a parameter that is not finite says nothing.
  if (session_->values(0, values).ok() && (at = firstNonFinite(values)) >= 0)
    found = describeParameter(module_->table(), static_cast<unsigned>(at));
  if (!found.empty())
    text += " The first value that is not finite: " + found + ".";
  if (session_->gradients(values).ok() && (at = firstNonFinite(values)) >= 0)
    text += " The first parameter whose gradient is not finite: " +
            describeParameter(module_->table(), static_cast<unsigned>(at)) + ".";
  text += saver_->lastGood().empty() ? " There is no checkpoint before this step."
                                     : " The last good checkpoint is " + saver_->lastGood() + ".";
  if (restorations_)
    text += " It went back " + std::to_string(restorations_) + " times; the rate is now multiplied by " +
            shortText(position_.rateScale) + ".";
  if (!mayRestore())
    (void)log_.end("not finite", position_.update);
  return Status(StatusCode::kNonFinite, text);
}

/// A smaller rate would be as wrong: this ends the training, whatever is to be done about values that are not finite.
Status Trainer::badRate() {
  (void)log_.end("rate", position_.update);
  return Status(StatusCode::kInvalidArgument,
                "training stopped in " + place() + ": the rate is " + shortText(rate_) +
                    placeText(module_->table(), ratePort_->location()) + "; it must be finite and at least 0." +
                    (saver_->lastGood().empty() ? " There is no checkpoint before this step."
                                                : " The last good checkpoint is " + saver_->lastGood() + "."));
}

/// Goes back to the last good state; the same batches come again, with a smaller rate.
Status Trainer::restore() {
  int64_t update = position_.update;
  double scale = position_.rateScale * options_.rateScale;
  ARGENT_RETURN_IF_ERROR(lastGood_.restore(*session_, position_));
  position_.rateScale = scale;
  ++restorations_;
  observer_.message("update " + std::to_string(update) + " is not finite; back to update " +
                    std::to_string(position_.update) + ", with " + shortText(scale) + " times the rate (restoration " +
                    std::to_string(restorations_) + " of " + std::to_string(maxRestorations) + ")");
  log_.restore(update, position_.update, scale);
  return Status();
}

Status Trainer::step(const Batch &batch) {
  epochInput_ = static_cast<float>(position_.epoch);
  updateInput_ = static_cast<float>(position_.update); // exact up to 2^24
  epochsInput_ = static_cast<float>(epochs_);
  updatesPerEpochInput_ = static_cast<float>((trainedRows() + position_.batch - 1) / position_.batch);
  rateScaleInput_ = static_cast<float>(position_.rateScale);
  for (size_t i = 0; i < trainSource_.inputs.size(); ++i)
    inputs_[trainSource_.inputs[i].index] = batch.tensors[i];
  // What the step computes after its updates cannot speak against them.
  loss_ = gradientNorm_ = rate_ = 0;
  auto accept = [&] { return isFinite() && isRate(); };
  session_->setRandom(position_.seed, static_cast<uint32_t>(position_.update));
  Status done = session_->runIf("train_step", inputs_, outputs_, accept);
  if (!done.ok() && done.code() != StatusCode::kNonFinite)
    return done;
  position_.update += 1;
  position_.rows += batch.rows;
  epochRows_ += batch.rows;
  log_.step(position_.epoch, position_.update, loss_, gradientNorm_, ratePort_ ? std::optional(rate_) : std::nullopt);
  if (!isRate())
    return badRate();
  if (!isFinite()) {
    // The search computes the step again, into the same outputs.
    const float loss = loss_, norm = gradientNorm_;
    std::string found;
    session_->setRandom(position_.seed, static_cast<uint32_t>(position_.update - 1));
    ARGENT_RETURN_IF_ERROR(session_->findNonFinite("train_step", inputs_, outputs_, found));
    loss_ = loss, gradientNorm_ = norm;
    return nonFinite(found);
  }
  combineTotals(*module_, totals_, position_.totals);
  return Status();
}

/// The steps that are left of this epoch. Values that are not finite when they are saved stop the training as a loss
/// would.
Status Trainer::runEpoch() {
  auto order =
      shuffledRows(position_.seed, static_cast<uint32_t>(position_.epoch), static_cast<uint32_t>(trainedRows()));
  if (!split_.trained.empty())
    for (uint32_t &row : order)
      row = split_.trained[row];
  BatchLoader loader(trainSource_, std::move(order), position_.rows, position_.batch);
  Clock::time_point begin = Clock::now();
  epochRows_ = 0;
  while (!updatesDone()) {
    if (shouldStop())
      return interrupted();
    const Batch *batch = loader.next();
    if (!batch)
      break;
    ARGENT_RETURN_IF_ERROR(step(*batch));
    observer_.step({position_.epoch, epochs_, position_.update, position_.rows, trainedRows(), loss_});
    if (options_.saveEvery > 0 && position_.update % options_.saveEvery == 0) {
      Status saved = saver_->periodic(*session_, position_);
      if (saved.ok() && mayRestore())
        saved = lastGood_.take(*session_, position_);
      if (saved.code() == StatusCode::kNonFinite)
        return nonFinite(saved.message());
      ARGENT_RETURN_IF_ERROR(saved);
    }
  }
  epochSeconds_ = secondsSince(begin);
  return Status();
}

Status Trainer::interrupted() {
  std::string where =
      "stopped in epoch " + std::to_string(position_.epoch + 1) + " after update " + std::to_string(position_.update);
  (void)log_.end("stopped", position_.update);
  if (!saver_->enabled())
    return Status(StatusCode::kInterrupted, where + "; nothing is saved, because there was no --save");
  Status saved = saver_->save(*session_, position_);
  if (saved.code() == StatusCode::kNonFinite)
    return nonFinite(saved.message());
  ARGENT_RETURN_IF_ERROR(saved);
  return Status(StatusCode::kInterrupted, where + "; saved, go on with --resume " + saver_->lastGood());
}

/// Training may go on from values that are not finite elsewhere: it is said.
Status Trainer::evaluated(const char *name, Status status) {
  if (status.ok() && !nonFiniteMetrics_.empty())
    observer_.message("warning: on the " + std::string(name) + " rows " + nonFiniteMetrics_);
  return status;
}

Status Trainer::evaluateTest(MetricValues &values) {
  session_->setRandom(position_.seed, 0);
  auto progress = [&](int64_t rows) { observer_.evaluating("test", rows, testSet_.rows); };
  return evaluated("test",
                   evaluate(*session_, testSource_, {}, position_.batch, progress, stop_, values, nonFiniteMetrics_));
}

Status Trainer::evaluateHeldOut(MetricValues &values) {
  if (!holdOut_.any())
    return evaluateTest(values);
  session_->setRandom(position_.seed, 0);
  auto progress = [&](int64_t rows) {
    observer_.evaluating("validation", rows, static_cast<int64_t>(split_.heldOut.size()));
  };
  return evaluated("validation", evaluate(*session_, validationSource_, split_.heldOut, position_.batch, progress,
                                          stop_, values, nonFiniteMetrics_));
}

/// Step 4. `heldOut` receives loss and metrics of the rows that were not trained on.
Status Trainer::finishEpoch(MetricValues &heldOut) {
  TrainObserver::Epoch report{position_.epoch, epochs_, {}, heldOutName(), {}, epochSeconds_, 0};
  if (epochSeconds_ > 0)
    report.rowsPerSecond = static_cast<double>(epochRows_) / epochSeconds_;
  ARGENT_RETURN_IF_ERROR(metricValues(*session_, position_.totals, report.train));
  Status evaluated = evaluateHeldOut(heldOut);
  if (evaluated.code() == StatusCode::kInterrupted)
    return interrupted();
  ARGENT_RETURN_IF_ERROR(evaluated);
  report.heldOut = heldOut;
  position_.epoch += 1;
  position_.rows = 0;
  position_.totals.clear();
  Status saved = saver_->save(*session_, position_);
  if (saved.ok() && mayRestore())
    saved = lastGood_.take(*session_, position_);
  if (saved.code() == StatusCode::kNonFinite)
    return nonFinite(saved.message());
  ARGENT_RETURN_IF_ERROR(saved);
  ARGENT_RETURN_IF_ERROR(log_.epoch(report, position_.update));
  observer_.epoch(report);
  return Status();
}

Status Trainer::run(MetricValues *last) {
  MetricValues heldOut;
  if (mayRestore())
    ARGENT_RETURN_IF_ERROR(lastGood_.take(*session_, position_));
  while (position_.epoch < epochs_ && !updatesDone()) {
    Status done = runEpoch();
    if (done.ok() && position_.rows < trainedRows())
      break; // --updates ended it within the epoch
    if (done.ok())
      done = finishEpoch(heldOut);
    if (done.code() == StatusCode::kNonFinite && mayRestore())
      done = restore();
    ARGENT_RETURN_IF_ERROR(done);
  }
  bool hasFinal = !heldOut.empty() && position_.rows == 0;
  if (!hasFinal) {
    Status saved = saver_->save(*session_, position_);
    if (saved.code() == StatusCode::kNonFinite)
      return nonFinite(saved.message());
    ARGENT_RETURN_IF_ERROR(saved);
  }
  // Folds compare what was held out; the test split has the last word elsewhere.
  if (holdOut_.folds > 0 ? !hasFinal : !hasFinal || holdOut_.any()) {
    Status evaluated = holdOut_.folds > 0 ? evaluateHeldOut(heldOut) : evaluateTest(heldOut);
    if (evaluated.code() == StatusCode::kInterrupted)
      return interrupted();
    ARGENT_RETURN_IF_ERROR(evaluated);
  }
  observer_.finished(holdOut_.folds > 0 ? "validation" : "test", heldOut);
  if (last)
    *last = heldOut;
  return log_.end("done", position_.update);
}

Status train(std::shared_ptr<const Module> module, const TrainOptions &options, TrainObserver &observer,
             const StopFunction &stop, MetricValues *last) {
  Trainer trainer(std::move(module), options, observer, stop);
  ARGENT_RETURN_IF_ERROR(trainer.prepare());
  return trainer.run(last);
}

} // namespace argent
