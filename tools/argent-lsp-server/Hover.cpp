//===- Hover.cpp - what a name is, and help inside of a call ------------------------------===//
#include "Document.h"

#include "frontends/ag/query/Reference.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/raw_ostream.h"

using namespace argent;
using namespace argent::lsp;
using llvm::StringRef;
namespace json = llvm::json;

static std::string grouped(int64_t value) {
  std::string digits = std::to_string(value);
  for (size_t i = digits.size(); i > 3; i -= 3)
    digits.insert(i - 3, ",");
  return digits;
}

static std::string code(StringRef text) { return ("```ag\n" + text + "\n```\n").str(); }

/// The parameters that a call or a declaration makes, as a list.
static std::string listParameters(const ag::Fact &fact) {
  if (fact.parameters.empty())
    return "";
  constexpr size_t kMaxShown = 8;
  int64_t total = 0;
  size_t trained = 0;
  std::string rows;
  for (const auto &[index, parameter] : llvm::enumerate(fact.parameters)) {
    total += parameter.isState ? 0 : parameter.elements;
    trained += !parameter.isState;
    if (index < kMaxShown)
      rows += "- `" + parameter.path + ": " + parameter.type + "` " + (parameter.isState ? "state, " : "") +
              parameter.initial + "\n";
  }
  if (fact.parameters.size() > kMaxShown)
    rows += "- … " + std::to_string(fact.parameters.size() - kMaxShown) + " more\n";
  std::string head = trained ? grouped(total) + " trained numbers\n\n" : "";
  return head + rows;
}

static std::string describeCall(const ag::Fact *fact) {
  if (!fact)
    return "";
  std::string text;
  if (fact->isResult)
    text += "Gives `" + describe(*fact) + "` here.\n\n";
  return text + listParameters(*fact);
}

/// A long signature with a line for each parameter.
static std::string wrap(StringRef signature) {
  constexpr size_t kWidth = 100;
  size_t open = signature.find('(');
  if (signature.size() <= kWidth || open == StringRef::npos)
    return signature.str();
  std::string text = signature.take_front(open + 1).str() + "\n    ";
  unsigned depth = 1;
  bool inString = false;
  size_t i = open + 1;
  for (; i < signature.size() && depth > 0; ++i) {
    char c = signature[i];
    inString ^= c == '"';
    depth += !inString && (c == '(' || c == '[');
    depth -= !inString && (c == ')' || c == ']');
    if (depth == 0)
      text += "\n)";
    else
      text += c;
    if (depth == 1 && c == ',' && !inString) {
      text += "\n    ";
      i += i + 1 < signature.size() && signature[i + 1] == ' ';
    }
  }
  return text + signature.drop_front(i).str();
}

static std::string describeCallable(const ag::Callable &callable, const ag::Fact *fact) {
  std::string text = code(wrap((callable.isOperation ? "" : "layer ") + callable.signature));
  if (!callable.meaning.empty())
    text += callable.meaning + "\n\n";
  if (!callable.file.empty())
    text += "`" + callable.file + "`\n\n";
  return text + describeCall(fact);
}

static StringRef kindName(const ag::OutlineDefinition &definition, const ag::OutlineName &name) {
  using Kind = ag::OutlineName::Kind;
  switch (name.kind) {
  case Kind::parameter:
    if (definition.kind == ag::OutlineDefinition::Kind::layer)
      return "argument";
    return StringRef(name.declared).contains('[') && !StringRef(name.declared).starts_with("list") ? "input"
                                                                                                   : "setting";
  case Kind::dimension:
    return "dimension";
  case Kind::param:
    return "param";
  case Kind::state:
    return "state";
  case Kind::metric:
    return "metric";
  case Kind::loop:
    return "in a loop";
  case Kind::output:
    return "output";
  default:
    return "";
  }
}

static std::string describeLocal(const View &view, const Meaning &meaning) {
  const ag::OutlineName &local = *meaning.local;
  const ag::Fact *fact = view.factAt(meaning.begin);
  // What is called is a layer here: its call gives the value.
  std::string type;
  if (fact && !fact->values.empty())
    type = describe(*fact);
  else
    type = view.typeOf(*meaning.definition, local);
  // A dimension that is known by its own name only.
  if (meaning.name == "N" && (type == "N" || type.empty()))
    return "`N`: the batch, the one dimension that stays open in the compiled model.\n";
  StringRef kind = kindName(*meaning.definition, local);
  bool isTensor = type.find('[') != std::string::npos && type.find('"') == std::string::npos;
  std::string text = code(meaning.name + (type.empty() ? "" : (isTensor ? ": " : " = ") + type));
  std::string notes;
  if (!kind.empty())
    notes += kind.str() + " of `" + meaning.definition->name + "`";
  if (!local.declared.empty() && local.declared != type)
    notes += (notes.empty() ? "declared `" : ", declared `") + local.declared + "`";
  if (!notes.empty())
    text += notes + "\n\n";
  if (fact)
    text += listParameters(*fact);
  if (const ag::Fact *declaration = view.factAt(local.begin); declaration && declaration != fact)
    text += listParameters(*declaration);
  return text;
}

static std::string hoverText(const View &view, const Meaning &meaning) {
  const ag::Reference &reference = ag::Reference::get();
  const ag::Fact *fact = view.factAt(meaning.begin);
  switch (meaning.kind) {
  case Meaning::Kind::none:
    return "";
  case Meaning::Kind::local:
    return describeLocal(view, meaning);
  case Meaning::Kind::definition: {
    const ag::OutlineDefinition &definition = *meaning.definition;
    std::string text = code(wrap(definition.signature));
    if (!definition.comment.empty())
      text += definition.comment + "\n\n";
    bool isConstant = definition.kind == ag::OutlineDefinition::Kind::constant;
    if (isConstant && fact && !fact->values.empty())
      return text + "`" + describe(*fact) + "`\n";
    return text + (definition.nameBegin == meaning.begin ? "" : describeCall(fact));
  }
  case Meaning::Kind::import:
    return code(meaning.definition->signature) + describeCall(fact);
  case Meaning::Kind::library:
  case Meaning::Kind::operation:
    return describeCallable(*reference.find(meaning.name), fact);
  case Meaning::Kind::source:
    return describeCallable(*reference.findSource(meaning.name), nullptr);
  case Meaning::Kind::argument:
    return meaning.text.empty() ? "" : code(meaning.text) + "argument of `" + meaning.callee + "`\n";
  case Meaning::Kind::setting: {
    std::string value = fact && !fact->values.empty() ? " = " + describe(*fact) : "";
    return code(meaning.name + value) + meaning.text + "\n";
  }
  case Meaning::Kind::word: {
    std::string value = fact && !fact->values.empty() ? code(meaning.name + " = " + describe(*fact)) : "";
    return value + meaning.text + "\n";
  }
  }
  return "";
}

json::Value argent::lsp::hover(const View &view, unsigned offset) {
  if (view.outline().isInCommentOrString(offset))
    return nullptr;
  Meaning meaning = meaningAt(view, offset);
  std::string text = hoverText(view, meaning);
  if (text.empty())
    return nullptr;
  return json::Object{{"contents", json::Object{{"kind", "markdown"}, {"value", clean(StringRef(text).rtrim())}}},
                      {"range", view.document->text.range(meaning.begin, meaning.end)}};
}

//===- Signature help ------------------------------------------------------------------------===//

json::Value argent::lsp::signatureHelp(const View &view, unsigned offset) {
  const ag::Outline &outline = view.outline();
  const ag::Reference &reference = ag::Reference::get();
  auto call = outline.callAt(offset);
  if (!call || outline.isInCommentOrString(offset))
    return nullptr;
  ag::Callable own;
  const ag::Callable *callable = nullptr;
  if (call->isSource) {
    callable = reference.findSource(call->callee);
  } else if (const ag::OutlineDefinition *definition = outline.find(call->callee);
             definition && !definition->signature.empty() &&
             definition->kind != ag::OutlineDefinition::Kind::constant &&
             definition->kind != ag::OutlineDefinition::Kind::import) {
    own = ag::callableOf(*definition);
    callable = &own;
  } else {
    callable = reference.find(call->callee);
  }
  if (!callable)
    return nullptr;
  json::Array parameters;
  size_t from = callable->signature.find('(');
  size_t active = callable->parameters.size();
  // Without tensors a call makes an instance: its arguments begin behind them. A pipe gives the first one.
  size_t position = call->positional + call->isPiped;
  for (const auto &[index, parameter] : llvm::enumerate(callable->parameters)) {
    size_t begin = callable->signature.find(parameter.name, from);
    if (begin == std::string::npos)
      begin = from;
    size_t end = begin + parameter.name.size();
    from = end;
    parameters.push_back(json::Object{{"label", json::Array{static_cast<int64_t>(begin), static_cast<int64_t>(end)}},
                                      {"documentation", clean(parameter.name + ": " + parameter.type)}});
    if (call->keyword.empty() ? index == position : parameter.name == call->keyword)
      active = index;
  }
  return json::Object{{"signatures", json::Array{json::Object{{"label", clean(callable->signature)},
                                                              {"documentation", clean(callable->meaning)},
                                                              {"parameters", std::move(parameters)}}}},
                      {"activeSignature", 0},
                      {"activeParameter", static_cast<int64_t>(active)}};
}
