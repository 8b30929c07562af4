//===- WordVectorsTest.cpp - GloVe, word2vec text and binary, plain and packed ----------===//
#include "runtime/data/WordVectors.h"
#include "runtime/data/ByteWindow.h"
#include "test/runtime-data/Scratch.h"

#include <cmath>
#include <cstring>
#include <limits>
#include <random>

using namespace argent;

using Vectors = std::vector<std::pair<std::string, std::vector<float>>>;

namespace {

Status read(const std::string &path, int64_t width, Vectors &vectors) {
  vectors.clear();
  return readWordVectors(path, width, [&](std::string_view word, std::span<const float> vector) {
    vectors.emplace_back(word, std::vector<float>(vector.begin(), vector.end()));
  });
}

std::string bytesOf(const std::vector<float> &vector) {
  std::string bytes(vector.size() * sizeof(float), '\0');
  std::memcpy(bytes.data(), vector.data(), bytes.size());
  return bytes;
}

/// As the word2vec program writes it (`feed`), or gensim.
std::string binaryOf(const Vectors &vectors, bool feed, int64_t more = 0) {
  std::string file = std::to_string(static_cast<int64_t>(vectors.size()) + more) + " " +
                     std::to_string(vectors[0].second.size()) + "\n";
  for (auto &[word, vector] : vectors)
    file += word + " " + bytesOf(vector) + (feed ? "\n" : "");
  return file;
}

std::string packed(const std::string &bytes) {
  std::string result(bytes.size() + 1000, '\0');
  z_stream stream = {};
  EXPECT_EQ(deflateInit2(&stream, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY), Z_OK);
  stream.next_in = reinterpret_cast<Bytef *>(const_cast<char *>(bytes.data()));
  stream.avail_in = static_cast<unsigned>(bytes.size());
  stream.next_out = reinterpret_cast<Bytef *>(result.data());
  stream.avail_out = static_cast<unsigned>(result.size());
  EXPECT_EQ(deflate(&stream, Z_FINISH), Z_STREAM_END);
  result.resize(stream.total_out);
  deflateEnd(&stream);
  return result;
}

const Vectors kThree = {{"</s>", {0.25f, -1, 3e-7f}}, {"größe", {1, 2, 3}}, {"the", {-0.5f, 0, 1.1f}}};
const std::string kText = "</s> 0.25 -1 3e-7\ngröße 1 2 3\nthe -.5 0 +1.1\n";

} // namespace

TEST(ByteWindow, FindsRecordsAcrossItsPieces) {
  Scratch scratch;
  std::string text;
  for (int i = 0; i < 400000; ++i)
    text += std::to_string(i) + "\n";
  ByteWindow window(scratch.write("a", text));
  std::string_view view;
  for (int i = 0; i < 400000; ++i) {
    ASSERT_TRUE(window.peekTo('\n', 1000, view).ok());
    ASSERT_EQ(view, std::to_string(i) + "\n");
    window.skip(view.size());
  }
  EXPECT_EQ(window.offset(), text.size());
  ASSERT_TRUE(window.peekTo('\n', 1000, view).ok());
  EXPECT_TRUE(view.empty());

  ByteWindow other(scratch.path("a"));
  ASSERT_TRUE(other.peekTo('x', 5000, view).ok());
  EXPECT_EQ(view, text.substr(0, 5000));
  ASSERT_TRUE(other.peek(text.size() + 1, view).ok());
  EXPECT_EQ(view, text);
  EXPECT_EQ(other.offset(), 0u);
}

TEST(WordVectors, EveryForm) {
  Scratch scratch;
  const std::string forms[] = {kText,
                               "3 3\n" + kText,
                               "3\t3\r\n</s>\t0.25\t-1\t3e-7 \r\n\r\ngröße\t1\t2\t3\r\nthe -.5 0 1.1",
                               "\xef\xbb\xbf" + kText + "\n",
                               binaryOf(kThree, true),
                               binaryOf(kThree, false)};
  for (const std::string &form : forms)
    for (const std::string &file : {form, packed(form)}) {
      Vectors vectors;
      Status status = read(scratch.write("vectors", file), 3, vectors);
      EXPECT_TRUE(status.ok()) << status.message();
      EXPECT_EQ(vectors, kThree) << form;
    }
}

TEST(WordVectors, WordsOfAnyBytes) {
  Scratch scratch;
  Vectors vectors;
  // GloVe 840B has words with blanks; word2vec's may be cut within a character.
  ASSERT_TRUE(read(scratch.write("a", "x 1 2\n. . . 3 4\n\xc3 5 6\n7 8 9\nx 0 0\n"), 2, vectors).ok());
  EXPECT_EQ(vectors, (Vectors{{"x", {1, 2}}, {". . .", {3, 4}}, {"\xc3", {5, 6}}, {"7", {8, 9}}, {"x", {0, 0}}}));
  // What is too small for an f32 is 0.
  ASSERT_TRUE(read(scratch.write("b", "x 1e-400 -1e-60\n"), 2, vectors).ok());
  EXPECT_EQ(vectors, (Vectors{{"x", {0, 0}}}));
  const std::string zeros(400, '0');
  for (const std::string &small : {"0." + zeros + "1", "-0." + zeros + "1", "." + zeros + "1e+20",
                                   "1" + zeros + "e-900", std::string("+1e-99999999999999999999")}) {
    ASSERT_TRUE(read(scratch.write("b", "x " + small + "\n"), 1, vectors).ok()) << small;
    EXPECT_EQ(vectors, (Vectors{{"x", {0}}})) << small;
  }
  // Once the width is known, a word may end in a number.
  const Vectors chapters = {{"a", {1, 2}}, {"chapter 7", {3, 4}}, {"to inf nan", {5, 6}}};
  const std::string lines = "a 1 2\nchapter 7 3 4\nto inf nan 5 6\n";
  ASSERT_TRUE(read(scratch.write("b", lines), 2, vectors).ok());
  EXPECT_EQ(vectors, chapters);
  ASSERT_TRUE(read(scratch.write("b", "1 2\nchapter 7 3 4\n"), 2, vectors).ok());
  EXPECT_EQ(vectors, (Vectors{{"chapter 7", {3, 4}}}));
  // Text behind a header, whatever its first word.
  for (const std::string word : {"New größe", "a größe b", "größe", "\xc3", "a \xc3", "\x01", "a \x02", "x 1"})
    for (const std::string begin : {"1 2\n", "1 2\n\n", "1 2\r\n\r\n"}) {
      Status status = read(scratch.write("b", begin + word + " 3 4\n"), 2, vectors);
      EXPECT_TRUE(status.ok()) << status.message();
      EXPECT_EQ(vectors, (Vectors{{word, {3, 4}}}));
    }
  // A vector whose first byte is a line feed, and which has the bytes of letters.
  std::string file = "1 3\na \nABCDEFGHIJK";
  ASSERT_TRUE(read(scratch.write("c", file), 3, vectors).ok());
  EXPECT_EQ(vectors.size(), 1u);
  EXPECT_EQ(bytesOf(vectors[0].second), file.substr(6));
  // Letters only, with a line feed and without.
  for (const std::string word : {"a", "größe", "\xc3", "7"})
    for (const std::string letters : {"fff?", "ff\n?", "AB C"}) {
      Status status = read(scratch.write("c", "1 1\n" + word + " " + letters + "\n"), 1, vectors);
      ASSERT_TRUE(status.ok()) << status.message();
      EXPECT_EQ(vectors[0].first, word);
      EXPECT_EQ(bytesOf(vectors[0].second), letters);
    }
}

// Few numbers give few bytes by which a binary file is told from a text.
TEST(WordVectors, BinaryOfAnyNumbers) {
  Scratch scratch;
  std::mt19937 random(3);
  const std::string words[] = {"a", "größe", "7", "-.5", "\xc3", "1.5e3x"};
  for (int i = 0; i < 800; ++i) {
    Vectors wanted, vectors;
    const size_t width = random() % 5 + 2;
    for (size_t k = random() % 3 + 1; k > 0; --k) {
      std::vector<float> vector(width);
      for (float &number : vector)
        number = std::ldexp(static_cast<float>(random()) - 0x1p31f, -static_cast<int>(random() % 8) - 30);
      wanted.emplace_back(words[random() % std::size(words)], vector);
    }
    Status status = read(scratch.write("a", binaryOf(wanted, i % 2)), static_cast<int64_t>(width), vectors);
    ASSERT_TRUE(status.ok()) << i << ", " << width << ": " << status.message();
    EXPECT_EQ(vectors, wanted);
  }
}

TEST(WordVectors, LargerThanThePiecesThatAreRead) {
  Scratch scratch;
  std::mt19937 random(1);
  Vectors large;
  std::string text;
  for (int i = 0; i < 2000; ++i) {
    large.emplace_back("word" + std::to_string(i), std::vector<float>(300));
    text += large.back().first;
    for (float &number : large.back().second) {
      number = static_cast<float>(random() % 20001) / 16384 - 0.5f;
      char digits[32];
      std::snprintf(digits, sizeof(digits), " %.9g", static_cast<double>(number));
      text += digits;
    }
    text += "\n";
  }
  for (const std::string &file : {binaryOf(large, false), binaryOf(large, true), text, "2000 300\n" + text}) {
    Vectors vectors;
    Status status = read(scratch.write("a", file), 300, vectors);
    ASSERT_TRUE(status.ok()) << status.message();
    EXPECT_EQ(vectors, large);
  }
}

TEST(WordVectors, Errors) {
  Scratch scratch;
  const std::string infinite = binaryOf({{"a", {1, 2}}, {"b", {std::numeric_limits<float>::infinity(), 0}}}, true),
                    two = binaryOf({{"a", {1, 2}}, {"b", {3, 4}}}, true);
  const struct {
    std::string file, message;
  } cases[] = {
      {"", ": the file is empty"},
      {"\n", ":1: the file begins with an empty line"},
      {"a 1 2\nb 1\n", ":2: after the word \"b\" stand 1 numbers, and vectors of 2 are wanted"},
      {"a 1 2\nb\n", ":2: after the word \"b\" stand 0 numbers"},
      {"a 1 2\n3 4\n", ":2: after the word \"3\" stand 1 numbers"},
      {"a 1 2 3 4\n", ":1: after the word \"a\" stand 4 numbers, and vectors of 2 are wanted"},
      {"a 1 2\nb 1 2x\n", ":2: number 2 of \"b\" is \"2x\", no finite number"},
      {"a 1 2\nb 1 nan\n", ":2: number 2 of \"b\" is \"nan\", no finite number"},
      {"a 1 2\nb 1e99 1\n", ":2: number 1 of \"b\" is \"1e99\", no finite number"},
      {"a 1 2\nb 1e999 1\n", ":2: number 1 of \"b\" is \"1e999\", no finite number"},
      {"a 1 2\nb 1 +-5\n", ":2: number 2 of \"b\" is \"+-5\", no finite number"},
      {"a 1 2\nb 1 ++5\n", ":2: number 2 of \"b\" is \"++5\", no finite number"},
      {"a 1 1" + std::string(400, '0') + "\n", ":1: number 2 of \"a\" is \"1000"},
      {"a 1 0.1e400\n", ":1: number 2 of \"a\" is \"0.1e400\", no finite number"},
      {"chapter 7 1 2\n", ":1: after the word \"chapter\" stand 3 numbers, and vectors of 2 are wanted"},
      {"2 2\nb 1\n", ":2: after the word \"b\" stand 1 numbers"},
      {"2 2\n\nNew größe 0,5 0,25\n", ":3: number 1 of \"New größe\" is \"0,5\", no finite number"},
      {"2 2\ngröße 1 nan\n", ":2: number 2 of \"größe\" is \"nan\", no finite number"},
      {"2 3\na 1 2 3\n", ":1: the file has vectors of 3 numbers, and vectors of 2 are wanted"},
      {"0 2\n", ":1: the file has 0 vectors"},
      {"-1 2\n", ":1: the file has -1 vectors"},
      {"3 2\na 1 2\nb 1 2\n", ": the first line says 3 vectors, and there are 2"},
      {"1 2\na 1 2\nb 1 2\n", ":3: the first line says 1 vectors, and here is one more"},
      {"2 2\n", ": the first line says 2 vectors, and there are 0"},
      {infinite, ": number 1 of word 2 of 2, \"b\" at byte 15, is not finite"},
      {two.substr(0, two.size() - 4), ": the file ends within the vector of word 2 of 2, which begins at byte 15"},
      {two.substr(0, 14), ": the file ends within word 2 of 2, which begins at byte 14"},
      {binaryOf({{"a", {1, 2}}}, true, -1).replace(0, 1, "2"), ": the file ends within word 2 of 2"},
      {"1" + two.substr(1), ": the first line says 1 vectors, and behind them there is more, at byte"},
      {"2" + two.substr(1, 13) + std::string(70000, 'x'), ": word 2 of 2 at byte 14 is longer than 64 KiB"},
  };
  for (auto &[file, message] : cases) {
    Vectors vectors;
    const std::string path = scratch.write("vectors", file);
    expectError(read(path, 2, vectors), StatusCode::kInvalidData, path + message);
  }
  Vectors vectors;
  expectError(read(scratch.path("none"), 2, vectors), StatusCode::kNotFound, "cannot open " + scratch.path("none"));
  expectError(read(scratch.folder.string(), 2, vectors), StatusCode::kIoError, "Is a directory");
  expectError(read(scratch.write("a.gz", packed(kText).substr(0, 30)), 3, vectors), StatusCode::kInvalidData,
              "a.gz: the gzip file is truncated");
}

// Whatever is in a file, it is read or refused; the vectors are finite.
TEST(WordVectors, DamagedFiles) {
  Scratch scratch;
  std::mt19937 random(7);
  const std::string seeds[] = {kText, "3 3\n" + kText, binaryOf(kThree, true), packed(binaryOf(kThree, false))};
  for (int i = 0; i < 1000; ++i) {
    std::string file = seeds[i % 4];
    for (int changes = static_cast<int>(random() % 4) + 1; changes > 0 && !file.empty(); --changes) {
      const size_t at = random() % file.size();
      static constexpr char kBytes[] = "\0\n\r\t 019.-+e\xff\x80";
      switch (random() % 4) {
      case 0:
        file.resize(at);
        break;
      case 1:
        file.erase(at, 1);
        break;
      case 2:
        file.insert(at, 1, kBytes[random() % (sizeof(kBytes) - 1)]);
        break;
      default:
        file[at] = static_cast<char>(random());
      }
    }
    Vectors vectors;
    Status status = read(scratch.write("a", file), 3, vectors);
    EXPECT_EQ(status.ok(), status.message().empty());
    for (auto &[word, vector] : vectors)
      for (float number : vector)
        EXPECT_TRUE(std::isfinite(number));
  }
}
