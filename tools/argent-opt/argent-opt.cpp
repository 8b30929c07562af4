//===- argent-opt.cpp - runs passes on IR text -----------------------------===//
#include "compiler/Registration.h"
#include "mlir/Tools/mlir-opt/MlirOptMain.h"

int main(int argc, char **argv) {
  mlir::DialectRegistry registry;
  argent::registerAll(registry);
  argent::registerPasses();
  return mlir::asMainReturnCode(mlir::MlirOptMain(argc, argv, "Argent's passes on nn, hl and plan text\n", registry));
}
