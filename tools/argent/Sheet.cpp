//===- Sheet.cpp - a drawing that becomes SVG or PNG --------------------------------------===//
#include "Sheet.h"

#include "Output.h"

#include <algorithm>
#include <cmath>

namespace argent::tool {

namespace {

class SvgSheet : public Sheet {
public:
  SvgSheet(double width, double height) {
    print("<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%.0f\" height=\"%.0f\" viewBox=\"0 0 %.0f %.0f\" "
          "font-family=\"Helvetica, Arial, sans-serif\">\n"
          "<rect width=\"100%%\" height=\"100%%\" fill=\"#ffffff\"/>\n",
          width, height, width, height);
  }

  void rectangle(double left, double top, double right, double bottom, Color color,
                 const std::string &tooltip) override {
    print("<rect x=\"%.2f\" y=\"%.2f\" width=\"%.2f\" height=\"%.2f\" fill=\"%s\"", left, top, right - left,
          bottom - top, hex(color).c_str());
    out_ += tooltip.empty() ? "/>\n" : "><title>" + escaped(tooltip) + "</title></rect>\n";
  }

  void line(Point from, Point to, double thickness, Color color, double dash) override {
    print("<line x1=\"%.2f\" y1=\"%.2f\" x2=\"%.2f\" y2=\"%.2f\" stroke=\"%s\" stroke-width=\"%.1f\"", from.x, from.y,
          to.x, to.y, hex(color).c_str(), thickness);
    if (dash > 0)
      print(" stroke-dasharray=\"%.1f\"", dash);
    out_ += "/>\n";
  }

  void polyline(const std::vector<Point> &points, double thickness, Color color, double dash) override {
    print("<polyline fill=\"none\" stroke-linejoin=\"round\" stroke=\"%s\" stroke-width=\"%.1f\"", hex(color).c_str(),
          thickness);
    if (dash > 0)
      print(" stroke-dasharray=\"%.1f\"", dash);
    out_ += " points=\"";
    for (size_t i = 0; i < points.size(); ++i)
      print(i ? " %.1f,%.1f" : "%.1f,%.1f", points[i].x, points[i].y);
    out_ += "\"/>\n";
  }

  /// Text lets the pointer through to the tooltip of what is below.
  void text(double x, double y, const std::string &words, const Words &how) override {
    print("<text pointer-events=\"none\" font-size=\"%g\" fill=\"%s\"", how.size, hex(how.color).c_str());
    if (how.anchor != Anchor::start)
      print(" text-anchor=\"%s\"", how.anchor == Anchor::end ? "end" : "middle");
    if (how.degrees == 0)
      print(" x=\"%.1f\" y=\"%.1f\">", x, y);
    else
      print(" transform=\"translate(%.1f %.1f) rotate(%g)\">", x, y, -how.degrees);
    out_ += escaped(words) + "</text>\n";
  }

  /// Of the fonts that are used in Helvetica's place, DejaVu Sans is the widest: 0.59 of its size on average for names
  /// like ours.
  double textWidth(const std::string &words, double size) const override {
    return 0.6 * size * static_cast<double>(words.size());
  }

  Status write(const std::string &path) const override { return writeOutput(path, out_ + "</svg>\n"); }

private:
  template <typename... Values> void print(const char *format, Values... values) {
    char buffer[512];
    std::snprintf(buffer, sizeof(buffer), format, values...);
    out_ += buffer;
  }

  static std::string hex(Color color) {
    auto byte = [](float share) { return static_cast<int>(std::lround(std::clamp(share, 0.0f, 1.0f) * 255)); };
    char buffer[8];
    std::snprintf(buffer, sizeof(buffer), "#%02x%02x%02x", byte(color.red) & 255, byte(color.green) & 255,
                  byte(color.blue) & 255);
    return buffer;
  }

  /// XML has no control characters.
  static std::string escaped(const std::string &text) {
    std::string result;
    for (char c : text)
      result += c == '<'                             ? "&lt;"
                : c == '>'                           ? "&gt;"
                : c == '&'                           ? "&amp;"
                : c == '"'                           ? "&quot;"
                : static_cast<unsigned char>(c) < 32 ? " "
                                                     : std::string(1, c);
    return result;
  }

  std::string out_;
};

class PngSheet : public Sheet {
public:
  PngSheet(double width, double height)
      : canvas_(static_cast<int>(std::ceil(kPixels * width)), static_cast<int>(std::ceil(kPixels * height))) {}

  void rectangle(double left, double top, double right, double bottom, Color color, const std::string &) override {
    canvas_.fill(kPixels * left, kPixels * top, kPixels * right, kPixels * bottom, color);
  }

  void line(Point from, Point to, double thickness, Color color, double dash) override {
    canvas_.polyline({{kPixels * from.x, kPixels * from.y}, {kPixels * to.x, kPixels * to.y}}, kPixels * thickness,
                     color, kPixels * dash);
  }

  void polyline(const std::vector<Point> &points, double thickness, Color color, double dash) override {
    std::vector<Point> pixels;
    for (Point point : points)
      pixels.push_back({kPixels * point.x, kPixels * point.y});
    canvas_.polyline(pixels, kPixels * thickness, color, kPixels * dash);
  }

  void text(double x, double y, const std::string &words, const Words &how) override {
    int scale = scaleOf(how.size);
    double width = Canvas::textWidth(words, scale), shift = how.anchor == Anchor::end      ? -width
                                                            : how.anchor == Anchor::middle ? -width / 2
                                                                                           : 0;
    canvas_.turnedText({kPixels * x, kPixels * y}, shift, words, how.color, scale, how.degrees);
  }

  double textWidth(const std::string &words, double size) const override {
    return Canvas::textWidth(words, scaleOf(size)) / kPixels;
  }

  Status write(const std::string &path) const override { return canvas_.writePng(path); }

private:
  static constexpr double kPixels = 2; // of a unit
  /// Two pixels for a dot of the font are letters of 9 to 12 units.
  static int scaleOf(double size) { return std::max(1, static_cast<int>(std::lround(size / 5.5))); }

  Canvas canvas_;
};

} // namespace

std::unique_ptr<Sheet> makeSvgSheet(double width, double height) { return std::make_unique<SvgSheet>(width, height); }
std::unique_ptr<Sheet> makePngSheet(double width, double height) { return std::make_unique<PngSheet>(width, height); }

} // namespace argent::tool
