//===- Meaning.cpp - what the name at a place means -------------------------------------===//
#include "Document.h"

#include "frontends/ag/query/Reference.h"

#include "llvm/ADT/STLExtras.h"

using namespace argent;
using namespace argent::lsp;
using llvm::StringRef;

std::string argent::lsp::describe(const ag::Fact &fact) {
  std::string text = llvm::join(fact.values, " or ");
  return text + (fact.hasMore ? " …" : "");
}

static std::string keyOf(const ag::OutlineDefinition &definition, const ag::OutlineName &name) {
  return definition.name + "/" + name.name;
}

std::string View::typeOf(const ag::OutlineDefinition &definition, const ag::OutlineName &name) const {
  if (const ag::Fact *fact = factAt(name.begin); fact && !fact->values.empty())
    return describe(*fact);
  if (!name.declared.empty())
    return name.declared;
  if (lastTypes)
    if (auto found = lastTypes->find(keyOf(definition, name)); found != lastTypes->end())
      return found->second;
  return "";
}

static std::string meaningOfWord(llvm::ArrayRef<ag::Word> words, StringRef name) {
  for (const ag::Word &word : words)
    if (word.name == name)
      return word.meaning.str();
  return "";
}

Meaning argent::lsp::meaningAt(const View &view, unsigned offset) {
  const ag::Outline &outline = view.outline();
  const ag::Reference &reference = ag::Reference::get();
  Meaning meaning;
  const ag::Token *token = outline.nameAt(offset);
  if (!token)
    return meaning;
  StringRef name = token->text;
  meaning.name = name.str();
  meaning.begin = outline.offsetOf(*token);
  meaning.end = meaning.begin + name.size();
  if (token->kind != ag::Tok::name) {
    meaning.text = meaningOfWord(ag::Reference::keywords(), name);
    if (!meaning.text.empty())
      meaning.kind = Meaning::Kind::word;
    return meaning;
  }
  const ag::Token *first = outline.tokens().data(), *last = first + outline.tokens().size();
  const ag::Token *before = token > first ? token - 1 : nullptr, *after = token + 1 < last ? token + 1 : nullptr;

  // A definition where it is defined, an import where it is imported.
  for (const ag::OutlineDefinition &item : outline.definitions())
    if (item.nameBegin == meaning.begin) {
      meaning.definition = &item;
      meaning.kind =
          item.kind == ag::OutlineDefinition::Kind::import ? Meaning::Kind::import : Meaning::Kind::definition;
      // `train m` means the model.
      if (item.kind == ag::OutlineDefinition::Kind::train)
        if (const ag::OutlineDefinition *model = outline.find(name))
          meaning.definition = model;
      return meaning;
    }
  if (before && before->kind == ag::Tok::kwFrom && reference.findSource(name)) {
    meaning.kind = Meaning::Kind::source;
    return meaning;
  }
  // The name of an argument.
  if (after && after->kind == ag::Tok::assign && before &&
      (before->kind == ag::Tok::leftParen || before->kind == ag::Tok::comma)) {
    if (auto call = outline.callAt(meaning.begin)) {
      if (call->calleeBegin < meaning.begin && llvm::is_contained(call->given, meaning.name)) {
        meaning.kind = Meaning::Kind::argument;
        meaning.callee = call->callee;
        const ag::OutlineDefinition *definition = outline.find(call->callee);
        ag::Callable own;
        const ag::Callable *callable =
            call->isSource ? reference.findSource(call->callee) : reference.find(call->callee);
        if (definition && !call->isSource) {
          own = ag::callableOf(*definition);
          callable = &own;
        }
        if (callable)
          for (const ag::OutlineParameter &parameter : callable->parameters)
            if (parameter.name == meaning.name) {
              meaning.text =
                  parameter.name + ": " + parameter.type + (parameter.initial.empty() ? "" : " = " + parameter.initial);
              if (definition && callable == &own)
                meaning.definition = definition;
            }
        if (meaning.text.empty() && name == "name")
          meaning.text = "name: str";
        return meaning;
      }
    }
  }
  // Settings where they are set.
  bool isFirst = !before || (before->kind != ag::Tok::comma && before->kind != ag::Tok::leftParen);
  if (after && after->kind == ag::Tok::assign && isFirst) {
    ag::Tok block = outline.blockAt(meaning.begin);
    if (block == ag::Tok::kwOn)
      meaning.text = meaningOfWord(ag::Reference::ruleSettings(), name);
    else if (block == ag::Tok::kwTrain)
      meaning.text = meaningOfWord(ag::Reference::trainSettings(), name);
    if (!meaning.text.empty()) {
      meaning.kind = Meaning::Kind::setting;
      if (block == ag::Tok::kwOn)
        return meaning;
    }
  }
  // A local name: evaluation knows which binding it means, the outline guesses.
  if (const ag::OutlineName *local = outline.resolve(name, meaning.begin)) {
    meaning.local = local;
    const ag::OutlineDefinition *definition = outline.definitionAt(meaning.begin);
    const ag::OutlineDefinition *model = definition ? outline.modelOf(*definition) : nullptr;
    meaning.definition = definition;
    if (model && local >= model->names.data() && local < model->names.data() + model->names.size())
      meaning.definition = model;
    if (const ag::Fact *fact = view.factAt(meaning.begin); fact && fact->definition >= 0)
      for (const ag::OutlineDefinition *owner : {definition, model})
        if (owner)
          for (const ag::OutlineName &exact : owner->names)
            if (exact.begin == static_cast<unsigned>(fact->definition)) {
              meaning.local = &exact;
              meaning.definition = owner;
            }
    if (meaning.kind == Meaning::Kind::none)
      meaning.kind = Meaning::Kind::local;
    return meaning;
  }
  if (meaning.kind != Meaning::Kind::none)
    return meaning;
  if (const ag::OutlineDefinition *item = outline.find(name)) {
    meaning.definition = item;
    meaning.kind =
        item->kind == ag::OutlineDefinition::Kind::import ? Meaning::Kind::import : Meaning::Kind::definition;
    return meaning;
  }
  // `f32(x)` is a cast, `f32[N]` a type.
  bool isType = !after || after->kind != ag::Tok::leftParen;
  if (std::string type = meaningOfWord(ag::Reference::types(), name); isType && !type.empty()) {
    meaning.kind = Meaning::Kind::word;
    meaning.text = type;
    return meaning;
  }
  if (const ag::Callable *callable = reference.find(name)) {
    meaning.kind = callable->isOperation ? Meaning::Kind::operation : Meaning::Kind::library;
    return meaning;
  }
  meaning.text = meaningOfWord(ag::Reference::givenNames(), name);
  if (meaning.text.empty())
    meaning.text = meaningOfWord(ag::Reference::runNumbers(), name);
  if (!meaning.text.empty())
    meaning.kind = Meaning::Kind::word;
  return meaning;
}
