//===- HalideBounds.cpp - a proof that a kernel stays inside its buffers ----===//
//   1. Collect the assertions that Halide puts before a kernel's loops: each has the range of a buffer's dimension that
//      the kernel touches, as an expression of N.
//   2. Prove each for all batches at once with Halide's simplifier.
//   3. Where that fails, evaluate it for many batches: the smallest, in which tails and tiles differ, and some large
//      ones.
#include "compiler/codegen/HalideBounds.h"

using namespace mlir;
using namespace argent;
namespace H = Halide;

namespace {

/// What must hold, and the ranges to show where it does not.
struct Claim {
  H::Expr holds;
  std::string text; // "writes outside of its result, dimension 0 (the outermost is 0)"
  H::Expr min, max;
};

class ClaimFinder : public H::Internal::IRVisitor {
public:
  explicit ClaimFinder(HalidePipeline &pipeline) : pipeline_(pipeline) {
    for (auto &[value, param] : pipeline.inputs) {
      unsigned number = cast<BlockArgument>(value).getArgNumber();
      buffers_["Input buffer " + param.name()] = {"reads outside of %arg" + std::to_string(number),
                                                  cast<hl::BufferType>(value.getType())};
    }
    auto types = pipeline.op.getResultTypes().getAsRange<TypeAttr>();
    auto type = types.begin();
    for (H::Func &output : pipeline.outputs)
      for (const H::OutputImageParam &buffer : output.output_buffers())
        buffers_["Output buffer " + buffer.name()] = {"writes outside of its result",
                                                      cast<hl::BufferType>((*type++).getValue())};
  }

  std::vector<Claim> claims;

private:
  using IRVisitor::visit;

  H::Expr resolve(const H::Expr &e) { return H::Internal::simplify(H::Internal::substitute(lets_, e)); }

  void visit(const H::Internal::LetStmt *let) override {
    if (let->value.type() == H::Int(32))
      lets_[let->name] = resolve(let->value);
    let->body.accept(this);
  }
  void visit(const H::Internal::For *) override {}

  void visit(const H::Internal::AssertStmt *assertion) override {
    auto *call = assertion->message.as<H::Internal::Call>();
    if (call && call->name == "halide_error_access_out_of_bounds")
      addAccess(*call);
    else if (call && call->name == "halide_error_explicit_bounds_too_small")
      addPromise(*call);
  }

  static std::string textOf(const H::Expr &e) {
    auto *text = e.as<H::Internal::StringImm>();
    return text ? text->value : std::string();
  }

  void addAccess(const H::Internal::Call &call) {
    auto buffer = buffers_.find(textOf(call.args[0]));
    assert(buffer != buffers_.end() && "every buffer of a kernel is an input or a result");
    const auto &[what, type] = buffer->second;
    int64_t d = type.getRank() - 1 - *H::Internal::as_const_int(resolve(call.args[1]));
    H::Expr min = resolve(call.args[2]), max = resolve(call.args[3]);
    claims.push_back({min >= 0 && max < getExtent(type, d, pipeline_.batch),
                      what + ", dimension " + std::to_string(d) + " (the outermost is 0)", min, max});
  }

  void addPromise(const H::Internal::Call &call) {
    H::Expr min = resolve(call.args[4]), max = resolve(call.args[5]);
    claims.push_back({min >= resolve(call.args[2]) && max <= resolve(call.args[3]),
                      "needs more of '" + withoutLoopNames(textOf(call.args[1])) + "' than the schedule promises", min,
                      max});
  }

  HalidePipeline &pipeline_;
  std::map<std::string, std::pair<std::string, hl::BufferType>> buffers_;
  std::map<std::string, H::Expr> lets_;
};

} // namespace

LogicalResult argent::checkBounds(const H::Module &module, HalidePipeline &pipeline, int64_t from) {
  // (1) The entry is last.
  ClaimFinder finder(pipeline);
  module.functions().back().body.accept(&finder);

  const std::string &name = pipeline.batch.name();
  H::Internal::Scope<H::Internal::Interval> range;
  range.push(name, H::Internal::Interval(int(from), H::Internal::Interval::pos_inf()));
  SmallVector<int64_t> batches = llvm::to_vector(llvm::seq<int64_t>(from, from + 40));
  batches.append({64, 65, 100, 127, 128});
  for (const Claim &claim : finder.claims) {
    // (2)
    if (H::Internal::can_prove(claim.holds, range))
      continue;
    // (3)
    for (int64_t batch : batches) {
      auto at = [&](const H::Expr &e) { return H::Internal::simplify(H::Internal::substitute(name, int(batch), e)); };
      if (batch < from || H::Internal::is_const_one(at(claim.holds)))
        continue;
      auto number = [&](const H::Expr &e) {
        auto value = H::Internal::as_const_int(at(e));
        return value ? std::to_string(*value) : std::string("?");
      };
      return pipeline.op.emitError() << "for a batch of " << batch << " the kernel " << claim.text << ", "
                                     << number(claim.min) << " to " << number(claim.max)
                                     << ": a split's tail or a promised bound does not fit the extent";
    }
  }
  return success();
}
