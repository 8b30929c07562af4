//===- ParseHabit.cpp - what to write instead of the syntax of other languages -----===//
// Looks at the tokens around a syntax error for what Python and C have there. The words are in Foreign.cpp.
#include "frontends/ag/syntax/Foreign.h"
#include "frontends/ag/syntax/Parser.h"

using namespace argent::ag;
using llvm::StringRef;
using llvm::Twine;

void Parser::suggest(Report &report) {
  const Token &token = peek();
  // `//` earlier on the line, and then words: a comment.
  for (size_t i = position_; i-- != 0 && !tokens_[i + 1].startsLine;)
    if (tokens_[i].kind == Tok::slashSlash && (token.kind == Tok::name || isKeyword(token.kind))) {
      report.help("a comment begins with #");
      return;
    }
  switch (token.kind) {
  case Tok::assign:
    if (position_ && peek(1).kind == Tok::assign)
      report.help("to compare, write `==` without a blank");
    break;
  case Tok::name:
    if (token.text == "is")
      report.help(peek(1).kind == Tok::kwNot ? "to compare, write `!=`" : "to compare, write `==`");
    else if (token.text == "elif" || token.text == "elsif")
      report.help("write `else if`");
    break;
  case Tok::kwIn:
    report.help("there is no operator `in`: compare with each value, x == a or x == b");
    break;
  case Tok::bar:
    report.help("write `or`; a pipe is `|>`");
    break;
  case Tok::arrow:
    report.help("a pipe is `|>`");
    break;
  case Tok::slashSlash:
    report.help("a comment begins with #");
    break;
  case Tok::dot:
    if (peek(1).kind == Tok::integer)
      report.help("write 0." + peek(1).text);
    else if (peek(1).kind == Tok::dot)
      report.help("write range(a, b)");
    break;
  case Tok::greater:
    if (position_ && tokens_[position_ - 1].kind == Tok::less)
      report.help("write `!=`");
    else if (position_ && tokens_[position_ - 1].kind == Tok::greater)
      report.help("a pipe is `|>`");
    break;
  default:
    break;
  }
}

bool Parser::reportForeignWord(const Token &first, Tok next) {
  StringRef help = foreignWord(first.text);
  // Such a word may be a name as well; then an operator, `=`, a bracket or the end of the line follows.
  switch (next) {
  case Tok::name:
  case Tok::integer:
  case Tok::string:
  case Tok::kwTrue:
  case Tok::kwNot:
  case Tok::colon:
    break;
  default:
    return false;
  }
  if (help.empty())
    return false;
  diagnostics_.error(first.range(), "`" + first.text + "` is not a word of the language").help(help);
  return true;
}

/// `a if c else b`, as Python has it.
void Parser::reportTrailingIf(Range value) {
  take();
  ExprPtr condition = parseExpr();
  if (!condition)
    return;
  std::string help =
      "write if " + onOneLine(sourceText(condition->range)) + " then " + onOneLine(sourceText(value)) + " else …";
  if (accept(Tok::kwElse))
    if (ExprPtr otherwise = parseExpr())
      help = StringRef(help).drop_back(3).str() + onOneLine(sourceText(otherwise->range));
  diagnostics_.error(Range(value.Start, previousEnd()), "a conditional expression begins with `if`").help(help);
}

/// Whether words follow that are no expression: two names side by side, on this line.
bool Parser::isProse() const {
  for (unsigned i = 0; !peek(i + 1).startsLine && peek(i).kind != Tok::endOfFile; ++i) {
    bool both = true;
    for (const Token &token : {peek(i), peek(i + 1)})
      both &= token.kind == Tok::name || token.kind == Tok::integer || isKeyword(token.kind);
    if (both)
      return true;
  }
  return false;
}

/// `x.shape`, `nn.Linear(…)`
void Parser::reportMember(const Expr &base) {
  Token dot = take();
  if (!at(Tok::name)) {
    diagnostics_.error(dot.range(), "expected the end of the expression; found `.`");
    return;
  }
  Token member = take();
  Report report = diagnostics_.error(Range(dot.range().Start, member.range().End),
                                     "there is no `." + member.text + "`: values have no members or methods");
  std::string text = onOneLine(sourceText(base.range));
  bool isBound = false;
  for (size_t i = 0; i + 1 < position_; ++i) // as a value or as a parameter
    isBound |= tokens_[i].kind == Tok::name && tokens_[i].text == text &&
               (tokens_[i + 1].kind == Tok::assign || tokens_[i + 1].kind == Tok::colon);
  if (std::string help = foreignMember(text, member.text, at(Tok::leftParen), isBound); !help.empty())
    report.help(help);
}
