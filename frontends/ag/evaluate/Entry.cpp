//===- Entry.cpp - further entry points of a model -------------------------------------------------------===//
// An entry continues the model's body with inputs of its own: it sees what the body binds at compile time, above all
// the instances, and so shares their parameters.
//   1. Evaluate the body into a function that is thrown away.
//   2. Hide the names that hold its tensors.
//   3. Evaluate the entry's block in the same frame, into the function that stays.
#include "frontends/ag/evaluate/Evaluator.h"

using namespace argent::ag;
using llvm::StringRef;

void Evaluator::buildEntry(const Entry &entry, const Model &model) {
  const std::string &name = entry.entry.text;
  Frame body;
  Graph scratch;
  beginGraph(scratch, name, entry.entry.range);
  bool good = runBody(body, model);

  for (auto i = body.variables.begin(); i != body.variables.end();) {
    auto next = std::next(i);
    if (i->second.value.failed() || holdsTensor(i->second.value)) {
      body.hidden[i->first] = i->second.where;
      body.variables.erase(i);
    }
    i = next;
  }
  scratch.function.erase();

  Graph own;
  own.isEntry = true;
  if (good && !aborted) {
    beginGraph(own, name, entry.entry.range);
    body.definition = &entry;
    body.entry = &entry;
    bindSettings(entry.parameters, "entry " + model.name.text + "." + name, name + ".");
    addInputs(entry.parameters);
    run(entry.body);
    noteUsages();
    if (!body.returned && bindOutputs(entry.outputs))
      for (const Output &output : entry.outputs)
        own.addResult(findVariable(output.name.text)->value.asTensor(), {portName(output.name.text)});
    finishGraph();
  }
  graph = nullptr;
  frames.clear();
  rangeStack.clear();
}
