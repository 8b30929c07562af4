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
  Lexer(StringRef text, Diagnostics &diagnostics) : text_(text), diagnostics_(diagnostics) {}

  std::vector<Token> run() {
    if (isText())
      while (at_ < text_.size())
        step();
    lineEnded_ = lineEnded_ || !tokens_.empty();
    push(Tok::endOfFile, text_.substr(text_.size()));
    return std::move(tokens_);
  }

private:
  Range range(size_t begin, size_t end) const {
    return Range(llvm::SMLoc::getFromPointer(text_.data() + begin), llvm::SMLoc::getFromPointer(text_.data() + end));
  }

  /// Reports text that no one can have written by hand, once.
  bool isText() {
    if (text_.size() > kMaxFileBytes) {
      diagnostics_.error(range(0, 0), "the file is larger than 16 MB: it is not source text");
      return false;
    }
    auto *begin = reinterpret_cast<const unsigned char *>(text_.data()), *end = begin + text_.size();
    for (auto *p = begin; p != end;) {
      size_t length = decodedLength(p, end);
      if (length == 0 || *p == 0) {
        diagnostics_.error(range(p - begin, p - begin + 1),
                           "the file is not UTF-8 text: found the byte 0x" + llvm::utohexstr(*p, false, 2));
        return false;
      }
      p += length;
    }
    return true;
  }

  void step() {
    char c = text_[at_];
    if (at_ == 0 && text_.starts_with("\xEF\xBB\xBF")) { // byte order mark
      at_ += 3;
    } else if (c == '\n') {
      if (brackets_.empty() || brackets_.back() == '{')
        lineEnded_ = true;
      newLine_ = true;
      lineBegin_ = ++at_;
    } else if (c == ' ' || c == '\t' || c == '\r') {
      ++at_;
    } else if (c == '#') {
      at_ = std::min(text_.find('\n', at_), text_.size());
    } else if (c == ';') {
      lineEnded_ = false;
      if (tokens_.empty() || tokens_.back().kind != Tok::newline)
        append(Tok::newline, text_.substr(at_, 1));
      ++at_;
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
    bool columnOne = spelling.data() == text_.data() + lineBegin_;
    tokens_.push_back({kind, spelling, newLine_, columnOne});
    newLine_ = false;
  }

  /// Adds a token, and before it the end of the statement, if the end of the line above was one.
  void push(Tok kind, StringRef spelling) {
    Tok before = tokens_.empty() ? Tok::newline : tokens_.back().kind;
    // A bracket that was never closed must not swallow the rest of the file.
    if (newLine_ && !brackets_.empty() && brackets_.back() != '{' &&
        (onlyBeginsStatement(kind, before) || (kind == Tok::name && beginsBinding(spelling, before)))) {
      dropOpenBrackets();
      lineEnded_ = true;
    }
    if (lineEnded_) {
      lineEnded_ = false;
      if (before != Tok::newline && !cannotEndStatement(before) && !cannotBeginStatement(kind)) {
        // The end of the line stands right after the last token: that is where something is missing.
        bool starts = newLine_;
        append(Tok::newline, StringRef(tokens_.back().text.end(), 0));
        newLine_ = starts;
      }
    }
    append(kind, spelling);
  }

  /// Whether `name =` at the beginning of a line, inside brackets, is a new statement: no comma stands before it, so it
  /// is no argument.
  bool beginsBinding(StringRef name, Tok before) const {
    StringRef rest = text_.substr(name.end() - text_.begin()).ltrim(" \t");
    return endsValue(before) && (rest.starts_with(":=") || (rest.starts_with("=") && !rest.starts_with("==")));
  }

  void dropOpenBrackets() {
    while (!brackets_.empty() && brackets_.back() != '{')
      brackets_.pop_back();
  }

  void word() {
    size_t begin = at_;
    while (at_ < text_.size() && (llvm::isAlnum(text_[at_]) || text_[at_] == '_'))
      ++at_;
    StringRef spelling = text_.slice(begin, at_);
    Tok kind = Tok::name;
    for (auto [keyword, tok] : kKeywords)
      if (keyword == spelling)
        kind = tok;
    push(kind, spelling);
  }

  void number() {
    size_t begin = at_;
    bool isFloat = false;
    auto digits = [&](auto isDigitOf) {
      while (at_ < text_.size() && (isDigitOf(text_[at_]) || (text_[at_] == '_' && at_ + 1 < text_.size() &&
                                                              isDigitOf(text_[at_ + 1]) && isDigitOf(text_[at_ - 1]))))
        ++at_;
    };
    auto decimal = [](char c) { return llvm::isDigit(c); };
    auto hexadecimal = [](char c) { return llvm::isHexDigit(c); };
    if (text_[at_] == '0' && at_ + 2 < text_.size() && (text_[at_ + 1] == 'x' || text_[at_ + 1] == 'X') &&
        llvm::isHexDigit(text_[at_ + 2])) {
      at_ += 2;
      digits(hexadecimal);
    } else {
      digits(decimal);
      if (at_ + 1 < text_.size() && text_[at_] == '.' && llvm::isDigit(text_[at_ + 1])) {
        isFloat = true;
        ++at_;
        digits(decimal);
      }
      size_t e = at_;
      if (e < text_.size() && (text_[e] == 'e' || text_[e] == 'E')) {
        ++e;
        if (e < text_.size() && (text_[e] == '+' || text_[e] == '-'))
          ++e;
        if (e < text_.size() && llvm::isDigit(text_[e])) {
          isFloat = true;
          at_ = e;
          digits(decimal);
        }
      }
    }
    if (at_ < text_.size() && (llvm::isAlpha(text_[at_]) || text_[at_] == '_')) {
      while (at_ < text_.size() && (llvm::isAlnum(text_[at_]) || text_[at_] == '_'))
        ++at_;
      diagnostics_.error(range(begin, at_),
                         "a name cannot begin with a digit; found `" + text_.slice(begin, at_) + "`");
      return push(Tok::broken, text_.slice(begin, at_));
    }
    if (at_ < text_.size() && text_[at_] == '.' && !text_.substr(at_).starts_with("...")) {
      ++at_;
      bool isRange = at_ < text_.size() && text_[at_] == '.';
      at_ += isRange;
      Report report = isRange
                          ? diagnostics_.error(range(at_ - 2, at_), "there is no `..`")
                          : diagnostics_.error(range(begin, at_), "a float needs digits on both sides of its point");
      report.help(isRange ? "write range(a, b)" : "write " + text_.slice(begin, at_).str() + "0");
      return push(Tok::broken, text_.slice(begin, at_));
    }
    push(isFloat ? Tok::floating : Tok::integer, text_.slice(begin, at_));
  }

  void string() {
    size_t begin = at_++;
    if (text_.substr(begin).starts_with("\"\"\""))
      return foreignBlock(begin, "\"\"\"", "there are no strings of several lines");
    while (at_ < text_.size() && text_[at_] != '"' && text_[at_] != '\n')
      at_ += text_[at_] == '\\' && at_ + 1 < text_.size() && text_[at_ + 1] != '\n' ? 2 : 1;
    if (at_ >= text_.size() || text_[at_] == '\n') {
      at_ = std::min(at_, text_.size());
      size_t end = at_;
      while (end > begin + 1 && llvm::isSpace(text_[end - 1]))
        --end;
      diagnostics_.error(range(begin, end), "the string is not closed on its line").help("close it with \"");
      return push(Tok::broken, text_.slice(begin, end));
    }
    ++at_;
    push(Tok::string, text_.slice(begin, at_));
  }

  /// Text between marks that only other languages have.
  void foreignBlock(size_t begin, StringRef closing, const llvm::Twine &message) {
    diagnostics_.error(range(begin, begin + closing.size()), message).help("a comment begins with # on each line");
    at_ = text_.find(closing, begin + closing.size());
    at_ = at_ == StringRef::npos ? text_.size() : at_ + closing.size();
    push(Tok::broken, text_.substr(begin, closing.size()));
  }

  void mark() {
    StringRef rest = text_.substr(at_);
    if (rest.starts_with("/*"))
      return foreignBlock(at_, "*/", "`/*` does not begin a comment");
    if (rest.starts_with("||") || rest.starts_with("&&") || (rest[0] == '!' && !rest.starts_with("!="))) {
      size_t length = rest[0] == '!' ? 1 : 2;
      diagnostics_.error(range(at_, at_ + length), "`" + rest.take_front(length) + "` is not an operator")
          .help(llvm::Twine("write `") +
                (rest[0] == '|'   ? "or"
                 : rest[0] == '&' ? "and"
                                  : "not") +
                "`");
      push(Tok::broken, rest.take_front(length));
      at_ += length;
      return;
    }
    for (auto [spelling, kind] : kMarks) {
      if (!rest.starts_with(spelling))
        continue;
      push(kind, rest.take_front(spelling.size()));
      at_ += spelling.size();
      trackBrackets(kind);
      return;
    }
    // Characters that begin no token, all in a row at once.
    size_t begin = at_;
    auto *bytes = reinterpret_cast<const unsigned char *>(text_.data());
    do
      at_ += decodedLength(bytes + at_, bytes + text_.size());
    while (at_ < text_.size() && !llvm::isAlnum(text_[at_]) &&
           !StringRef(" \t\r\n_\"#;()[]{},:.|=+-*/%@<>!&").contains(text_[at_]));
    StringRef found = text_.slice(begin, at_);
    if (found[0] == '\'') {
      at_ = begin + 1;
      while (at_ < text_.size() && text_[at_] != '\n' && text_[at_] != '\'')
        ++at_;
      if (at_ < text_.size() && text_[at_] == '\'')
        ++at_;
      diagnostics_.error(range(begin, at_), "strings are written in double quotes")
          .help("write \"" + text_.slice(begin, at_).trim('\'') + "\"");
    } else {
      bool printable = static_cast<unsigned char>(found[0]) >= 0x20 && found[0] != 0x7F;
      StringRef character = found.take_front(decodedLength(found.bytes_begin(), found.bytes_end()));
      std::string shown =
          printable ? ("the character `" + character + "`").str()
                    : "the control character 0x" + llvm::utohexstr(static_cast<unsigned char>(found[0]), false, 2);
      Report report = diagnostics_.error(range(begin, at_), shown + " has no meaning in the language");
      bool isDimension = character == "?" && !brackets_.empty() && brackets_.back() == '[';
      if (StringRef help = isDimension ? "the dimension of the batch is N" : foreignMark(character); !help.empty())
        report.help(help);
    }
    push(Tok::broken, text_.slice(begin, at_));
  }

  void trackBrackets(Tok kind) {
    switch (kind) {
    case Tok::leftParen:
      brackets_.push_back('(');
      break;
    case Tok::leftBracket:
      brackets_.push_back('[');
      break;
    case Tok::leftBrace:
      // Blocks never stand inside an expression: a bracket that is still open was forgotten.
      dropOpenBrackets();
      brackets_.push_back('{');
      break;
    case Tok::rightParen:
    case Tok::rightBracket:
      if (!brackets_.empty() && brackets_.back() != '{')
        brackets_.pop_back();
      break;
    case Tok::rightBrace:
      dropOpenBrackets();
      if (!brackets_.empty())
        brackets_.pop_back();
      break;
    default:
      break;
    }
  }

  StringRef text_;
  Diagnostics &diagnostics_;
  std::vector<Token> tokens_;
  llvm::SmallVector<char> brackets_;
  size_t at_ = 0, lineBegin_ = 0;
  bool lineEnded_ = false, newLine_ = true;
};

} // namespace

std::vector<Token> argent::ag::lex(StringRef text, Diagnostics &diagnostics) { return Lexer(text, diagnostics).run(); }
