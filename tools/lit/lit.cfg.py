# lit tests of Argent's passes in a folder of your own. Beside your tests, a lit.cfg.py of one line:
#
#     lit_config.load_config(config, "PREFIX/share/argent/lit.cfg.py")
#
# and `lit FOLDER` runs every .mlir and .ag file there that has a RUN line:
#
#     // RUN: argent-opt %s --nn-fuse | FileCheck %s
#
# The tools are those of this installation (or of build/ of this source tree); ARGENT_BIN names another folder, FILECHECK another FileCheck.
import glob
import os
import shutil
import lit.formats

here = os.path.dirname(os.path.realpath(__file__))


def first_folder(program, folders):
    for folder in folders:
        if folder and os.access(os.path.join(folder, program), os.X_OK):
            return os.path.abspath(folder)
    found = shutil.which(program)
    if not found:
        lit_config.fatal(f"{program} is in none of {', '.join(f for f in folders if f)} and not in PATH")
    return os.path.dirname(found)


# Installed: PREFIX/share/argent beside PREFIX/bin. In the source tree: tools/lit beside build/bin.
argent_bin = first_folder("argent-opt", [os.environ.get("ARGENT_BIN"), os.path.join(here, "../../bin"), os.path.join(here, "../../build/bin")])
filecheck_bin = first_folder("FileCheck", [os.path.dirname(os.environ.get("FILECHECK", ""))] + sorted(glob.glob("/usr/lib/llvm-*/bin"), reverse=True))

config.name = config.name or "argent-user"
if config.name == "<unnamed>":
    config.name = "argent-user"
config.test_format = lit.formats.ShTest(execute_external=False)
config.suffixes = [".mlir", ".ag"]
config.excludes = ["Inputs"]
config.environment["PATH"] = os.pathsep.join([argent_bin, filecheck_bin, os.environ["PATH"]])
if "XDG_CACHE_HOME" in os.environ:
    config.environment["XDG_CACHE_HOME"] = os.environ["XDG_CACHE_HOME"]
