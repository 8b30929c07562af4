//===- Escape.cpp - ends a kernel from inside a function that it called ----===//
#include "runtime/device/cpu/Escape.h"

#include <csetjmp>

namespace argent {

/// Where this thread entered the kernels that it runs, innermost. Of the thread, not of its Worker: a task may have
/// been given another thread's context.
static thread_local std::jmp_buf *innermost = nullptr;

bool runWithEscape(void (*body)(void *argument), void *argument) {
  std::jmp_buf here;
  std::jmp_buf *const outer = innermost;
  innermost = &here;
  if (setjmp(here) == 0) {
    body(argument);
    innermost = outer;
    return true;
  }
  innermost = outer;
  return false;
}

void escape() { std::longjmp(*innermost, 1); }

} // namespace argent
