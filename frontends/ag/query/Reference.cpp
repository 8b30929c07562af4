//===- Reference.cpp - the operations, layers and words of the language, for editors -------------===//
#include "frontends/ag/query/Reference.h"

#include "frontends/ag/evaluate/Builtin.h"
#include "frontends/ag/syntax/StandardLibrary.h"
#include "runtime/PortNames.h"

#include "llvm/ADT/StringExtras.h"

using namespace argent::ag;
using llvm::StringRef;

const Reference &Reference::get() {
  static const Reference kReference;
  return kReference;
}

Reference::Reference() {
  addOperations();
  addLibrary();
  addSources();
  for (const auto &[index, callable] : llvm::enumerate(all_))
    byName_[callable.name] = index;
}

const Callable *Reference::find(StringRef name) const {
  auto found = byName_.find(name);
  return found == byName_.end() ? nullptr : &all_[found->second];
}

const Callable *Reference::findSource(StringRef name) const {
  for (const Callable &source : sourceList_)
    if (source.name == name)
      return &source;
  return nullptr;
}

Callable argent::ag::callableOf(const OutlineDefinition &definition) {
  Callable callable;
  callable.name = definition.name;
  StringRef signature = definition.signature;
  for (StringRef word : {"layer ", "model "})
    signature.consume_front(word);
  callable.signature = signature.str();
  callable.meaning = definition.comment;
  callable.parameters = definition.parameters;
  callable.nameBegin = definition.nameBegin;
  callable.nameEnd = definition.nameEnd;
  return callable;
}

void Reference::addLibrary() {
  for (const LibraryFile &file : standardLibrary()) {
    files_.emplace_back(file.name.str(), Outline(file.text.str()));
    for (const OutlineDefinition &definition : files_.back().second.definitions()) {
      Callable callable = callableOf(definition);
      callable.file = file.name.str();
      all_.push_back(std::move(callable));
    }
  }
}

//===- Operations --------------------------------------------------------------------------------------===//

/// Whether `name` stands in `text` as a whole word.
static bool hasWord(StringRef text, StringRef name) {
  auto isPart = [](char c) { return llvm::isAlnum(c) || c == '_'; };
  for (size_t at = text.find(name); at != StringRef::npos; at = text.find(name, at + 1)) {
    size_t end = at + name.size();
    if ((at == 0 || !isPart(text[at - 1])) && (end == text.size() || !isPart(text[end])))
      return true;
  }
  return false;
}

/// What the table says of an operation: the right column of its row, with the lines that continue it.
static std::string meaningOf(StringRef name) {
  constexpr size_t kMeaningColumn = 64;
  std::string result;
  bool inTable = false, inRow = false;
  llvm::SmallVector<StringRef> lines;
  builtinsTable().split(lines, '\n');
  for (StringRef line : lines) {
    if (line.starts_with("```")) {
      if (inTable)
        break; // the first table is that of operations
      inTable = true;
      continue;
    }
    if (!inTable)
      continue;
    StringRef left = line.take_front(kMeaningColumn), right = line.drop_front(left.size()).trim();
    if (line.size() > kMeaningColumn && line[kMeaningColumn - 1] != ' ') { // a signature over the whole line
      left = line;
      right = "";
    }
    bool begins = !left.empty() && left[0] != ' ';
    if (begins) {
      // Arguments are no operations: the names stand before a `(`, or in brackets.
      std::string heads;
      unsigned depth = 0;
      for (char c : left) {
        depth += c == '(';
        if (depth == 0 && c != '[' && c != ']')
          heads += c;
        else
          heads += ' ';
        depth -= c == ')' && depth;
      }
      inRow = hasWord(heads, name);
    }
    if (inRow && !right.empty())
      result += (result.empty() ? "" : " ") + right.str();
  }
  return result;
}

void Reference::addOperations() {
  Outline outline(operationSignatures().str());
  for (const OutlineDefinition &definition : outline.definitions()) {
    Callable callable = callableOf(definition);
    callable.isOperation = true;
    callable.meaning = meaningOf(callable.name);
    // `rest` takes all positional arguments that remain.
    for (OutlineParameter &parameter : callable.parameters)
      if (parameter.type == "rest") {
        size_t at = callable.signature.find(parameter.name + ": rest");
        if (at != std::string::npos)
          callable.signature.replace(at, parameter.name.size() + 6, "*" + parameter.name);
      }
    all_.push_back(std::move(callable));
  }
}

//===- Words ----------------------------------------------------------------------------------------------===//

void Reference::addSources() {
  static const std::pair<StringRef, StringRef> kSources[] = {
      {"image(mean: float = 0, std: float = 1)",
       "Pixels scaled to [0, 1], resized to the input's size, then `(x - mean) / std`, per channel if lists."},
      {"video(frames: int, mean: float = 0, std: float = 1)", "Frames of a clip, as `image` makes them."},
      {"audio(rate: int, mu_law: int = none)", "Samples of a clip: f32 in [-1, 1], or i32 classes by the mu-law."},
      {"words(vocabulary: int, length: int = none, lower: bool = true, stream: bool = false, side: str = none, "
       "start: int = none, end: int = none)",
       "Word numbers: 0 padding, 1 start, 2 end, 3 unknown, then by frequency. `stream=true` cuts one long text into N "
       "parallel streams, whose next piece is the next batch's."},
      {"characters(alphabet: str, length: int = none, lower: bool = false, reverse: bool = false, stream: bool = "
       "false)",
       "The place of each character in the alphabet, -1 if it is not in it."},
      {"classes(*names)", "The number of a named class; without names, the numbers as they are."},
      {"lengths(input: tensor)", "Each row's length before padding."},
      {"following(input: tensor)", "The same stream one step later (language models)."}};
  for (auto [signature, meaning] : kSources) {
    Callable source;
    source.name = signature.take_until([](char c) { return c == '('; }).str();
    source.signature = signature.str();
    source.meaning = meaning.str();
    source.isOperation = true;
    source.parameters = Outline(("layer " + signature + " { }").str()).definitions().front().parameters;
    sourceList_.push_back(std::move(source));
  }
}

llvm::ArrayRef<Word> Reference::trainSettings() {
  static const Word kWords[] = {
      {"loss", "f32[]: what training makes small."},
      {"optimizer", "How parameters follow their gradients: sgd(…), adam(…), …"},
      {"clip_norm", "The norm of all gradients together is cut down to this."},
      {"clip_value", "Each element of a gradient is cut down to this."},
      {"batch", "Rows in an update, unless told otherwise."},
      {"epochs", "Passes over the data, unless told otherwise; read, an f32[]: those of the run that trains."}};
  return kWords;
}

llvm::ArrayRef<Word> Reference::ruleSettings() {
  static const Word kWords[] = {
      {"decay", "L2 decay, added to the gradient; apart from it in `adamw`."},
      {"rate", "The optimizer's rate, times this."},
      {"max_norm", "After each update, the norm over all dimensions but the last is cut down to this."},
      {"frozen", "`true`: the parameter is not trained."},
      {"init", "The initializer, instead of the one of the declaration."}};
  return kWords;
}

llvm::ArrayRef<Word> Reference::givenNames() {
  static const Word kWords[] = {
      {"training", "A compile-time bool: the body is evaluated once with `true`, for `train_step`, and once with "
                   "`false`, for `predict` and `evaluate`."},
      {"N", "The batch: the one dimension that stays open in the compiled model."}};
  return kWords;
}

/// `epochs` is a setting as well, and explained there.
llvm::ArrayRef<Word> Reference::runNumbers() {
  static const Word kWords[] = {{kEpochPort, "f32[]: whole epochs so far, from 0. In `train` blocks."},
                                {kUpdatePort, "f32[]: updates so far. In `train` blocks."},
                                {kUpdatesPerEpochPort, "f32[]: of the run that trains. In `train` blocks."}};
  return kWords;
}

llvm::ArrayRef<Word> Reference::keywords() {
  static const Word kWords[] = {
      {"and", "Both: of compile-time bools, or elementwise on bool tensors."},
      {"assert", "`assert condition, message`: an error at the call if the compile-time condition does not hold."},
      {"carry", "The values that go from step to step of a `scan`."},
      {"else", ""},
      {"entry", "`entry MODEL.NAME(…) -> (…) { … }`: a further way to run a model, with the same parameters."},
      {"false", ""},
      {"for", "`for x in list { … }`, run at compile time."},
      {"from", "How raw data becomes an input: `image: f32[N, 28, 28, 1] from image(mean=0.5)`."},
      {"if", "Chooses at compile time; for tensors: `where(c, a, b)`."},
      {"import", "`import block, head from \"blocks.ag\"`"},
      {"in", ""},
      {"layer", "A function that may own parameters."},
      {"metric", "A value that `train` reports, over the whole data set."},
      {"model", "A layer with an outside: named inputs and outputs."},
      {"none", "No value; tested with `x == none`."},
      {"not", ""},
      {"on", "`on \"*.weight\" { decay = 1e-4 }`: settings of the parameters whose path matches."},
      {"or", "Either: of compile-time bools, or elementwise on bool tensors."},
      {"param", "Declares a trained tensor, with how it begins."},
      {"return", "Ends the evaluation of a layer with its result."},
      {"scan", "A loop over time, dimension 1 of its sources, that stays a loop in the compiled model."},
      {"state", "Declares a tensor that is kept but not trained; `:=` gives it its next value."},
      {"then", ""},
      {"train", "How a model learns: loss, optimizer, metrics, settings."},
      {"true", ""},
      {"yield", "What a step of a `scan` gives to the result."}};
  return kWords;
}

llvm::ArrayRef<Word> Reference::types() {
  static const Word kWords[] = {
      {"f32", "Tensors of 32-bit floats: `f32[N, 10]`; `f32[]` is a scalar at run time."},
      {"f16", "Tensors of 16-bit floats."},
      {"bf16", "Tensors of 16-bit floats with the exponent of f32."},
      {"i32", "Tensors of 32-bit integers: labels, tokens, lengths."},
      {"i64", "Tensors of 64-bit integers."},
      {"u8", "Tensors of bytes."},
      {"bool", "With brackets, tensors of true and false; without, true or false at compile time."},
      {"int", "A compile-time integer; also a dimension."},
      {"float", "A compile-time number."},
      {"str", "A compile-time text."},
      {"list", "A compile-time sequence: `list[int]`, `list[f32[N, D]]`."},
      {"init", "An initializer: `zeros()`, `glorot_uniform()`, …"},
      {"layer", "A layer, or an instance of one."},
      {"none", "No value: makes a parameter optional."}};
  return kWords;
}
