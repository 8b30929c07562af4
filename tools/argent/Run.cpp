//===- Run.cpp - argent run ------------------------------------------------------===//
//   1. Read what is given for each input: a .npy of the input's type as it is, one of unsigned bytes through `from`; a
//      text as one row of numbers, or a file of texts, a row a line; a number. What is made from another input comes
//      from that one's text.
//   2. Run the entry point, a batch at a time if every tensor is rows of the batch, else all at once.
//   3. Write what was asked for; without --output, show it, in words where it has any.
#include "Command.h"
#include "Output.h"
#include "Wording.h"

#include "runtime/Table.h"
#include "runtime/data/Npy.h"
#include "runtime/data/Readers.h"
#include "runtime/data/Utf8.h"

#include <charconv>
#include <cmath>
#include <cstring>
#include <filesystem>
#include <map>

namespace argent::tool {

namespace {
struct RunOptions {
  ModelOptions model;
  std::string weights, entry = "predict";
  std::vector<std::string> inputs, outputs; // NAME=FILE
  int64_t batch = 0;
  int threads = 0;
  uint64_t seed = 1;
};

/// One tensor of the call, whole.
struct Value {
  InputPort port;
  std::vector<char> bytes;
  std::vector<int64_t> shape;
};
} // namespace

static constexpr int64_t kDefaultBatch = 256;

static Status bindBatch(const InputPort &port, const std::vector<int64_t> &shape, const std::string &path,
                        int64_t &rows) {
  auto mismatch = [&](const std::string &why) {
    return Status(StatusCode::kInvalidArgument,
                  path + " is " + typeString(port.type, shape) + ", which does not fit " + port.describe() + why);
  };
  if (shape.size() != port.shape.size())
    return mismatch("");
  for (size_t i = 0; i < shape.size(); ++i) {
    if (port.shape[i] >= 0) {
      if (shape[i] != port.shape[i])
        return mismatch("");
    } else if (shape[i] < 1) {
      return mismatch(": N must be at least 1");
    } else if (rows < 0) {
      rows = shape[i];
    } else if (rows != shape[i]) {
      return mismatch(": N is " + std::to_string(rows) + " in another input");
    }
  }
  return Status();
}

/// Where an element lies: "[3, 0, 5]".
static std::string indexText(const std::vector<int64_t> &shape, int64_t at) {
  std::string text;
  for (size_t d = shape.size(); d-- > 0; at /= shape[d])
    text = std::to_string(at % shape[d]) + (text.empty() ? "" : ", ") + text;
  return "[" + text + "]";
}

/// The first element that is Inf or NaN, or -1.
static int64_t firstNonFinite(ElementType type, const std::vector<char> &bytes) {
  auto find = [&](auto typed) -> int64_t {
    for (size_t i = 0; i + sizeof(typed) <= bytes.size(); i += sizeof(typed)) {
      std::memcpy(&typed, bytes.data() + i, sizeof(typed));
      if (!std::isfinite(typed))
        return static_cast<int64_t>(i / sizeof(typed));
    }
    return -1;
  };
  return type == ElementType::f32 ? find(float()) : type == ElementType::f64 ? find(double()) : -1;
}

static Status readInput(const InputPort &port, const std::string &path, int64_t &rows, Value &value) {
  Npy array;
  ARGENT_RETURN_IF_ERROR(readNpy(path, array));
  value.port = port;
  if (array.type == port.type) {
    ARGENT_RETURN_IF_ERROR(bindBatch(port, array.shape, path, rows));
    // Kernels take numbers for finite.
    if (int64_t at = firstNonFinite(array.type, array.bytes); at >= 0)
      return Status(StatusCode::kNonFinite, path + " is not finite at " + indexText(array.shape, at) + ", and " +
                                                port.describe() + " takes finite numbers");
    value.bytes = std::move(array.bytes);
    value.shape = std::move(array.shape);
    return Status();
  }
  if (array.type != ElementType::u8 || port.source.empty() || array.shape.empty())
    return Status(StatusCode::kInvalidArgument,
                  path + " is " + typeString(array.type, array.shape) + "; " + port.describe() + " takes that type" +
                      (port.source.empty() ? "" : ", or u8 through `from " + port.source + "`"));
  Column column{port.name, path, Role::any,
                NumberRows{array.type, {array.shape.begin() + 1, array.shape.end()}, std::move(array.bytes)}};
  std::unique_ptr<Source> source;
  ARGENT_RETURN_IF_ERROR(makeSource(port, column, {}, source));
  value.shape = port.shape;
  value.shape[0] = array.shape[0];
  ARGENT_RETURN_IF_ERROR(bindBatch(port, value.shape, path, rows));
  value.bytes.resize(static_cast<size_t>(array.shape[0]) * port.rowBytes());
  for (int64_t row = 0; row < array.shape[0]; ++row)
    ARGENT_RETURN_IF_ERROR(source->fill(row, value.bytes.data() + static_cast<size_t>(row) * port.rowBytes()));
  return Status();
}

/// What a number on the command line is for an input that has one number, or one for each row.
static bool readNumber(const InputPort &port, const std::string &text, int64_t &rows, Value &value) {
  const bool isRow = port.batched && port.rowShape.empty();
  if (!port.shape.empty() && !isRow)
    return false;
  auto parse = [&](auto number) {
    auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    value.bytes.resize(sizeof(number));
    std::memcpy(value.bytes.data(), &number, sizeof(number));
    return error == std::errc() && end == text.data() + text.size() && std::isfinite(static_cast<double>(number));
  };
  value.port = port;
  if (!(port.type == ElementType::f32   ? parse(float())
        : port.type == ElementType::i32 ? parse(int32_t())
        : port.type == ElementType::i64 ? parse(int64_t())
                                        : false))
    return false;
  value.shape.assign(isRow, 1);
  return bindBatch(port, value.shape, text, rows).ok();
}

static std::string givenAs(const InputPort &port) { return "--input " + port.name; }

/// Whether a text is the path of a file of texts. What the current folder happens to have makes no path of a word.
static bool isTextFile(const InputPort &port, const std::string &given) {
  std::error_code none;
  if (given.ends_with(".txt") || given.ends_with(".txt.gz"))
    return true;
  if (!std::filesystem::is_regular_file(given, none))
    return false;
  if (given.find_first_of("/.") != given.npos)
    return true;
  std::fprintf(stderr, "argent: %s is the text \"%s\"; ./%s is the file\n", givenAs(port).c_str(), given.c_str(),
               given.c_str());
  return false;
}

/// Says how much of a text that is longer than the input is left out.
static void warnOfCut(const InputPort &port, const Column &column, const NumberedRows &rows) {
  if (rows.cutRows == 0)
    return;
  const int64_t taken = static_cast<int64_t>(rows.row(rows.firstCut).size()) - port.number("start").has_value() -
                        port.number("end").has_value();
  const bool isFile = column.description != givenAs(port);
  std::fprintf(stderr, "argent: warning: %s%s: %lld of %lld %s are taken, as many as %s has room for%s\n",
               isFile ? (column.place(rows.firstCut) + ", ").c_str() : "", givenAs(port).c_str(),
               static_cast<long long>(taken), static_cast<long long>(rows.firstCutCount), port.source.c_str(),
               port.describe().c_str(),
               rows.cutRows > 1 ? ("; so it is with " + std::to_string(rows.cutRows) + " rows").c_str() : "");
}

/// The lines of a text file, each a row; else the text is one row.
static Status readText(const Wording &wording, const InputPort &port, const std::string &text, int64_t &rows,
                       Value &value, std::shared_ptr<const NumberedRows> &numbered) {
  std::vector<Column> columns;
  std::error_code none;
  if (text.find('/') != text.npos && std::filesystem::is_directory(text, none))
    return Status(StatusCode::kInvalidArgument,
                  givenAs(port) + ": " + text + " is a folder; give a text, or a file with a text in each line");
  if (isTextFile(port, text)) {
    ARGENT_RETURN_IF_ERROR(readLines(text, {}, /*keepBlank=*/true, columns));
    if (columns.front().rows() == 0)
      return Status(StatusCode::kInvalidData, text + " is empty");
  } else {
    if (findInvalidUtf8(text) != text.npos)
      return Status(StatusCode::kInvalidData, givenAs(port) + ": the text is not UTF-8");
    TextRows row;
    row.add(text, 1);
    columns.push_back({port.name, givenAs(port), Role::any, std::move(row)});
  }
  value.port = port;
  ARGENT_RETURN_IF_ERROR(wording.number(port, columns.front(), numbered, value.bytes));
  warnOfCut(port, columns.front(), *numbered);
  value.shape = port.shape;
  value.shape[0] = columns.front().rows();
  return bindBatch(port, value.shape, givenAs(port), rows);
}

/// How many numbers each row of text has that another input is made of.
static Status readLength(const InputPort &port, std::shared_ptr<const NumberedRows> numbered, int64_t &rows,
                         Value &value) {
  const auto count = static_cast<int64_t>(numbered->ends.size());
  std::unique_ptr<Source> source;
  ARGENT_RETURN_IF_ERROR(makeLengthsSource(port, std::move(numbered), source));
  value.port = port;
  value.shape = {count};
  value.bytes.resize(static_cast<size_t>(count) * port.rowBytes());
  for (int64_t row = 0; row < count; ++row)
    ARGENT_RETURN_IF_ERROR(source->fill(row, value.bytes.data() + static_cast<size_t>(row) * port.rowBytes()));
  return bindBatch(port, value.shape, givenAs(port), rows);
}

/// Reads every input from its file, text or number. Returns an exit status.
static int readInputs(const Wording &wording, const std::vector<InputPort> &ports,
                      const std::map<std::string, std::string> &given, int64_t &rows, std::vector<Value> &inputs) {
  std::map<std::string, std::shared_ptr<const NumberedRows>> texts;
  // What is made from a text comes behind it.
  for (bool isGiven : {true, false})
    for (size_t i = 0; i < ports.size(); ++i) {
      const InputPort &port = ports[i];
      auto found = given.find(port.name);
      if ((found != given.end()) != isGiven)
        continue;
      Status status;
      if (!isGiven) {
        auto origin = texts.find(port.string("input"));
        if (port.source != "lengths" || origin == texts.end())
          return reportUsage(port.describe() + " is missing: give --input " + port.name +
                             (readsText(port) ? "=TEXT" : "=FILE.npy"));
        status = readLength(port, origin->second, rows, inputs[i]);
      } else if (!found->second.ends_with(".npy") && readsText(port)) {
        status = readText(wording, port, found->second, rows, inputs[i], texts[port.name]);
      } else if (found->second.ends_with(".npy") || !readNumber(port, found->second, rows, inputs[i])) {
        status = readInput(port, found->second, rows, inputs[i]);
      }
      if (!status.ok())
        return report(status);
    }
  return 0;
}

/// "NAME=FILE" for each of the ports; an unknown or repeated name is an error (2).
static int splitNames(const std::vector<std::string> &texts, const std::vector<InputPort> &ports, const char *what,
                      std::map<std::string, std::string> &files) {
  std::string names;
  for (const InputPort &port : ports)
    names += (names.empty() ? "`" : ", `") + port.name + "`";
  for (const std::string &text : texts) {
    std::string name = text.substr(0, text.find('='));
    bool known = std::any_of(ports.begin(), ports.end(), [&](const InputPort &port) { return port.name == name; });
    if (!known)
      return reportUsage(std::string("the model has no ") + what + " `" + name + "`; it has " + names);
    if (!files.emplace(name, text.substr(text.find('=') + 1)).second)
      return reportUsage(std::string(what) + " `" + name + "` is given twice");
  }
  return 0;
}

/// An array is a file: there is no appending to a device, and a name stands for one array.
static int checkOutputs(const RunOptions &options, const std::map<std::string, std::string> &inputFiles,
                        const std::map<std::string, std::string> &outputFiles) {
  std::vector<std::string> read = {options.model.path, options.weights};
  for (auto &[name, path] : inputFiles)
    read.push_back(path);
  std::map<std::string, std::string> writers;
  for (auto &[name, path] : outputFiles) {
    if (auto [found, isNew] = writers.emplace(path, name); !isNew)
      return reportUsage("outputs `" + found->second + "` and `" + name + "` would be written to one file, " + path);
    if (Status status = checkFileOutput(path, read); !status.ok())
      return report(status);
  }
  return 0;
}

/// Each row in words. Returns whether it has any.
static bool showWords(const Wording &wording, const Value &value) {
  const int64_t rows = value.port.batched ? value.shape[0] : 0;
  bool any = false;
  for (int64_t row = 0; row < rows; ++row) {
    const std::string words =
        wording.describe(value.port, value.bytes.data() + static_cast<size_t>(row) * value.port.rowBytes());
    if (words.empty())
      continue;
    any = true;
    std::printf("%s%s: %s\n", value.port.name.c_str(), rows > 1 ? ("[" + std::to_string(row) + "]").c_str() : "",
                words.c_str());
  }
  return any;
}

/// The words of each row, a line each (of a row with several texts, such as beams, several).
static Status writeWords(const Wording &wording, const Value &value, const std::string &path) {
  std::string text;
  for (int64_t row = 0; value.port.batched && row < value.shape[0]; ++row)
    text += wording.describe(value.port, value.bytes.data() + static_cast<size_t>(row) * value.port.rowBytes()) + "\n";
  if (text.find_first_not_of('\n') == text.npos)
    return Status(StatusCode::kInvalidArgument, "output `" + value.port.name + "` has no words to write to " + path +
                                                    "; write its numbers to a .npy");
  return writeOutput(path, text);
}

static void show(const Value &value) {
  std::printf("%s: %s", value.port.name.c_str(), typeString(value.port.type, value.shape).c_str());
  int64_t count = static_cast<int64_t>(value.bytes.size() / elementBytes(value.port.type));
  for (int64_t i = 0; i < std::min<int64_t>(count, 20); ++i) {
    const char *at = value.bytes.data() + static_cast<size_t>(i) * elementBytes(value.port.type);
    auto number = [&](auto typed) {
      std::memcpy(&typed, at, sizeof(typed));
      std::printf(" %.9g", static_cast<double>(typed));
    };
    switch (value.port.type) {
    case ElementType::f32:
      number(float());
      break;
    case ElementType::f64:
      number(double());
      break;
    case ElementType::i32:
      number(int32_t());
      break;
    case ElementType::i64:
      number(int64_t());
      break;
    case ElementType::u8:
    case ElementType::boolean:
      number(uint8_t());
      break;
    default:
      break;
    }
  }
  std::printf(count > 20 ? " ...\n" : "\n");
}

/// Rows begin … end of all tensors.
static std::vector<TensorView> rowsOf(std::vector<Value> &values, int64_t begin, int64_t end, bool whole) {
  std::vector<TensorView> result;
  for (Value &value : values) {
    TensorView view{value.port.type, value.shape, value.bytes.data()};
    if (!whole) {
      view.shape[0] = end - begin;
      view.data = value.bytes.data() + static_cast<size_t>(begin) * value.port.rowBytes();
    }
    result.push_back(std::move(view));
  }
  return result;
}

static int runRun(const RunOptions &options) {
  std::shared_ptr<const Module> module;
  if (int status = openModel(options.model, module))
    return status;
  const format::EntryPoint *entry = module->entry(options.entry);
  if (!entry)
    return reportUsage(unknownEntry(*module, options.entry));
  std::vector<InputPort> inputPorts, outputPorts;
  for (unsigned i = 0; i < givenInputs(*entry); ++i)
    inputPorts.push_back(readPort(*entry->inputs()->Get(i)));
  for (unsigned i = 0; entry->outputs() && i < entry->outputs()->size(); ++i)
    outputPorts.push_back(readPort(*entry->outputs()->Get(i)));
  std::map<std::string, std::string> inputFiles, outputFiles;
  if (int status = splitNames(options.inputs, inputPorts, "input", inputFiles))
    return status;
  if (int status = splitNames(options.outputs, outputPorts, "output", outputFiles))
    return status;
  if (int status = checkOutputs(options, inputFiles, outputFiles))
    return status;

  Wording wording;
  if (Status status = Wording::read(*module, options.weights, wording); !status.ok())
    return report(status);
  for (InputPort &port : inputPorts)
    wording.adopt(port);
  int64_t rows = -1;
  std::vector<Value> inputs(inputPorts.size()), outputs(outputPorts.size());
  if (int status = readInputs(wording, inputPorts, inputFiles, rows, inputs))
    return status;
  if (rows < 0) // no input says it
    rows = std::max<int64_t>(options.batch, 1);
  bool whole = false; // a tensor that is not rows of the batch: one call for all
  for (const Value &input : inputs)
    whole |= !input.port.batched;
  for (size_t i = 0; i < outputPorts.size(); ++i) {
    Value &output = outputs[i];
    output.port = outputPorts[i];
    output.shape = output.port.shape;
    whole |= !output.port.batched;
    const auto *dims = entry->outputs()->Get(static_cast<unsigned>(i))->type()->dims();
    size_t bytes = elementBytes(output.port.type);
    for (size_t d = 0; d < output.shape.size(); ++d) {
      const format::Linear *extent = dims->Get(static_cast<unsigned>(d));
      output.shape[d] = extent->constant() + extent->per_batch() * rows;
      bytes *= static_cast<size_t>(output.shape[d]);
    }
    output.bytes.resize(bytes);
  }

  SessionOptions sessionOptions;
  sessionOptions.maxBatch = whole ? rows : std::min(rows, options.batch ? options.batch : kDefaultBatch);
  sessionOptions.threads = options.threads;
  std::unique_ptr<Session> session;
  if (Status status = Session::create(module, sessionOptions, session); !status.ok())
    return report(status);
  if (int status = loadWeightsOption(*session, options.weights))
    return status;
  session->setRandom(options.seed, 0);
  auto end = [&](int64_t begin) { return std::min(rows, begin + sessionOptions.maxBatch); };
  for (int64_t begin = 0; begin < rows; begin += sessionOptions.maxBatch)
    if (Status status = session->run(options.entry, rowsOf(inputs, begin, end(begin), whole),
                                     rowsOf(outputs, begin, end(begin), whole));
        !status.ok())
      return report(status);
  for (Value &output : outputs)
    if (int64_t at = firstNonFinite(output.port.type, output.bytes); at >= 0) {
      // Which batch the element is of; the session draws what that call drew.
      const int64_t batch = whole ? 0 : at / (output.port.rowElements() * sessionOptions.maxBatch),
                    begin = batch * sessionOptions.maxBatch;
      session->setRandom(options.seed, static_cast<uint32_t>(batch));
      std::string found;
      if (Status status = session->findNonFinite(options.entry, rowsOf(inputs, begin, end(begin), whole),
                                                 rowsOf(outputs, begin, end(begin), whole), found);
          !status.ok())
        return report(status);
      std::fprintf(stderr, "argent: warning: output `%s` is not finite at %s%s\n", output.port.name.c_str(),
                   indexText(output.shape, at).c_str(),
                   found.empty() ? "" : (": the first such value is computed by " + found).c_str());
      break;
    }
  for (Value &output : outputs) {
    auto file = outputFiles.find(output.port.name);
    if (outputFiles.empty()) {
      // A text is not shown a second time as numbers; the scores of a class are worth both.
      if (!showWords(wording, output) || output.port.type != ElementType::i32)
        show(output);
    } else if (file != outputFiles.end()) {
      Status status = file->second.ends_with(".txt")
                          ? writeWords(wording, output, file->second)
                          : writeNpy(file->second, {output.port.type, output.shape, output.bytes.data()});
      if (!status.ok())
        return report(status);
    }
  }
  return 0;
}

void addRunCommand(CLI::App &app, int &status) {
  auto options = std::make_shared<RunOptions>();
  CLI::App *sub = app.add_subcommand("run", "Compute a model's outputs from .npy files and texts");
  auto pair = [](const char *form) {
    return [form](const std::string &text) {
      size_t equals = text.find('=');
      return equals == 0 || equals == std::string::npos || equals + 1 == text.size()
                 ? std::string("expected ") + form + ", found " + text
                 : std::string();
    };
  };
  sub->footer("Examples\n"
              "  argent run lenet5.ag --weights lenet5.safetensors --input image=x.npy --output logits=y.npy\n"
              "  argent run textcnn.ag --weights films.safetensors --input tokens=\"what a film\"");
  addModelOptions(*sub, options->model);
  sub->add_option("--weights", options->weights, "The parameters: a weights file or a checkpoint")->type_name("FILE");
  sub->add_option("--entry", options->entry, "Which entry point (default: predict)")->type_name("NAME");
  sub->add_option(
         "--input", options->inputs,
         "An input: a tensor of exactly its type, or unsigned bytes, which go through its `from` clause; a text, if it "
         "is from words or characters, or a text file of a row a line (a .txt, or a file that is there and has a point "
         "or a slash in its name: ./a is a file, a is a text); a number, if it is one or one for each row. Lengths "
         "come from the text")
      ->type_name("NAME=FILE.npy|TEXT|FILE.txt")
      ->allow_extra_args(false)
      ->check(pair("NAME=FILE.npy, NAME=TEXT or NAME=FILE.txt"));
  sub->add_option("--output", options->outputs,
                  "Where to write an output: its numbers, or, to a .txt, its texts or names of classes, a row a line "
                  "(without any: texts, names of classes and the first numbers are shown)")
      ->type_name("NAME=FILE.npy|FILE.txt")
      ->allow_extra_args(false)
      ->check(pair("NAME=FILE.npy or NAME=FILE.txt"));
  sub->add_option("--batch", options->batch,
                  "Rows at a time (default: all, up to 256); of a model without inputs, rows in all")
      ->type_name("ROWS")
      ->check(wholeNumber(1, kMostRows));
  sub->add_option("--seed", options->seed, "What random values are made of, in a model that draws any (default: 1)")
      ->type_name("NUMBER")
      ->check(isSeed());
  sub->add_option("--threads", options->threads, "Threads that compute (default: one for each processor)")
      ->type_name("COUNT")
      ->check(wholeNumber(0, kMostThreads));
  sub->callback([options, &status] { status = runRun(*options); });
}

} // namespace argent::tool
