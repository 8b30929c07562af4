//===- Registration.cpp - all dialects and passes, for tools ---------------===//
#include "compiler/Registration.h"

#include "compiler/Passes.h"
#include "dialects/hl/HL.h"
#include "dialects/nn/NN.h"
#include "dialects/plan/Plan.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Transforms/Passes.h"

void argent::registerAll(mlir::DialectRegistry &registry) {
  registry.insert<nn::NNDialect, hl::HLDialect, plan::PlanDialect, mlir::func::FuncDialect, mlir::arith::ArithDialect,
                  mlir::math::MathDialect>();
}

void argent::registerPasses() {
  registerArgentPasses();
  mlir::registerCanonicalizerPass();
  mlir::registerCSEPass();
}
