"""compiler/ knows no op of nn by name, but for structure: what outlives a call, what a kernel is, who stores where.

What an op computes, passes learn from its traits and interfaces (dialects/interfaces). The list below says which file names
which op; it can only get shorter: an entry that is not needed is a fault, too.
"""
import os
import re
import sys

source = os.environ["ARGENT_SOURCE"]

# The ops that compute nothing: they say what a module keeps, trains, runs and stores.
structure = {"Parameter", "State", "Assign", "Optimize", "Gradient", "Update", "Arena", "StoreArena", "Fused", "Yield",
             "Launch", "Scan", "Next"}

allowed = {
    "compiler/graph/DescribeLayers.cpp": {"Parameter", "Scan", "State"},
    "compiler/graph/Differentiate.cpp": {"Gradient", "Optimize", "Parameter", "Update"},
    "compiler/graph/Fission.cpp": {"Next", "Scan"},
    "compiler/graph/Fuse.cpp": {"Arena", "Assign", "Fused", "Gradient", "StoreArena", "Update"},
    "compiler/graph/InsertOptimizer.cpp": {"Arena", "StoreArena", "Update"},
    "compiler/graph/Layout.cpp": {"Fused", "Gradient", "Parameter", "Scan"},
    "compiler/graph/PackParameters.cpp": {"Gradient", "Parameter", "Scan"},
    "compiler/graph/ParameterArena.cpp": {"Parameter", "State"},
    "compiler/graph/ProbeLoops.cpp": {"Next", "Optimize", "Scan"},
    "compiler/graph/ReportGradients.cpp": {"Scan"},
    "compiler/graph/WriteKernels.cpp": {"Fused", "Gradient", "Parameter", "Yield"},
    "compiler/kernel/LowerToHl.cpp": {"Fused", "Launch"},
    "compiler/kernel/Roles.cpp": {"Arena", "Assign", "Gradient"},
    "compiler/plan/Lifetimes.cpp": {"Assign"},
    "compiler/plan/Plan.cpp": {"Assign", "Gradient", "Launch", "Next", "Scan", "State", "StoreArena"},
    "compiler/plan/StoreInPlace.cpp": {"Launch"},
    "compiler/plan/ValueMemory.cpp": {"Arena", "Assign", "Gradient", "Launch", "Next", "Parameter", "Scan", "State", "StoreArena"},
    "compiler/plan/ValueMemory.h": {"Assign", "Launch", "Scan", "State"},
}


def read(path):
    with open(os.path.join(source, path)) as file:
        return file.read()


def files(folder, *endings):
    for place, _, names in os.walk(os.path.join(source, folder)):
        for name in sorted(names):
            if name.endswith(endings):
                yield os.path.relpath(os.path.join(place, name), source)


def without_comments(text):
    return re.sub(r"//[^\n]*|/\*.*?\*/", "", text, flags=re.S)


text_of_dialect = "".join(read(path) for path in files("dialects/nn", ".td"))
mnemonics = dict(re.findall(r'^def NN_(\w+)Op : \w+<"(\w+)"', text_of_dialect, re.M))
assert len(mnemonics) > 60 and structure <= set(mnemonics), "the dialect's ops are not found"
by_mnemonic = {mnemonic: name for name, mnemonic in mnemonics.items()}


def ops_named_in(text):
    """The ops of nn that C++ text names: as nn::XOp, as XOp where that is nn's, or as "nn.x"."""
    text = without_comments(text)
    is_inside = re.search(r"\busing namespace (argent::)?nn\b|\bnamespace argent::nn\b", text)
    found = set()
    for qualifier, name in re.findall(r"(?<![\w:])((?:\w+::)*)(\w+)Op\b", text):
        if name in mnemonics and (qualifier.endswith("nn::") or (is_inside and not qualifier)):
            found.add(name)
    return found | {by_mnemonic[name] for name in re.findall(r'"nn\.(\w+)"', text) if name in by_mnemonic}


# That the search finds what it should.
assert ops_named_in("isa<nn::ConvOp, argent::nn::AddOp>(op)") == {"Conv", "Add"}
assert ops_named_in("using namespace nn; dyn_cast<MulOp>(op)") == {"Mul"}
assert ops_named_in('op->getName().getStringRef() == "nn.slice"') == {"Slice"}
assert ops_named_in("// nn::ConvOp\nmath::SqrtOp plan::ArenaOp ConstantOp") == set()

faults = []
seen = set()
for path in files("compiler", ".cpp", ".h", ".inc"):
    seen.add(path)
    found, listed = ops_named_in(read(path)), allowed.get(path, set())
    for name in sorted(found - listed):
        reason = "is not in the list of this test" if name in structure else "computes: ask it by a trait or an interface"
        faults.append(f"{path}: names {name}Op, which {reason}")
    faults += [f"{path}: no longer names {name}Op; take it off the list of this test" for name in sorted(listed - found)]
faults += [f"{path}: is not there; take it off the list of this test" for path in sorted(set(allowed) - seen)]
faults += [f"{path}: {name}Op in the list is no structure" for path, names in allowed.items()
           for name in sorted(names - structure)]
print("\n".join(faults) or f"{len(seen)} files, {sum(map(len, allowed.values()))} names of structure")
sys.exit(bool(faults))
