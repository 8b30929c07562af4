//===- LoopCheck.cpp - the checks of a program's loops ---------------------===//
#include "runtime/LoopCheck.h"
#include "runtime/VariantCheck.h"

namespace argent::check {

std::vector<uint32_t> viewsOf(const format::Instruction &instruction) {
  std::vector<uint32_t> views;
  if (const format::Launch *launch = instruction.step_as_Launch())
    for (uint32_t i = 0; i < List(launch->views()).size(); ++i)
      views.push_back(launch->views()->Get(i));
  else if (const format::Copy *copy = instruction.step_as_Copy())
    views = {copy->from(), copy->to()};
  else if (const format::Fill *fill = instruction.step_as_Fill())
    views = {fill->view()};
  else if (const format::Loop *loop = instruction.step_as_Loop(); loop != nullptr && loop->counter() != kNoView)
    views = {loop->counter()};
  return views;
}

namespace {

struct Loop {
  uint32_t end; // the first instruction behind it
  int64_t count;
  uint32_t number;
};

} // namespace

Status loops(const format::Program &program, const std::string &where, std::vector<int64_t> &steps) {
  List instructions(program.instructions());
  List views(program.views());
  steps.assign(views.size(), 1);
  std::vector<int64_t> loopOf(views.size(), -1); // of those that move
  std::vector<Loop> around;                      // the instruction, the innermost last
  for (uint32_t i = 0; i < instructions.size(); ++i) {
    const std::string place = where + ", instruction " + std::to_string(i);
    while (!around.empty() && around.back().end == i)
      around.pop_back();
    for (uint32_t view : viewsOf(*instructions[i])) {
      if (view >= views.size() || Amount(views[view]->step()) == Amount())
        continue;
      if (around.empty() || (loopOf[view] != -1 && loopOf[view] != around.back().number))
        return invalid(place, "view " + std::to_string(view) + " moves with another loop or with none");
      loopOf[view] = around.back().number;
      steps[view] = around.back().count;
    }
    if (const format::Loop *loop = instructions[i]->step_as_Loop()) {
      const uint32_t end = around.empty() ? instructions.size() : around.back().end;
      if (loop->count() == 0 || loop->count() > kMaxElements)
        return invalid(place, "a loop of " + std::to_string(loop->count()) + " steps");
      if (loop->body() > end - i - 1)
        return invalid(place, "it ends behind the loop around it, or behind the program");
      if (around.size() == kMaxLoopDepth)
        return invalid(place, "too many loops in each other");
      around.push_back({i + 1 + loop->body(), loop->count(), i});
    }
  }
  return {};
}

} // namespace argent::check
