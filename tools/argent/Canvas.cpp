//===- Canvas.cpp - lines, letters and the PNG file -------------------------------------===//
#include "Canvas.h"

#include "Output.h"
#include "PlotFont.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <png.h>

namespace argent::tool {

Canvas::Canvas(int width, int height)
    : width_(width), height_(height), pixels_(static_cast<size_t>(width) * height, Color{1, 1, 1}) {
  clip();
}

void Canvas::clip(double left, double top, double right, double bottom) {
  clipLeft_ = std::max(0, static_cast<int>(std::floor(left)));
  clipTop_ = std::max(0, static_cast<int>(std::floor(top)));
  clipRight_ = std::min(width_, static_cast<int>(std::ceil(right)));
  clipBottom_ = std::min(height_, static_cast<int>(std::ceil(bottom)));
}

void Canvas::blend(int x, int y, Color color, double opacity) {
  if (x < clipLeft_ || x >= clipRight_ || y < clipTop_ || y >= clipBottom_ || opacity <= 0)
    return;
  Color &pixel = pixels_[static_cast<size_t>(y) * width_ + x];
  auto share = static_cast<float>(std::min(opacity, 1.0));
  pixel = {pixel.red + (color.red - pixel.red) * share, pixel.green + (color.green - pixel.green) * share,
           pixel.blue + (color.blue - pixel.blue) * share};
}

void Canvas::fill(double left, double top, double right, double bottom, Color color, double opacity) {
  auto covered = [](double low, double high, int pixel) {
    return std::clamp(std::min(high, pixel + 1.0) - std::max(low, double(pixel)), 0.0, 1.0);
  };
  for (int y = std::max(clipTop_, static_cast<int>(top)); y < std::min<double>(clipBottom_, bottom); ++y)
    for (int x = std::max(clipLeft_, static_cast<int>(left)); x < std::min<double>(clipRight_, right); ++x)
      blend(x, y, color, opacity * covered(left, right, x) * covered(top, bottom, y));
}

static double distance(Point p, Point a, Point b) {
  double dx = b.x - a.x, dy = b.y - a.y, length = dx * dx + dy * dy;
  double along = length > 0 ? std::clamp(((p.x - a.x) * dx + (p.y - a.y) * dy) / length, 0.0, 1.0) : 0;
  return std::hypot(p.x - a.x - along * dx, p.y - a.y - along * dy);
}

/// A pixel is covered by as much as the nearest segment's edge leaves; so it is blended once, and joints are no darker
/// than the rest.
void Canvas::stroke(const std::vector<Segment> &segments, double thickness, Color color) {
  double reach = thickness / 2 + 0.5;
  std::vector<float> coverage(static_cast<size_t>(width_) * height_, 0);
  int top = height_, bottom = 0, left = width_, right = 0;
  for (const Segment &segment : segments) {
    int x0 = std::max<int>(
        clipLeft_, static_cast<int>(std::floor(std::max(-1e6, std::min(segment.from.x, segment.to.x) - reach))));
    int x1 = std::min<int>(clipRight_,
                           static_cast<int>(std::ceil(std::min(1e6, std::max(segment.from.x, segment.to.x) + reach))));
    int y0 = std::max<int>(
        clipTop_, static_cast<int>(std::floor(std::max(-1e6, std::min(segment.from.y, segment.to.y) - reach))));
    int y1 = std::min<int>(clipBottom_,
                           static_cast<int>(std::ceil(std::min(1e6, std::max(segment.from.y, segment.to.y) + reach))));
    for (int y = y0; y < y1; ++y)
      for (int x = x0; x < x1; ++x) {
        double share =
            std::clamp(reach - distance({x + 0.5, y + 0.5}, segment.from, segment.to), 0.0, std::min(1.0, thickness));
        float &covered = coverage[static_cast<size_t>(y) * width_ + x];
        covered = std::max(covered, static_cast<float>(share));
      }
    top = std::min(top, y0), bottom = std::max(bottom, y1), left = std::min(left, x0), right = std::max(right, x1);
  }
  for (int y = top; y < bottom; ++y)
    for (int x = left; x < right; ++x)
      blend(x, y, color, coverage[static_cast<size_t>(y) * width_ + x]);
}

void Canvas::polyline(const std::vector<Point> &points, double thickness, Color color, double dash) {
  std::vector<Segment> segments;
  double walked = 0; // along the line, for the dashes
  for (size_t i = 1; i < points.size(); ++i) {
    Point a = points[i - 1], b = points[i];
    double length = std::hypot(b.x - a.x, b.y - a.y);
    if (dash <= 0 || length > 1e6) {
      segments.push_back({a, b});
      continue;
    }
    auto at = [&](double along) {
      return Point{a.x + (b.x - a.x) * along / length, a.y + (b.y - a.y) * along / length};
    };
    for (double done = 0; done < length;) {
      double phase = std::fmod(walked + done, 2 * dash);
      double next = std::min(length, done + (phase < dash ? dash - phase : 2 * dash - phase) + 1e-9);
      if (phase < dash)
        segments.push_back({at(done), at(next)});
      done = next;
    }
    walked += length;
  }
  stroke(segments, thickness, color);
}

void Canvas::dot(Point centre, double radius, Color color) { stroke({{centre, centre}}, 2 * radius, color); }

int Canvas::textWidth(const std::string &text, int scale) {
  return text.empty() ? 0 : (static_cast<int>(text.size()) * kGlyphAdvance - 1) * scale;
}

void Canvas::text(double x, double y, const std::string &text, Color color, int scale) {
  double left = std::round(x), top = std::round(y);
  for (char letter : text) {
    const uint8_t *columns = glyph(letter);
    for (int column = 0; column < kGlyphWidth; ++column)
      for (int row = 0; row < kGlyphHeight; ++row)
        if (columns[column] >> row & 1)
          fill(left + column * scale, top + row * scale, left + (column + 1) * scale, top + (row + 1) * scale, color);
    left += kGlyphAdvance * scale;
  }
}

void Canvas::turnedText(Point anchor, double shift, const std::string &words, Color color, int scale, double degrees) {
  constexpr int kBaseline = 7; // the row of dots below it
  if (degrees == 0) {
    text(anchor.x + shift, anchor.y - kBaseline * scale, words, color, scale);
    return;
  }
  constexpr int kSamples = 3; // of a pixel, in each direction
  double cosine = std::cos(degrees * std::numbers::pi / 180), sine = std::sin(degrees * std::numbers::pi / 180);
  for (size_t i = 0; i < words.size(); ++i) {
    const uint8_t *columns = glyph(words[i]);
    // The letter's box along the text and above the baseline, and where its corners come to lie.
    double begin = shift + static_cast<double>(i) * kGlyphAdvance * scale, end = begin + kGlyphWidth * scale,
           high = kBaseline * scale, low = (kBaseline - kGlyphHeight) * scale;
    double left = 1e9, right = -1e9, top = 1e9, bottom = -1e9;
    for (double along : {begin, end})
      for (double above : {low, high}) {
        double x = anchor.x + along * cosine - above * sine, y = anchor.y - along * sine - above * cosine;
        left = std::min(left, x), right = std::max(right, x), top = std::min(top, y), bottom = std::max(bottom, y);
      }
    for (int y = std::max(clipTop_, static_cast<int>(std::floor(top))); y < std::min<double>(clipBottom_, bottom); ++y)
      for (int x = std::max(clipLeft_, static_cast<int>(std::floor(left))); x < std::min<double>(clipRight_, right);
           ++x) {
        int covered = 0;
        for (int sample = 0; sample < kSamples * kSamples; ++sample) {
          double dx = x + (sample % kSamples + 0.5) / kSamples - anchor.x,
                 dy = y + (sample / kSamples + 0.5) / kSamples - anchor.y;
          double along = dx * cosine - dy * sine - begin, above = -dx * sine - dy * cosine;
          int column = static_cast<int>(std::floor(along / scale)),
              row = static_cast<int>(std::floor((high - above) / scale));
          covered +=
              column >= 0 && column < kGlyphWidth && row >= 0 && row < kGlyphHeight && (columns[column] >> row & 1);
        }
        blend(x, y, color, static_cast<double>(covered) / (kSamples * kSamples));
      }
  }
}

Status Canvas::writePng(const std::string &path) const {
  std::vector<uint8_t> bytes;
  bytes.reserve(pixels_.size() * 3);
  for (Color pixel : pixels_)
    for (float channel : {pixel.red, pixel.green, pixel.blue})
      bytes.push_back(static_cast<uint8_t>(std::lround(std::clamp(channel, 0.0f, 1.0f) * 255)));
  png_image image = {};
  image.version = PNG_IMAGE_VERSION;
  image.width = static_cast<png_uint_32>(width_);
  image.height = static_cast<png_uint_32>(height_);
  image.format = PNG_FORMAT_RGB;
  png_alloc_size_t size = 0;
  std::string encoded;
  bool good = png_image_write_get_memory_size(image, size, 0, bytes.data(), 0, nullptr);
  if (good) {
    encoded.resize(size);
    good = png_image_write_to_memory(&image, encoded.data(), &size, 0, bytes.data(), 0, nullptr);
  }
  if (!good)
    return Status(StatusCode::kIoError, "cannot encode " + path + ": " + image.message);
  encoded.resize(size);
  return writeOutput(path, encoded);
}

} // namespace argent::tool
