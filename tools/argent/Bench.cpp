//===- Bench.cpp - argent bench -----------------------------------------------------===//
//   1. Rounds of equal make-up: the machine's limits, whole calls, calls with a clock around every kernel. So whatever
//      happens to the machine happens to all three.
//   2. A round that trains begins at the same parameters and moments, so that no number of steps makes them grow.
//   3. For every kernel, the time lost: measured, less what its multiply-adds take at the FMA peak or its bytes at the
//      bandwidth of the working set, whichever is more (the roofline of Williams, Waterman and Patterson 2009). Worst
//      first.
#include "BenchData.h"
#include "Command.h"
#include "Describe.h"
#include "Limits.h"

#include "runtime/ArenaNeeds.h"

#include <algorithm>
#include <chrono>
#include <map>
#include <optional>

namespace argent::tool {

using Json = nlohmann::ordered_json;

namespace {

struct BenchOptions {
  ModelOptions model;
  std::string entry = "predict", weights;
  int64_t batch = 0;
  int threads = 0, kernels = 12;
  double seconds = 2;
  bool json = false;
};

/// A kernel's calls in one call of the entry point, together; or all copies, or all fills.
struct Row {
  const format::Kernel *kernel = nullptr;
  std::string name;
  int64_t calls = 0;
  double flops = 0, bytes = 0; // of all calls
  std::vector<double> seconds; // one sum for each call of the entry point
  double median = 0, roof = 0;

  double lost() const { return median - roof; }
};

constexpr int kRounds = 10;
constexpr int kWarmUps = 3;

class Bench {
public:
  Bench(const BenchOptions &options, std::shared_ptr<const Module> module)
      : options_(options), module_(std::move(module)) {}

  int run();

private:
  Status open();
  void listRows();
  Status keepState();
  Status restoreState();
  Status round(double seconds);
  Status timeWholeCall();
  Status timeKernels();
  void finish();
  Json toJson() const;
  void print() const;

  size_t workingSet() const;
  static int vectorBits(const format::Variant &variant);

  const BenchOptions &options_;
  std::shared_ptr<const Module> module_;
  const format::EntryPoint *entry_ = nullptr;
  const format::Variant *variant_ = nullptr;
  const format::Program *program_ = nullptr;
  int64_t batch_ = 1;
  std::unique_ptr<Session> session_;
  std::optional<BenchData> data_;
  std::unique_ptr<Limits> limits_;
  std::vector<LogicalValues> state_; // parameters, then the moments
  std::vector<double> whole_;        // seconds of whole calls
  std::vector<Row> rows_;
  std::vector<std::optional<size_t>> rowOfInstruction_; // none: a loop
  double flops_ = 0, roof_ = 0;
};

} // namespace

/// Of the variant's vectors: what its processor features promise.
int Bench::vectorBits(const format::Variant &variant) {
  int bits = 128;
  for (unsigned i = 0; variant.cpu_features() && i < variant.cpu_features()->size(); ++i) {
    std::string_view feature = variant.cpu_features()->Get(i)->string_view();
    if (feature.starts_with("avx512"))
      bits = 512;
    else if (feature == "avx2")
      bits = std::max(bits, 256);
  }
  return bits;
}

Status Bench::open() {
  const format::Training *training = module_->table().training();
  SessionOptions sessionOptions;
  sessionOptions.maxBatch = batch_ = options_.batch                  ? options_.batch
                                     : training && training->batch() ? training->batch()
                                                                     : 1;
  sessionOptions.threads = options_.threads;
  sessionOptions.training = options_.entry == "train_step";
  if (Status status = Session::create(module_, sessionOptions, session_); !status.ok())
    return status;
  variant_ = module_->hostVariant();
  program_ = findProgram(*variant_, options_.entry);
  if (Status status = session_->initialize(1); !status.ok())
    return status;
  data_.emplace(*entry_, batch_);
  limits_ = std::make_unique<Limits>(session_->options().threads, vectorBits(*variant_), workingSet());
  return {};
}

/// What one call touches: its batch, and of each arena the part that its views lie in.
size_t Bench::workingSet() const {
  std::map<uint32_t, std::pair<int64_t, int64_t>> used; // arena -> first byte, end
  const int64_t planned = plannedBatch(*variant_, batch_);
  for (unsigned i = 0; program_->views() && i < program_->views()->size(); ++i) {
    const format::View *view = program_->views()->Get(i);
    if (view->base() != format::ViewBase::arena)
      continue;
    int64_t begin = at(view->offset(), planned), end = begin + viewSpan(*view, batch_, planned);
    auto [found, isNew] = used.try_emplace(view->index(), begin, end);
    found->second = {std::min(begin, found->second.first), std::max(end, found->second.second)};
  }
  size_t bytes = data_->bytes();
  for (auto &[arena, range] : used)
    bytes += static_cast<size_t>(range.second - range.first);
  return bytes;
}

void Bench::listRows() {
  std::map<std::pair<int, const format::Kernel *>, size_t> known;
  const std::vector<int64_t> times = timesOf(*program_);
  for (unsigned i = 0; program_->instructions() && i < program_->instructions()->size(); ++i) {
    const format::Instruction *instruction = program_->instructions()->Get(i);
    const format::Launch *launch = instruction->step_as_Launch();
    const format::Kernel *kernel = launch ? chosenKernel(*variant_, *launch, batch_) : nullptr;
    const format::Copy *copy = instruction->step_as_Copy();
    if (instruction->step_as_Loop()) { // its time is that of its body
      rowOfInstruction_.push_back(std::nullopt);
      continue;
    }
    auto [found, isNew] = known.try_emplace({kernel ? 0 : copy ? 1 : 2, kernel}, rows_.size());
    if (isNew) {
      Row row;
      row.kernel = kernel;
      row.name = kernel ? kernelName(*kernel) : copy ? "(copies)" : "(fills)";
      rows_.push_back(row);
    }
    Row &row = rows_[found->second];
    rowOfInstruction_.push_back(found->second);
    const double calls = static_cast<double>(times[i]);
    row.calls += times[i];
    if (kernel) {
      row.flops += calls * static_cast<double>(at(kernel->flops(), batch_));
      row.bytes += calls * static_cast<double>(at(kernel->bytes(), batch_));
    } else if (copy) {
      row.bytes += 2 * calls * static_cast<double>(viewBytes(*program_->views()->Get(copy->from()), batch_));
    } else if (const format::Fill *fill = instruction->step_as_Fill()) {
      row.bytes += calls * static_cast<double>(viewBytes(*program_->views()->Get(fill->view()), batch_));
    }
  }
}

Status Bench::keepState() {
  if (!session_->options().training)
    return {};
  const format::Training *training = module_->table().training();
  state_.resize(1 + (training ? training->moment_count() : 0));
  for (size_t i = 0; i < state_.size(); ++i)
    if (Status status = session_->values(static_cast<int>(i), state_[i]); !status.ok())
      return status;
  return {};
}

Status Bench::restoreState() {
  for (size_t i = 0; i < state_.size(); ++i)
    if (Status status = session_->setValues(static_cast<int>(i), state_[i]); !status.ok())
      return status;
  return {};
}

Status Bench::timeWholeCall() {
  using Clock = std::chrono::steady_clock;
  const std::vector<TensorView> &inputs = data_->next();
  Clock::time_point begin = Clock::now();
  if (Status status = session_->run(options_.entry, inputs, data_->outputs()); !status.ok())
    return status;
  whole_.push_back(std::chrono::duration<double>(Clock::now() - begin).count());
  return {};
}

Status Bench::timeKernels() {
  std::vector<double> seconds;
  if (Status status = session_->profile(options_.entry, data_->next(), data_->outputs(), seconds); !status.ok())
    return status;
  for (Row &row : rows_)
    row.seconds.push_back(0);
  for (size_t i = 0; i < seconds.size(); ++i)
    if (rowOfInstruction_[i])
      rows_[*rowOfInstruction_[i]].seconds.back() += seconds[i];
  return {};
}

Status Bench::round(double seconds) {
  using Clock = std::chrono::steady_clock;
  limits_->measure();
  if (Status status = restoreState(); !status.ok())
    return status;
  // What the measuring before has left in the caches and of the clock's speed is not the program's: the first calls do
  // not count.
  for (int i = 0; i < kWarmUps; ++i)
    if (Status status = session_->run(options_.entry, data_->next(), data_->outputs()); !status.ok())
      return status;
  for (Status (Bench::*call)() : {&Bench::timeWholeCall, &Bench::timeKernels}) {
    Clock::time_point begin = Clock::now();
    do {
      if (Status status = (this->*call)(); !status.ok())
        return status;
    } while (std::chrono::duration<double>(Clock::now() - begin).count() < seconds / 2);
  }
  return {};
}

void Bench::finish() {
  double peak = limits_->fmaGflops() * 1e9, bandwidth = limits_->workingSetBandwidth();
  for (Row &row : rows_) {
    row.median = quantile(row.seconds);
    row.roof = std::max(row.flops / peak, row.bytes / bandwidth);
    flops_ += row.flops;
    roof_ += row.roof;
  }
  std::stable_sort(rows_.begin(), rows_.end(), [](const Row &a, const Row &b) { return a.lost() > b.lost(); });
}

Json Bench::toJson() const {
  double median = quantile(whole_), peak = limits_->fmaGflops(), bandwidth = limits_->workingSetBandwidth();
  Json kernels = Json::array();
  for (size_t i = 0; i < rows_.size() && i < static_cast<size_t>(options_.kernels); ++i) {
    const Row &row = rows_[i];
    double gflops = row.flops / row.median * 1e-9, gbs = row.bytes / row.median * 1e-9;
    kernels.push_back({{"name", row.name},
                       {"symbol", row.kernel && row.kernel->symbol() ? row.kernel->symbol()->str() : ""},
                       {"lines", row.kernel ? kernelLines(*row.kernel) : std::vector<std::string>()},
                       {"calls", row.calls},
                       {"median_ms", 1e3 * row.median},
                       {"roofline_ms", 1e3 * row.roof},
                       {"lost_ms", 1e3 * row.lost()},
                       {"flops", row.flops},
                       {"bytes", row.bytes},
                       {"gflops", gflops},
                       {"peak_share", gflops / peak},
                       {"gbs", gbs},
                       {"bandwidth_share", gbs * 1e9 / bandwidth}});
  }
  return {{"model", module_->table().name() ? module_->table().name()->str() : ""},
          {"entry", options_.entry},
          {"target", variant_->target()->str()},
          {"batch", batch_},
          {"threads", session_->options().threads},
          {"runs", whole_.size()},
          {"median_ms", 1e3 * median},
          {"quartile1_ms", 1e3 * quantile(whole_, 0.25)},
          {"quartile3_ms", 1e3 * quantile(whole_, 0.75)},
          {"min_ms", 1e3 * quantile(whole_, 0)},
          {"p90_ms", 1e3 * quantile(whole_, 0.9)},
          {"flops", flops_},
          {"gflops", flops_ / median * 1e-9},
          {"peak_share", flops_ / median * 1e-9 / peak},
          {"roofline_ms", 1e3 * roof_},
          {"roofline_share", roof_ / median},
          {"limits",
           {{"vector_bits", vectorBits(*variant_)},
            {"fma_gflops", peak},
            {"bandwidth_gbs", limits_->memoryBandwidth() * 1e-9},
            {"working_set_bytes", limits_->workingSetBytes()},
            {"working_set_gbs", bandwidth * 1e-9}}},
          {"kernels", kernels}};
}

void Bench::print() const {
  double median = quantile(whole_), peak = limits_->fmaGflops(), bandwidth = limits_->workingSetBandwidth() * 1e-9;
  // Four digits after the point say nothing of a call that takes less than 10 microseconds.
  const char *unit = median < 1e-5 ? "us" : "ms";
  double scale = median < 1e-5 ? 1e6 : 1e3;
  std::printf("%s of %s, batch %lld, %d thread%s, %s\n", options_.entry.c_str(),
              module_->table().name() ? module_->table().name()->c_str() : "the model", static_cast<long long>(batch_),
              session_->options().threads, session_->options().threads == 1 ? "" : "s", variant_->target()->c_str());
  std::printf("  time      median %.4f %s, quartiles %.4f and %.4f, least %.4f (%zu calls)\n", scale * median, unit,
              scale * quantile(whole_, 0.25), scale * quantile(whole_, 0.75), scale * quantile(whole_, 0),
              whole_.size());
  std::printf("  speed     %.1f GFLOP/s, %.1f%% of the FMA peak; %s rows/s\n", flops_ / median * 1e-9,
              flops_ / median * 1e-7 / peak,
              groupedNumber(static_cast<int64_t>(static_cast<double>(batch_) / median)).c_str());
  std::printf("  machine   %.1f GFLOP/s of %d-bit multiply-adds; %.1f GB/s from memory, %.1f GB/s over the %.4g MB "
              "that a call touches\n",
              peak, vectorBits(*variant_), limits_->memoryBandwidth() * 1e-9, bandwidth,
              static_cast<double>(limits_->workingSetBytes()) * 1e-6);
  std::printf("  roofline  %.4f %s if each kernel were at the FMA peak or at that bandwidth: %.1f%% reached\n",
              scale * roof_, unit, 100 * roof_ / median);
  if (options_.kernels == 0 || rows_.empty())
    return;
  std::printf("kernels, the worst loss against their roofline first\n");
  std::printf("  %9s %9s %6s %9s %6s %8s %6s %5s  %s\n", (std::string("lost ") + unit).c_str(),
              (std::string("time ") + unit).c_str(), "share", "GFLOP/s", "peak", "GB/s", "band", "calls", "kernel");
  double all = 0, hidden = 0;
  for (size_t i = 0; i < rows_.size(); ++i) {
    const Row &row = rows_[i];
    all += row.median;
    if (i >= static_cast<size_t>(options_.kernels)) {
      hidden += row.median;
      continue;
    }
    double gflops = row.flops / row.median * 1e-9, gbs = row.bytes / row.median * 1e-9;
    std::string lines;
    for (const std::string &line : row.kernel ? kernelLines(*row.kernel) : std::vector<std::string>())
      lines += (lines.empty() ? "  " : ", ") + line;
    std::printf("  %9.4f %9.4f %5.1f%% %9.1f %5.1f%% %8.1f %5.1f%% %5lld  %s%s\n", scale * row.lost(),
                scale * row.median, 100 * row.median / median, gflops, 100 * gflops / peak, gbs, 100 * gbs / bandwidth,
                static_cast<long long>(row.calls), row.name.c_str(), lines.c_str());
  }
  if (hidden > 0)
    std::printf("  %9s %9.4f %5.1f%%  the other %zu (--kernels COUNT shows more)\n", "", scale * hidden,
                100 * hidden / median, rows_.size() - static_cast<size_t>(options_.kernels));
  std::printf("  %9s %9.4f %5.1f%%  between the kernels, less the clock's own time\n", "", scale * (median - all),
              100 * (median - all) / median);
}

int Bench::run() {
  entry_ = module_->entry(options_.entry);
  if (!entry_)
    return reportUsage(unknownEntry(*module_, options_.entry));
  if (Status status = open(); !status.ok())
    return report(status);
  if (!options_.weights.empty())
    if (int status = loadWeightsOption(*session_, options_.weights))
      return status;
  listRows();
  if (Status status = keepState(); !status.ok())
    return report(status);
  for (int i = 0; i < kRounds; ++i)
    if (Status status = round(options_.seconds / kRounds); !status.ok())
      return report(status);
  finish();
  if (options_.json)
    std::printf("%s\n", toJson().dump().c_str());
  else
    print();
  return 0;
}

static int runBench(const BenchOptions &options) {
  std::shared_ptr<const Module> module;
  if (int status = openModel(options.model, module))
    return status;
  return Bench(options, module).run();
}

void addBenchCommand(CLI::App &app, int &status) {
  auto options = std::make_shared<BenchOptions>();
  CLI::App *sub = app.add_subcommand("bench", "Time an entry point and its kernels, beside what the machine can do");
  sub->footer("Times are medians over ten rounds; each round measures the machine's FMA peak and bandwidth, whole "
              "calls, and calls with a clock around\n"
              "every kernel. Inputs are made up and do not repeat. Parameters are initial values, or --weights; "
              "train_step begins every round\n"
              "with the same ones. A kernel's loss is its time less what its multiply-adds take at the peak or its "
              "bytes at the bandwidth.");
  addModelOptions(*sub, options->model);
  sub->add_option("--entry", options->entry,
                  "predict (the default), evaluate, train_step, or one that the model defines")
      ->type_name("NAME");
  sub->add_option("--weights", options->weights, "The parameters (default: initial values)")->type_name("FILE");
  sub->add_option("--batch", options->batch, "Rows of a call (default: the train block's batch, else 1)")
      ->type_name("ROWS")
      ->check(wholeNumber(1, kMostRows));
  sub->add_option("--threads", options->threads, "Threads that compute (default: one for each processor)")
      ->type_name("COUNT")
      ->check(wholeNumber(0, kMostThreads));
  sub->add_option("--seconds", options->seconds, "How long to measure the model (default: 2)")
      ->type_name("TIME")
      ->check(numberAboveZero());
  sub->add_option("--kernels", options->kernels, "How many kernels to list (default: 12); 0: none")
      ->type_name("COUNT")
      ->check(wholeNumber(0, kMostCount));
  sub->add_flag("--json", options->json, "Print one line of JSON");
  sub->callback([options, &status] { status = runBench(*options); });
}

} // namespace argent::tool
