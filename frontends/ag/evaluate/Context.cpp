//===- Context.cpp - what the parts of an evaluation share -----------------------------------------------------===//
#include "frontends/ag/evaluate/Context.h"

using namespace argent::ag;
using llvm::StringRef;
using llvm::Twine;

//===- Reports ------------------------------------------------------------------------------------------------===//

bool Context::isInLibrary(Range range) const {
  return range.isValid() && llvm::any_of(libraryTexts_, [&](StringRef text) {
           return range.Start.getPointer() >= text.begin() && range.Start.getPointer() <= text.end();
         });
}

Report Context::report(bool isError, Range range, const Twine &message) {
  auto begin = [&](Range at) { return isError ? diagnostics.error(at, message) : diagnostics.warning(at, message); };
  if (!isInLibrary(range)) {
    Report report = begin(range);
    // Inside of the user's own layer: which call led here.
    if (!frames_.empty() && frame().instance && frame().callRange.isValid() && !isInLibrary(frame().callRange) &&
        frame().callRange.Start != range.Start)
      report.note(frame().callRange, "called from here");
    return report;
  }
  for (const Frame *body : llvm::reverse(frames_))
    if (body->callRange.isValid() && !isInLibrary(body->callRange)) {
      Report report = begin(body->callRange);
      report.note(range, "in `" + body->definition->name.text + "`, here");
      return report;
    }
  return begin(range);
}

void Part::noteDeclaration(Report &report, const Given &given) {
  auto *name = llvm::dyn_cast_or_null<NameExpr>(given.expr);
  if (!name)
    return;
  if (Variable *variable = findVariable(name->name); variable && variable->isParameter)
    report.note(variable->where, "`" + name->name + "` is declared here");
}

//===- Limits -------------------------------------------------------------------------------------------------===//

Range Context::outermostCall(Range otherwise) const {
  for (const Frame *body : frames_)
    if (body->callRange.isValid())
      return body->callRange;
  return otherwise;
}

bool Context::step(Range range, uint64_t count) {
  // After so many errors nothing more is printed.
  aborted |= diagnostics.errorCount() >= SourceFiles::kMaxPrinted;
  if (aborted)
    return false;
  steps_ += std::min(count, kMaxSteps + 1);
  bool cancelled = options.observer && options.observer->cancelled();
  if (steps_ <= kMaxSteps && !cancelled)
    return true;
  aborted = true;
  if (cancelled)
    return false;
  error(outermostCall(range), "the evaluation of the file takes more than a million steps")
      .help("loops run at compile time; a loop over the steps of a tensor is `scan`");
  return false;
}

void Context::countOp() {
  if (++ops_ <= kMaxOps || aborted)
    return;
  aborted = true;
  error(outermostCall(ranges.empty() ? Range() : ranges.back()),
        "the graph has more than a hundred thousand operations")
      .help("loops run at compile time; a loop over the steps of a tensor is `scan`");
}

//===- Bodies -------------------------------------------------------------------------------------------------===//

StringRef Context::layerName() const {
  StringRef name;
  for (const Frame *frame : llvm::reverse(frames_)) {
    if (!frame->instance || !frame->naming || frame->naming->prefix != this->frame().naming->prefix)
      break;
    name = frame->instance->of.name();
  }
  return name;
}

bool Context::enter(Frame &next, Range call) {
  if (frames_.size() >= kMaxCallDepth) {
    bool isRecursive = llvm::count_if(frames_, [&](Frame *f) { return f->definition == next.definition; }) > 1;
    if (!aborted && isRecursive)
      error(call, "`" + next.definition->name.text + "` calls itself more than " + Twine(kMaxCallDepth) + " times")
          .help("return without a call at some depth: if depth == 0 { return x }");
    else if (!aborted)
      error(call, "calls can be nested at most " + Twine(kMaxCallDepth) + " levels deep");
    aborted = true;
    return false;
  }
  next.callRange = call;
  frames_.push_back(&next);
  return true;
}

void Context::outside(llvm::function_ref<void()> report) {
  Frame *own = frames_.back();
  frames_.pop_back();
  report();
  frames_.push_back(own);
}

void Context::begin(Range range) {
  steps_ = ops_ = 0;
  ranges = {range};
}

void Context::end() {
  frames_.clear();
  ranges.clear();
}

Variable *Context::findVariable(StringRef name) {
  if (frames_.empty())
    return nullptr;
  auto found = frame().variables.find(name.str());
  return found == frame().variables.end() ? nullptr : &found->second;
}

void Context::bind(const Name &name, Value value, const Expr *expr) {
  if (name.text == "_")
    return;
  if (options.observer)
    options.observer->bound(name, value);
  Variable variable;
  variable.value = std::move(value);
  variable.where = name.range;
  variable.expr = expr;
  if (Variable *old = findVariable(name.text))
    variable.used = old->used;
  frame().variables[name.text] = std::move(variable);
}

//===- Places -------------------------------------------------------------------------------------------------===//

Range Context::userRange() const {
  Range at = ranges.empty() ? Range() : ranges.back();
  if (!at.isValid() || isInLibrary(at))
    for (const Frame *body : llvm::reverse(frames_))
      if (body->callRange.isValid() && !isInLibrary(body->callRange))
        return body->callRange;
  return at;
}

llvm::SmallVector<Range> Context::callsInUserFile() const {
  llvm::SmallVector<Range> calls;
  for (const Frame *body : llvm::reverse(frames_))
    if (body->callRange.isValid() && !isInLibrary(body->callRange))
      calls.push_back(body->callRange);
  return calls;
}
