//===- HL.td - Halide's concepts as a dialect ------------------------------===//
#ifndef ARGENT_HL_TD
#define ARGENT_HL_TD

include "mlir/IR/OpBase.td"
include "mlir/IR/AttrTypeBase.td"
include "mlir/IR/EnumAttr.td"

def HL_Dialect : Dialect {
  let name = "hl";
  let cppNamespace = "::argent::hl";
  let summary = "Halide: funcs, update definitions, reduction domains, schedules";
  let description = [{
    A pipeline computes output buffers from input buffers. Its funcs are the algorithm: a pure definition and updates over reduction
    domains, with bodies of `arith` and `math` on element values. Behind them stands the schedule, as operations in Halide's
    own vocabulary. One translation (compiler/codegen) makes Halide::Funcs of it.

    Laws:
    1. Axes are written outermost first; the translation reverses them. Index arithmetic is Halide's: `i32`, and `hl.div` and `hl.mod` round
       down. No buffer has 2^31 elements or more.
    2. A load is in range, even under a `select` that does not take it. `hl.at` has three forms: in range, `clamped`, `else VALUE`.
    3. A pipeline may write over one of its inputs (`inplace`) only if it is pointwise, loads at the stored index, and no tail
       recomputes (`shift_inwards` and `round_up` do).
    4. Kernels assume finite numbers. No meaning uses infinity, NaN or the sign of a zero. Arithmetic is computed as written: every operation
       rounds, none is regrouped, no constants are gathered. An operation of `arith` with `fastmath<reassoc,contract>` (`hl::regroups`) is an
       exception: it may be regrouped with its neighbours that have the flags, and a product be fused into the sum that it is added to. The
       multiply-adds of reductions and the polynomials of our own functions have them, nothing that a user wrote.
    5. Chunks of a reduction depend on the shape only; parallel loops run over pure dimensions; no atomics.
    6. `N` is symbolic in every kernel (`hl.batch`, `?` in a buffer's type); other extents are constants.
    7. Transcendental functions are our own expressions (`--hl-expand-math`), not calls of libm.
  }];
  let dependentDialects = ["::mlir::arith::ArithDialect", "::mlir::math::MathDialect"];
  let useDefaultTypePrinterParser = 1;
  let useDefaultAttributePrinterParser = 1;
}

class HL_Type<string cppName, string typeMnemonic> : TypeDef<HL_Dialect, cppName> { let mnemonic = typeMnemonic; }

def HL_BufferType : HL_Type<"Buffer", "buffer"> {
  let summary = "memory with a dense, row-major box of elements";
  let description = [{
    `!hl.buffer<?x30x30x64xf32>`: `?` (ShapedType::kDynamic) is N, the batch. A multiple of it stands in `batch`:
    `!hl.buffer<?x650xf32, batch = [35, 0]>` is 35·N rows; without `batch`, each `?` is 1·N. `!hl.buffer<f32>` is a scalar.
    Strides are those of the dense box; a border or rounded channels are part of the shape.

    * (B1) elements are f16, bf16, f32, f64, i1 or integers of 8, 16, 32 or 64 bits, signless or unsigned.
    * (B2) extents are at least 1. * (B3) there are fewer than 2^31 elements (N counted as 1).
    * (B4) `batch` has a positive factor for each `?` and 0 elsewhere.
  }];
  let parameters = (ins ArrayRefParameter<"int64_t">:$shape, "::mlir::Type":$elementType,
                        OptionalArrayRefParameter<"int64_t">:$batch);
  let hasCustomAssemblyFormat = 1;
  let genVerifyDecl = 1;
  let extraClassDeclaration = [{
    int64_t getRank() const { return getShape().size(); }
    /// Whether dimension `d` is a multiple of N, and of how many.
    bool isBatch(int64_t d) const { return ::mlir::ShapedType::isDynamic(getShape()[d]); }
    int64_t getBatchFactor(int64_t d) const { return !isBatch(d) ? 0 : getBatch().empty() ? 1 : getBatch()[d]; }
  }];
}

def HL_FuncType : HL_Type<"Func", "func"> {
  let summary = "a func: a value (or a tuple of values) at every point of a box";
  let description = [{
    `!hl.func<3, f32>`: three axes, one value; `!hl.func<1, f32, i32>`: a tuple.

    * (F1) the rank is at least 0. * (F2) there is a value. * (F3) values are floats or signless integers.
  }];
  let genVerifyDecl = 1;
  let parameters = (ins "int64_t":$rank, ArrayRefParameter<"::mlir::Type">:$elementTypes);
  let assemblyFormat = "`<` $rank `,` $elementTypes `>`";
}

#endif // ARGENT_HL_TD
