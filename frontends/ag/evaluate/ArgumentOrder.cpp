//===- ArgumentOrder.cpp - numbers in the order of another framework ------------------------===//
// The size of the input is known here, and so layers do not take it; elsewhere it comes first: Conv2d(1, 8, 3) has one
// channel in and eight out, conv2d(1, 8, 3) one feature, a window of 8 and a stride of 3. Such a call compiles: where
// it is most likely a slip, it is warned of.
#include "frontends/ag/evaluate/Calls.h"
#include "frontends/ag/evaluate/TensorType.h"

using namespace argent::ag;
using llvm::StringRef;
using llvm::Twine;

static bool isPositional(const std::optional<Given> &given) {
  return given && given->range.isValid() && given->name.text.empty();
}

/// Convolutions: (x, features, kernel, stride), elsewhere (channels in, channels out, kernel).
static bool isChannelsFirst(int64_t features, int64_t kernel, int64_t stride, int64_t channels) {
  constexpr int64_t kLargeWindow = 7, kLargeStride = 3; // beyond these, what a window or a stride is hardly meant to be
  return features == channels && (kernel > kLargeWindow || (stride >= kLargeStride && kernel != stride));
}

void Calls::checkOrder(const Instance &instance, llvm::ArrayRef<std::optional<Given>> bound) {
  const std::vector<Parameter> &parameters = instance.of.definition->parameters;
  if (instance.of.file->kind != FileScope::Kind::library || bound.empty() || !bound[0] || !bound[0]->value.isTensor())
    return;
  StringRef name = instance.of.name();
  Dims shape = dimsOf(bound[0]->value.asTensor());
  if (parameters.size() > 3 && parameters[1].name.text == "features" && parameters[2].name.text == "kernel" &&
      parameters[3].name.text == "stride") {
    auto number = [&](size_t i) {
      return isPositional(bound[i]) && bound[i]->value.isInteger() ? bound[i]->value.asInteger() : 0;
    };
    int64_t features = number(1), kernel = number(2), stride = number(3);
    if (features && kernel && stride && isChannelsFirst(features, kernel, stride, shape.back().size))
      context.outside([&] {
        warning(Range(bound[1]->range.Start, bound[3]->range.End),
                name + " makes " + Twine(features) + (features == 1 ? " feature" : " features") + " by a window of " +
                    Twine(kernel) + " and a stride of " + Twine(stride))
            .help("its order is (features, kernel, stride), and the channels of the input are known: if " +
                  Twine(kernel) + " features are meant, write " + name + "(" + Twine(kernel) +
                  ", kernel=" + Twine(stride) + ")");
      });
    return;
  }
  // Normalisations: their first numbers are fractions, elsewhere the channels.
  for (auto [parameter, given] : llvm::zip(parameters, bound))
    if ((parameter.name.text == "momentum" || parameter.name.text == "epsilon") && isPositional(given) &&
        given->value.isNumber() && given->value.asNumber() >= 1) {
      context.outside([&] {
        warning(given->range, name + " takes this as its " + parameter.name.text + ", " + toText(given->value))
            .help("the channels of the input are known: leave the number out");
      });
      return;
    }
}
