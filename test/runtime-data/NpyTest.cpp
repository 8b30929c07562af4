//===- NpyTest.cpp - .npy round trips and malformed files -----------------------===//
#include "runtime/data/Npy.h"
#include "test/runtime-data/Scratch.h"

#include <cstring>

using namespace argent;

static std::string npy(const std::string &header, const std::string &data, char version = 1) {
  std::string bytes = "\x93NUMPY";
  bytes += version;
  bytes += '\0';
  bytes += static_cast<char>(header.size() & 255);
  bytes += static_cast<char>(header.size() >> 8);
  if (version == 2)
    bytes += std::string(2, '\0');
  return bytes + header + data;
}

static void expectInvalid(const std::string &bytes, const std::string &text) {
  Npy array;
  expectError(parseNpy(bytes, "x.npy", array), StatusCode::kInvalidData, text);
}

TEST(Npy, RoundTrip) {
  Scratch scratch;
  float values[6] = {1, 2, 3, 4, 5, 6};
  for (std::vector<int64_t> shape : {std::vector<int64_t>{2, 3}, {6}, {1, 2, 3, 1}}) {
    ASSERT_TRUE(writeNpy(scratch.path("x.npy"), {ElementType::f32, shape, values}).ok());
    Npy back;
    Status status = readNpy(scratch.path("x.npy"), back);
    ASSERT_TRUE(status.ok()) << status.message();
    EXPECT_EQ(back.type, ElementType::f32);
    EXPECT_EQ(back.shape, shape);
    EXPECT_EQ(std::memcmp(back.bytes.data(), values, sizeof(values)), 0);
    // NumPy aligns the data to 64 bytes.
    EXPECT_EQ((scratch.read("x.npy").size() - sizeof(values)) % 64, 0u);
  }
  int64_t scalar = -5;
  ASSERT_TRUE(writeNpy(scratch.path("s.npy"), {ElementType::i64, {}, &scalar}).ok());
  Npy back;
  ASSERT_TRUE(readNpy(scratch.path("s.npy"), back).ok());
  EXPECT_TRUE(back.shape.empty());
  EXPECT_EQ(back.type, ElementType::i64);
}

TEST(Npy, ReadsWhatNumpyWrites) {
  Npy array;
  ASSERT_TRUE(parseNpy(npy("{'descr': '|u1', 'fortran_order': False, 'shape': (3,), }   \n", "abc"), "x", array).ok());
  EXPECT_EQ(array.shape, std::vector<int64_t>{3});
  ASSERT_TRUE(parseNpy(npy("{'descr': '<f4', 'fortran_order': False, 'shape': (), }\n", "abcd", 2), "x", array).ok());
  EXPECT_TRUE(array.shape.empty());
  ASSERT_TRUE(parseNpy(npy("{'descr': '<f4', 'fortran_order': False, 'shape': (0, 5), }\n", ""), "x", array).ok());
}

TEST(Npy, Malformed) {
  expectInvalid("", "not a .npy file");
  expectInvalid("PK\x03\x04 something else", "not a .npy file");
  expectInvalid(npy("{'descr': '<f4', 'fortran_order': False, 'shape': (1,), }\n", "abcd", 3), "version 3");
  expectInvalid(npy("{'descr': '>f4', 'fortran_order': False, 'shape': (1,), }\n", "abcd"), "big-endian");
  expectInvalid(npy("{'descr': '<c8', 'fortran_order': False, 'shape': (1,), }\n", "abcdabcd"), "dtype '<c8'");
  expectInvalid(npy("{'descr': '<f4', 'fortran_order': True, 'shape': (1, 1), }\n", "abcd"), "Fortran");
  expectInvalid(npy("{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (1,), }\n", "abcd"), "structured");
  expectInvalid(npy("{'descr': '<f4', 'descr': '<f4', 'shape': (1,), }\n", "abcd"), "header");
  expectInvalid(npy("{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999999999999,), }\n", ""), "header");
  expectInvalid(npy("{'descr': '<f4', 'fortran_order': False, 'shape': (4611686018427387904, 8), }\n", ""),
                "too large");
  expectInvalid(npy("{'descr': '<f4', 'fortran_order': False, 'shape': (2,), }\n", "abcd"), "truncated");
  expectInvalid(npy("{'descr': '<f4', 'fortran_order': False, 'shape': (1,), }\n", "abcde"), "f32[1] has 4 bytes");
  expectInvalid(npy("{'descr': '|b1', 'fortran_order': False, 'shape': (1,), }\n", "\x02"), "neither 0 nor 1");
  std::string whole = npy("{'descr': '<f4', 'fortran_order': False, 'shape': (1,), }\n", "abcd");
  for (size_t length = 0; length < whole.size(); ++length)
    expectInvalid(whole.substr(0, length), "x.npy");
}
