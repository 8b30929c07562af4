//===- SafetensorsTest.cpp - round trips and malformed files ---------------------===//
#include "runtime/checkpoint/Safetensors.h"
#include "runtime/checkpoint/File.h"
#include "test/runtime-data/Scratch.h"

#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <sys/stat.h>
#include <unistd.h>

using namespace argent;

static std::string file(const std::string &header, const std::string &data) {
  std::string bytes(8, '\0');
  for (int i = 0; i < 8; ++i)
    bytes[i] = static_cast<char>(static_cast<uint64_t>(header.size()) >> (8 * i));
  return bytes + header + data;
}

static void expectInvalid(const std::string &bytes, const std::string &text) {
  Safetensors result;
  expectError(parseSafetensors(bytes, "w.safetensors", result), StatusCode::kInvalidData, text);
  EXPECT_TRUE(result.tensors.empty());
}

TEST(Safetensors, RoundTrip) {
  Scratch scratch;
  float weight[6] = {1, 2, 3, 4, 5, -0.0f};
  int32_t count = 7;
  std::vector<NamedTensor> tensors = {{"dense_1.weight", {ElementType::f32, {2, 3}, weight}},
                                      {"count", {ElementType::i32, {}, &count}}};
  ASSERT_TRUE(
      writeSafetensors(scratch.path("a.safetensors"), {{"seed", "1"}, {"note", "a \"quoted\" text"}}, tensors).ok());
  Safetensors back;
  Status status = readSafetensors(scratch.path("a.safetensors"), back);
  ASSERT_TRUE(status.ok()) << status.message();
  EXPECT_EQ(back.metadata.at("note"), "a \"quoted\" text");
  ASSERT_EQ(back.tensors.size(), 2u);
  EXPECT_EQ(back.tensors[0].name, "dense_1.weight");
  EXPECT_EQ(back.tensors[0].tensor.shape, (std::vector<int64_t>{2, 3}));
  EXPECT_EQ(std::memcmp(back.tensors[0].tensor.data, weight, sizeof(weight)), 0);
  EXPECT_EQ(back.find("count")->type, ElementType::i32);
  EXPECT_EQ(back.find("other"), nullptr);
  // Equal contents, equal bytes; and no temporary file stays behind.
  ASSERT_TRUE(
      writeSafetensors(scratch.path("b.safetensors"), {{"note", "a \"quoted\" text"}, {"seed", "1"}}, tensors).ok());
  EXPECT_EQ(scratch.read("a.safetensors"), scratch.read("b.safetensors"));
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(scratch.folder), {}), 2);
}

TEST(Safetensors, TruncatedAnywhere) {
  std::string whole = file(
      R"({"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":{"dtype":"U8","shape":[3],"data_offsets":[8,11]}})",
      "12345678abc");
  Safetensors result;
  ASSERT_TRUE(parseSafetensors(whole, "w", result).ok());
  for (size_t length = 0; length < whole.size(); ++length) {
    Safetensors cut;
    EXPECT_EQ(parseSafetensors(whole.substr(0, length), "w", cut).code(), StatusCode::kInvalidData) << length;
  }
  expectInvalid(whole + "x", "end at byte 11");
}

TEST(Safetensors, BadHeader) {
  expectInvalid("", "only 0 bytes");
  expectInvalid(std::string(8, '\xff') + "{}", "header would have");
  expectInvalid(file("[]", ""), "does not begin with {");
  expectInvalid(file("{\"a\":", ""), "not valid");
  expectInvalid(
      file(
          R"({"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}})",
          "x"),
      "`a` stands in it twice");
  expectInvalid(file(R"({"__metadata__":{"k":1}})", ""), "`k` is not a text");
  std::string deep;
  for (int i = 0; i < 100000; ++i)
    deep += "{\"a\":";
  expectInvalid(file(deep, ""), "nested too deeply");
}

TEST(Safetensors, BadTensor) {
  expectInvalid(file(R"({"a":3})", ""), "tensor `a`");
  expectInvalid(file(R"({"a":{"dtype":"F8","shape":[1],"data_offsets":[0,1]}})", "x"), "dtype F8");
  expectInvalid(file(R"({"a":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}})", "xxxx"), "not a count: -1");
  expectInvalid(file(R"({"a":{"dtype":"F32","shape":[1e3],"data_offsets":[0,4]}})", "xxxx"), "not a count");
  expectInvalid(file(R"({"a":{"dtype":"F32","shape":[4611686018427387904,4],"data_offsets":[0,4]}})", "xxxx"),
                "too large");
  expectInvalid(file(R"({"a":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}})", "xxxx"), "f32[2] has 8 bytes");
  expectInvalid(file(R"({"a":{"dtype":"F32","shape":[1],"data_offsets":[4,0]}})", "xxxx"), "not within");
  expectInvalid(file(R"({"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4],"x":1}})", "xxxx"), "exactly");
}

TEST(Safetensors, OverlapAndGap) {
  expectInvalid(
      file(
          R"({"a":{"dtype":"U8","shape":[2],"data_offsets":[0,2]},"b":{"dtype":"U8","shape":[2],"data_offsets":[1,3]}})",
          "abc"),
      "overlap");
  expectInvalid(
      file(
          R"({"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"b":{"dtype":"U8","shape":[1],"data_offsets":[2,3]}})",
          "abc"),
      "gap");
}

TEST(Safetensors, WriteRefuses) {
  Scratch scratch;
  float x = 1;
  std::vector<NamedTensor> twice = {{"a", {ElementType::f32, {}, &x}}, {"a", {ElementType::f32, {}, &x}}};
  expectError(writeSafetensors(scratch.path("x"), {}, twice), StatusCode::kInvalidArgument, "`a`");
  EXPECT_FALSE(std::filesystem::exists(scratch.path("x")));
}

TEST(File, UnwritableOutput) {
  Scratch scratch;
  expectError(checkWritable(scratch.path("no/such/folder")), StatusCode::kNotFound, "cannot write");
  expectError(checkWritable(scratch.folder.string()), StatusCode::kIoError, "directory");
  expectError(checkWritable(""), StatusCode::kInvalidArgument, "empty");
  EXPECT_TRUE(checkWritable(scratch.path("new")).ok());
  EXPECT_TRUE(std::filesystem::is_empty(scratch.folder));
  std::string bytes;
  expectError(readFile(scratch.path("missing"), bytes), StatusCode::kNotFound, "missing");
  expectError(readFile(scratch.folder.string(), bytes), StatusCode::kIoError, "directory");
}

TEST(File, FailedWriteKeepsTheOldFile) {
  Scratch scratch;
  scratch.write("folder-in-the-way", "");
  std::string_view pieces[] = {"new"};
  ASSERT_TRUE(writeFileAtomically(scratch.path("f"), pieces).ok());
  EXPECT_EQ(scratch.read("f"), "new");
  std::filesystem::create_directory(scratch.path("d"));
  expectError(writeFileAtomically(scratch.path("d"), pieces), StatusCode::kIoError, "cannot write");
  EXPECT_TRUE(std::filesystem::is_directory(scratch.path("d")));
}

TEST(File, APipeIsWrittenIntoAndALinkKept) {
  Scratch scratch;
  std::string_view pieces[] = {"one ", "two"};
  ASSERT_EQ(mkfifo(scratch.path("pipe").c_str(), 0600), 0);
  int pipe = open(scratch.path("pipe").c_str(), O_RDWR); // somebody who reads
  ASSERT_GE(pipe, 0);
  ASSERT_TRUE(checkWritable(scratch.path("pipe")).ok());
  ASSERT_TRUE(writeFileAtomically(scratch.path("pipe"), pieces).ok());
  char read[7];
  ASSERT_EQ(::read(pipe, read, 7), 7);
  EXPECT_EQ(std::string_view(read, 7), "one two");
  close(pipe);
  EXPECT_TRUE(std::filesystem::is_fifo(scratch.path("pipe")));

  scratch.write("real", "old");
  std::filesystem::create_symlink("real", scratch.path("link"));
  ASSERT_TRUE(writeFileAtomically(scratch.path("link"), pieces).ok());
  EXPECT_TRUE(std::filesystem::is_symlink(scratch.path("link")));
  EXPECT_EQ(scratch.read("real"), "one two");
}
