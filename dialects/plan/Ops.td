//===- Ops.td - where every byte lives, in which order kernels run ---------===//
#ifndef ARGENT_PLAN_OPS_TD
#define ARGENT_PLAN_OPS_TD

include "mlir/IR/OpBase.td"
include "mlir/IR/AttrTypeBase.td"
include "mlir/IR/BuiltinAttributes.td"
include "mlir/IR/SymbolInterfaces.td"
include "mlir/Interfaces/SideEffectInterfaces.td"
include "dialects/nn/NN.td"
include "dialects/hl/HL.td"

def Plan_Dialect : Dialect {
  let name = "plan";
  let cppNamespace = "::argent::plan";
  let summary = "buffers in arenas, kernel launches";
  let description = [{
    What the runtime executes; one operation is one table of runtime/module.fbs. Numbers written `[a, b]` are a + b * N in bytes or
    elements; in offsets and sizes of arenas N is the batch that a session is opened with, and every `b` a multiple of 64, so that all are aligned for any N.
    Views are dense boxes (`!hl.buffer`). Views of one arena whose lifetimes overlap do not overlap in memory.
  }];
  let dependentDialects = ["::argent::hl::HLDialect", "::argent::nn::NNDialect"];
}

class Plan_Op<string mnemonic, list<Trait> traits = []> : Op<Plan_Dialect, mnemonic, traits>;

def Plan_ArenaOp : Plan_Op<"arena"> {
  let summary = "one block of memory of a session";
  let description = [{
    `plan.arena moments 0 bytes [247296, 0]`; `index` says which of several moments. `logical` holds parameters and states in logical layout
    while @pack and @unpack run. It lies in memory of the host, or, `on_device`, in that of the device which runs the kernels.

    * (C1) `index` is not negative.
    * (C2) `bytes` are two numbers, neither negative, and the second, for each of the batch, is a multiple of 64.
  }];
  let arguments = (ins NN_ArenaKindAttr:$kind, I64Attr:$index, UnitAttr:$onDevice, DenseI64ArrayAttr:$bytes);
  let assemblyFormat = "$kind $index (`on_device` $onDevice^)? `bytes` $bytes attr-dict";
  let hasVerifier = 1;
}

def Plan_ParameterOp : Plan_Op<"parameter"> {
  let summary = "a parameter or state: logical type, initializer, and its places";
  let description = [{
    `offset`, `bytes`: in the arena of parameters (trained) or states. `logicalOffset`, `logicalBytes`: in the logical arena.

    * (C1) `type` is a tensor without N, and `layout` one for its rank.
    * (C2) offsets are not negative.
    * (C3) `bytes` are those of the box that `layout` makes of the type, `logicalBytes` those of the type.
  }];
  let arguments = (ins StrAttr:$path, TypeAttr:$type, NN_InitializerAttr:$init, OptionalAttr<NN_LayoutAttr>:$layout, UnitAttr:$trained,
                       I64Attr:$offset, I64Attr:$bytes, I64Attr:$logicalOffset, I64Attr:$logicalBytes);
  let assemblyFormat = [{
    $path `:` $type $init (`layout` $layout^)? (`trained` $trained^)? `at` $offset `bytes` $bytes `logical` $logicalOffset `bytes` $logicalBytes attr-dict
  }];
  let hasVerifier = 1;
}

def Plan_RowsOp : Plan_Op<"rows"> {
  let summary = "a state with N in its shape: logical type, initializer, and its place";
  let description = [{
    It lies dense at `offset`, which has a summand for each of the batch, in each of the arenas of rows.

    * (C1) `type` is a tensor with N.
    * (C2) it begins with a constant.
    * (C3) `offset` and `bytes` are two numbers each, neither negative, and the second, for each of the batch, is a multiple of 64.
  }];
  let arguments = (ins StrAttr:$path, TypeAttr:$type, NN_InitializerAttr:$init, DenseI64ArrayAttr:$offset, DenseI64ArrayAttr:$bytes);
  let assemblyFormat = "$path `:` $type $init `at` $offset `bytes` $bytes attr-dict";
  let hasVerifier = 1;
}

def Plan_ProgramOp : Plan_Op<"program", [Symbol, IsolatedFromAbove, SingleBlock, NoTerminator]> {
  let summary = "an entry point's instructions, or @pack, @unpack";
  let description = [{
    `inputs` and `outputs` hold for each port a dictionary: `name`, `type` (a tensor), of an input `from` and `range` and of an output `location` as
    in nn; the vector port `totals` of an output has in `total` how each of its elements is combined over batches.

    * (C1) every port has a `name` and a `type`.
    * (C2) `total` is a list of #nn.total, one for each element.
    * (C3) there are no other entries; `range` is a list of two numbers.
  }];
  let arguments = (ins SymbolNameAttr:$sym_name, ArrayAttr:$inputs, ArrayAttr:$outputs);
  let regions = (region SizedRegion<1>:$body);
  let assemblyFormat = "$sym_name `inputs` $inputs `outputs` $outputs attr-dict-with-keyword $body";
  let hasVerifier = 1;
}

class Plan_InProgram<string mnemonic, list<Trait> traits = []> : Plan_Op<mnemonic, !listconcat([ParentOneOf<["ProgramOp", "LoopOp"]>], traits)>;

/// A place that a launch or copy is given. `step` [a, b] moves it on by a + b * N bytes with each step of the loop that it stands in, `rows` [a, b]
/// sets the rows of its box a + b * N elements apart: together they are the part of a step in a stacked tensor `[A, T, *S]`.
class Plan_Place<string mnemonic, dag place, string format> : Plan_InProgram<mnemonic, [Pure]> {
  let arguments = !con(place, (ins OptionalAttr<DenseI64ArrayAttr>:$step, OptionalAttr<DenseI64ArrayAttr>:$rows));
  let results = (outs HL_BufferType:$view);
  let assemblyFormat = format # " (`step` $step^)? (`rows` $rows^)? attr-dict `:` type($view)";
}
def Plan_InputOp : Plan_Place<"input", (ins I64Attr:$port, DefaultValuedAttr<I64Attr, "0">:$offset), "$port (`offset` $offset^)?"> {
  let summary = "the memory of an input port, from a byte offset";
  let description = [{
    * (C1) the program has the port.
    * (C2) `offset` is not negative.
    * (C3) the view's elements are the port's; a bool is a `ui8`.
  }];
  let hasVerifier = 1;
}
def Plan_OutputOp : Plan_Place<"output", (ins I64Attr:$port, DefaultValuedAttr<I64Attr, "0">:$offset), "$port (`offset` $offset^)?"> {
  let summary = "the memory of an output port, from a byte offset";
  let description = [{
    * (C1) the program has the port.
    * (C2) `offset` is not negative.
    * (C3) the view's elements are the port's; a bool is a `ui8`.
  }];
  let hasVerifier = 1;
}
def Plan_ViewOp : Plan_Place<"view", (ins NN_ArenaKindAttr:$arena, I64Attr:$index, DenseI64ArrayAttr:$offset), "$arena $index `at` $offset"> {
  let summary = "a box in an arena";
  let description = [{
    * (C1) `index` is not negative.
    * (C2) `offset` is two numbers, neither negative, and the second, for each of the batch, is a multiple of 64.
  }];
  let hasVerifier = 1;
}
def Plan_LoopOp : Plan_InProgram<"loop", [SingleBlock, NoTerminator]> {
  let summary = "runs its body once for each step";
  let description = [{
    The steps are 0 … `count` - 1, in `reverse` the other way. Where there is a `counter`, it holds the step's number. What moves with the step
    is a view of the body (`step`): of a loop in a loop each view moves with the one that it stands in.

    * (C1) there is a step.
    * (C2) the counter is an i32.
  }];
  let arguments = (ins I64Attr:$count, UnitAttr:$reverse, Optional<HL_BufferType>:$counter);
  let regions = (region SizedRegion<1>:$body);
  let assemblyFormat = "$count (`reverse` $reverse^)? (`counter` $counter^ `:` type($counter))? attr-dict-with-keyword $body";
  let hasVerifier = 1;
}
def Plan_LaunchOp : Plan_InProgram<"launch", [DeclareOpInterfaceMethods<SymbolUserOpInterface>]> {
  let summary = "runs a kernel: of `kernels`, the last whose number in `minBatch` is at most N";
  let description = [{
    Views: the pipeline's inputs, then its outputs.

    * (C1) there is a kernel, and each has a batch; the first's is 1.
    * (C2) batches rise.
    * (C3) kernels are pipelines of the module.
    * (C4) each takes as many views.
    * (C5) the views have the types of its inputs and results.
  }];
  let arguments = (ins FlatSymbolRefArrayAttr:$kernels, DenseI64ArrayAttr:$minBatch, Variadic<HL_BufferType>:$views);
  let assemblyFormat = "$kernels `at_least` $minBatch `(` $views `)` attr-dict `:` type($views)";
  let hasVerifier = 1;
}
def Plan_CopyOp : Plan_InProgram<"copy"> {
  let summary = "copies a dense box";
  let description = [{ * (C1) both have one shape and element type. }];
  let arguments = (ins HL_BufferType:$from, HL_BufferType:$to);
  let assemblyFormat = "$from `to` $to attr-dict `:` type($from) `,` type($to)";
  let hasVerifier = 1;
}

#endif // ARGENT_PLAN_OPS_TD
