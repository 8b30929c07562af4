//===- CApiTest.cpp - the runtime from C -----------------------------------===//
#include "TestModule.h"
#include "argent/argent.h"

#include <gtest/gtest.h>

using namespace argent::test;

/// An initialized session of the module.
static void open(argent::format::ModuleT &table, const std::string &image, argent_session *&session) {
  std::string file = moduleFile(table, image);
  argent_module *module = nullptr;
  ASSERT_EQ(argent_module_open_memory(file.data(), file.size(), "adder", &module), ARGENT_OK)
      << argent_module_error(module);
  ASSERT_EQ(argent_session_create(module, nullptr, &session), ARGENT_OK);
  argent_module_close(module);
  ASSERT_EQ(argent_session_initialize(session, 1), ARGENT_OK);
}

TEST(CApiTest, RunsByName) {
  std::string image = readImage("adder");
  argent::format::ModuleT table = adderModule(image);
  std::string file = moduleFile(table, image);
  argent_module *module = nullptr;
  ASSERT_EQ(argent_module_open_memory(file.data(), file.size(), "adder", &module), ARGENT_OK)
      << argent_module_error(module);
  EXPECT_EQ(argent_module_port_count(module, "predict", 0), 2);
  EXPECT_EQ(argent_module_port_count(module, "predict", 1), 1);
  EXPECT_EQ(argent_module_port_count(module, "guess", 1), -1);
  argent_tensor port;
  ASSERT_EQ(argent_module_port(module, "predict", 0, 1, &port), ARGENT_OK);
  EXPECT_STREQ(port.name, "index");
  EXPECT_EQ(port.type, ARGENT_I32);
  ASSERT_EQ(port.rank, 2);
  EXPECT_EQ(port.shape[0], -1);
  EXPECT_EQ(port.shape[1], 2);
  EXPECT_EQ(argent_module_port(module, "predict", 0, 2, &port), ARGENT_INVALID_ARGUMENT);

  argent_options options = {4, 2, 0};
  argent_session *session = nullptr;
  ASSERT_EQ(argent_session_create(module, &options, &session), ARGENT_OK) << argent_session_error(session);
  argent_module_close(module);
  ASSERT_EQ(argent_session_initialize(session, 1), ARGENT_OK);

  float x[8] = {1, 2, 3, 4, 5, 6, 7, 8}, y[8] = {};
  int32_t index[4] = {};
  int64_t xShape[] = {2, 4}, indexShape[] = {2, 2};
  argent_tensor inputs[] = {{"index", ARGENT_I32, 2, indexShape, index}, {"x", ARGENT_F32, 2, xShape, x}};
  argent_tensor output = {"y", ARGENT_F32, 2, xShape, y};
  ASSERT_EQ(argent_session_run(session, "predict", inputs, 2, &output, 1), ARGENT_OK) << argent_session_error(session);
  for (int i = 0; i < 8; ++i)
    EXPECT_EQ(y[i], x[i] + 0.5f);

  EXPECT_EQ(argent_session_run(session, "predict", inputs, 1, &output, 1), ARGENT_INVALID_ARGUMENT);
  EXPECT_STREQ(argent_session_error(session), "predict: input \"x\" is missing");
  inputs[0].name = "x";
  EXPECT_EQ(argent_session_run(session, "predict", inputs, 2, &output, 1), ARGENT_INVALID_ARGUMENT);
  EXPECT_STREQ(argent_session_error(session), "predict: input \"x\" is given twice");
  inputs[0].name = "z";
  EXPECT_EQ(argent_session_run(session, "predict", inputs, 2, &output, 1), ARGENT_INVALID_ARGUMENT);
  EXPECT_STREQ(argent_session_error(session), "predict: it has no input \"z\"");

  ASSERT_EQ(argent_session_parameter_count(session), 2u);
  EXPECT_STREQ(argent_session_parameter_path(session, 1), "w");
  EXPECT_EQ(argent_session_parameter_path(session, 2), nullptr);
  float w[4] = {10, 20, 30, 40}, read[4] = {};
  int64_t wShape[] = {4};
  argent_tensor parameter = {"w", ARGENT_F32, 1, wShape, w};
  ASSERT_EQ(argent_session_write(session, &parameter, 1), ARGENT_OK);
  parameter.data = read;
  ASSERT_EQ(argent_session_read(session, &parameter, 1), ARGENT_OK);
  for (int i = 0; i < 4; ++i)
    EXPECT_EQ(read[i], w[i]);
  wShape[0] = 3;
  EXPECT_EQ(argent_session_read(session, &parameter, 1), ARGENT_INVALID_ARGUMENT);
  EXPECT_STREQ(argent_session_error(session), "parameter \"w\" is f32[4], got f32[3]");
  parameter.name = "v";
  EXPECT_EQ(argent_session_write(session, &parameter, 1), ARGENT_NOT_FOUND);
  argent_session_destroy(session);
}

TEST(CApiTest, ParametersHaveValuesBeforeTheyAreRead) {
  std::string image = readImage("adder");
  argent::format::ModuleT table = adderModule(image);
  std::string file = moduleFile(table, image);
  argent_module *module = nullptr;
  argent_session *session = nullptr;
  ASSERT_EQ(argent_module_open_memory(file.data(), file.size(), "adder", &module), ARGENT_OK);
  ASSERT_EQ(argent_session_create(module, nullptr, &session), ARGENT_OK);
  argent_module_close(module);
  float x[4] = {1, 2, 3, 4}, y[4] = {-9, -9, -9, -9}, w[4] = {10, 20, 30, 40}, s[13] = {};
  int32_t index[2] = {};
  int64_t xShape[] = {1, 4}, indexShape[] = {1, 2}, wShape[] = {4}, sShape[] = {13};
  argent_tensor inputs[] = {{"x", ARGENT_F32, 2, xShape, x}, {"index", ARGENT_I32, 2, indexShape, index}};
  argent_tensor output = {"y", ARGENT_F32, 2, xShape, y};
  argent_tensor parameters[] = {{"w", ARGENT_F32, 1, wShape, w}, {"s", ARGENT_F32, 1, sShape, s}};
  auto run = [&] { return argent_session_run(session, "predict", inputs, 2, &output, 1); };
  EXPECT_EQ(run(), ARGENT_INVALID_ARGUMENT);
  EXPECT_NE(std::string(argent_session_error(session)).find("have no values yet"), std::string::npos);
  EXPECT_EQ(y[0], -9);
  EXPECT_EQ(argent_session_read(session, parameters, 1), ARGENT_INVALID_ARGUMENT);
  // One by one; they count when all are there.
  ASSERT_EQ(argent_session_write(session, parameters, 1), ARGENT_OK);
  EXPECT_EQ(run(), ARGENT_INVALID_ARGUMENT);
  ASSERT_EQ(argent_session_write(session, parameters + 1, 1), ARGENT_OK);
  ASSERT_EQ(run(), ARGENT_OK) << argent_session_error(session);
  for (int i = 0; i < 4; ++i)
    EXPECT_EQ(y[i], x[i] + w[i]);
  argent_session_destroy(session);
}

TEST(CApiTest, ReadingOneParameterUnpacksNoOther) {
  std::string image = readImage("adder");
  argent::format::ModuleT table = adderModule(image);
  // The kernel that fails unpacks s: who reads w does not see it.
  argent::format::ProgramT &unpack = *table.variants[0]->programs[4];
  ASSERT_EQ(unpack.name, "unpack");
  argent::format::LaunchT fail;
  fail.choices.push_back(std::make_unique<argent::format::ChoiceT>());
  fail.choices[0]->kernel = 2;
  fail.choices[0]->min_batch = 1;
  fail.views = {1, 0};
  unpack.instructions[0]->step.Set(std::move(fail));
  argent_session *session = nullptr;
  ASSERT_NO_FATAL_FAILURE(open(table, image, session));
  float w[4] = {}, s[13] = {};
  int64_t wShape[] = {4}, sShape[] = {13};
  argent_tensor asked[] = {{"w", ARGENT_F32, 1, wShape, w}, {"s", ARGENT_F32, 1, sShape, s}};
  EXPECT_EQ(argent_session_read(session, asked, 1), ARGENT_OK) << argent_session_error(session);
  for (float value : w)
    EXPECT_EQ(value, 0.5f);
  EXPECT_EQ(argent_session_read(session, asked + 1, 1), ARGENT_KERNEL_FAILURE);
  argent_session_destroy(session);
}

TEST(CApiTest, OnlyTheRateOfAStepMayBeLeftOut) {
  std::string image = readImage("adder");
  argent::format::ModuleT table = adderModule(image);
  table.entries[0]->inputs[1]->name = "rate";
  table.entries[0]->outputs[0]->name = "rate";
  argent_session *session = nullptr;
  ASSERT_NO_FATAL_FAILURE(open(table, image, session));
  float x[4] = {1, 2, 3, 4};
  int32_t index[2] = {};
  int64_t xShape[] = {1, 4}, indexShape[] = {1, 2};
  argent_tensor inputs[] = {{"x", ARGENT_F32, 2, xShape, x}, {"rate", ARGENT_I32, 2, indexShape, index}};
  EXPECT_EQ(argent_session_run(session, "predict", inputs, 1, nullptr, 0), ARGENT_INVALID_ARGUMENT);
  EXPECT_STREQ(argent_session_error(session), "predict: input \"rate\" is missing");
  EXPECT_EQ(argent_session_run(session, "predict", inputs, 2, nullptr, 0), ARGENT_INVALID_ARGUMENT);
  EXPECT_STREQ(argent_session_error(session), "predict: output \"rate\" is missing");
  argent_session_destroy(session);
}

TEST(CApiTest, AHandleKeepsTheReason) {
  argent_module *module = nullptr;
  EXPECT_EQ(argent_module_open("no/such/file.agb", &module), ARGENT_NOT_FOUND);
  ASSERT_NE(module, nullptr);
  EXPECT_STREQ(argent_module_error(module), "no/such/file.agb: No such file or directory");
  EXPECT_STREQ(argent_status_name(ARGENT_NOT_FOUND), "not found");
  argent_session *session = nullptr;
  EXPECT_EQ(argent_session_create(module, nullptr, &session), ARGENT_INVALID_ARGUMENT);
  EXPECT_STREQ(argent_session_error(session), "the module is not open");
  EXPECT_EQ(argent_session_initialize(session, 1), ARGENT_INVALID_ARGUMENT);
  argent_session_destroy(session);
  argent_module_close(module);
  argent_module_close(nullptr);
  argent_session_destroy(nullptr);
  EXPECT_EQ(argent_module_open(nullptr, nullptr), ARGENT_INVALID_ARGUMENT);
}
