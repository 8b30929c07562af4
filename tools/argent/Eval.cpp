//===- Eval.cpp - argent eval -------------------------------------------------------===//
#include "Command.h"
#include "Progress.h"

#include "runtime/checkpoint/Checkpoint.h"
#include "runtime/module_generated.h"
#include "runtime/train/Evaluate.h"

#include <filesystem>
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

/// Opens the split, and makes numbers of its words as the training did.
static Status openSource(const EvalOptions &options, const Module &module, int64_t batch, DataSet &set,
                         BatchSource &source) {
  std::vector<DataPort> ports;
  ARGENT_RETURN_IF_ERROR(dataPorts(module, "evaluate", ports));
  // A file has no splits: it is what is evaluated.
  std::error_code error;
  const bool isFile =
      std::filesystem::exists(options.data, error) && !std::filesystem::is_directory(options.data, error);
  const Split split = isFile || options.split == "train" ? Split::train
                      : options.split == "validation"    ? Split::validation
                                                         : Split::test;
  ARGENT_RETURN_IF_ERROR(openDataSet({options.data, ""}, split, dataForm(ports), set));
  Vocabularies vocabularies;
  if (!options.weights.empty())
    ARGENT_RETURN_IF_ERROR(readVocabularies(options.weights, vocabularies));
  vocabularies.merge(moduleVocabularies(module));
  ARGENT_RETURN_IF_ERROR(numberStreams(ports, vocabularies, set));
  return bindData(ports, set, vocabularies, {.parallel = batch}, source);
}

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
  BatchSource source;
  if (Status status = openSource(options, *module, sessionOptions.maxBatch, set, source); !status.ok())
    return report(status);
  MetricValues values;
  std::string nonFinite;
  Status status;
  {
    Progress progress;
    progress.begin("eval", 0, source.rows, 0);
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
    json["rows"] = source.rows;
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
  sub->add_option(
         "--data", options->data,
         "What to evaluate on: a file (text, .csv, .tsv, .jsonl, .npz, plain or .gz), a folder with splits, or "
         "fashion-mnist, as `argent train --help` says")
      ->type_name("DATA")
      ->required();
  sub->add_option("--split", options->split, "Which part of a folder or a known data set (default: test)")
      ->type_name("train|validation|test")
      ->check(CLI::IsMember({"train", "validation", "test"}));
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
