//===- LineModule.h - a module with a train block, made by hand -------------------===//
#ifndef ARGENT_TEST_RUNTIME_DATA_LINEMODULE_H
#define ARGENT_TEST_RUNTIME_DATA_LINEMODULE_H

#include "argent/Module.h"

namespace argent::test {

/// The linear model of kernels/line.c: image: f32[N, 2, 2, 1] from image() -> logits: f32[N, 2]; label: i32[N];
/// parameter `dense_1.weight`.
std::shared_ptr<const Module> lineModule();
/// The bytes of its .agb file.
std::string lineModuleFile();

} // namespace argent::test

#endif // ARGENT_TEST_RUNTIME_DATA_LINEMODULE_H
