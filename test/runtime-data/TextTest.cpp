//===- TextTest.cpp - words, characters, streams, rows of text --------------------------===//
#include "runtime/data/SplitWords.h"
#include "runtime/data/TextFile.h"
#include "runtime/data/TextSource.h"
#include "runtime/data/TokenStream.h"
#include "runtime/data/Utf8.h"
#include "test/runtime-data/Scratch.h"

using namespace argent;

using Numbers = std::vector<int32_t>;
using Strings = std::vector<std::string>;

static Strings split(std::string_view text, bool lower = false) {
  Strings words;
  splitWords(text, lower, [&](std::string_view word) { words.emplace_back(word); });
  return words;
}

TEST(Utf8, Decodes) {
  for (char32_t point :
       {U'a', U'é', U'€', U'😀', char32_t(0x7f), char32_t(0x80), char32_t(0x7ff), char32_t(0x10ffff)}) {
    std::string text;
    appendUtf8(text, point);
    char32_t read = 0;
    EXPECT_EQ(decodeUtf8(text, 0, read), text.size());
    EXPECT_EQ(read, point);
    EXPECT_EQ(findInvalidUtf8(text), std::string::npos);
    EXPECT_EQ(findInvalidUtf8("ab" + text.substr(0, text.size() - 1)), text.size() > 1 ? 2u : std::string::npos);
  }
  // Longer than needed, a surrogate, above the last code point, a continuation alone.
  for (const char *text : {"\xc0\x80", "\xe0\x80\x80", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\x80", "\xff"})
    EXPECT_EQ(findInvalidUtf8(text), 0u);
}

TEST(Utf8, SmallLetters) {
  const std::u32string capitals = U"AZÀÞĀĶĹŇŊŸŹŽΑΩЁЯ×ŉ1", small = U"azàþāķĺňŋÿźžαωёя×ŉ1";
  for (size_t i = 0; i < capitals.size(); ++i) {
    EXPECT_EQ(toLower(capitals[i]), small[i]) << i;
    EXPECT_EQ(toLower(small[i]), small[i]) << i;
  }
}

TEST(Words, AreSplit) {
  EXPECT_EQ(split("In the beginning, God"), (Strings{"In", "the", "beginning", ",", "God"}));
  EXPECT_EQ(split("ÀB Éa", true), (Strings{"àb", "éa"}));
  EXPECT_EQ(split("don't can’t well-known low_line"), (Strings{"don't", "can’t", "well-known", "low_line"}));
  EXPECT_EQ(split("3.14 1,000 a.b 3. 'tis dogs' -x"),
            (Strings{"3.14", "1,000", "a", ".", "b", "3", ".", "'", "tis", "dogs", "'", "-", "x"}));
  EXPECT_EQ(split("<unk> </s> a<unk>b <1> <"), (Strings{"<unk>", "</s>", "a", "<unk>", "b", "<", "1", ">", "<"}));
  EXPECT_EQ(split("“So” …\u00a0\u3000x"), (Strings{"“", "So", "”", "…", "x"}));
  EXPECT_EQ(split(" \t\r\n"), Strings{});
}

TEST(Words, VocabularyIsByFrequency) {
  WordCounter counter;
  for (const char *word : {"b", "a", "c", "a", "c", "d"})
    counter.add(word);
  EXPECT_EQ(counter.mostFrequent(3), (Strings{"a", "c", "b"}));
  EXPECT_EQ(counter.mostFrequent(9), (Strings{"a", "c", "b", "d"}));
}

static InputPort textPort(const char *source, int64_t length) {
  InputPort port;
  port.name = "text";
  port.type = ElementType::i32;
  port.shape = {-1, length};
  port.rowShape = {length};
  port.batched = true;
  port.source = source;
  return port;
}

static InputPort wordsPort(int64_t length, double vocabulary = 8) {
  InputPort port = textPort("words", length);
  port.arguments = {{"vocabulary", {vocabulary}, {}}};
  return port;
}

static std::unique_ptr<Tokenizer> tokenizerOf(const InputPort &port, const Vocabularies &vocabularies = {}) {
  std::unique_ptr<Tokenizer> tokenizer;
  Status status = makeTokenizer(port, vocabularies, tokenizer);
  EXPECT_TRUE(status.ok()) << status.message();
  return tokenizer;
}

TEST(Words, AreNumberedAndReadBack) {
  auto words = tokenizerOf(wordsPort(4), {{"text", {"the", "of", "and", "in", "much"}}});
  Numbers numbers;
  ASSERT_TRUE(words->number("The <s> of GOD <unk> much <eos>", numbers).ok());
  EXPECT_EQ(numbers, (Numbers{4, 1, 5, 3, 3, 3, 2})); // a vocabulary of 8 has four words
  EXPECT_EQ(words->text(Numbers{1, 4, 3, 7, 0, 2, 5}), "the <unk> in");
  std::unique_ptr<Tokenizer> unknown;
  expectError(makeTokenizer(wordsPort(4), {}, unknown), StatusCode::kInvalidArgument, "which word has which number");
  InputPort narrow = wordsPort(4);
  narrow.ranged = true;
  narrow.high = 6;
  expectError(makeTokenizer(narrow, {{"text", {}}}, unknown), StatusCode::kInvalidArgument, "takes numbers up to 6");
}

TEST(Characters, AreNumberedAndReadBack) {
  InputPort port = textPort("characters", 4);
  port.arguments = {{"alphabet", {}, {"abé\n"}}, {"lower", {1}, {}}};
  Numbers numbers;
  ASSERT_TRUE(tokenizerOf(port)->number("aÉ\nx", numbers).ok());
  EXPECT_EQ(numbers, (Numbers{0, 2, 3, -1}));
  EXPECT_EQ(tokenizerOf(port)->text(numbers), "aé\n");
  port.ranged = true;
  port.high = 3;
  expectError(tokenizerOf(port)->number("ax", numbers), StatusCode::kInvalidData, "the character \"x\" (U+0078)");
}

/// All pieces of a file, one after the other.
static std::string readAll(const std::string &path, size_t &pieces, size_t &longest) {
  TextFile file(path);
  std::string all, piece;
  for (pieces = longest = 0;; ++pieces) {
    Status status = file.next(piece);
    EXPECT_TRUE(status.ok()) << status.message();
    if (piece.empty() || !status.ok())
      return all;
    longest = std::max(longest, piece.size());
    all += piece;
  }
}

TEST(TextFile, GivesLines) {
  Scratch scratch;
  size_t pieces, longest;
  EXPECT_EQ(readAll(scratch.write("a", "\xef\xbb\xbfone\r\n\ntwo\rx"), pieces, longest), "one\n\ntwo\rx");
  EXPECT_EQ(pieces, 3u);
  EXPECT_EQ(readAll(scratch.write("empty", ""), pieces, longest), "");
  // A line longer than the buffer comes in parts, cut between words, or between code points where there is no space.
  std::string words, signs;
  for (int i = 0; i < 500000; ++i) {
    words += "word ";
    signs += "€";
  }
  EXPECT_EQ(readAll(scratch.write("words", words + "\nend"), pieces, longest), words + "\nend");
  EXPECT_LE(longest, size_t(1) << 20);
  EXPECT_EQ(readAll(scratch.write("signs", signs), pieces, longest), signs);
  EXPECT_GE(pieces, 2u);
}

TEST(TextFile, NamesTheLineThatIsNotUtf8) {
  Scratch scratch;
  TextFile file(scratch.write("a", "one\ntwo\nth\xe9\nfour\n"));
  std::string piece;
  ASSERT_TRUE(file.next(piece).ok());
  ASSERT_TRUE(file.next(piece).ok());
  expectError(file.next(piece), StatusCode::kInvalidData, "a:3: the text is not UTF-8");
  TextFile missing(scratch.path("none"));
  expectError(missing.next(piece), StatusCode::kNotFound, "none");
}

static std::shared_ptr<const TokenStream> streamOf(const std::string &path, const Tokenizer &tokenizer) {
  std::shared_ptr<const TokenStream> stream;
  Status status = TokenStream::make(path, tokenizer, stream);
  EXPECT_TRUE(status.ok()) << status.message();
  return stream;
}

static Numbers all(const TokenStream &stream) {
  Numbers numbers(static_cast<size_t>(stream.count()));
  EXPECT_TRUE(stream.read(0, stream.count(), numbers.data()).ok());
  return numbers;
}

TEST(TokenStream, EndsLinesThatHaveWords) {
  Scratch scratch;
  const Vocabularies vocabularies = {{"text", {"a", "b"}}};
  const std::string path = scratch.write("t", "a b\n\n \nB, a\nb");
  // A number takes one, two or four bytes.
  for (double vocabulary : {8., 1000., 100000.})
    EXPECT_EQ(all(*streamOf(path, *tokenizerOf(wordsPort(2, vocabulary), vocabularies))),
              (Numbers{4, 5, 2, 5, 3, 4, 2, 5, 2}));
  InputPort port = textPort("characters", 2);
  port.arguments = {{"alphabet", {}, {"ab\n"}}};
  EXPECT_EQ(all(*streamOf(path, *tokenizerOf(port))), (Numbers{0, -1, 1, 2, 2, -1, 2, -1, -1, -1, 0, 2, 1}));
}

TEST(TokenStream, IsCutIntoParallelStreams) {
  Scratch scratch;
  InputPort port = textPort("characters", 2);
  port.arguments = {{"alphabet", {}, {"0123456789abcdef"}}};
  auto stream = streamOf(scratch.write("t", "0123456789abcdef"), *tokenizerOf(port));
  StreamCut cut;
  ASSERT_TRUE(cutStream(*stream, 1, 14, 2, 2, cut).ok());
  EXPECT_EQ(cut.rows(), 6); // 13 numbers are 3 batches of 4, and one that only follows
  Numbers rows, following;
  auto here = makeStreamSource(stream, cut, 0), next = makeStreamSource(stream, cut, 1);
  for (int64_t row = 0; row < cut.rows(); ++row)
    for (auto [source, list] : {std::pair(here.get(), &rows), {next.get(), &following}}) {
      int32_t piece[2];
      ASSERT_TRUE(source->fill(row, piece).ok());
      list->insert(list->end(), piece, piece + 2);
    }
  EXPECT_EQ(rows, (Numbers{1, 2, 7, 8, 3, 4, 9, 10, 5, 6, 11, 12}));
  EXPECT_EQ(following, (Numbers{2, 3, 8, 9, 4, 5, 10, 11, 6, 7, 12, 13}));
  expectError(cutStream(*stream, 0, 16, 4, 4, cut), StatusCode::kInvalidData, "16 tokens is too short");
  expectError(cutStream(*stream, 0, 16, 4, 4, cut), StatusCode::kInvalidData, "needs 17");
}

static Column lines(const Strings &texts) {
  TextRows rows;
  for (const std::string &text : texts)
    rows.add(text, rows.rows() + 1);
  return {"", "t.txt", Role::any, std::move(rows)};
}

static Status fill(const InputPort &port, const Column &column, std::vector<Numbers> &rows, Numbers &lengths) {
  std::shared_ptr<const NumberedRows> numbered;
  std::unique_ptr<Source> source;
  ARGENT_RETURN_IF_ERROR(numberRows(port, column, *tokenizerOf(port, {{"text", {"a", "b", "c", "d"}}}), numbered));
  ARGENT_RETURN_IF_ERROR(makeRowsSource(port, column, numbered, source));
  rows.assign(static_cast<size_t>(column.rows()), Numbers(static_cast<size_t>(port.rowShape[0])));
  InputPort lengthPort = textPort("lengths", 1);
  lengthPort.rowShape = {};
  std::unique_ptr<Source> lengthSource;
  ARGENT_RETURN_IF_ERROR(makeLengthsSource(lengthPort, numbered, lengthSource));
  lengths.assign(rows.size(), 0);
  for (size_t i = 0; i < rows.size(); ++i) {
    ARGENT_RETURN_IF_ERROR(source->fill(static_cast<int64_t>(i), rows[i].data()));
    ARGENT_RETURN_IF_ERROR(lengthSource->fill(static_cast<int64_t>(i), &lengths[i]));
  }
  return Status();
}

TEST(TextRows, AreCutPaddedAndMarked) {
  const Column column = lines({"a b", "a b c d", ""});
  InputPort port = wordsPort(3);
  std::vector<Numbers> rows;
  Numbers lengths;
  expectError(fill(port, column, rows, lengths), StatusCode::kInvalidData, "t.txt:1 has 2 tokens");
  port.arguments.push_back({"length", {3}, {}});
  ASSERT_TRUE(fill(port, column, rows, lengths).ok());
  EXPECT_EQ(rows, (std::vector<Numbers>{{4, 5, 0}, {4, 5, 6}, {0, 0, 0}}));
  EXPECT_EQ(lengths, (Numbers{2, 3, 0}));
  // The marks stay where the words between them are cut.
  port.arguments.push_back({"start", {1}, {}});
  port.arguments.push_back({"end", {2}, {}});
  ASSERT_TRUE(fill(port, column, rows, lengths).ok());
  EXPECT_EQ(rows, (std::vector<Numbers>{{1, 4, 2}, {1, 4, 2}, {1, 2, 0}}));
  EXPECT_EQ(lengths, (Numbers{3, 3, 2}));
  // How much was cut is known.
  std::shared_ptr<const NumberedRows> numbered;
  auto tokenizer = tokenizerOf(port, {{"text", {"a", "b", "c", "d"}}});
  ASSERT_TRUE(numberRows(port, lines({"a", "a b c d", "b c"}), *tokenizer, numbered).ok());
  EXPECT_EQ(numbered->cutRows, 2);
  EXPECT_EQ(numbered->firstCut, 1);
  EXPECT_EQ(numbered->firstCutCount, 4);
}

TEST(TextRows, OfCharactersAreReversedBeforeTheyAreCut) {
  InputPort port = textPort("characters", 3);
  port.arguments = {{"alphabet", {}, {"abcd"}}, {"length", {3}, {}}, {"reverse", {1}, {}}};
  std::vector<Numbers> rows;
  Numbers lengths;
  ASSERT_TRUE(fill(port, lines({"abcd", "ax"}), rows, lengths).ok());
  EXPECT_EQ(rows, (std::vector<Numbers>{{3, 2, 1}, {-1, 0, -1}}));
  port.ranged = true;
  port.high = 3;
  expectError(fill(port, lines({"abcd", "a"}), rows, lengths), StatusCode::kInvalidData, "t.txt:2 is shorter than 3");
}
