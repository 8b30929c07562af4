//===- LoopTest.cpp - loops over time, and the checks of them -------------===//
#include "TestModule.h"
#include "argent/Session.h"

#include <functional>
#include <gtest/gtest.h>
#include <numeric>

using namespace argent;
using namespace argent::test;

namespace {

struct Shift {
  std::vector<float> x, first, y, last;
  std::vector<int32_t> times = {-1, -1, -1};
  std::vector<TensorView> inputs, outputs;

  explicit Shift(int64_t n) : x(n * 6), first(n * 2), y(n * 6, -9), last(n * 2, -9) {
    std::iota(x.begin(), x.end(), 0.0f);
    std::iota(first.begin(), first.end(), 1000.0f);
    inputs = {{ElementType::f32, {n, 3, 2}, x.data()}, {ElementType::f32, {n, 2}, first.data()}};
    outputs = {{ElementType::f32, {n, 3, 2}, y.data()},
               {ElementType::i32, {3}, times.data()},
               {ElementType::f32, {n, 2}, last.data()}};
  }
};

std::unique_ptr<Session> open(bool reverse) {
  std::unique_ptr<Session> session;
  Status status = Session::create(openModule(loopModule(reverse), ""), {.maxBatch = 9}, session);
  EXPECT_TRUE(status.ok()) << status.message();
  return session;
}

/// What opening says of a loop module after a change of its program.
std::string errorOf(const std::function<void(format::ProgramT &)> &change) {
  format::ModuleT table = loopModule(false);
  change(*table.variants[0]->programs[0]);
  std::string file = moduleFile(table, "");
  std::shared_ptr<const Module> module;
  Status status = Module::open(file, "loop.agb", module);
  EXPECT_EQ(status.code(), StatusCode::kInvalidData);
  return status.message();
}

} // namespace

TEST(LoopTest, StepsMoveViewsAndCarryMemoryOn) {
  for (bool reverse : {false, true}) {
    std::unique_ptr<Session> session = open(reverse);
    for (int64_t n : {9, 1, 4}) { // each call finds the views where they began
      Shift call(n);
      Status status = session->run("shift", call.inputs, call.outputs);
      ASSERT_TRUE(status.ok()) << status.message();
      for (int64_t row = 0; row < n; ++row)
        for (int64_t t = 0; t < 3; ++t)
          for (int64_t c = 0; c < 2; ++c) {
            const int64_t from = reverse ? t + 1 : t - 1;
            const float wanted = from < 0 || from > 2 ? call.first[row * 2 + c] : call.x[row * 6 + from * 2 + c];
            EXPECT_EQ(call.y[row * 6 + t * 2 + c], wanted) << n << " " << row << " " << t;
            EXPECT_EQ(call.last[row * 2 + c], call.x[row * 6 + (reverse ? 0 : 2) * 2 + c]);
          }
      EXPECT_EQ(call.times, (std::vector<int32_t>{0, 1, 2}));
    }
  }
}

TEST(LoopTest, AProfileCountsTheBodyInEachStep) {
  std::unique_ptr<Session> session = open(false);
  Shift call(5);
  std::vector<double> seconds;
  ASSERT_TRUE(session->profile("shift", call.inputs, call.outputs, seconds).ok());
  ASSERT_EQ(seconds.size(), 6u);
  EXPECT_EQ(seconds[1], 0); // the loop's time is that of its body
  for (size_t i : {0, 2, 3, 4, 5})
    EXPECT_GT(seconds[i], 0) << i;
  EXPECT_EQ(call.times, (std::vector<int32_t>{0, 1, 2}));
}

TEST(LoopTest, WhatBreaksTheRulesOfLoopsIsNotOpened) {
  auto loopOf = [](format::ProgramT &program) { return program.instructions[1]->step.AsLoop(); };
  EXPECT_NE(errorOf([&](auto &p) { loopOf(p)->count = 0; }).find("a loop of 0 steps"), std::string::npos);
  EXPECT_NE(
      errorOf([&](auto &p) { loopOf(p)->body = 5; }).find("ends behind the loop around it, or behind the program"),
      std::string::npos);
  EXPECT_NE(errorOf([&](auto &p) { loopOf(p)->body = 2; }).find("moves with another loop or with none"),
            std::string::npos);
  EXPECT_NE(errorOf([&](auto &p) { loopOf(p)->counter = 0; }).find("counts in a view that is no i32"),
            std::string::npos);
  EXPECT_NE(errorOf([&](auto &p) { loopOf(p)->counter = 77; }).find("there is no view 77"), std::string::npos);
  // A step more would leave the port.
  EXPECT_NE(errorOf([&](auto &p) { loopOf(p)->count = 4; }).find("view"), std::string::npos);
  EXPECT_NE(errorOf([&](auto &p) { *p.views[1]->step = format::Linear(6, 0); }).find("not a multiple"),
            std::string::npos);
}
