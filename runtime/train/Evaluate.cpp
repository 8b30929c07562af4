//===- Evaluate.cpp - totals over batches --------------------------------------===//
#include "runtime/train/Evaluate.h"

#include "runtime/module_generated.h"

#include <algorithm>
#include <cmath>

namespace argent {

size_t totalCount(const Module &module) {
  const format::Training *training = module.table().training();
  return training && training->totals() ? training->totals()->size() : 0;
}

void combineTotals(const Module &module, const std::vector<float> &batch, std::vector<double> &totals) {
  if (totals.empty()) {
    totals.assign(batch.begin(), batch.end());
    return;
  }
  for (size_t i = 0; i < batch.size(); ++i) {
    double value = batch[i];
    switch (static_cast<format::TotalKind>(module.table().training()->totals()->Get(static_cast<unsigned>(i)))) {
    case format::TotalKind::sum:
      totals[i] += value;
      break;
    case format::TotalKind::max:
      totals[i] = std::max(totals[i], value);
      break;
    case format::TotalKind::min:
      totals[i] = std::min(totals[i], value);
      break;
    }
  }
}

Status metricValues(Session &session, std::vector<double> totals, MetricValues &values) {
  const format::EntryPoint *entry = session.module().entry("metrics");
  if (!entry)
    return Status(StatusCode::kNotFound,
                  session.module().name() + " has no entry point `metrics`: the model has no train block");
  TensorView input{ElementType::f64, {static_cast<int64_t>(totals.size())}, totals.data()};
  size_t count = entry->outputs() ? entry->outputs()->size() : 0;
  std::vector<double> doubles(count);
  std::vector<float> floats(count);
  std::vector<TensorView> outputs;
  for (unsigned i = 0; i < count; ++i) {
    auto type = static_cast<ElementType>(entry->outputs()->Get(i)->type()->element_type());
    outputs.push_back({type, {}, type == ElementType::f64 ? static_cast<void *>(&doubles[i]) : &floats[i]});
  }
  ARGENT_RETURN_IF_ERROR(session.run("metrics", {&input, 1}, outputs));
  values.clear();
  for (unsigned i = 0; i < count; ++i)
    values.emplace_back(entry->outputs()->Get(i)->name()->str(),
                        outputs[i].type == ElementType::f64 ? doubles[i] : floats[i]);
  return Status();
}

std::string nonFiniteText(const MetricValues &values) {
  std::string text;
  for (auto &[name, value] : values)
    if (!std::isfinite(value))
      text += (text.empty() ? "" : ", ") + (name == "loss" ? std::string("the loss") : "`" + name + "`") +
              (text.empty() ? " is " : " ") +
              (std::isnan(value) ? "nan"
               : value > 0       ? "inf"
                                 : "-inf");
  return text;
}

Status evaluate(Session &session, const BatchSource &source, const std::vector<uint32_t> &rows, int64_t batchRows,
                const std::function<void(int64_t)> &progress, const StopFunction &stop, MetricValues &values,
                std::string &nonFinite) {
  BatchLoader loader(source, rows, 0, batchRows);
  std::vector<double> totals;
  std::vector<float> batchTotals(totalCount(session.module()));
  TensorView output{ElementType::f32, {static_cast<int64_t>(batchTotals.size())}, batchTotals.data()};
  std::string where; // of the first batch whose totals are not finite
  int64_t done = 0;
  ARGENT_RETURN_IF_ERROR(session.resetRows(Rows::others));
  while (const Batch *batch = loader.next()) {
    if (stop && stop())
      return Status(StatusCode::kInterrupted, "stopped");
    ARGENT_RETURN_IF_ERROR(session.run("evaluate", batch->tensors, {&output, 1}));
    combineTotals(session.module(), batchTotals, totals);
    if (where.empty() &&
        !std::all_of(batchTotals.begin(), batchTotals.end(), [](float total) { return std::isfinite(total); })) {
      ARGENT_RETURN_IF_ERROR(session.findNonFinite("evaluate", batch->tensors, {&output, 1}, where));
      if (!where.empty())
        where += ", in the rows " + std::to_string(done) + " to " + std::to_string(done + batch->rows - 1);
    }
    done += batch->rows;
    if (progress)
      progress(done);
  }
  ARGENT_RETURN_IF_ERROR(loader.status());
  ARGENT_RETURN_IF_ERROR(metricValues(session, std::move(totals), values));
  nonFinite = nonFiniteText(values);
  if (!nonFinite.empty() && !where.empty())
    nonFinite += ": the first value that is not finite is computed by " + where;
  return Status();
}

} // namespace argent
