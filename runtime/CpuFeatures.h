//===- CpuFeatures.h - what this processor can do --------------------------===//
// Features by the names that Halide gives them in a target: sse41, avx, f16c, fma, avx2, avx512, avx512_skylake,
// avx512_cannonlake, avx512_zen4, avx512_sapphirerapids; arm_dot_prod, arm_fp16.
#ifndef ARGENT_RUNTIME_CPUFEATURES_H
#define ARGENT_RUNTIME_CPUFEATURES_H

#include <string_view>
#include <vector>

namespace argent {

/// "x86-64" or "aarch64".
std::string_view hostArchitecture();
/// Those that the processor has and the operating system saves the registers of.
std::vector<std::string_view> hostFeatures();

} // namespace argent

#endif // ARGENT_RUNTIME_CPUFEATURES_H
