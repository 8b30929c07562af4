//===- TimeReport.cpp - where a compilation's time went ----------------------===//
// MLIR's own timing manager prints a tree of its passes; here passes are one part among codegen processes, the linker
// and the cache, so a pass instrumentation gives the times and this report holds them all.
#include "compiler/TimeReport.h"

#include "mlir/Pass/Pass.h"
#include "mlir/Pass/PassInstrumentation.h"
#include "llvm/Support/JSON.h"

using namespace mlir;
using Clock = std::chrono::steady_clock;

namespace argent {

static double secondsSince(Clock::time_point begin) {
  return std::chrono::duration<double>(Clock::now() - begin).count();
}

namespace {

class PassTimes : public PassInstrumentation {
public:
  explicit PassTimes(TimeReport::Stage &stage) : stage_(stage) {}

  void runBeforePass(Pass *, Operation *) override { begins_.push_back(Clock::now()); }
  void runAfterPass(Pass *pass, Operation *) override { end(pass); }
  void runAfterPassFailed(Pass *pass, Operation *) override { end(pass); }

private:
  void end(Pass *pass) {
    double seconds = secondsSince(begins_.back());
    begins_.pop_back();
    // Adaptors that only hold other passes have no argument.
    if (!pass->getArgument().empty())
      stage_.passes.emplace_back(pass->getArgument().str(), seconds);
  }

  TimeReport::Stage &stage_;
  std::vector<Clock::time_point> begins_;
};

} // namespace

void TimeReport::watch(PassManager &manager) { manager.addInstrumentation(std::make_unique<PassTimes>(stages.back())); }

std::string TimeReport::toJson() const {
  std::string text;
  llvm::raw_string_ostream stream(text);
  llvm::json::OStream json(stream);
  double total = 0;
  int64_t hits = 0;
  json.object([&] {
    json.attributeArray("stages", [&] {
      for (const Stage &stage : stages) {
        total += stage.seconds;
        json.object([&] {
          json.attribute("name", stage.name);
          json.attribute("seconds", stage.seconds);
          json.attributeArray("passes", [&] {
            for (auto &[name, seconds] : stage.passes)
              json.object([&, &name = name, &seconds = seconds] {
                json.attribute("name", name);
                json.attribute("seconds", seconds);
              });
          });
        });
      }
    });
    std::vector<const KernelTime *> slowest;
    for (const KernelTime &kernel : kernels)
      slowest.push_back(&kernel);
    llvm::stable_sort(slowest, [](const KernelTime *a, const KernelTime *b) { return a->seconds > b->seconds; });
    json.attributeArray("kernels", [&] {
      for (const KernelTime *kernel : slowest) {
        hits += kernel->isCached;
        json.object([&] {
          json.attribute("name", kernel->name);
          json.attribute("symbol", kernel->symbol);
          json.attribute("seconds", kernel->seconds);
          json.attribute("cached", kernel->isCached);
        });
      }
    });
    json.attribute("cache_hits", hits);
    json.attribute("total_seconds", total);
  });
  return text;
}

StageTimer::StageTimer(TimeReport *report, llvm::StringRef name) : report_(report), begin_(Clock::now()) {
  if (!report)
    return;
  stage_ = report->stages.size();
  report->stages.push_back({name.str(), 0, {}});
}

StageTimer::~StageTimer() {
  if (report_)
    report_->stages[stage_].seconds = secondsSince(begin_);
}

} // namespace argent
