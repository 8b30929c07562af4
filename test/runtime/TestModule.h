//===- TestModule.h - small modules made by hand ---------------------------===//
#ifndef ARGENT_TEST_RUNTIME_TESTMODULE_H
#define ARGENT_TEST_RUNTIME_TESTMODULE_H

#include "argent/Module.h"
#include "runtime/module_generated.h"

#include <string>

namespace argent::test {

/// An image that test/runtime/kernels made, by name.
std::string readImage(const std::string &name);
/// The address of a symbol in an image's dynamic symbol table.
uint64_t symbolAddress(const std::string &image, const std::string &symbol);

/// The file of a module whose first variant has this image and these constants: header, checksum, table, blobs.
std::string moduleFile(format::ModuleT &module, const std::string &image, const std::string &constants = {});
/// Writes the right checksum into a file that was changed.
void seal(std::string &file);

/// y[n, c] = x[n, c] + w[c] with a parameter w: f32[4], a state s: f32[13], an index input 0 … 9, and a train_step with
/// one moment.
format::ModuleT adderModule(const std::string &image);
/// "count" adds 1 to the state s: f32[13] in place and gives it out.
format::ModuleT counterModule(const std::string &image);
/// "ask": y[n, 0] = n, where the task of the row x[0, 0] asks for more scratch memory than there is.
format::ModuleT greedyModule(const std::string &image);

/// "shift": y[:, t] = x[:, t - 1] of f32[N, 3, 2], the first (last) from `first`, and last = x[:, 2], by a loop of
/// copies without kernels; in `reverse` the other way: y[:, t] = x[:, t + 1]. times[t] = t, i32[3].
format::ModuleT loopModule(bool reverse);

std::shared_ptr<const Module> openModule(format::ModuleT module, const std::string &image);

} // namespace argent::test

#endif // ARGENT_TEST_RUNTIME_TESTMODULE_H
