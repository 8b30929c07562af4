//===- FormatPieces.cpp - tokens and comments in one row, for the formatter --------===//
//   1. Put the comments, which lie between the tokens, into one row with them; the ends of statements become marks.
//   2. Match brackets and braces, and find the statements.
//   3. Say where a blank stands between two pieces of a line.
#include "frontends/ag/format/FormatPieces.h"

#include "llvm/ADT/StringExtras.h"

using namespace argent::ag;
using llvm::StringRef;

unsigned argent::ag::characterCount(StringRef text) {
  return llvm::count_if(text, [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; });
}

//===- The row ----------------------------------------------------------------------===//

static std::vector<Piece> collect(StringRef text, const std::vector<Token> &tokens) {
  std::vector<Piece> pieces;
  size_t at = text.starts_with("\xEF\xBB\xBF") ? 3 : 0, lineBegin = at;
  size_t counted = at; // up to here the line has `column` characters
  unsigned lines = 0, column = 0;
  bool beginsStatement = true;
  auto add = [&](Tok kind, StringRef spelling, bool isComment) {
    Piece piece;
    piece.kind = kind;
    piece.text = spelling;
    piece.isComment = isComment;
    size_t begin = spelling.data() - text.data();
    piece.linesBefore = pieces.empty() ? 2 : lines;
    piece.wide = lines == 0 && begin >= lineBegin + 2 && text[begin - 1] == ' ' && text[begin - 2] == ' ';
    if (counted < lineBegin) {
      counted = lineBegin;
      column = 0;
    }
    piece.sourceColumn = column += characterCount(text.slice(counted, begin));
    counted = begin;
    piece.width = characterCount(spelling);
    // A comment on a line of its own stands between statements, or inside of one.
    bool standsAlone = isComment && lines > 0;
    piece.beginsStatement = beginsStatement && (!isComment || standsAlone || pieces.empty());
    if (!isComment)
      beginsStatement = false;
    pieces.push_back(piece);
    lines = 0;
  };
  for (const Token &token : tokens) {
    size_t begin = token.text.data() - text.data();
    while (at < begin) {
      if (text[at] == '\n') {
        ++lines;
        lineBegin = ++at;
      } else if (text[at] == '#') {
        size_t end = std::min(text.find('\n', at), text.size());
        add(Tok::endOfFile, text.slice(at, end).rtrim(), true);
        at = end;
      } else {
        ++at;
      }
    }
    at = std::max(at, begin + token.text.size());
    if (token.kind == Tok::newline)
      beginsStatement = true;
    else if (token.kind != Tok::endOfFile)
      add(token.kind, token.text, false);
  }
  return pieces;
}

/// A comment between the head of a block and its `{` goes behind the `{`.
static void moveCommentsBehindBraces(std::vector<Piece> &pieces) {
  for (size_t i = 1; i < pieces.size(); ++i) {
    size_t first = i;
    while (pieces[i].kind == Tok::leftBrace && first > 0 && pieces[first - 1].isComment)
      --first;
    if (first == i)
      continue;
    std::rotate(pieces.begin() + first, pieces.begin() + i, pieces.begin() + i + 1);
    pieces[first].linesBefore = 0;
  }
}

//===- Structure ----------------------------------------------------------------------===//

static void findStructure(std::vector<Piece> &pieces) {
  struct Open {
    unsigned brace, statement;
  };
  std::vector<Open> blocks;
  std::vector<int> brackets;
  unsigned statement = 0;
  bool begins = true;
  for (unsigned i = 0; i != pieces.size(); ++i) {
    Piece &piece = pieces[i];
    if (piece.kind == Tok::rightBrace && !blocks.empty()) {
      // The brace and what follows it belong to the statement that the block belongs to.
      piece.match = blocks.back().brace;
      pieces[piece.match].match = i;
      statement = blocks.back().statement;
      blocks.pop_back();
      begins = false;
      piece.beginsStatement = false;
    } else if (begins) {
      piece.beginsStatement = true;
    }
    if (piece.isComment && piece.beginsStatement) {
      piece.statement = i;
      piece.depth = blocks.size();
      begins = true;
      continue;
    }
    if (piece.beginsStatement)
      statement = i;
    begins = false;
    piece.statement = statement;
    piece.depth = blocks.size();
    if (piece.kind == Tok::rightParen || piece.kind == Tok::rightBracket) {
      if (!brackets.empty()) {
        piece.match = brackets.back();
        pieces[piece.match].match = i;
        brackets.pop_back();
      }
    }
    piece.bracket = brackets.empty() ? -1 : brackets.back();
    piece.pairDepth = brackets.size();
    if (piece.kind == Tok::leftParen || piece.kind == Tok::leftBracket)
      brackets.push_back(i);
    if (piece.kind == Tok::leftBrace) {
      pieces[statement].isHeader = true;
      blocks.push_back({i, statement});
      begins = true;
      // A comment on the line of the brace belongs to it.
      if (i + 1 < pieces.size() && pieces[i + 1].isComment && pieces[i + 1].linesBefore == 0) {
        Piece &comment = pieces[++i];
        comment.beginsStatement = false;
        comment.statement = statement;
        comment.depth = blocks.size() - 1;
      }
    }
  }
}

//===- Blanks ---------------------------------------------------------------------------===//

namespace {

class Spacing {
public:
  explicit Spacing(std::vector<Piece> &pieces) : pieces_(pieces) {}

  void run() {
    for (unsigned i = 1; i < pieces_.size(); ++i)
      pieces_[i].spaceBefore = needsSpace(i);
  }

private:
  Tok kindAt(int i) const { return i < 0 || pieces_[i].isComment ? Tok::newline : pieces_[i].kind; }
  bool isUnary(unsigned i) const {
    Tok kind = pieces_[i].kind;
    return (kind == Tok::minus || kind == Tok::star) && !endsValue(kindAt(i - 1));
  }
  /// `(` or `[` that calls or indexes what stands before it.
  bool isPostfix(unsigned i) const {
    Tok kind = pieces_[i].kind, before = kindAt(i - 1);
    if (pieces_[i].beginsStatement)
      return false;
    if (kind == Tok::leftParen)
      return before == Tok::kwScan || (endsValue(before) && before != Tok::kwNone);
    return kind == Tok::leftBracket &&
           (before == Tok::name || before == Tok::rightParen || before == Tok::rightBracket || before == Tok::string);
  }
  /// The parameters of a definition: its first parentheses.
  bool isParameters(int bracket) const {
    const Piece &first = pieces_[pieces_[bracket].statement];
    if (first.kind != Tok::kwLayer && first.kind != Tok::kwModel && first.kind != Tok::kwTrain &&
        first.kind != Tok::kwEntry)
      return false;
    for (int i = pieces_[bracket].statement; i != bracket; ++i)
      if (pieces_[i].kind == Tok::leftParen)
        return false;
    return true;
  }
  /// A slice has blanks around its colons where one of its parts is more than a name or a number.
  bool isLooseSlice(unsigned colon) const {
    int open = pieces_[colon].bracket;
    auto atLevel = [&](unsigned i, Tok kind) { return pieces_[i].kind == kind && pieces_[i].bracket == open; };
    unsigned begin = colon, end = colon;
    while (static_cast<int>(begin) > open + 1 && !atLevel(begin - 1, Tok::comma))
      --begin;
    while (static_cast<int>(end) < pieces_[open].match && !atLevel(end, Tok::comma))
      ++end;
    unsigned size = 0;
    for (unsigned i = begin; i != end; ++i) {
      if (atLevel(i, Tok::colon))
        size = 0;
      else if (!isUnary(i) && ++size > 1)
        return true;
    }
    return false;
  }
  bool isSlice(unsigned colon) const {
    int open = pieces_[colon].bracket;
    return open >= 0 && pieces_[open].kind == Tok::leftBracket;
  }

  bool needsSpace(unsigned i) const {
    const Piece &piece = pieces_[i];
    if (piece.isComment)
      return true;
    Tok before = kindAt(i - 1);
    switch (piece.kind) {
    case Tok::rightParen:
    case Tok::rightBracket:
    case Tok::comma:
    case Tok::dot:
      return false;
    case Tok::colon:
      if (isSlice(i))
        return before == Tok::comma || (isLooseSlice(i) && before != Tok::leftBracket);
      return false;
    case Tok::leftParen:
    case Tok::leftBracket:
      if (isPostfix(i))
        return false;
      break;
    case Tok::assign:
      if (isKeyword(i))
        return false;
      break;
    case Tok::rightBrace:
      return before != Tok::leftBrace;
    default:
      break;
    }
    switch (before) {
    case Tok::leftParen:
    case Tok::leftBracket:
    case Tok::dot:
      return false;
    case Tok::colon:
      return !isSlice(i - 1) || isLooseSlice(i - 1);
    case Tok::assign:
      return !isKeyword(i - 1);
    case Tok::minus:
    case Tok::star:
      return !isUnary(i - 1);
    default:
      return true;
    }
  }
  /// `=` of an argument with a name.
  bool isKeyword(unsigned assign) const {
    int open = pieces_[assign].bracket;
    return open >= 0 && isPostfix(open) && !isParameters(open);
  }

  std::vector<Piece> &pieces_;
};

} // namespace

std::vector<Piece> argent::ag::makePieces(StringRef text, const std::vector<Token> &tokens) {
  std::vector<Piece> pieces = collect(text, tokens);
  moveCommentsBehindBraces(pieces);
  findStructure(pieces);
  Spacing(pieces).run();
  return pieces;
}
