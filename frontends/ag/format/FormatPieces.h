//===- FormatPieces.h - tokens and comments in one row, for the formatter ----------===//
#ifndef ARGENT_FRONTENDS_AG_FORMAT_FORMATPIECES_H
#define ARGENT_FRONTENDS_AG_FORMAT_FORMATPIECES_H

#include "frontends/ag/syntax/Lexer.h"

namespace argent::ag {

/// A token that is printed, or a comment, with what its source and its place in the text say about its layout. A
/// statement goes from a piece with `beginsStatement` to the next; the blocks in it have statements of their own.
struct Piece {
  Tok kind = Tok::endOfFile;
  llvm::StringRef text;
  bool isComment = false;

  // As the source has it.
  unsigned linesBefore = 0;  // line ends between the piece before and this one
  bool wide = false;         // on the same line, more than one blank before it
  unsigned sourceColumn = 0; // in characters

  // Structure.
  bool beginsStatement = false;
  int bracket = -1;       // the innermost ( or [ around it, within its statement; a bracket is not in itself
  int match = -1;         // of a bracket or brace: the other one
  unsigned statement = 0; // the piece that begins its statement
  unsigned depth = 0;     // of blocks around its statement
  bool isHeader = false;  // of a statement's first piece: it opens a block
  unsigned pairDepth = 0; // brackets around it, within its statement

  // Layout.
  bool spaceBefore = false;
  bool breakBefore = false;
  bool blankBefore = false;
  unsigned pad = 0;    // further blanks, for alignment
  unsigned column = 0; // in characters
  unsigned indent = 0; // the column of its line's first piece
  unsigned width = 0;
};

/// The pieces of a text that parses, with source and structure filled in, and whether blanks stand between.
std::vector<Piece> makePieces(llvm::StringRef text, const std::vector<Token> &tokens);

/// The number of characters.
unsigned characterCount(llvm::StringRef text);

} // namespace argent::ag

#endif // ARGENT_FRONTENDS_AG_FORMAT_FORMATPIECES_H
