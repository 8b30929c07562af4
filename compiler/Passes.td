//===- Passes.td - every pass ----------------------------------------------===//
// For each: what it does, what it requires, when it fails. The order is compiler/Pipeline.cpp.
#ifndef ARGENT_PASSES_TD
#define ARGENT_PASSES_TD

include "mlir/Pass/PassBase.td"

def FindTotals : Pass<"nn-find-totals", "::mlir::ModuleOp"> {
  let summary = "metrics of a data set to totals of its batches";
  let description = [{
    A metric, a result with nn.metric of @evaluate and @train_step, is a formula over reductions over N. Each such reduction is a total:
    the functions return it, once, in the place of the metrics, and @metrics computes the formulas in f64 from what the runtime has
    combined. What does not depend on the batch, such as the norm of a weight, is averaged over the rows. Where the formula in
    @train_step is another one (a loss with an auxiliary head) and that of @evaluate is a mean, its value stands for the sum, once for each
    counted element. A module without metrics stays as it is.

    Before:
    ```mlir
    func.func @evaluate(%x: tensor<?xf32> {nn.name = "x"}) -> (tensor<f32> {nn.metric, nn.name = "spread"}) {
      %s = nn.reduce sum %x [0] : tensor<?xf32>
      %n = nn.count %x [0] : tensor<?xf32> -> tensor<f32>
      %y = nn.div %s, %n : tensor<f32>, tensor<f32>
      return %y : tensor<f32>
    }
    ```
    After:
    ```mlir
    func.func @evaluate(%x: tensor<?xf32> {nn.name = "x"})
        -> (tensor<f32> {nn.name = "totals", nn.total = #nn.total<sum>}, tensor<f32> {nn.name = "totals", nn.total = #nn.total<sum>}) {
      %s = nn.reduce sum %x [0] : tensor<?xf32>
      %n = nn.count %x [0] : tensor<?xf32> -> tensor<f32>
      return %s, %n : tensor<f32>, tensor<f32>
    }
    func.func @metrics(%s: tensor<f64> {nn.name = "totals"}, %n: tensor<f64> {nn.name = "totals"}) -> (tensor<f64> {nn.name = "spread"}) {
      %y = nn.div %s, %n : tensor<f64>, tensor<f64>
      return %y : tensor<f64>
    }
    ```
    Fails, at the metric (nn.location), where a total flows back into the rows of @evaluate, is no number, or cannot be combined; where a
    metric does not depend on the batch of an input, or depends on an input that is no total; and where the two functions differ.
  }];
  let dependentDialects = ["::argent::nn::NNDialect", "::mlir::func::FuncDialect"];
}

def DescribeLayers : Pass<"nn-describe-layers", "::mlir::ModuleOp"> {
  let summary = "the layers of @predict as the attribute nn.layers, for `argent inspect --layers`; the parameters' settings as nn.settings";
  let description = [{
    One dictionary for each layer, in order: name, kind (its most costly op), result type, parameters, connections, FLOPs, receptive field, location.
    Reads the graph as the frontend made it: names are the layers' there. Does not fail; a module without @predict has no layers.
    The settings that rules give to parameters are kept in nn.settings of the module, by path: later passes take the parameters away.

    Before: `%1 = nn.conv %image, %w ... loc("conv2d_1.y")`; after: the same, and
    `{name = "conv2d_1", kind = "conv", parameters = 156, connections = 122304, field = array<i64: 5, 5>, ...}` in nn.layers of the module.
  }];
}

def ProbeLoops : Pass<"nn-probe-loops", "::mlir::ModuleOp"> {
  let summary = "what a gradient report asks of loops over time, before differentiation";
  let description = [{
    For each carried value of floats in the loops of a function with nn.optimize, those in loops included: an argument of the function with
    `nn.probe`, the carried value's name, that stands for 0 and is added to what each step computes of the carried value. The gradient of the
    probe then is that of what the steps compute. Where rows have lengths of their own, it is added to what the rows get that still run. Where a
    step computes nothing but is given the next value (`h, c = f(c), x_t`), it is added to that as it is carried, not to what others read.
    `nn.probe_loops` says how many loops cut the probe, `nn.probe_reverse` that the innermost runs from the last step to the first.

    For each op in a loop that saturates (SaturatingOpInterface): the shares of its elements, over all rows and steps, that are saturated on the
    lower and on the upper side, as results `@low NAME` and `@high NAME`. Rows past their length are left out.

    Before:
    ```mlir
    %y, %last = nn.scan 28 (%t) carry (%h = %h0 : tensor<?x16xf32>) -> (tensor<?x28x16xf32>, tensor<?x16xf32>) {
      ...
      nn.next carry (%next : tensor<?x16xf32>) yield (%next : tensor<?x16xf32>)
    }
    ```
    After, where %probe is an argument `tensor<?x28x16xf32> {nn.probe = "h", nn.probe_loops = 1 : i64}` of the function:
    ```mlir
    %y, %last = nn.scan 28 (%t) over (%p = %probe : tensor<?x28x16xf32>) carry (%h = %h0 : tensor<?x16xf32>) -> (tensor<?x28x16xf32>, tensor<?x16xf32>) {
      ...
      %probed = nn.add %next, %p : tensor<?x16xf32>, tensor<?x16xf32>
      nn.next carry (%probed : tensor<?x16xf32>) yield (%probed : tensor<?x16xf32>)
    }
    ```
    The module gets `nn.gradient_report`. Requires that gradients are not there yet. Does not fail.
  }];
  let dependentDialects = ["::argent::nn::NNDialect"];
}

def ReportGradients : Pass<"nn-report-gradients", "::mlir::ModuleOp"> {
  let summary = "the gradients of probes to their squares, added up for each step; the probes go";
  let description = [{
    A result with `nn.probe`, the gradient of a probe, becomes `@squares NAME`, of a reverse loop `@squares_reverse NAME`: the sum of its
    squares over all but time, in f64, so that a gradient that vanishes is told from 0. In loops of loops there is a dimension for the steps of
    each, the outermost first. Probes are taken away with what adds them, in the loops of the gradient, too: forward and backward compute the
    same values as without. What the backward loop reads and what it computes again may be others: a value behind a probe is not one that is
    yielded anyway.

    Before: `return %g : tensor<?x28x16xf32>` of a function with `-> (tensor<?x28x16xf32> {nn.probe = "h"})`; after, with
    `-> (tensor<28xf64> {nn.name = "@squares h"})`:
    ```mlir
    %0 = nn.cast %g : tensor<?x28x16xf32> to tensor<?x28x16xf64>
    %1 = nn.mul %0, %0 : tensor<?x28x16xf64>, tensor<?x28x16xf64>
    %2 = nn.reduce sum %1 [0, 2] : tensor<?x28x16xf64>
    return %2 : tensor<28xf64>
    ```
    Requires --nn-differentiate, on a module that --nn-probe-loops has seen. Does not fail.
  }];
  let dependentDialects = ["::argent::nn::NNDialect"];
}

def Simplify : Pass<"nn-simplify", "::mlir::ModuleOp"> {
  let summary = "algebra on the graph: folds, equal computations, dead ones";
  let description = [{
    Folds constants, removes what changes nothing (x + 0, x * 1, --x, reshapes of reshapes), writes small whole powers as multiplications,
    lets elementwise ops broadcast by themselves, merges equal computations and drops dead ones. Numbers are finite, so 0 * x is 0.

    Before: `%0 = nn.mul %x, %one : ...`, `%1 = nn.pow %0, %two : ...`; after: `%0 = nn.mul %x, %x : ...`.
    Requires nothing; idempotent. Does not fail.
  }];
  let dependentDialects = ["::argent::nn::NNDialect"];
}

def Differentiate : Pass<"nn-differentiate", "::mlir::ModuleOp"> {
  let summary = "reverse-mode differentiation of functions with nn.optimize";
  let description = [{
    Adds to each function with nn.optimize the gradients of its loss with respect to the parameters.

    Before:
    ```mlir
    %y = nn.mul %x, %w : tensor<f32>, tensor<f32>
    %norm = nn.optimize %y by <"sgd"> rate %r : tensor<f32>, tensor<f32> -> tensor<f32>
    ```
    After:
    ```mlir
    %y = nn.mul %x, %w : tensor<f32>, tensor<f32>
    %one = nn.constant dense<1.0> : tensor<f32>
    %dw = nn.mul %one, %x : tensor<f32>, tensor<f32>
    nn.gradient "w", %dw : tensor<f32>
    %norm = nn.update by <"sgd"> rate %r : tensor<f32> -> tensor<f32>
    ```
    Frozen parameters get none. The gradients of arguments with `nn.probe` are further results, of the same attribute. Requires that the function
    is one block. Fails on ops between a parameter and the loss that have no gradient (all are listed), and on parameters of the module that the
    loss does not depend on. With `wrt-arguments` it adds to each function that returns one scalar the gradients of its float arguments as
    results: for tests against other differentiators.
  }];
  let options = [Option<"wrtArguments", "wrt-arguments", "bool", "false", "differentiate with respect to arguments, as results">];
  let dependentDialects = ["::argent::nn::NNDialect"];
}

def InsertOptimizer : Pass<"nn-insert-optimizer", "::mlir::ModuleOp"> {
  let summary = "nn.update to a reduction and updates over the flat arenas";
  let description = [{
    The norm of all gradients is one reduction; clipping, decay and the optimizer's formula are one pointwise chain over one contiguous
    range for each distinct setting (#nn.settings): the arenas are sorted by them. A parameter with max_norm is a range of its own.

    Before: `%n = nn.update by <"sgd"> rate %r : tensor<f32> -> tensor<f32>`; after, for an arena of 32 numbers:
    ```mlir
    %g = nn.arena gradients : tensor<32xf32>
    %0 = nn.mul %g, %g : tensor<32xf32>, tensor<32xf32>
    %1 = nn.reduce sum %0 [0] : tensor<32xf32>
    %n = nn.sqrt %1 : tensor<f32>
    %p = nn.arena parameters : tensor<32xf32>
    %2 = nn.mul %g, %r : tensor<32xf32>, tensor<f32>
    %3 = nn.sub %p, %2 : tensor<32xf32>, tensor<32xf32>
    nn.store_arena parameters, %3 : tensor<32xf32>
    ```
    Requires --nn-differentiate, and the final layouts of parameters (--nn-pack-parameters): they decide the arena's size. Fails where
    parameters have different element types, or there is none.
  }];
  let dependentDialects = ["::argent::nn::NNDialect"];
}

def Fission : Pass<"nn-fission", "::mlir::ModuleOp"> {
  let summary = "moves out of loops over time what need not be in them";
  let description = [{
    Products of the sources alone are computed before the loop, those that only yields need behind it, over all steps at once: the steps join
    the rows of the batch. Gradients of captured values that are carried only to be added to become one sum behind the loop. What depends on
    captured values alone is computed once, and so is the order that a product wants them in: a transposed weight.

    Before:
    ```mlir
    %y, %last = nn.scan 28 (%t) over (%x_t = %x : tensor<?x28x8xf32>) carry (%h = %h0 : tensor<?x16xf32>) with (%w = %W : tensor<8x16xf32>) -> ... {
      %0 = nn.matmul %x_t, %w : tensor<?x8xf32>, tensor<8x16xf32>
      %1 = nn.add %0, %h : tensor<?x16xf32>, tensor<?x16xf32>
      nn.next carry (%1 : tensor<?x16xf32>) yield (%1 : tensor<?x16xf32>)
    }
    ```
    After:
    ```mlir
    %rows = nn.reshape %x : tensor<?x28x8xf32> to tensor<?x8xf32, #nn.batch<[28, 0]>>
    %0 = nn.matmul %rows, %W : tensor<?x8xf32, #nn.batch<[28, 0]>>, tensor<8x16xf32>
    %xw = nn.reshape %0 : tensor<?x16xf32, #nn.batch<[28, 0]>> to tensor<?x28x16xf32>
    %y, %last = nn.scan 28 (%t) over (%xw_t = %xw : tensor<?x28x16xf32>) carry (%h = %h0 : tensor<?x16xf32>) -> ... {
      %1 = nn.add %xw_t, %h : tensor<?x16xf32>, tensor<?x16xf32>
      nn.next carry (%1 : tensor<?x16xf32>) yield (%1 : tensor<?x16xf32>)
    }
    ```
    Requires nothing; idempotent. Does not fail.
  }];
  let dependentDialects = ["::argent::nn::NNDialect"];
}

def PackParameters : Pass<"nn-pack-parameters", "::mlir::ModuleOp"> {
  let summary = "panels for the parameters of products";
  let description = [{
    Sets `layout = #nn.layout<pack = W>` (dialects/nn/Pack.h) on every nn.parameter that some function uses as a convolution's filter or
    as the right operand of a product, and on every vector. Runs before --nn-insert-optimizer, which needs the arenas' sizes.

    Before: `nn.parameter "w" ... : tensor<5x5x1x6xf32>`; after: `nn.parameter "w" ... layout <pack = 8> : tensor<5x5x1x6xf32>`.
  }];
}

def Fuse : Pass<"nn-fuse", "::mlir::ModuleOp"> {
  let summary = "puts every compute op into an nn.fused, which becomes one kernel";
  let description = [{
    Rules by the shape of the computation (compiler/graph/KernelGroups.cpp): epilogues of products, windows and reductions; chains of pointwise
    ops; producers of what is looked at once; towers of reductions; one update kernel. The body of an op with a region is fused like a
    function; what is read in a region is stored before the op. Requires differentiated functions (no nn.optimize).

    Before: `%1 = nn.conv ...; %2 = nn.add %1, %b ...; %3 = nn.tanh %2`;
    after: `%3 = nn.fused "conv2d_1 tanh" (...) -> (...) { nn.conv ...; nn.add ...; nn.tanh ...; nn.yield ... }`.
  }];
  let options = [Option<"fusePooling", "pooling", "bool", "true", "pooling with disjoint windows joins the product before it">];
}

def Layout : Pass<"nn-layout", "::mlir::ModuleOp"> {
  let summary = "physical layouts of what kernels exchange: borders of zeros, packed gradients";
  let description = [{
    Sets operandLayouts and resultLayouts of every nn.fused. A result of a pointwise or pooling kernel gets the border that the
    convolutions which read it want; a gradient has its parameter's layout; what is made of parameters for products lies in their panels.
    Requires --nn-fuse.

    Before: `%y = nn.fused "relu" (...) -> (...)`; after: `... attributes {resultLayouts = [#nn.layout<border = [0, 0, 1, 1, 1, 1, 0, 0]>]}`.
  }];
}

def Widen : Pass<"nn-widen", "::mlir::ModuleOp"> {
  let summary = "f32 to f64, for central differences";
  let description = [{ Rewrites the element types of all tensors and constants of the module. }];
}

def ScheduleKernels : Pass<"hl-schedule", "::mlir::ModuleOp"> {
  let summary = "gives every hl.pipeline without a schedule one by rule";
  let description = [{
    Rules are chosen by the shape of the computation (Pointwise, Reduction, Matmul, Window) and by the target's description, never by an
    op's name (compiler/schedule). A pipeline that has schedule operations keeps them. Where tiles over N need a least batch (`min_batch`),
    a copy of the pipeline is scheduled for smaller ones (`small`). Requires the extents of all funcs, and --store-in-place: a kernel that
    writes over an input computes no element twice.
  }];
  let options = [Option<"targetName", "target", "std::string", "\"host\"", "the target, as --target of argent compile takes it">];
}

def ReplaceSchedules : Pass<"hl-replace-schedules", "::mlir::ModuleOp"> {
  let summary = "the schedules of a file in place of the rules'";
  let description = [{
    Replaces the schedules of the kernels that the file names (compiler/schedule/ScheduleFile.h); the others stay. Requires --hl-schedule. Fails, with
    the place in the file, on a kernel, func or loop that does not exist and on a directive that is not legal.

    Before: `hl.schedule %out {hl.vectorize "i" by 8}`; the file: `kernel "relu" {hl.schedule %out : <1, f32> {hl.vectorize "i" by 16}}`;
    after: `hl.schedule %out {hl.vectorize "i" by 16}`.
  }];
  let options = [Option<"file", "file", "std::string", "", "the file, as --emit=schedule writes it">];
}

def ExpandMath : Pass<"hl-expand-math"> {
  let summary = "transcendental functions in hl funcs as arithmetic";
  let description = [{
    Replaces `math.exp`, `log`, `tanh`, `erf`, `sin`, `cos`, `powf`, `expm1`, `log1p`, `rsqrt` and their like, and `hl.normal_cdf`, by arithmetic with
    a stated error (compiler/kernel/ExpandMath.cpp), for f32 and f64; narrower types are computed in f32. No infinity or NaN arises. Never fails;
    what it does not know stays, and code generation reports it.

    Before: `%y = math.rsqrt %x : f32`; after: `%s = math.sqrt %x : f32`, `%y = arith.divf %one, %s : f32`.
  }];
  let dependentDialects = ["::mlir::arith::ArithDialect", "::mlir::math::MathDialect"];
}

def Plan : Pass<"plan", "::mlir::ModuleOp"> {
  let summary = "functions of nn.launch to programs on arenas";
  let description = [{
    Gives every value its memory and writes a plan.program for each function, and @pack and @unpack between logical and physical
    layout of the parameters. A launch chooses between a kernel and its `small` by N. Requires --lower-to-hl, --make-pack-kernels and
    --store-in-place. Fails on an op that is no launch, parameter, state or store, and where two declarations of one path differ.

    Before: `%y = nn.launch "relu" @k0(%x) : ...`; after: `plan.launch [@k0] at_least [1](%0, %1) : ...`.
  }];
  let dependentDialects = ["::argent::plan::PlanDialect"];
}

def MakePackKernels : Pass<"make-pack-kernels", "::mlir::ModuleOp"> {
  let summary = "the kernels between logical and physical layout of parameters";
  let description = [{
    Adds for each shape of a parameter with `layout = #nn.layout<pack = W>` the pipelines that @pack and @unpack launch. Requires --nn-pack-parameters.

    Before: `nn.parameter "w" ... layout <pack = 8> : tensor<5x6xf32>`; after, also: `hl.pipeline @pack_5x6xf32(...)`, `hl.pipeline @unpack_5x6xf32(...)`.
  }];
  let dependentDialects = ["::argent::hl::HLDialect"];
}

def StoreInPlace : Pass<"store-in-place", "::mlir::ModuleOp"> {
  let summary = "which results of kernels are written over inputs";
  let description = [{
    Sets `inplace` of the pipelines whose result is stored where one of their inputs lies (a parameter that moves, a state's next value), if
    the kernel may be written so and nothing else reads the old value. Requires --lower-to-hl; fails as --plan does.

    Before: `%y = nn.launch "update" @k0(%p, %g)`, `nn.store_arena parameters, %y`; after: `hl.pipeline @k0(...) attributes {inplace = array<i64: 0>}`.
  }];
  let dependentDialects = ["::argent::hl::HLDialect"];
}

def LowerToHl : Pass<"lower-to-hl", "::mlir::ModuleOp"> {
  let summary = "nn.fused to hl.pipeline: each kernel's algorithm, without a schedule";
  let description = [{
    Every nn.fused becomes an hl.pipeline of the module and an nn.launch in its place. The ops say their algorithms (KernelOpInterface,
    dialects/nn/ops/*Kernel.cpp). A pipeline says its `kernel_name`, `ops`, `flops` and `role`, each func the extents of its axes. Requires --nn-fuse: a compute op outside of nn.fused is an error, constants excepted.

    Before: `%y = nn.fused "relu" (%a = %x : ...) -> (...) {...}`; after: `hl.pipeline @k0_relu(...)` and `%y = nn.launch "relu" @k0_relu ...`.
  }];
  let dependentDialects = ["::argent::hl::HLDialect", "::argent::nn::NNDialect"];
}

#endif // ARGENT_PASSES_TD
