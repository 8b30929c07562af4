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
    : context(mlirContext, diagnostics, options), evaluator(context), tensors(evaluator.tensors), settings(evaluator),
      ports(evaluator) {}

//===- The module ---------------------------------------------------------------------------------------------===//

/// A dictionary of strings.
template <typename Texts> static mlir::DictionaryAttr dictionaryOf(mlir::Builder &b, const Texts &texts) {
  llvm::SmallVector<mlir::NamedAttribute> attributes;
  for (const auto &[name, text] : texts)
    attributes.push_back(b.getNamedAttr(name, b.getStringAttr(text)));
  return b.getDictionaryAttr(attributes);
}

void ModelEvaluation::makeModule(StringRef model, const llvm::MemoryBuffer &file) {
  mlir::OpBuilder &b = tensors.builder;
  module = mlir::ModuleOp::create(b.getUnknownLoc());
  (*module)->setAttr("nn.model", b.getStringAttr(model));
  (*module)->setAttr("nn.source_file", b.getStringAttr(llvm::sys::path::filename(file.getBufferIdentifier())));
  (*module)->setAttr("nn.source", b.getStringAttr(file.getBuffer()));
  if (auto texts = evaluator.files.importedTexts(); !texts.empty())
    (*module)->setAttr("nn.imports", dictionaryOf(b, texts));
}

mlir::OwningOpRef<mlir::ModuleOp> ModelEvaluation::run(const llvm::MemoryBuffer &file) {
  Diagnostics &diagnostics = context.diagnostics;
  const File *tree = evaluator.files.loadLibrary() ? evaluator.files.load(file) : nullptr;
  const Model *chosen = tree ? chooseModel(context, *tree, evaluator.files.user.path) : nullptr;
  if (!chosen || diagnostics.errorCount())
    return nullptr;
  ModelBlocks model = findBlocks(context, evaluator.files.user, *tree, *chosen);
  context.train = model.train;
  makeModule(chosen->name.text, file);
  if (!settings.read(model))
    return nullptr;
  buildGraph(GraphKind::predict, model);
  bool isGood = diagnostics.errorCount() == 0;
  if (model.train && !context.aborted) {
    buildGraph(GraphKind::evaluate, model);
    buildGraph(GraphKind::trainStep, model);
  }
  // An entry evaluates the body once more: what is wrong there has been said.
  for (const Entry *entry : model.entries)
    if (isGood && !context.aborted)
      buildEntry(*entry, *chosen);
  if (diagnostics.errorCount())
    return nullptr;
  if (!settings.texts().empty())
    (*module)->setAttr("nn.compile_settings", dictionaryOf(tensors.builder, settings.texts()));
  usages.report(diagnostics);
  if (mlir::failed(mlir::verify(*module))) {
    diagnostics.errorWithoutPlace("the graph of `" + chosen->name.text +
                                  "` is not valid: this is a mistake of the compiler");
    return nullptr;
  }
  return std::move(module);
}

void ModelEvaluation::checkDefinitions(const llvm::MemoryBuffer &file) {
  const File *tree = evaluator.files.loadLibrary() ? evaluator.files.load(file) : nullptr;
  if (!tree)
    return;
  // A constant may be a tensor: its operations need a graph to stand in.
  module = mlir::ModuleOp::create(tensors.builder.getUnknownLoc());
  Graph graph;
  tensors.beginGraph(graph, *module, "constants");
  for (const ItemPtr &item : tree->items)
    if (auto *constant = llvm::dyn_cast<Constant>(item.get()); constant && !context.aborted)
      evaluator.names.evaluateConstant(evaluator.files.user, *constant);
  context.graph = nullptr;
}

//===- Graphs -------------------------------------------------------------------------------------------------===//

void ModelEvaluation::beginGraph(Graph &graph, StringRef name, Range range) {
  context.begin(range);
  tensors.beginGraph(graph, *module, name);
}

bool ModelEvaluation::runBody(Frame &body, const Model &model) {
  body.file = &evaluator.files.user;
  body.definition = &model;
  body.naming = evaluator.instances.beginModel();
  context.enter(body, Range());
  body.variables["training"].value = Value::boolean(context.graph->training);
  bool good = settings.bindAll(model.parameters, model.name.text);
  good &= ports.addInputs(model.parameters);
  if (!context.findVariable("N"))
    context.bind({"N", model.name.range}, Value::dimension({1, true}));
  body.returned = !ports.checkBatch(model);
  evaluator.run(model.body);
  // Where an `assert` does not hold, what follows would only complain about the same.
  return !body.returned && ports.bindOutputs(model.outputs) && good;
}

void ModelEvaluation::buildGraph(GraphKind kind, const ModelBlocks &model) {
  static const StringRef names[] = {"predict", "evaluate", "train_step"};
  Graph graph;
  graph.training = kind == GraphKind::trainStep;
  beginGraph(graph, names[static_cast<int>(kind)], model.model->name.range);
  Frame body;
  bool good = runBody(body, *model.model);
  if (!body.returned && kind == GraphKind::predict) {
    usages.note(body);
    if (good)
      ports.addOutputs(model.model->outputs);
  } else if (!body.returned) {
    TrainBlock train(evaluator, ports, settings, *model.train);
    good &= train.run();
    usages.note(body);
    body.train = nullptr;
    if (good && !context.diagnostics.errorCount())
      addTrainingResults(train);
  }
  finishGraph();
  context.graph = nullptr;
  context.end();
}

/// What evaluation and a step of training return.
void ModelEvaluation::addTrainingResults(TrainBlock &train) {
  Graph &graph = *context.graph;
  mlir::OpBuilder &b = tensors.builder;
  nn::OptimizeOp optimize;
  if (graph.training) {
    optimize = train.emitOptimize();
    graph.addResult(train.loss(), {tensors.portName("loss")});
    graph.addResult(optimize.getNorm(), {tensors.portName("gradient_norm")});
  }
  auto writtenAt = [&](Range range) {
    PlaceScope place(context, range);
    return b.getNamedAttr("nn.location", mlir::LocationAttr(tensors.location()));
  };
  for (const MetricValue &metric : train.metrics())
    graph.addResult(metric.value, {tensors.portName(metric.name), b.getNamedAttr("nn.metric", b.getUnitAttr()),
                                   writtenAt(metric.range)});
  if (graph.training) {
    graph.addResult(optimize.getRate(), {tensors.portName(kRatePort), writtenAt(train.rateRange())});
    return;
  }
  llvm::SmallVector<StringRef> names;
  for (const MetricValue &metric : train.metrics())
    names.push_back(metric.name);
  (*module)->setAttr("nn.training", b.getDictionaryAttr({b.getNamedAttr("batch", b.getI64IntegerAttr(train.batch())),
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
  auto found = llvm::find_if(context.graph->declared, dependsOnTime);
  if (found == context.graph->declared.end())
    return false;
  context
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
  Graph &graph = *context.graph;
  tensors.endFunction(graph.function, graph.results, graph.resultAttributes);
  if (context.diagnostics.errorCount())
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
