//===- Guard.h - no exception leaves the runtime ---------------------------===//
#ifndef ARGENT_RUNTIME_GUARD_H
#define ARGENT_RUNTIME_GUARD_H

#include "argent/Status.h"

#include <exception>
#include <new>

namespace argent {

/// What `body` returns, or a status for what it throws.
template <typename Body> Status guarded(Body body) {
  try {
    return body();
  } catch (const std::bad_alloc &) {
    return Status(StatusCode::kOutOfMemory, "out of memory");
  } catch (const std::exception &error) {
    return Status(StatusCode::kInvalidArgument, error.what());
  }
}

} // namespace argent

#endif // ARGENT_RUNTIME_GUARD_H
