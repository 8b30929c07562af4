//===- Usages.cpp - inputs and instances that no graph reads ---------------------------------------------------===//
#include "frontends/ag/evaluate/Usages.h"

using namespace argent::ag;
using llvm::Twine;

void Usages::note(const Frame &body) {
  for (const auto &[name, variable] : body.variables) {
    bool isInput = variable.isParameter && variable.value.isTensor();
    if (!variable.where.isValid() || !(isInput || variable.value.isInstance() || holdsInstance(variable.value)))
      continue;
    Usage &usage = usages_.try_emplace(variable.where.Start.getPointer(), Usage{name, variable.where, isInput, false})
                       .first->second;
    usage.used |= variable.used;
  }
}

void Usages::report(Diagnostics &diagnostics) const {
  for (const auto &[place, usage] : usages_)
    if (!usage.used)
      diagnostics.warning(usage.where, usage.isInput ? "the input `" + Twine(usage.name) + "` is never used"
                                                     : "`" + Twine(usage.name) + "` is never applied");
}
