//===- ReadersTest.cpp - tables, lines, folders; which column is for which input ---------===//
#include "runtime/data/Readers.h"
#include "runtime/train/Bind.h"
#include "test/runtime-data/Scratch.h"

#include <zlib.h>

using namespace argent;

using Strings = std::vector<std::string>;

static Strings cells(const Column &column) {
  Strings result;
  for (int64_t row = 0; row < column.rows(); ++row)
    result.emplace_back((*column.text())[row]);
  return result;
}

static Status open(const std::string &data, const DataForm &form, std::vector<Column> &columns,
                   Split split = Split::train) {
  DataSet set;
  ARGENT_RETURN_IF_ERROR(openDataSet({data, ""}, split, form, set));
  columns = std::move(set.columns);
  return Status();
}

static std::vector<Column> columnsOf(const std::string &data, const DataForm &form = {}, Split split = Split::train) {
  std::vector<Column> columns;
  Status status = open(data, form, columns, split);
  EXPECT_TRUE(status.ok()) << status.message();
  columns.resize(std::max<size_t>(columns.size(), 2));
  return columns;
}

static const DataForm kNamed = {false, false, {"text", "label"}};

TEST(Table, QuotingAndHeader) {
  Scratch scratch;
  const std::string quoted = "label,text,more\r\n1,\"a, \"\"b\"\"\nc\",\r\n\r\n2,plain,\"\"\r\n";
  auto columns = columnsOf(scratch.write("a.csv", quoted), kNamed);
  ASSERT_EQ(columns.size(), 3u);
  EXPECT_EQ(columns[0].name, "label");
  EXPECT_EQ(cells(columns[0]), (Strings{"1", "2"}));
  EXPECT_EQ(cells(columns[1]), (Strings{"a, \"b\"\nc", "plain"}));
  EXPECT_EQ(cells(columns[2]), (Strings{"", ""}));
  EXPECT_EQ(columns[0].place(1), scratch.path("a.csv") + ":5");
  // Without a name that is wanted the first row is one like the others.
  columns = columnsOf(scratch.write("b.csv", "\xef\xbb\xbfx,y\n1,2"), kNamed);
  EXPECT_EQ(columns[0].name, "");
  EXPECT_EQ(cells(columns[0]), (Strings{"x", "1"}));
  EXPECT_EQ(cells(columns[1]), (Strings{"y", "2"}));
  // In a table of tabs a quotation mark may be an ordinary character.
  columns = columnsOf(scratch.write("c.tsv", "\"Go!\" he said\t\"a\tb\"\n\"x\t1\"\"\n"), kNamed);
  EXPECT_EQ(cells(columns[0]), (Strings{"\"Go!\" he said", "\"x"}));
  EXPECT_EQ(cells(columns[1]), (Strings{"a\tb", "1\"\""}));
  columns = columnsOf(scratch.write("d.tsv", "ein Hund\ta dog\n"), {false, false, {"source", "target", "target"}});
  EXPECT_EQ(columns[0].name, "source");
  EXPECT_EQ(columns[1].name, "target");
}

TEST(Table, NamesTheLine) {
  Scratch scratch;
  std::vector<Column> columns;
  auto fails = [&](const std::string &text, const std::string &message) {
    expectError(open(scratch.write("a.csv", text), kNamed, columns), StatusCode::kInvalidData, message);
  };
  fails("1,\"a\nb\"\n2,x,y\n", "a.csv:3: this row has 3 cells, and the first has 2");
  fails("text,label,label\n1,2,3\n", "a.csv:1: two columns are called \"label\"");
  fails("1,a\n2,\"b\n3,c\n", "a.csv:2: the quotation mark of this row is not closed");
  fails("1,a\n2,\"b\"c\n", "a.csv:2: a cell goes on behind its closing quotation mark");
  fails("1,a\n2,\xff\n", "a.csv:2: the text is not UTF-8");
  fails("", "no rows");
  fails("label,text\n", "no rows");
}

TEST(Lines, TextsAndClasses) {
  Scratch scratch;
  auto columns = columnsOf(scratch.write("a.txt", "one line\n \n\nanother"));
  EXPECT_EQ(cells(columns[0]), (Strings{"one line", "another"}));
  EXPECT_EQ(columns[0].place(1), scratch.path("a.txt") + ":4");
  const DataForm classes = {false, true, {}};
  columns = columnsOf(scratch.write("b.txt", "pos a good film\nneg\t a bad one\n"), classes);
  EXPECT_EQ(columns[0].role, Role::label);
  EXPECT_EQ(cells(columns[0]), (Strings{"pos", "neg"}));
  EXPECT_EQ(cells(columns[1]), (Strings{"a good film", "a bad one"}));
  expectError(open(scratch.write("c.txt", "pos x\npos\n"), classes, columns), StatusCode::kInvalidData,
              "c.txt:2: a line is a class");
}

TEST(JsonLines, ObjectsWithTheSameKeys) {
  Scratch scratch;
  auto columns = columnsOf(
      scratch.write("a.jsonl", "{\"text\": \"caf\\u00e9\", \"label\": 1}\n\n{\"label\": 2, \"text\": \"b\"}"));
  EXPECT_EQ(columns[0].name, "text");
  EXPECT_EQ(cells(columns[0]), (Strings{"café", "b"}));
  EXPECT_EQ(cells(columns[1]), (Strings{"1", "2"}));
  expectError(open(scratch.write("b.jsonl", "{\"a\": 1}\n{\"a\": \n"), {}, columns), StatusCode::kInvalidData,
              "b.jsonl:2: the line is no JSON object");
  expectError(open(scratch.write("b.jsonl", "{\"a\": 1}\n{\"b\": 1}\n"), {}, columns), StatusCode::kInvalidData,
              "b.jsonl:2: the object has no \"a\"");
}

/// An .npy of bytes.
static std::string npy(const std::string &shape, const std::string &bytes) {
  std::string header = "{'descr': '|u1', 'fortran_order': False, 'shape': (" + shape + "), }";
  header.resize(117, ' ');
  return std::string("\x93NUMPY\1\0\x76\0", 10) + header + "\n" + bytes;
}

static std::string little(uint64_t value, int bytes) {
  std::string text;
  for (int i = 0; i < bytes; ++i)
    text += static_cast<char>(i < 8 ? value >> (8 * i) : 0);
  return text;
}

/// A ZIP file with members of these names and contents; `packed`: deflated.
static std::string zip(const std::vector<std::pair<std::string, std::string>> &members, bool packed) {
  std::string file, directory;
  for (auto &[name, bytes] : members) {
    std::string data = bytes;
    if (packed) {
      z_stream stream = {};
      deflateInit2(&stream, 9, Z_DEFLATED, -15, 8, Z_DEFAULT_STRATEGY);
      data.resize(bytes.size() + 100);
      stream.next_in = reinterpret_cast<Bytef *>(const_cast<char *>(bytes.data()));
      stream.avail_in = static_cast<uInt>(bytes.size());
      stream.next_out = reinterpret_cast<Bytef *>(data.data());
      stream.avail_out = static_cast<uInt>(data.size());
      EXPECT_EQ(deflate(&stream, Z_FINISH), Z_STREAM_END);
      data.resize(data.size() - stream.avail_out);
      deflateEnd(&stream);
    }
    const std::string sizes =
        little(crc32(0, reinterpret_cast<const Bytef *>(bytes.data()), static_cast<uInt>(bytes.size())), 4) +
        little(data.size(), 4) + little(bytes.size(), 4) + little(name.size(), 2) + little(0, 2);
    const std::string start = little(20, 2) + little(0, 2) + little(packed ? 8 : 0, 2) + little(0, 4) + sizes;
    directory += "PK\1\2" + little(20, 2) + start + little(0, 10) + little(file.size(), 4) + name;
    file += "PK\3\4" + start + name + data;
  }
  const size_t at = file.size();
  return file + directory + "PK\5\6" + little(0, 4) + little(members.size(), 2) + little(members.size(), 2) +
         little(directory.size(), 4) + little(at, 4) + little(0, 2);
}

TEST(Npz, StoredAndDeflated) {
  Scratch scratch;
  for (bool packed : {false, true}) {
    const std::string file = zip({{"x.npy", npy("3, 2", "abcdef")}, {"y.npy", npy("3,", "\1\2\3")}}, packed);
    auto columns = columnsOf(scratch.write("a.npz", file));
    EXPECT_EQ(columns[0].name, "x");
    EXPECT_EQ(columns[0].numbers()->rowShape, std::vector<int64_t>{2});
    EXPECT_EQ(columns[1].numbers()->bytes, (std::vector<char>{1, 2, 3}));
    // Cut short or changed anywhere it is damaged, or its changed part is of no use to anybody.
    std::vector<Column> damaged;
    for (size_t length = 0; length < file.size(); ++length)
      EXPECT_FALSE(open(scratch.write("b.npz", file.substr(0, length)), {}, damaged).ok()) << length;
    for (size_t at = 0; at < file.size(); ++at) {
      std::string flipped = file;
      flipped[at] ^= 0x55;
      (void)open(scratch.write("b.npz", flipped), {}, damaged);
    }
  }
  std::vector<Column> columns;
  expectError(
      open(scratch.write("c.npz", zip({{"x.npy", npy("3,", "abc")}, {"y.npy", npy("2,", "ab")}}, false)), {}, columns),
      StatusCode::kInvalidData, "c.npz, x has 3 rows, but");
  expectError(open(scratch.write("d.npz", zip({{"\xff.npy", npy("3,", "abc")}}, false)), {}, columns),
              StatusCode::kInvalidData, "d.npz: the name of a member is not UTF-8");
}

TEST(DataSet, FoldersOfText) {
  Scratch scratch;
  std::filesystem::create_directories(scratch.path("pairs"));
  scratch.write("pairs/train.source.txt", "a\n\nb\n");
  scratch.write("pairs/train.target.txt", "x\ny\nz\n");
  scratch.write("pairs/dev.tsv", "c\tw\n");
  const DataForm pair = {false, false, {"source", "target"}};
  auto columns = columnsOf(scratch.path("pairs"), pair);
  EXPECT_EQ(columns[0].name, "source");
  EXPECT_EQ(cells(columns[0]), (Strings{"a", "", "b"}));
  EXPECT_EQ(cells(columns[1]), (Strings{"x", "y", "z"}));
  EXPECT_EQ(cells(columnsOf(scratch.path("pairs"), pair, Split::validation)[1]), Strings{"w"});
  expectError(open(scratch.path("pairs"), pair, columns, Split::test), StatusCode::kNotFound, "no test split");
  scratch.write("pairs/train.target.txt", "x\ny\n");
  expectError(open(scratch.path("pairs"), pair, columns), StatusCode::kInvalidData, "has 3 rows, but");

  for (const char *folder : {"classes/train", "classes/test", "plain"})
    std::filesystem::create_directories(scratch.path(folder));
  for (const char *folder : {"classes/train/", "plain/"}) {
    scratch.write(std::string(folder) + "neg.txt", "bad\nworse\n");
    scratch.write(std::string(folder) + "pos", "good\n");
  }
  scratch.write("classes/test/pos.txt", "better\n");
  for (const char *folder : {"classes", "plain"}) {
    columns = columnsOf(scratch.path(folder));
    EXPECT_EQ(cells(columns[0]), (Strings{"neg", "neg", "pos"}));
    EXPECT_EQ(cells(columns[1]), (Strings{"bad", "worse", "good"}));
  }
  EXPECT_EQ(cells(columnsOf(scratch.path("classes"), {}, Split::test)[1]), Strings{"better"});
  expectError(open(scratch.path("plain"), {}, columns, Split::test), StatusCode::kNotFound, "no test split");
}

static DataPort port(const char *name, const char *source, ElementType type, std::vector<int64_t> rowShape) {
  DataPort data{{}, 0, true};
  data.port.name = name;
  data.port.source = source;
  data.port.type = type;
  data.port.batched = true;
  data.port.shape = {-1};
  data.port.shape.insert(data.port.shape.end(), rowShape.begin(), rowShape.end());
  data.port.rowShape = std::move(rowShape);
  return data;
}

static Column text(const char *name, const Strings &values, Role role = Role::any) {
  TextRows rows;
  for (const std::string &value : values)
    rows.add(value, rows.rows() + 1);
  return {name, "t.csv", role, std::move(rows)};
}

TEST(Columns, AreFoundByNameThenByKind) {
  const std::vector<DataPort> ports = {
      port("tokens", "words", ElementType::i32, {4}), port("other", "words", ElementType::i32, {4}),
      port("label", "classes", ElementType::i32, {}), port("weight", "", ElementType::f32, {})};
  DataSet set;
  set.name = "t.csv";
  set.columns = {text("", {"1", "2"}), text("weight", {"0.5", "1"}), text("", {"a", "b"})};
  std::vector<const Column *> columns;
  Status status = matchColumns(ports, set, columns);
  ASSERT_TRUE(status.ok()) << status.message();
  EXPECT_EQ(columns, (std::vector<const Column *>{&set.columns[2], &set.columns[2], &set.columns[0], &set.columns[1]}));
  set.columns.push_back(text("more", {"c", "d"}));
  expectError(matchColumns(ports, set, columns), StatusCode::kInvalidArgument, "several columns for input `tokens`");
  set.columns = {text("x", {"a"}), text("weight", {"1"})};
  expectError(matchColumns(ports, set, columns), StatusCode::kInvalidArgument,
              "there are `x` (text: t.csv:1 has \"a\", which is no class), `weight` (text");
}

// What is there and does not fit is shown with what it is.
TEST(Columns, OfAnotherTypeAreNamed) {
  auto numbers = [](const char *name, ElementType type, std::vector<int64_t> rowShape) {
    NumberRows rows{type, std::move(rowShape), {}};
    rows.bytes.resize(2 * rows.rowBytes());
    return Column{name, "t.npz, " + std::string(name), Role::any, std::move(rows)};
  };
  std::vector<DataPort> ports = {port("x", "", ElementType::f32, {3}), port("label", "", ElementType::i32, {})};
  DataSet set;
  set.name = "t.npz";
  set.columns = {numbers("values", ElementType::f32, {2}), numbers("label", ElementType::i64, {})};
  std::vector<const Column *> columns;
  expectError(matchColumns(ports, set, columns), StatusCode::kInvalidArgument,
              "t.npz has no column for input `x` (f32[N, 3]): a column is found by the name `x`, or else as the only "
              "one of its kind; there are `values` (f32[N, 2]), `label` (i64[N])");
  std::unique_ptr<Source> source;
  expectError(makeSource(ports[1].port, numbers("label", ElementType::f32, {}), {}, source),
              StatusCode::kInvalidArgument, "t.npz, label is f32[N]");
  DataPort image = port("image", "image", ElementType::f32, {4, 4, 1});
  expectError(makeSource(image.port, numbers("image", ElementType::f64, {4, 4}), {}, source),
              StatusCode::kInvalidArgument, "takes images of unsigned bytes, and t.npz, image is f64[N, 4, 4]");
  ports = {port("tokens", "words", ElementType::i32, {4})};
  ports[0].port.arguments = {{"vocabulary", {8}, {}}, {"length", {4}, {}}};
  set.columns = {numbers("tokens", ElementType::i32, {5})};
  BatchSource made;
  expectError(bindData(ports, set, {{"tokens", {"a"}}}, {}, made), StatusCode::kInvalidArgument,
              "input `tokens` (i32[N, 4]) takes text, or numbers of its own type; t.npz, tokens is i32[N, 5]");
}

// A label that follows a stream is a class, and -1, which stands for all other characters, is none.
TEST(Streams, NameTheCharacterThatWhatFollowsDoesNotTake) {
  Scratch scratch;
  std::vector<DataPort> ports = {port("letters", "characters", ElementType::i32, {2}),
                                 port("next", "following", ElementType::i32, {2})};
  ports[0].port.arguments = {{"alphabet", {}, {"abc\n"}}, {"stream", {1}, {}}};
  ports[1].port.arguments = {{"input", {}, {"letters"}}};
  DataSet set;
  const std::string path = scratch.write("a.txt", "abc\ncéb\naaa\n");
  ASSERT_TRUE(openDataSet({path, ""}, Split::train, dataForm(ports), set).ok());
  ASSERT_TRUE(numberStreams(ports, {}, set).ok());
  ports[1].port.ranged = true;
  ports[1].port.high = 3;
  ASSERT_TRUE(openDataSet({path, ""}, Split::train, dataForm(ports), set).ok());
  expectError(numberStreams(ports, {}, set), StatusCode::kInvalidData,
              path +
                  ":2: the character \"é\" (U+00E9) is not in the alphabet, and input `next` (i32[N, 2]) does not take "
                  "-1, the number of all others");
}

TEST(Streams, HaveTheSameLength) {
  Scratch scratch;
  scratch.write("train.left.txt", "abcab");
  scratch.write("train.right.txt", "bca\n");
  std::vector<DataPort> ports = {port("left", "characters", ElementType::i32, {2}),
                                 port("right", "characters", ElementType::i32, {2}),
                                 port("next", "following", ElementType::i32, {2})};
  for (DataPort &data : ports)
    data.port.arguments = {{"alphabet", {}, {"abc\n"}}, {"stream", {1}, {}}};
  ports[2].port.arguments = {{"input", {}, {"right"}}};
  DataSet set;
  const DataPaths paths = {scratch.folder.string(), ""};
  ASSERT_TRUE(openDataSet(paths, Split::train, dataForm(ports), set).ok());
  expectError(numberStreams(ports, {}, set), StatusCode::kInvalidData, "streams must have the same length");
  scratch.write("train.right.txt", "bcaa\n");
  ASSERT_TRUE(openDataSet(paths, Split::train, dataForm(ports), set).ok());
  ASSERT_TRUE(numberStreams(ports, {}, set).ok());
  EXPECT_EQ(set.rows, 5);
  BatchSource source;
  Status status = bindData(ports, set, {}, {.parallel = 2}, source);
  ASSERT_TRUE(status.ok()) << status.message();
  EXPECT_TRUE(source.isStream);
  EXPECT_EQ(source.rows, 2);
  int32_t piece[2];
  ASSERT_TRUE(source.inputs[2].source->fill(1, piece).ok());
  EXPECT_EQ((std::vector<int32_t>(piece, piece + 2)), (std::vector<int32_t>{0, 3}));
  // Rows cannot stand beside a stream.
  ports.push_back(port("left2", "", ElementType::i32, {}));
  set.columns.push_back(text("left2", {"1", "2", "3", "4", "5"}));
  expectError(bindData(ports, set, {}, {.parallel = 2}, source), StatusCode::kInvalidArgument,
              "input `left2` (i32[N]) is made of rows");
}

TEST(Classes, NamesNumbersAndCountsFromOne) {
  DataPort label = port("label", "classes", ElementType::i32, {});
  label.port.arguments = {{"names", {}, {"neg", "pos"}}};
  std::unique_ptr<Source> source;
  const Column named = text("", {"pos", "0", "neg"});
  ASSERT_TRUE(makeSource(label.port, named, {}, source).ok());
  int32_t value[3];
  for (int64_t row = 0; row < 3; ++row)
    ASSERT_TRUE(source->fill(row, value + row).ok());
  EXPECT_EQ((std::vector<int32_t>(value, value + 3)), (std::vector<int32_t>{1, 0, 0}));
  expectError(makeSource(label.port, text("", {"pos", "good"}), {}, source), StatusCode::kInvalidData,
              "t.csv:2 has the label good; input `label` (i32[N]) takes \"neg\", \"pos\" or 0 to 1");
  // Without names: what the training data says holds for other rows.
  label.port.arguments.clear();
  label.port.ranged = true;
  label.port.high = 2;
  DataSet set;
  set.columns = {text("", {"1", "3", "2"})};
  Vocabularies vocabularies;
  ASSERT_TRUE(learnVocabularies({label}, set, vocabularies).ok());
  EXPECT_EQ(vocabularies["label"], (Strings{"1", "2", "3"}));
  const Column later = text("", {"2", "1"});
  ASSERT_TRUE(makeSource(label.port, later, vocabularies, source).ok());
  ASSERT_TRUE(source->fill(0, value).ok());
  EXPECT_EQ(value[0], 1);
  expectError(makeSource(label.port, text("", {"0"}), vocabularies, source), StatusCode::kInvalidData, "takes 1 to 3");
  set.columns = {text("", {"1", "0", "2"})};
  vocabularies.clear();
  ASSERT_TRUE(learnVocabularies({label}, set, vocabularies).ok());
  EXPECT_TRUE(vocabularies.empty());
}
