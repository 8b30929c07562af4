//===- Start.cpp - a training run, made ready -------------------------------------===//
#include "runtime/train/Start.h"

#include "runtime/checkpoint/File.h"
#include "runtime/train/FindVocabularies.h"

#include <algorithm>

namespace argent {

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

/// Takes over where the checkpoint stands.
static Status resume(const TrainOptions &options, TrainingRun &run) {
  if (!options.weights.empty())
    return Status(StatusCode::kInvalidArgument, "a resumed run has its weights: give either --resume or --weights");
  ARGENT_RETURN_IF_ERROR(readPosition(options.resume, run.position));
  auto differs = [&](const char *what, const std::string &there, const std::string &here) {
    return Status(StatusCode::kInvalidArgument, options.resume + " was trained with " + what + (*what ? " " : "") +
                                                    there + ", not " + here +
                                                    ": leave the option out, or begin a new run with --weights");
  };
  if (options.seed && *options.seed != run.position.seed)
    return differs("seed", std::to_string(run.position.seed), std::to_string(*options.seed));
  if (options.batch && *options.batch != run.position.batch)
    return differs("batch", std::to_string(run.position.batch), std::to_string(*options.batch));
  if (!HoldOut::parse(run.position.heldOut, run.holdOut))
    return Status(StatusCode::kInvalidData,
                  options.resume + ": its metadata `held_out` is not known: \"" + run.position.heldOut + "\"");
  if (run.holdOut.folds > 0)
    return Status(StatusCode::kInvalidArgument, options.resume + " is " + run.holdOut.describe() +
                                                    " of a cross-validation, which cannot be resumed; begin "
                                                    "a new run with --weights");
  if (options.holdOut.any() && !(options.holdOut == run.holdOut))
    return differs("", run.holdOut.describe(), options.holdOut.describe());
  return Status();
}

/// Chooses the rows that are held out.
static Status splitTrainRows(const TrainOptions &options, TrainingRun &run) {
  if (run.trainSource.isStream)
    return run.holdOut.folds == 0
               ? Status()
               : Status(StatusCode::kInvalidArgument, options.data.data + " is one stream of text, which has no folds: "
                                                                          "hold out its end with a validation share");
  if (run.trainSet.rows < std::max<int64_t>(2, run.holdOut.folds))
    return Status(StatusCode::kInvalidArgument,
                  options.data.data + " has " + std::to_string(run.trainSet.rows) + " rows to train on: too few for " +
                      (run.holdOut.folds ? std::to_string(run.holdOut.folds) + " folds" : run.holdOut.describe()));
  run.split = splitRows(run.holdOut, run.position.seed, static_cast<uint32_t>(run.trainSet.rows));
  return Status();
}

/// Opens a split that there need not be: `source` then stays without inputs.
static Status openOther(Split split, const DataPaths &paths, const std::vector<DataPort> &ports, TrainingRun &run,
                        DataSet &set, BatchSource &source) {
  Status opened = openDataSet(paths, split, dataForm(ports), set);
  if (opened.code() == StatusCode::kNotFound && (split != Split::test || paths.test.empty()))
    return Status();
  ARGENT_RETURN_IF_ERROR(opened);
  ARGENT_RETURN_IF_ERROR(numberStreams(ports, run.vocabularies, set));
  return bindData(ports, set, run.vocabularies, {.parallel = run.position.batch}, source);
}

/// Opens the data and makes the sources of all splits.
static Status openData(const TrainOptions &options, TrainObserver &observer, TrainingRun &run) {
  std::vector<DataPort> trainPorts, evaluatePorts;
  ARGENT_RETURN_IF_ERROR(dataPorts(*run.module, "train_step", trainPorts));
  ARGENT_RETURN_IF_ERROR(dataPorts(*run.module, "evaluate", evaluatePorts));
  ARGENT_RETURN_IF_ERROR(openDataSet(options.data, Split::train, dataForm(trainPorts), run.trainSet));
  if (run.trainSet.rows > UINT32_MAX)
    return Status(StatusCode::kInvalidArgument, options.data.data + " has more than 2^32 rows");
  // A resumed run goes on with its own vocabularies, as do weights; a module that was compiled with data has them, too.
  Vocabularies known = run.position.vocabularies;
  if (!options.weights.empty())
    ARGENT_RETURN_IF_ERROR(readVocabularies(options.weights, known));
  known.merge(moduleVocabularies(*run.module));
  ARGENT_RETURN_IF_ERROR(findVocabularies(trainPorts, run.trainSet, std::move(known), observer, run.vocabularies));
  const Vocabularies &vocabularies = run.vocabularies;
  ARGENT_RETURN_IF_ERROR(numberStreams(trainPorts, vocabularies, run.trainSet));
  if (!options.resume.empty() && run.position.dataSetRows != run.trainSet.rows)
    return Status(StatusCode::kIncompatible,
                  options.resume + " was trained on " + std::to_string(run.position.dataSetRows) +
                      (run.trainSet.streams.empty() ? " rows of " : " tokens of ") + run.position.dataSet + "; " +
                      options.data.data + " has " + std::to_string(run.trainSet.rows));
  StreamPart part{.parallel = run.position.batch, .share = run.holdOut.share};
  ARGENT_RETURN_IF_ERROR(bindData(trainPorts, run.trainSet, vocabularies, part, run.trainSource));
  if (run.holdOut.any()) {
    ARGENT_RETURN_IF_ERROR(splitTrainRows(options, run));
    part.isHeldOut = true;
    ARGENT_RETURN_IF_ERROR(bindData(evaluatePorts, run.trainSet, vocabularies, part, run.validationSource));
  } else {
    ARGENT_RETURN_IF_ERROR(
        openOther(Split::validation, options.data, evaluatePorts, run, run.validationSet, run.validationSource));
  }
  return openOther(Split::test, options.data, evaluatePorts, run, run.testSet, run.testSource);
}

/// The values of the checkpoint; what differs there without harm, the observer is told.
static Status loadResumed(const TrainOptions &options, const std::string &target, TrainObserver &observer,
                          TrainingRun &run) {
  const std::string settings = differingSettings(run.position.settings, compileSettings(*run.module));
  if (Status loaded = loadCheckpoint(options.resume, *run.session, run.position); !loaded.ok())
    return loaded.code() == StatusCode::kIncompatible && !settings.empty()
               ? Status(loaded.code(), loaded.message() + "; it was trained with " + settings)
               : loaded;
  if (!settings.empty())
    observer.message("warning: " + options.resume + " was trained with " + settings +
                     "; it goes on with what this model has");
  if (run.position.target != target)
    observer.message("warning: " + options.resume + " was written for target " + run.position.target + ", this is " +
                     target + ": results agree within rounding, not bit by bit");
  else if (run.position.moduleHash != run.module->hash() && settings.empty())
    observer.message("warning: " + options.resume +
                     " was written by another build of this model: results agree within rounding, not bit by bit");
  if (run.position.dataSet != options.data.data)
    observer.message("warning: " + options.resume + " was trained on " + run.position.dataSet + ", this is " +
                     options.data.data);
  return Status();
}

/// The first values of a new run. Weights replace all of them, so that the files of word vectors are not asked for.
static Status beginValues(const TrainOptions &options, TrainObserver &observer, TrainingRun &run) {
  ARGENT_RETURN_IF_ERROR(run.session->initialize(run.position.seed));
  if (!options.weights.empty())
    return loadWeights(options.weights, *run.session);
  ARGENT_RETURN_IF_ERROR(fillWordVectors(*run.session, run.vocabularies, run.filled));
  for (const FilledVectors &filled : run.filled)
    observer.message((filled.found ? "" : "warning: ") + filled.describe());
  return Status();
}

Status startTraining(std::shared_ptr<const Module> module, const TrainOptions &options, TrainObserver &observer,
                     TrainingRun &run) {
  run.module = std::move(module);
  const format::Training *training = run.module->table().training();
  if (!training || !run.module->entry("train_step"))
    return Status(StatusCode::kInvalidArgument,
                  run.module->name() + " cannot be trained: model `" +
                      (run.module->table().name() ? run.module->table().name()->str() : "") +
                      "` has no train block (add `train … { loss = …; optimizer = … }` to its source)");
  if (!options.save.empty())
    ARGENT_RETURN_IF_ERROR(checkWritable(options.save));
  if (!options.gradientReport.empty() && options.holdOut.folds > 0)
    return Status(StatusCode::kInvalidArgument,
                  "a gradient report is of one training: folds are several, each would begin it anew");
  ARGENT_RETURN_IF_ERROR(
      GradientReport::check(options.gradientReport, options.reportEvery, !options.resume.empty(), *run.module));
  if (!options.resume.empty())
    ARGENT_RETURN_IF_ERROR(resume(options, run));
  else {
    run.position.seed = options.seed.value_or(1);
    run.position.batch = options.batch.value_or(training->batch() ? training->batch() : 64);
    run.holdOut = options.holdOut;
  }
  run.epochs = options.epochs.value_or(training->epochs() ? training->epochs() : 10);
  ARGENT_RETURN_IF_ERROR(openData(options, observer, run));

  SessionOptions sessionOptions;
  sessionOptions.maxBatch = run.position.batch;
  sessionOptions.threads = options.threads;
  sessionOptions.training = true;
  ARGENT_RETURN_IF_ERROR(Session::create(run.module, sessionOptions, run.session));
  const format::Variant *variant = run.module->hostVariant();
  std::string target = variant && variant->target() ? variant->target()->str() : "";
  if (!options.resume.empty())
    ARGENT_RETURN_IF_ERROR(loadResumed(options, target, observer, run));
  else
    ARGENT_RETURN_IF_ERROR(beginValues(options, observer, run));
  run.position.dataSet = options.data.data;
  run.position.dataSetRows = run.trainSet.rows;
  run.position.heldOut = run.holdOut.text();
  run.position.vocabularies = run.vocabularies;
  if (!run.hasTest() && !run.hasValidation())
    observer.message(
        "there are no rows but those that are trained on: --test FILE or --validation SHARE gives loss and "
        "metrics of others");
  run.saver = std::make_unique<Saver>(options.save, options.keep, run.position.update);
  if (!options.resume.empty())
    run.saver->setLastGood(options.resume);
  // What refuses the module comes before what empties files.
  ARGENT_RETURN_IF_ERROR(run.step.find(*run.module));
  if (!run.step.canScaleRate && (options.restoreOnNan || run.position.rateScale != 1))
    return Status(StatusCode::kIncompatible,
                  run.module->name() + " was compiled by a version that could not scale the rate: compile it again");
  ARGENT_RETURN_IF_ERROR(run.log.open(options.log, options.appendLog || !options.resume.empty()));
  run.log.start(*run.module, target, options, run.position, run.trainedRows());
  for (const FilledVectors &filled : run.filled)
    run.log.wordVectors(filled);
  return run.report.open(options.gradientReport, options.reportEvery, !options.resume.empty(), *run.module,
                         run.position.update);
}

} // namespace argent
