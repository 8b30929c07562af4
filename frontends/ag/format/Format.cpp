//===- Format.cpp - the canonical layout of a file --------------------------------===//
//   1. Break the line where a statement begins, where a comment stands, and where the writer broke a line.
//   2. Break lines that are longer than 120 characters: at pipes first, then at the outermost commas, then at
//      operators.
//   3. Keep columns that the writer aligned (FormatColumns.cpp), and print.
//   4. Compare the tokens and comments of the result with those of the source.
// Further lines of a statement begin behind the bracket that is open, or four columns further in than the bracket's
// line where the bracket ends its line. Outside of brackets they begin four columns further in, eight where a block
// follows; a pipe stands below the first line's first pipe.
#include "frontends/ag/format/Format.h"

#include "frontends/ag/format/FormatLayout.h"
#include "frontends/ag/syntax/Parser.h"

#include "llvm/ADT/STLExtras.h"

using namespace argent::ag;
using llvm::StringRef;

//===- Where lines break ---------------------------------------------------------------===//

namespace {

class Breaks {
public:
  explicit Breaks(std::vector<Piece> &pieces) : pieces_(pieces) {}

  void run() {
    for (unsigned i = 0; i != pieces_.size(); ++i)
      pieces_[i].breakBefore = i == 0 || breaks(i);
    breakBlocks();
    tidyBrackets();
    placeBlankLines();
  }

private:
  bool breaks(unsigned i) const {
    const Piece &piece = pieces_[i], &before = pieces_[i - 1];
    if (piece.isComment)
      return piece.linesBefore > 0;
    if (before.isComment)
      return true;
    if (piece.beginsStatement || piece.kind == Tok::leftBrace || piece.kind == Tok::rightBrace)
      return false;                     // decided by breakBlocks
    if (before.kind == Tok::rightBrace) // `} else`
      return false;
    // A pipe begins its line.
    if (before.kind == Tok::pipe)
      return false;
    if (piece.kind == Tok::pipe && i + 1 < pieces_.size() && pieces_[i + 1].linesBefore > 0)
      return true;
    return piece.linesBefore > 0 && piece.spaceBefore && piece.kind != Tok::dot;
  }

  /// A block stays on the line of its head if the writer put it there; else each statement has its line.
  void breakBlocks() {
    for (unsigned i = 0; i != pieces_.size(); ++i) {
      Piece &open = pieces_[i];
      if (open.kind != Tok::leftBrace) {
        if (open.beginsStatement && open.depth == 0)
          open.breakBefore = true;
        continue;
      }
      bool oneLine = true;
      for (int k = i + 1; k <= open.match; ++k)
        oneLine &= pieces_[k].linesBefore == 0 && !pieces_[k].isComment;
      if (!oneLine)
        breakBlock(pieces_, i);
    }
  }

  /// A bracket that ends its line is closed on a line of its own; one that does not, is closed where its content ends.
  void tidyBrackets() {
    for (unsigned i = 0; i + 1 < pieces_.size(); ++i) {
      Piece &open = pieces_[i];
      if ((open.kind != Tok::leftParen && open.kind != Tok::leftBracket) || open.match < 0)
        continue;
      // A comment behind the bracket leaves its content on the next line.
      unsigned first = i + 1;
      if (pieces_[first].isComment && first + 1 < pieces_.size())
        ++first;
      Piece &close = pieces_[open.match];
      bool empty = first == static_cast<unsigned>(open.match);
      if (!pieces_[first].isComment && pieces_[first].linesBefore > 0 && !empty)
        pieces_[first].breakBefore = true;
      bool ownLine = pieces_[first].breakBefore && !empty;
      close.breakBefore = ownLine || pieces_[open.match - 1].isComment;
    }
  }

  void placeBlankLines() {
    for (unsigned i = 1; i < pieces_.size(); ++i) {
      Piece &piece = pieces_[i];
      bool first =
          pieces_[i - 1].kind == Tok::leftBrace || (pieces_[i - 1].isComment && pieces_[i - 1].linesBefore == 0 &&
                                                    i > 1 && pieces_[i - 2].kind == Tok::leftBrace);
      piece.blankBefore = piece.beginsStatement && piece.linesBefore > 1 && piece.breakBefore && !first;
    }
    // Definitions of more than a line stand apart, with the comments right above them.
    bool afterDefinition = false;
    auto isLong = [&](unsigned i) {
      if (!pieces_[i].isHeader)
        return false;
      unsigned k = i + 1;
      while (k < pieces_.size() && !(pieces_[k].beginsStatement && pieces_[k].depth == 0) && !pieces_[k].breakBefore)
        ++k;
      return k < pieces_.size() && !(pieces_[k].beginsStatement && pieces_[k].depth == 0);
    };
    for (unsigned i = 0; i != pieces_.size(); ++i) {
      Piece &piece = pieces_[i];
      if (!piece.beginsStatement || piece.depth > 0)
        continue;
      if (i > 0 && afterDefinition)
        piece.blankBefore = true;
      afterDefinition = isLong(i);
      if (!afterDefinition)
        continue;
      unsigned first = i;
      while (first > 0 && pieces_[first - 1].isComment && pieces_[first - 1].beginsStatement &&
             !pieces_[first].blankBefore)
        --first;
      pieces_[first].blankBefore = first > 0;
    }
  }

  std::vector<Piece> &pieces_;
};

} // namespace

void argent::ag::breakBlock(std::vector<Piece> &pieces, unsigned brace) {
  unsigned statement = pieces[brace].statement, depth = pieces[brace].depth;
  for (unsigned i = statement; i != pieces.size(); ++i) {
    if (pieces[i].beginsStatement && pieces[i].depth <= depth && i != statement)
      return;
    if (pieces[i].beginsStatement && pieces[i].depth == depth + 1)
      pieces[i].breakBefore = true;
    if (pieces[i].kind == Tok::leftBrace && pieces[i].statement == statement)
      pieces[pieces[i].match].breakBefore = pieces[i].match != static_cast<int>(i) + 1;
  }
}

//===- Columns of lines ------------------------------------------------------------------===//

/// The column of a piece that begins its line.
static unsigned indentOf(const std::vector<Piece> &pieces, unsigned i) {
  const Piece &piece = pieces[i];
  unsigned block = 4 * piece.depth;
  if (piece.beginsStatement || piece.kind == Tok::rightBrace)
    return 4 * piece.depth;
  bool closes = piece.kind == Tok::rightParen || piece.kind == Tok::rightBracket;
  int bracket = closes ? piece.match : piece.bracket;
  if (piece.isComment) {
    // It stands with what follows it, unless that closes a bracket.
    bracket = -1;
    for (int k = i; k-- > static_cast<int>(piece.statement);)
      if ((pieces[k].kind == Tok::leftParen || pieces[k].kind == Tok::leftBracket) &&
          pieces[k].match > static_cast<int>(i)) {
        bracket = k;
        break;
      }
  }
  if (bracket >= 0) {
    const Piece &open = pieces[bracket];
    bool alone = pieces[bracket + 1].breakBefore || pieces[bracket + 1].isComment;
    if (alone)
      return open.indent + (closes ? 0 : 4);
    return open.column + (closes ? 0 : open.width);
  }
  if (piece.kind == Tok::pipe)
    for (unsigned k = piece.statement + 1; k < i && !pieces[k].breakBefore; ++k)
      if (pieces[k].kind == Tok::pipe && pieces[k].bracket < 0)
        return pieces[k].column;
  return block + (pieces[piece.statement].isHeader ? 8 : 4);
}

/// Whether `;` stands between the two.
static bool needsSemicolon(const std::vector<Piece> &pieces, unsigned i) {
  return pieces[i].beginsStatement && !pieces[i].breakBefore && i > 0 && pieces[i - 1].kind != Tok::leftBrace;
}

static unsigned blanksBefore(const std::vector<Piece> &pieces, unsigned i) {
  const Piece &piece = pieces[i];
  return (piece.isComment ? 2 : piece.spaceBefore ? 1 : 0) + piece.pad;
}

void argent::ag::placePieces(std::vector<Piece> &pieces, unsigned begin, unsigned end) {
  for (unsigned i = begin; i != end; ++i) {
    Piece &piece = pieces[i];
    if (piece.breakBefore) {
      piece.column = piece.indent = indentOf(pieces, i);
      continue;
    }
    const Piece &before = pieces[i - 1];
    piece.indent = before.indent;
    piece.column = before.column + before.width + needsSemicolon(pieces, i) + blanksBefore(pieces, i);
  }
}

//===- Long lines --------------------------------------------------------------------------===//

/// How much worse it is to break before a piece than elsewhere in its brackets; nothing where it may not be.
static std::optional<unsigned> breakCost(const std::vector<Piece> &pieces, unsigned i) {
  const Piece &piece = pieces[i], &before = pieces[i - 1];
  if (piece.isComment || piece.breakBefore || piece.beginsStatement)
    return std::nullopt;
  unsigned level = 100 * piece.pairDepth;
  // The result of a definition stays together: rather it begins a line.
  if (piece.pairDepth && pieces[piece.statement].isHeader)
    for (unsigned k = piece.statement; k != i; ++k)
      if (pieces[k].kind == Tok::arrow && pieces[k].bracket < 0) {
        level += 100;
        break;
      }
  if (before.kind == Tok::comma)
    return level + (piece.pairDepth ? 0 : 60);
  if (isComparison(piece.kind))
    return level + 22;
  switch (piece.kind) {
  case Tok::pipe: // binds tighter than the commas of its brackets
    return level + (piece.pairDepth ? 5 : 0);
  case Tok::arrow:
    return 150; // after the commas of the parameters
  case Tok::kwCarry:
  case Tok::kwFrom:
    return level + 30;
  case Tok::kwThen:
  case Tok::kwElse:
  case Tok::kwFor:
    return i > piece.statement && before.kind != Tok::rightBrace ? std::optional<unsigned>(level + 10) : std::nullopt;
  case Tok::kwOr:
    return level + 20;
  case Tok::kwAnd:
    return level + 21;
  case Tok::plus:
  case Tok::minus:
    return piece.spaceBefore && i + 1 < pieces.size() && pieces[i + 1].spaceBefore ? std::optional<unsigned>(level + 23)
                                                                                   : std::nullopt;
  case Tok::star:
  case Tok::slash:
  case Tok::slashSlash:
  case Tok::percent:
  case Tok::at:
    return piece.spaceBefore && i + 1 < pieces.size() && pieces[i + 1].spaceBefore ? std::optional<unsigned>(level + 24)
                                                                                   : std::nullopt;
  default:
    break;
  }
  bool opens = before.kind == Tok::leftParen || before.kind == Tok::leftBracket;
  if (opens && before.match != static_cast<int>(i))
    return level + 90;
  return std::nullopt;
}

static unsigned endOfLine(const std::vector<Piece> &pieces, unsigned begin) {
  unsigned end = begin + 1;
  while (end < pieces.size() && !pieces[end].breakBefore)
    ++end;
  return end;
}

/// Breaks the line once; false if it is short enough or cannot be broken.
static bool breakLine(std::vector<Piece> &pieces, unsigned begin, unsigned end) {
  unsigned last = end;
  if (pieces[last - 1].isComment && last - 1 > begin)
    --last; // a comment may be long
  if (pieces[last - 1].column + pieces[last - 1].width <= kLineWidth)
    return false;
  for (unsigned i = begin; i != last; ++i)
    if (pieces[i].kind == Tok::leftBrace && pieces[i].match > static_cast<int>(i) + 1 &&
        !pieces[pieces[i].match].breakBefore) {
      breakBlock(pieces, i);
      return true;
    }
  std::optional<unsigned> best;
  unsigned bestCost = 0;
  for (unsigned i = begin + 1; i < last; ++i) {
    if (pieces[i - 1].column + pieces[i - 1].width > kLineWidth)
      break;
    std::optional<unsigned> cost = breakCost(pieces, i);
    if (!cost)
      continue;
    // It must gain something.
    pieces[i].breakBefore = true;
    unsigned indent = indentOf(pieces, i);
    pieces[i].breakBefore = false;
    if (indent + 8 > pieces[i].column)
      continue;
    if (!best || *cost <= bestCost) {
      best = i;
      bestCost = *cost;
    }
  }
  if (!best)
    return false;
  pieces[*best].breakBefore = true;
  const Piece &before = pieces[*best - 1];
  if ((before.kind == Tok::leftParen || before.kind == Tok::leftBracket) && before.match >= 0)
    pieces[before.match].breakBefore = true;
  return true;
}

static void breakLongLines(std::vector<Piece> &pieces) {
  for (unsigned begin = 0; begin < pieces.size();) {
    unsigned end = endOfLine(pieces, begin);
    placePieces(pieces, begin, end);
    if (!breakLine(pieces, begin, end))
      begin = end;
  }
}

//===- Text ------------------------------------------------------------------------------------===//

static std::string textOf(const std::vector<Piece> &pieces) {
  std::string text;
  for (unsigned i = 0; i != pieces.size(); ++i) {
    const Piece &piece = pieces[i];
    if (piece.breakBefore) {
      text += i ? "\n" : "";
      text += piece.blankBefore ? "\n" : "";
      text.append(piece.column, ' ');
    } else {
      text += needsSemicolon(pieces, i) ? ";" : "";
      text.append(blanksBefore(pieces, i), ' ');
    }
    text += piece.text;
  }
  return text.empty() ? text : text + "\n";
}

static std::string layOut(StringRef text, const std::vector<Token> &tokens) {
  std::vector<Piece> pieces = makePieces(text, tokens);
  Breaks(pieces).run();
  breakLongLines(pieces);
  alignColumns(pieces);
  return textOf(pieces);
}

/// What the layout must not change: the tokens, where statements end, and the comments.
static std::vector<std::string> contentOf(StringRef text, const std::vector<Token> &tokens) {
  std::vector<std::string> content;
  for (const Piece &piece : makePieces(text, tokens)) {
    if (piece.beginsStatement && !piece.isComment)
      content.push_back("");
    content.push_back(piece.text.str());
  }
  return content;
}

bool argent::ag::format(const llvm::MemoryBuffer &file, Diagnostics &diagnostics, std::string &result) {
  parse(file, diagnostics);
  if (diagnostics.errorCount())
    return false;
  Diagnostics silent(llvm::nulls());
  std::vector<Token> tokens = lex(file.getBuffer(), silent);
  result = layOut(file.getBuffer(), tokens);
  // An alignment may reach a line further once the lines above it are aligned.
  constexpr unsigned kMaxPasses = 20;
  for (unsigned pass = 0; pass != kMaxPasses; ++pass) {
    std::string next = layOut(result, lex(result, silent));
    if (next == result)
      break;
    result = std::move(next);
  }
  if (contentOf(file.getBuffer(), tokens) != contentOf(result, lex(result, silent))) {
    diagnostics.errorWithoutPlace(file.getBufferIdentifier() +
                                  ": the layout would change what the text says: this is a mistake of the formatter");
    return false;
  }
  return true;
}
