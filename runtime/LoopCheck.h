//===- LoopCheck.h - the checks of a program's loops -----------------------===//
#ifndef ARGENT_RUNTIME_LOOPCHECK_H
#define ARGENT_RUNTIME_LOOPCHECK_H

#include "argent/Status.h"
#include "runtime/Table.h"

#include <vector>

namespace argent::check {

/// The views that an instruction itself uses; of a loop, its counter.
std::vector<uint32_t> viewsOf(const format::Instruction &instruction);

/// Loops have a step, end inside of the loop that they stand in, and a view that moves belongs to one of them. `steps`
/// are, for each view, the steps that it moves over: 1 for one that does not.
Status loops(const format::Program &program, const std::string &where, std::vector<int64_t> &steps);

} // namespace argent::check

#endif // ARGENT_RUNTIME_LOOPCHECK_H
