//===- TestDialect.cpp - the gradient of an op with a region ---------------===//
#include "test/testdialect/TestDialect.h"

#include "dialects/nn/gradient/Reverse.h"
#include "mlir/IR/IRMapping.h"

using namespace mlir;
using namespace argent;
using namespace argent::test;

#include "test/testdialect/TestDialect.cpp.inc"
#define GET_OP_CLASSES
#include "test/testdialect/TestOps.cpp.inc"

void TestDialect::initialize() {
  addOperations<
#define GET_OP_LIST
#include "test/testdialect/TestOps.cpp.inc"
      >();
}

//   1. Build the reverse of a copy of the body, in a block behind it: the results' gradients are its arguments.
//   2. The copy yields, too, what the reverse reads of it, and takes the body's place.
//   3. The reverse becomes the body of the second step.
LogicalResult StepOp::buildGradient(RewriterBase &rewriter, ValueRange resultGradients, const llvm::BitVector &needed,
                                    SmallVectorImpl<Value> &operandGradients) {
  Region copy;
  IRMapping mapping;
  getBody().cloneInto(&copy, mapping);
  Block &forward = copy.front(), &backward = copy.emplaceBlock();
  auto yield = cast<YieldOp>(forward.getTerminator());

  SmallVector<nn::Seed> seeds;
  for (auto [value, gradient] : llvm::zip(yield.getValues(), resultGradients))
    seeds.push_back({value, backward.addArgument(gradient.getType(), gradient.getLoc())});
  SmallVector<Value> sources;
  for (auto [i, argument] : llvm::enumerate(forward.getArguments()))
    if (needed[i])
      sources.push_back(argument);
  OpBuilder builder(getContext());
  builder.setInsertionPointToEnd(&backward);
  nn::Reverse reverse(builder, forward, seeds, sources);
  if (failed(reverse.run()))
    return failure();

  SmallVector<Value> gradients;
  for (Value source : sources)
    if (Value gradient = reverse.getGradient(source))
      gradients.push_back(gradient);
  YieldOp::create(builder, getLoc(), gradients);

  llvm::SetVector<Value> read;
  for (Operation &op : backward)
    for (Value operand : op.getOperands())
      if (operand.getParentBlock() == &forward)
        read.insert(operand);
  SmallVector<Value> stored(yield.getValues());
  for (Value value : read)
    if (value.getDefiningOp())
      stored.push_back(value);
  yield->setOperands(stored);
  StepOp first;
  {
    OpBuilder::InsertionGuard guard(rewriter);
    rewriter.setInsertionPoint(*this);
    first = StepOp::create(rewriter, getLoc(), ValueRange(stored).getTypes(), getInputs());
  }

  SmallVector<Value> inputs(resultGradients);
  unsigned further = getNumResults();
  for (Value value : read) {
    auto argument = dyn_cast<BlockArgument>(value);
    inputs.push_back(argument ? getInputs()[argument.getArgNumber()] : first.getResult(further++));
    Value inside = backward.addArgument(value.getType(), value.getLoc());
    value.replaceUsesWithIf(inside, [&](OpOperand &use) { return use.getOwner()->getBlock() == &backward; });
  }
  auto second = StepOp::create(rewriter, getLoc(), ValueRange(gradients).getTypes(), inputs);
  second.getBody().getBlocks().splice(second.getBody().end(), copy.getBlocks(), backward.getIterator());
  first.getBody().takeBody(copy);

  unsigned made = 0;
  for (auto [i, argument] : llvm::enumerate(first.getBody().getArguments()))
    operandGradients.push_back(needed[i] && reverse.getGradient(argument) ? second.getResult(made++) : Value());
  rewriter.replaceOp(*this, first.getResults().take_front(getNumResults()));
  return success();
}
