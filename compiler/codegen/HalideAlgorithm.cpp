//===- HalideAlgorithm.cpp - hl funcs as Halide::Funcs ---------------------===//
// Definitions, loads and stores, buffers and outputs; what is computed between a load and a store is in
// HalideArithmetic.cpp. Axes are reversed (Halide's first is the innermost).
#include "compiler/codegen/HalideArithmetic.h"
#include "compiler/codegen/HalidePipeline.h"

#include "dialects/hl/Arithmetic.h"

#include "mlir/Analysis/SliceAnalysis.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;
using namespace argent;
namespace H = Halide;

H::Expr argent::getExtent(hl::BufferType type, int64_t d, const H::Expr &batch) {
  if (!type.isBatch(d))
    return int(type.getShape()[d]);
  int64_t factor = type.getBatchFactor(d);
  return factor == 1 ? batch : batch * int(factor);
}

/// Dense and row-major: `dim` is Halide's, so dimension 0 is the last of the type. Bounds only where wanted (of a
/// tuple, for the first).
template <typename Param>
static void constrain(Param &param, hl::BufferType type, const H::Expr &batch, bool withBounds) {
  int64_t rank = type.getRank();
  H::Expr stride = 1;
  for (int64_t i = 0; i < rank; ++i) {
    int64_t d = rank - 1 - i;
    H::Expr extent = getExtent(type, d, batch);
    if (withBounds)
      param.dim(i).set_bounds(0, extent);
    param.dim(i).set_stride(stride);
    stride = H::Internal::simplify(stride * extent);
  }
}

/// Whether value `i` of the func is a result that is stored as unsigned integers.
static bool storesUnsigned(hl::FuncOp func, size_t i) {
  auto pipeline = func->getParentOfType<hl::PipelineOp>();
  size_t result = i;
  for (auto output : pipeline.getBody().getOps<hl::OutputOp>())
    for (Value value : output.getFuncs()) {
      if (value == func.getResult())
        return cast<hl::BufferType>(cast<TypeAttr>(pipeline.getResultTypes()[result]).getValue())
            .getElementType()
            .isUnsignedInteger();
      result += cast<hl::FuncType>(value.getType()).getElementTypes().size();
    }
  return false;
}

namespace {

/// Translates the body of one definition.
class Body {
public:
  Body(HalidePipeline &pipeline, hl::FuncOp func, HalideFunc &target)
      : pipeline_(pipeline), func_(func), target_(target) {}

  LogicalResult runInit();
  LogicalResult runUpdate(size_t index);

private:
  LogicalResult translate(Operation &op);
  LogicalResult translateLoad(hl::AtOp op);
  H::Expr get(Value value) { return values_.get(value); }
  /// What the definition stores, in the types of memory.
  SmallVector<H::Expr> getResults(hl::YieldOp yield) {
    SmallVector<H::Expr> results;
    for (auto [i, value] : llvm::enumerate(yield.getValues()))
      results.push_back(storesUnsigned(func_, i) ? values_.getUnsigned(value) : get(value));
    return results;
  }
  /// Integers in a body are Int, whatever memory holds.
  static H::Expr asBodyType(const H::Expr &e) { return e.type().is_uint() ? asSigned(e) : e; }
  std::vector<H::Expr> getIndices(ValueRange indices);
  HalidePipeline &pipeline_;
  hl::FuncOp func_;
  HalideFunc &target_;
  HalideValues values_;
  H::RDom domain_;
};

} // namespace

std::vector<H::Expr> Body::getIndices(ValueRange indices) {
  std::vector<H::Expr> result;
  for (Value index : llvm::reverse(indices))
    result.push_back(get(index));
  return result;
}

//===----------------------------------------------------------------------===//
// Loads
//===----------------------------------------------------------------------===//

LogicalResult Body::translateLoad(hl::AtOp op) {
  std::vector<H::Expr> indices = getIndices(op.getIndices());
  auto buffer = dyn_cast<hl::BufferType>(op.getSource().getType());
  if (!buffer) {
    H::Func &source = pipeline_.funcs.find(op.getSource())->second.func;
    if (op.getNumResults() == 1) {
      values_.set(op.getResult(0), asBodyType(source(indices)));
      return success();
    }
    H::FuncRef reference = source(indices);
    for (auto [i, result] : llvm::enumerate(op.getResults()))
      values_.set(result, asBodyType(reference[int(i)]));
    return success();
  }
  H::ImageParam &source = pipeline_.inputs.find(op.getSource())->second;
  H::Expr isInside;
  if (op.getClamped() || op.getOtherwise()) {
    int64_t rank = buffer.getRank();
    for (int64_t i = 0; i < rank; ++i) {
      H::Expr extent = getExtent(buffer, rank - 1 - i, pipeline_.batch);
      H::Expr index = indices[i];
      if (op.getOtherwise()) {
        H::Expr here = index >= 0 && index < extent;
        isInside = isInside.defined() ? isInside && here : here;
      }
      // As in Halide's boundary conditions: `likely` makes the loop over the interior one without the test.
      indices[i] = H::clamp(H::likely(index), 0, extent - 1);
    }
  }
  H::Expr value = source(indices);
  value = asBodyType(value);
  if (isInside.defined())
    value = H::select(isInside, value, get(op.getOtherwise()));
  values_.set(op.getResult(0), value);
  return success();
}

/// Such a divisor is positive: Halide's division rounds down, and has bounds where rounding towards 0 has none.
static bool isMultipleOfBatch(Value value) {
  if (auto product = value.getDefiningOp<arith::MulIOp>())
    return isMultipleOfBatch(product.getLhs()) || isMultipleOfBatch(product.getRhs());
  return value.getDefiningOp<hl::BatchOp>();
}

LogicalResult Body::translate(Operation &op) {
  pipeline_.current = &op;
  if (isa<arith::ArithDialect, math::MathDialect>(op.getDialect()))
    return values_.translate(op);
  return llvm::TypeSwitch<Operation *, LogicalResult>(&op)
      .Case([&](hl::AtOp at) { return translateLoad(at); })
      .Case([&](hl::SelfOp self) {
        std::vector<H::Expr> indices = getIndices(self.getIndices());
        if (self.getNumResults() == 1) {
          values_.set(self.getResult(0), target_.func(indices));
          return success();
        }
        H::FuncRef reference = target_.func(indices);
        for (auto [i, result] : llvm::enumerate(self.getResults()))
          values_.set(result, reference[int(i)]);
        return success();
      })
      .Case([&](hl::WhereOp where) {
        domain_.where(get(where.getCondition()));
        return success();
      })
      .Case([&](hl::DivOp div) {
        H::Expr a = get(div.getLhs()), b = get(div.getRhs());
        values_.set(op.getResult(0), isMultipleOfBatch(div.getRhs()) ? a / b : floorDivide(a, b));
        return success();
      })
      .Case([&](hl::ModOp mod) {
        H::Expr a = get(mod.getLhs()), b = get(mod.getRhs());
        values_.set(op.getResult(0), isMultipleOfBatch(mod.getRhs()) ? a % b : floorModulo(a, b));
        return success();
      })
      .Case([&](hl::UndefOp) {
        values_.set(op.getResult(0), H::undef(getHalideType(op.getResult(0).getType())));
        return success();
      })
      .Case([&](hl::BatchOp batch) {
        values_.set(op.getResult(0), pipeline_.batch);
        return success();
      })
      .Default([](Operation *other) { return other->emitOpError("has no translation to Halide"); });
}

/// Whether an operand of it comes from what the func has stored.
static bool readsSelf(Operation &op) {
  llvm::SetVector<Operation *> slice;
  (void)getBackwardSlice(&op, &slice);
  return llvm::any_of(slice, llvm::IsaPred<hl::SelfOp>);
}

/// What the definition of a func is assigned.
static H::Tuple getTuple(ArrayRef<H::Expr> values) {
  return H::Tuple(std::vector<H::Expr>(values.begin(), values.end()));
}

LogicalResult Body::runInit() {
  Block &block = func_.getInit().front();
  std::vector<H::Var> vars;
  for (auto [argument, name] : llvm::zip(block.getArguments(), target_.axes)) {
    H::Var var = target_.getAxis(name);
    values_.set(argument, var);
    vars.insert(vars.begin(), var);
  }
  for (Operation &op : block.without_terminator())
    if (failed(translate(op)))
      return failure();
  pipeline_.current = func_;
  SmallVector<H::Expr> results = getResults(cast<hl::YieldOp>(block.back()));
  if (results.size() == 1)
    target_.func(vars) = results[0];
  else
    target_.func(vars) = getTuple(results);
  target_.reductionLoops.emplace_back();
  return success();
}

LogicalResult Body::runUpdate(size_t index) {
  Block &block = func_.getUpdates()[index].front();
  size_t rank = target_.axes.size();
  for (auto [argument, name] : llvm::zip(block.getArguments(), target_.axes))
    values_.set(argument, target_.getAxis(name));

  // Outermost first in hl; Halide's domain begins with the innermost.
  auto names = llvm::to_vector(cast<ArrayAttr>(func_.getRvars()[index]).getAsValueRange<StringAttr>());
  ArrayRef<int64_t> extents = cast<DenseI64ArrayAttr>(func_.getExtents()[index]).asArrayRef();
  std::set<std::string> loops;
  if (!names.empty()) {
    std::vector<H::Internal::ReductionVariable> variables;
    for (size_t i = names.size(); i-- > 0;) {
      H::Expr extent = ShapedType::isDynamic(extents[i]) ? H::Expr(pipeline_.batch) : H::Expr(int(extents[i]));
      variables.push_back({getLoopName(names[i]), 0, extent});
      loops.insert(names[i].str());
    }
    domain_ = H::RDom(H::Internal::ReductionDomain(variables));
    for (size_t i = 0; i < names.size(); ++i)
      values_.set(block.getArgument(rank + i), H::RVar(domain_.domain(), int(names.size() - 1 - i)));
  }
  for (Operation &op : block.without_terminator()) {
    if (isa<hl::WhereOp>(op) && names.empty())
      return op.emitOpError("the update has no reduction variables to restrict");
    // Halide splits such an update into stores, and sees the loads that come before them only outside of its strict
    // operations.
    if (cast<hl::YieldOp>(block.back()).getValues().size() > 1 && isStrict(op) && readsSelf(op))
      return op.emitOpError(
                 "rounds what an update of several values has stored, which has no translation to Halide without ")
             << stringifyFastMathFlags(hl::kRegroups);
    if (failed(translate(op)))
      return failure();
  }
  pipeline_.current = func_;
  auto yield = cast<hl::YieldOp>(block.back());
  std::vector<H::Expr> indices = getIndices(
      yield.getIndices().empty() ? ValueRange(block.getArguments().take_front(rank)) : ValueRange(yield.getIndices()));
  SmallVector<H::Expr> results = getResults(yield);
  // Halide walks a domain whose variables it finds in the definition: a sum that is the same at every step counts them
  // all the same.
  auto findsDomain = [&](const H::Expr &e) { return !H::Internal::gather_rvariables(e).empty(); };
  if (!names.empty() && llvm::none_of(results, findsDomain) && llvm::none_of(indices, findsDomain))
    results[0] = H::select(H::RVar(domain_.domain(), 0) >= 0, results[0], results[0]);
  if (results.size() == 1)
    target_.func(indices) = results[0];
  else
    target_.func(indices) = getTuple(results);
  target_.reductionLoops.push_back(std::move(loops));
  return success();
}

//===----------------------------------------------------------------------===//
// The pipeline
//===----------------------------------------------------------------------===//

LogicalResult HalidePipeline::buildAlgorithm() {
  current = op;
  batch.set_min_value(1);
  Block &body = op.getBody().front();
  for (BlockArgument argument : body.getArguments()) {
    auto type = cast<hl::BufferType>(argument.getType());
    H::ImageParam param(getHalideType(type.getElementType()), int(type.getRank()),
                        "in" + std::to_string(argument.getArgNumber()));
    constrain(param, type, batch, /*withBounds=*/true);
    inputs[argument] = param;
  }
  hl::OutputOp output;
  for (Operation &child : body) {
    if (auto func = dyn_cast<hl::FuncOp>(child)) {
      HalideFunc result;
      result.func = H::Func(func.getName().str());
      for (StringRef axis : func.getVars().getAsValueRange<StringAttr>())
        result.axes.push_back(axis.str());
      HalideFunc &stored = funcs[func.getResult()] = std::move(result);
      if (failed(Body(*this, func, stored).runInit()))
        return failure();
      for (size_t i = 0; i < func.getUpdates().size(); ++i)
        if (failed(Body(*this, func, stored).runUpdate(i)))
          return failure();
    }
    if (auto found = dyn_cast<hl::OutputOp>(child))
      output = found;
  }

  current = output;
  size_t result = 0;
  for (Value value : output.getFuncs()) {
    if (!funcs.count(value))
      return output.emitOpError("names a func that a directive made: outputs are hl.func");
    HalideFunc &func = funcs.find(value)->second;
    auto elementTypes = cast<hl::FuncType>(value.getType()).getElementTypes();
    auto bufferOf = [&](size_t i) {
      return cast<hl::BufferType>(cast<TypeAttr>(op.getResultTypes()[result + i]).getValue());
    };
    std::vector<H::OutputImageParam> buffers = func.func.output_buffers();
    for (size_t i = 0; i < elementTypes.size(); ++i) {
      hl::BufferType type = bufferOf(i);
      constrain(buffers[i], type, batch, /*withBounds=*/i == 0);
      if (i > 0)
        continue;
      for (auto [d, axis] : llvm::enumerate(func.axes))
        func.func.bound(func.getAxis(axis), 0, getExtent(type, d, batch));
    }
    outputs.push_back(func.func);
    result += elementTypes.size();
  }
  return success();
}

std::vector<H::Argument> HalidePipeline::getArguments() {
  std::vector<H::Argument> arguments = {batch};
  for (BlockArgument argument : op.getBody().front().getArguments())
    arguments.push_back(inputs.find(argument)->second);
  return arguments;
}
