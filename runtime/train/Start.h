//===- Start.h - a training run, made ready ---------------------------------------===//
#ifndef ARGENT_RUNTIME_TRAIN_START_H
#define ARGENT_RUNTIME_TRAIN_START_H

#include "runtime/train/GradientReport.h"
#include "runtime/train/Log.h"
#include "runtime/train/Saver.h"
#include "runtime/train/StepPorts.h"
#include "runtime/train/Train.h"

#include <memory>

namespace argent {

/// What a run works on, and where it stands.
struct TrainingRun {
  std::shared_ptr<const Module> module;
  DataSet trainSet, validationSet, testSet;
  Vocabularies vocabularies;
  std::vector<FilledVectors> filled; // of a new run
  HoldOut holdOut;
  RowSplit split;                                        // of the train split
  BatchSource trainSource, validationSource, testSource; // without inputs where there is no such split
  std::unique_ptr<Session> session;
  std::unique_ptr<Saver> saver;
  TrainLog log;
  GradientReport report;
  TrainingPosition position;
  int64_t epochs = 0;
  StepPorts step;

  int64_t trainedRows() const {
    return split.trained.empty() ? trainSource.rows : static_cast<int64_t>(split.trained.size());
  }
  int64_t validationRows() const {
    return split.heldOut.empty() ? validationSource.rows : static_cast<int64_t>(split.heldOut.size());
  }
  bool hasValidation() const { return !validationSource.inputs.empty(); }
  bool hasTest() const { return !testSource.inputs.empty(); }
};

/// Finds out what can fail before the work: outputs, data, checkpoint, module. Begins anew, or where the checkpoint
/// `options.resume` stands; what differs there without harm, the observer is told.
Status startTraining(std::shared_ptr<const Module> module, const TrainOptions &options, TrainObserver &observer,
                     TrainingRun &run);

} // namespace argent

#endif // ARGENT_RUNTIME_TRAIN_START_H
