//===- Train.cpp - argent train -----------------------------------------------------===//
#include "Command.h"
#include "Progress.h"

#include "runtime/train/Train.h"

#include <csignal>

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

class TerminalObserver : public TrainObserver {
public:
  void message(const std::string &text) override {
    progress_.clear();
    std::fprintf(stderr, "argent: %s\n", text.c_str());
  }
  void step(const Step &step) override {
    if (!inEpoch_) {
      progress_.begin("epoch " + std::to_string(step.epoch + 1) + "/" + std::to_string(step.epochs), step.rows, step.allRows,
                      (step.epochs - step.epoch - 1) * step.allRows);
      inEpoch_ = true;
      return;
    }
    progress_.update(step.rows, "loss " + shortNumber(step.loss));
  }
  void evaluating(int64_t rows, int64_t allRows) override {
    if (inEpoch_)
      progress_.begin("test", 0, allRows, 0);
    inEpoch_ = false;
    progress_.update(rows, "");
  }
  void epoch(const Epoch &epoch) override {
    progress_.clear();
    std::string line = "epoch " + std::to_string(epoch.epoch + 1) + "/" + std::to_string(epoch.epochs);
    for (auto &[name, value] : epoch.train)
      line += "  " + name + " " + shortNumber(value);
    for (auto &[name, value] : epoch.test)
      line += "  test " + name + " " + shortNumber(value);
    char speed[64];
    std::snprintf(speed, sizeof(speed), "  %.1f s, %s images/s", epoch.seconds, groupedNumber(static_cast<int64_t>(epoch.rowsPerSecond)).c_str());
    std::printf("%s%s\n", line.c_str(), speed);
    std::fflush(stdout);
    inEpoch_ = false;
  }
  void finished(const MetricValues &test) override {
    progress_.clear();
    for (auto &[name, value] : test)
      std::printf("test %s: %s\n", name.c_str(), shortNumber(value).c_str());
    std::fflush(stdout);
  }

private:
  Progress progress_;
  bool inEpoch_ = false;
};

struct TrainCommand {
  ModelOptions model;
  TrainOptions train;
};

} // namespace

static int runTrain(const TrainCommand &command) {
  std::shared_ptr<const Module> module;
  if (int status = openModel(command.model, module))
    return status;
  installStopHandler();
  Status status;
  {
    TerminalObserver observer;
    status = train(module, command.train, observer, [] { return stopRequested != 0; });
  }
  return status.ok() ? 0 : report(status);
}

void addTrainCommand(CLI::App &app, int &status) {
  auto command = std::make_shared<TrainCommand>();
  TrainOptions &train = command->train;
  CLI::App *sub = app.add_subcommand("train", "Train a model on a data set, and evaluate it on the test split after each epoch");
  addModelOptions(*sub, command->model);
  sub->add_option("--data", train.data, "fashion-mnist, or a folder with {train,t10k}-{images-idx3,labels-idx1}-ubyte, plain or .gz")
      ->type_name("DATA")
      ->required();
  sub->add_option("--epochs", train.epochs, "Passes over the data (default: the train block's, else 10); 0 only makes the initial weights")
      ->type_name("COUNT")
      ->check(CLI::Range(int64_t(0), int64_t(1) << 24));
  sub->add_option("--batch", train.batch, "Rows of a step (default: the train block's, else 64)")
      ->type_name("ROWS")
      ->check(CLI::Range(int64_t(1), int64_t(1) << 24));
  CLI::Option *seed = sub->add_option("--seed", train.seed, "Of the initial weights, the order of the data and what the model draws (default: 1)");
  seed->type_name("NUMBER");
  sub->add_option("--threads", train.threads, "Threads that compute; the result has the same bits for any number (default: one for each processor)")
      ->type_name("COUNT")
      ->check(CLI::Range(0, 4096));
  sub->add_option("--updates", train.updates, "Stop when this many steps are done in all")->type_name("COUNT")->check(CLI::NonNegativeNumber);
  CLI::Option *weights = sub->add_option("--weights", train.weights, "Begin with these weights (a weights file or a checkpoint)");
  weights->type_name("FILE");
  CLI::Option *save =
      sub->add_option("--save", train.save, "Write a checkpoint here after each epoch, at the end, and when stopped")->type_name("FILE");
  CLI::Option *every = sub->add_option("--save-every", train.saveEvery, "And after every so many updates");
  every->type_name("UPDATES")->check(CLI::PositiveNumber)->needs(save);
  sub->add_option("--keep", train.keep, "Write those to numbered files (FILE-UPDATE) and keep the last so many")
      ->type_name("COUNT")
      ->check(CLI::PositiveNumber)
      ->needs(every);
  sub->add_option("--resume", train.resume, "Go on from this checkpoint, with the same bits as if it had never stopped")
      ->type_name("FILE")
      ->excludes(weights);
  sub->add_option("--log", train.log, "Write every step and epoch as a line of JSON")->type_name("FILE");
  sub->callback([command, &status] { status = runTrain(*command); });
}

} // namespace argent::tool
