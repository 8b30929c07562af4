//===- Bench.cpp - argent bench -----------------------------------------------------===//
// Times one entry point on made-up data: several batches in turn, so that inputs are not all in the nearest cache.
#include "Command.h"
#include "Describe.h"

#include "runtime/data/Source.h"

#include <algorithm>
#include <chrono>
#include <cstring>

namespace argent::tool {

namespace {
struct BenchOptions {
  ModelOptions model;
  std::string entry = "predict", weights;
  int64_t batch = 0;
  int threads = 0;
  double seconds = 2;
  bool json = false;
};

/// The tensors of one call.
struct Call {
  std::vector<std::vector<char>> memory;
  std::vector<TensorView> views;
};
} // namespace

static constexpr size_t batchCount = 8;

static void fillPort(const InputPort &port, TensorView &view, uint32_t &state) {
  int64_t low = port.ranged ? port.low : 0, high = port.ranged ? port.high : 1;
  for (int64_t i = 0; i < view.elementCount(); ++i) {
    state = state * 1664525 + 1013904223;
    double unit = (state >> 8) * 0x1p-24;
    auto put = [&](auto value) { std::memcpy(static_cast<char *>(view.data) + static_cast<size_t>(i) * sizeof(value), &value, sizeof(value)); };
    auto whole = low + static_cast<int64_t>(unit * static_cast<double>(high - low + 1));
    switch (view.type) {
    case ElementType::f32: put(static_cast<float>(2 * unit - 1)); break;
    case ElementType::f64: put(2 * unit - 1); break;
    case ElementType::i32: put(static_cast<int32_t>(whole)); break;
    case ElementType::i64: put(whole); break;
    case ElementType::u8:
    case ElementType::boolean: put(static_cast<uint8_t>(whole)); break;
    default: break;
    }
  }
}

static Call makeCall(const flatbuffers::Vector<flatbuffers::Offset<format::Port>> *ports, int64_t batch, bool fill, uint32_t &state) {
  Call call;
  for (unsigned i = 0; ports && i < ports->size(); ++i) {
    InputPort port = readPort(*ports->Get(i));
    TensorView view{port.type, port.shape, nullptr};
    for (size_t d = 0; d < view.shape.size(); ++d)
      view.shape[d] = at(ports->Get(i)->type()->dims()->Get(static_cast<unsigned>(d)), batch);
    // Aligned, as a session wants it.
    call.memory.emplace_back(view.byteCount() + 64);
    auto address = reinterpret_cast<uintptr_t>(call.memory.back().data());
    view.data = reinterpret_cast<void *>((address + 63) / 64 * 64);
    if (fill && port.name != "epoch" && port.name != "update")
      fillPort(port, view, state);
    call.views.push_back(std::move(view));
  }
  return call;
}

static int runBench(const BenchOptions &options) {
  std::shared_ptr<const Module> module;
  if (int status = openModel(options.model, module))
    return status;
  const format::EntryPoint *entry = module->entry(options.entry);
  if (!entry)
    return reportUsage(module->name() + " has no entry point `" + options.entry + "`");
  const format::Training *training = module->table().training();
  SessionOptions sessionOptions;
  sessionOptions.maxBatch = options.batch ? options.batch : training && training->batch() ? training->batch() : 1;
  sessionOptions.threads = options.threads;
  sessionOptions.training = options.entry == "train_step";
  std::unique_ptr<Session> session;
  if (Status status = Session::create(module, sessionOptions, session); !status.ok())
    return report(status);
  if (Status status = session->initialize(1); !status.ok())
    return report(status);
  if (!options.weights.empty())
    if (int status = loadWeightsOption(*session, options.weights))
      return status;

  uint32_t state = 1;
  std::vector<Call> inputs;
  for (size_t i = 0; i < batchCount; ++i)
    inputs.push_back(makeCall(entry->inputs(), sessionOptions.maxBatch, true, state));
  Call outputs = makeCall(entry->outputs(), sessionOptions.maxBatch, false, state);
  using Clock = std::chrono::steady_clock;
  std::vector<double> times;
  Clock::time_point start = Clock::now();
  constexpr size_t warmUps = 3;
  for (size_t i = 0; i < warmUps + 3 || std::chrono::duration<double>(Clock::now() - start).count() < options.seconds; ++i) {
    Clock::time_point begin = Clock::now();
    if (Status status = session->run(options.entry, inputs[i % batchCount].views, outputs.views); !status.ok())
      return report(status);
    if (i >= warmUps)
      times.push_back(std::chrono::duration<double, std::milli>(Clock::now() - begin).count());
  }
  std::sort(times.begin(), times.end());
  double median = times[times.size() / 2], low = times.front(), p90 = times[times.size() * 9 / 10];
  const format::Variant *variant = module->hostVariant();
  const format::Program *program = variant ? findProgram(*variant, options.entry) : nullptr;
  int64_t flops = program ? programFlops(*variant, *program, sessionOptions.maxBatch) : 0;
  double gflops = static_cast<double>(flops) / median * 1e-6;
  if (options.json) {
    nlohmann::ordered_json json = {{"model", module->table().name() ? module->table().name()->str() : ""}, {"entry", options.entry},
                                   {"batch", sessionOptions.maxBatch}, {"threads", options.threads}, {"runs", times.size()}, {"median_ms", median},
                                   {"min_ms", low}, {"p90_ms", p90}, {"gflops", gflops}};
    std::printf("%s\n", json.dump().c_str());
  } else {
    std::printf("%s, batch %lld: median %.4f ms, min %.4f ms, 90%% within %.4f ms (%zu runs), %.1f GFLOP/s\n", options.entry.c_str(),
                static_cast<long long>(sessionOptions.maxBatch), median, low, p90, times.size(), gflops);
  }
  return 0;
}

void addBenchCommand(CLI::App &app, int &status) {
  auto options = std::make_shared<BenchOptions>();
  CLI::App *sub = app.add_subcommand("bench", "Time an entry point on made-up data");
  addModelOptions(*sub, options->model);
  sub->add_option("--entry", options->entry, "predict (the default), evaluate or train_step")
      ->type_name("NAME")
      ->check(CLI::IsMember({"predict", "evaluate", "train_step"}));
  sub->add_option("--weights", options->weights, "The parameters (default: initial values)")->type_name("FILE");
  sub->add_option("--batch", options->batch, "Rows of a call (default: the train block's batch, else 1)")
      ->type_name("ROWS")
      ->check(CLI::Range(int64_t(1), int64_t(1) << 24));
  sub->add_option("--threads", options->threads, "Threads that compute (default: one for each processor)")->type_name("COUNT")->check(CLI::Range(0, 4096));
  sub->add_option("--seconds", options->seconds, "How long to measure (default: 2)")->type_name("TIME")->check(CLI::PositiveNumber);
  sub->add_flag("--json", options->json, "Print one line of JSON");
  sub->callback([options, &status] { status = runBench(*options); });
}

} // namespace argent::tool
