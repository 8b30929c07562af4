//===- Completion.cpp - what may be written at a place ------------------------------------===//
#include "Document.h"

#include "frontends/ag/query/Reference.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSet.h"

using namespace argent;
using namespace argent::lsp;
using llvm::StringRef;
namespace json = llvm::json;

namespace {

/// The kinds of the protocol that are used here.
enum Kind {
  kFunction = 3,
  kField = 5,
  kVariable = 6,
  kClass = 7,
  kModule = 9,
  kProperty = 10,
  kKeyword = 14,
  kConstant = 21
};

class Completer {
public:
  Completer(const View &view, unsigned offset) : view_(view), outline_(view.outline()), offset_(offset) {}

  json::Value run() {
    StringRef text = outline_.text();
    begin_ = offset_;
    while (begin_ > 0 && (llvm::isAlnum(text[begin_ - 1]) || text[begin_ - 1] == '_'))
      --begin_;
    bool inNumber = begin_ < offset_ && llvm::isDigit(text[begin_]);
    if (!outline_.isInCommentOrString(offset_) && !inNumber)
      addAll();
    return json::Object{{"isIncomplete", false}, {"items", std::move(items_)}};
  }

private:
  void add(StringRef name, Kind kind, StringRef detail, StringRef documentation, char rank, StringRef insert = "") {
    if (!seen_.insert(name).second)
      return;
    json::Object item{{"label", clean(name)},
                      {"kind", static_cast<int>(kind)},
                      {"sortText", clean((llvm::Twine(rank) + name).str())}};
    if (!detail.empty())
      item["detail"] = clean(detail);
    if (!documentation.empty())
      item["documentation"] = json::Object{{"kind", "markdown"}, {"value", clean(documentation)}};
    if (!insert.empty())
      item["insertText"] = clean(insert);
    items_.push_back(std::move(item));
  }

  void addAll() {
    const ag::Reference &reference = ag::Reference::get();
    const ag::Token *before = outline_.tokenBefore(begin_);
    ag::Tok last = before ? before->kind : ag::Tok::endOfFile;
    // On a line of its own nothing before it counts.
    StringRef head = outline_.text().take_front(begin_);
    StringRef line = head.substr(head.rfind('\n') + 1);
    bool lineStart = line.trim().empty();

    if (last == ag::Tok::kwFrom) {
      for (const ag::Callable &source : reference.sources())
        add(source.name, kModule, source.signature, source.meaning, '1');
      return;
    }
    if (last == ag::Tok::kwImport)
      return;
    const ag::OutlineDefinition *definition = outline_.definitionAt(begin_);
    if (!definition) {
      for (StringRef word : {"layer", "model", "train", "entry", "import"})
        add(word, kKeyword, "", meaningOf(ag::Reference::keywords(), word), '1');
      if (lineStart)
        return;
    }
    if (isTypePlace(definition, last)) {
      for (const ag::Word &type : ag::Reference::types())
        add(type.name, kKeyword, "type", type.meaning, '1');
      return;
    }
    if (last == ag::Tok::kwTrain || last == ag::Tok::kwEntry) {
      for (const ag::OutlineDefinition &item : outline_.definitions())
        if (item.kind == ag::OutlineDefinition::Kind::model)
          add(item.name, kClass, item.signature, item.comment, '1');
      return;
    }
    if (definition && begin_ >= definition->nameBegin && begin_ <= definition->nameEnd)
      return; // the name of a new definition

    addArguments();
    addSettings(lineStart, last);
    addLocals(definition);
    addDefinitions();
    for (const ag::Callable &callable : reference.callables())
      add(callable.name, callable.isOperation ? kFunction : kClass, callable.signature,
          callable.meaning + (callable.file.empty() ? "" : "\n\n`" + callable.file + "`"), '5');
    for (const ag::Word &word : ag::Reference::keywords())
      add(word.name, kKeyword, "", word.meaning, '7');
  }

  static std::string meaningOf(llvm::ArrayRef<ag::Word> words, StringRef name) {
    for (const ag::Word &word : words)
      if (word.name == name)
        return word.meaning.str();
    return "";
  }

  /// Behind `:` of a parameter, a param, a state; behind `->`; behind `|` between types.
  bool isTypePlace(const ag::OutlineDefinition *definition, ag::Tok last) const {
    if (!definition || definition->kind == ag::OutlineDefinition::Kind::constant)
      return false;
    if (last == ag::Tok::arrow || last == ag::Tok::bar)
      return true;
    if (last != ag::Tok::colon)
      return false;
    // A colon inside of brackets is a slice, unless they are the head's parentheses.
    int depth = 0;
    for (const ag::Token &token : outline_.tokens()) {
      if (outline_.offsetOf(token) < definition->begin || outline_.offsetOf(token) >= begin_)
        continue;
      depth += token.kind == ag::Tok::leftBracket;
      depth -= token.kind == ag::Tok::rightBracket;
    }
    return depth <= 0;
  }

  void addArguments() {
    auto call = outline_.callAt(begin_);
    if (!call)
      return;
    const ag::Reference &reference = ag::Reference::get();
    // Only where an argument begins.
    const ag::Token *before = outline_.tokenBefore(begin_);
    if (!before || (before->kind != ag::Tok::leftParen && before->kind != ag::Tok::comma))
      return;
    std::vector<ag::OutlineParameter> parameters;
    bool takesName = false;
    if (call->isSource) {
      if (const ag::Callable *source = reference.findSource(call->callee))
        parameters = source->parameters;
    } else if (call->callee == "scan") {
      for (auto [name, type] : {std::pair("lengths", "i32[N]"), std::pair("reverse", "bool")}) {
        ag::OutlineParameter parameter;
        parameter.name = name;
        parameter.type = type;
        parameters.push_back(parameter);
      }
    } else if (const ag::OutlineDefinition *definition = outline_.find(call->callee)) {
      parameters = definition->parameters;
      takesName = definition->kind != ag::OutlineDefinition::Kind::constant;
    } else if (const ag::Callable *callable = reference.find(call->callee)) {
      parameters = callable->parameters;
      takesName = !callable->isOperation;
    }
    size_t skip = call->positional + call->isPiped;
    for (const auto &[index, parameter] : llvm::enumerate(parameters)) {
      if (index < skip || llvm::is_contained(call->given, parameter.name) || parameter.type == "rest")
        continue;
      std::string detail =
          parameter.name + ": " + parameter.type + (parameter.initial.empty() ? "" : " = " + parameter.initial);
      add(parameter.name + "=", kField, detail, "argument of `" + call->callee + "`", '0');
    }
    if (takesName && !llvm::is_contained(call->given, "name"))
      add("name=", kField, "name: str", "The step of the parameters' path.", '1');
  }

  void addSettings(bool lineStart, ag::Tok last) {
    ag::Tok block = outline_.blockAt(begin_);
    bool first = lineStart || last == ag::Tok::leftBrace || endsWithSemicolon();
    if (!first)
      return;
    if (block == ag::Tok::kwOn)
      for (const ag::Word &word : ag::Reference::ruleSettings())
        add(word.name, kProperty, "setting of a rule", word.meaning, '0', (word.name + " = ").str());
    if (block == ag::Tok::kwTrain)
      for (const ag::Word &word : ag::Reference::trainSettings())
        add(word.name, kProperty, "setting of training", word.meaning, '0', (word.name + " = ").str());
  }

  bool endsWithSemicolon() const { return outline_.text().take_front(begin_).rtrim().ends_with(";"); }

  void addLocals(const ag::OutlineDefinition *definition) {
    if (!definition)
      return;
    for (const ag::OutlineName *name : outline_.visibleAt(begin_)) {
      const ag::OutlineDefinition *owner = definition;
      if (const ag::OutlineDefinition *model = outline_.modelOf(*definition);
          model && name >= model->names.data() && name < model->names.data() + model->names.size())
        owner = model;
      add(name->name, kVariable, view_.typeOf(*owner, *name), "", '2');
    }
    add("training", kVariable, "bool", meaningOf(ag::Reference::givenNames(), "training"), '4');
    if (definition->kind == ag::OutlineDefinition::Kind::train)
      for (const ag::Word &word : ag::Reference::runNumbers())
        add(word.name, kVariable, "f32[]", word.meaning, '3');
  }

  void addDefinitions() {
    using DefinitionKind = ag::OutlineDefinition::Kind;
    for (const ag::OutlineDefinition &item : outline_.definitions()) {
      if (item.name.empty() || item.kind == DefinitionKind::train || item.kind == DefinitionKind::entry)
        continue;
      Kind kind = item.kind == DefinitionKind::constant ? kConstant : kClass;
      add(item.name, kind, item.signature, item.comment, '3');
    }
  }

  const View &view_;
  const ag::Outline &outline_;
  unsigned offset_, begin_ = 0;
  json::Array items_;
  llvm::StringSet<> seen_;
};

} // namespace

json::Value argent::lsp::completion(const View &view, unsigned offset) { return Completer(view, offset).run(); }
