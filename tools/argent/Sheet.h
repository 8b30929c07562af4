//===- Sheet.h - a drawing that becomes SVG or PNG ----------------------------------------===//
// Lengths are units of the drawing, from the upper left corner; a unit is a pixel of the SVG and two of the PNG.
#ifndef ARGENT_TOOLS_ARGENT_SHEET_H
#define ARGENT_TOOLS_ARGENT_SHEET_H

#include "Canvas.h"

#include <memory>

namespace argent::tool {

class Sheet {
public:
  enum class Anchor { start, middle, end };
  struct Words {
    double size = 10; // height of the letters' line
    Color color;
    Anchor anchor = Anchor::start;
    double degrees = 0; // counter-clockwise around the anchor
  };

  virtual ~Sheet() = default;
  /// `tooltip` is shown where the format has such a thing.
  virtual void rectangle(double left, double top, double right, double bottom, Color color,
                         const std::string &tooltip = "") = 0;
  virtual void line(Point from, Point to, double thickness, Color color, double dash = 0) = 0;
  /// Lines through the points, joined round.
  virtual void polyline(const std::vector<Point> &points, double thickness, Color color, double dash = 0) = 0;
  /// `y` is the baseline.
  virtual void text(double x, double y, const std::string &words, const Words &how) = 0;
  /// At least what the text takes: the reader's font is not known.
  virtual double textWidth(const std::string &words, double size) const = 0;
  /// Errors: kIoError  the file cannot be written; it is then as it was.
  virtual Status write(const std::string &path) const = 0;
};

std::unique_ptr<Sheet> makeSvgSheet(double width, double height);
std::unique_ptr<Sheet> makePngSheet(double width, double height);

} // namespace argent::tool

#endif // ARGENT_TOOLS_ARGENT_SHEET_H
