//===- Reports.cpp - why a training stopped, in words -------------------------------===//
#include "runtime/train/Reports.h"

#include "runtime/SourcePlace.h"

#include <cmath>
#include <cstdio>

namespace argent {

static int firstNonFinite(const LogicalValues &values) {
  for (size_t i = 0; i < values.tensors.size(); ++i)
    if (values.tensors[i].type == ElementType::f32)
      for (int64_t k = 0; k < values.tensors[i].elementCount(); ++k)
        if (!std::isfinite(static_cast<const float *>(values.tensors[i].data)[k]))
          return static_cast<int>(i);
  return -1;
}

std::string shortText(double value) {
  char text[64];
  std::snprintf(text, sizeof(text), "%.4g", std::isnan(value) ? std::fabs(value) : value);
  return text;
}

/// "epoch 2, step 1 (update 3)": the step that was made last.
static std::string place(const TrainingPosition &position) {
  return "epoch " + std::to_string(position.epoch + 1) + ", step " +
         std::to_string((position.rows + position.batch - 1) / position.batch) + " (update " +
         std::to_string(position.update) + ")";
}

std::string describeNonFinite(const TrainingRun &run, std::string found, int restorations) {
  std::string text = "training stopped in " + place(run.position) + ": the loss is " + shortText(run.step.loss) +
                     ", the gradient's norm " + shortText(run.step.gradientNorm) + ".";
  LogicalValues values;
  int at = -1;
  // What is computed from a parameter that is not finite says nothing.
  if (run.session->values(0, values).ok() && (at = firstNonFinite(values)) >= 0)
    found = describeParameter(run.module->table(), static_cast<unsigned>(at));
  if (!found.empty())
    text += " The first value that is not finite: " + found + ".";
  if (run.session->gradients(values).ok() && (at = firstNonFinite(values)) >= 0)
    text += " The first parameter whose gradient is not finite: " +
            describeParameter(run.module->table(), static_cast<unsigned>(at)) + ".";
  text += run.saver->lastGood().empty() ? " There is no checkpoint before this step."
                                        : " The last good checkpoint is " + run.saver->lastGood() + ".";
  if (restorations)
    text += " It went back " + std::to_string(restorations) + " times; the rate is now multiplied by " +
            shortText(run.position.rateScale) + ".";
  return text;
}

std::string describeBadRate(const TrainingRun &run) {
  return "training stopped in " + place(run.position) + ": the rate is " + shortText(run.step.rate) +
         placeText(run.module->table(), run.step.ratePort->location()) + "; it must be finite and at least 0." +
         (run.saver->lastGood().empty() ? " There is no checkpoint before this step."
                                        : " The last good checkpoint is " + run.saver->lastGood() + ".");
}

} // namespace argent
