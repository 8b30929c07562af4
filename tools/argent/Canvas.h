//===- Canvas.h - a picture in memory -------------------------------------------------===//
// Lengths are pixels, from the upper left corner; a pixel's centre is at .5. Everything is clipped at the edges and
// antialiased by coverage.
#ifndef ARGENT_TOOLS_ARGENT_CANVAS_H
#define ARGENT_TOOLS_ARGENT_CANVAS_H

#include "argent/Status.h"

#include <string>
#include <vector>

namespace argent::tool {

struct Color {
  float red, green, blue; // 0 … 1
  /// So far on the way to white.
  Color tint(float share) const {
    return {red + (1 - red) * share, green + (1 - green) * share, blue + (1 - blue) * share};
  }
};

struct Point {
  double x, y;
};

class Canvas {
public:
  /// White.
  Canvas(int width, int height);

  int width() const { return width_; }
  int height() const { return height_; }
  /// What is drawn from here on stays inside of this box; without one, inside of the picture.
  void clip(double left, double top, double right, double bottom);
  void clip() { clip(0, 0, width_, height_); }

  void fill(double left, double top, double right, double bottom, Color color, double opacity = 1);
  /// Lines through the points, joined round. `dash` > 0: so long on, so long off.
  void polyline(const std::vector<Point> &points, double thickness, Color color, double dash = 0);
  void line(Point from, Point to, double thickness, Color color) { polyline({from, to}, thickness, color); }
  void dot(Point centre, double radius, Color color);
  /// `scale` pixels for each dot of the font; the upper left corner of the first letter's cell.
  void text(double x, double y, const std::string &text, Color color, int scale = 2);
  /// Turned counter-clockwise around `anchor`, which lies on the baseline, `shift` pixels before the first letter
  /// (negative: behind it).
  void turnedText(Point anchor, double shift, const std::string &text, Color color, int scale, double degrees);
  static int textWidth(const std::string &text, int scale = 2);

  /// Errors: kIoError  the file cannot be written; it is then not there, or as it was.
  Status writePng(const std::string &path) const;

private:
  struct Segment {
    Point from, to;
  };
  void blend(int x, int y, Color color, double opacity);
  void stroke(const std::vector<Segment> &segments, double thickness, Color color);

  int width_, height_;
  int clipLeft_, clipTop_, clipRight_, clipBottom_;
  std::vector<Color> pixels_;
};

} // namespace argent::tool

#endif // ARGENT_TOOLS_ARGENT_CANVAS_H
