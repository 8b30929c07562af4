//===- Outline.cpp - questions about a place in an outline ------------------------------===//
#include "frontends/ag/query/Outline.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringSet.h"

using namespace argent::ag;
using llvm::StringRef;

bool OutlineParameter::isTensor() const {
  StringRef written = type;
  if (written.consume_front("list["))
    return written.contains('[');
  return written.contains('[') || written == "tensor";
}

//===- Tokens ----------------------------------------------------------------------------===//

const Token *Outline::tokenBefore(unsigned offset) const {
  auto after = llvm::partition_point(tokenList_,
                                     [&](const Token &token) { return offsetOf(token) + token.text.size() <= offset; });
  return after == tokenList_.begin() ? nullptr : &*std::prev(after);
}

const Token *Outline::nameAt(unsigned offset) const {
  auto isName = [](const Token &token) { return token.kind == Tok::name || isKeyword(token.kind); };
  auto found = llvm::partition_point(tokenList_,
                                     [&](const Token &token) { return offsetOf(token) + token.text.size() < offset; });
  // Between two tokens that touch, the one that is a name.
  for (; found != tokenList_.end() && offsetOf(*found) <= offset; ++found)
    if (isName(*found))
      return &*found;
  return nullptr;
}

bool Outline::isInCommentOrString(unsigned offset) const {
  StringRef line = text().take_front(offset);
  line = line.substr(line.rfind('\n') + 1);
  bool inString = false;
  for (size_t i = 0; i < line.size(); ++i) {
    if (inString && line[i] == '\\')
      ++i;
    else if (line[i] == '"')
      inString = !inString;
    else if (line[i] == '#' && !inString)
      return true;
  }
  return inString;
}

//===- Names -----------------------------------------------------------------------------===//

const OutlineDefinition *Outline::definitionAt(unsigned offset) const {
  // Behind the last token of a definition that is not closed, one is still in it.
  const OutlineDefinition *found = nullptr;
  for (const OutlineDefinition &item : items_)
    if (item.begin <= offset)
      found = &item;
  if (!found || found->kind == OutlineDefinition::Kind::import)
    return nullptr;
  if (offset <= found->end)
    return found;
  if (found->kind == OutlineDefinition::Kind::constant)
    return nullptr;
  if (!found->bodyBegin) // its head is being written
    return found;
  int depth = 0;
  for (const Token &token : tokenList_) {
    if (offsetOf(token) < found->begin || offsetOf(token) >= found->end)
      continue;
    depth += token.kind == Tok::leftBrace;
    depth -= token.kind == Tok::rightBrace;
  }
  return depth > 0 ? found : nullptr;
}

const OutlineDefinition *Outline::find(StringRef name) const {
  for (const OutlineDefinition &item : items_)
    if (item.name == name && item.kind != OutlineDefinition::Kind::train && item.kind != OutlineDefinition::Kind::entry)
      return &item;
  return nullptr;
}

const OutlineDefinition *Outline::modelOf(const OutlineDefinition &definition) const {
  if (definition.kind != OutlineDefinition::Kind::train && definition.kind != OutlineDefinition::Kind::entry)
    return nullptr;
  const OutlineDefinition *model = find(definition.name);
  return model && model->kind == OutlineDefinition::Kind::model ? model : nullptr;
}

/// The last binding before the offset; of names that are bound behind it only (in a loop), the first.
static const OutlineName *resolveIn(const OutlineDefinition &definition, StringRef name, unsigned offset) {
  const OutlineName *before = nullptr, *after = nullptr;
  for (const OutlineName &known : definition.names) {
    if (known.name != name || offset < known.scopeBegin || (offset > known.scopeEnd && offset <= definition.end))
      continue;
    if (known.begin <= offset && offset <= known.end)
      return &known;
    if (known.knownFrom <= offset && (!before || known.begin >= before->begin))
      before = &known;
    if (!after)
      after = &known;
  }
  return before ? before : after;
}

const OutlineName *Outline::resolve(StringRef name, unsigned offset) const {
  const OutlineDefinition *definition = definitionAt(offset);
  if (!definition)
    return nullptr;
  if (const OutlineName *own = resolveIn(*definition, name, offset))
    return own;
  const OutlineDefinition *model = modelOf(*definition);
  return model ? resolveIn(*model, name, model->end) : nullptr;
}

std::vector<const OutlineName *> Outline::visibleAt(unsigned offset) const {
  std::vector<const OutlineName *> result;
  const OutlineDefinition *definition = definitionAt(offset);
  if (!definition)
    return result;
  llvm::StringSet<> seen;
  auto add = [&](const OutlineDefinition &from, unsigned at) {
    for (const OutlineName &name : llvm::reverse(from.names)) {
      bool visible = name.knownFrom <= at && name.scopeBegin <= at && (at <= name.scopeEnd || at > from.end);
      if (visible && seen.insert(name.name).second)
        result.push_back(&name);
    }
  };
  add(*definition, offset);
  if (const OutlineDefinition *model = modelOf(*definition))
    add(*model, model->end);
  return result;
}

//===- Calls and blocks --------------------------------------------------------------------===//

std::optional<OutlineCall> Outline::callAt(unsigned offset) const {
  // From the last token before the offset back to the parenthesis that is open.
  int open = -1;
  int last =
      static_cast<int>(llvm::partition_point(tokenList_, [&](const Token &token) { return offsetOf(token) < offset; }) -
                       tokenList_.begin()) -
      1;
  unsigned depth = 0;
  for (int i = last; i >= 0; --i) {
    Tok kind = tokenList_[i].kind;
    if (kind == Tok::rightParen || kind == Tok::rightBracket) {
      if (offsetOf(tokenList_[i]) + 1 <= offset)
        ++depth;
    } else if (kind == Tok::leftParen || kind == Tok::leftBracket) {
      if (depth > 0) {
        --depth;
        continue;
      }
      if (kind == Tok::leftParen && i > 0 &&
          (tokenList_[i - 1].kind == Tok::name || tokenList_[i - 1].kind == Tok::kwScan)) {
        open = i;
        break;
      }
    } else if (kind == Tok::leftBrace || kind == Tok::rightBrace) {
      return std::nullopt;
    }
  }
  if (open < 0)
    return std::nullopt;
  OutlineCall call;
  const Token &callee = tokenList_[open - 1];
  call.callee = callee.text.str();
  call.calleeBegin = offsetOf(callee);
  Tok before = open >= 2 ? tokenList_[open - 2].kind : Tok::endOfFile;
  // The head of a definition is no call.
  if (before == Tok::kwLayer || before == Tok::kwModel || before == Tok::kwTrain || before == Tok::kwEntry ||
      before == Tok::dot)
    return std::nullopt;
  call.isPiped = before == Tok::pipe;
  call.isSource = before == Tok::kwFrom;
  // The arguments, to the closing parenthesis: those behind the offset are given as well.
  depth = 0;
  bool first = true;
  for (size_t i = open + 1; i < tokenList_.size(); ++i) {
    const Token &token = tokenList_[i];
    if (token.kind == Tok::leftBrace || token.kind == Tok::rightBrace)
      break;
    if (token.kind == Tok::leftParen || token.kind == Tok::leftBracket)
      ++depth;
    if ((token.kind == Tok::rightParen || token.kind == Tok::rightBracket) && depth-- == 0)
      break;
    if (depth)
      continue;
    bool isBefore = offsetOf(token) < offset;
    if (token.kind == Tok::comma) {
      if (isBefore) {
        if (call.keyword.empty())
          ++call.positional;
        call.keyword.clear();
      }
      first = true;
      continue;
    }
    if (first && token.kind == Tok::name && i + 1 < tokenList_.size() && tokenList_[i + 1].kind == Tok::assign) {
      call.given.push_back(token.text.str());
      if (isBefore)
        call.keyword = token.text.str();
    }
    first = false;
  }
  return call;
}

Tok Outline::blockAt(unsigned offset) const {
  const OutlineDefinition *definition = definitionAt(offset);
  if (!definition || !definition->bodyBegin || offset < definition->bodyBegin)
    return Tok::endOfFile;
  std::vector<Tok> blocks;
  Tok statement = Tok::endOfFile;
  for (const auto &[token, begins] : llvm::zip(tokenList_, beginsStatement_)) {
    if (offsetOf(token) < definition->begin)
      continue;
    if (offsetOf(token) >= offset)
      break;
    if (begins || token.kind == Tok::kwScan)
      statement = token.kind;
    if (token.kind == Tok::leftBrace)
      blocks.push_back(statement);
    else if (token.kind == Tok::rightBrace && !blocks.empty())
      blocks.pop_back();
  }
  return blocks.empty() ? Tok::endOfFile : blocks.back();
}
