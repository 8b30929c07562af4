//===- Image.cpp - `from image(mean, std)`: pixels to numbers ----------------------===//
//   1. pixels / 255;
//   2. resized to the input's size, bilinear; when an axis shrinks, the triangle is widened by the same factor, so that
//      every pixel counts;
//   3. (x - mean) / std, per channel if these are lists.
// Without resizing a pixel's value is looked up: 256 numbers for each channel, computed in f64 and rounded once.
#include "runtime/data/Source.h"

#include <algorithm>
#include <cmath>

namespace argent {

namespace {

/// The weights with which one axis of the source makes each position of the destination.
struct Resampling {
  std::vector<int64_t> first; // of the source, for each position
  std::vector<std::vector<float>> weights;

  Resampling(int64_t from, int64_t to) {
    double scale = static_cast<double>(from) / static_cast<double>(to), support = std::max(scale, 1.0);
    for (int64_t i = 0; i < to; ++i) {
      double center = (static_cast<double>(i) + 0.5) * scale;
      int64_t begin = std::max<int64_t>(0, static_cast<int64_t>(std::floor(center - support)));
      int64_t end = std::min<int64_t>(from, static_cast<int64_t>(std::ceil(center + support)));
      std::vector<double> raw;
      double sum = 0;
      for (int64_t j = begin; j < end; ++j) {
        raw.push_back(std::max(0.0, 1.0 - std::abs((static_cast<double>(j) + 0.5 - center) / support)));
        sum += raw.back();
      }
      first.push_back(begin);
      auto &rounded = weights.emplace_back();
      for (double weight : raw)
        rounded.push_back(static_cast<float>(weight / sum));
    }
  }
};

class ImageSource : public Source {
public:
  ImageSource(const NumberRows &rows, int64_t height, int64_t width, int64_t channels, std::vector<double> mean,
              std::vector<double> deviation)
      : rows_(rows), fromHeight_(rows.rowShape[0]), fromWidth_(rows.rowShape[1]), height_(height), width_(width),
        channels_(channels), vertical_(fromHeight_, height), horizontal_(fromWidth_, width) {
    for (int64_t c = 0; c < channels; ++c) {
      double m = mean[mean.size() == 1 ? 0 : static_cast<size_t>(c)],
             d = deviation[deviation.size() == 1 ? 0 : static_cast<size_t>(c)];
      for (int value = 0; value < 256; ++value)
        table_.push_back(static_cast<float>((value / 255.0 - m) / d));
    }
  }

  Status fill(int64_t row, void *destination) const override {
    const auto *pixels =
        reinterpret_cast<const uint8_t *>(rows_.bytes.data()) + row * fromHeight_ * fromWidth_ * channels_;
    float *result = static_cast<float *>(destination);
    if (fromHeight_ == height_ && fromWidth_ == width_) {
      for (int64_t i = 0; i < height_ * width_; ++i)
        for (int64_t c = 0; c < channels_; ++c)
          result[i * channels_ + c] = table_[static_cast<size_t>(c * 256 + pixels[i * channels_ + c])];
      return Status();
    }
    // Resizing is linear, and its weights sum to 1: it may come after step 3.
    std::vector<float> rows(static_cast<size_t>(fromHeight_ * width_ * channels_));
    for (int64_t y = 0; y < fromHeight_; ++y)
      for (int64_t x = 0; x < width_; ++x)
        for (int64_t c = 0; c < channels_; ++c) {
          float sum = 0;
          const auto &weights = horizontal_.weights[static_cast<size_t>(x)];
          for (size_t k = 0; k < weights.size(); ++k) {
            int64_t from =
                (y * fromWidth_ + horizontal_.first[static_cast<size_t>(x)] + static_cast<int64_t>(k)) * channels_ + c;
            sum += weights[k] * table_[static_cast<size_t>(c * 256 + pixels[from])];
          }
          rows[static_cast<size_t>((y * width_ + x) * channels_ + c)] = sum;
        }
    for (int64_t y = 0; y < height_; ++y)
      for (int64_t i = 0; i < width_ * channels_; ++i) {
        float sum = 0;
        const auto &weights = vertical_.weights[static_cast<size_t>(y)];
        for (size_t k = 0; k < weights.size(); ++k)
          sum += weights[k] *
                 rows[static_cast<size_t>(
                     (vertical_.first[static_cast<size_t>(y)] + static_cast<int64_t>(k)) * width_ * channels_ + i)];
        result[y * width_ * channels_ + i] = sum;
      }
    return Status();
  }

private:
  const NumberRows &rows_;
  int64_t fromHeight_, fromWidth_, height_, width_, channels_;
  Resampling vertical_, horizontal_;
  std::vector<float> table_;
};

} // namespace

/// The numbers of `mean` or `std`: one, or one for each channel.
static Status perChannel(const InputPort &port, const char *name, size_t position, double otherwise, int64_t channels,
                         std::vector<double> &values) {
  const InputPort::Argument *argument = port.argument(name);
  if (!argument && position < port.arguments.size() && port.arguments[position].name.empty())
    argument = &port.arguments[position];
  values = argument ? argument->numbers : std::vector<double>{otherwise};
  if (values.size() != 1 && static_cast<int64_t>(values.size()) != channels)
    return Status(StatusCode::kInvalidArgument, port.describe() + ": `image` has " + std::to_string(values.size()) +
                                                    " numbers for `" + name + "`, and the input " +
                                                    std::to_string(channels) + " channels");
  return Status();
}

Status makeImageSource(const InputPort &port, const Column &column, const Vocabularies &,
                       std::unique_ptr<Source> &source) {
  if (port.type != ElementType::f32 || port.rowShape.size() != 3)
    return Status(StatusCode::kInvalidArgument,
                  port.describe() + ": `from image` makes f32[N, height, width, channels]");
  const NumberRows *rows = column.numbers();
  if (!rows || rows->type != ElementType::u8)
    return Status(StatusCode::kInvalidArgument, port.describe() + " takes images of unsigned bytes, and " +
                                                    column.description + " is " + column.type());
  std::vector<int64_t> shape = rows->rowShape;
  if (shape.size() == 2)
    shape.push_back(1);
  if (shape.size() != 3)
    return Status(StatusCode::kInvalidArgument, port.describe() + " takes images; a row of " + column.description +
                                                    " has " + std::to_string(rows->rowShape.size()) +
                                                    " dimensions instead of 2 or 3");
  int64_t channels = port.rowShape[2];
  if (shape[2] != channels)
    return Status(StatusCode::kInvalidArgument, port.describe() + " has " + std::to_string(channels) +
                                                    " channels; the images of " + column.description + " have " +
                                                    std::to_string(shape[2]));
  std::vector<double> mean, deviation;
  ARGENT_RETURN_IF_ERROR(perChannel(port, "mean", 0, 0, channels, mean));
  ARGENT_RETURN_IF_ERROR(perChannel(port, "std", 1, 1, channels, deviation));
  for (double value : deviation)
    if (value == 0)
      return Status(StatusCode::kInvalidArgument, port.describe() + ": `image` has std = 0");
  source = std::make_unique<ImageSource>(*rows, port.rowShape[0], port.rowShape[1], channels, std::move(mean),
                                         std::move(deviation));
  return Status();
}

} // namespace argent
