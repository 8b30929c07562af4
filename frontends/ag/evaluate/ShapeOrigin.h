//===- ShapeOrigin.h - where a dimension comes from, for messages ----------------------------------------------===//
#ifndef ARGENT_FRONTENDS_AG_EVALUATE_SHAPEORIGIN_H
#define ARGENT_FRONTENDS_AG_EVALUATE_SHAPEORIGIN_H

#include "frontends/ag/evaluate/Context.h"

namespace argent::ag {

/// Adds a note about the side whose dimension is most likely not as it was meant: where it comes from.
void noteShapes(Report &report, Context &context, const Given &left, const Given &right, unsigned leftDim,
                unsigned rightDim);

} // namespace argent::ag

#endif // ARGENT_FRONTENDS_AG_EVALUATE_SHAPEORIGIN_H
