//===- KernelsTest.cpp - keys, workers, cache, image -----------------------===//
#include "test/compiler/codegen/KernelHarness.h"

#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/raw_ostream.h"

#include <fstream>
#include <gtest/gtest.h>
#include <numeric>

using namespace mlir;
using namespace argent;
using namespace argent::test;

/// x * factor + y over 13 columns, and with another name for the func.
static std::string getScale(const char *name, const char *func, const char *factor) {
  return std::string("hl.pipeline @") + name +
         R"((%x: !hl.buffer<?x13xf32>, %y: !hl.buffer<13xf32>) -> (!hl.buffer<?x13xf32>) {
  %out = hl.func ")" +
         func + R"(" [%n, %i] -> f32 {
    %f = arith.constant )" +
         factor + R"( : f32
    %a = hl.at %x[%n, %i] : !hl.buffer<?x13xf32> -> f32
    %b = hl.at %y[%i] : !hl.buffer<13xf32> -> f32
    %p = arith.mulf %a, %f : f32
    %r = arith.addf %p, %b : f32
    hl.yield %r : f32
  }
  hl.output %out : !hl.func<2, f32>
  hl.schedule %out : !hl.func<2, f32> {
    hl.vectorize "i" by 8 tail guard_with_if
    hl.parallel "n"
  }
}
)";
}

/// x @ w, whose sum is of a stage or none.
static std::string getProduct(const std::string &name, const std::string &stage) {
  return "hl.pipeline @" + name +
         R"((%x: !hl.buffer<?x5xf32>, %w: !hl.buffer<5x8xf32>) -> (!hl.buffer<?x8xf32>) {
  %acc = hl.func "acc" [%m, %k] -> f32)" +
         stage + R"( {
    %zero = arith.constant 0.0 : f32
    hl.yield %zero : f32
  } update [%m, %k] over [%d in 5] {
    %old = hl.self [%m, %k] : f32
    %a = hl.at %x[%m, %d] : !hl.buffer<?x5xf32>
    %b = hl.at %w[%d, %k] : !hl.buffer<5x8xf32>
    %p = arith.mulf %a, %b : f32
    %r = arith.addf %old, %p : f32
    hl.yield %r : f32
  }
  hl.output %acc : !hl.func<2, f32>
}
)";
}

static Target getHost() { return llvm::cantFail(Target::parse("host")); }

TEST(Kernels, KeysIgnoreNamesOnly) {
  Compiler compiler;
  auto module =
      compiler.parse(getScale("a", "out", "2.0") + getScale("b", "other", "2.0") + getScale("c", "out", "3.0"));
  ASSERT_TRUE(module);
  auto pipelines = compiler.getPipelines(*module);
  Target avx2 = llvm::cantFail(Target::parse("x86-64-linux-avx2")),
         arm = llvm::cantFail(Target::parse("aarch64-linux"));
  std::string key = getKernelSymbol(pipelines[0], avx2, false);
  EXPECT_EQ(key.size(), 34u);
  EXPECT_EQ(key, getKernelSymbol(pipelines[1], avx2, false));
  EXPECT_NE(key, getKernelSymbol(pipelines[2], avx2, false));
  EXPECT_NE(key, getKernelSymbol(pipelines[0], avx2, true));
  EXPECT_NE(key, getKernelSymbol(pipelines[0], arm, false));
}

TEST(Kernels, KeysIgnoreWhatRulesAndReportsRead) {
  Compiler compiler;
  auto module = compiler.parse(getScale("a", "out", "2.0"));
  ASSERT_TRUE(module);
  hl::PipelineOp pipeline = compiler.getPipelines(*module)[0];
  Target avx2 = llvm::cantFail(Target::parse("x86-64-linux-avx2"));
  std::string key = getKernelSymbol(pipeline, avx2, false);
  Builder builder(pipeline.getContext());
  pipeline.setKernelName("scale");
  pipeline.setOpsAttr(builder.getStrArrayAttr({"mul", "add"}));
  pipeline.setFlops(ArrayRef<int64_t>{0, 26});
  pipeline.setRole(hl::Role::Gradient);
  pipeline.setMinBatch(6);
  pipeline.setSmall("a_small");
  pipeline.setByHand(true);
  for (auto func : pipeline.getBody().getOps<hl::FuncOp>())
    func.setBox(ArrayRef<int64_t>{ShapedType::kDynamic, 13});
  ASSERT_TRUE(succeeded(pipeline.verify()));
  EXPECT_EQ(key, getKernelSymbol(pipeline, avx2, false));
  // What is written in place is what the kernel does.
  pipeline.setInplace(ArrayRef<int64_t>{0});
  EXPECT_NE(key, getKernelSymbol(pipeline, avx2, false));
}

TEST(Kernels, KeysIgnoreStages) {
  Compiler compiler;
  auto module = compiler.parse(getProduct("a", "") + getProduct("b", " stage product"));
  ASSERT_TRUE(module);
  auto pipelines = compiler.getPipelines(*module);
  EXPECT_EQ(getKernelSymbol(pipelines[0], getHost(), false), getKernelSymbol(pipelines[1], getHost(), false));
}

TEST(Kernels, WorkersAndCacheChangeNothing) {
  Compiler compiler;
  auto module =
      compiler.parse(getScale("a", "out", "2.0") + getScale("b", "other", "2.0") + getScale("c", "out", "3.0"));
  ASSERT_TRUE(module);
  auto pipelines = compiler.getPipelines(*module);
  CacheFolder first, second;
  CodegenOptions options;
  options.workers = 1;
  options.cacheDir = first.path;
  auto serial = compileKernels(pipelines, getHost(), options);
  options.workers = 2;
  options.cacheDir = second.path;
  auto parallel = compileKernels(pipelines, getHost(), options);
  // The cache has them: no process is started.
  options.codegenPath = "no such program";
  auto cached = compileKernels(pipelines, getHost(), options);
  ASSERT_TRUE(succeeded(serial) && succeeded(parallel) && succeeded(cached));
  for (size_t i = 0; i < pipelines.size(); ++i) {
    EXPECT_EQ((*serial)[i].object, (*parallel)[i].object);
    EXPECT_EQ((*serial)[i].object, (*cached)[i].object);
  }
  EXPECT_EQ((*serial)[0].symbol, (*serial)[1].symbol);

  auto image = linkImage(*serial, getHost(), UnknownLoc::get(&compiler.context));
  auto again = linkImage(*parallel, getHost(), UnknownLoc::get(&compiler.context));
  ASSERT_TRUE(succeeded(image) && succeeded(again));
  EXPECT_EQ(image->bytes, again->bytes);
  EXPECT_EQ(image->kernels.size(), 2u);
  EXPECT_GT(image->kernels[0].codeBytes, 0u);
  EXPECT_TRUE(image->kernels[0].isParallel);
}

TEST(Kernels, DamagedCacheEntryIsCompiledAgain) {
  Compiler compiler;
  auto module = compiler.parse(getScale("a", "out", "2.0"));
  auto pipelines = compiler.getPipelines(*module);
  CacheFolder cache;
  CodegenOptions options;
  options.cacheDir = cache.path;
  auto before = compileKernels(pipelines, getHost(), options);
  ASSERT_TRUE(succeeded(before));
  std::string file = cache.path + "/" + (*before)[0].symbol + ".kernel";
  std::string bytes = llvm::cantFail(llvm::errorOrToExpected(llvm::MemoryBuffer::getFile(file)))->getBuffer().str();
  bytes[bytes.size() / 2] ^= 1;
  std::ofstream(file, std::ios::binary) << bytes;
  auto after = compileKernels(pipelines, getHost(), options);
  ASSERT_TRUE(succeeded(after));
  EXPECT_EQ((*before)[0].object, (*after)[0].object);
}

TEST(Kernels, ErrorsStandAtThePipeline) {
  Compiler compiler;
  // Halide rejects it: an update does not compute a row twice.
  std::string text = getScale("a", "out", "2.0");
  std::string update = " update [%n, %i] {\n    %a = hl.self[%n, %i] : f32\n    hl.yield %a : f32\n  }\n  hl.output";
  text.replace(text.find("  hl.output"), 11, update);
  text.insert(text.rfind('}'), "  hl.schedule %out update(0) : !hl.func<2, f32> {\n    hl.split \"i\" into \"io\", "
                               "\"ii\" by 8 tail shift_inwards\n  }\n");
  auto module = compiler.parse(text);
  ASSERT_TRUE(module);
  CodegenOptions options;
  options.useCache = false;
  EXPECT_TRUE(failed(compileKernels(compiler.getPipelines(*module), getHost(), options)));
  ASSERT_EQ(compiler.errors.size(), 1u);
  EXPECT_NE(compiler.errors[0].find("Halide"), std::string::npos) << compiler.errors[0];
}

TEST(Image, RunsAKernel) {
  for (bool checked : {false, true}) {
    std::string error;
    auto kernel = LoadedKernel::load(getScale("a", "out", "2.0"), error, checked);
    ASSERT_TRUE(kernel) << error;
    std::vector<float> x(5 * 13), y(13), out(5 * 13, -1);
    std::iota(x.begin(), x.end(), 0.f);
    std::iota(y.begin(), y.end(), 100.f);
    Memory mx(ElementType::f32, {5, 13}, x.data()), my(ElementType::f32, {13}, y.data()),
        mo(ElementType::f32, {5, 13}, out.data());
    ASSERT_EQ(kernel->run(5, {&mx, &my, &mo}), 0) << kernel->message;
    for (int n = 0; n < 5; ++n)
      for (int i = 0; i < 13; ++i)
        EXPECT_EQ(out[n * 13 + i], 2 * x[n * 13 + i] + y[i]);
  }
}

TEST(Image, CheckedKernelsReport) {
  std::string error;
  auto kernel = LoadedKernel::load(getScale("a", "out", "2.0"), error, /*checked=*/true);
  ASSERT_TRUE(kernel) << error;
  std::vector<float> x(5 * 13), y(13), out(5 * 13);
  Memory mx(ElementType::f32, {4, 13}, x.data()), my(ElementType::f32, {13}, y.data()),
      mo(ElementType::f32, {5, 13}, out.data());
  EXPECT_NE(kernel->run(5, {&mx, &my, &mo}), 0);
  EXPECT_NE(kernel->message.find("in0"), std::string::npos) << kernel->message;
}

// Integers that are any bits wrap; the high half of a product, shifts and divisions are those of arith.
TEST(Image, IntegersWrap) {
  const char *text = R"(
hl.pipeline @k(%x: !hl.buffer<64xi32>, %y: !hl.buffer<64xi32>) -> (!hl.buffer<64xi32>, !hl.buffer<64xi32>, !hl.buffer<64xi32>, !hl.buffer<64xf32>) {
  %out = hl.func "out" [%i] -> (i32, i32, i32, f32) {
    %a = hl.at %x[%i] : !hl.buffer<64xi32> -> i32
    %b = hl.at %y[%i] : !hl.buffer<64xi32> -> i32
    %golden = arith.constant -1640531527 : i32
    %sum = arith.addi %a, %golden : i32
    %low, %high = arith.mului_extended %sum, %b : i32
    %mix = arith.xori %high, %a : i32
    %five = arith.constant 5 : i32
    %shifted = arith.shrui %mix, %five : i32
    %c = arith.constant -7 : i32
    %d = hl.div %i, %c : i32
    %m = hl.mod %i, %c : i32
    %t = arith.muli %d, %m : i32
    %eight = arith.constant 8 : i32
    %u = arith.shrui %mix, %eight : i32
    %f = arith.uitofp %u : i32 to f32
    %scale = arith.constant 5.9604644775390625e-08 : f32
    %uniform = arith.mulf %f, %scale : f32
    hl.yield %low, %shifted, %t, %uniform : i32, i32, i32, f32
  }
  hl.output %out : !hl.func<1, i32, i32, i32, f32>
  hl.schedule %out : !hl.func<1, i32, i32, i32, f32> { hl.vectorize "i" by 8 }
}
)";
  std::string error;
  auto kernel = LoadedKernel::load(text, error);
  ASSERT_TRUE(kernel) << error;
  std::vector<uint32_t> x(64), y(64);
  std::vector<int32_t> low(64), shifted(64), t(64);
  std::vector<float> uniform(64);
  for (uint32_t i = 0; i < 64; ++i) {
    x[i] = i * 2654435761u;
    y[i] = 0xD2511F53u + i * 0x01000193u;
  }
  ElementType i32 = ElementType::i32;
  Memory mx(i32, {64}, x.data()), my(i32, {64}, y.data()), ml(i32, {64}, low.data()), ms(i32, {64}, shifted.data()),
      mt(i32, {64}, t.data()), mu(ElementType::f32, {64}, uniform.data());
  ASSERT_EQ(kernel->run(1, {&mx, &my, &ml, &ms, &mt, &mu}), 0);
  for (int i = 0; i < 64; ++i) {
    uint64_t product = uint64_t(x[i] - 1640531527u) * y[i];
    uint32_t mix = uint32_t(product >> 32) ^ x[i];
    EXPECT_EQ(uint32_t(low[i]), uint32_t(product));
    EXPECT_EQ(uint32_t(shifted[i]), mix >> 5);
    int quotient = i % 7 ? -(i / 7) - 1 : -(i / 7), remainder = i + 7 * quotient; // rounded down; the divisor's sign
    EXPECT_EQ(t[i], quotient * remainder);
    EXPECT_EQ(uniform[i], float(mix >> 8) * 0x1p-24f);
  }
}
