//===- Ops.td - the operations of hl ---------------------------------------===//
#ifndef ARGENT_HL_OPS_TD
#define ARGENT_HL_OPS_TD

include "dialects/hl/HL.td"
include "mlir/IR/BuiltinAttributes.td"
include "mlir/IR/OpAsmInterface.td"
include "mlir/IR/RegionKindInterface.td"
include "mlir/IR/SymbolInterfaces.td"
include "mlir/Interfaces/InferTypeOpInterface.td"
include "mlir/Interfaces/SideEffectInterfaces.td"

class HL_Op<string mnemonic, list<Trait> traits = []> : Op<HL_Dialect, mnemonic, traits>;

//===----------------------------------------------------------------------===//
// The algorithm
//===----------------------------------------------------------------------===//

def HL_RoleForward : I32EnumAttrCase<"Forward", 0, "forward">;
def HL_RoleGradient : I32EnumAttrCase<"Gradient", 1, "gradient">;
def HL_RoleUpdate : I32EnumAttrCase<"Update", 2, "update">;
def HL_Role : I32EnumAttr<"Role", "what of a program a kernel belongs to", [HL_RoleForward, HL_RoleGradient, HL_RoleUpdate]> {
  let cppNamespace = "::argent::hl";
  let genSpecializedAttr = 0;
}
def HL_RoleAttr : EnumAttr<HL_Dialect, HL_Role, "role">;

def HL_StageProduct : I32EnumAttrCase<"Product", 0, "product">;
def HL_StageImage : I32EnumAttrCase<"Image", 1, "image">;
def HL_StagePhases : I32EnumAttrCase<"Phases", 2, "phases">;
def HL_Stage : I32EnumAttr<"Stage", "what a func is in its algorithm", [HL_StageProduct, HL_StageImage, HL_StagePhases]> {
  let cppNamespace = "::argent::hl";
  let genSpecializedAttr = 0;
}
def HL_StageAttr : EnumAttr<HL_Dialect, HL_Stage, "stage">;

def HL_PipelineOp : HL_Op<"pipeline", [IsolatedFromAbove, Symbol, SingleBlock, NoTerminator, DeclareOpInterfaceMethods<OpAsmOpInterface, ["getAsmBlockArgumentNames"]>]> {
  let summary = "one kernel: output buffers from input buffers";
  let description = [{
    ```mlir
    hl.pipeline @scale(%x: !hl.buffer<?x13xf32>) -> (!hl.buffer<?x13xf32>) role update attributes {inplace = array<i64: 0>} {
      %out = hl.func "out" [%n, %i] -> f32 { ... }
      hl.output %out : !hl.func<2, f32>
      hl.schedule %out { hl.vectorize "i" by 8 }
    }
    ```
    The block's arguments are the inputs; `hl.output` names the func of each result, in order (a tuple func gives one buffer for
    each value); schedule operations follow it. `inplace`: for each result the input that it is written over, or -1 (absent: none).

    What changes no code is said of a kernel to rules and reports, and is no part of its canonical text (CanonicalText.h):

    | attribute     | absent    |                                                                                     |
    |---------------|-----------|-------------------------------------------------------------------------------------|
    | `kernel_name` | the symbol | what people call it                                                                |
    | `ops`         | none      | the `nn` ops that it computes                                                       |
    | `flops`       | none      | floating-point operations: what does not depend on N, and what each of the batch adds |
    | `role`        | `forward` | `gradient`: only the gradients want it; `update`: it comes after them, of the optimizer |
    | `min_batch`   | 1         | its schedule holds from this batch on                                               |
    | `small`       | none      | the kernel for smaller batches: the same algorithm                                  |
    | `by_hand`     | by rule   | its schedule comes from a file, and is proved to stay inside the buffers            |

    * (C1) inputs and results are buffers, and the block's arguments are the inputs.
    * (C2) one `hl.output`; its values have the results' ranks and element types (a `ui8` buffer holds an `i8` value).
    * (C3) `inplace` has an entry for each result, and the types of a result and the input that it is written over are equal.
    * (C4) the func of a result written in place is pure, and only it (also through pure funcs that only it uses) loads that input,
      everywhere at its own axes.
    * (C5) no split of such a func recomputes elements: its tails are `guard_with_if` or `predicate`, or the factor divides the extent.
    * (C6) inputs of the same index are not written over twice.
    * (C7) funcs have different names.
    * (C8) `flops` are two numbers, neither negative.
    * (C9) `min_batch` is at least 1, and above 1 exactly where there is `small`.
    * (C10) a func that is an output and has extents has those of its results.
  }];
  let arguments = (ins SymbolNameAttr:$sym_name, TypeArrayAttr:$inputTypes, TypeArrayAttr:$resultTypes,
                       OptionalAttr<DenseI64ArrayAttr>:$inplace, OptionalAttr<StrAttr>:$kernel_name, OptionalAttr<StrArrayAttr>:$ops,
                       DefaultValuedOptionalAttr<DenseI64ArrayAttr, "{0, 0}">:$flops,
                       DefaultValuedOptionalAttr<HL_RoleAttr, "Role::Forward">:$role,
                       DefaultValuedOptionalAttr<I64Attr, "1">:$min_batch, OptionalAttr<FlatSymbolRefAttr>:$small, UnitAttr:$by_hand);
  let regions = (region SizedRegion<1>:$body);
  let hasCustomAssemblyFormat = 1;
  let hasVerifier = 1;
  let hasRegionVerifier = 1;
  let skipDefaultBuilders = 1;
  let builders = [OpBuilder<(ins "::llvm::StringRef":$name, "::mlir::TypeRange":$inputs, "::mlir::TypeRange":$results)>];
  let extraClassDeclaration = [{
    /// What people call the kernel: `kernel_name`, or its symbol.
    ::llvm::StringRef getTitle() {
      ::std::optional<::llvm::StringRef> name = getKernelName();
      return name && !name->empty() ? *name : getSymName();
    }
    /// The type of an input or a result.
    BufferType getInputType(unsigned i) { return ::llvm::cast<BufferType>(getBody().getArgument(i).getType()); }
    BufferType getResultType(unsigned i) {
      return ::llvm::cast<BufferType>(::llvm::cast<::mlir::TypeAttr>(getResultTypes()[i]).getValue());
    }
    /// The input that the result is written over; none: memory of its own.
    ::std::optional<unsigned> getInplaceInput(unsigned result) {
      ::std::optional<::llvm::ArrayRef<int64_t>> inplace = getInplace();
      return inplace && (*inplace)[result] >= 0 ? ::std::optional<unsigned>((*inplace)[result]) : ::std::nullopt;
    }
  }];
}

def HL_FuncOp : HL_Op<"func", [RecursiveMemoryEffects, DeclareOpInterfaceMethods<OpAsmOpInterface, ["getAsmResultNames", "getAsmBlockArgumentNames"]>]> {
  let summary = "a func: a pure definition, then updates in order";
  let description = [{
    ```mlir
    %acc = hl.func "acc" [%n in ?, %p in 784, %c in 16] -> f32 stage image {
      %zero = arith.constant 0.0 : f32
      hl.yield %zero : f32
    } update [%n, %p, %c] over [%ky in 3, %kx in 3, %ci in 64] {
      %old = hl.self [%n, %p, %c] : f32
      ...
      hl.yield %sum : f32
    }
    ```
    Axes are outermost first. Each region's arguments are the axes (`i32`), in an update followed by the reduction variables, also
    outermost first: the domain is walked in row-major order. An extent `?` is N, of an axis `? * 35` is 35 N. The names of axes and reduction variables
    (`vars`, `rvars`) are the ones of the schedule; where the printed SSA name differs, the name stands behind: `[%n_0 as "n"]`.
    The extents of the axes (`box`; `batch` as in `!hl.buffer`) are for schedule rules, which refuse a func without them: Halide infers
    where a func is computed, so they change no code and are no part of the canonical text.
    So does what the func is in its algorithm (`stage`), where a rule could only guess it:

    | `stage`   | the func is a sum of products: of two loads, each at some of the axes and reduction variables         |
    |-----------|-------------------------------------------------------------------------------------------------------|
    | `product` | over rows and, innermost, features                                                                    |
    | `image`   | over images, the pixels of each, row by row, and features                                             |
    | `phases`  | over images, phases, the pixels of each phase, and features: the phases of one image together are it  |

    A func without an initial value that matters (every point is written by an update) still has a pure definition.

    * (C1) the type has as many axes as `vars`, and so has each update.
    * (C2) names are letters, digits and single underscores, and differ within a func.
    * (C3) a region's arguments are an `i32` for each axis and reduction variable.
    * (C4) a region ends with `hl.yield`.
    * (C5) each update has a name and an extent for each reduction variable.
    * (C6) extents are at least 1, or N.
    * (C7) all axes have extents or none; `batch` has a positive factor for each that is a multiple of N, and 0 elsewhere.
    * (C8) a func with a `stage` has one value and one update, which stores at the axes.
    * (C9) an `image` has three axes, `phases` at least four.
  }];
  let arguments = (ins StrAttr:$name, StrArrayAttr:$vars, ArrayAttr:$rvars, ArrayAttr:$extents,
                       OptionalAttr<DenseI64ArrayAttr>:$box, OptionalAttr<DenseI64ArrayAttr>:$batch,
                       OptionalAttr<HL_StageAttr>:$stage);
  // rvars: for each update an array of names; extents: for each update a DenseI64ArrayAttr, kDynamic is N.
  let results = (outs HL_FuncType:$result);
  let regions = (region SizedRegion<1>:$init, VariadicRegion<SizedRegion<1>>:$updates);
  let hasCustomAssemblyFormat = 1;
  let hasVerifier = 1;
  let extraClassDeclaration = [{
    /// Of a func with extents: how many times N axis `i` is; 0: it is a number.
    int64_t getBatchFactor(unsigned i) {
      if (!::mlir::ShapedType::isDynamic((*getBox())[i]))
        return 0;
      return getBatch() ? (*getBatch())[i] : 1;
    }
  }];
}

def HL_AtOp : HL_Op<"at", [Pure, AttrSizedOperandSegments]> {
  let summary = "a value of a func or buffer at an index";
  let description = [{
    `hl.at %x[%n, %i] : !hl.buffer<?x8xf32>` (the index is in range), `hl.at %x clamped [...]` (each index is clamped to the box: buffers
    only), `hl.at %x[...] else %v : ...` (`%v` where an index is outside the box: buffers only). Results: one for each
    value of the func. A `ui8` element is an `i8` value: `arith` says how it is read.

    * (C1) one index for each axis.
    * (C2) the results' types are the source's, and the value behind `else` has the element's type.
    * (C3) `clamped` and `else` only for buffers.
    * (C4) not both.
  }];
  let arguments = (ins AnyTypeOf<[HL_BufferType, HL_FuncType]>:$source, Variadic<I32>:$indices,
                       Optional<AnyType>:$otherwise, UnitAttr:$clamped);
  let results = (outs Variadic<AnyType>:$values);
  let hasCustomAssemblyFormat = 1;
  let hasVerifier = 1;
}

def HL_SelfOp : HL_Op<"self", [Pure, ParentOneOf<["FuncOp"]>]> {
  let summary = "in an update: the func's value so far";
  let arguments = (ins Variadic<I32>:$indices);
  let results = (outs Variadic<AnyType>:$values);
  let assemblyFormat = "`[` $indices `]` attr-dict `:` type($values)";
  let description = [{
    * (C1) stands in an update. * (C2) one index for each axis. * (C3) the types are the func's.
  }];
  let hasVerifier = 1;
}

def HL_WhereOp : HL_Op<"where", [ParentOneOf<["FuncOp"]>]> {
  let summary = "in an update: only these points of the reduction domain";
  let arguments = (ins I1:$condition);
  let assemblyFormat = "$condition attr-dict";
  let description = [{ * (C1) stands in an update. }];
  let hasVerifier = 1;
}

def HL_YieldOp : HL_Op<"yield", [Terminator, Pure, AttrSizedOperandSegments, ParentOneOf<["FuncOp"]>]> {
  let summary = "the value at this point; of an update, stored at the axes";
  let description = [{
    `hl.yield %sum : f32`. A scatter stores elsewhere: `hl.yield %sum at [%row, %c] : f32`; where an index is not the axis itself, the
    update has no loop over that axis.

    * (C1) the types are the func's.
    * (C2) `at` stands in an update. * (C3) one index for each axis. * (C4) an axis that is not its own index is not used.
  }];
  let arguments = (ins Variadic<AnyType>:$values, Variadic<I32>:$indices);
  let assemblyFormat = "$values (`at` `[` $indices^ `]`)? attr-dict `:` type($values)";
  let builders = [OpBuilder<(ins "::mlir::ValueRange":$values), [{ build($_builder, $_state, values, {}); }]>];
  let hasVerifier = 1;
}

def HL_DivOp : HL_Op<"div", [Pure, SameOperandsAndResultType]> {
  let summary = "integer division that rounds down";
  let arguments = (ins AnySignlessInteger:$lhs, AnySignlessInteger:$rhs);
  let results = (outs AnySignlessInteger:$result);
  let assemblyFormat = "$lhs `,` $rhs attr-dict `:` type($result)";
}

def HL_ModOp : HL_Op<"mod", [Pure, SameOperandsAndResultType]> {
  let summary = "the remainder of hl.div: has the divisor's sign";
  let arguments = (ins AnySignlessInteger:$lhs, AnySignlessInteger:$rhs);
  let results = (outs AnySignlessInteger:$result);
  let assemblyFormat = "$lhs `,` $rhs attr-dict `:` type($result)";
}

def HL_NormalCdfOp : HL_Op<"normal_cdf", [Pure, SameOperandsAndResultType]> {
  let summary = "distribution function of the standard normal: erfc(-x / sqrt(2)) / 2";
  let description = [{
    What `math` has no operation for: `math.erfc` of a rounded argument would have an error that grows with the square of x.
    `--hl-expand-math` writes it as arithmetic.
  }];
  let arguments = (ins AnyFloat:$x);
  let results = (outs AnyFloat:$y);
  let assemblyFormat = "$x attr-dict `:` type($x)";
}

def HL_BatchOp : HL_Op<"batch", [Pure]> {
  let summary = "N";
  let results = (outs I32:$result);
  let assemblyFormat = "attr-dict `:` type($result)";
}

def HL_UndefOp : HL_Op<"undef", [Pure, ParentOneOf<["FuncOp"]>]> {
  let summary = "in a pure definition: no value, because the updates write every point; costs no pass over the func";
  let results = (outs AnyType:$result);
  let assemblyFormat = "attr-dict `:` type($result)";
  let description = [{ * (C1) stands in a pure definition and is yielded as it is. }];
  let hasVerifier = 1;
}

def HL_OutputOp : HL_Op<"output", [ParentOneOf<["PipelineOp"]>]> {
  let summary = "the funcs that the pipeline's results hold";
  let arguments = (ins Variadic<HL_FuncType>:$funcs);
  let assemblyFormat = "$funcs attr-dict `:` type($funcs)";
}

//===----------------------------------------------------------------------===//
// The schedule. Operations act in the order of the text. Axis names are Halide's: after `vars`/`rvars` and earlier directives.
//===----------------------------------------------------------------------===//

def HL_RfactorOp : HL_Op<"rfactor", [ParentOneOf<["PipelineOp"]>]> {
  let summary = "a func of partial results: reduction variables of an update become axes";
  let description = [{
    `%im = hl.rfactor %acc update(0) ["yo" -> "u"] : !hl.func<3, f32> -> !hl.func<4, f32>`: comes after the splits that it needs. The new
    func has %acc's axes (innermost) and the named ones (outside them, the first outermost); its update runs over the other reduction
    variables, %acc's over the named.

    * (C1) the update exists. * (C2) the variables are reduction loops of it, with a new axis for each.
    * (C3) the result's type has an axis more for each. * (C4) the update's axes are not split, fused or renamed before.
  }];
  let arguments = (ins HL_FuncType:$func, I64Attr:$update, StrArrayAttr:$rvars, StrArrayAttr:$axes);
  let results = (outs HL_FuncType:$result);
  let hasCustomAssemblyFormat = 1;
}

def HL_InOp : HL_Op<"in", [ParentOneOf<["PipelineOp"]>]> {
  let summary = "a wrapper of a func or input: what the named funcs load instead of it";
  let description = [{
    `%wp = hl.in %w for %acc : !hl.buffer<8xf32>, !hl.func<1, f32> -> !hl.func<1, f32>`; without consumers, all of them. The axes of a wrapper
    have the func's names; those of a buffer's are "d0", "d1", ..., outermost first.

    * (C1) the result has the source's rank and values.
  }];
  let arguments = (ins AnyTypeOf<[HL_BufferType, HL_FuncType]>:$source, Variadic<HL_FuncType>:$consumers);
  let results = (outs HL_FuncType:$result);
  let assemblyFormat = "$source (`for` $consumers^)? attr-dict `:` type($source) (`,` type($consumers)^)? `->` type($result)";
}

def HL_ScheduleOp : HL_Op<"schedule", [ParentOneOf<["PipelineOp"]>, SingleBlock, NoTerminator]> {
  let summary = "directives for one func's pure definition or one of its updates";
  let description = [{
    `hl.schedule %acc : !hl.func<3, f32> { ... }`, `hl.schedule %acc update(0) : !hl.func<3, f32> { ... }`

    * (C1) the update exists.
    * (C2) a directive names loops that exist at that point of the text: axes and reduction variables, what splits and fuses made of them.
    * (C3) a new loop's name is not one of an existing loop.
    * (C4) factors are at least 1 (of a split: 2 loops).
    * (C5) `parallel` and the `gpu_` directives are for loops over pure axes (law 5).
    * (C6) where and how a func is stored and computed, and bounds of its axes, stand in the schedule of its pure definition.
    * (C7) the loop named by `compute_at`/`store_at` exists in the consumer's finished schedule, in every branch.
    * (C8) storage and bounds name axes of the func itself.
  }];
  let arguments = (ins HL_FuncType:$func, OptionalAttr<I64Attr>:$update);
  let regions = (region SizedRegion<1>:$body);
  let assemblyFormat = "$func (`update` `(` $update^ `)`)? attr-dict `:` type($func) $body";
}

class HL_Directive<string mnemonic, list<Trait> traits = []>
    : HL_Op<mnemonic, !listconcat([ParentOneOf<["ScheduleOp", "SpecializeOp"]>], traits)>;

def HL_TailAuto : I32EnumAttrCase<"Auto", 0, "auto">;
def HL_TailRoundUp : I32EnumAttrCase<"RoundUp", 1, "round_up">;
def HL_TailGuardWithIf : I32EnumAttrCase<"GuardWithIf", 2, "guard_with_if">;
def HL_TailPredicate : I32EnumAttrCase<"Predicate", 3, "predicate">;
def HL_TailPredicateLoads : I32EnumAttrCase<"PredicateLoads", 4, "predicate_loads">;
def HL_TailPredicateStores : I32EnumAttrCase<"PredicateStores", 5, "predicate_stores">;
def HL_TailShiftInwards : I32EnumAttrCase<"ShiftInwards", 6, "shift_inwards">;
def HL_TailShiftInwardsAndBlend : I32EnumAttrCase<"ShiftInwardsAndBlend", 7, "shift_inwards_and_blend">;
def HL_TailRoundUpAndBlend : I32EnumAttrCase<"RoundUpAndBlend", 8, "round_up_and_blend">;
def HL_TailStrategy : I32EnumAttr<"TailStrategy", "what a split does where the factor does not divide the extent",
    [HL_TailAuto, HL_TailRoundUp, HL_TailGuardWithIf, HL_TailPredicate, HL_TailPredicateLoads, HL_TailPredicateStores,
     HL_TailShiftInwards, HL_TailShiftInwardsAndBlend, HL_TailRoundUpAndBlend]> {
  let cppNamespace = "::argent::hl";
  let genSpecializedAttr = 0;
}
def HL_TailAttr : EnumAttr<HL_Dialect, HL_TailStrategy, "tail">;

def HL_SplitOp : HL_Directive<"split"> {
  let summary = "var = outer * factor + inner";
  let arguments = (ins StrAttr:$var, StrAttr:$outer, StrAttr:$inner, I64Attr:$factor, DefaultValuedAttr<HL_TailAttr, "TailStrategy::Auto">:$tail);
  let assemblyFormat = "$var `into` $outer `,` $inner `by` $factor (`tail` $tail^)? attr-dict";
}
def HL_FuseOp : HL_Directive<"fuse"> {
  let summary = "two neighbouring loops become one";
  let arguments = (ins StrAttr:$inner, StrAttr:$outer, StrAttr:$fused);
  let assemblyFormat = "$inner `,` $outer `into` $fused attr-dict";
}
def HL_ReorderOp : HL_Directive<"reorder"> {
  let summary = "the loops' order, as Halide writes it: innermost first";
  let arguments = (ins StrArrayAttr:$vars);
  let assemblyFormat = "$vars attr-dict";
}
def HL_VectorizeOp : HL_Directive<"vectorize"> {
  let arguments = (ins StrAttr:$var, OptionalAttr<I64Attr>:$factor, DefaultValuedAttr<HL_TailAttr, "TailStrategy::Auto">:$tail);
  let assemblyFormat = "$var (`by` $factor^)? (`tail` $tail^)? attr-dict";
}
def HL_UnrollOp : HL_Directive<"unroll"> {
  let arguments = (ins StrAttr:$var, OptionalAttr<I64Attr>:$factor, DefaultValuedAttr<HL_TailAttr, "TailStrategy::Auto">:$tail);
  let assemblyFormat = "$var (`by` $factor^)? (`tail` $tail^)? attr-dict";
}
def HL_ParallelOp : HL_Directive<"parallel"> {
  let arguments = (ins StrAttr:$var, OptionalAttr<I64Attr>:$factor, DefaultValuedAttr<HL_TailAttr, "TailStrategy::Auto">:$tail);
  let assemblyFormat = "$var (`by` $factor^)? (`tail` $tail^)? attr-dict";
}
def HL_ComputeRootOp : HL_Directive<"compute_root"> { let assemblyFormat = "attr-dict"; }
def HL_ComputeAtOp : HL_Directive<"compute_at"> {
  let arguments = (ins HL_FuncType:$consumer, StrAttr:$var);
  let assemblyFormat = "$consumer `,` $var attr-dict `:` type($consumer)";
}
def HL_StoreAtOp : HL_Directive<"store_at"> {
  let arguments = (ins HL_FuncType:$consumer, StrAttr:$var);
  let assemblyFormat = "$consumer `,` $var attr-dict `:` type($consumer)";
}
def HL_StoreRootOp : HL_Directive<"store_root"> { let assemblyFormat = "attr-dict"; }
def HL_MemoryAuto : I32EnumAttrCase<"Auto", 0, "auto">;
def HL_MemoryStack : I32EnumAttrCase<"Stack", 1, "stack">;
def HL_MemoryHeap : I32EnumAttrCase<"Heap", 2, "heap">;
def HL_MemoryRegister : I32EnumAttrCase<"Register", 3, "register">;
def HL_MemoryGpuShared : I32EnumAttrCase<"GpuShared", 4, "gpu_shared">;
def HL_Memory : I32EnumAttr<"Memory", "where a func that is not inlined is stored",
    [HL_MemoryAuto, HL_MemoryStack, HL_MemoryHeap, HL_MemoryRegister, HL_MemoryGpuShared]> {
  let cppNamespace = "::argent::hl";
  let genSpecializedAttr = 0;
}
def HL_MemoryAttr : EnumAttr<HL_Dialect, HL_Memory, "memory">;

def HL_StoreInOp : HL_Directive<"store_in"> {
  let summary = "the memory: \"auto\", \"stack\", \"heap\", \"register\", \"gpu_shared\"";
  let arguments = (ins HL_MemoryAttr:$memory);
  let assemblyFormat = "custom<Memory>($memory) attr-dict";
}
def HL_ReorderStorageOp : HL_Directive<"reorder_storage"> {
  let summary = "the layout of a func's storage, innermost first";
  let arguments = (ins StrArrayAttr:$vars);
  let assemblyFormat = "$vars attr-dict";
}
def HL_AlignStorageOp : HL_Directive<"align_storage"> {
  let arguments = (ins StrAttr:$var, I64Attr:$alignment);
  let assemblyFormat = "$var `,` $alignment attr-dict";
}
def HL_BoundOp : HL_Directive<"bound"> {
  let summary = "promises the range of an axis";
  let arguments = (ins StrAttr:$var, I64Attr:$min, I64Attr:$extent);
  let assemblyFormat = "$var `from` $min `extent` $extent attr-dict";
}
def HL_BoundExtentOp : HL_Directive<"bound_extent"> {
  let summary = "promises the extent of an axis where the func is computed";
  let arguments = (ins StrAttr:$var, I64Attr:$extent);
  let assemblyFormat = "$var `,` $extent attr-dict";
}
def HL_AlignBoundsOp : HL_Directive<"align_bounds"> {
  let arguments = (ins StrAttr:$var, I64Attr:$modulus, DefaultValuedAttr<I64Attr, "0">:$remainder);
  let assemblyFormat = "$var `,` $modulus (`remainder` $remainder^)? attr-dict";
}
def HL_GpuBlocksOp : HL_Directive<"gpu_blocks"> {
  let arguments = (ins StrArrayAttr:$vars);
  let assemblyFormat = "$vars attr-dict";
}
def HL_GpuThreadsOp : HL_Directive<"gpu_threads"> {
  let arguments = (ins StrArrayAttr:$vars);
  let assemblyFormat = "$vars attr-dict";
}
def HL_GpuLanesOp : HL_Directive<"gpu_lanes"> {
  let arguments = (ins StrAttr:$var);
  let assemblyFormat = "$var attr-dict";
}
def HL_SpecializeOp : HL_Directive<"specialize", [SingleBlock, NoTerminator]> {
  let summary = "another schedule where N is at least (or a multiple of) a number";
  let description = [{ Loops named by a compute_at must exist in every branch. }];
  let arguments = (ins I64Attr:$minBatch, DefaultValuedAttr<I64Attr, "1">:$multipleOf);
  let regions = (region SizedRegion<1>:$body);
  let assemblyFormat = "`batch` `at_least` $minBatch (`multiple_of` $multipleOf^)? attr-dict-with-keyword $body";
}

#endif // ARGENT_HL_OPS_TD
