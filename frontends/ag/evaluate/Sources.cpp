//===- Sources.cpp - how raw data becomes an input -------------------------------------------------------------===//
// Each source of LANGUAGE.md, section 7, becomes the attribute `nn.from` of its input: a dictionary with the string
// `source` and the source's arguments, those that are `none` left out. The readers are the runtime's (runtime/data).
#include "frontends/ag/evaluate/Sources.h"

#include "frontends/ag/evaluate/Evaluator.h"

using namespace argent::ag;
using llvm::StringRef;
using llvm::Twine;

Sources::Sources(Evaluator &evaluator) : Part(evaluator.context), evaluator_(evaluator) {}

namespace {

constexpr int64_t kMaxVocabulary = 1 << 24;

/// A source's arguments, and the input that it is for.
struct SourceCall : Call {
  Context &context;
  const Parameter &parameter;
  Dims dims;
  mlir::Type element;

  SourceCall(Call call, Context &context, const Parameter &parameter, mlir::Value input)
      : Call(std::move(call)), context(context), parameter(parameter), dims(dimsOf(input)), element(elementOf(input)) {}

  bool fail(Range at, const Twine &message) {
    context.error(at, message);
    return false;
  }
  bool makes(const Twine &type) {
    return fail(parameter.type.range,
                "`" + name + "` makes " + type + "; `" + parameter.name.text + "` is " + toString(dims, element));
  }
  /// N is the first dimension and the only open one.
  bool isRows(size_t rank) const {
    return dims.size() == rank && dims[0] == Dim{1, true} &&
           llvm::none_of(llvm::drop_begin(dims), [](Dim dim) { return dim.isOpen; });
  }
  bool isWithin(StringRef argument, int64_t low, int64_t high) {
    int64_t value = (*this)[argument].asInteger();
    return (value >= low && value <= high) || fail(at(argument), "`" + argument + "` must be from " + Twine(low) +
                                                                     " to " + Twine(high) + "; found " + Twine(value));
  }
  /// Whether an argument says the second dimension of the input, its time.
  bool isTime(StringRef argument) {
    const Value &value = (*this)[argument];
    return value.asInteger() == dims[1].size ||
           fail(at(argument), "`" + argument + "` must equal the second dimension of the input, " + toString(dims[1]) +
                                  "; found " + toText(value));
  }
};

/// `mean` and `std`: a number, or one for each channel.
bool checkStatistics(SourceCall &call) {
  int64_t channels = call.dims.back().size;
  for (StringRef name : {"mean", "std"}) {
    const Value &given = call[name];
    std::vector<Value> values = given.isList() ? given.asList() : std::vector<Value>{given};
    if (given.isList() && static_cast<int64_t>(values.size()) != channels)
      return call.fail(call.at(name), "`" + name + "` must have one number for each of the " + Twine(channels) +
                                          " channels; found " + Twine(values.size()));
    for (const Value &value : values)
      if (name == "std" && value.asNumber() <= 0)
        return call.fail(call.at(name), "`std` must be above 0; found " + describe(value));
  }
  return true;
}

bool image(SourceCall &call) {
  return call.element.isF32() && call.isRows(4) ? checkStatistics(call) : call.makes("an f32[N, H, W, C]");
}

bool video(SourceCall &call) {
  if (!call.element.isF32() || !call.isRows(5))
    return call.makes("an f32[N, T, H, W, C]");
  return call.isTime("frames") && checkStatistics(call);
}

bool audio(SourceCall &call) {
  bool isClasses = !call["mu_law"].isNone();
  if (!call.isRows(2) || !(isClasses ? call.element.isInteger(32) : call.element.isF32()))
    return call.makes(isClasses ? "an i32[N, T], classes by the mu-law" : "an f32[N, T]");
  return call.isWithin("rate", 1, 1000000) && (!isClasses || call.isWithin("mu_law", 2, 65536));
}

/// The rows of `words` and `characters`: an i32[N, T], where T is the `length` if that is given.
bool isSequence(SourceCall &call) {
  if (!call.element.isInteger(32) || !call.isRows(2))
    return call.makes("an i32[N, T]");
  return call["length"].isNone() || call.isTime("length");
}

bool words(SourceCall &call) {
  if (!isSequence(call) || !call.isWithin("vocabulary", 4, kMaxVocabulary))
    return false;
  const Value &side = call["side"];
  if (!side.isNone() && side.asString() != "source" && side.asString() != "target")
    return call.fail(call.at("side"), "`side` must be \"source\" or \"target\"; found " + describe(side));
  for (StringRef mark : {"start", "end"})
    if (!call[mark].isNone() && !call.isWithin(mark, 0, call["vocabulary"].asInteger() - 1))
      return false;
  for (StringRef name : {"side", "start", "end"})
    if (!call[name].isNone() && call["stream"].get<bool>())
      return call.fail(call.at(name), "`" + name + "` cannot be combined with stream=true: a stream is one long text");
  return true;
}

bool characters(SourceCall &call) {
  if (!isSequence(call))
    return false;
  std::set<std::string> seen;
  for (const std::string &character : charactersOf(call["alphabet"].asString()))
    if (!seen.insert(character).second)
      return call.fail(call.at("alphabet"), "the alphabet has the character \"" + character + "\" twice");
  if (seen.empty())
    return call.fail(call.at("alphabet"), "the alphabet is empty");
  if (call["reverse"].get<bool>() && call["stream"].get<bool>())
    return call.fail(call.at("reverse"), "`reverse` cannot be combined with stream=true: a stream is one long text");
  return true;
}

bool classes(SourceCall &call) {
  if (!call.element.isInteger(32) || !call.isRows(1))
    return call.makes("an i32[N]");
  std::set<std::string> seen;
  const Value &names = call["names"];
  std::vector<Value> given = names.isList() ? names.asList() : std::vector<Value>();
  for (const Value &name : given) {
    if (!name.isString())
      return call.fail(call.at("names"), "the name of a class must be a str; found " + describe(name));
    if (!seen.insert(name.asString()).second)
      return call.fail(call.at("names"), "the class \"" + name.asString() + "\" is given twice");
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

std::vector<std::pair<StringRef, StringRef>> argent::ag::sourceTable() {
  std::vector<std::pair<StringRef, StringRef>> result;
  for (const Source &source : kSources)
    result.emplace_back(source.name, source.parameters);
  return result;
}

static const Source *findSource(StringRef name) {
  const Source *source = llvm::find_if(kSources, [&](const Source &s) { return name == s.name; });
  return source == std::end(kSources) ? nullptr : source;
}

bool argent::ag::isDerivedSource(StringRef name) {
  const Source *source = findSource(name);
  return source && !source->function;
}

//===- Sources that are made from another input ---------------------------------------------------------------===//

mlir::BlockArgument Sources::findInput(const Name &source, llvm::ArrayRef<Argument> arguments) {
  mlir::func::FuncOp function = context.graph->function;
  auto nameOf = [&](mlir::BlockArgument argument) {
    return function.getArgAttrOfType<mlir::StringAttr>(argument.getArgNumber(), "nn.name").getValue();
  };
  auto *name = arguments.size() == 1 && !arguments[0].element.spread
                   ? llvm::dyn_cast<NameExpr>(arguments[0].element.value.get())
                   : nullptr;
  if (!name || (!arguments[0].name.text.empty() && arguments[0].name.text != "input")) {
    Range range = arguments.empty() ? source.range : Range(arguments.front().range.Start, arguments.back().range.End);
    Report report = error(range, source.text + " needs one argument, the name of another input");
    for (mlir::BlockArgument argument : function.getArguments())
      if (function.getArgAttr(argument.getArgNumber(), "nn.from")) {
        report.help("write " + source.text + "(" + nameOf(argument) + ")");
        break;
      }
    return {};
  }
  std::vector<StringRef> names;
  for (mlir::BlockArgument argument : function.getArguments()) {
    names.push_back(nameOf(argument));
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
mlir::DictionaryAttr Sources::evaluateDerived(const Parameter &parameter, mlir::BlockArgument input) {
  const Name &source = parameter.source;
  mlir::BlockArgument other = findInput(source, parameter.sourceArguments);
  if (!other)
    return {};
  mlir::func::FuncOp function = context.graph->function;
  auto name = function.getArgAttrOfType<mlir::StringAttr>(other.getArgNumber(), "nn.name");
  auto from = function.getArgAttrOfType<mlir::DictionaryAttr>(other.getArgNumber(), "nn.from");
  StringRef kind = from ? from.getAs<mlir::StringAttr>("source").getValue() : "";
  auto stream = from ? from.getAs<mlir::BoolAttr>("stream") : mlir::BoolAttr();
  bool isStream = stream && stream.getValue();
  Range at = parameter.sourceArguments[0].range;
  auto typeOf = [](mlir::Value value) { return toString(llvm::cast<mlir::RankedTensorType>(value.getType())); };
  std::string found = "`" + parameter.name.text + "` is " + typeOf(input);
  if (source.text == "lengths") {
    bool hasLengths = !isStream && llvm::is_contained({"words", "characters", "audio", "video"}, kind);
    if (!hasLengths) {
      error(at, "lengths needs an input from words, characters, audio or video" +
                    (isStream ? Twine("; the rows of `" + name.getValue() + "`, a stream, are always full") : "") +
                    (kind.empty() ? Twine("; `" + name.getValue() + "` has no `from`") : ""));
      return {};
    }
    Dims dims = dimsOf(input);
    if (!elementOf(input).isInteger(32) || dims.size() != 1 || !dims[0].isOpen) {
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
    if (input.getType() != other.getType()) {
      error(parameter.type.range, "`following` makes a tensor like its input, " + typeOf(other) + "; " + found);
      return {};
    }
  }
  mlir::Builder b(&context.mlir);
  return b.getDictionaryAttr({b.getNamedAttr("source", b.getStringAttr(source.text)), b.getNamedAttr("input", name)});
}

//===- All sources --------------------------------------------------------------------------------------------===//

mlir::DictionaryAttr Sources::evaluate(const Parameter &parameter, mlir::BlockArgument input) {
  const Name &name = parameter.source;
  const Source *source = findSource(name.text);
  if (!source) {
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
    return evaluateDerived(parameter, input);
  const Builtin &builtin = *evaluator_.files.findSource(name.text);
  Range range = parameter.sourceArguments.empty() ? name.range
                                                  : Range(name.range.Start, parameter.sourceArguments.back().range.End);
  std::vector<Given> arguments;
  if (!evaluator_.evaluateArguments(parameter.sourceArguments,
                                    Definee{builtin.signature, &builtin, &evaluator_.files.operations}, arguments))
    return {};
  std::optional<Call> matched = evaluator_.calls.matchSource(builtin, std::move(arguments), range);
  if (!matched)
    return {};
  SourceCall call(std::move(*matched), context, parameter, input);
  if (!source->function(call))
    return {};
  mlir::Builder b(&context.mlir);
  llvm::SmallVector<mlir::NamedAttribute> attributes = {b.getNamedAttr("source", b.getStringAttr(name.text))};
  for (const Parameter &declared : call.signature())
    if (mlir::Attribute value = attributeOf(call[declared.name.text], b))
      attributes.push_back(b.getNamedAttr(declared.name.text, value));
  return b.getDictionaryAttr(attributes);
}
