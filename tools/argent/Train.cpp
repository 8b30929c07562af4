//===- Train.cpp - argent train -----------------------------------------------------===//
#include "Command.h"
#include "GradientChart.h"
#include "Output.h"
#include "PlotData.h"
#include "Progress.h"

#include "runtime/train/Folds.h"

#include <algorithm>
#include <csignal>
#include <filesystem>

namespace argent::tool {

static volatile std::sig_atomic_t stopRequested = 0;

/// The first Ctrl-C (or SIGTERM) asks the loop to stop after its step; a second one ends the process as usual.
static void installStopHandler() {
  struct sigaction action = {};
  action.sa_handler = [](int) { stopRequested = 1; };
  action.sa_flags = static_cast<int>(SA_RESETHAND) | SA_RESTART;
  ::sigemptyset(&action.sa_mask);
  ::sigaction(SIGINT, &action, nullptr);
  ::sigaction(SIGTERM, &action, nullptr);
}

namespace {

/// The picture of a gradient report stands beside it: `a.jsonl` has `a.svg`.
std::string pictureOf(const std::string &report) {
  return std::filesystem::path(report).replace_extension(".svg").string();
}

/// Prints, and collects the curves of `plot` (empty: no plot), which is drawn anew after each epoch; and so is the
/// picture of `report` (empty: no gradient report).
class TerminalObserver : public TrainObserver {
public:
  TerminalObserver(std::string plot, std::string report, std::vector<PlotRun> runs, std::string name, bool isResumed)
      : plot_(std::move(plot)), report_(std::move(report)), gradients_(report_), name_(std::move(name)),
        runs_(std::move(runs)) {
    if (!isResumed || runs_.empty())
      begin(name_);
  }
  void message(const std::string &text) override {
    progress_.clear();
    std::fprintf(stderr, "argent: %s\n", text.c_str());
  }
  void step(const Step &step) override {
    if (!plot_.empty())
      runs_.back().addStep(step.update, step.loss);
    update_ = step.update;
    if (!inEpoch_) {
      progress_.begin("epoch " + std::to_string(step.epoch + 1) + "/" + std::to_string(step.epochs), step.rows,
                      step.allRows, (step.epochs - step.epoch - 1) * step.allRows);
      inEpoch_ = true;
      return;
    }
    progress_.update(step.rows, "loss " + shortNumber(step.loss));
  }
  void evaluating(const std::string &name, int64_t rows, int64_t allRows) override {
    if (inEpoch_)
      progress_.begin(name, 0, allRows, 0);
    inEpoch_ = false;
    progress_.update(rows, "");
  }
  void epoch(const Epoch &epoch) override {
    progress_.clear();
    std::string line = "epoch " + std::to_string(epoch.epoch + 1) + "/" + std::to_string(epoch.epochs);
    for (auto &[name, value] : epoch.train)
      line += "  " + name + " " + shortNumber(value);
    for (auto &[name, value] : epoch.heldOut)
      line += "  " + epoch.heldOutName + " " + name + " " + shortNumber(value);
    char speed[64];
    std::snprintf(speed, sizeof(speed), "  %.1f s, %s rows/s", epoch.seconds,
                  groupedNumber(static_cast<int64_t>(epoch.rowsPerSecond)).c_str());
    std::printf("%s%s\n", line.c_str(), speed);
    std::fflush(stdout);
    inEpoch_ = false;
    if (!plot_.empty()) {
      runs_.back().addEpoch(update_, epoch.train, epoch.heldOutName, epoch.heldOut);
      draw();
    }
    drawReport();
  }
  /// Also of a training that has failed: its last steps say why.
  void drawReport() {
    if (report_.empty())
      return;
    std::vector<GradientRun> runs;
    Status status = gradients_.read();
    if (status.ok())
      status = gradients_.add(runs);
    if (status.ok())
      status = drawGradients(runs, name_, pictureOf(report_));
    if (!status.ok())
      message("warning: there is no picture of the gradients: " + status.message());
  }
  void finished(const std::string &name, const MetricValues &values) override {
    progress_.clear();
    for (auto &[metric, value] : values)
      std::printf("%s %s: %s\n", name.c_str(), metric.c_str(), shortNumber(value).c_str());
    std::fflush(stdout);
    draw();
  }
  void fold(int64_t fold, int64_t folds) override {
    std::string name = "fold " + std::to_string(fold + 1) + " of " + std::to_string(folds);
    std::printf("%s\n", name.c_str());
    std::fflush(stdout);
    if (fold > 0)
      begin("");
    runs_.back().name = name;
  }

private:
  void begin(const std::string &name) {
    runs_.emplace_back();
    runs_.back().name = name;
  }
  /// A picture that cannot be written costs a warning, not the training.
  void draw() {
    if (plot_.empty())
      return;
    if (runs_.back().steps.empty()) {
      message("nothing was trained, so there is no picture");
      return;
    }
    if (Status status = drawPlot(runs_, name_).writePng(plot_); !status.ok())
      message("warning: " + status.message());
  }

  Progress progress_;
  bool inEpoch_ = false;
  std::string plot_, report_;
  GradientReader gradients_;
  std::string name_;
  std::vector<PlotRun> runs_;
  int64_t update_ = 0;
};

/// Fold by fold, then mean and deviation, in columns.
void printFolds(const FoldResults &results) {
  auto row = [&](const std::string &head, const MetricValues &values) {
    std::printf("%-10s", head.c_str());
    for (auto &[name, value] : values)
      std::printf("  %*s", static_cast<int>(std::max<size_t>(10, name.size())), shortNumber(value).c_str());
    std::printf("\n");
  };
  std::printf("\n%-10s", "fold");
  for (auto &[name, value] : results.mean)
    std::printf("  %*s", static_cast<int>(std::max<size_t>(10, name.size())), name.c_str());
  std::printf("\n");
  for (size_t i = 0; i < results.folds.size(); ++i)
    row(std::to_string(i + 1), results.folds[i]);
  row("mean", results.mean);
  row("deviation", results.deviation);
}

struct TrainCommand {
  ModelOptions model;
  TrainOptions train;
  std::string onNan = "stop", plot;
  bool hasRateScale = false;
};

} // namespace

/// What a training writes must be none of what it reads; only a checkpoint may go over the one that the run resumes.
static int checkFiles(const TrainCommand &command) {
  const TrainOptions &train = command.train;
  if (command.hasRateScale && command.onNan != "restore")
    return reportUsage("--rate-scale says how --on-nan=restore goes on: give both, or neither");
  if (!command.plot.empty() && !command.plot.ends_with(".png"))
    return reportUsage("the picture is PNG: give --plot FILE.png, not " + command.plot);
  const std::string &gradients = train.gradientReport;
  if (!gradients.empty() && !gradients.ends_with(".jsonl"))
    return reportUsage("a gradient report is lines of JSON: give --gradient-report FILE.jsonl, not " + gradients);
  Status status;
  if (!train.save.empty())
    status = checkFileOutput(train.save, {command.model.path, train.weights});
  if (status.ok() && !train.log.empty())
    status = checkOutput(train.log, {command.model.path, train.weights, train.resume, train.save});
  if (status.ok() && !command.plot.empty())
    status = checkOutput(command.plot, {command.model.path, train.weights, train.resume, train.save, train.log});
  for (const std::string &output : {gradients, gradients.empty() ? "" : pictureOf(gradients)})
    if (status.ok() && !output.empty())
      status = checkFileOutput(output,
                               {command.model.path, train.weights, train.resume, train.save, train.log, command.plot});
  return status.ok() ? 0 : report(status);
}

/// Reads the curves of a run that is resumed. Returns why there are none.
static std::string readHistory(const std::string &log, std::vector<PlotRun> &runs) {
  if (log.empty())
    return "what came before is in its log, which --log names";
  Status status = readPlotLog(log, runs);
  return status.ok() ? "" : status.message();
}

static int runTrain(const TrainCommand &command) {
  std::shared_ptr<const Module> module;
  std::vector<PlotRun> runs;
  if (int status = checkFiles(command))
    return status;
  if (!command.plot.empty()) {
    // What a resumed run did before is in its log.
    if (!command.train.resume.empty())
      if (std::string why = readHistory(command.train.log, runs); !why.empty())
        std::fprintf(stderr, "argent: warning: %s begins where the run is resumed: %s\n", command.plot.c_str(),
                     why.c_str());
  }
  if (int status = openModel(command.model, module))
    return status;
  installStopHandler();
  Status status;
  {
    TrainOptions options = command.train;
    options.restoreOnNan = command.onNan == "restore";
    auto stop = [] { return stopRequested != 0; };
    TerminalObserver observer(command.plot, options.gradientReport, std::move(runs),
                              std::filesystem::path(command.model.path).stem().string(), !options.resume.empty());
    if (options.holdOut.folds > 0) {
      FoldResults results;
      status = crossValidate(module, options, observer, stop, results);
      if (status.ok())
        printFolds(results);
    } else {
      status = train(module, options, observer, stop);
      if (status.code() == StatusCode::kNonFinite || status.code() == StatusCode::kInterrupted || status.ok())
        observer.drawReport();
    }
  }
  return status.ok() ? 0 : report(status);
}

void addTrainCommand(CLI::App &app, int &status) {
  auto command = std::make_shared<TrainCommand>();
  TrainOptions &train = command->train;
  CLI::App *sub =
      app.add_subcommand("train", "Train a model on a data set, and evaluate it on the test split after each epoch");
  sub->footer(
      "Examples\n"
      "  argent train lenet5.ag --data fashion-mnist --epochs 3 --save lenet5.safetensors --plot lenet5.png\n"
      "  argent train lenet5.ag --data fashion-mnist --epochs 5 --resume lenet5.safetensors --save lenet5.safetensors\n"
      "  argent train lstm_lm.ag --data bible.txt --validation 0.05 --save bible.safetensors\n"
      "  argent train lstm_lm.ag --data bible.txt --gradient-report lstm.jsonl --gradient-report-every 10    and "
      "lstm.svg");
  addModelOptions(*sub, command->model);
  sub->add_option(
         "--data", train.data.data,
         "What to train on, plain or .gz: a text, of which each line is a row (\"CLASS TEXT\" for a model with "
         "classes) or, for a model that reads a stream, all is one; .csv, .tsv, .jsonl, .npz; a folder with files "
         "train, valid and test of these, or with a file for each column (train.source.txt, train.target.txt) or "
         "each class (train/CLASS.txt); a folder with {train,t10k}-{images-idx3,labels-idx1}-ubyte; or "
         "fashion-mnist. A column is found by the input's name, else by its kind")
      ->type_name("DATA")
      ->required();
  sub->add_option("--test", train.data.test, "The test split, if it is a file of its own")->type_name("FILE");
  sub->add_option(
         "--epochs", train.epochs,
         "Passes over the data (default: `epochs` of the train block, else 10); 0 only makes the initial weights")
      ->type_name("COUNT")
      ->check(wholeNumber(0, int64_t(1) << 24));
  sub->add_option("--batch", train.batch, "Rows of a step (default: `batch` of the train block, else 64)")
      ->type_name("ROWS")
      ->check(wholeNumber(1, kMostRows));
  CLI::Option *seed = sub->add_option(
      "--seed", train.seed, "Of the initial weights, the order of the data and what the model draws (default: 1)");
  seed->type_name("NUMBER")->check(isSeed());
  sub->add_option("--threads", train.threads,
                  "Threads that compute; the result has the same bits for any number (default: one for each processor)")
      ->type_name("COUNT")
      ->check(wholeNumber(0, kMostThreads));
  sub->add_option("--updates", train.updates, "Stop when this many steps are done in all")
      ->type_name("COUNT")
      ->check(wholeNumber(0, kMostCount));
  CLI::Option *weights =
      sub->add_option("--weights", train.weights, "Begin with these weights (a weights file or a checkpoint)");
  weights->type_name("FILE");
  CLI::Option *save =
      sub->add_option("--save", train.save, "Write a checkpoint here after each epoch, at the end, and when stopped")
          ->type_name("FILE");
  CLI::Option *every = sub->add_option("--save-every", train.saveEvery, "And after every so many updates");
  every->type_name("UPDATES")->check(wholeNumber(1, kMostCount))->needs(save);
  sub->add_option("--keep", train.keep, "Write those to numbered files (FILE-UPDATE) and keep the last so many")
      ->type_name("COUNT")
      ->check(wholeNumber(1, kMostCount))
      ->needs(every);
  sub->add_option("--resume", train.resume, "Go on from this checkpoint, with the same bits as if it had never stopped")
      ->type_name("FILE")
      ->excludes(weights);
  sub->add_option("--log", train.log, "Write every step and epoch as a line of JSON")->type_name("FILE");
  CLI::Option *validation = sub->add_option("--validation", train.holdOut.share,
                                            "Hold out this share of the rows, such as 0.1, by the seed (of a "
                                            "stream: its end); loss and "
                                            "metrics of an epoch are then of them, and "
                                            "those of the test split come at the end")
                                ->type_name("SHARE")
                                ->check([](const std::string &text) {
                                  double share = 0;
                                  return CLI::detail::lexical_cast(text, share) && share > 0 && share < 1
                                             ? std::string()
                                             : "a share of the rows is above 0 and below 1, found " + text;
                                });
  sub->add_option("--folds", train.holdOut.folds,
                  "Cross-validate: train so many times, each time without another fold of the rows, and print loss and "
                  "metrics of the folds with mean and "
                  "deviation; --save gives each fold a file of its own, FILE-fold1 and on")
      ->type_name("COUNT")
      ->check(wholeNumber(2, 1000))
      ->excludes(validation)
      ->excludes(sub->get_option("--resume"));
  CLI::Option *onNan =
      sub->add_option(
             "--on-nan", command->onNan,
             "When loss, gradient or a value is not finite: stop with an error (the default), or restore: go back to "
             "the last "
             "good state (of an epoch's end, or as --save-every says) and go on with a smaller rate, at most 10 times")
          ->type_name("stop|restore")
          ->check(CLI::IsMember({"stop", "restore"}));
  CLI::Option *rateScale =
      sub->add_option("--rate-scale", train.rateScale, "What --on-nan=restore multiplies the rate with (default: 0.5)");
  rateScale->type_name("FACTOR")->needs(onNan)->check([](const std::string &text) {
    double factor = 0;
    return CLI::detail::lexical_cast(text, factor) && factor > 0 && factor <= 1
               ? std::string()
               : "a factor of the rate is above 0 and at most 1, found " + text;
  });
  sub->add_option("--plot", command->plot,
                  "Draw loss and metrics into this file, which is written anew after each epoch; `argent plot` draws "
                  "several trainings from their logs")
      ->type_name("FILE.png");
  CLI::Option *report =
      sub->add_option(
             "--gradient-report", train.gradientReport,
             "Write norms of gradients as lines of JSON into this file, and draw them into FILE.svg, anew after each "
             "epoch: "
             "for each layer and parameter, with how far it moves; for each state of a loop step by step, and the "
             "factors "
             "between steps; and which gates are saturated. A module (.agb) was compiled for it: `argent compile "
             "--gradient-report`. `argent plot` draws several reports side by side")
          ->type_name("FILE.jsonl")
          ->excludes(sub->get_option("--folds"));
  sub->add_option(
         "--gradient-report-every", train.reportEvery,
         "Report one of so many updates, beginning with the first (default: 1: each); one that is not finite always")
      ->type_name("UPDATES")
      ->check(wholeNumber(1, kMostCount))
      ->needs(report);
  sub->callback([command, rateScale, &status] {
    command->hasRateScale = rateScale->count() > 0;
    command->model.gradientReport = !command->train.gradientReport.empty();
    status = runTrain(*command);
  });
}

} // namespace argent::tool
