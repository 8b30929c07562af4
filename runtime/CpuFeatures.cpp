//===- CpuFeatures.cpp - what this processor can do ------------------------===//
#include "runtime/CpuFeatures.h"

#include <cstdint>

#if defined(__x86_64__)
#include <cpuid.h>
#elif defined(__aarch64__)
#include <asm/hwcap.h>
#include <sys/auxv.h>
#endif

namespace argent {

#if defined(__x86_64__)

std::string_view hostArchitecture() { return "x86-64"; }

namespace {

struct Registers {
  unsigned a = 0, b = 0, c = 0, d = 0;
};

Registers cpuid(unsigned leaf, unsigned subleaf) {
  Registers r;
  __get_cpuid_count(leaf, subleaf, &r.a, &r.b, &r.c, &r.d);
  return r;
}

/// Which register files the operating system saves (XCR0).
uint64_t savedState() {
  uint32_t low, high;
  asm volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
  return uint64_t(high) << 32 | low;
}

bool has(unsigned value, std::initializer_list<int> bits) {
  for (int bit : bits)
    if (!(value >> bit & 1))
      return false;
  return true;
}

} // namespace

// Bits as in Intel's manual, volume 2, CPUID; Halide's sets as in halide/Halide:src/runtime/x86_cpu_features.cpp.
std::vector<std::string_view> hostFeatures() {
  std::vector<std::string_view> features;
  Registers one = cpuid(1, 0), seven = cpuid(7, 0), sevenOne = cpuid(7, 1), extended = cpuid(0x80000001, 0);
  if (has(one.c, {19}))
    features.push_back("sse41");
  const uint64_t saved = has(one.c, {27 /* OSXSAVE */}) ? savedState() : 0;
  if ((saved & 0x06) != 0x06)
    return features;
  if (has(one.c, {28}))
    features.push_back("avx");
  if (has(one.c, {29}))
    features.push_back("f16c");
  if (has(one.c, {12}))
    features.push_back("fma");
  if (has(seven.b, {5}))
    features.push_back("avx2");

  const bool foundation = (saved & 0xe6) == 0xe6 && has(seven.b, {16 /* F */, 28 /* CD */});
  const bool skylake = foundation && has(seven.b, {17 /* DQ */, 30 /* BW */, 31 /* VL */});
  const bool cannonlake = skylake && has(seven.b, {21 /* IFMA */}) && has(seven.c, {1 /* VBMI */});
  const bool newer = cannonlake && has(sevenOne.a, {5 /* BF16 */}) &&
                     has(seven.c, {6 /* VBMI2 */, 11 /* VNNI */, 12 /* BITALG */, 14 /* VPOPCNTDQ */});
  const bool zen4 =
      newer && has(extended.c, {6 /* SSE4a, which Halide's set does not name and its code for Zen 4 uses */});
  const bool sapphireRapids = newer && has(sevenOne.a, {4 /* AVX-VNNI */}) &&
                              has(seven.d, {22 /* AMX-BF16 */, 23 /* FP16 */, 24 /* AMX-TILE */, 25 /* AMX-INT8 */});
  if (foundation)
    features.push_back("avx512");
  if (skylake)
    features.push_back("avx512_skylake");
  if (cannonlake)
    features.push_back("avx512_cannonlake");
  if (zen4)
    features.push_back("avx512_zen4");
  if (sapphireRapids)
    features.push_back("avx512_sapphirerapids");
  return features;
}

#elif defined(__aarch64__)

std::string_view hostArchitecture() { return "aarch64"; }

std::vector<std::string_view> hostFeatures() {
  std::vector<std::string_view> features;
  unsigned long bits = getauxval(AT_HWCAP);
  if (bits & HWCAP_ASIMDDP)
    features.push_back("arm_dot_prod");
  if ((bits & HWCAP_FPHP) && (bits & HWCAP_ASIMDHP))
    features.push_back("arm_fp16");
  return features;
}

#else
#error "Argent's runtime is for x86-64 and aarch64"
#endif

} // namespace argent
