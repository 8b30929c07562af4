//===- Target.cpp - the known targets --------------------------------------===//
#include "compiler/target/Target.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/TargetParser/Host.h"

using namespace argent;

static std::vector<Target> makeTargets() {
  Target x86;
  x86.architecture = Target::Architecture::X86_64;
  x86.triple = "x86_64-unknown-linux-gnu";

  Target avx2 = x86;
  avx2.name = "x86-64-linux-avx2";
  avx2.vectorBits = 256;
  avx2.vectorRegisters = 16;
  avx2.cpuFeatures = {"sse4.1", "avx", "avx2", "fma", "f16c"};
  avx2.moduleFeatures = {"sse41", "avx", "avx2", "fma", "f16c"};
  // Halide adds no feature on its own: without this list kernels are 3.5 times slower.
  avx2.halideName = "x86-64-linux-avx-avx2-f16c-fma-sse41";

  Target avx512 = avx2;
  avx512.name = "x86-64-linux-avx512";
  avx512.vectorBits = 512;
  avx512.vectorRegisters = 32;
  llvm::append_range(avx512.cpuFeatures,
                     llvm::ArrayRef<std::string>{"avx512f", "avx512bw", "avx512cd", "avx512dq", "avx512vl"});
  llvm::append_range(avx512.moduleFeatures, llvm::ArrayRef<std::string>{"avx512", "avx512_skylake"});
  avx512.halideName += "-avx512-avx512_skylake";

  // What Zen 4 and Sapphire Rapids have in common. Halide compiles for the one or the other: of AMD's it uses SSE4a,
  // which no processor of Intel has.
  Target newer = avx512;
  llvm::append_range(newer.cpuFeatures,
                     llvm::ArrayRef<std::string>{"avx512ifma", "avx512vbmi", "avx512vbmi2", "avx512vnni", "avx512bf16",
                                                 "avx512bitalg", "avx512vpopcntdq"});
  newer.moduleFeatures.push_back("avx512_cannonlake");
  newer.halideName += "-avx512_cannonlake-avx512_zen4";

  Target zen4 = newer;
  zen4.name = "x86-64-linux-avx512_zen4";
  zen4.cpuFeatures.push_back("sse4a");
  zen4.moduleFeatures.push_back("avx512_zen4");

  Target sapphireRapids = newer;
  sapphireRapids.name = "x86-64-linux-avx512_sapphirerapids";
  llvm::append_range(sapphireRapids.cpuFeatures,
                     llvm::ArrayRef<std::string>{"avxvnni", "avx512fp16", "amx-bf16", "amx-tile", "amx-int8"});
  sapphireRapids.moduleFeatures.push_back("avx512_sapphirerapids");
  sapphireRapids.halideName += "-avx512_sapphirerapids";

  Target arm;
  arm.name = "aarch64-linux";
  arm.architecture = Target::Architecture::AArch64;
  arm.vectorBits = 128;
  arm.vectorRegisters = 32;
  arm.cpuFeatures = {"neon"};
  arm.triple = "aarch64-unknown-linux-gnu";
  arm.halideName = "arm-64-linux";

  Target cuda = avx2;
  cuda.name = "cuda";
  cuda.isGpu = true;
  cuda.halideName += "-cuda-cuda_capability_86";
  return {avx2, avx512, zen4, sapphireRapids, arm, cuda};
}

static const std::vector<Target> &getTargets() {
  static const std::vector<Target> kTargets = makeTargets();
  return kTargets;
}

std::vector<std::string> Target::getNames() {
  std::vector<std::string> names = {"host"};
  for (const Target &target : getTargets())
    names.push_back(target.name);
  return names;
}

static llvm::Expected<Target> getHost() {
#if defined(__x86_64__)
  constexpr Target::Architecture kArchitecture = Target::Architecture::X86_64;
#elif defined(__aarch64__)
  constexpr Target::Architecture kArchitecture = Target::Architecture::AArch64;
#else
#error "argent-codegen runs on x86-64 and AArch64"
#endif
  llvm::StringMap<bool> features = llvm::sys::getHostCPUFeatures();
  const Target *best = nullptr;
  for (const Target &target : getTargets()) {
    if (target.isGpu || target.architecture != kArchitecture)
      continue;
    bool runs = llvm::all_of(target.cpuFeatures, [&](const std::string &feature) {
      return target.architecture == Target::Architecture::AArch64 || features.lookup(feature);
    });
    if (runs)
      best = &target;
  }
  if (!best)
    return llvm::createStringError("this processor runs none of the targets: AVX2 with FMA and F16C is needed");
  return *best;
}

llvm::Expected<Target> Target::parse(llvm::StringRef name) {
  if (name == "host")
    return getHost();
  for (const Target &target : getTargets())
    if (target.name == name)
      return target;
  return llvm::createStringError("unknown target '" + name.str() + "'; known are " + llvm::join(getNames(), ", "));
}
