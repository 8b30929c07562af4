//===- KernelText.cpp - the funcs of a kernel, from nn text ----------------===//
#include "test/compiler/schedule/KernelText.h"

#include "compiler/Passes.h"
#include "compiler/Registration.h"
#include "mlir/Parser/Parser.h"
#include "mlir/Pass/PassManager.h"

#include <gtest/gtest.h>

using namespace mlir;
using namespace argent;
using namespace argent::test;

Kernel::Kernel(StringRef arguments, StringRef ops, StringRef result) {
  DialectRegistry registry;
  registerAll(registry);
  context_.appendDialectRegistry(registry);
  std::string text =
      ("func.func @f(" + arguments + ") -> " + result + " {\n" + ops + "\nreturn %y : " + result + "\n}").str();
  module_ = parseSourceString<ModuleOp>(text, &context_);
  PassManager passes(&context_);
  passes.addPass(createPackParameters());
  passes.addPass(createFuse());
  passes.addPass(createLayout());
  passes.addPass(createLowerToHl());
  if (!module_ || failed(passes.run(*module_))) {
    ADD_FAILURE() << "the kernel does not compile:\n" << text;
    return;
  }
  auto pipelines = module_->getOps<hl::PipelineOp>();
  EXPECT_TRUE(llvm::hasSingleElement(pipelines)) << "the ops are several kernels:\n" << text;
  pipeline_.emplace(*pipelines.begin());
}

schedule::Func &Kernel::get(schedule::Kind kind) {
  auto found = llvm::find_if(pipeline_->funcs, [&](const schedule::Func &func) { return func.kind == kind; });
  if (found == pipeline_->funcs.end())
    llvm::report_fatal_error("the kernel has no func of the kind");
  return *found;
}

schedule::Func &Kernel::getLast(schedule::Kind kind) {
  schedule::Func *last = &get(kind);
  for (schedule::Func &func : pipeline_->funcs)
    if (func.kind == kind)
      last = &func;
  return *last;
}

schedule::Func &Kernel::getOutput() { return *pipeline_->outputs.front(); }

Target argent::test::getTarget(StringRef name) { return llvm::cantFail(Target::parse(name)); }
