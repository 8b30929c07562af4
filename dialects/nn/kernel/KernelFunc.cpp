//===- KernelFunc.cpp - funcs, their bodies, tensors' loads ----------------===//
#include "dialects/nn/kernel/KernelBuilder.h"

using namespace mlir;
using namespace argent;
using namespace argent::nn;

//===----------------------------------------------------------------------===//
// Func
//===----------------------------------------------------------------------===//

Dims Func::getBox() const {
  Dims box;
  for (const Axis &axis : axes_)
    box.push_back(axis.extent);
  return box;
}

SmallVector<Expr, 2> Func::tuple(Args index) const {
  assert(index.size() == axes_.size() && "as many indices as axes");
  OpBuilder &builder = kernel_->getBuilder();
  SmallVector<Value> indices;
  for (Expr i : index)
    indices.push_back(i.materialize(*kernel_, builder.getI32Type()));
  Value source = op_.getResult();
  auto at = hl::AtOp::create(builder, kernel_->getLoc(), hl::getLoadTypes(source.getType()), source, indices, Value(),
                             UnitAttr());
  SmallVector<Expr, 2> values;
  for (Value value : at->getResults())
    values.push_back({*kernel_, value});
  return values;
}

//===----------------------------------------------------------------------===//
// Tensor
//===----------------------------------------------------------------------===//

Expr Tensor::at(Args index) const {
  assert(index.size() == shape_.size() && "as many indices as dimensions");
  if (told)
    kernel_->forceAll(told);
  Point point;
  for (auto [extent, i] : llvm::zip(shape_, index))
    point.push_back({extent, i});
  return at(point);
}

Expr Tensor::atOrElse(Args index, ArrayRef<bool> mayLeave, Expr otherwise) const {
  if (llvm::none_of(mayLeave, [](bool leaves) { return leaves; }))
    return at(index);
  OpBuilder &builder = kernel_->getBuilder();
  if (buffer) {
    kernel_->forceAll(told);
    SmallVector<Value> indices;
    for (Expr i : index)
      indices.push_back(i.materialize(*kernel_, builder.getI32Type()));
    SmallVector<Type> types = hl::getLoadTypes(buffer.getType());
    return {*kernel_, hl::AtOp::create(builder, kernel_->getLoc(), types, buffer, indices,
                                       otherwise.materialize(*kernel_, types.front()), UnitAttr())
                          ->getResult(0)};
  }
  Expr inside = 1;
  SmallVector<Expr, 6> clamped;
  for (auto [i, extent, leaves] : llvm::zip(index, shape_, mayLeave)) {
    if (leaves)
      inside = inside && i >= 0 && i < kernel_->extent(extent);
    clamped.push_back(leaves ? clamp(i, 0, kernel_->extent(extent) - 1) : i);
  }
  return select(inside, at(clamped), otherwise);
}

//===----------------------------------------------------------------------===//
// Bodies
//===----------------------------------------------------------------------===//

Value KernelBuilder::constant(TypedAttr value) {
  Value &found = body_.constants[value];
  if (!found)
    found = arith::ConstantOp::create(builder_, loc_, value);
  return found;
}

Value KernelBuilder::binary(StringRef opName, Value a, Value b, function_ref<Value()> make) {
  Value &found = body_.binaries[{opName.str(), a.getAsOpaquePointer(), b.getAsOpaquePointer()}];
  if (!found)
    found = make();
  return found;
}

Expr KernelBuilder::batch() {
  if (!body_.batch)
    body_.batch = hl::BatchOp::create(builder_, loc_, builder_.getI32Type());
  return {*this, body_.batch};
}

Expr KernelBuilder::extent(Dim extent) { return extent.isOpen ? batch() * extent.size : Expr(extent.size); }

std::string KernelBuilder::uniqueName(StringRef base) {
  unsigned count = ++names_[base];
  return count == 1 ? base.str() : (base + "_" + Twine(count)).str();
}

hl::FuncOp KernelBuilder::createFunc(StringRef name, const Axes &axes, ArrayRef<Type> types, unsigned updates,
                                     ArrayRef<Axes> domains) {
  SmallVector<Attribute> vars, rvars, extents;
  SmallVector<int64_t> box, factors;
  for (const Axis &axis : axes) {
    vars.push_back(builder_.getStringAttr(axis.name));
    box.push_back(axis.extent.isOpen ? ShapedType::kDynamic : axis.extent.size);
    factors.push_back(axis.extent.isOpen ? axis.extent.size : 0);
  }
  for (const Axes &domain : domains) {
    SmallVector<Attribute> domainNames;
    SmallVector<int64_t> domainExtents;
    for (const Axis &axis : domain) {
      domainNames.push_back(builder_.getStringAttr(axis.name));
      domainExtents.push_back(axis.extent.isOpen ? ShapedType::kDynamic : axis.extent.size);
    }
    rvars.push_back(builder_.getArrayAttr(domainNames));
    extents.push_back(builder_.getDenseI64ArrayAttr(domainExtents));
  }
  OpBuilder::InsertionGuard guard(builder_);
  if (body_.func)
    builder_.setInsertionPoint(body_.func);
  else
    builder_.setInsertionPointToEnd(&pipeline_.getBody().front());
  auto type = hl::FuncType::get(builder_.getContext(), axes.size(), types);
  bool hasFactors = llvm::any_of(factors, [](int64_t factor) { return factor > 1; });
  return hl::FuncOp::create(builder_, loc_, type, builder_.getStringAttr(uniqueName(name)), builder_.getArrayAttr(vars),
                            builder_.getArrayAttr(rvars), builder_.getArrayAttr(extents),
                            builder_.getDenseI64ArrayAttr(box),
                            hasFactors ? builder_.getDenseI64ArrayAttr(factors) : DenseI64ArrayAttr(), updates);
}

void KernelBuilder::buildBody(hl::FuncOp func, Region &region, unsigned arguments, ArrayRef<Type> types,
                              function_ref<Store(Args)> make) {
  OpBuilder::InsertionGuard guard(builder_);
  BodyState outer = std::exchange(body_, BodyState());
  body_.func = func;
  Block &block = region.emplaceBlock();
  SmallVector<Expr> indices;
  for (unsigned i = 0; i < arguments; ++i)
    indices.push_back({*this, block.addArgument(builder_.getI32Type(), loc_)});
  builder_.setInsertionPointToEnd(&block);
  Store store = make(indices);
  SmallVector<Value> values, at;
  for (auto [i, type] : llvm::enumerate(types))
    values.push_back(i < store.values.size() ? store.values[i].materialize(*this, type)
                                             : Value(hl::UndefOp::create(builder_, loc_, type)));
  for (Expr index : store.index)
    at.push_back(index.materialize(*this, builder_.getI32Type()));
  hl::YieldOp::create(builder_, loc_, values, at);
  body_ = std::move(outer);
}

Func KernelBuilder::func(StringRef name, Axes axes, Type type, Body make) {
  hl::FuncOp op = createFunc(name, axes, type, 0, {});
  buildBody(op, op.getInit(), axes.size(), type, [&](Args i) { return Store{{make(i)}}; });
  return {*this, op, axes};
}

Func KernelBuilder::tupleOf(ArrayRef<Func> funcs) {
  SmallVector<Type> types;
  for (const Func &func : funcs)
    types.push_back(func.getType());
  const Axes &axes = funcs.front().getAxes();
  hl::FuncOp op = createFunc("results", axes, types, 0, {});
  buildBody(op, op.getInit(), axes.size(), types, [&](Args i) {
    Store store;
    for (const Func &func : funcs)
      store.values.push_back(func.at(i));
    return store;
  });
  return {*this, op, axes};
}

Func KernelBuilder::scatter(StringRef name, Axes axes, ArrayRef<Type> types, ArrayRef<Expr> initial,
                            ArrayRef<Scatter> updates) {
  // A domain over f * N is a domain over N and one over f.
  SmallVector<Axes> domains;
  for (const Scatter &update : updates) {
    Axes &split = domains.emplace_back();
    for (const Axis &axis : update.domain) {
      split.push_back({axis.name, {axis.extent.isOpen ? 1 : axis.extent.size, axis.extent.isOpen}});
      if (axis.extent.isOpen && axis.extent.size > 1)
        split.push_back({axis.name + "t", {axis.extent.size, false}});
    }
  }
  hl::FuncOp op = createFunc(name, axes, types, updates.size(), domains);
  unsigned rank = axes.size();
  buildBody(op, op.getInit(), rank, types, [&](Args) { return Store{SmallVector<Expr, 2>(initial)}; });
  for (unsigned u = 0; u < updates.size(); ++u) {
    buildBody(op, op.getUpdates()[u], rank + domains[u].size(), types, [&](Args arguments) {
      Args i = arguments.take_front(rank), split = arguments.drop_front(rank);
      SmallVector<Expr> r;
      for (const Axis &axis : updates[u].domain) {
        r.push_back(split.consume_front());
        if (axis.extent.isOpen && axis.extent.size > 1)
          r.back() = r.back() * axis.extent.size + split.consume_front();
      }
      auto self = [&](Args at) {
        SmallVector<Value> indices;
        for (Expr index : at)
          indices.push_back(index.materialize(*this, builder_.getI32Type()));
        SmallVector<Expr, 2> values;
        for (Value value : hl::SelfOp::create(builder_, loc_, types, indices)->getResults())
          values.push_back({*this, value});
        return values;
      };
      return updates[u].body(i, r, self);
    });
  }
  return {*this, op, axes};
}

Func KernelBuilder::tupleReduction(StringRef name, Axes axes, ArrayRef<Type> types, ArrayRef<Expr> initial,
                                   ArrayRef<std::pair<Axes, TupleBody>> updates) {
  std::vector<Scatter> stores;
  for (const auto &[domain, make] : updates)
    stores.push_back({domain, [&make](Args i, Args r, Self self) { return Store{make(i, r, self(i))}; }});
  return scatter(name, std::move(axes), types, initial, stores);
}

Func KernelBuilder::reduction(StringRef name, Axes axes, Type type, Expr initial, ArrayRef<Update> updates) {
  SmallVector<std::pair<Axes, TupleBody>> bodies;
  for (const Update &update : updates)
    bodies.push_back({update.domain, [&update](Args i, Args r, Args self) {
                        return SmallVector<Expr, 2>{update.body(i, r, self.front())};
                      }});
  return tupleReduction(name, std::move(axes), type, initial, bodies);
}

Func KernelBuilder::reduction(StringRef name, Axes axes, Type type, Expr initial, Axes domain, UpdateBody make) {
  return reduction(name, std::move(axes), type, initial, Update{std::move(domain), std::move(make)});
}

SmallVector<Func> KernelBuilder::once(StringRef what, Value of, function_ref<SmallVector<Func>()> make) {
  auto key = std::make_pair(what.str(), of.getAsOpaquePointer());
  auto found = funcsOnce_.find(key);
  if (found != funcsOnce_.end())
    return found->second;
  SmallVector<Func> funcs = make();
  funcsOnce_[key] = funcs;
  return funcs;
}

//===----------------------------------------------------------------------===//
// Pointwise ops
//===----------------------------------------------------------------------===//

std::string KernelBuilder::getFuncName(Operation *op) {
  std::string name = op->getName().stripDialect().str();
  if (auto named = loc_->findInstanceOf<NameLoc>())
    name += "_" + named.getName().str();
  std::string clean;
  for (char c : name) {
    char next = llvm::isAlnum(c) ? c : '_';
    if (next != '_' || (!clean.empty() && clean.back() != '_'))
      clean += next;
  }
  while (!clean.empty() && clean.back() == '_')
    clean.pop_back();
  return clean;
}

LogicalResult KernelBuilder::pointwise(Operation *op, Body make) {
  Value result = op->getResult(0);
  Dims shape = getDims(result.getType());
  unsigned rank = shape.size();

  // stretched[operand][d]: the operand has one element along the result's dimension d.
  SmallVector<SmallVector<bool>> stretched;
  auto offsetOf = [&](Value operand) { return rank - get(operand).getRank(); };
  for (Value operand : op->getOperands()) {
    unsigned offset = offsetOf(operand);
    SmallVector<bool> &flags = stretched.emplace_back();
    for (unsigned d = 0; d < rank; ++d)
      flags.push_back(d < offset || (get(operand).getExtent(d - offset).isOne() && !shape[d].isOne()));
    for (unsigned d = 1; d < rank; ++d)
      if (shape[d].isOne())
        flags[d] = flags[d - 1];
    link(result, operand);
  }
  Groups groups = groupsOf(result, [&](unsigned d) {
    return llvm::any_of(stretched, [&](ArrayRef<bool> flags) { return flags[d] != flags[d - 1]; });
  });

  Axes axes = nameAxes(groups);
  Func value = func(getFuncName(op), axes, getElementType(result.getType()), [&](Args i) {
    SmallVector<Expr> operands;
    for (auto [operand, flags] : llvm::zip(op->getOperands(), stretched)) {
      const Tensor &tensor = get(operand);
      unsigned offset = offsetOf(operand);
      Point point;
      for (auto [group, index] : llvm::zip(groups, i)) {
        if (group.last < offset)
          continue;
        if (flags[group.last])
          point.push_back({Dim{1}, 0});
        else
          point.push_back({group.extent, index});
      }
      operands.push_back(tensor.at(point));
    }
    return make(operands);
  });
  define(result, value, /*tellsApart=*/false);
  return success();
}
