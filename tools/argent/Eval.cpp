//===- Eval.cpp - argent eval -------------------------------------------------------===//
#include "Command.h"
#include "Progress.h"

#include "runtime/module_generated.h"
#include "runtime/train/Evaluate.h"

#include <nlohmann/json.hpp>

namespace argent::tool {

namespace {
struct EvalOptions {
  ModelOptions model;
  std::string weights, data, split = "test";
  int64_t batch = 0;
  int threads = 0;
  bool json = false;
};
} // namespace

static int runEval(const EvalOptions &options) {
  std::shared_ptr<const Module> module;
  if (int status = openModel(options.model, module))
    return status;
  if (!module->entry("evaluate"))
    return report(Status(StatusCode::kInvalidArgument,
                         module->name() +
                             " cannot be evaluated: its model has no train block, which says what loss and "
                             "metrics are"));
  const format::Training *training = module->table().training();
  SessionOptions sessionOptions;
  sessionOptions.maxBatch = options.batch ? options.batch : training && training->batch() ? training->batch() : 64;
  sessionOptions.threads = options.threads;
  std::unique_ptr<Session> session;
  if (Status status = Session::create(module, sessionOptions, session); !status.ok())
    return report(status);
  if (int status = loadWeightsOption(*session, options.weights))
    return status;
  DataSet set;
  if (Status status = openDataSet(options.data, options.split == "test" ? Split::test : Split::train, set);
      !status.ok())
    return report(status);
  BatchSource source;
  if (Status status = bindData(*module, "evaluate", set, source); !status.ok())
    return report(status);
  MetricValues values;
  std::string nonFinite;
  Status status;
  {
    Progress progress;
    progress.begin("eval", 0, set.rows, 0);
    status = evaluate(
        *session, source, {}, sessionOptions.maxBatch, [&](int64_t rows) { progress.update(rows, ""); }, {}, values,
        nonFinite);
  }
  if (!status.ok())
    return report(status);
  if (options.json) {
    nlohmann::ordered_json json;
    for (auto &[name, value] : values)
      json[name] = value;
    json["rows"] = set.rows;
    std::printf("%s\n", json.dump().c_str());
  } else {
    for (auto &[name, value] : values)
      std::printf("%s: %s\n", name.c_str(), shortNumber(value).c_str());
  }
  std::fflush(stdout);
  return nonFinite.empty() ? 0 : report(Status(StatusCode::kNonFinite, nonFinite));
}

void addEvalCommand(CLI::App &app, int &status) {
  auto options = std::make_shared<EvalOptions>();
  CLI::App *sub = app.add_subcommand("eval", "Compute loss and metrics over a data set");
  sub->footer("Example\n"
              "  argent eval lenet5.ag --weights lenet5.safetensors --data fashion-mnist");
  addModelOptions(*sub, options->model);
  sub->add_option("--weights", options->weights, "The parameters: a weights file or a checkpoint")->type_name("FILE");
  sub->add_option("--data", options->data,
                  "fashion-mnist, or a folder with {train,t10k}-{images-idx3,labels-idx1}-ubyte, plain or .gz")
      ->type_name("DATA")
      ->required();
  sub->add_option("--split", options->split, "Which part of the data (default: test)")
      ->type_name("train|test")
      ->check(CLI::IsMember({"train", "test"}));
  sub->add_option("--batch", options->batch, "Rows at a time (default: the train block's batch)")
      ->type_name("ROWS")
      ->check(wholeNumber(1, kMostRows));
  sub->add_option("--threads", options->threads, "Threads that compute (default: one for each processor)")
      ->type_name("COUNT")
      ->check(wholeNumber(0, kMostThreads));
  sub->add_flag("--json", options->json, "Print one line of JSON");
  sub->callback([options, &status] { status = runEval(*options); });
}

} // namespace argent::tool
