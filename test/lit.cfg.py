# Lit tests: every .mlir, .ag and .test below this folder with a RUN line.
import os
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

# Kernels run on this processor, and as AArch64 code under an emulator; where a tool is missing, its commands do nothing.
import shutil
def available(program, command):
    return command if shutil.which(program, path=config.environment["PATH"]) else "true"
config.substitutions.append(("%host_cc", "cc -O1"))
config.substitutions.append(("%host_avx2", "" if "avx2" in open("/proc/cpuinfo").read() else "true"))
arm = shutil.which("aarch64-linux-gnu-gcc") and shutil.which("qemu-aarch64-static")
config.substitutions.append(("%arm_cc", "aarch64-linux-gnu-gcc -O1 -static" if arm else "true"))
config.substitutions.append(("%arm_run", "qemu-aarch64-static" if arm else "true"))
config.substitutions.append(("%ptxas", available("ptxas", "ptxas -arch=sm_90 -o /dev/null")))
