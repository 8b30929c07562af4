//===- Describe.h - numbers that follow from a module's table -----------------------===//
#ifndef ARGENT_TOOLS_ARGENT_DESCRIBE_H
#define ARGENT_TOOLS_ARGENT_DESCRIBE_H

#include "runtime/module_generated.h"

#include <nlohmann/json.hpp>

namespace argent::tool {

/// "f32[N, 28, 28, 1]".
std::string describeType(const format::TensorType &type);
/// "glorot_uniform", "uniform(-0.1, 0.1)".
std::string describeInitializer(const format::Initializer *initializer);
/// "lenet5.ag:4".
std::string describeLocation(const format::SourceLocation *location);
/// "image(mean=0.286, std=0.353)".
std::string describePreprocessing(const format::Preprocessing &from);

/// The value of a linear quantity for a batch of N.
int64_t at(const format::Linear *linear, int64_t batch);
/// Elements of a type that does not depend on N.
int64_t elementCount(const format::TensorType &type);
/// Bytes of what a view shows at a batch of N, without gaps.
int64_t viewBytes(const format::View &view, int64_t batch);
/// Bytes from the view's first to behind its last, in all steps of a loop in which it moves.
int64_t viewSpan(const format::View &view, int64_t batch, int64_t planned);
/// "conv2d_1.y tanh", or the symbol of a kernel without a name.
std::string kernelName(const format::Kernel &kernel);
/// "lenet5.ag:4", each once, in the order of the kernel's ops.
std::vector<std::string> kernelLines(const format::Kernel &kernel);
/// The kernel that a launch runs for a batch of N.
const format::Kernel *chosenKernel(const format::Variant &variant, const format::Launch &launch, int64_t batch);
/// How often each instruction of a program runs in a call: those of a loop once in each step.
std::vector<int64_t> timesOf(const format::Program &program);
/// FLOPs of one call of a program.
int64_t programFlops(const format::Variant &variant, const format::Program &program, int64_t batch);
const format::Program *findProgram(const format::Variant &variant, std::string_view name);

/// Of the JSON that `inspect` prints (JSON.md): raised when a key changes its meaning or goes; keys may be added.
constexpr int kJsonFormat = 1;

/// Everything that `inspect` shows of the module and these variants of it, as JSON.
nlohmann::ordered_json describeModule(const format::Module &module,
                                      const std::vector<const format::Variant *> &variants, int64_t batch);

} // namespace argent::tool

#endif // ARGENT_TOOLS_ARGENT_DESCRIBE_H
