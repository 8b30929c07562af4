//===- Escape.h - ends a kernel from inside a function that it called ------===//
// A kernel does not look at what `allocate` returns, and cannot: it is compiled without checks. Where there is no
// memory, the thread goes back to where it entered the kernel, over frames that own nothing: those of kernels, of their
// parallel loops, and of the functions that they call.
#ifndef ARGENT_RUNTIME_DEVICE_CPU_ESCAPE_H
#define ARGENT_RUNTIME_DEVICE_CPU_ESCAPE_H

namespace argent {

/// Calls body(argument); false if it ended by escape(). Such calls may be nested.
bool runWithEscape(void (*body)(void *argument), void *argument);
/// Ends the innermost body that this thread runs.
[[noreturn]] void escape();

} // namespace argent

#endif // ARGENT_RUNTIME_DEVICE_CPU_ESCAPE_H
