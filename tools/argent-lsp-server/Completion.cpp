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
  Completer(const View &view, unsigned offset) : view(view), outline(view.outline()), offset(offset) {}

  json::Value run() {
    StringRef text = outline.text();
    begin = offset;
    while (begin > 0 && (llvm::isAlnum(text[begin - 1]) || text[begin - 1] == '_'))
      --begin;
    bool inNumber = begin < offset && llvm::isDigit(text[begin]);
    if (!outline.isInCommentOrString(offset) && !inNumber)
      addAll();
    return json::Object{{"isIncomplete", false}, {"items", std::move(items)}};
  }

private:
  void add(StringRef name, Kind kind, StringRef detail, StringRef documentation, char rank, StringRef insert = "") {
    if (!seen.insert(name).second)
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
    items.push_back(std::move(item));
  }

  void addAll() {
    const ag::Reference &reference = ag::Reference::get();
    const ag::Token *before = outline.tokenBefore(begin);
    ag::Tok last = before ? before->kind : ag::Tok::endOfFile;
    // On a line of its own nothing before it counts.
    StringRef head = outline.text().take_front(begin);
    StringRef line = head.substr(head.rfind('\n') + 1);
    bool lineStart = line.trim().empty();

    if (last == ag::Tok::kwFrom) {
      for (const ag::Callable &source : reference.sources())
        add(source.name, kModule, source.signature, source.meaning, '1');
      return;
    }
    if (last == ag::Tok::kwImport)
      return;
    const ag::OutlineDefinition *definition = outline.definitionAt(begin);
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
      for (const ag::OutlineDefinition &item : outline.definitions())
        if (item.kind == ag::OutlineDefinition::Kind::model)
          add(item.name, kClass, item.signature, item.comment, '1');
      return;
    }
    if (definition && begin >= definition->nameBegin && begin <= definition->nameEnd)
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
    for (const ag::Token &token : outline.tokens()) {
      if (outline.offsetOf(token) < definition->begin || outline.offsetOf(token) >= begin)
        continue;
      depth += token.kind == ag::Tok::leftBracket;
      depth -= token.kind == ag::Tok::rightBracket;
    }
    return depth <= 0;
  }

  void addArguments() {
    auto call = outline.callAt(begin);
    if (!call)
      return;
    const ag::Reference &reference = ag::Reference::get();
    // Only where an argument begins.
    const ag::Token *before = outline.tokenBefore(begin);
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
    } else if (const ag::OutlineDefinition *definition = outline.find(call->callee)) {
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
    ag::Tok block = outline.blockAt(begin);
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

  bool endsWithSemicolon() const { return outline.text().take_front(begin).rtrim().ends_with(";"); }

  void addLocals(const ag::OutlineDefinition *definition) {
    if (!definition)
      return;
    for (const ag::OutlineName *name : outline.visibleAt(begin)) {
      const ag::OutlineDefinition *owner = definition;
      if (const ag::OutlineDefinition *model = outline.modelOf(*definition);
          model && name >= model->names.data() && name < model->names.data() + model->names.size())
        owner = model;
      add(name->name, kVariable, view.typeOf(*owner, *name), "", '2');
    }
    add("training", kVariable, "bool", meaningOf(ag::Reference::givenNames(), "training"), '4');
    if (definition->kind == ag::OutlineDefinition::Kind::train)
      for (const ag::Word &word : ag::Reference::runNumbers())
        add(word.name, kVariable, "f32[]", word.meaning, '3');
  }

  void addDefinitions() {
    using DefinitionKind = ag::OutlineDefinition::Kind;
    for (const ag::OutlineDefinition &item : outline.definitions()) {
      if (item.name.empty() || item.kind == DefinitionKind::train || item.kind == DefinitionKind::entry)
        continue;
      Kind kind = item.kind == DefinitionKind::constant ? kConstant : kClass;
      add(item.name, kind, item.signature, item.comment, '3');
    }
  }

  const View &view;
  const ag::Outline &outline;
  unsigned offset, begin = 0;
  json::Array items;
  llvm::StringSet<> seen;
};

} // namespace

json::Value argent::lsp::completion(const View &view, unsigned offset) { return Completer(view, offset).run(); }
