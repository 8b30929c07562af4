//===- TrainTest.cpp - training, checkpoints, resuming -----------------------------===//
#include "runtime/checkpoint/Checkpoint.h"
#include "runtime/checkpoint/Safetensors.h"
#include "runtime/train/Folds.h"
#include "runtime/train/Saver.h"
#include "test/runtime-data/LineModule.h"
#include "test/runtime-data/TrainFolder.h"

#include <algorithm>
#include <cmath>
#include <cstring>

using namespace argent;

namespace {

struct Recorder : TrainObserver {
  std::vector<std::string> messages;
  std::vector<Epoch> epochs;
  std::vector<float> losses;
  MetricValues last;
  void message(const std::string &text) override { messages.push_back(text); }
  void step(const Step &step) override { losses.push_back(step.loss); }
  void evaluating(const std::string &, int64_t, int64_t) override {}
  void epoch(const Epoch &epoch) override { epochs.push_back(epoch); }
  void finished(const std::string &, const MetricValues &values) override { last = values; }
};

TrainOptions optionsFor(const TrainFolder &folder, const std::string &save) {
  TrainOptions options;
  options.data.data = folder.folder.string();
  options.threads = 1;
  options.save = save;
  return options;
}

Status run(const TrainOptions &options, Recorder &recorder, int64_t stopAfter = -1) {
  return train(test::lineModule(), options, recorder,
               [&] { return stopAfter >= 0 && static_cast<int64_t>(recorder.losses.size()) >= stopAfter; });
}

} // namespace

TEST(Train, LearnsAndReports) {
  TrainFolder folder;
  TrainOptions options = optionsFor(folder, folder.path("w.safetensors"));
  options.log = folder.path("log.jsonl");
  Recorder recorder;
  Status status = run(options, recorder);
  ASSERT_TRUE(status.ok()) << status.message();
  ASSERT_EQ(recorder.epochs.size(), 3u);     // the train block's
  EXPECT_EQ(recorder.losses.size(), 3u * 7); // 100 rows by 16, the last of 4
  EXPECT_LT(recorder.epochs[2].train[0].second, recorder.epochs[0].train[0].second);
  EXPECT_EQ(recorder.epochs[2].heldOut[1].first, "accuracy");
  EXPECT_GT(recorder.last[1].second, 0.7);
  std::string log = folder.read("log.jsonl");
  EXPECT_EQ(std::count(log.begin(), log.end(), '\n'), 1 + 21 + 3 + 1);
  Safetensors file;
  ASSERT_TRUE(readSafetensors(options.save, file).ok());
  EXPECT_NE(file.find("dense_1.weight"), nullptr);
  EXPECT_NE(file.find("@moment1/dense_1.weight"), nullptr);
  EXPECT_EQ(file.metadata.at("epoch"), "3");
  EXPECT_EQ(file.metadata.at("update"), "21");
}

TEST(Train, SameBitsWhenStoppedAnywhereAndResumed) {
  TrainFolder folder;
  TrainOptions options = optionsFor(folder, folder.path("whole"));
  Recorder whole;
  ASSERT_TRUE(run(options, whole).ok());
  for (int64_t stop : {0, 3, 7, 10, 20}) {
    options.save = folder.path("part");
    options.resume = "";
    Recorder first, second;
    expectError(run(options, first, stop), StatusCode::kInterrupted, "--resume " + options.save);
    EXPECT_EQ(static_cast<int64_t>(first.losses.size()), stop);
    options.resume = options.save;
    Status status = run(options, second);
    ASSERT_TRUE(status.ok()) << status.message();
    EXPECT_TRUE(second.messages.empty());
    EXPECT_EQ(folder.read("part"), folder.read("whole")) << stop;
    EXPECT_EQ(second.epochs.back().train, whole.epochs.back().train) << stop;
    EXPECT_EQ(second.last, whole.last);
  }
}

TEST(Train, NumberedCheckpoints) {
  TrainFolder folder;
  TrainOptions options = optionsFor(folder, folder.path("w.safetensors"));
  options.saveEvery = 2;
  options.keep = 2;
  options.epochs = 1;
  Recorder recorder, resumed;
  ASSERT_TRUE(run(options, recorder).ok());
  auto exists = [&](int64_t update) { return std::filesystem::exists(numberedPath(options.save, update)); };
  EXPECT_FALSE(exists(2));
  EXPECT_TRUE(exists(4));
  EXPECT_TRUE(exists(6));
  std::string whole = folder.read("w.safetensors");
  options.resume = numberedPath(options.save, 4);
  ASSERT_TRUE(run(options, resumed).ok());
  EXPECT_EQ(resumed.losses.size(), 3u);
  EXPECT_EQ(folder.read("w.safetensors"), whole);
}

TEST(Train, NonFiniteKeepsTheGoodCheckpoint) {
  TrainFolder folder;
  TrainOptions options = optionsFor(folder, folder.path("w.safetensors"));
  options.epochs = 20;
  options.saveEvery = 1;
  Recorder recorder;
  Status status = run(options, recorder);
  // The gradient is infinite in the step after update 40: the 41st, with 7 in an epoch.
  expectError(status, StatusCode::kNonFinite, "epoch 6, step 6 (update 41)");
  expectError(status, StatusCode::kNonFinite, "`dense_1.weight` (line.ag:3:23: logits = image |> dense(2))");
  expectError(status, StatusCode::kNonFinite, "last good checkpoint is " + options.save);
  TrainingPosition position;
  ASSERT_TRUE(readPosition(options.save, position).ok());
  EXPECT_EQ(position.update, 40);
}

TEST(Train, Refuses) {
  TrainFolder folder;
  TrainOptions options = optionsFor(folder, folder.path("missing/w.safetensors"));
  Recorder recorder;
  expectError(run(options, recorder), StatusCode::kNotFound, "cannot write");
  options = optionsFor(folder, folder.path("w.safetensors"));
  options.log = folder.path("missing/log");
  expectError(run(options, recorder), StatusCode::kIoError, "cannot write");
  EXPECT_TRUE(recorder.losses.empty());
  options.log = "";
  options.epochs = 1;
  ASSERT_TRUE(run(options, recorder).ok());
  options.resume = options.save;
  options.seed = 2;
  expectError(run(options, recorder), StatusCode::kInvalidArgument, "with seed 1, not 2");
  options.seed = {};
  options.batch = 8;
  expectError(run(options, recorder), StatusCode::kInvalidArgument, "with batch 16, not 8");
  options.batch = {};
  options.weights = options.save;
  expectError(run(options, recorder), StatusCode::kInvalidArgument, "--weights");
  std::string labels = folder.read("train-labels-idx1-ubyte");
  labels[8 + 17] = 7;
  folder.write("train-labels-idx1-ubyte", labels);
  options.weights = "";
  expectError(run(options, recorder), StatusCode::kInvalidData, "row 17 has the label 7");
}

TEST(Train, RefusesGradientReports) {
  TrainFolder folder;
  TrainOptions options = optionsFor(folder, "");
  options.gradientReport = folder.path("report.jsonl");
  options.log = folder.path("log.jsonl");
  Recorder recorder;
  expectError(run(options, recorder), StatusCode::kInvalidArgument, "was compiled without a gradient report");
  for (int64_t every : {0, -1}) {
    options.reportEvery = every;
    expectError(run(options, recorder), StatusCode::kInvalidArgument, "at least 1, not " + std::to_string(every));
  }
  options.reportEvery = 1;
  options.holdOut.folds = 2;
  FoldResults results;
  expectError(crossValidate(test::lineModule(), options, recorder, {}, results), StatusCode::kInvalidArgument,
              "a gradient report is of one training");
  EXPECT_FALSE(std::filesystem::exists(options.gradientReport) || std::filesystem::exists(options.log));
}

TEST(Checkpoint, WeightsOfAnotherModel) {
  TrainFolder folder;
  std::unique_ptr<Session> session;
  SessionOptions options;
  options.threads = 1;
  options.training = true;
  ASSERT_TRUE(Session::create(test::lineModule(), options, session).ok());
  float values[12] = {};
  std::string path = folder.path("w");
  ASSERT_TRUE(writeSafetensors(path, {}, {{"other", {ElementType::f32, {4, 2}, values}}}).ok());
  expectError(loadWeights(path, *session), StatusCode::kIncompatible,
              "no `dense_1.weight`, which the model needs as f32[4, 2]");
  ASSERT_TRUE(writeSafetensors(path, {}, {{"dense_1.weight", {ElementType::f32, {4, 3}, values}}}).ok());
  expectError(loadWeights(path, *session), StatusCode::kIncompatible,
              "`dense_1.weight` is f32[4, 3] there, and f32[4, 2] in the model");
  ASSERT_TRUE(writeSafetensors(
                  path, {},
                  {{"dense_1.weight", {ElementType::f32, {4, 2}, values}}, {"extra", {ElementType::f32, {2}, values}}})
                  .ok());
  expectError(loadWeights(path, *session), StatusCode::kIncompatible, "`extra`, f32[2], which the model does not have");
  ASSERT_TRUE(writeSafetensors(path, {}, {{"dense_1.weight", {ElementType::f32, {4, 2}, values}}}).ok());
  EXPECT_TRUE(loadWeights(path, *session).ok());
  TrainingPosition position;
  expectError(loadCheckpoint(path, *session, position), StatusCode::kInvalidData, "weights file");
  // A checkpoint serves as weights.
  ASSERT_TRUE(session->initialize(3).ok());
  position.batch = 1;
  ASSERT_TRUE(saveCheckpoint(path, *session, position).ok());
  EXPECT_TRUE(loadWeights(path, *session).ok());
  EXPECT_TRUE(loadCheckpoint(path, *session, position).ok());
  // Values that are not finite are not read, and the session keeps its own.
  values[3] = NAN;
  std::string broken = folder.path("broken");
  ASSERT_TRUE(writeSafetensors(broken, {}, {{"dense_1.weight", {ElementType::f32, {4, 2}, values}}}).ok());
  expectError(loadWeights(broken, *session), StatusCode::kNonFinite, "`dense_1.weight` is not finite at element 3");
  // Nor are they written.
  std::string before = folder.read("w");
  LogicalValues logical;
  ASSERT_TRUE(session->values(0, logical).ok());
  static_cast<float *>(logical.tensors[0].data)[2] = std::numeric_limits<float>::infinity();
  ASSERT_TRUE(session->setValues(0, logical).ok());
  expectError(saveCheckpoint(path, *session, position), StatusCode::kNonFinite, "element 2");
  EXPECT_EQ(folder.read("w"), before);
}

TEST(HoldOut, SplitsRowsBySeed) {
  for (uint32_t rows : {2u, 7u, 100u}) {
    for (double share : {0.001, 0.1, 0.5, 0.999}) {
      RowSplit split = splitRows({share, 0, 0}, 3, rows);
      EXPECT_EQ(split.heldOut.size(), std::clamp<size_t>(static_cast<size_t>(std::llround(share * rows)), 1, rows - 1));
      std::vector<uint32_t> all = split.trained;
      all.insert(all.end(), split.heldOut.begin(), split.heldOut.end());
      std::sort(all.begin(), all.end());
      for (uint32_t i = 0; i < rows; ++i)
        EXPECT_EQ(all.at(i), i);
    }
  }
  EXPECT_EQ(splitRows({0.2, 0, 0}, 3, 100).heldOut, splitRows({0.2, 0, 0}, 3, 100).heldOut);
  EXPECT_NE(splitRows({0.2, 0, 0}, 3, 100).heldOut, splitRows({0.2, 0, 0}, 4, 100).heldOut);
  EXPECT_TRUE(splitRows({}, 3, 100).trained.empty());
  // Every row is held out in one fold; folds differ in size by one row at most.
  std::vector<int> times(11);
  for (int64_t fold = 0; fold < 4; ++fold) {
    RowSplit split = splitRows({0, 4, fold}, 3, 11);
    EXPECT_EQ(split.trained.size() + split.heldOut.size(), 11u);
    EXPECT_GE(split.heldOut.size(), 2u);
    EXPECT_LE(split.heldOut.size(), 3u);
    for (uint32_t row : split.heldOut)
      ++times[row];
  }
  EXPECT_EQ(times, std::vector<int>(11, 1));
}

TEST(HoldOut, TextsAreReadBack) {
  for (HoldOut holdOut : {HoldOut{}, HoldOut{0.1, 0, 0}, HoldOut{0, 5, 4}}) {
    HoldOut read{0.5, 1, 1};
    EXPECT_TRUE(HoldOut::parse(holdOut.text(), read));
    EXPECT_EQ(read, holdOut);
  }
  HoldOut read;
  for (const char *text : {"share 1", "share 0", "share 0.1x", "fold 0 of 3", "fold 4 of 3", "fold 1 of", "some"})
    EXPECT_FALSE(HoldOut::parse(text, read)) << text;
}

TEST(Train, ValidationIsHeldOutAndResumed) {
  TrainFolder folder;
  TrainOptions options = optionsFor(folder, folder.path("whole"));
  options.holdOut.share = 0.2;
  options.log = folder.path("log.jsonl");
  Recorder whole;
  ASSERT_TRUE(run(options, whole).ok());
  EXPECT_EQ(whole.losses.size(), 3u * 5); // 80 rows by 16
  EXPECT_EQ(whole.epochs[0].heldOutName, "validation");
  EXPECT_NE(whole.epochs[2].heldOut, whole.last); // which is of the test split
  EXPECT_NE(folder.read("log.jsonl").find("\"validation\":{\"loss\":"), std::string::npos);
  options.log = "";
  options.save = folder.path("part");
  Recorder first, second;
  expectError(run(options, first, 7), StatusCode::kInterrupted, "--resume");
  options.resume = options.save;
  options.holdOut = {};
  ASSERT_TRUE(run(options, second).ok());
  EXPECT_EQ(folder.read("part"), folder.read("whole"));
  EXPECT_EQ(second.epochs.back().heldOut, whole.epochs.back().heldOut);
  options.holdOut.share = 0.3;
  expectError(run(options, second), StatusCode::kInvalidArgument,
              "was trained with a validation share of 0.2, not a validation share of 0.3");
}

TEST(Train, Folds) {
  TrainFolder folder;
  TrainOptions options = optionsFor(folder, folder.path("w.safetensors"));
  options.holdOut.folds = 4;
  options.epochs = 2;
  options.log = folder.path("log.jsonl");
  Recorder recorder;
  FoldResults results;
  Status status = crossValidate(test::lineModule(), options, recorder, {}, results);
  ASSERT_TRUE(status.ok()) << status.message();
  ASSERT_EQ(results.folds.size(), 4u);
  EXPECT_EQ(recorder.losses.size(), 4u * 2 * 5); // 75 rows by 16
  double mean = 0, squares = 0;
  for (const MetricValues &fold : results.folds)
    mean += fold[0].second / 4;
  for (const MetricValues &fold : results.folds)
    squares += (fold[0].second - mean) * (fold[0].second - mean);
  EXPECT_EQ(results.mean[0].first, "loss");
  EXPECT_DOUBLE_EQ(results.mean[0].second, mean);
  EXPECT_DOUBLE_EQ(results.deviation[0].second, std::sqrt(squares / 3));
  EXPECT_NE(results.folds[0][0].second, results.folds[1][0].second);
  for (int fold = 1; fold <= 4; ++fold)
    EXPECT_TRUE(std::filesystem::exists(folder.path("w-fold" + std::to_string(fold) + ".safetensors")));
  std::string log = folder.read("log.jsonl");
  EXPECT_EQ(std::count(log.begin(), log.end(), '\n'), 4 * (1 + 10 + 2 + 1) + 1);
  options.resume = folder.path("w-fold2.safetensors");
  expectError(crossValidate(test::lineModule(), options, recorder, {}, results), StatusCode::kInvalidArgument,
              "cannot be resumed");
  options.holdOut = {};
  expectError(run(options, recorder), StatusCode::kInvalidArgument, "fold 2 of 4 of a cross-validation");
  options.resume = "";
  options.holdOut.folds = 101;
  expectError(crossValidate(test::lineModule(), options, recorder, {}, results), StatusCode::kInvalidArgument,
              "too few for 101 folds");
}

TEST(Train, GoesBackWhereValuesAreNotFinite) {
  TrainFolder folder;
  TrainOptions options = optionsFor(folder, folder.path("w.safetensors"));
  options.epochs = 12;
  options.saveEvery = 5;
  options.restoreOnNan = true;
  Recorder recorder;
  // The gradient is infinite from update 40 on, unless the rate is at most a tenth of what the block says.
  Status status = run(options, recorder);
  ASSERT_TRUE(status.ok()) << status.message();
  ASSERT_EQ(recorder.messages.size(), 4u); // 1/2, 1/4, 1/8, 1/16
  EXPECT_EQ(recorder.messages[0],
            "update 41 is not finite; back to update 40, with 0.5 times the rate (restoration 1 of 10)");
  TrainingPosition position;
  ASSERT_TRUE(readPosition(options.save, position).ok());
  EXPECT_EQ(position.rateScale, 0.0625);
  EXPECT_EQ(position.update, 12 * 7);
  // A run that goes on from a checkpoint with a smaller rate has the same bits.
  std::string whole = folder.read("w.safetensors");
  Recorder first, second;
  options.epochs = 8;
  ASSERT_TRUE(run(options, first).ok());
  options.epochs = 12;
  options.resume = options.save;
  ASSERT_TRUE(run(options, second).ok());
  EXPECT_TRUE(second.messages.empty());
  EXPECT_EQ(folder.read("w.safetensors"), whole);
  // What no rate helps against ends after so many times.
  options.resume = "";
  options.rateScale = 1;
  Recorder hopeless;
  expectError(run(options, hopeless), StatusCode::kNonFinite, "went back 10 times");
  EXPECT_EQ(hopeless.messages.size(), static_cast<size_t>(kMaxRestorations));
}
