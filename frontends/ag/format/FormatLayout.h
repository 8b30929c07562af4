//===- FormatLayout.h - the steps of the formatter ---------------------------------===//
#ifndef ARGENT_FRONTENDS_AG_FORMAT_FORMATLAYOUT_H
#define ARGENT_FRONTENDS_AG_FORMAT_FORMATLAYOUT_H

#include "frontends/ag/format/FormatPieces.h"

namespace argent::ag {

/// In characters.
constexpr unsigned kLineWidth = 120;

/// Gives each statement of the block that `brace` opens a line of its own, and so in the other branches of an `if`.
void breakBlock(std::vector<Piece> &pieces, unsigned brace);

/// Computes the columns of pieces from where lines break and what is padded; what stands before `begin` has them.
void placePieces(std::vector<Piece> &pieces, unsigned begin, unsigned end);

/// Pads what the writer aligned, in lines that follow each other: the `=` of statements, the types of parameters and
/// states, pipes, and comments behind code. A column that would make a line too long is given up.
void alignColumns(std::vector<Piece> &pieces);

} // namespace argent::ag

#endif // ARGENT_FRONTENDS_AG_FORMAT_FORMATLAYOUT_H
