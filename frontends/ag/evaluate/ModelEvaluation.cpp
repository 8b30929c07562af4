//===- ModelEvaluation.cpp - a file to the module of a model ---------------------------------------------------===//
#include "frontends/ag/evaluate/ModelEvaluation.h"

#include "frontends/ag/evaluate/TrainBlock.h"
#include "runtime/PortNames.h"

#include "mlir/IR/Verifier.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"
#include "llvm/ADT/SetVector.h"
#include "llvm/Support/Path.h"

using namespace argent::ag;
using llvm::StringRef;
using llvm::Twine;

namespace nn = argent::nn;

ModelEvaluation::ModelEvaluation(mlir::MLIRContext &mlirContext, Diagnostics &diagnostics,
                                 const EvaluateOptions &options)
    : context_(mlirContext, diagnostics, options), evaluator_(context_), tensors_(evaluator_.tensors),
      settings_(evaluator_), ports_(evaluator_) {}

//===- The module ---------------------------------------------------------------------------------------------===//

/// A dictionary of strings.
template <typename Texts> static mlir::DictionaryAttr dictionaryOf(mlir::Builder &b, const Texts &texts) {
  llvm::SmallVector<mlir::NamedAttribute> attributes;
  for (const auto &[name, text] : texts)
    attributes.push_back(b.getNamedAttr(name, b.getStringAttr(text)));
  return b.getDictionaryAttr(attributes);
}

void ModelEvaluation::makeModule(StringRef model, const llvm::MemoryBuffer &file) {
  mlir::OpBuilder &b = tensors_.builder;
  module_ = mlir::ModuleOp::create(b.getUnknownLoc());
  (*module_)->setAttr("nn.model", b.getStringAttr(model));
  (*module_)->setAttr("nn.source_file", b.getStringAttr(llvm::sys::path::filename(file.getBufferIdentifier())));
  (*module_)->setAttr("nn.source", b.getStringAttr(file.getBuffer()));
  if (auto texts = evaluator_.files.importedTexts(); !texts.empty())
    (*module_)->setAttr("nn.imports", dictionaryOf(b, texts));
}

mlir::OwningOpRef<mlir::ModuleOp> ModelEvaluation::run(const llvm::MemoryBuffer &file) {
  Diagnostics &diagnostics = context_.diagnostics;
  const File *tree = evaluator_.files.loadLibrary() ? evaluator_.files.load(file) : nullptr;
  const Model *chosen = tree ? chooseModel(context_, *tree, evaluator_.files.user.path) : nullptr;
  if (!chosen || diagnostics.errorCount())
    return nullptr;
  ModelBlocks model = findBlocks(context_, evaluator_.files.user, *tree, *chosen);
  context_.train = model.train;
  makeModule(chosen->name.text, file);
  if (!settings_.read(model))
    return nullptr;
  buildGraph(GraphKind::predict, model);
  bool isGood = diagnostics.errorCount() == 0;
  if (model.train && !context_.aborted) {
    buildGraph(GraphKind::evaluate, model);
    buildGraph(GraphKind::trainStep, model);
  }
  // An entry evaluates the body once more: what is wrong there has been said.
  for (const Entry *entry : model.entries)
    if (isGood && !context_.aborted)
      buildEntry(*entry, *chosen);
  if (diagnostics.errorCount())
    return nullptr;
  if (!settings_.texts().empty())
    (*module_)->setAttr("nn.compile_settings", dictionaryOf(tensors_.builder, settings_.texts()));
  usages_.report(diagnostics);
  if (mlir::failed(mlir::verify(*module_))) {
    diagnostics.errorWithoutPlace("the graph of `" + chosen->name.text +
                                  "` is not valid: this is a mistake of the compiler");
    return nullptr;
  }
  return std::move(module_);
}

void ModelEvaluation::checkDefinitions(const llvm::MemoryBuffer &file) {
  const File *tree = evaluator_.files.loadLibrary() ? evaluator_.files.load(file) : nullptr;
  if (!tree)
    return;
  // A constant may be a tensor: its operations need a graph to stand in.
  module_ = mlir::ModuleOp::create(tensors_.builder.getUnknownLoc());
  Graph graph;
  tensors_.beginGraph(graph, *module_, "constants");
  for (const ItemPtr &item : tree->items)
    if (auto *constant = llvm::dyn_cast<Constant>(item.get()); constant && !context_.aborted)
      evaluator_.names.evaluateConstant(evaluator_.files.user, *constant);
  context_.graph = nullptr;
}

//===- Graphs -------------------------------------------------------------------------------------------------===//

void ModelEvaluation::beginGraph(Graph &graph, StringRef name, Range range) {
  context_.begin(range);
  tensors_.beginGraph(graph, *module_, name);
}

bool ModelEvaluation::runBody(Frame &body, const Model &model) {
  body.file = &evaluator_.files.user;
  body.definition = &model;
  body.naming = evaluator_.instances.beginModel();
  context_.enter(body, Range());
  body.variables["training"].value = Value::boolean(context_.graph->training);
  bool good = settings_.bindAll(model.parameters, model.name.text);
  good &= ports_.addInputs(model.parameters);
  if (!context_.findVariable("N"))
    context_.bind({"N", model.name.range}, Value::dimension({1, true}));
  body.returned = !ports_.checkBatch(model);
  evaluator_.run(model.body);
  // Where an `assert` does not hold, what follows would only complain about the same.
  return !body.returned && ports_.bindOutputs(model.outputs) && good;
}

void ModelEvaluation::buildGraph(GraphKind kind, const ModelBlocks &model) {
  static const StringRef kNames[] = {"predict", "evaluate", "train_step"};
  Graph graph;
  graph.training = kind == GraphKind::trainStep;
  beginGraph(graph, kNames[static_cast<int>(kind)], model.model->name.range);
  Frame body;
  bool good = runBody(body, *model.model);
  if (!body.returned && kind == GraphKind::predict) {
    usages_.note(body);
    if (good)
      ports_.addOutputs(model.model->outputs);
  } else if (!body.returned) {
    TrainBlock train(evaluator_, ports_, settings_, *model.train);
    good &= train.run();
    usages_.note(body);
    body.train = nullptr;
    if (good && !context_.diagnostics.errorCount())
      addTrainingResults(train);
  }
  finishGraph();
  context_.graph = nullptr;
  context_.end();
}

/// What evaluation and a step of training return.
void ModelEvaluation::addTrainingResults(TrainBlock &train) {
  Graph &graph = *context_.graph;
  mlir::OpBuilder &b = tensors_.builder;
  nn::OptimizeOp optimize;
  if (graph.training) {
    optimize = train.emitOptimize();
    graph.addResult(train.loss(), {tensors_.portName("loss")});
    graph.addResult(optimize.getNorm(), {tensors_.portName("gradient_norm")});
  }
  auto writtenAt = [&](Range range) {
    PlaceScope place(context_, range);
    return b.getNamedAttr("nn.location", mlir::LocationAttr(tensors_.location()));
  };
  for (const MetricValue &metric : train.metrics())
    graph.addResult(metric.value, {tensors_.portName(metric.name), b.getNamedAttr("nn.metric", b.getUnitAttr()),
                                   writtenAt(metric.range)});
  if (graph.training) {
    graph.addResult(optimize.getRate(), {tensors_.portName(kRatePort), writtenAt(train.rateRange())});
    return;
  }
  llvm::SmallVector<StringRef> names;
  for (const MetricValue &metric : train.metrics())
    names.push_back(metric.name);
  (*module_)->setAttr("nn.training", b.getDictionaryAttr({b.getNamedAttr("batch", b.getI64IntegerAttr(train.batch())),
                                                          b.getNamedAttr("epochs", b.getI64IntegerAttr(train.epochs())),
                                                          b.getNamedAttr("metrics", b.getStrArrayAttr(names))}));
}

//===- The end of a graph -------------------------------------------------------------------------------------===//

bool ModelEvaluation::reportTimeInState(mlir::Value time) {
  llvm::SetVector<mlir::Operation *> reached(time.user_begin(), time.user_end());
  for (size_t i = 0; i != reached.size(); ++i)
    for (mlir::Operation *user : reached[i]->getUsers())
      reached.insert(user);
  auto dependsOnTime = [&](const auto &state) { return state.second.assign && reached.contains(state.second.assign); };
  auto found = llvm::find_if(context_.graph->declared, dependsOnTime);
  if (found == context_.graph->declared.end())
    return false;
  context_
      .error(found->second.assignRange,
             "a state cannot depend on `epoch`, `update` or the length of the run, which are only known in training")
      .help("write it under `if training { … }`");
  return true;
}

static void eraseArgument(mlir::func::FuncOp function, mlir::Value argument) {
  (void)function.eraseArgument(llvm::cast<mlir::BlockArgument>(argument).getArgNumber());
}

/// The random numbers' input becomes the last one, where the callers' numbers of the others stay what they are; it goes
/// where nothing draws.
static void moveRandom(mlir::func::FuncOp function, mlir::Value random) {
  unsigned index = llvm::cast<mlir::BlockArgument>(random).getArgNumber();
  if (!random.use_empty()) {
    unsigned last = function.getNumArguments();
    (void)function.insertArgument(last, random.getType(), function.getArgAttrDict(index), random.getLoc());
    random.replaceAllUsesWith(function.getArgument(last));
  }
  (void)function.eraseArgument(index);
}

void ModelEvaluation::finishGraph() {
  Graph &graph = *context_.graph;
  tensors_.endFunction(graph.function, graph.results, graph.resultAttributes);
  if (context_.diagnostics.errorCount())
    return;
  for (mlir::Operation &op : llvm::make_early_inc_range(llvm::reverse(graph.function.getBody().front())))
    if (mlir::isOpTriviallyDead(&op))
      op.erase();
  if (graph.random)
    moveRandom(graph.function, graph.random);
  if (graph.training) {
    for (mlir::Value number : {graph.updatesPerEpoch, graph.epochs})
      if (number && number.use_empty())
        eraseArgument(graph.function, number);
    return;
  }
  // In evaluation there is no time: what depends on it must not matter. Of metrics --nn-find-totals says so.
  auto times = graph.times();
  for (mlir::Value time : llvm::reverse(times)) {
    if (!time)
      continue;
    if (reportTimeInState(time))
      return;
    if (time.use_empty())
      eraseArgument(graph.function, time);
  }
}
