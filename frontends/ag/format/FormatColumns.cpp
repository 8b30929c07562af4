//===- FormatColumns.cpp - columns that the writer aligned --------------------------===//
// Lines that follow each other have a column if they have it at the same place in the source, and more than one blank
// before it somewhere: the writer chooses. Comments behind code are a column always.
#include "frontends/ag/format/FormatLayout.h"

#include "llvm/ADT/STLExtras.h"

#include <map>

using namespace argent::ag;

namespace {

struct Line {
  unsigned begin, end; // pieces
};

class Columns {
public:
  explicit Columns(std::vector<Piece> &pieces) : pieces_(pieces) {}

  void run() {
    findLines();
    placePieces(pieces_, 0, pieces_.size());
    alignStatements(&Columns::typeOf);
    alignStatements(&Columns::assignOf);
    alignPipes();
    alignComments();
  }

private:
  using Column = std::vector<unsigned>; // pieces that shall stand below each other

  void findLines() {
    for (unsigned i = 0; i != pieces_.size(); ++i) {
      if (pieces_[i].breakBefore)
        lines_.push_back({i, i});
      lines_.back().end = i + 1;
    }
  }

  /// The piece in the first line of a statement that its column is about; 0 if there is none.
  unsigned assignOf(const Line &line) const {
    for (unsigned i = line.begin; i != line.end; ++i) {
      const Piece &piece = pieces_[i];
      if (piece.kind == Tok::leftBrace)
        return 0;
      if ((piece.kind == Tok::assign || piece.kind == Tok::store) && piece.bracket < 0)
        return i;
    }
    return 0;
  }
  unsigned typeOf(const Line &line) const {
    Tok kind = pieces_[line.begin].kind;
    if ((kind != Tok::kwParam && kind != Tok::kwState) || line.end - line.begin < 4)
      return 0;
    return pieces_[line.begin + 2].kind == Tok::colon ? line.begin + 3 : 0;
  }

  /// Statements form columns with their like: bindings, parameters, states, metrics.
  int classOf(const Line &line) const {
    switch (pieces_[line.begin].kind) {
    case Tok::kwParam:
    case Tok::kwState:
    case Tok::kwMetric:
      return static_cast<int>(pieces_[line.begin].kind);
    case Tok::name:
      return static_cast<int>(Tok::name);
    default:
      return -1;
    }
  }

  bool areLinked(unsigned a, unsigned b) const { return pieces_[a].sourceColumn == pieces_[b].sourceColumn; }

  void alignStatements(unsigned (Columns::*find)(const Line &) const) {
    std::map<int, Column> open; // by class
    auto close = [&] {
      for (auto &[kind, column] : open)
        align(column, true);
      open.clear();
    };
    unsigned depth = 0;
    for (auto [index, line] : llvm::enumerate(lines_)) {
      const Piece &first = pieces_[line.begin];
      // A line that is more than its statement's only one ends all columns.
      bool whole =
          first.beginsStatement && (index + 1 == lines_.size() || pieces_[lines_[index + 1].begin].beginsStatement ||
                                    pieces_[lines_[index + 1].begin].kind == Tok::rightBrace);
      if (!first.beginsStatement || first.isComment || first.blankBefore || first.depth != depth)
        close();
      if (!first.beginsStatement || first.isComment)
        continue;
      depth = first.depth;
      int kind = classOf(line);
      unsigned piece = kind < 0 ? 0 : (this->*find)(line);
      if (piece) {
        Column &column = open[kind];
        if (!column.empty() && !areLinked(column.back(), piece)) {
          align(column, true);
          column.clear();
        }
        column.push_back(piece);
      }
      if (!whole || first.isHeader)
        close();
    }
    close();
  }

  /// In lines of one statement and one bracket: the first pipe behind the line's beginning, the second, …
  void alignPipes() {
    auto pipesOf = [&](const Line &line) {
      Column pipes;
      const Piece &first = pieces_[line.begin];
      for (unsigned i = line.begin + 1; i != line.end; ++i)
        if (pieces_[i].kind == Tok::pipe && pieces_[i].bracket == first.bracket &&
            pieces_[i].statement == first.statement)
          pipes.push_back(i);
      return pipes;
    };
    for (unsigned k = 0;; ++k) {
      bool any = false;
      Column column;
      for (const Line &line : lines_) {
        Column pipes = pipesOf(line);
        bool has = k < pipes.size();
        any |= has;
        bool linked = has && !column.empty() && pieces_[column.back()].statement == pieces_[pipes[k]].statement &&
                      pieces_[column.back()].bracket == pieces_[pipes[k]].bracket && areLinked(column.back(), pipes[k]);
        if (!linked) {
          align(column, true);
          column.clear();
        }
        if (has)
          column.push_back(pipes[k]);
      }
      align(column, true);
      if (!any)
        return;
    }
  }

  void alignComments() {
    Column column;
    for (const Line &line : lines_) {
      bool has = line.end - line.begin > 1 && pieces_[line.end - 1].isComment;
      if (!has || pieces_[line.begin].blankBefore) {
        align(column, false);
        column.clear();
      }
      if (has)
        column.push_back(line.end - 1);
    }
    align(column, false);
  }

  void align(const Column &column, bool onlyIfWide) {
    bool wide = llvm::any_of(column, [&](unsigned i) { return pieces_[i].wide; });
    if (column.size() < 2 || (onlyIfWide && !wide))
      return;
    unsigned target = 0;
    for (unsigned i : column)
      target = std::max(target, pieces_[i].column);
    for (unsigned i : column)
      pieces_[i].pad = target - pieces_[i].column;
    placePieces(pieces_, 0, pieces_.size());
    bool fits = true;
    for (unsigned i : column) {
      unsigned last = i;
      while (last + 1 < pieces_.size() && !pieces_[last + 1].breakBefore)
        ++last;
      if (!pieces_[last].isComment)
        fits &= pieces_[last].column + pieces_[last].width <= kLineWidth;
    }
    if (fits)
      return;
    for (unsigned i : column)
      pieces_[i].pad = 0;
    placePieces(pieces_, 0, pieces_.size());
  }

  std::vector<Piece> &pieces_;
  std::vector<Line> lines_;
};

} // namespace

void argent::ag::alignColumns(std::vector<Piece> &pieces) { Columns(pieces).run(); }
