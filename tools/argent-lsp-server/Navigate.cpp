//===- Navigate.cpp - definitions, references, renaming, symbols, formatting ------------===//
#include "Document.h"

#include "LibraryFiles.h"

#include "frontends/ag/Frontend.h"
#include "frontends/ag/query/Reference.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"

using namespace argent;
using namespace argent::lsp;
using llvm::StringRef;
namespace json = llvm::json;
using DefinitionKind = ag::OutlineDefinition::Kind;

static json::Value locationHere(const View &view, unsigned begin, unsigned end) {
  return json::Object{{"uri", view.document->uri}, {"range", view.document->text.range(begin, end)}};
}

/// A layer of the standard library, or one of its parameters.
static json::Value locationInLibrary(const ag::Callable &callable, StringRef parameter = "") {
  if (callable.file.empty())
    return nullptr;
  std::string path = materializeLibrary(callable.file);
  if (path.empty())
    return nullptr;
  unsigned begin = callable.nameBegin, end = callable.nameEnd;
  for (const ag::OutlineParameter &known : callable.parameters)
    if (known.name == parameter) {
      begin = known.begin;
      end = known.end;
    }
  for (const auto &[name, outline] : ag::Reference::get().library())
    if (name == callable.file)
      return json::Object{{"uri", uriOfPath(path)}, {"range", Text(outline.text()).range(begin, end)}};
  return nullptr;
}

json::Value argent::lsp::definition(const View &view, unsigned offset) {
  const ag::Outline &outline = view.outline();
  const ag::Reference &reference = ag::Reference::get();
  // The file's name of an import.
  if (const ag::Token *token = outline.tokenBefore(offset + 1); token && token->kind == ag::Tok::string)
    for (const ag::OutlineDefinition &item : outline.definitions())
      if (item.kind == DefinitionKind::import && item.begin <= offset && offset <= item.end &&
          offset >= outline.offsetOf(*token))
        return locationInImport(view.document->path, item.file, "");
  if (outline.isInCommentOrString(offset))
    return nullptr;
  Meaning meaning = meaningAt(view, offset);
  switch (meaning.kind) {
  case Meaning::Kind::local:
    return locationHere(view, meaning.local->begin, meaning.local->end);
  case Meaning::Kind::setting:
    return meaning.local ? locationHere(view, meaning.local->begin, meaning.local->end) : json::Value(nullptr);
  case Meaning::Kind::definition:
    return locationHere(view, meaning.definition->nameBegin, meaning.definition->nameEnd);
  case Meaning::Kind::import: {
    json::Value there = locationInImport(view.document->path, meaning.definition->file, meaning.name);
    if (there.kind() != json::Value::Null)
      return there;
    return locationHere(view, meaning.definition->nameBegin, meaning.definition->nameEnd);
  }
  case Meaning::Kind::library:
    return locationInLibrary(*reference.find(meaning.name));
  case Meaning::Kind::argument:
    if (meaning.definition) {
      for (const ag::OutlineParameter &parameter : meaning.definition->parameters)
        if (parameter.name == meaning.name)
          return locationHere(view, parameter.begin, parameter.end);
      return nullptr;
    }
    if (const ag::Callable *callable = reference.find(meaning.callee))
      return locationInLibrary(*callable, meaning.name);
    return nullptr;
  default:
    return nullptr;
  }
}

//===- References -------------------------------------------------------------------------===//

namespace {
struct Occurrence {
  unsigned begin, end;
  bool isBinding;
};
} // namespace

/// All places of the text that name what is named at the offset; of a local, each of its bindings in the body.
static std::vector<Occurrence> findOccurrences(const View &view, const Meaning &target) {
  std::vector<Occurrence> result;
  const ag::Outline &outline = view.outline();
  bool isLocal = target.local != nullptr;
  bool isDefinition = target.kind == Meaning::Kind::definition || target.kind == Meaning::Kind::import;
  if (!isLocal && !isDefinition)
    return result;
  bool isParameter = isLocal && llvm::any_of(target.definition->parameters, [&](const ag::OutlineParameter &parameter) {
                       return parameter.name == target.name;
                     });
  for (const ag::Token &token : outline.tokens()) {
    unsigned begin = outline.offsetOf(token);
    if (token.kind == ag::Tok::name && token.text == target.name) {
      Meaning meaning = meaningAt(view, begin);
      bool same = isLocal ? meaning.local && meaning.definition == target.definition
                          : !meaning.local && meaning.definition == target.definition && meaning.kind == target.kind;
      // The parameter of a definition, where a call names it.
      if (isParameter && meaning.kind == Meaning::Kind::argument)
        same = meaning.definition == target.definition;
      else if (meaning.kind == Meaning::Kind::argument)
        same = false;
      if (same)
        result.push_back({begin, static_cast<unsigned>(begin + token.text.size()),
                          meaning.local ? meaning.local->begin == begin : meaning.definition->nameBegin == begin});
    } else if (isLocal && token.kind == ag::Tok::string) {
      // `{name}` in a string.
      const ag::OutlineDefinition *definition = outline.definitionAt(begin);
      bool sees = definition == target.definition || (definition && outline.modelOf(*definition) == target.definition);
      std::string pattern = "{" + target.name + "}";
      for (size_t at = token.text.find(pattern); sees && at != StringRef::npos; at = token.text.find(pattern, at + 1)) {
        unsigned first = begin + at + 1;
        if (token.text[at - 1] != '\\' && outline.resolve(target.name, first))
          result.push_back({first, static_cast<unsigned>(first + target.name.size()), false});
      }
    }
  }
  return result;
}

json::Value argent::lsp::references(const View &view, unsigned offset, bool withDeclaration) {
  json::Array locations;
  for (const Occurrence &place : findOccurrences(view, meaningAt(view, offset)))
    if (withDeclaration || !place.isBinding)
      locations.push_back(locationHere(view, place.begin, place.end));
  return locations;
}

json::Value argent::lsp::highlights(const View &view, unsigned offset) {
  constexpr int kRead = 2, kWrite = 3;
  json::Array places;
  for (const Occurrence &place : findOccurrences(view, meaningAt(view, offset)))
    places.push_back(json::Object{{"range", view.document->text.range(place.begin, place.end)},
                                  {"kind", place.isBinding ? kWrite : kRead}});
  return places;
}

/// Settings and what the language gives have their names for good.
static bool canRename(const Meaning &meaning) {
  if (meaning.kind == Meaning::Kind::local)
    return meaning.name != "N" && meaning.name != "training";
  return meaning.kind == Meaning::Kind::definition;
}

json::Value argent::lsp::prepareRename(const View &view, unsigned offset) {
  Meaning meaning = meaningAt(view, offset);
  if (!canRename(meaning))
    return nullptr;
  return json::Object{{"range", view.document->text.range(meaning.begin, meaning.end)}, {"placeholder", meaning.name}};
}

json::Value argent::lsp::rename(const View &view, unsigned offset, StringRef newName, std::string &problem) {
  Meaning meaning = meaningAt(view, offset);
  bool isName = !newName.empty() && !llvm::isDigit(newName[0]) &&
                llvm::all_of(newName, [](char c) { return llvm::isAlnum(c) || c == '_'; });
  for (const ag::Word &word : ag::Reference::keywords())
    isName &= word.name != newName;
  if (!canRename(meaning))
    problem = "this cannot be renamed";
  else if (!isName)
    problem = "`" + newName.str() + "` is not a name";
  else if (meaning.local && newName != meaning.name &&
           llvm::any_of(meaning.definition->names, [&](const ag::OutlineName &n) { return n.name == newName; }))
    problem = "`" + newName.str() + "` is a name in `" + meaning.definition->name + "` already";
  else if (!meaning.local && newName != meaning.name && view.outline().find(newName))
    problem = "`" + newName.str() + "` is defined already";
  if (!problem.empty())
    return nullptr;
  json::Array edits;
  for (const Occurrence &place : findOccurrences(view, meaning))
    edits.push_back(
        json::Object{{"range", view.document->text.range(place.begin, place.end)}, {"newText", clean(newName)}});
  return json::Object{{"changes", json::Object{{view.document->uri, std::move(edits)}}}};
}

//===- Symbols ------------------------------------------------------------------------------===//

json::Value argent::lsp::documentSymbols(const View &view) {
  enum SymbolKind {
    kModule = 2,
    kClass = 5,
    kField = 8,
    kFunction = 12,
    kVariable = 13,
    kConstant = 14,
    kProperty = 7,
    kEvent = 24
  };
  const Text &text = view.document->text;
  json::Array symbols;
  auto symbol = [&](StringRef name, StringRef detail, int kind, unsigned begin, unsigned end, unsigned nameBegin,
                    unsigned nameEnd) {
    return json::Object{{"name", clean(name)},
                        {"detail", clean(detail)},
                        {"kind", kind},
                        {"range", text.range(begin, end)},
                        {"selectionRange", text.range(nameBegin, nameEnd)}};
  };
  for (const ag::OutlineDefinition &item : view.outline().definitions()) {
    if (item.name.empty())
      continue;
    int kind = item.kind == DefinitionKind::layer      ? kFunction
               : item.kind == DefinitionKind::model    ? kClass
               : item.kind == DefinitionKind::constant ? kConstant
               : item.kind == DefinitionKind::import   ? kModule
                                                       : kEvent;
    std::string name = item.kind == DefinitionKind::train   ? "train " + item.name
                       : item.kind == DefinitionKind::entry ? item.name + "." + item.entry
                                                            : item.name;
    bool isNamedBlock = item.kind != DefinitionKind::constant && item.kind != DefinitionKind::import;
    json::Object whole =
        symbol(name, isNamedBlock ? item.signature : "", kind, item.begin, item.end, item.nameBegin, item.nameEnd);
    json::Array children;
    llvm::StringRef last;
    for (const ag::OutlineName &local : item.names) {
      using Kind = ag::OutlineName::Kind;
      bool shown = local.kind == Kind::param || local.kind == Kind::state || local.kind == Kind::metric ||
                   (local.kind == Kind::variable && item.kind != DefinitionKind::layer && local.name != last);
      last = local.name;
      if (!shown || local.begin < item.bodyBegin)
        continue;
      int childKind = local.kind == Kind::variable ? kVariable : local.kind == Kind::metric ? kProperty : kField;
      children.push_back(symbol(local.name, view.typeOf(item, local), childKind, local.begin,
                                std::clamp(local.knownFrom, local.end, std::max(local.end, item.end)), local.begin,
                                local.end));
    }
    whole["children"] = std::move(children);
    symbols.push_back(std::move(whole));
  }
  return symbols;
}

//===- Formatting -----------------------------------------------------------------------------===//

json::Value argent::lsp::formatting(const View &view) {
  StringRef text = view.outline().text();
  std::string result;
  if (!ag::formatText(llvm::MemoryBufferRef(text, view.document->path), result, llvm::nulls()))
    return nullptr;
  if (result == text)
    return json::Array();
  // One edit, from the first line that differs to the last: the editor keeps the cursor elsewhere.
  size_t begin = 0, limit = std::min(text.size(), result.size());
  while (begin < limit && text[begin] == result[begin])
    ++begin;
  begin = text.take_front(begin).rfind('\n') == StringRef::npos ? 0 : text.take_front(begin).rfind('\n') + 1;
  size_t tail = 0;
  while (tail < limit - begin && text[text.size() - 1 - tail] == result[result.size() - 1 - tail])
    ++tail;
  while (tail > 0 && text[text.size() - tail] != '\n')
    --tail;
  return json::Array{json::Object{{"range", view.document->text.range(begin, text.size() - tail)},
                                  {"newText", clean(StringRef(result).slice(begin, result.size() - tail))}}};
}
