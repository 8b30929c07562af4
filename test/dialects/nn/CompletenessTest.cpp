//===- CompletenessTest.cpp - every op of nn has all its facets ------------===//
// Walks the registered ops: each is shown in a lit test, has a gradient or says that it has none, has a kernel or is
// structure, and, if it computes, is compared with JAX.
#include "dialects/nn/NN.h"
#include "mlir/IR/MLIRContext.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include <gtest/gtest.h>
#include <set>

using namespace mlir;

namespace {

/// What a kernel is made of or stands between, but does not compute.
const std::set<std::string> kStructure = {"parameter", "state", "assign",      "optimize", "gradient", "update", "scan",
                                          "next",      "arena", "store_arena", "fused",    "yield",    "launch"};

std::string read(const std::string &path) {
  auto buffer = llvm::MemoryBuffer::getFile(path);
  return buffer ? (*buffer)->getBuffer().str() : "";
}

/// The text of all lit tests below test/.
std::string litTests() {
  std::string text;
  std::error_code error;
  for (llvm::sys::fs::recursive_directory_iterator it(ARGENT_TEST_SOURCE, error), end; it != end && !error;
       it.increment(error))
    if (llvm::StringRef(it->path()).ends_with(".mlir"))
      text += read(it->path());
  return text;
}

TEST(Completeness, EveryOpHasItsFacets) {
  MLIRContext context(MLIRContext::Threading::DISABLED);
  context.loadDialect<argent::nn::NNDialect>();
  std::string lit = litTests(), numerics = read(ARGENT_TEST_SOURCE "/numerics/cases.py");
  ASSERT_FALSE(lit.empty());
  ASSERT_FALSE(numerics.empty());
  int count = 0;
  for (RegisteredOperationName op : context.getRegisteredOperations()) {
    if (op.getDialectNamespace() != "nn")
      continue;
    ++count;
    std::string name = op.stripDialect().str();
    EXPECT_NE(lit.find("nn." + name + " "), std::string::npos) << name << " is in no lit test";
    bool differentiable = op.hasInterface<argent::GradientOpInterface>();
    EXPECT_NE(differentiable, op.hasTrait<argent::NotDifferentiable>())
        << name << " has a gradient or says that it has none";
    bool computes = op.hasInterface<argent::KernelOpInterface>();
    EXPECT_NE(computes, kStructure.count(name) == 1) << name << " has a kernel or is structure";
    EXPECT_EQ(computes, op.hasInterface<argent::CostOpInterface>()) << name << " computes, so it costs";
    if (computes) {
      EXPECT_NE(numerics.find("\"" + name + "\""), std::string::npos) << name << " is not compared with JAX";
    }
  }
  EXPECT_GT(count, 50);
}

} // namespace
