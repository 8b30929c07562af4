//===- GradientChart.h - gradient reports, drawn -------------------------------------------===//
#ifndef ARGENT_TOOLS_ARGENT_GRADIENTCHART_H
#define ARGENT_TOOLS_ARGENT_GRADIENTCHART_H

#include "GradientData.h"
#include "Sheet.h"

namespace argent::tool {

/// Draws reports side by side, a column each, with the same axes in each row of panels:
///   1. the loss, over the updates;
///   2. the norm of the loss's gradient in the parameters of each layer, over the updates;
///   3. the norm of its gradient in each state of a loop, over the loop's steps: at the first update that was reported,
///      pale, and at the last with a number among them;
///   4. the factors between successive steps, of that last update;
///   5. the shares of saturated elements of what saturates in loops, over the updates.
/// Norms, factors and the loss are on logarithmic axes. A cross at the upper edge is a value that is not finite; a line
/// at the lower edge is 0. A row without values in any report is left out.
///
/// Errors: kIoError  the file cannot be written; it is then as it was.
Status drawGradients(const std::vector<GradientRun> &runs, const std::string &title, const std::string &path);

} // namespace argent::tool

#endif // ARGENT_TOOLS_ARGENT_GRADIENTCHART_H
