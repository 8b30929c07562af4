//===- ModuleCheck.h - everything in a module's table that could be wrong --===//
#ifndef ARGENT_RUNTIME_MODULECHECK_H
#define ARGENT_RUNTIME_MODULECHECK_H

#include "argent/Status.h"

#include <string_view>

namespace argent {

namespace format {
struct Module;
}

/// Checks every index, offset, enumeration, shape and image of a table whose FlatBuffers structure is verified, so that
/// sessions need not: after it, every view lies in its arena or port for every batch, every kernel in its image's code.
/// What depends on the batch that a session is opened with (sizes below 2^31 elements) is checked there. `file` is the
/// whole module.
///
/// Errors: kInvalidData, with the place and what is wrong.
Status checkModule(const format::Module &module, std::string_view file);

} // namespace argent

#endif // ARGENT_RUNTIME_MODULECHECK_H
