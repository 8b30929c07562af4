//===- TimeReport.h - where a compilation's time went -----------------------===//
#ifndef ARGENT_COMPILER_TIMEREPORT_H
#define ARGENT_COMPILER_TIMEREPORT_H

#include "compiler/codegen/Kernels.h"
#include "mlir/Pass/PassManager.h"

#include <chrono>

namespace argent {

/// Filled while compiling; all times are seconds of the wall clock.
struct TimeReport {
  struct Stage {
    std::string name;
    double seconds = 0;
    std::vector<std::pair<std::string, double>> passes; // of the stage, in order
  };
  std::vector<Stage> stages; // in order
  std::vector<KernelTime> kernels;

  /// Times the passes of `manager` into the last stage.
  void watch(mlir::PassManager &manager);
  /// {"stages": [...], "kernels": [... slowest first], "cache_hits": ..., "total_s": ...}
  std::string toJson() const;
};

/// Adds a stage to a report (null: does nothing) that lasts as long as this lives.
class StageTimer {
public:
  StageTimer(TimeReport *report, llvm::StringRef name);
  ~StageTimer();

private:
  TimeReport *report_;
  size_t stage_ = 0;
  std::chrono::steady_clock::time_point begin_;
};

} // namespace argent

#endif // ARGENT_COMPILER_TIMEREPORT_H
