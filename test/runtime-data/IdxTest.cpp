//===- IdxTest.cpp - IDX files and the folders that hold them ---------------------===//
#include "runtime/data/Idx.h"
#include "runtime/data/DataSet.h"
#include "test/runtime-data/Scratch.h"

#include <zlib.h>

using namespace argent;

static std::string idx(std::vector<uint32_t> shape, const std::string &data, char type = 8) {
  std::string bytes = {0, 0, type, static_cast<char>(shape.size())};
  for (uint32_t extent : shape)
    for (int shift = 24; shift >= 0; shift -= 8)
      bytes += static_cast<char>(extent >> shift);
  return bytes + data;
}

static std::string gzip(const Scratch &scratch, const std::string &bytes) {
  gzFile file = gzopen(scratch.path("packed").c_str(), "wb");
  gzwrite(file, bytes.data(), static_cast<unsigned>(bytes.size()));
  gzclose(file);
  return scratch.read("packed");
}

static Status read(const Scratch &scratch, const std::string &bytes, size_t low = 3, size_t high = 4) {
  Idx result;
  return readIdx(scratch.write("file", bytes), low, high, result);
}

TEST(Idx, PlainAndGzip) {
  Scratch scratch;
  std::string bytes = idx({2, 2, 3}, "abcdefghijkl");
  for (const std::string &content : {bytes, gzip(scratch, bytes)}) {
    Idx result;
    Status status = readIdx(scratch.write("file", content), 3, 4, result);
    ASSERT_TRUE(status.ok()) << status.message();
    EXPECT_EQ(result.shape, (std::vector<int64_t>{2, 2, 3}));
    EXPECT_EQ(std::string(result.values.begin(), result.values.end()), "abcdefghijkl");
  }
}

TEST(Idx, Malformed) {
  Scratch scratch;
  Idx result;
  expectError(readIdx(scratch.path("none"), 1, 1, result), StatusCode::kNotFound, "none");
  expectError(read(scratch, ""), StatusCode::kInvalidData, "not an IDX file");
  expectError(read(scratch, "PNG file"), StatusCode::kInvalidData, "not an IDX file");
  expectError(read(scratch, idx({1, 1, 1}, "abcd", 13)), StatusCode::kInvalidData, "IDX type 13");
  expectError(read(scratch, idx({3}, "abc")), StatusCode::kInvalidData, "it has 1 dimensions; expected 3 or 4");
  expectError(read(scratch, idx({3, 1, 1}, "abc"), 1, 1), StatusCode::kInvalidData, "for labels");
  expectError(read(scratch, idx({0, 1, 1}, "")), StatusCode::kInvalidData, "is 0");
  expectError(read(scratch, idx({0xffffffff, 0xffffffff, 0xffffffff}, "")), StatusCode::kInvalidData, "too large");
  expectError(read(scratch, idx({2, 1, 1}, "abc")), StatusCode::kInvalidData, "goes on after");
  std::string whole = idx({2, 2, 2}, "abcdefgh");
  for (size_t length = 0; length < whole.size(); ++length)
    EXPECT_EQ(read(scratch, whole.substr(0, length)).code(), StatusCode::kInvalidData) << length;
  expectError(read(scratch, whole.substr(0, 18)), StatusCode::kInvalidData, "promises 8 bytes of data, there are 2");
}

TEST(Idx, DamagedGzip) {
  Scratch scratch;
  std::string data;
  uint32_t state = 1;
  for (int i = 0; i < 40000; ++i)
    data += static_cast<char>((state = state * 1664525 + 1013904223) >> 24);
  std::string packed = gzip(scratch, idx({100, 20, 20}, data));
  ASSERT_TRUE(read(scratch, packed).ok());
  for (size_t length = 3; length < packed.size(); length += length + 1000 < packed.size() ? packed.size() / 50 : 1)
    EXPECT_EQ(read(scratch, packed.substr(0, length)).code(), StatusCode::kInvalidData) << length;
  expectError(read(scratch, packed.substr(0, packed.size() / 2)), StatusCode::kInvalidData, "truncated");
  std::string flipped = packed;
  flipped[packed.size() / 2] ^= 0x10;
  EXPECT_EQ(read(scratch, flipped).code(), StatusCode::kInvalidData);
}

TEST(DataSet, Folder) {
  Scratch scratch;
  DataSet set;
  auto open = [&](const std::string &data, Split split) { return openDataSet({data, ""}, split, {}, set); };
  const std::string folder = scratch.folder.string();
  expectError(open(scratch.path("nowhere"), Split::train), StatusCode::kNotFound, "fashion-mnist");
  scratch.write("t10k-images-idx3-ubyte", idx({2, 1, 2}, "abcd"));
  expectError(open(folder, Split::test), StatusCode::kInvalidData, "t10k-labels-idx1-ubyte");
  expectError(open(folder, Split::train), StatusCode::kNotFound, "train-images-idx3-ubyte");
  scratch.write("t10k-labels-idx1-ubyte.gz", gzip(scratch, idx({3}, "\1\2\3")));
  expectError(open(folder, Split::test), StatusCode::kInvalidData, "2 rows, but");
  scratch.write("t10k-labels-idx1-ubyte.gz", gzip(scratch, idx({2}, "\1\2")));
  Status status = open(folder, Split::test);
  ASSERT_TRUE(status.ok()) << status.message();
  EXPECT_EQ(set.rows, 2);
  EXPECT_EQ(set.columns[0].numbers()->rowShape, (std::vector<int64_t>{1, 2}));
  EXPECT_EQ(set.columns[1].numbers()->bytes, (std::vector<char>{1, 2}));
  expectError(open(folder, Split::validation), StatusCode::kNotFound, "no validation split");
}
