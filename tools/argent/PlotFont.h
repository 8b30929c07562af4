//===- PlotFont.h - the letters of plots ----------------------------------------------===//
#ifndef ARGENT_TOOLS_ARGENT_PLOTFONT_H
#define ARGENT_TOOLS_ARGENT_PLOTFONT_H

#include <cstdint>

namespace argent::tool {

constexpr int kGlyphWidth = 5, kGlyphHeight = 8, kGlyphAdvance = 6;

/// Five columns, left to right; bit 0 is the top row, bit 7 below the line. What is not printable ASCII is a question
/// mark.
const uint8_t *glyph(char letter);

} // namespace argent::tool

#endif // ARGENT_TOOLS_ARGENT_PLOTFONT_H
