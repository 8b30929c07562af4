//===- ReplaceSchedules.cpp - the user's schedules in place of the rules' ----===//
// The file's form and what is checked: ScheduleFile.h.
#include "compiler/Passes.h"
#include "compiler/schedule/ScheduleFile.h"

using namespace mlir;

namespace argent {
#define GEN_PASS_DEF_REPLACESCHEDULES
#include "compiler/Passes.h.inc"

namespace {

class ReplaceSchedulesPass : public impl::ReplaceSchedulesBase<ReplaceSchedulesPass> {
  using ReplaceSchedulesBase::ReplaceSchedulesBase;

  void runOnOperation() override {
    if (failed(replaceSchedules(getOperation(), file)))
      signalPassFailure();
  }
};

} // namespace
} // namespace argent
