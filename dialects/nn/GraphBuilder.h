//===- GraphBuilder.h - what a frontend builds functions of nn ops with ----===//
// Constants, casts, shapes, the reductions that every language has, parameters, and the ports of functions. Types are
// the caller's to check: what does not fit together is a mistake of the frontend, which the verifier finds.
#ifndef ARGENT_DIALECTS_NN_GRAPHBUILDER_H
#define ARGENT_DIALECTS_NN_GRAPHBUILDER_H

#include "dialects/nn/Dims.h"
#include "dialects/nn/NN.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"

namespace argent::nn {

class GraphBuilder {
public:
  explicit GraphBuilder(mlir::MLIRContext *context) : builder(context) {}
  virtual ~GraphBuilder() = default;

  mlir::OpBuilder builder;

  /// The place in the source of what is being built, under a name; an empty one gives the place alone.
  virtual mlir::Location location(llvm::StringRef name = "") = 0;

  //===- Ops ------------------------------------------------------------------------------------------------------===//
  template <typename Op, typename... Args> Op create(llvm::StringRef name, Args &&...args) {
    Op op = Op::create(builder, location(name), std::forward<Args>(args)...);
    created(op);
    return op;
  }
  /// The first result of an op under a name; without one, the op's own.
  template <typename Op, typename... Args> mlir::Value emitNamed(llvm::StringRef name, Args &&...args) {
    return create<Op>(name, std::forward<Args>(args)...)->getResult(0);
  }
  template <typename Op, typename... Args> mlir::Value emit(Args &&...args) {
    return emitNamed<Op>(Op::getOperationName().drop_front(NNDialect::getDialectNamespace().size() + 1),
                         std::forward<Args>(args)...);
  }

  mlir::Type f32() { return builder.getF32Type(); }
  mlir::Type i32() { return builder.getI32Type(); }

  /// A scalar: it broadcasts.
  mlir::Value constant(double value, mlir::Type element) { return constant({}, value, element); }
  mlir::Value constant(llvm::ArrayRef<int64_t> shape, llvm::ArrayRef<double> values, mlir::Type element);
  /// 0 … count - 1.
  mlir::Value iota(int64_t count);
  mlir::Value cast(mlir::Value x, mlir::Type element);

  mlir::Value reshape(mlir::Value x, llvm::ArrayRef<Dim> dims);
  mlir::Value broadcast(mlir::Value x, llvm::ArrayRef<Dim> dims);
  /// `count` elements of a dimension, `step` apart.
  mlir::Value slice(mlir::Value x, size_t dim, int64_t first, int64_t count, int64_t step = 1);
  /// Elements before and behind those of one dimension.
  mlir::Value pad(mlir::Value x, size_t dim, int64_t before, int64_t after, PadMode mode, double value = 0);
  /// The tensors one behind the other.
  mlir::Value concat(llvm::ArrayRef<mlir::Value> parts, int64_t axis);
  /// The axis is replaced by the dimensions of the index; the first `batch` dimensions are shared, the last `trailing`
  /// of the index as well.
  mlir::Value gather(mlir::Value x, mlir::Value index, int64_t axis, int64_t batch = 0, int64_t trailing = 0);

  mlir::Value reduce(ReduceKind kind, mlir::Value x, llvm::ArrayRef<int64_t> axes, bool keepDims);
  mlir::Value sum(mlir::Value x, llvm::ArrayRef<int64_t> axes, bool keepDims);
  mlir::Value mean(mlir::Value x, llvm::ArrayRef<int64_t> axes, bool keepDims);
  /// How many elements of `x` the axes have together, as a scalar of its element type.
  mlir::Value count(mlir::Value x, llvm::ArrayRef<int64_t> axes, mlir::Type element);

  //===- Parameters -----------------------------------------------------------------------------------------------===//
  mlir::Value parameter(llvm::StringRef name, llvm::StringRef path, mlir::RankedTensorType type,
                        InitializerAttr initial);
  mlir::Value state(llvm::StringRef name, llvm::StringRef path, mlir::RankedTensorType type, InitializerAttr initial);

  //===- Functions and their ports --------------------------------------------------------------------------------===//
  /// An empty function at the end of the module; ops are built into it from here on.
  mlir::func::FuncOp beginFunction(mlir::ModuleOp module, llvm::StringRef name);
  /// The function ends here, with these results.
  void endFunction(mlir::func::FuncOp function, llvm::ArrayRef<mlir::Value> results,
                   llvm::ArrayRef<mlir::DictionaryAttr> attributes);
  /// A further argument, behind the others.
  mlir::Value addInput(mlir::func::FuncOp function, llvm::StringRef name, mlir::RankedTensorType type);
  mlir::NamedAttribute portName(llvm::StringRef name);
  /// Notes that the elements of an index lie in 0 … count - 1, where they are those of an input: the runtime checks
  /// them.
  void limitIndex(mlir::Value index, int64_t count);

protected:
  /// An op that was just made.
  virtual void created(mlir::Operation *op) {}
};

} // namespace argent::nn

#endif // ARGENT_DIALECTS_NN_GRAPHBUILDER_H
