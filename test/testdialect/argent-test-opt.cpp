//===- argent-test-opt.cpp - argent-opt with the dialect of tests ----------===//
#include "compiler/Registration.h"
#include "mlir/Tools/mlir-opt/MlirOptMain.h"
#include "test/testdialect/TestDialect.h"

int main(int argc, char **argv) {
  mlir::DialectRegistry registry;
  argent::registerAll(registry);
  registry.insert<argent::test::TestDialect>();
  argent::registerPasses();
  return mlir::asMainReturnCode(mlir::MlirOptMain(argc, argv, "Argent's passes on text of tests\n", registry));
}
