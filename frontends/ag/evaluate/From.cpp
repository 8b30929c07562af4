//===- From.cpp - how raw data becomes an input ----------------------------------------------------===//
// Each source of LANGUAGE.md, section 7, becomes the attribute `nn.from` of its input: a dictionary with the string
// `source` and the source's arguments, those that are `none` left out. The readers are the runtime's (runtime/data).
#include "frontends/ag/evaluate/Evaluator.h"

using namespace argent::ag;
using llvm::StringRef;
using llvm::Twine;

namespace {

constexpr int64_t kMaxVocabulary = 1 << 24;

/// A source's arguments, and the input that it is for.
struct SourceCall : Call {
  Evaluator &e;
  const Parameter &parameter;
  Shape shape;
  mlir::Type element;
  std::string found; // "`x` is f32[N, 8]"

  SourceCall(Evaluator &e, const Parameter &parameter, llvm::ArrayRef<Dim> shape, mlir::Type element)
      : e(e), parameter(parameter), shape(shape), element(element),
        found("`" + parameter.name.text + "` is " + toString(shape, element)) {}

  bool fail(Range at, const Twine &message) {
    e.error(at, message);
    return false;
  }
  bool makes(const Twine &type) { return fail(parameter.type.range, "`" + name + "` makes " + type + "; " + found); }
  /// N is the first dimension and the only open one.
  bool isRows(size_t rank) const {
    return shape.size() == rank && shape[0] == Dim{1, true} &&
           llvm::none_of(llvm::drop_begin(shape), [](Dim dim) { return dim.open; });
  }
  bool isWithin(unsigned i, StringRef what, int64_t low, int64_t high) {
    int64_t value = (*this)[i].asInteger();
    return (value >= low && value <= high) ||
           fail(at(i), "`" + what + "` must be from " + Twine(low) + " to " + Twine(high) + "; found " + Twine(value));
  }
};

/// `mean` and `std`: a number, or one for each channel.
bool checkStatistics(SourceCall &call, unsigned mean) {
  int64_t channels = call.shape.back().value;
  for (unsigned i : {mean, mean + 1}) {
    std::vector<Value> values = call[i].isList() ? call[i].asList() : std::vector<Value>{call[i]};
    if (call[i].isList() && static_cast<int64_t>(values.size()) != channels)
      return call.fail(call.at(i), Twine(i == mean ? "`mean`" : "`std`") + " must have one number for each of the " +
                                       Twine(channels) + " channels; found " + Twine(values.size()));
    for (const Value &value : values)
      if (i != mean && value.asNumber() <= 0)
        return call.fail(call.at(i), "`std` must be above 0; found " + describe(value));
  }
  return true;
}

bool image(SourceCall &call) {
  return call.element.isF32() && call.isRows(4) ? checkStatistics(call, 0) : call.makes("an f32[N, H, W, C]");
}

bool video(SourceCall &call) {
  if (!call.element.isF32() || !call.isRows(5))
    return call.makes("an f32[N, T, H, W, C]");
  if (call[0].asInteger() != call.shape[1].value)
    return call.fail(call.at(0), "`frames` must equal the second dimension of the input, " + toString(call.shape[1]) +
                                     "; found " + toText(call[0]));
  return checkStatistics(call, 1);
}

bool audio(SourceCall &call) {
  bool isClasses = !call[1].isNone();
  if (!call.isRows(2) || !(isClasses ? call.element.isInteger(32) : call.element.isF32()))
    return call.makes(isClasses ? "an i32[N, T], classes by the mu-law" : "an f32[N, T]");
  return call.isWithin(0, "rate", 1, 1000000) && (!isClasses || call.isWithin(1, "mu_law", 2, 65536));
}

/// The rows of `words` and `characters`: an i32[N, T], where T is the `length` if that is given.
bool isSequence(SourceCall &call, unsigned lengthIndex) {
  if (!call.element.isInteger(32) || !call.isRows(2))
    return call.makes("an i32[N, T]");
  const Value &length = call[lengthIndex];
  if (!length.isNone() && length.asInteger() != call.shape[1].value)
    return call.fail(call.at(lengthIndex), "`length` must equal the second dimension of the input, " +
                                               toString(call.shape[1]) + "; found " + toText(length));
  return true;
}

bool words(SourceCall &call) {
  if (!isSequence(call, 1) || !call.isWithin(0, "vocabulary", 4, kMaxVocabulary))
    return false;
  if (!call[4].isNone() && call[4].asString() != "source" && call[4].asString() != "target")
    return call.fail(call.at(4), "`side` must be \"source\" or \"target\"; found " + describe(call[4]));
  for (unsigned i : {5u, 6u})
    if (!call[i].isNone() && !call.isWithin(i, i == 5 ? "start" : "end", 0, call[0].asInteger() - 1))
      return false;
  for (unsigned i : {4u, 5u, 6u})
    if (!call[i].isNone() && call[3].get<bool>())
      return call.fail(call.at(i), Twine(i == 4   ? "`side`"
                                         : i == 5 ? "`start`"
                                                  : "`end`") +
                                       " cannot be combined with stream=true: a stream is one long text");
  return true;
}

bool characters(SourceCall &call) {
  if (!isSequence(call, 1))
    return false;
  std::set<std::string> seen;
  for (const std::string &character : charactersOf(call[0].asString()))
    if (!seen.insert(character).second)
      return call.fail(call.at(0), "the alphabet has the character \"" + character + "\" twice");
  if (seen.empty())
    return call.fail(call.at(0), "the alphabet is empty");
  if (call[3].get<bool>() && call[4].get<bool>())
    return call.fail(call.at(3), "`reverse` cannot be combined with stream=true: a stream is one long text");
  return true;
}

bool classes(SourceCall &call) {
  if (!call.element.isInteger(32) || !call.isRows(1))
    return call.makes("an i32[N]");
  std::set<std::string> seen;
  std::vector<Value> given = call[0].isList() ? call[0].asList() : std::vector<Value>();
  for (const Value &name : given) {
    if (!name.isString())
      return call.fail(call.at(0), "the name of a class must be a str; found " + describe(name));
    if (!seen.insert(name.asString()).second)
      return call.fail(call.at(0), "the class \"" + name.asString() + "\" is given twice");
  }
  return true;
}

using SourceFunction = bool (*)(SourceCall &);
struct Source {
  const char *name, *parameters;
  SourceFunction function; // null: made from another input
};
const Source kSources[] = {
    {"image", "mean: float | list[float] = 0.0, std: float | list[float] = 1.0", image},
    {"video", "frames: int, mean: float | list[float] = 0.0, std: float | list[float] = 1.0", video},
    {"audio", "rate: int, mu_law: int | none = none", audio},
    {"words",
     "vocabulary: int, length: int | none = none, lower: bool = true, stream: bool = false, side: str | none = none, "
     "start: int | none = none, end: int | none = none",
     words},
    {"characters",
     "alphabet: str, length: int | none = none, lower: bool = false, reverse: bool = false, stream: bool = false",
     characters},
    {"classes", "names: rest", classes},
    {"lengths", "input: str", nullptr},
    {"following", "input: str", nullptr},
};

/// An argument as the module holds it; null for `none`.
mlir::Attribute attributeOf(const Value &value, mlir::Builder &b) {
  if (value.isInteger())
    return b.getI64IntegerAttr(value.asInteger());
  if (value.is<bool>())
    return b.getBoolAttr(value.get<bool>());
  if (value.isString())
    return b.getStringAttr(value.asString());
  if (value.isNumber())
    return b.getF64ArrayAttr({value.asNumber()});
  if (!value.isList() || value.asList().empty())
    return {};
  llvm::SmallVector<mlir::Attribute> elements;
  for (const Value &element : value.asList())
    elements.push_back(element.isString() ? mlir::Attribute(b.getStringAttr(element.asString()))
                                          : b.getF64FloatAttr(element.asNumber()));
  return b.getArrayAttr(elements);
}

} // namespace

std::vector<std::pair<StringRef, StringRef>> argent::ag::sourceSignatures() {
  std::vector<std::pair<StringRef, StringRef>> result;
  for (const Source &source : kSources)
    result.emplace_back(source.name, source.parameters);
  return result;
}

/// The input that `argument` names, as an argument of the graph; null after an error.
mlir::Value Evaluator::sourceInput(const Name &source, llvm::ArrayRef<Argument> arguments, Range range) {
  auto *name = arguments.size() == 1 && !arguments[0].element.spread
                   ? llvm::dyn_cast<NameExpr>(arguments[0].element.value.get())
                   : nullptr;
  if (!name || (!arguments[0].name.text.empty() && arguments[0].name.text != "input")) {
    Report report = error(arguments.empty() ? range : Range(arguments.front().range.Start, arguments.back().range.End),
                          source.text + " needs one argument, the name of another input");
    for (mlir::BlockArgument argument : graph->function.getArguments())
      if (auto name = graph->function.getArgAttrOfType<mlir::StringAttr>(argument.getArgNumber(), "nn.name");
          graph->function.getArgAttr(argument.getArgNumber(), "nn.from")) {
        report.help("write " + source.text + "(" + name.getValue() + ")");
        break;
      }
    return {};
  }
  std::vector<StringRef> names;
  for (mlir::BlockArgument argument : graph->function.getArguments()) {
    names.push_back(graph->function.getArgAttrOfType<mlir::StringAttr>(argument.getArgNumber(), "nn.name").getValue());
    if (names.back() == name->name) {
      findVariable(name->name)->used = true;
      return argument;
    }
  }
  if (Variable *variable = findVariable(name->name); variable && variable->value.failed())
    return {};
  StringRef near = nearestName(name->name, names);
  error(name->range,
        "there is no input `" + name->name + "`" + (near.empty() ? Twine("") : "; did you mean `" + near + "`?"));
  return {};
}

/// `lengths(input)` and `following(input)`.
mlir::DictionaryAttr Evaluator::evaluateDerivedSource(const Parameter &parameter, llvm::ArrayRef<Dim> shape,
                                                      mlir::Type element) {
  const Name &source = parameter.source;
  mlir::Value input = sourceInput(source, parameter.sourceArguments, source.range);
  if (!input)
    return {};
  unsigned index = llvm::cast<mlir::BlockArgument>(input).getArgNumber();
  auto name = graph->function.getArgAttrOfType<mlir::StringAttr>(index, "nn.name");
  auto from = graph->function.getArgAttrOfType<mlir::DictionaryAttr>(index, "nn.from");
  StringRef kind = from ? from.getAs<mlir::StringAttr>("source").getValue() : "";
  auto stream = from ? from.getAs<mlir::BoolAttr>("stream") : mlir::BoolAttr();
  bool isStream = stream && stream.getValue();
  Range at = parameter.sourceArguments[0].range;
  std::string found = "`" + parameter.name.text + "` is " + toString(shape, element);
  if (source.text == "lengths") {
    bool hasLengths = !isStream && llvm::is_contained({"words", "characters", "audio", "video"}, kind);
    if (!hasLengths) {
      error(at, "lengths needs an input from words, characters, audio or video" +
                    (isStream ? Twine("; the rows of `" + name.getValue() + "`, a stream, are always full") : "") +
                    (kind.empty() ? Twine("; `" + name.getValue() + "` has no `from`") : ""));
      return {};
    }
    if (!element.isInteger(32) || shape.size() != 1 || !shape[0].open) {
      error(parameter.type.range, "`lengths` makes an i32[N]; " + found);
      return {};
    }
  } else {
    if (!isStream && kind != "audio") {
      Report report = error(at, "following needs an input that is a stream: words or characters with stream=true, or "
                                "audio");
      if (kind == "words" || kind == "characters")
        report.help("write " + name.getValue() + ": … from " + kind + "(…, stream=true)");
      return {};
    }
    if (tensorType(shape, element) != input.getType()) {
      error(parameter.type.range, "`following` makes a tensor like its input, " +
                                      toString(llvm::cast<mlir::RankedTensorType>(input.getType())) + "; " + found);
      return {};
    }
  }
  return builder.getDictionaryAttr(
      {builder.getNamedAttr("source", builder.getStringAttr(source.text)), builder.getNamedAttr("input", name)});
}

mlir::DictionaryAttr Evaluator::evaluateSource(const Parameter &parameter, llvm::ArrayRef<Dim> shape,
                                               mlir::Type element) {
  const Name &name = parameter.source;
  const Source *source = llvm::find_if(kSources, [&](const Source &s) { return name.text == s.name; });
  if (source == std::end(kSources)) {
    llvm::SmallVector<StringRef> names;
    for (const Source &known : kSources)
      names.push_back(known.name);
    StringRef near = nearestName(name.text, names);
    error(name.range,
          "there is no source `" + name.text + "`" + (near.empty() ? Twine("") : "; did you mean `" + near + "`?"))
        .help("the sources are " + llvm::join(names, ", "));
    return {};
  }
  if (!source->function)
    return evaluateDerivedSource(parameter, shape, element);
  const Builtin &builtin = *sourceByName[name.text];
  Definee definee{builtin.signature, &builtin, &operations};
  Range range = parameter.sourceArguments.empty() ? name.range
                                                  : Range(name.range.Start, parameter.sourceArguments.back().range.End);
  std::vector<Given> arguments;
  std::vector<std::optional<Given>> bound;
  Value unused;
  if (!evaluateArguments(parameter.sourceArguments, definee, arguments) ||
      !bindArguments(definee, nullptr, arguments, false, bound, range, unused))
    return {};
  SourceCall call(*this, parameter, shape, element);
  if (!bindBuiltin(definee, bound, range, call))
    return {};
  if (!source->function(call))
    return {};
  llvm::SmallVector<mlir::NamedAttribute> attributes = {
      builder.getNamedAttr("source", builder.getStringAttr(name.text))};
  for (auto [given, declared] : llvm::zip(call.arguments, builtin.signature->parameters))
    if (mlir::Attribute value = attributeOf(given.value, builder))
      attributes.push_back(builder.getNamedAttr(declared.name.text, value));
  return builder.getDictionaryAttr(attributes);
}
