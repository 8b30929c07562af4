//===- OutlineReader.cpp - tokens to definitions and their names -----------------------===//
//   1. A definition begins with its keyword, or a constant's name, at the beginning of a line outside of blocks. What
//      is not indented begins one even if a block above was never closed.
//   2. Its head gives parameters, dimensions and outputs; the comment right above describes it.
//   3. Statements of its body bind names: what stands left of `=`, behind `param`, `state`, `metric` and `for`, and the
//      sources and carried values of a scan.
#include "frontends/ag/query/Outline.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSet.h"

using namespace argent::ag;
using llvm::StringRef;

namespace argent::ag {

class OutlineReader {
public:
  explicit OutlineReader(Outline &outline)
      : outline_(outline), text_(outline.text()), tokens_(outline.tokenList_), begins_(outline.beginsStatement_) {}

  void run() {
    lexText();
    for (size_t i = 0; i < tokens_.size();) {
      size_t end = i + 1;
      while (end < tokens_.size() && !beginsItem(end))
        ++end;
      if (beginsItem(i))
        readItem(i, end);
      i = end;
    }
  }

private:
  void lexText() {
    Diagnostics silent(llvm::nulls());
    bool begin = true;
    for (const Token &token : lex(text_, silent)) {
      if (token.kind == Tok::newline || token.kind == Tok::endOfFile) {
        begin = true;
        continue;
      }
      tokens_.push_back(token);
      begins_.push_back(begin || token.kind == Tok::rightBrace);
      begin = token.kind == Tok::leftBrace || token.kind == Tok::rightBrace;
    }
  }

  Tok kind(size_t i) const { return i < tokens_.size() ? tokens_[i].kind : Tok::endOfFile; }
  bool isDefinition(size_t i) const {
    return kind(i) == Tok::kwLayer || kind(i) == Tok::kwModel || kind(i) == Tok::kwTrain || kind(i) == Tok::kwEntry;
  }
  bool beginsItem(size_t i) const {
    const Token &token = tokens_[i];
    if (!token.startsLine || !token.atColumnOne)
      return false;
    return isDefinition(i) || token.kind == Tok::kwImport || (token.kind == Tok::name && kind(i + 1) == Tok::assign);
  }
  unsigned begin(size_t i) const { return tokens_[i].text.data() - text_.data(); }
  unsigned end(size_t i) const { return begin(i) + tokens_[i].text.size(); }
  /// The source from one token to before another, its blanks and line ends as one blank each.
  std::string sourceOf(size_t first, size_t last) const {
    if (first >= last || first >= tokens_.size())
      return "";
    std::string result;
    bool blank = false;
    for (size_t i = first; i != std::min(last, tokens_.size()); ++i) {
      blank = i > first && begin(i) > end(i - 1);
      result += (blank ? " " : "") + tokens_[i].text.str();
    }
    return result;
  }
  /// The bracket that closes the one at `open`, or the end.
  size_t closing(size_t open, size_t last) const {
    unsigned depth = 0;
    for (size_t i = open; i < last; ++i) {
      if (kind(i) == Tok::leftParen || kind(i) == Tok::leftBracket)
        ++depth;
      if ((kind(i) == Tok::rightParen || kind(i) == Tok::rightBracket) && --depth == 0)
        return i;
      if (kind(i) == Tok::leftBrace)
        return i;
    }
    return last;
  }

  void readItem(size_t first, size_t last) {
    OutlineDefinition item;
    item.begin = begin(first);
    item.end = end(last - 1);
    if (kind(first) == Tok::kwImport)
      return readImport(first, last, item);
    size_t name = kind(first) == Tok::name ? first : first + 1;
    if (name < last && kind(name) == Tok::name) {
      item.name = tokens_[name].text.str();
      item.nameBegin = begin(name);
      item.nameEnd = end(name);
    } else {
      item.nameBegin = item.nameEnd = end(first);
    }
    item.comment = commentAbove(item.begin);
    if (kind(first) == Tok::name) {
      item.kind = OutlineDefinition::Kind::constant;
      item.signature = sourceOf(first, last);
      outline_.items_.push_back(std::move(item));
      return;
    }
    item.kind = kind(first) == Tok::kwLayer   ? OutlineDefinition::Kind::layer
                : kind(first) == Tok::kwModel ? OutlineDefinition::Kind::model
                : kind(first) == Tok::kwTrain ? OutlineDefinition::Kind::train
                                              : OutlineDefinition::Kind::entry;
    if (kind(name + 1) == Tok::dot && kind(name + 2) == Tok::name && name + 2 < last) {
      name += 2;
      item.entry = tokens_[name].text.str();
      item.nameBegin = begin(name);
      item.nameEnd = end(name);
    }
    size_t at = name + 1;
    if (at < last && kind(at) == Tok::leftParen) {
      size_t close = closing(at, last);
      readParameters(at + 1, std::min(close, last), item);
      at = close < last && kind(close) != Tok::leftBrace ? close + 1 : close;
    }
    size_t brace = at;
    while (brace < last && kind(brace) != Tok::leftBrace && !(begins_[brace] && brace > at))
      ++brace;
    if (at < brace && kind(at) == Tok::arrow) {
      item.result = sourceOf(at + 1, brace);
      readResult(at + 1, brace, item);
    }
    item.signature = sourceOf(first, brace);
    if (brace < last && kind(brace) == Tok::leftBrace) {
      item.bodyBegin = end(brace);
      readBody(brace, last, item);
    }
    outline_.items_.push_back(std::move(item));
  }

  void readImport(size_t first, size_t last, OutlineDefinition item) {
    item.kind = OutlineDefinition::Kind::import;
    item.signature = sourceOf(first, last);
    for (size_t i = first; i < last; ++i)
      if (kind(i) == Tok::string)
        item.file = tokens_[i].text.drop_front().drop_back().str();
    for (size_t i = first + 1; i < last && kind(i) != Tok::kwFrom; ++i)
      if (kind(i) == Tok::name) {
        item.name = tokens_[i].text.str();
        item.nameBegin = begin(i);
        item.nameEnd = end(i);
        outline_.items_.push_back(item);
      }
  }

  /// The lines of comment that end right above an offset.
  std::string commentAbove(unsigned offset) const {
    std::vector<StringRef> lines;
    size_t lineEnd = text_.take_front(offset).rfind('\n');
    while (lineEnd != StringRef::npos) {
      size_t lineBegin = text_.take_front(lineEnd).rfind('\n');
      lineBegin = lineBegin == StringRef::npos ? 0 : lineBegin + 1;
      StringRef line = text_.slice(lineBegin, lineEnd).trim();
      if (!line.consume_front("#"))
        break;
      lines.push_back(line.ltrim(" "));
      if (lineBegin == 0)
        break;
      lineEnd = lineBegin - 1;
    }
    std::reverse(lines.begin(), lines.end());
    return llvm::join(lines, "\n");
  }

  //===- The head ----------------------------------------------------------------------===//

  void addName(OutlineDefinition &item, OutlineName::Kind nameKind, size_t i, unsigned knownFrom,
               std::string declared = "") {
    if (tokens_[i].text == "_")
      return;
    OutlineName name;
    name.name = tokens_[i].text.str();
    name.kind = nameKind;
    name.begin = begin(i);
    name.end = end(i);
    name.scopeBegin = item.begin;
    name.scopeEnd = item.end;
    name.knownFrom = knownFrom;
    name.declared = std::move(declared);
    item.names.push_back(std::move(name));
  }

  bool knows(const OutlineDefinition &item, StringRef name) const {
    return llvm::any_of(item.names, [&](const OutlineName &known) { return known.name == name; });
  }

  /// The names in the brackets of types that nothing else binds are dimensions.
  void readDimensions(size_t first, size_t last, OutlineDefinition &item) {
    unsigned depth = 0;
    for (size_t i = first; i < last; ++i) {
      depth += kind(i) == Tok::leftBracket;
      depth -= kind(i) == Tok::rightBracket && depth;
      if (depth && kind(i) == Tok::name && kind(i + 1) != Tok::leftBracket && kind(i + 1) != Tok::leftParen &&
          !knows(item, tokens_[i].text))
        addName(item, OutlineName::Kind::dimension, i, item.begin);
    }
  }

  void readParameters(size_t first, size_t last, OutlineDefinition &item) {
    struct Types {
      size_t first, last;
    };
    std::vector<Types> types;
    for (size_t i = first; i < last;) {
      // One parameter, up to the comma that ends it.
      size_t stop = i, type = 0, from = 0, initial = 0;
      for (; stop < last && kind(stop) != Tok::comma; ++stop) {
        if (kind(stop) == Tok::leftParen || kind(stop) == Tok::leftBracket)
          stop = std::min(closing(stop, last), last - 1);
        else if (kind(stop) == Tok::colon && !type)
          type = stop + 1;
        else if (kind(stop) == Tok::kwFrom && !from)
          from = stop;
        else if (kind(stop) == Tok::assign && !initial)
          initial = stop;
      }
      if (kind(i) == Tok::name) {
        OutlineParameter parameter;
        parameter.name = tokens_[i].text.str();
        parameter.begin = begin(i);
        parameter.end = end(i);
        if (type) {
          size_t typeEnd = std::min({stop, from ? from : stop, initial ? initial : stop});
          parameter.type = sourceOf(type, typeEnd);
          types.push_back({type, typeEnd});
        }
        if (from && from + 1 < stop)
          parameter.source = tokens_[from + 1].text.str();
        if (initial)
          parameter.initial = sourceOf(initial + 1, stop);
        addName(item, OutlineName::Kind::parameter, i, begin(i), parameter.type);
        item.parameters.push_back(std::move(parameter));
      }
      i = stop + 1;
    }
    for (auto [typeFirst, typeLast] : types)
      readDimensions(typeFirst, typeLast, item);
  }

  /// Of a model, the outputs; the dimensions that the type binds are seen behind the body.
  void readResult(size_t first, size_t last, OutlineDefinition &item) {
    bool isLayer = item.kind == OutlineDefinition::Kind::layer;
    if (!isLayer)
      for (size_t i = first; i + 1 < last; ++i)
        if (kind(i) == Tok::name && kind(i + 1) == Tok::colon)
          addName(item, OutlineName::Kind::output, i, item.end);
    readDimensions(first, last, item);
  }

  //===- The body --------------------------------------------------------------------------===//

  /// The offset behind the statement that begins at `first`; with its blocks.
  unsigned endOfStatement(size_t first, size_t last) const {
    unsigned depth = 0;
    size_t i = first;
    for (; i < last; ++i) {
      if (i > first && depth == 0 && begins_[i])
        break;
      depth += kind(i) == Tok::leftBrace;
      if (kind(i) == Tok::rightBrace) {
        if (depth == 0)
          break;
        if (--depth == 0)
          return end(i);
      }
    }
    return i > first ? end(i - 1) : end(first);
  }

  void readBody(size_t brace, size_t last, OutlineDefinition &item) {
    for (size_t i = brace + 1; i < last; ++i) {
      if (begins_[i])
        readTargets(i, last, item);
      switch (kind(i)) {
      case Tok::kwParam:
      case Tok::kwState:
      case Tok::kwMetric:
        if (kind(i + 1) == Tok::name && i + 1 < last) {
          size_t stop = i + 2;
          while (stop < last && kind(stop) != Tok::assign && !begins_[stop])
            ++stop;
          std::string type = kind(i + 2) == Tok::colon ? sourceOf(i + 3, stop) : "";
          addName(item,
                  kind(i) == Tok::kwParam   ? OutlineName::Kind::param
                  : kind(i) == Tok::kwState ? OutlineName::Kind::state
                                            : OutlineName::Kind::metric,
                  i + 1, endOfStatement(i, last), type);
        }
        break;
      case Tok::kwFor:
        for (size_t k = i + 1; k < last && kind(k) != Tok::kwIn && kind(k) != Tok::leftBrace && !begins_[k]; ++k)
          if (kind(k) == Tok::name)
            addName(item, OutlineName::Kind::loop, k, isInComprehension(i) ? item.begin : begin(k));
        break;
      case Tok::kwScan:
        readScan(i, last, item);
        break;
      default:
        break;
      }
    }
  }

  bool isInComprehension(size_t i) const { return i > 0 && !begins_[i]; }

  /// `a, b: type = …` binds its targets, each seen behind the statement.
  void readTargets(size_t first, size_t last, OutlineDefinition &item) {
    std::vector<std::pair<size_t, std::string>> targets;
    size_t i = first;
    while (i < last && kind(i) == Tok::name) {
      size_t name = i++;
      std::string type;
      if (kind(i) == Tok::colon && i < last) {
        size_t typeBegin = ++i;
        while (i < last && kind(i) != Tok::comma && kind(i) != Tok::assign && !begins_[i])
          i = kind(i) == Tok::leftBracket || kind(i) == Tok::leftParen ? closing(i, last) + 1 : i + 1;
        type = sourceOf(typeBegin, std::min(i, last));
        if (i < last)
          readDimensions(typeBegin, i, item);
      }
      targets.emplace_back(name, type);
      if (i < last && kind(i) == Tok::comma)
        ++i;
    }
    if (i >= last || kind(i) != Tok::assign)
      return;
    unsigned from = endOfStatement(first, last);
    for (auto &[name, type] : targets)
      addName(item, OutlineName::Kind::variable, name, from, type);
  }

  void readScan(size_t scan, size_t last, OutlineDefinition &item) {
    size_t i = scan + 1;
    if (kind(i) == Tok::leftParen)
      i = closing(i, last) + 1;
    size_t brace = i;
    while (brace < last && kind(brace) != Tok::leftBrace)
      ++brace;
    unsigned bodyBegin = brace < last ? end(brace) : item.end, bodyEnd = endOfStatement(scan, last);
    bool carry = false;
    for (; i < brace; ++i) {
      if (kind(i) == Tok::leftParen || kind(i) == Tok::leftBracket) {
        i = closing(i, brace);
        continue;
      }
      carry |= kind(i) == Tok::kwCarry;
      if (kind(i) != Tok::name)
        continue;
      if (!carry && kind(i + 1) == Tok::kwIn) {
        addName(item, OutlineName::Kind::loop, i, bodyBegin);
        item.names.back().scopeBegin = begin(i);
        item.names.back().scopeEnd = bodyEnd;
      } else if (carry && kind(i + 1) == Tok::assign) {
        addName(item, OutlineName::Kind::variable, i, bodyBegin);
      }
    }
  }

  Outline &outline_;
  StringRef text_;
  std::vector<Token> &tokens_;
  std::vector<bool> &begins_;
};

} // namespace argent::ag

Outline::Outline(std::string text) : source_(std::make_shared<const std::string>(std::move(text))) {
  OutlineReader(*this).run();
}
