//===- ContractionTest.cpp - what the rule for products decides ------------===//
#include "compiler/schedule/Contraction.h"

#include "test/compiler/schedule/KernelText.h"

#include "llvm/Support/MathExtras.h"

#include <gtest/gtest.h>

using namespace argent;
using namespace argent::schedule;
using namespace argent::test;

static std::string image(int64_t size, int64_t channels) {
  std::string side = std::to_string(size);
  return "tensor<?x" + side + "x" + side + "x" + std::to_string(channels) + "xf32>";
}

/// relu(conv(x)) of a square image.
static Kernel getConv(int64_t size, int64_t inputs, int64_t outputs, int64_t window, int64_t stride = 1) {
  std::string side = std::to_string(window), step = std::to_string(stride), pad = std::to_string(window / 2);
  std::string filter = "tensor<" + side + "x" + side + "x" + std::to_string(inputs) + "x" + std::to_string(outputs) +
                       "xf32>",
              y = image(size / stride, outputs);
  return Kernel("%x: " + image(size, inputs),
                "%w = nn.parameter \"w\" <glorot_uniform, 0.0, 0.0> : " + filter + "\n%0 = nn.conv %x, %w strides [" +
                    step + ", " + step + "] padding [" + pad + ", " + pad + ", " + pad + ", " + pad +
                    "] dilations [1, 1] : " + image(size, inputs) + ", " + filter + "\n%y = nn.relu %0 : " + y,
                y);
}

/// relu(x @ w) of N rows.
static Kernel getDense(int64_t depth, int64_t outputs) {
  std::string x = "tensor<?x" + std::to_string(depth) + "xf32>", y = "tensor<?x" + std::to_string(outputs) + "xf32>",
              w = "tensor<" + std::to_string(depth) + "x" + std::to_string(outputs) + "xf32>";
  return Kernel("%x: " + x,
                "%w = nn.parameter \"w\" <glorot_uniform, 0.0, 0.0> : " + w + "\n%0 = nn.matmul %x, %w : " + x + ", " +
                    w + "\n%y = nn.relu %0 : " + y,
                y);
}

static ContractionDecision decide(Kernel &kernel, llvm::StringRef target, bool smallBatch = false) {
  return decideContraction(kernel.get(Kind::Contraction), getTarget(target), smallBatch);
}

static const char *const kTargets[] = {"x86-64-linux-avx2", "x86-64-linux-avx512", "aarch64-linux"};

/// "6x2": rows by vectors of a tile over pixels or N.
static std::string getTile(const ContractionDecision &decision) {
  return std::to_string(decision.tile.rows) + "x" + std::to_string(decision.tile.vectors);
}

using Place = ContractionDecision::Place;
using Tasks = ContractionDecision::Tasks;

//===----------------------------------------------------------------------===//
// The tile
//===----------------------------------------------------------------------===//

// The last tile wastes little: 49 pixels are 9 + 1/9 tiles of 5 or 6 rows, 5 of 10.
TEST(Contraction, TilesByPixels) {
  struct Case {
    int64_t size, inputs, outputs, window;
    const char *avx2, *avx512, *neon;
  };
  for (const Case &layer : {Case{56, 64, 64, 3, "6x2", "14x2", "14x2"}, Case{28, 128, 128, 3, "6x2", "14x2", "14x2"},
                            Case{14, 256, 256, 3, "6x2", "14x2", "14x2"}, Case{7, 512, 512, 3, "5x2", "10x2", "10x2"},
                            Case{56, 64, 256, 1, "6x2", "14x2", "14x2"}}) {
    Kernel kernel = getConv(layer.size, layer.inputs, layer.outputs, layer.window);
    for (auto [target, tile] :
         {std::pair(kTargets[0], layer.avx2), {kTargets[1], layer.avx512}, {kTargets[2], layer.neon}}) {
      ContractionDecision decision = decide(kernel, target);
      EXPECT_TRUE(decision.isTiled);
      EXPECT_EQ(getTile(decision), tile) << layer.size << " pixels, " << target;
      EXPECT_EQ(decision.tile.firstAxis, 1) << "the tile is one of pixels";
      EXPECT_EQ(decision.minBatch, 1);
      EXPECT_EQ(decision.root->op.getName(), "relu") << "what follows the sum is computed at the tile";
    }
  }
}

// Sums, vectors of the one factor and a broadcast of the other fit in the registers, and lanes in what is loaded.
TEST(Contraction, TilesFitRegisters) {
  for (const char *name : kTargets) {
    Target target = getTarget(name);
    for (int64_t size : {1, 2, 3, 5, 7, 14, 28, 40})
      for (int64_t outputs : {1, 2, 3, 4, 7, 8, 10, 16, 17, 33, 64, 100}) {
        Kernel kernel = getConv(size, 3, outputs, size == 1 ? 1 : 3);
        Func &sum = kernel.get(Kind::Contraction);
        ContractionDecision decision = decideContraction(sum, target, /*smallBatch=*/false);
        if (!decision.isTiled)
          continue;
        const Tile &tile = decision.tile;
        int64_t rows = std::max<int64_t>(tile.rows, 1), last = sum.rank() - 1;
        for (int64_t axis = tile.firstAxis + (tile.splits() ? 1 : 0); axis < last; ++axis)
          rows *= sum.box[axis];
        std::string what = std::to_string(size) + " pixels, " + std::to_string(outputs) + " features, " + name;
        EXPECT_LE(rows * tile.vectors + tile.vectors + 1, target.vectorRegisters) << what;
        EXPECT_LE(tile.lanes, sum.lanes(target)) << what;
        auto features = llvm::find_if(sum.factors, [&](const Factor &factor) { return factor.axes.test(last); });
        EXPECT_GE(features->reach, int64_t(llvm::alignTo(outputs, tile.width()))) << what;
        if (tile.splits() && tile.firstAxis > 0) {
          EXPECT_LE(tile.rows, sum.box[tile.firstAxis]) << what << ": a tile is no larger than the image";
        }
      }
  }
}

// Rows are N: the tile needs as many. Below, a row has more vectors, and a large matrix keeps tasks.
TEST(Contraction, TilesOverN) {
  Kernel dense = getDense(400, 120);
  ContractionDecision decision = decide(dense, "x86-64-linux-avx2");
  EXPECT_EQ(getTile(decision), "6x2");
  EXPECT_EQ(decision.tile.firstAxis, 0);
  EXPECT_EQ(decision.minBatch, 6);
  EXPECT_EQ(decide(dense, "x86-64-linux-avx512").minBatch, 8);

  ContractionDecision small = decide(dense, "x86-64-linux-avx2", /*smallBatch=*/true);
  EXPECT_TRUE(small.hasFewRows);
  EXPECT_EQ(small.minBatch, 1);
  EXPECT_FALSE(small.tile.splits());
  EXPECT_EQ(small.tile.vectors, 8);
  EXPECT_EQ(small.tasks, Tasks::None) << "48000 multiply-adds are work for one thread";

  Kernel large = getDense(4096, 4096);
  ContractionDecision tasks = decide(large, "x86-64-linux-avx2", /*smallBatch=*/true);
  EXPECT_EQ(tasks.tasks, Tasks::Outermost);
  Func &sum = large.get(Kind::Contraction);
  EXPECT_EQ(tasks.outerLoops(sum).back(), tasks.root->axes.back() + "o") << "panels are the tasks";
  EXPECT_GE(tasks.panels(sum), 8);
}

// Fewer features than a tile's width: one vector of them, no loop over panels.
TEST(Contraction, FewFeatures) {
  Kernel logits = getDense(84, 10);
  ContractionDecision decision = decide(logits, "x86-64-linux-avx2");
  EXPECT_TRUE(decision.isOneVector);
  EXPECT_EQ(decision.outerLoops(logits.get(Kind::Contraction)), llvm::SmallVector<std::string>{"no"});
}

//===----------------------------------------------------------------------===//
// Place, tasks, staging
//===----------------------------------------------------------------------===//

// A result that keeps rows and columns apart computes the product in its loop over rows, of which tiles are parts.
TEST(Contraction, InRowsOfAnImage) {
  std::string x = image(28, 32);
  Kernel kernel("%x: " + x + ", %w: tensor<1x1x32x32xf32>, %rows: tensor<28x1x1xf32>",
                "%0 = nn.conv %x, %w strides [1, 1] padding [0, 0, 0, 0] dilations [1, 1] : " + x +
                    ", tensor<1x1x32x32xf32>\n%y = nn.mul %0, %rows : " + x + ", tensor<28x1x1xf32>",
                x);
  ContractionDecision decision = decide(kernel, "x86-64-linux-avx512");
  EXPECT_EQ(decision.place, Place::Rows);
  EXPECT_EQ(decision.consumer, &kernel.getOutput());
  EXPECT_EQ(decision.root, &kernel.get(Kind::Contraction)) << "stored by a wrapper";
  EXPECT_EQ(decision.rowPoints, 28);
  EXPECT_EQ(getTile(decision), "14x2") << "two tiles are a row";
  EXPECT_EQ(decision.tasks, Tasks::None) << "the consumer's";
}

/// x @ w of N sequences of `rows` rows, split into heads, and each scaled.
static Kernel getHeads(int64_t rows, int64_t heads, int64_t features) {
  std::string m = std::to_string(rows), h = std::to_string(heads), k = std::to_string(features),
              d = std::to_string(heads * features), x = "tensor<?x" + m + "x" + d + "xf32>",
              split = "tensor<?x" + m + "x" + h + "x" + k + "xf32>";
  return Kernel("%x: " + x + ", %scale: tensor<" + h + "x1xf32>",
                "%w = nn.parameter \"w\" <glorot_uniform, 0.0, 0.0> : tensor<" + d + "x" + d +
                    "xf32>\n%0 = nn.matmul %x, %w : " + x + ", tensor<" + d + "x" + d + "xf32>\n%1 = nn.reshape %0 : " +
                    x + " to " + split + "\n%y = nn.mul %1, %scale : " + split + ", tensor<" + h + "x1xf32>",
                split);
}

// Rows and heads are no rows of an image: in a loop over either, the product would be computed again and again.
TEST(Contraction, HeadsAreNoImage) {
  for (const char *target : kTargets)
    for (int64_t rows : {5, 16, 64}) {
      Kernel kernel = getHeads(rows, /*heads=*/4, /*features=*/16);
      ContractionDecision decision = decide(kernel, target);
      EXPECT_EQ(decision.place, Place::Root) << rows << " rows, " << target;
      EXPECT_EQ(decision.consumer, nullptr) << "the product has tasks of its own";
    }
}

// The product of an image's pixels that a dense layer makes is one of rows, as a convolution's is.
TEST(Contraction, DenseInRowsOfAnImage) {
  std::string x = image(28, 32);
  Kernel kernel("%x: " + x + ", %rows: tensor<28x1x1xf32>",
                "%w = nn.parameter \"w\" <glorot_uniform, 0.0, 0.0> : tensor<32x32xf32>\n%0 = nn.reshape %x : " + x +
                    " to tensor<?x784x32xf32>\n%1 = nn.matmul %0, %w : tensor<?x784x32xf32>, tensor<32x32xf32>\n"
                    "%2 = nn.reshape %1 : tensor<?x784x32xf32> to " +
                    x + "\n%y = nn.mul %2, %rows : " + x + ", tensor<28x1x1xf32>",
                x);
  ContractionDecision decision = decide(kernel, "x86-64-linux-avx512");
  EXPECT_EQ(decision.place, Place::Rows);
  EXPECT_EQ(decision.rowPoints, 28);
}

// An image of one column has no rows of several pixels.
TEST(Contraction, OneColumnIsNoRow) {
  Kernel kernel("%x: tensor<?x28x1x32xf32>, %w: tensor<1x1x32x32xf32>, %rows: tensor<28x1x1xf32>",
                "%0 = nn.conv %x, %w strides [1, 1] padding [0, 0, 0, 0] dilations [1, 1] : tensor<?x28x1x32xf32>, "
                "tensor<1x1x32x32xf32>\n%y = nn.mul %0, %rows : tensor<?x28x1x32xf32>, tensor<28x1x1xf32>",
                "tensor<?x28x1x32xf32>");
  EXPECT_NE(decide(kernel, "x86-64-linux-avx2").place, Place::Rows);
}

// The gradient of a convolution with stride, in phases: they are put together image by image.
TEST(Contraction, InImagesOfPhases) {
  Kernel kernel("%g: tensor<?x4x4x8xf32>, %w: tensor<3x3x16x8xf32>",
                "%y = nn.conv_input_grad %g, %w strides [2, 2] padding [1, 1, 1, 1] dilations [1, 1] : "
                "tensor<?x4x4x8xf32>, tensor<3x3x16x8xf32> -> tensor<?x7x7x16xf32>",
                "tensor<?x7x7x16xf32>");
  ContractionDecision decision = decide(kernel, "x86-64-linux-avx2");
  EXPECT_EQ(decision.place, Place::Image);
  EXPECT_EQ(decision.consumer, &kernel.getOutput());
  EXPECT_EQ(decision.stagingFunc, &kernel.getOutput());
  EXPECT_EQ(decision.stagingLoop, "n");
}

// Little work in an image: tasks are images, and each pads its own. Much: panels, for each image if nothing is padded.
TEST(Contraction, TasksOfImagesOrPanels) {
  Kernel first = getConv(28, 1, 6, 5), deep = getConv(14, 256, 256, 3), pointwise = getConv(56, 64, 256, 1);
  ContractionDecision images = decide(first, "x86-64-linux-avx2");
  EXPECT_EQ(images.tasks, Tasks::Images);
  EXPECT_EQ(images.stagingFunc, images.root);
  EXPECT_EQ(images.stagingLoop, "n");
  ContractionDecision panels = decide(deep, "x86-64-linux-avx2");
  EXPECT_EQ(panels.tasks, Tasks::Panels);
  EXPECT_FALSE(panels.fusesImages);
  EXPECT_EQ(panels.stagingFunc, nullptr) << "at root: all panels read it";
  EXPECT_TRUE(decide(pointwise, "x86-64-linux-avx2").fusesImages);
}

// One panel is no task for a second thread: chunks of an image's rows are. A chunk is a function of the shape.
TEST(Contraction, ChunksOfOnePanel) {
  Kernel kernel = getConv(56, 128, 32, 3);
  ContractionDecision decision = decide(kernel, "x86-64-linux-avx512");
  EXPECT_EQ(decision.tasks, Tasks::Images);
  EXPECT_EQ(decision.panels(kernel.get(Kind::Contraction)), 1);
  EXPECT_EQ(decision.chunk, 28) << "224 tiles of 14 pixels in 8 tasks";
  EXPECT_EQ(decision.stagingLoop, "task");
}
