//===- ModelEvaluation.h - a file to the module of a model -----------------------------------------------------===//
// Evaluation happens once for each graph of a model: `predict`, `evaluate`, `train_step`, and its further entry points.
//   ModelEvaluation.cpp  the module and its graphs
//   ModelBlocks.cpp      which model; the blocks that continue its body
//   ModelEntry.cpp       further entry points
#ifndef ARGENT_FRONTENDS_AG_EVALUATE_MODELEVALUATION_H
#define ARGENT_FRONTENDS_AG_EVALUATE_MODELEVALUATION_H

#include "frontends/ag/evaluate/Evaluator.h"
#include "frontends/ag/evaluate/ModelBlocks.h"
#include "frontends/ag/evaluate/Ports.h"
#include "frontends/ag/evaluate/Settings.h"
#include "frontends/ag/evaluate/Usages.h"

namespace argent::ag {

class ModelEvaluation {
public:
  ModelEvaluation(mlir::MLIRContext &context, Diagnostics &diagnostics, const EvaluateOptions &options);

  mlir::OwningOpRef<mlir::ModuleOp> run(const llvm::MemoryBuffer &file);
  /// Checks what a file without a model says by itself: its names and its constants.
  void checkDefinitions(const llvm::MemoryBuffer &file);

private:
  enum class GraphKind { predict, evaluate, trainStep };
  void makeModule(llvm::StringRef model, const llvm::MemoryBuffer &file);
  void buildGraph(GraphKind kind, const ModelBlocks &model);
  void addTrainingResults(TrainBlock &train);
  void buildEntry(const Entry &entry, const Model &model);
  void beginGraph(Graph &graph, llvm::StringRef name, Range range);
  /// Evaluates the model's body in the frame that its graph begins with; false after an error.
  bool runBody(Frame &body, const Model &model);
  /// Ends the function with its results, and removes what nothing uses.
  void finishGraph();
  /// Reports a state that depends on `epoch` or `update` in evaluation; whether there is one.
  bool reportTimeInState(mlir::Value time);

  Context context_;
  Evaluator evaluator_;
  Tensors &tensors_;
  Settings settings_;
  Ports ports_;
  Usages usages_;
  mlir::OwningOpRef<mlir::ModuleOp> module_;
};

} // namespace argent::ag

#endif // ARGENT_FRONTENDS_AG_EVALUATE_MODELEVALUATION_H
