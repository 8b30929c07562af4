//===- Lexer.h - text to tokens, with the ends of statements ------------------===//
// LANGUAGE.md, section 1. The whole file at once: whether the end of a line ends a statement depends on the tokens on
// both sides of it and on the brackets that are open.
#ifndef ARGENT_FRONTENDS_AG_SYNTAX_LEXER_H
#define ARGENT_FRONTENDS_AG_SYNTAX_LEXER_H

#include "frontends/ag/syntax/Diagnostics.h"

#include "llvm/ADT/StringRef.h"

#include <vector>

namespace argent::ag {

enum class Tok {
  endOfFile,
  newline,
  name,
  integer,
  floating,
  string,
  broken,
  // Keywords.
  kwAnd,
  kwAssert,
  kwCarry,
  kwElse,
  kwEntry,
  kwFalse,
  kwFor,
  kwFrom,
  kwIf,
  kwImport,
  kwIn,
  kwLayer,
  kwMetric,
  kwModel,
  kwNone,
  kwNot,
  kwOn,
  kwOr,
  kwParam,
  kwReturn,
  kwScan,
  kwState,
  kwThen,
  kwTrain,
  kwTrue,
  kwYield,
  // Marks.
  leftParen,
  rightParen,
  leftBracket,
  rightBracket,
  leftBrace,
  rightBrace,
  comma,
  colon,
  dot,
  ellipsis,
  bar,
  arrow,
  pipe,
  assign,
  store,
  plus,
  minus,
  star,
  slash,
  slashSlash,
  percent,
  at,
  starStar,
  equal,
  notEqual,
  less,
  lessEqual,
  greater,
  greaterEqual,
};

struct Token {
  Tok kind = Tok::endOfFile;
  llvm::StringRef text;    // points into the file
  bool startsLine = false; // nothing but blanks stands before it on its line
  bool atColumnOne = false;

  Range range() const {
    return Range(llvm::SMLoc::getFromPointer(text.begin()), llvm::SMLoc::getFromPointer(text.end()));
  }
};

/// Whether the token is one of the words that cannot be names.
bool isKeyword(Tok kind);
/// `==` to `>=`
inline bool isComparison(Tok kind) { return kind >= Tok::equal && kind <= Tok::greaterEqual; }
/// `+` to `>=`, `and`, `or`: whether the token needs operands on both sides, or may have them.
inline bool isOperator(Tok kind) {
  return (kind >= Tok::plus && kind <= Tok::greaterEqual) || kind == Tok::kwAnd || kind == Tok::kwOr;
}
/// Whether a value may end with the token, so that an operator after it has two operands.
bool endsValue(Tok kind);

/// How a message calls the token: "`=`", "the end of the line", "the name `x`".
std::string describe(const Token &token);
std::string describe(Tok kind);

/// The tokens of `text`, the last of which is `endOfFile`. Text that is not UTF-8, or holds a zero byte, gives one
/// error and no tokens; any other character that begins no token gives an error and is left out.
std::vector<Token> lex(llvm::StringRef text, Diagnostics &diagnostics);

} // namespace argent::ag

#endif // ARGENT_FRONTENDS_AG_SYNTAX_LEXER_H
