//===- SessionTest.cpp - sessions over hand-made kernels -------------------===//
#include "argent/Session.h"
#include "TestModule.h"

#include <cstring>
#include <gtest/gtest.h>
#include <numeric>
#include <thread>

using namespace argent;
using namespace argent::test;

namespace {

TensorView f32(std::vector<float> &values, std::vector<int64_t> shape) {
  return {ElementType::f32, std::move(shape), values.data()};
}
TensorView i32(std::vector<int32_t> &values, std::vector<int64_t> shape) {
  return {ElementType::i32, std::move(shape), values.data()};
}

std::unique_ptr<Session> openSession(const std::string &name, SessionOptions options) {
  std::string image = readImage(name);
  std::unique_ptr<Session> session;
  auto makeModule = name == "adder" ? adderModule : name == "counter" ? counterModule : greedyModule;
  Status status = Session::create(openModule(makeModule(image), image), options, session);
  EXPECT_TRUE(status.ok()) << status.message();
  return session;
}

struct Predict {
  std::vector<float> x, y;
  std::vector<int32_t> index;
  std::vector<TensorView> inputs, outputs;

  explicit Predict(int64_t n) : x(n * 4), y(n * 4, -9), index(n * 2) {
    std::iota(x.begin(), x.end(), 0.0f);
    inputs = {f32(x, {n, 4}), i32(index, {n, 2})};
    outputs = {f32(y, {n, 4})};
  }
};

std::string errorOf(Session &session, const char *entry, const std::vector<TensorView> &inputs,
                    const std::vector<TensorView> &outputs) {
  Status status = session.run(entry, inputs, outputs);
  EXPECT_EQ(status.code(), StatusCode::kInvalidArgument);
  return status.message();
}

} // namespace

TEST(SessionTest, RunsAKernelForEveryBatchAndThreadCount) {
  for (int threads : {1, 2, 5}) {
    auto session = openSession("adder", {.maxBatch = 100, .threads = threads});
    ASSERT_TRUE(session->initialize(1).ok());
    EXPECT_EQ(session->options().threads, threads);
    for (int64_t n : {1, 3, 7, 8, 100, 2}) {
      Predict call(n);
      Status status = session->run("predict", call.inputs, call.outputs);
      ASSERT_TRUE(status.ok()) << status.message();
      for (size_t i = 0; i < call.y.size(); ++i)
        EXPECT_EQ(call.y[i], n >= 8 && i == 0 ? -1 : call.x[i] + 0.5f) << n << " " << i;
    }
  }
}

TEST(SessionTest, ReadsAndWritesUnalignedMemory) {
  auto session = openSession("adder", {.maxBatch = 4, .threads = 2});
  ASSERT_TRUE(session->initialize(1).ok());
  Predict call(2);
  std::vector<char> x(8 * 4 + 1), y(8 * 4 + 1);
  std::memcpy(x.data() + 1, call.x.data(), 32);
  call.inputs[0].data = x.data() + 1;
  call.outputs[0].data = y.data() + 1;
  ASSERT_TRUE(session->run("predict", call.inputs, call.outputs).ok());
  std::memcpy(call.y.data(), y.data() + 1, 32);
  for (int i = 0; i < 8; ++i)
    EXPECT_EQ(call.y[i], i + 0.5f);
}

TEST(SessionTest, NamesWhatDoesNotFit) {
  auto session = openSession("adder", {.maxBatch = 4, .threads = 1});
  Predict call(3);
  auto error = [&] { return errorOf(*session, "predict", call.inputs, call.outputs); };
  call.inputs[0].shape = {3, 5};
  EXPECT_EQ(error(), "predict: input \"x\": expected f32[N, 4], got f32[3, 5]");
  call.inputs[0].shape = {3, 4, 1};
  EXPECT_EQ(error(), "predict: input \"x\": expected f32[N, 4], got f32[3, 4, 1]");
  call.inputs[0] = {ElementType::f64, {3, 4}, call.x.data()};
  EXPECT_EQ(error(), "predict: input \"x\": expected f32[N, 4], got f64[3, 4]");
  call.inputs[0] = {ElementType::f32, {5, 4}, call.x.data()};
  EXPECT_EQ(error(), "predict: input \"x\": a batch of 5, but the session was opened for at most 4");
  call.inputs[0].shape = {0, 4};
  EXPECT_EQ(error(), "predict: input \"x\": a batch of 0; N is at least 1");
  call.inputs[0].shape = {2, 4};
  EXPECT_EQ(error(), "predict: input \"index\": N is 3 here, but 2 in input \"x\"");
  call.inputs[0] = {ElementType::f32, {3, 4}, nullptr};
  EXPECT_EQ(error(), "predict: input \"x\": no memory given");
  call.inputs[0].data = call.x.data();
  call.index[5] = 10;
  EXPECT_EQ(error(), "predict: input \"index\", row 2, element 1: the value 10 is not in 0 … 9");
  call.index[5] = -1;
  EXPECT_EQ(error(), "predict: input \"index\", row 2, element 1: the value -1 is not in 0 … 9");
  call.index[5] = 9;
  call.outputs[0].data = call.x.data() + 3;
  EXPECT_EQ(error(), "predict: output \"y\" overlaps input \"x\"");
  call.outputs.clear();
  EXPECT_EQ(error(), "predict: expected 1 outputs, got 0");
  EXPECT_EQ(errorOf(*session, "guess", {}, {}), "test.agb: no entry point \"guess\"");
  EXPECT_EQ(errorOf(*session, "train_step", {}, {}), "\"train_step\" needs a session that was opened for training");
  for (float y : call.y)
    EXPECT_EQ(y, -9); // untouched
}

TEST(SessionTest, ReportsAKernelsError) {
  auto session = openSession("adder", {.maxBatch = 4, .threads = 2});
  Predict call(1);
  for (int i = 0; i < 2; ++i) {
    Status status = session->run("broken", {call.inputs.data(), 1}, {});
    EXPECT_EQ(status.code(), StatusCode::kKernelFailure);
    EXPECT_EQ(status.message(), "broken: kernel \"fail kernel\" failed (model.ag:3:5): x is out of bounds");
  }
}

TEST(SessionTest, AKernelThatFindsNoScratchMemoryEndsInAnError) {
  for (int threads : {1, 2, 5}) {
    auto session = openSession("greedy", {.maxBatch = 64, .threads = threads});
    for (int64_t n : {1, 64})
      for (int64_t row : {int64_t(0), n / 2, n - 1, int64_t(-1) /* none */})
        for (bool inLoop : {false, true}) {
          Predict call(n);
          call.x[0] = static_cast<float>(row);
          call.x[1] = inLoop;
          Status status = session->run("ask", {call.inputs.data(), 1}, call.outputs);
          if (row >= 0) {
            EXPECT_EQ(status.code(), StatusCode::kOutOfMemory);
            EXPECT_EQ(status.message(), "ask: kernel \"run kernel\" failed (model.ag:3:5): no memory for 2.81e+05 GB "
                                        "that it needs while it runs");
            EXPECT_EQ(call.y[1], -9) << "the kernel went on";
            continue;
          }
          // The session can go on.
          ASSERT_TRUE(status.ok()) << status.message();
          for (int64_t i = 0; i < n; ++i)
            EXPECT_EQ(call.y[i * 4], i);
          EXPECT_EQ(call.y[1], 1);
        }
  }
}

TEST(SessionTest, KeepsParametersStatesMomentsAndGradientsApart) {
  auto session = openSession("adder", {.maxBatch = 4, .threads = 1, .training = true});
  ASSERT_TRUE(session->initialize(1).ok());
  Predict call(3);
  std::vector<float> loss(1);
  std::vector<TensorView> losses = {f32(loss, {})};
  for (int step = 0; step < 2; ++step) {
    Status status = session->run("train_step", {call.inputs.data(), 1}, losses);
    ASSERT_TRUE(status.ok()) << status.message();
  }
  EXPECT_EQ(loss[0], 3);

  LogicalValues values, gradients, moments;
  ASSERT_TRUE(session->values(0, values).ok());
  ASSERT_TRUE(session->gradients(gradients).ok());
  ASSERT_TRUE(session->values(1, moments).ok());
  EXPECT_EQ(values.paths, (std::vector<std::string>{"s", "w"}));
  EXPECT_EQ(values.trained, (std::vector<bool>{false, true}));
  auto at = [](const LogicalValues &v, int tensor, int i) {
    return static_cast<const float *>(v.tensors[tensor].data)[i];
  };
  for (int i = 0; i < 13; ++i) {
    EXPECT_EQ(at(values, 0, i), 2);
    EXPECT_EQ(at(gradients, 0, i), 0);
    EXPECT_EQ(at(moments, 0, i), 0);
  }
  for (int i = 0; i < 4; ++i) {
    EXPECT_EQ(at(values, 1, i), 0.5f);
    EXPECT_EQ(at(gradients, 1, i), 12 + 3 * i);
    EXPECT_EQ(at(moments, 1, i), 2 * (12 + 3 * i));
  }

  // Setting the moment leaves parameters and states alone, and the other way round.
  for (int i = 0; i < 4; ++i)
    static_cast<float *>(moments.tensors[1].data)[i] = 100 + i;
  static_cast<float *>(moments.tensors[0].data)[0] = 77;
  ASSERT_TRUE(session->setValues(1, moments).ok());
  static_cast<float *>(values.tensors[0].data)[12] = 5;
  static_cast<float *>(values.tensors[1].data)[3] = 6;
  ASSERT_TRUE(session->setValues(0, values).ok());
  LogicalValues again;
  ASSERT_TRUE(session->values(1, again).ok());
  EXPECT_EQ(at(again, 1, 3), 103);
  EXPECT_EQ(at(again, 0, 0), 0);
  ASSERT_TRUE(session->values(0, again).ok());
  EXPECT_EQ(at(again, 0, 0), 2);
  EXPECT_EQ(at(again, 0, 12), 5);
  EXPECT_EQ(at(again, 1, 3), 6);

  EXPECT_EQ(session->values(2, again).code(), StatusCode::kInvalidArgument);
  EXPECT_EQ(session->values(-1, again).code(), StatusCode::kInvalidArgument);
  LogicalValues foreign;
  EXPECT_EQ(session->setValues(0, foreign).code(), StatusCode::kInvalidArgument);

  // Initializing again starts afresh.
  ASSERT_TRUE(session->initialize(1).ok());
  ASSERT_TRUE(session->values(1, again).ok());
  EXPECT_EQ(at(again, 1, 3), 0);
}

TEST(SessionTest, WhatReadsParametersWaitsForTheirValues) {
  auto session = openSession("adder", {.maxBatch = 4, .threads = 1});
  EXPECT_FALSE(session->hasValues());
  Predict call(3);
  EXPECT_EQ(errorOf(*session, "predict", call.inputs, call.outputs),
            "\"predict\" reads parameters or states, which have no values yet: initialize the session, or give it "
            "values, first");
  for (float y : call.y)
    EXPECT_EQ(y, -9);
  LogicalValues values;
  ASSERT_TRUE(session->logicalBuffer(values).ok());
  ASSERT_TRUE(session->setValues(0, values).ok());
  EXPECT_TRUE(session->hasValues());
  ASSERT_TRUE(session->run("predict", call.inputs, call.outputs).ok());
  for (size_t i = 0; i < call.y.size(); ++i)
    EXPECT_EQ(call.y[i], call.x[i]);
}

TEST(SessionTest, ReservesWhatItsEntryPointsNeed) {
  std::string image = readImage("adder");
  auto bytes = [&](uint32_t rounding, SessionOptions options) {
    format::ModuleT table = adderModule(image);
    table.variants[0]->batch_rounding = rounding;
    std::unique_ptr<Session> session;
    options.threads = 1;
    Status status = Session::create(openModule(std::move(table), image), options, session);
    EXPECT_TRUE(status.ok()) << status.message();
    return session->arenaBytes();
  };
  // Parameters and states, 64 each; rows of 32, of the last one 16; gradients and one moment, 64 each. A view ends
  // where the call's rows do.
  EXPECT_EQ(bytes(1, {.maxBatch = 5}), 64u + 64 + 4 * 32 + 16);
  EXPECT_EQ(bytes(64, {.maxBatch = 5}), 64u + 64 + 4 * 32 + 16);
  EXPECT_EQ(bytes(1, {.maxBatch = 5, .training = true}), 64u + 64 + 4 * 32 + 16 + 2 * 64);
}

TEST(SessionTest, SaysWhichBatchWouldFit) {
  std::string image = readImage("adder");
  format::ModuleT table = adderModule(image);
  format::VariantT &variant = *table.variants[0];
  variant.batch_rounding = 1;
  constexpr int64_t kRow = int64_t(64) << 20;
  variant.arenas[3]->bytes = std::make_unique<format::Linear>(0, kRow + 32);
  variant.programs[0]->views[2]->offset = std::make_unique<format::Linear>(0, kRow);
  auto module = openModule(std::move(table), image);
  std::unique_ptr<Session> session;
  Status status = Session::create(module, {.maxBatch = int64_t(1) << 22, .threads = 1}, session);
  EXPECT_EQ(status.code(), StatusCode::kOutOfMemory);
  // 2^48 bytes and 2^22 rows of 32.
  std::string start = "test.agb: no memory for a batch of 4194304: predict needs 2.81e+05 GB, and train_step needs ";
  ASSERT_EQ(status.message().substr(0, start.size()), start) << status.message();
  size_t at = status.message().find("; a batch of ");
  ASSERT_NE(at, std::string::npos) << status.message();
  int64_t fits = std::stoll(status.message().substr(at + 13));
  EXPECT_GE(fits, 1);
  EXPECT_TRUE(Session::create(module, {.maxBatch = fits, .threads = 1}, session).ok()) << fits;
}

TEST(SessionTest, TwoModulesOneAfterTheOtherAndAtOnce) {
  auto countOnce = [](Session &counter) {
    std::vector<float> counts(13);
    Status status = counter.run("count", {}, std::vector<TensorView>{f32(counts, {13})});
    EXPECT_TRUE(status.ok()) << status.message();
    for (float count : counts)
      EXPECT_EQ(count, counts[0]);
    return counts[0];
  };
  auto addOnce = [](Session &adder) {
    Predict call(5);
    EXPECT_TRUE(adder.run("predict", call.inputs, call.outputs).ok());
    for (size_t i = 0; i < call.y.size(); ++i)
      EXPECT_EQ(call.y[i], call.x[i] + 0.5f);
  };
  for (int round = 0; round < 3; ++round) {
    {
      auto adder = openSession("adder", {.maxBatch = 5, .threads = 2});
      ASSERT_TRUE(adder->initialize(7).ok());
      addOnce(*adder);
    }
    auto counter = openSession("counter", {});
    ASSERT_TRUE(counter->initialize(1).ok());
    EXPECT_EQ(countOnce(*counter), 1);
    EXPECT_EQ(countOnce(*counter), 2);
  }
  auto adder = openSession("adder", {.maxBatch = 5, .threads = 2});
  auto counter = openSession("counter", {.threads = 2});
  auto other = openSession("counter", {.threads = 2});
  for (Session *session : {adder.get(), counter.get(), other.get()})
    ASSERT_TRUE(session->initialize(7).ok());
  std::thread first([&] {
    for (int i = 0; i < 500; ++i)
      addOnce(*adder);
  });
  std::thread second([&] {
    for (int i = 0; i < 500; ++i)
      EXPECT_EQ(countOnce(*counter), i + 1);
  });
  for (int i = 0; i < 500; ++i)
    EXPECT_EQ(countOnce(*other), i + 1);
  first.join();
  second.join();
}

TEST(SessionTest, RefusesWhatItCannotOpen) {
  std::string image = readImage("adder");
  auto adder = openModule(adderModule(image), image);
  std::unique_ptr<Session> session;
  EXPECT_EQ(Session::create(adder, {.maxBatch = 0}, session).code(), StatusCode::kInvalidArgument);
  EXPECT_EQ(Session::create(adder, {.maxBatch = int64_t(1) << 40}, session).code(), StatusCode::kInvalidArgument);
  EXPECT_EQ(Session::create(nullptr, {}, session).code(), StatusCode::kInvalidArgument);
  std::string counterImage = readImage("counter");
  EXPECT_EQ(Session::create(openModule(counterModule(counterImage), counterImage), {.training = true}, session).code(),
            StatusCode::kInvalidArgument);

  format::ModuleT elsewhere = adderModule(image);
  elsewhere.variants[0]->arenas[3]->space = format::MemorySpace::device;
  Status noSpace = Session::create(openModule(std::move(elsewhere), image), {}, session);
  EXPECT_EQ(noSpace.code(), StatusCode::kIncompatible);
  EXPECT_EQ(noSpace.message(), "test.agb: arena 3 lies in memory that this device does not have");

  format::ModuleT needsMore = adderModule(image);
  needsMore.variants[0]->cpu_features = {"time_travel"};
  Status status = Session::create(openModule(std::move(needsMore), image), {}, session);
  EXPECT_EQ(status.code(), StatusCode::kIncompatible);
  EXPECT_NE(status.message().find("needs time_travel"), std::string::npos) << status.message();
  EXPECT_EQ(session, nullptr);
}
