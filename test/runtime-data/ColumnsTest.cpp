//===- ColumnsTest.cpp - classes by name, files of fortune(6), columns that are tensors ------===//
#include "runtime/data/Readers.h"
#include "runtime/data/TextSource.h"
#include "runtime/train/Bind.h"
#include "test/runtime-data/Scratch.h"

#include <sys/stat.h>

using namespace argent;

using Numbers = std::vector<int32_t>;
using Strings = std::vector<std::string>;

static DataPort port(const char *name, const char *source, std::vector<int64_t> rowShape) {
  DataPort data{{}, 0, true};
  data.port.name = name;
  data.port.source = source;
  data.port.type = ElementType::i32;
  data.port.batched = true;
  data.port.shape = {-1};
  data.port.shape.insert(data.port.shape.end(), rowShape.begin(), rowShape.end());
  data.port.rowShape = std::move(rowShape);
  return data;
}

static Column text(const char *name, const Strings &values) {
  TextRows rows;
  for (const std::string &value : values)
    rows.add(value, rows.rows() + 1);
  return {name, "t.csv", Role::any, std::move(rows)};
}

/// An i32 array.
static Column numbers(const char *name, std::vector<int64_t> rowShape, const Numbers &values) {
  const char *bytes = reinterpret_cast<const char *>(values.data());
  return {name, std::string("t.npz, ") + name, Role::any,
          NumberRows{ElementType::i32, std::move(rowShape), {bytes, bytes + values.size() * sizeof(int32_t)}}};
}

static Numbers row(const BatchSource &source, size_t input, int64_t row) {
  Numbers values(static_cast<size_t>(source.inputs[input].port.rowElements()));
  EXPECT_TRUE(source.inputs[input].source->fill(row, values.data()).ok());
  return values;
}

TEST(Classes, AreLearnedByNameWhereTheModelHasNone) {
  DataPort label = port("label", "classes", {});
  label.port.ranged = true;
  label.port.high = 2;
  DataSet set;
  set.columns = {text("label", {"sad", "glad", "sad", "bad"})};
  Vocabularies vocabularies;
  Status status = learnVocabularies({label}, set, vocabularies);
  ASSERT_TRUE(status.ok()) << status.message();
  EXPECT_EQ(vocabularies["label"], (Strings{"bad", "glad", "sad"}));
  std::unique_ptr<Source> source;
  ASSERT_TRUE(makeSource(label.port, set.columns[0], vocabularies, source).ok());
  int32_t value = -1;
  ASSERT_TRUE(source->fill(1, &value).ok());
  EXPECT_EQ(value, 1);
  expectError(makeSource(label.port, text("label", {"mad"}), vocabularies, source), StatusCode::kInvalidData,
              "t.csv:1 has the label mad; input `label` (i32[N]) takes \"bad\", \"glad\", \"sad\"");
  // A number says nothing about names.
  expectError(makeSource(label.port, text("label", {"1"}), vocabularies, source), StatusCode::kInvalidData,
              "has the label 1");
}

TEST(Classes, ThatCannotBeLearned) {
  DataPort label = port("label", "classes", {});
  label.port.ranged = true;
  label.port.high = 1;
  DataSet set;
  Vocabularies vocabularies;
  set.columns = {text("label", {"a", "b", "c"})};
  expectError(learnVocabularies({label}, set, vocabularies), StatusCode::kInvalidData,
              "t.csv has 3 classes, and input `label` (i32[N]) takes 2");
  set.columns = {text("label", {"a", ""})};
  expectError(learnVocabularies({label}, set, vocabularies), StatusCode::kInvalidData, "is empty");
  set.columns = {text("label", {"a", "b\nc"})};
  expectError(learnVocabularies({label}, set, vocabularies), StatusCode::kInvalidData, "more than one line");
  EXPECT_TRUE(vocabularies.empty());
}

TEST(Classes, HaveTheirTypeWithoutRowsToo) {
  DataPort label = port("label", "classes", {});
  std::vector<const Column *> columns;
  DataSet set;
  set.name = "t.npz";
  for (NumberRows rows : {NumberRows{ElementType::f32, {}, {}}, NumberRows{ElementType::i32, {2}, {}}}) {
    set.columns = {{"a", "t.npz, a", Role::any, rows}};
    expectError(matchColumns({label}, set, columns), StatusCode::kInvalidArgument,
                "t.npz has no column for input `label`");
  }
  set.columns.push_back(numbers("b", {}, {}));
  Status status = matchColumns({label}, set, columns);
  ASSERT_TRUE(status.ok()) << status.message();
  EXPECT_EQ(columns[0], &set.columns[1]);
  EXPECT_TRUE(canHoldClasses(text("c", {})));
  EXPECT_FALSE(canHoldClasses({"d", "d.txt", Role::any, TextStream{"d.txt"}}));
  EXPECT_EQ(firstNoClass(label.port, text("c", {"1", "two"})), 1);
  EXPECT_EQ(firstNoClass(label.port, text("c", {"1", "2"})), std::nullopt);
}

TEST(ClassFolder, FortunesAreRows) {
  Scratch scratch;
  scratch.write("art", "A fortune\n\tof two lines.\n%\n\n%\n50 % of one.\n%\nThe last\n");
  scratch.write("art.dat", std::string("\0\0\0\2\xff", 5));
  scratch.write("art.u8", "the same\n");
  scratch.write("lines.txt", "one\n100 %\n");
  std::vector<Column> columns;
  Status status = readClassFolder(scratch.folder.string(), columns);
  ASSERT_TRUE(status.ok()) << status.message();
  const TextRows &classes = *columns[0].text(), &texts = *columns[1].text();
  ASSERT_EQ(texts.rows(), 5);
  ASSERT_EQ(classes.rows(), 5);
  EXPECT_EQ(texts[0], "A fortune\n\tof two lines.");
  EXPECT_EQ(texts[1], "50 % of one.");
  EXPECT_EQ(texts.line(1), 6);
  EXPECT_EQ(texts[2], "The last");
  EXPECT_EQ(texts[4], "100 %");
  EXPECT_EQ(classes[2], "art");
  EXPECT_EQ(classes[3], "lines");
  EXPECT_EQ(columns[1].place(1), scratch.path("art:6"));
  EXPECT_EQ(columns[0].place(4), scratch.path("lines.txt:2"));
}

TEST(Readers, WantAFile) {
  Scratch scratch;
  std::vector<Column> columns;
  ASSERT_EQ(::mkfifo(scratch.path("pipe.txt").c_str(), 0600), 0);
  expectError(readColumns(scratch.path("pipe.txt"), {}, columns), StatusCode::kInvalidArgument, "is not a file");
  expectError(readColumns(scratch.folder.string(), {}, columns), StatusCode::kInvalidArgument, "is not a file");
  expectError(readColumns(scratch.path("none.txt"), {}, columns), StatusCode::kNotFound, "none.txt");
}

static DataPort lengthsOf(const char *input) {
  DataPort lengths = port("n", "lengths", {});
  lengths.port.arguments = {{"input", {}, {input}}};
  return lengths;
}

TEST(Columns, OfTheInputsTypeAreItsTensor) {
  DataPort tokens = port("tokens", "words", {3});
  tokens.port.arguments = {{"vocabulary", {8}, {}}, {"length", {3}, {}}};
  const std::vector<DataPort> ports = {tokens, lengthsOf("tokens"), port("tag", "", {3})};
  DataSet set;
  set.name = "t.npz";
  set.rows = 2;
  set.columns = {numbers("tokens", {3}, {4, 5, 0, 6, 0, 0}), numbers("n", {}, {2, 1}),
                 numbers("tag", {3}, {1, 2, 3, 4, 5, 6})};
  Vocabularies vocabularies;
  ASSERT_TRUE(learnVocabularies(ports, set, vocabularies).ok());
  EXPECT_TRUE(vocabularies.empty());
  BatchSource source;
  Status status = bindData(ports, set, vocabularies, {}, source);
  ASSERT_TRUE(status.ok()) << status.message();
  EXPECT_EQ(row(source, 0, 1), (Numbers{6, 0, 0}));
  EXPECT_EQ(row(source, 1, 0), Numbers{2});
  EXPECT_EQ(row(source, 2, 0), (Numbers{1, 2, 3}));

  set.columns[1].name = "other";
  expectError(bindData(ports, set, vocabularies, {}, source), StatusCode::kInvalidArgument,
              "it needs a column `n` of its own");
}

TEST(Columns, OfLengthsNeedNoTextWhereTheyAreGiven) {
  const std::vector<DataPort> ports = {port("frames", "", {3}), lengthsOf("frames")};
  DataSet set;
  set.name = "t.npz";
  set.rows = 2;
  set.columns = {numbers("frames", {3}, {4, 5, 0, 6, 0, 0}), numbers("n", {}, {2, 1})};
  BatchSource source;
  Status status = bindData(ports, set, {}, {}, source);
  ASSERT_TRUE(status.ok()) << status.message();
  EXPECT_EQ(row(source, 1, 0), Numbers{2});
  set.columns.pop_back();
  expectError(bindData(ports, set, {}, {}, source), StatusCode::kInvalidArgument, "needs an input from words");
}

TEST(Columns, OfAStreamMayBeTensors) {
  DataPort tokens = port("tokens", "words", {2}), next = port("next", "following", {2});
  tokens.port.arguments = {{"vocabulary", {8}, {}}, {"stream", {1}, {}}};
  next.port.arguments = {{"input", {}, {"tokens"}}};
  DataSet set;
  set.name = "t.npz";
  set.rows = 2;
  set.columns = {numbers("tokens", {2}, {4, 5, 6, 7}), numbers("next", {2}, {5, 6, 7, 4})};
  BatchSource source;
  ASSERT_TRUE(numberStreams({tokens, next}, {}, set).ok());
  Status status = bindData({tokens, next}, set, {}, {}, source);
  ASSERT_TRUE(status.ok()) << status.message();
  EXPECT_EQ(row(source, 1, 1), (Numbers{7, 4}));
  // Not the same numbers again.
  set.columns[1].name = "other";
  expectError(bindData({tokens, next}, set, {}, {}, source), StatusCode::kInvalidArgument,
              "it needs a column `next` of its own");
}

TEST(Columns, OfTheInputsNameComeBeforeThoseOfItsSide) {
  DataPort previous = port("previous", "words", {2}), target = port("target", "words", {2});
  previous.port.arguments = target.port.arguments = {{"vocabulary", {8}, {}}, {"side", {}, {"target"}}};
  DataSet set;
  set.columns = {numbers("target", {2}, {4, 2}), numbers("previous", {2}, {1, 4})};
  std::vector<const Column *> columns;
  ASSERT_TRUE(matchColumns({previous, target}, set, columns).ok());
  EXPECT_EQ(columns, (std::vector<const Column *>{&set.columns[1], &set.columns[0]}));
  set.columns = {text("target", {"a b"}), text("source", {"c"})};
  ASSERT_TRUE(matchColumns({previous, target}, set, columns).ok());
  EXPECT_EQ(columns, (std::vector<const Column *>{&set.columns[0], &set.columns[0]}));
}

TEST(Words, OfAStreamAreReadBackAsLines) {
  DataPort tokens = port("tokens", "words", {4});
  tokens.port.arguments = {{"vocabulary", {8}, {}}, {"stream", {1}, {}}};
  std::unique_ptr<Tokenizer> words;
  ASSERT_TRUE(makeTokenizer(tokens.port, {{"tokens", {"to", "be"}}}, words).ok());
  EXPECT_EQ(words->text(Numbers{4, 5, 2, 5, 4, 2, 4}), "to be\nbe to\nto");
  // One piece, as `argent run` takes it.
  std::shared_ptr<const NumberedRows> rows;
  Status status = numberRows(tokens.port, text("tokens", {"be to be to be", "to"}), *words, rows);
  ASSERT_TRUE(status.ok()) << status.message();
  EXPECT_EQ(rows->row(0).size(), 4u);
  EXPECT_EQ(rows->row(1).size(), 1u);
}
