//===- KernelBuilder.h - algorithms in hl, written almost as in Halide -----===//
// What an op's buildKernel writes with:
//
//   Func acc = kernel.reduction("acc", {{"n", N}, {"k", K}}, type, 0.0, {{"d", D}},
//                               [&](Args i, Args r, Expr self) { return self + lhs(i[0], r[0]) * rhs(r[0], i[1]); });
//   kernel.define(getY(), acc);
//
// An Expr is a value inside the body that is being built; a Tensor is an nn value as the kernel sees it, read at an
// index of its logical shape, wherever it lies (input buffer with a physical layout, func, view of another tensor).
//
// Axes. A func may hold several neighbouring dimensions of a tensor as one axis: pixels are flattened, a pointwise
// kernel over dense tensors is one loop. `groupsOf` says which dimensions go together. The kernel is built twice: the
// first time every dimension stands alone and the builder only learns who tells which dimensions apart; the second time
// counts.
//
// Schedules are not made here.
#ifndef ARGENT_DIALECTS_NN_KERNEL_KERNELBUILDER_H
#define ARGENT_DIALECTS_NN_KERNEL_KERNELBUILDER_H

#include "dialects/hl/HL.h"
#include "dialects/nn/Dims.h"
#include "dialects/nn/NN.h"
#include "mlir/IR/Builders.h"

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace argent::nn {

//===----------------------------------------------------------------------===//
// Expr
//===----------------------------------------------------------------------===//

/// A value at a point, or a number that takes its type from what it meets. `+ - * / %` follow Halide: integer division
/// rounds down.
class Expr {
public:
  Expr() = default;
  Expr(int number) : integer_(number) {}
  Expr(int64_t number) : integer_(number) {}
  Expr(double number) : real_(number) {}
  Expr(KernelBuilder &kernel, mlir::Value value) : kernel_(&kernel), value_(value) {}

  bool isNumber() const { return !value_; }
  std::optional<int64_t> getInteger() const { return value_ ? std::nullopt : integer_; }
  /// The SSA value; a number becomes a constant of `type`.
  mlir::Value materialize(KernelBuilder &kernel, mlir::Type type) const;
  mlir::Type getType() const { return value_.getType(); }
  KernelBuilder *getKernel() const { return kernel_; }

private:
  KernelBuilder *kernel_ = nullptr;
  mlir::Value value_;
  std::optional<int64_t> integer_;
  std::optional<double> real_;
};

Expr operator+(Expr a, Expr b);
Expr operator-(Expr a, Expr b);
Expr operator*(Expr a, Expr b);
Expr operator/(Expr a, Expr b);
Expr operator%(Expr a, Expr b);
Expr operator-(Expr a);
/// sum + a * b, as a step of a sum of products: fused, and regrouped as the schedule likes (law 4 of hl). All else is
/// computed as written.
Expr multiplyAdd(Expr sum, Expr a, Expr b);
Expr operator==(Expr a, Expr b);
Expr operator!=(Expr a, Expr b);
Expr operator<(Expr a, Expr b);
Expr operator<=(Expr a, Expr b);
Expr operator>(Expr a, Expr b);
Expr operator>=(Expr a, Expr b);
Expr operator&&(Expr a, Expr b);
Expr operator||(Expr a, Expr b);
Expr operator!(Expr a);
Expr max(Expr a, Expr b);
Expr min(Expr a, Expr b);
Expr clamp(Expr value, Expr low, Expr high);
Expr select(Expr condition, Expr a, Expr b);
Expr exp(Expr x);
Expr log(Expr x);
/// To another type, as nn.cast: toward zero; ui8 (i8 in a kernel) has no sign; a bool is 0 or 1.
Expr cast(Expr x, mlir::Type type);

using Args = llvm::ArrayRef<Expr>;
/// `a` with `b` behind them.
inline llvm::SmallVector<Expr> join(Args a, Args b) {
  llvm::SmallVector<Expr> all(a);
  all.append(b.begin(), b.end());
  return all;
}

//===----------------------------------------------------------------------===//
// Shapes and indices
//===----------------------------------------------------------------------===//

struct Axis {
  std::string name;
  Dim extent;
};
using Axes = llvm::SmallVector<Axis, 4>;
/// `axes` with `more` behind them.
inline Axes operator+(Axes axes, const Axes &more) {
  axes.append(more);
  return axes;
}

/// Coordinates in a row-major box: (extent, index) outermost first. Any factoring of a tensor's elements will do.
struct Coordinate {
  Dim extent;
  Expr index;
};
using Point = llvm::SmallVector<Coordinate, 6>;

/// Neighbouring dimensions first … last that are one axis.
struct Group {
  unsigned first, last;
  Dim extent;
};
using Groups = llvm::SmallVector<Group, 6>;

//===----------------------------------------------------------------------===//
// Func, Tensor
//===----------------------------------------------------------------------===//

/// An hl.func: read at an index of its axes.
class Func {
public:
  Func() = default;
  Func(KernelBuilder &kernel, hl::FuncOp op, Axes axes) : kernel_(&kernel), op_(op), axes_(std::move(axes)) {}

  template <typename... Index> Expr operator()(Index... index) const { return at({Expr(index)...}); }
  Expr at(Args index) const { return tuple(index)[0]; }
  llvm::SmallVector<Expr, 2> tuple(Args index) const;

  explicit operator bool() const { return kernel_; }
  hl::FuncOp getOp() const { return op_; }
  const Axes &getAxes() const { return axes_; }
  Dims getBox() const;
  mlir::Type getType() const { return op_.getType().getElementTypes().front(); }

private:
  KernelBuilder *kernel_ = nullptr;
  mutable hl::FuncOp op_;
  Axes axes_;
};

/// An nn value in the kernel.
class Tensor {
public:
  using Load = std::function<Expr(const Point &)>;
  using PackedLoad = std::function<Expr(Args)>;

  Tensor() = default;
  Tensor(KernelBuilder &kernel, Dims shape, mlir::Type type, Load load)
      : kernel_(&kernel), shape_(std::move(shape)), type_(type), load_(std::move(load)) {}

  /// At a logical index.
  template <typename... Index> Expr operator()(Index... index) const {
    return at(llvm::ArrayRef<Expr>{Expr(index)...});
  }
  Expr at(Args index) const;
  /// At coordinates of any box that factors the elements in row-major order. An element has a type, also where it is
  /// known: a padding's.
  Expr at(const Point &point) const {
    Expr element = load_(point);
    return element.isNumber() ? Expr(*kernel_, element.materialize(*kernel_, type_)) : element;
  }
  /// At a logical index, or `otherwise` where the index is outside the shape. `mayLeave[d]`: the index can leave
  /// dimension d.
  Expr atOrElse(Args index, llvm::ArrayRef<bool> mayLeave, Expr otherwise) const;

  const Dims &getShape() const { return shape_; }
  Dim getExtent(unsigned dim) const { return shape_[dim]; }
  unsigned getRank() const { return shape_.size(); }
  /// The type of an element inside the kernel: bool is i1, ui8 is i8.
  mlir::Type getType() const { return type_; }

  /// The zero border that the producer left around dimension `dim`: (before, after).
  std::pair<int64_t, int64_t> getBorder(unsigned dim) const {
    return border.empty() ? std::pair<int64_t, int64_t>() : border[dim];
  }
  llvm::SmallVector<std::pair<int64_t, int64_t>, 4> border;

  /// If the tensor lies in panels [ko, ..., lane] of its last dimension: their width, and a load by physical index.
  int64_t packWidth = 0;
  PackedLoad packed;

  /// If the tensor is a dense input: its buffer.
  mlir::Value buffer;
  /// If the tensor is an input or a view: the nn value, whose dimensions an index tells apart.
  mlir::Value told;
  /// If the tensor is a func: it.
  Func source;

private:
  KernelBuilder *kernel_ = nullptr;
  Dims shape_;
  mlir::Type type_;
  Load load_;
};

//===----------------------------------------------------------------------===//
// KernelBuilder
//===----------------------------------------------------------------------===//

class KernelBuilder {
public:
  using Body = llvm::function_ref<Expr(Args)>;
  using UpdateBody = std::function<Expr(Args, Args, Expr)>;

  /// One update of a reduction: self = body(axes, reduction variables, self). The domain is walked in row-major order.
  struct Update {
    Axes domain;
    UpdateBody body;
  };

  /// The kernel of `fused` as an hl.pipeline named `symbol` at `builder`'s insertion point.
  static mlir::FailureOr<hl::PipelineOp> build(FusedOp fused, mlir::OpBuilder &builder, llvm::StringRef symbol);

  //===-- Operands and results --------------------------------------------===//

  const Tensor &get(mlir::Value value) const;
  /// `func`'s axes factor the result's elements in row-major order. They tell the result's dimensions apart, unless
  /// they only follow from `groupsOf`.
  void define(mlir::Value result, Func func, bool tellsApart = true);
  void define(mlir::Value result, Tensor tensor);
  /// The result lies in panels: `func` is [ko, leading dimensions..., lane], zero in the lanes past the last dimension.
  void definePacked(mlir::Value result, Func func, int64_t width);

  //===-- Funcs -----------------------------------------------------------===//

  Func func(llvm::StringRef name, Axes axes, mlir::Type type, Body body);
  Func reduction(llvm::StringRef name, Axes axes, mlir::Type type, Expr initial, Axes domain, UpdateBody body);
  Func reduction(llvm::StringRef name, Axes axes, mlir::Type type, Expr initial, llvm::ArrayRef<Update> updates);
  /// A tuple func: each update turns the values so far into the next.
  using TupleBody = std::function<llvm::SmallVector<Expr, 2>(Args, Args, Args)>;
  Func tupleReduction(llvm::StringRef name, Axes axes, llvm::ArrayRef<mlir::Type> types, llvm::ArrayRef<Expr> initial,
                      llvm::ArrayRef<std::pair<Axes, TupleBody>> updates);

  /// What an update stores elsewhere than at its axes: `index` empty is at them. An axis that has another index has no
  /// loop: its Expr is not used.
  struct Store {
    llvm::SmallVector<Expr, 2> values;
    llvm::SmallVector<Expr, 4> index = {};
  };
  /// The values so far, at any index.
  using Self = llvm::function_ref<llvm::SmallVector<Expr, 2>(Args)>;
  struct Scatter {
    Axes domain;
    std::function<Store(Args, Args, Self)> body;
  };
  /// `initial` empty: the updates write every point.
  Func scatter(llvm::StringRef name, Axes axes, llvm::ArrayRef<mlir::Type> types, llvm::ArrayRef<Expr> initial,
               llvm::ArrayRef<Scatter> updates);

  /// The one result of `op` from its operands, element by element, with broadcasting.
  mlir::LogicalResult pointwise(mlir::Operation *op, Body body);

  /// Which part of its nn.concat the kernel is being built for; none: all of it at once.
  std::optional<unsigned> getPiece() const { return piece_; }

  //===-- Axes ------------------------------------------------------------===//

  /// How the dimensions of `value` are grouped into axes, if `apart(d)` says that d - 1 and d are to be told apart.
  Groups groupsOf(mlir::Value value, llvm::function_ref<bool(unsigned)> apart);
  /// `result` and `operand`, aligned at the right, are grouped alike.
  void link(mlir::Value result, mlir::Value operand);
  /// The same for these boundaries alone: (position in result, position in operand).
  void link(mlir::Value result, mlir::Value operand, llvm::ArrayRef<std::pair<unsigned, unsigned>> positions);
  /// Names for the axes of a tensor: n, then p or z y x, then c.
  Axes nameAxes(const Groups &groups);
  /// Coordinates of another box that factors the same elements.
  llvm::SmallVector<Expr, 6> convert(const Point &point, llvm::ArrayRef<Dim> to);
  /// `source`'s elements under another shape; both are nn values of this kernel.
  void defineReshaped(mlir::Value result, mlir::Value source);

  //===-- Small things ----------------------------------------------------===//

  mlir::OpBuilder &getBuilder() { return builder_; }
  mlir::Location getLoc() const { return loc_; }
  /// Inside a kernel: bool is i1, ui8 is i8, the others are themselves.
  mlir::Type getElementType(mlir::Type type);
  /// What sums of `type` are kept in: f32 for the 16-bit floats.
  mlir::Type getSumType(mlir::Type type);
  Expr batch();
  Expr extent(Dim extent);
  mlir::Value constant(mlir::TypedAttr value);
  /// The op of this name on two values; equal ops of a body are one.
  mlir::Value binary(llvm::StringRef opName, mlir::Value a, mlir::Value b, llvm::function_ref<mlir::Value()> make);
  /// The funcs that `make` builds for this key, once a kernel.
  llvm::SmallVector<Func> once(llvm::StringRef what, mlir::Value of,
                               llvm::function_ref<llvm::SmallVector<Func>()> make);

private:
  KernelBuilder(FusedOp fused, mlir::OpBuilder &builder) : fused_(fused), builder_(builder), loc_(fused.getLoc()) {}

  /// Positions of two values whose boundaries are the same: (position in a, position in b).
  struct Link {
    mlir::Value a, b;
    llvm::SmallVector<std::pair<unsigned, unsigned>> positions;
  };

  mlir::FailureOr<hl::PipelineOp> run(llvm::StringRef symbol);
  hl::BufferType getBufferType(mlir::Value value, LayoutAttr layout);
  Tensor bufferTensor(mlir::Value value, mlir::Value buffer, LayoutAttr layout);
  /// One func with the values of all, which have the same axes.
  Func tupleOf(llvm::ArrayRef<Func> funcs);
  /// The axis along which the kernel's nn.concat ops join and the extents of the parts, if all results are computed
  /// piece by piece.
  struct Pieces {
    unsigned axis;
    llvm::SmallVector<int64_t> extents;
  };
  std::optional<Pieces> findPieces();
  mlir::LogicalResult buildOps();
  /// The results, from those of each piece.
  Func joinPieces(const Pieces &pieces, llvm::ArrayRef<std::vector<Tensor>> parts);
  Func buildResult(mlir::Value value, LayoutAttr layout, llvm::ArrayRef<Func> earlier);
  void force(mlir::Value value, unsigned position) { boundaries_[value] |= uint64_t(1) << position; }
  void forceAll(mlir::Value value);
  void forceBatch(mlir::Value value);
  void solveLinks();
  hl::FuncOp createFunc(llvm::StringRef name, const Axes &axes, llvm::ArrayRef<mlir::Type> types, unsigned updates,
                        llvm::ArrayRef<Axes> domains);
  /// Builds a body: `make` gets the region's arguments and returns what is yielded.
  void buildBody(hl::FuncOp func, mlir::Region &region, unsigned arguments, llvm::ArrayRef<mlir::Type> types,
                 llvm::function_ref<Store(Args)> make);
  std::string uniqueName(llvm::StringRef base);
  /// The name of the func of `op`: what it does and what the source calls it.
  std::string getFuncName(mlir::Operation *op);

  FusedOp fused_;
  mlir::OpBuilder &builder_;
  mlir::Location loc_;
  mlir::Operation *currentOp_ = nullptr;
  std::optional<unsigned> piece_;
  hl::PipelineOp pipeline_;

  /// Whether this is the first of the two runs.
  bool learning_ = true;
  llvm::DenseMap<mlir::Value, uint64_t> boundaries_;
  llvm::SmallVector<Link> links_;

  llvm::DenseMap<mlir::Value, Tensor> tensors_;
  llvm::StringMap<unsigned> names_;
  std::map<std::pair<std::string, void *>, llvm::SmallVector<Func>> funcsOnce_;
  /// Of the body that is being built.
  struct BodyState {
    hl::FuncOp func;
    llvm::DenseMap<mlir::Attribute, mlir::Value> constants;
    std::map<std::tuple<std::string, void *, void *>, mlir::Value> binaries;
    mlir::Value batch;
  } body_;

  friend class Tensor;
};

} // namespace argent::nn

#endif // ARGENT_DIALECTS_NN_KERNEL_KERNELBUILDER_H
