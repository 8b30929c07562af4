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
