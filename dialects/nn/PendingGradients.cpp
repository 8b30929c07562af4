//===- PendingGradients.cpp - ops whose gradient is not written yet --------===//
#include "dialects/nn/NN.h"

using namespace mlir;
using namespace argent::nn;

#define ARGENT_PENDING(Op)                                                                                             \
  LogicalResult Op::buildGradient(OpBuilder &, ValueRange, const llvm::BitVector &, SmallVectorImpl<Value> &) {       \
    return emitOpError("has no gradient yet");                                                                         \
  }
ARGENT_PENDING(NegOp)
ARGENT_PENDING(AbsOp)
ARGENT_PENDING(SignOp)
ARGENT_PENDING(ExpOp)
ARGENT_PENDING(LogOp)
ARGENT_PENDING(SqrtOp)
ARGENT_PENDING(RsqrtOp)
ARGENT_PENDING(FloorOp)
ARGENT_PENDING(CeilOp)
ARGENT_PENDING(RoundOp)
ARGENT_PENDING(SinOp)
ARGENT_PENDING(CosOp)
ARGENT_PENDING(ErfOp)
ARGENT_PENDING(TanhOp)
ARGENT_PENDING(SigmoidOp)
ARGENT_PENDING(ReluOp)
ARGENT_PENDING(StopGradientOp)
ARGENT_PENDING(AddOp)
ARGENT_PENDING(SubOp)
ARGENT_PENDING(MulOp)
ARGENT_PENDING(DivOp)
ARGENT_PENDING(MaxOp)
ARGENT_PENDING(MinOp)
ARGENT_PENDING(PowOp)
ARGENT_PENDING(SelectOp)
ARGENT_PENDING(CastOp)
ARGENT_PENDING(BroadcastOp)
ARGENT_PENDING(ReshapeOp)
ARGENT_PENDING(TransposeOp)
ARGENT_PENDING(ReduceOp)
ARGENT_PENDING(SoftmaxOp)
ARGENT_PENDING(LogSoftmaxOp)
ARGENT_PENDING(CrossEntropyOp)
ARGENT_PENDING(MatmulOp)
ARGENT_PENDING(ConvOp)
ARGENT_PENDING(ConvInputGradOp)
ARGENT_PENDING(ConvFilterGradOp)
ARGENT_PENDING(PoolOp)
