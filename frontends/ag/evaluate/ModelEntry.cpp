//===- ModelEntry.cpp - further entry points of a model --------------------------------------------------------===//
// An entry continues the model's body with inputs of its own: it sees what the body binds at compile time, above all
// the instances, and so shares their parameters.
//   1. Evaluate the body into a function that is thrown away.
//   2. Hide the names that hold its tensors.
//   3. Evaluate the entry's block in the same frame, into the function that stays.
#include "frontends/ag/evaluate/ModelEvaluation.h"

using namespace argent::ag;
using llvm::StringRef;

static void hideTensors(Frame &body) {
  for (auto i = body.variables.begin(); i != body.variables.end();) {
    auto next = std::next(i);
    if (i->second.value.failed() || holdsTensor(i->second.value)) {
      body.hidden[i->first] = i->second.where;
      body.variables.erase(i);
    }
    i = next;
  }
}

void ModelEvaluation::buildEntry(const Entry &entry, const Model &model) {
  const std::string &name = entry.entry.text;
  Frame body;
  Graph scratch;
  beginGraph(scratch, name, entry.entry.range);
  bool good = runBody(body, model);
  hideTensors(body);
  scratch.function.erase();

  Graph own;
  own.isEntry = true;
  if (good && !context_.aborted) {
    beginGraph(own, name, entry.entry.range);
    body.definition = &entry;
    body.entry = &entry;
    settings_.bindAll(entry.parameters, "entry " + model.name.text + "." + name, name + ".");
    ports_.addInputs(entry.parameters);
    evaluator_.run(entry.body);
    usages_.note(body);
    if (!body.returned && ports_.bindOutputs(entry.outputs))
      ports_.addOutputs(entry.outputs);
    finishGraph();
  }
  context_.graph = nullptr;
  context_.end();
}
