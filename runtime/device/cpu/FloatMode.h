//===- FloatMode.h - the floating-point mode that kernels run in -----------===//
// Round to nearest, no traps, and numbers below the normal range are zero, as operands and as results: sigmoids that
// saturate would otherwise make some steps ten times slower. Every thread of a session sets it, so that no bit depends
// on the caller's mode.
#ifndef ARGENT_RUNTIME_DEVICE_CPU_FLOATMODE_H
#define ARGENT_RUNTIME_DEVICE_CPU_FLOATMODE_H

#include <cstdint>

#if defined(__x86_64__)
#include <xmmintrin.h>
#endif

namespace argent {

/// Sets the mode; the destructor restores what was set before.
class FloatMode {
public:
#if defined(__x86_64__)
  FloatMode() : saved_(_mm_getcsr()) {
    _mm_setcsr(0x1f80 /* all masked */ | 0x8000 /* flush */ | 0x0040 /* denormals are zero */);
  }
  ~FloatMode() { _mm_setcsr(static_cast<unsigned>(saved_)); }
#elif defined(__aarch64__)
  FloatMode() {
    asm volatile("mrs %0, fpcr" : "=r"(saved_));
    asm volatile("msr fpcr, %0" ::"r"(uint64_t(1) << 24 /* FZ */));
  }
  ~FloatMode() { asm volatile("msr fpcr, %0" ::"r"(saved_)); }
#else
  FloatMode() {}
#endif
  FloatMode(const FloatMode &) = delete;
  FloatMode &operator=(const FloatMode &) = delete;

private:
  uint64_t saved_ = 0;
};

} // namespace argent

#endif // ARGENT_RUNTIME_DEVICE_CPU_FLOATMODE_H
