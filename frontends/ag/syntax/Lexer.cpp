//===- Lexer.cpp - text to tokens, with the ends of statements ----------------===//
#include "frontends/ag/syntax/Lexer.h"

#include "frontends/ag/syntax/Foreign.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSwitch.h"

using namespace argent::ag;
using llvm::StringRef;

static constexpr size_t kMaxFileBytes = 16 << 20;

static const std::pair<StringRef, Tok> kKeywords[] = {
    {"and", Tok::kwAnd},       {"assert", Tok::kwAssert}, {"carry", Tok::kwCarry}, {"else", Tok::kwElse},
    {"entry", Tok::kwEntry},   {"false", Tok::kwFalse},   {"for", Tok::kwFor},     {"from", Tok::kwFrom},
    {"if", Tok::kwIf},         {"import", Tok::kwImport}, {"in", Tok::kwIn},       {"layer", Tok::kwLayer},
    {"metric", Tok::kwMetric}, {"model", Tok::kwModel},   {"none", Tok::kwNone},   {"not", Tok::kwNot},
    {"on", Tok::kwOn},         {"or", Tok::kwOr},         {"param", Tok::kwParam}, {"return", Tok::kwReturn},
    {"scan", Tok::kwScan},     {"state", Tok::kwState},   {"then", Tok::kwThen},   {"train", Tok::kwTrain},
    {"true", Tok::kwTrue},     {"yield", Tok::kwYield}};

// Longer marks first: the first that matches is taken.
static const std::pair<StringRef, Tok> kMarks[] = {
    {"...", Tok::ellipsis},  {"->", Tok::arrow},        {"|>", Tok::pipe},     {":=", Tok::store},
    {"//", Tok::slashSlash}, {"**", Tok::starStar},     {"==", Tok::equal},    {"!=", Tok::notEqual},
    {"<=", Tok::lessEqual},  {">=", Tok::greaterEqual}, {"(", Tok::leftParen}, {")", Tok::rightParen},
    {"[", Tok::leftBracket}, {"]", Tok::rightBracket},  {"{", Tok::leftBrace}, {"}", Tok::rightBrace},
    {",", Tok::comma},       {":", Tok::colon},         {".", Tok::dot},       {"|", Tok::bar},
    {"=", Tok::assign},      {"+", Tok::plus},          {"-", Tok::minus},     {"*", Tok::star},
    {"/", Tok::slash},       {"%", Tok::percent},       {"@", Tok::at},        {"<", Tok::less},
    {">", Tok::greater}};

bool argent::ag::isKeyword(Tok kind) { return kind >= Tok::kwAnd && kind <= Tok::kwYield; }

bool argent::ag::endsValue(Tok kind) {
  switch (kind) {
  case Tok::name:
  case Tok::integer:
  case Tok::floating:
  case Tok::string:
  case Tok::rightParen:
  case Tok::rightBracket:
  case Tok::kwTrue:
  case Tok::kwFalse:
  case Tok::kwNone:
  case Tok::ellipsis:
    return true;
  default:
    return false;
  }
}

std::string argent::ag::describe(Tok kind) {
  for (auto [text, tok] : kKeywords)
    if (tok == kind)
      return ("`" + text + "`").str();
  for (auto [text, tok] : kMarks)
    if (tok == kind)
      return ("`" + text + "`").str();
  switch (kind) {
  case Tok::endOfFile:
    return "the end of the file";
  case Tok::newline:
    return "the end of the line";
  case Tok::name:
    return "a name";
  case Tok::integer:
  case Tok::floating:
    return "a number";
  case Tok::string:
    return "a string";
  default:
    return "a broken token";
  }
}

std::string argent::ag::describe(const Token &token) {
  switch (token.kind) {
  case Tok::newline:
    return token.text == ";" ? "`;`" : "the end of the line";
  case Tok::name:
  case Tok::integer:
  case Tok::floating:
    return ("`" + (token.text.size() > 40 ? (token.text.take_front(40) + "…").str() : token.text.str()) + "`");
  default:
    return describe(token.kind);
  }
}

/// Whether a line that ends after this token goes on in the next.
static bool cannotEndStatement(Tok kind) {
  switch (kind) {
  case Tok::kwNot:
  case Tok::pipe:
  case Tok::comma:
  case Tok::assign:
  case Tok::store:
  case Tok::colon:
  case Tok::arrow:
  case Tok::dot:
  case Tok::bar:
  case Tok::kwIf:
  case Tok::kwThen:
  case Tok::kwElse:
  case Tok::kwIn:
  case Tok::kwCarry:
  case Tok::kwFrom:
    return true;
  default:
    return isOperator(kind);
  }
}

/// Whether a line that begins with this token continues the one before.
static bool cannotBeginStatement(Tok kind) {
  switch (kind) {
  case Tok::pipe:
  case Tok::comma:
  case Tok::arrow:
  case Tok::bar:
  case Tok::kwThen:
  case Tok::kwElse:
  case Tok::kwCarry:
  case Tok::kwFrom:
    return true;
  default:
    return isOperator(kind);
  }
}

/// Whether the word at the beginning of a line shows that brackets left open above were forgotten.
static bool onlyBeginsStatement(Tok kind, Tok before) {
  switch (kind) {
  case Tok::kwParam:
  case Tok::kwState:
  case Tok::kwReturn:
  case Tok::kwYield:
  case Tok::kwModel:
  case Tok::kwTrain:
  case Tok::kwEntry:
  case Tok::kwMetric:
  case Tok::kwAssert:
  case Tok::kwImport:
  case Tok::kwOn:
    return true;
  case Tok::kwLayer:
    return before != Tok::colon && before != Tok::bar && before != Tok::comma && before != Tok::leftParen;
  default:
    return false;
  }
}

namespace {

/// Bytes of the well-formed character at `p`; 0 if the bytes are no UTF-8.
size_t decodedLength(const unsigned char *p, const unsigned char *end) {
  auto follows = [&](size_t i, unsigned low = 0x80, unsigned high = 0xBF) {
    return p + i < end && p[i] >= low && p[i] <= high;
  };
  if (*p < 0x80)
    return 1;
  if (*p >= 0xC2 && *p <= 0xDF)
    return follows(1) ? 2 : 0;
  if (*p >= 0xE0 && *p <= 0xEF)
    return follows(1, *p == 0xE0 ? 0xA0 : 0x80, *p == 0xED ? 0x9F : 0xBF) && follows(2) ? 3 : 0;
  if (*p >= 0xF0 && *p <= 0xF4)
    return follows(1, *p == 0xF0 ? 0x90 : 0x80, *p == 0xF4 ? 0x8F : 0xBF) && follows(2) && follows(3) ? 4 : 0;
  return 0;
}

class Lexer {
public:
  Lexer(StringRef text, Diagnostics &diagnostics) : text(text), diagnostics(diagnostics) {}

  std::vector<Token> run() {
    if (isText())
      while (at < text.size())
        step();
    lineEnded = lineEnded || !tokens.empty();
    push(Tok::endOfFile, text.substr(text.size()));
    return std::move(tokens);
  }

private:
  Range range(size_t begin, size_t end) const {
    return Range(llvm::SMLoc::getFromPointer(text.data() + begin), llvm::SMLoc::getFromPointer(text.data() + end));
  }

  /// Reports text that no one can have written by hand, once.
  bool isText() {
    if (text.size() > kMaxFileBytes) {
      diagnostics.error(range(0, 0), "the file is larger than 16 MB: it is not source text");
      return false;
    }
    auto *begin = reinterpret_cast<const unsigned char *>(text.data()), *end = begin + text.size();
    for (auto *p = begin; p != end;) {
      size_t length = decodedLength(p, end);
      if (length == 0 || *p == 0) {
        diagnostics.error(range(p - begin, p - begin + 1),
                          "the file is not UTF-8 text: found the byte 0x" + llvm::utohexstr(*p, false, 2));
        return false;
      }
      p += length;
    }
    return true;
  }

  void step() {
    char c = text[at];
    if (at == 0 && text.starts_with("\xEF\xBB\xBF")) { // byte order mark
      at += 3;
    } else if (c == '\n') {
      if (brackets.empty() || brackets.back() == '{')
        lineEnded = true;
      newLine = true;
      lineBegin = ++at;
    } else if (c == ' ' || c == '\t' || c == '\r') {
      ++at;
    } else if (c == '#') {
      at = std::min(text.find('\n', at), text.size());
    } else if (c == ';') {
      lineEnded = false;
      if (tokens.empty() || tokens.back().kind != Tok::newline)
        append(Tok::newline, text.substr(at, 1));
      ++at;
    } else if (llvm::isAlpha(c) || c == '_') {
      word();
    } else if (llvm::isDigit(c)) {
      number();
    } else if (c == '"') {
      string();
    } else {
      mark();
    }
  }

  void append(Tok kind, StringRef spelling) {
    bool columnOne = spelling.data() == text.data() + lineBegin;
    tokens.push_back({kind, spelling, newLine, columnOne});
    newLine = false;
  }

  /// Adds a token, and before it the end of the statement, if the end of the line above was one.
  void push(Tok kind, StringRef spelling) {
    Tok before = tokens.empty() ? Tok::newline : tokens.back().kind;
    // A bracket that was never closed must not swallow the rest of the file.
    if (newLine && !brackets.empty() && brackets.back() != '{' &&
        (onlyBeginsStatement(kind, before) || (kind == Tok::name && beginsBinding(spelling, before)))) {
      dropOpenBrackets();
      lineEnded = true;
    }
    if (lineEnded) {
      lineEnded = false;
      if (before != Tok::newline && !cannotEndStatement(before) && !cannotBeginStatement(kind)) {
        // The end of the line stands right after the last token: that is where something is missing.
        bool starts = newLine;
        append(Tok::newline, StringRef(tokens.back().text.end(), 0));
        newLine = starts;
      }
    }
    append(kind, spelling);
  }

  /// Whether `name =` at the beginning of a line, inside brackets, is a new statement: no comma stands before it, so it
  /// is no argument.
  bool beginsBinding(StringRef name, Tok before) const {
    StringRef rest = text.substr(name.end() - text.begin()).ltrim(" \t");
    return endsValue(before) && (rest.starts_with(":=") || (rest.starts_with("=") && !rest.starts_with("==")));
  }

  void dropOpenBrackets() {
    while (!brackets.empty() && brackets.back() != '{')
      brackets.pop_back();
  }

  void word() {
    size_t begin = at;
    while (at < text.size() && (llvm::isAlnum(text[at]) || text[at] == '_'))
      ++at;
    StringRef spelling = text.slice(begin, at);
    Tok kind = Tok::name;
    for (auto [keyword, tok] : kKeywords)
      if (keyword == spelling)
        kind = tok;
    push(kind, spelling);
  }

  void number() {
    size_t begin = at;
    bool isFloat = false;
    auto digits = [&](auto isDigitOf) {
      while (at < text.size() && (isDigitOf(text[at]) || (text[at] == '_' && at + 1 < text.size() &&
                                                          isDigitOf(text[at + 1]) && isDigitOf(text[at - 1]))))
        ++at;
    };
    auto decimal = [](char c) { return llvm::isDigit(c); };
    auto hexadecimal = [](char c) { return llvm::isHexDigit(c); };
    if (text[at] == '0' && at + 2 < text.size() && (text[at + 1] == 'x' || text[at + 1] == 'X') &&
        llvm::isHexDigit(text[at + 2])) {
      at += 2;
      digits(hexadecimal);
    } else {
      digits(decimal);
      if (at + 1 < text.size() && text[at] == '.' && llvm::isDigit(text[at + 1])) {
        isFloat = true;
        ++at;
        digits(decimal);
      }
      size_t e = at;
      if (e < text.size() && (text[e] == 'e' || text[e] == 'E')) {
        ++e;
        if (e < text.size() && (text[e] == '+' || text[e] == '-'))
          ++e;
        if (e < text.size() && llvm::isDigit(text[e])) {
          isFloat = true;
          at = e;
          digits(decimal);
        }
      }
    }
    if (at < text.size() && (llvm::isAlpha(text[at]) || text[at] == '_')) {
      while (at < text.size() && (llvm::isAlnum(text[at]) || text[at] == '_'))
        ++at;
      diagnostics.error(range(begin, at), "a name cannot begin with a digit; found `" + text.slice(begin, at) + "`");
      return push(Tok::broken, text.slice(begin, at));
    }
    if (at < text.size() && text[at] == '.' && !text.substr(at).starts_with("...")) {
      ++at;
      bool isRange = at < text.size() && text[at] == '.';
      at += isRange;
      Report report = isRange ? diagnostics.error(range(at - 2, at), "there is no `..`")
                              : diagnostics.error(range(begin, at), "a float needs digits on both sides of its point");
      report.help(isRange ? "write range(a, b)" : "write " + text.slice(begin, at).str() + "0");
      return push(Tok::broken, text.slice(begin, at));
    }
    push(isFloat ? Tok::floating : Tok::integer, text.slice(begin, at));
  }

  void string() {
    size_t begin = at++;
    if (text.substr(begin).starts_with("\"\"\""))
      return foreignBlock(begin, "\"\"\"", "there are no strings of several lines");
    while (at < text.size() && text[at] != '"' && text[at] != '\n')
      at += text[at] == '\\' && at + 1 < text.size() && text[at + 1] != '\n' ? 2 : 1;
    if (at >= text.size() || text[at] == '\n') {
      at = std::min(at, text.size());
      size_t end = at;
      while (end > begin + 1 && llvm::isSpace(text[end - 1]))
        --end;
      diagnostics.error(range(begin, end), "the string is not closed on its line").help("close it with \"");
      return push(Tok::broken, text.slice(begin, end));
    }
    ++at;
    push(Tok::string, text.slice(begin, at));
  }

  /// Text between marks that only other languages have.
  void foreignBlock(size_t begin, StringRef closing, const llvm::Twine &message) {
    diagnostics.error(range(begin, begin + closing.size()), message).help("a comment begins with # on each line");
    at = text.find(closing, begin + closing.size());
    at = at == StringRef::npos ? text.size() : at + closing.size();
    push(Tok::broken, text.substr(begin, closing.size()));
  }

  void mark() {
    StringRef rest = text.substr(at);
    if (rest.starts_with("/*"))
      return foreignBlock(at, "*/", "`/*` does not begin a comment");
    if (rest.starts_with("||") || rest.starts_with("&&") || (rest[0] == '!' && !rest.starts_with("!="))) {
      size_t length = rest[0] == '!' ? 1 : 2;
      diagnostics.error(range(at, at + length), "`" + rest.take_front(length) + "` is not an operator")
          .help(llvm::Twine("write `") +
                (rest[0] == '|'   ? "or"
                 : rest[0] == '&' ? "and"
                                  : "not") +
                "`");
      push(Tok::broken, rest.take_front(length));
      at += length;
      return;
    }
    for (auto [spelling, kind] : kMarks) {
      if (!rest.starts_with(spelling))
        continue;
      push(kind, rest.take_front(spelling.size()));
      at += spelling.size();
      trackBrackets(kind);
      return;
    }
    // Characters that begin no token, all in a row at once.
    size_t begin = at;
    auto *bytes = reinterpret_cast<const unsigned char *>(text.data());
    do
      at += decodedLength(bytes + at, bytes + text.size());
    while (at < text.size() && !llvm::isAlnum(text[at]) &&
           !StringRef(" \t\r\n_\"#;()[]{},:.|=+-*/%@<>!&").contains(text[at]));
    StringRef found = text.slice(begin, at);
    if (found[0] == '\'') {
      at = begin + 1;
      while (at < text.size() && text[at] != '\n' && text[at] != '\'')
        ++at;
      if (at < text.size() && text[at] == '\'')
        ++at;
      diagnostics.error(range(begin, at), "strings are written in double quotes")
          .help("write \"" + text.slice(begin, at).trim('\'') + "\"");
    } else {
      bool printable = static_cast<unsigned char>(found[0]) >= 0x20 && found[0] != 0x7F;
      StringRef character = found.take_front(decodedLength(found.bytes_begin(), found.bytes_end()));
      std::string shown =
          printable ? ("the character `" + character + "`").str()
                    : "the control character 0x" + llvm::utohexstr(static_cast<unsigned char>(found[0]), false, 2);
      Report report = diagnostics.error(range(begin, at), shown + " has no meaning in the language");
      bool isDimension = character == "?" && !brackets.empty() && brackets.back() == '[';
      if (StringRef help = isDimension ? "the dimension of the batch is N" : foreignMark(character); !help.empty())
        report.help(help);
    }
    push(Tok::broken, text.slice(begin, at));
  }

  void trackBrackets(Tok kind) {
    switch (kind) {
    case Tok::leftParen:
      brackets.push_back('(');
      break;
    case Tok::leftBracket:
      brackets.push_back('[');
      break;
    case Tok::leftBrace:
      // Blocks never stand inside an expression: a bracket that is still open was forgotten.
      dropOpenBrackets();
      brackets.push_back('{');
      break;
    case Tok::rightParen:
    case Tok::rightBracket:
      if (!brackets.empty() && brackets.back() != '{')
        brackets.pop_back();
      break;
    case Tok::rightBrace:
      dropOpenBrackets();
      if (!brackets.empty())
        brackets.pop_back();
      break;
    default:
      break;
    }
  }

  StringRef text;
  Diagnostics &diagnostics;
  std::vector<Token> tokens;
  llvm::SmallVector<char> brackets;
  size_t at = 0, lineBegin = 0;
  bool lineEnded = false, newLine = true;
};

} // namespace

std::vector<Token> argent::ag::lex(StringRef text, Diagnostics &diagnostics) { return Lexer(text, diagnostics).run(); }
