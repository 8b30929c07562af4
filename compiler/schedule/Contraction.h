//===- Contraction.h - how a product is computed ---------------------------===//
// What the rule for products decides, as a value: it depends on shapes and the target alone and can be tested and
// searched without directives, which ContractionDirectives.cpp makes of it.
#ifndef ARGENT_COMPILER_SCHEDULE_CONTRACTION_H
#define ARGENT_COMPILER_SCHEDULE_CONTRACTION_H

#include "compiler/schedule/Analysis.h"

namespace argent::schedule {

/// The results that are kept in registers at once.
struct Tile {
  int64_t lanes = 1;     // of one vector
  int64_t vectors = 1;   // along the last axis
  int64_t firstAxis = 0; // the outermost axis that is in the tile; those between it and the last are in it as a whole
  int64_t rows = 0;      // points of the first axis; 0: it is in the tile as a whole, too
  int64_t width() const { return lanes * vectors; }
  bool splits() const { return rows > 0; }
};

struct ContractionDecision {
  /// Else there is no axis for vectors, or nothing to store a tile: the reduction's loops, at root.
  bool isTiled = false;

  /// What stores a tile: the last of the pointwise funcs behind the sum, or the sum itself, by a wrapper.
  Func *root = nullptr;
  Tile tile;
  bool hasFewRows = false;  // a small batch: a tile holds no rows of several N, and panels are the outermost loop
  bool isOneVector = false; // the features are fewer than a tile's, which is stored without a predicate or a tail

  /// Where a root that is no output is computed.
  enum class Place {
    Root,
    Image, // for each image: in the first loop of `consumer`
    Rows   // for some rows of an image: in its second loop
  };
  Place place = Place::Root;
  Func *consumer = nullptr;
  int64_t rowPoints = 0; // Rows: points of a row, of which whole ones are computed

  /// What is parallel, of a root that is not computed inside a consumer.
  enum class Tasks {
    None,
    Outermost, // the root's outermost loop
    Images,    // images, or chunks of them
    Panels     // panels, or chunks of them
  };
  Tasks tasks = Tasks::None;
  int64_t chunk = 0;        // a task is so many steps of the loop next to that over N; 0: all
  bool fusesImages = false; // Panels: each image has tasks of its own

  /// Where the funcs that the product loads are stored, of those that have an N: in this loop, of the root or the
  /// consumer. No func: at root, as all others.
  Func *stagingFunc = nullptr;
  std::string stagingLoop;

  /// The schedule holds from this batch on: a tile over N needs as many rows.
  int64_t minBatch = 1;

  int64_t panels(const Func &sum) const;
  /// The root's loops outside of the tile, innermost first. The sum is computed in the first.
  llvm::SmallVector<std::string> outerLoops(const Func &sum) const;
};

/// `smallBatch`: for batches below the least that tiles over N need, of which the schedule then has none.
ContractionDecision decideContraction(Func &sum, const Target &target, bool smallBatch);
/// With the funcs that store the sum and those that it loads.
void writeContraction(Func &sum, const ContractionDecision &decision, const Target &target);

} // namespace argent::schedule

#endif // ARGENT_COMPILER_SCHEDULE_CONTRACTION_H
