//===- Parser.cpp - definitions, types, recovery ---------------------------------===//
#include "frontends/ag/syntax/Parser.h"

#include "frontends/ag/syntax/Foreign.h"

using namespace argent::ag;
using llvm::Twine;

std::unique_ptr<File> argent::ag::parse(const llvm::MemoryBuffer &file, Diagnostics &diagnostics) {
  diagnostics.beginBatch();
  auto tree = Parser(lex(file.getBuffer(), diagnostics), diagnostics).parseFile();
  diagnostics.endBatch();
  return tree;
}

//===- Tokens ---------------------------------------------------------------------===//

void Parser::reportExpected(const Twine &what) {
  const Token &token = peek();
  if (token.kind == Tok::broken)
    return;
  auto report = diagnostics_.error(token.range(), "expected " + what + "; found " + describe(token));
  suggest(report);
}

bool Parser::expect(Tok kind, const Twine &where) {
  if (accept(kind))
    return true;
  reportExpected(describe(kind) + where);
  return false;
}

bool Parser::expectName(Name &name, const Twine &what) {
  if (at(Tok::name)) {
    Token token = take();
    name = {token.text.str(), token.range()};
    return true;
  }
  if (isKeyword(peek().kind))
    diagnostics_.error(peek().range(), "expected " + what + "; found " + describe(peek()) + ", which is a keyword")
        .help("write another name, such as `" + peek().text + "_`");
  else
    reportExpected(what);
  return false;
}

bool Parser::expectClosing(Tok kind, const Token &open, const Twine &also) {
  if (accept(kind))
    return true;
  if (at(Tok::broken))
    return false;
  // On the next line nothing is wrong but that the bracket is still open.
  if (at(Tok::newline) || at(Tok::endOfFile) || (peek().startsLine && position_)) {
    diagnostics_.error(open.range(), "this " + describe(open) + " is not closed")
        .note(Range(previousEnd(), previousEnd()), "expected " + also + describe(kind) + " here");
    reportedEnd_ |= at(Tok::endOfFile) || peek(1).kind == Tok::endOfFile;
    return false;
  }
  bool beginsValue = at(Tok::name) || at(Tok::integer) || at(Tok::floating) || at(Tok::string);
  auto report = diagnostics_.error(peek().range(), "expected " + also + describe(kind) + "; found " + describe(peek()));
  report.note(open.range(), "to close this " + describe(open));
  if (at(Tok::assign) && kind == Tok::rightParen)
    report.help("to compare, write `==`");
  else if (!also.isTriviallyEmpty() && beginsValue && peek().text != "is")
    report.help("a comma is missing before " + describe(peek()));
  else
    suggest(report);
  return false;
}

bool Parser::tooDeep(Range at) {
  if (nesting_ < kMaxNesting)
    return false;
  diagnostics_.error(at, "nested too deeply: at most " + Twine(kMaxNesting) + " levels");
  return true;
}

//===- Definitions ------------------------------------------------------------------===//

std::unique_ptr<File> Parser::parseFile() {
  auto file = std::make_unique<File>();
  while (true) {
    while (accept(Tok::newline)) {
    }
    if (at(Tok::endOfFile))
      return file;
    size_t begin = position_;
    reportedEnd_ = false;
    likelyOpen_.reset();
    ItemPtr item = parseItem();
    bool good = item != nullptr;
    if (good)
      file->items.push_back(std::move(item));
    if (good && (at(Tok::newline) || at(Tok::endOfFile) || (peek().startsLine && peek().atColumnOne)))
      continue;
    if (good && at(Tok::rightBrace))
      diagnostics_.error(peek().range(), "this `}` closes no block");
    else if (good)
      reportExpected("the end of the line after the definition");
    if (position_ == begin)
      take();
    skipToItem();
  }
}

/// Goes on at the next line that begins like a definition and is not indented.
void Parser::skipToItem() {
  while (!at(Tok::endOfFile)) {
    const Token &token = peek();
    bool beginsItem = token.kind == Tok::kwLayer || token.kind == Tok::kwModel || token.kind == Tok::kwTrain ||
                      token.kind == Tok::kwEntry || token.kind == Tok::kwImport || token.kind == Tok::name;
    if (token.startsLine && token.atColumnOne && beginsItem)
      return;
    take();
  }
}

ItemPtr Parser::parseItem() {
  switch (peek().kind) {
  case Tok::kwImport:
    return parseImport();
  case Tok::name:
    return parseConstant();
  case Tok::kwLayer:
  case Tok::kwModel:
  case Tok::kwTrain:
  case Tok::kwEntry:
    return parseDefinition();
  case Tok::rightBrace:
    diagnostics_.error(peek().range(), "this `}` closes no block");
    return nullptr;
  case Tok::kwFrom:
    diagnostics_.error(peek().range(), "expected a definition; found `from`").help(foreignWord("from"));
    return nullptr;
  default:
    reportExpected("a definition: `layer`, `model`, `train`, `entry`, `import` or a constant `NAME = …`");
    return nullptr;
  }
}

ItemPtr Parser::parseImport() {
  Token first = take();
  auto item = std::make_unique<Import>(first.range());
  do {
    Name name;
    if (!expectName(name, "the name of what is imported"))
      return nullptr;
    item->names.push_back(std::move(name));
  } while (accept(Tok::comma));
  if (!at(Tok::kwFrom)) {
    if (!at(Tok::broken))
      diagnostics_.error(peek().range(), "expected `from`; found " + describe(peek()))
          .help("write import " + item->names.front().text +
                " from \"file.ag\"; operations and standard layers need no import");
    return nullptr;
  }
  take();
  if (!at(Tok::string)) {
    reportExpected("the file's name in quotes");
    return nullptr;
  }
  if (!(item->file = parseString()))
    return nullptr;
  item->range = from(first);
  return item;
}

ItemPtr Parser::parseConstant() {
  Token first = take();
  if (!at(Tok::assign)) {
    static const llvm::StringRef kWords[] = {"layer", "model", "train", "entry", "import"};
    bool isWord = at(Tok::name);
    if (at(Tok::broken) || reportForeignWord(first, peek().kind))
      return nullptr;
    auto report = diagnostics_.error(
        first.range(), "expected a definition: `layer`, `model`, `train`, `entry`, `import` or a constant `NAME = …`; "
                       "found `" +
                           first.text + "`");
    llvm::StringRef near = nearestName(first.text, kWords);
    if (isWord && !near.empty())
      report.help("did you mean `" + near + "`?");
    else if (!isWord)
      report.help("statements belong in the body of a layer or model");
    return nullptr;
  }
  take();
  auto item = std::make_unique<Constant>(first.range());
  item->name = {first.text.str(), first.range()};
  if (!(item->value = parseExpr()))
    return nullptr;
  item->range = from(first);
  return item;
}

ItemPtr Parser::parseDefinition() {
  Token first = take();
  std::unique_ptr<Definition> item;
  Context context;
  switch (first.kind) {
  case Tok::kwLayer:
    item = std::make_unique<Layer>(first.range());
    break;
  case Tok::kwModel:
    item = std::make_unique<Model>(first.range());
    context.place = Place::model;
    break;
  case Tok::kwTrain:
    item = std::make_unique<Train>(first.range());
    context.place = Place::train;
    break;
  default:
    item = std::make_unique<Entry>(first.range());
    context.place = Place::entry;
  }
  bool isEntry = first.kind == Tok::kwEntry;
  if (first.kind == Tok::kwTrain && at(Tok::leftBrace)) {
    diagnostics_.error(peek().range(), "expected the name of the model; found `{`")
        .help("write train NAME(label: i32[N]) { … }");
    return nullptr;
  }
  if (!expectName(item->name, first.kind == Tok::kwTrain || isEntry ? Twine("the name of the model")
                                                                    : "the name of the " + first.text))
    return nullptr;
  if (isEntry &&
      (!expect(Tok::dot, " and the entry's name") || !expectName(llvm::cast<Entry>(*item).entry, "the entry's name")))
    return nullptr;
  if (!parseParameters(item->parameters))
    return nullptr;
  if (auto *layer = llvm::dyn_cast<Layer>(item.get())) {
    if (accept(Tok::arrow) && !parseType(layer->result.emplace()))
      return nullptr;
  } else if (!llvm::isa<Train>(*item)) {
    std::vector<Output> &outputs = isEntry ? llvm::cast<Entry>(*item).outputs : llvm::cast<Model>(*item).outputs;
    if (!at(Tok::arrow)) {
      if (!at(Tok::broken))
        diagnostics_.error(peek().range(), "expected `->` and the outputs; found " + describe(peek()))
            .help(Twine(isEntry ? "an entry" : "a model") + " names its outputs: -> (logits: f32[N, 10])");
      return nullptr;
    }
    take();
    if (!parseOutputs(outputs))
      return nullptr;
  } else if (at(Tok::arrow)) {
    diagnostics_.error(peek().range(), "a `train` block has no result type");
    return nullptr;
  }
  item->range = from(first);
  if (!parseBlock(item->body, context, "the " + first.text + " `" + item->name.text + "`"))
    return nullptr;
  return item;
}

bool Parser::parseParameters(std::vector<Parameter> &parameters) {
  Token open = peek();
  if (!at(Tok::leftParen)) {
    if (!at(Tok::broken))
      diagnostics_.error(peek().range(), "expected `(` and the parameters; found " + describe(peek()))
          .help(at(Tok::leftBrace) ? "without parameters write ()" : "write them in parentheses: (x: f32[N, 8])");
    return false;
  }
  take();
  while (!at(Tok::rightParen)) {
    Parameter parameter;
    if (!parseParameter(parameter))
      return false;
    parameters.push_back(std::move(parameter));
    if (!accept(Tok::comma))
      break;
  }
  return expectClosing(Tok::rightParen, open, "`,` or ");
}

bool Parser::parseParameter(Parameter &parameter) {
  Token first = peek();
  if (!expectName(parameter.name, "a parameter's name"))
    return false;
  if (!at(Tok::colon)) {
    if (!at(Tok::broken))
      diagnostics_
          .error(peek().range(),
                 "expected `:` and the type of `" + parameter.name.text + "`; found " + describe(peek()))
          .help("write " + parameter.name.text + ": int, or " + parameter.name.text + ": f32[N, D] for a tensor");
    return false;
  }
  take();
  if (!parseType(parameter.type))
    return false;
  if (accept(Tok::kwFrom)) {
    if (at(Tok::string)) {
      diagnostics_.error(peek().range(), "expected a source of data, such as `image`; found a string")
          .help("write from image(); which files are read is said to `argent train`");
      return false;
    }
    if (!expectName(parameter.source, "a source of data, such as `image`"))
      return false;
    if (!at(Tok::leftParen)) {
      if (!at(Tok::broken))
        diagnostics_
            .error(peek().range(),
                   "expected `(` and the arguments of `" + parameter.source.text + "`; found " + describe(peek()))
            .help("without arguments write " + parameter.source.text + "()");
      return false;
    }
    if (!parseArguments(parameter.sourceArguments))
      return false;
  }
  if (accept(Tok::assign) && !(parameter.initial = parseExpr()))
    return false;
  parameter.range = from(first);
  return true;
}

bool Parser::parseOutputs(std::vector<Output> &outputs) {
  Token open = peek();
  if (!at(Tok::leftParen)) {
    if (!at(Tok::broken))
      diagnostics_.error(peek().range(), "expected `(` and the outputs; found " + describe(peek()))
          .help("outputs have names: -> (logits: f32[N, 10])");
    return false;
  }
  take();
  do {
    Output output;
    if (!expectName(output.name, "an output's name") ||
        !expect(Tok::colon, " and the type of `" + output.name.text + "`") || !parseType(output.type))
      return false;
    outputs.push_back(std::move(output));
  } while (accept(Tok::comma));
  return expectClosing(Tok::rightParen, open, "`,` or ");
}

//===- Types --------------------------------------------------------------------------===//

bool Parser::parseType(TypeExpr &type) {
  Token first = peek();
  if (!parseAtomType(type))
    return false;
  if (!at(Tok::bar))
    return true;
  TypeExpr alternatives;
  alternatives.kind = TypeExpr::Kind::alternatives;
  alternatives.parts.push_back(std::move(type));
  while (accept(Tok::bar)) {
    TypeExpr part;
    if (!parseAtomType(part))
      return false;
    alternatives.parts.push_back(std::move(part));
  }
  alternatives.range = from(first);
  type = std::move(alternatives);
  return true;
}

bool Parser::parseAtomType(TypeExpr &type) {
  Token first = peek();
  switch (first.kind) {
  case Tok::kwLayer:
    take();
    type.kind = TypeExpr::Kind::layer;
    break;
  case Tok::kwNone:
    take();
    type.kind = TypeExpr::Kind::none;
    break;
  case Tok::leftParen: {
    if (tooDeep(first.range()))
      return false;
    ++nesting_;
    take();
    type.kind = TypeExpr::Kind::sequence;
    bool good = true;
    do {
      TypeExpr part;
      if (!(good = parseType(part)))
        break;
      type.parts.push_back(std::move(part));
    } while (accept(Tok::comma));
    --nesting_;
    if (!good || !expectClosing(Tok::rightParen, first, "`,` or "))
      return false;
    if (type.parts.size() == 1) { // `(A)` is `A`
      TypeExpr part = std::move(type.parts.front());
      type = std::move(part);
    }
    break;
  }
  case Tok::name: {
    take();
    type.name = {first.text.str(), first.range()};
    if ((at(Tok::leftParen) || at(Tok::dot)) && !peek().startsLine) {
      bool isCall = at(Tok::leftParen);
      diagnostics_.error(peek().range(), "expected the end of the type; found " + describe(peek()))
          .help(isCall ? "dimensions are in square brackets: " + first.text + "[N, 8]"
                       : Twine("the type of a tensor is its element type and its dimensions: f32[N, 8]"));
      return false;
    }
    if (!at(Tok::leftBracket))
      break;
    Token open = take();
    type.hasBrackets = true;
    if (!parseElements(type.elements, Tok::rightBracket) || !expectClosing(Tok::rightBracket, open, "`,` or "))
      return false;
    unsigned spreads = 0;
    for (const Element &element : type.elements)
      if (element.spread && ++spreads == 2) {
        diagnostics_.error(element.value->range,
                           "a type can have only one `*name`, which takes the dimensions that are left");
        return false;
      }
    break;
  }
  default:
    if (!at(Tok::broken))
      diagnostics_.error(first.range(), "expected a type; found " + describe(first))
          .help("a type is `int`, `float`, `bool`, `str`, `list[int]`, `init`, `layer`, or that of a tensor, `f32[N, "
                "D]`");
    return false;
  }
  type.range = from(first);
  return true;
}
