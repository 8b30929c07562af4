# Lit tests: every .mlir, .ag and .test below this folder with a RUN line.
import os
import shutil
import lit.formats

config.name = "argent"
config.test_format = lit.formats.ShTest(execute_external=False)
config.suffixes = [".mlir", ".ag", ".test"]
config.excludes = ["Inputs"]
config.test_source_root = os.path.join(config.argent_source, "test")
config.test_exec_root = os.path.join(config.argent_build, "test", "lit-output")
config.environment["PATH"] = os.pathsep.join(
    [os.path.join(config.argent_build, "bin"), config.llvm_tools, os.environ["PATH"]])
# Tests share no state with the user: the kernel cache is theirs.
config.environment["XDG_CACHE_HOME"] = os.path.join(config.argent_build, "test", "cache")
config.substitutions.append(("%python", config.python))
config.substitutions.append(("%source", config.argent_source))
config.substitutions.append(("%build", config.argent_build))
config.substitutions.append(("%lit", os.path.join(os.path.dirname(config.python), "lit")))

# What a test can ask for with REQUIRES; where it is missing, the test is unsupported and says so.
#   avx2     this processor runs code for x86-64-linux-avx2
#   aarch64  C is compiled for AArch64, and an emulator runs it
#   ptxas    code for a GPU is assembled
def installed(*programs):
    return all(shutil.which(program, path=config.environment["PATH"]) for program in programs)


with open("/proc/cpuinfo") as file:
    if "avx2" in file.read():
        config.available_features.add("avx2")
if installed("aarch64-linux-gnu-gcc", "qemu-aarch64-static"):
    config.available_features.add("aarch64")
if installed("ptxas"):
    config.available_features.add("ptxas")
config.substitutions.append(("%host_cc", "cc -O1"))
config.substitutions.append(("%arm_cc", "aarch64-linux-gnu-gcc -O1 -static"))
config.substitutions.append(("%arm_run", "qemu-aarch64-static"))
config.substitutions.append(("%ptxas", "ptxas -arch=sm_90 -o /dev/null"))
