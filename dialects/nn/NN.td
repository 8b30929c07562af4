//===- NN.td - tensors, shapes, differentiation ----------------------------===//
#ifndef ARGENT_NN_TD
#define ARGENT_NN_TD

include "mlir/IR/OpBase.td"
include "mlir/IR/AttrTypeBase.td"
include "mlir/IR/EnumAttr.td"
include "mlir/IR/TensorEncoding.td"
include "mlir/IR/BuiltinAttributes.td"
include "mlir/Interfaces/InferTypeOpInterface.td"
include "mlir/Interfaces/SideEffectInterfaces.td"
include "dialects/interfaces/Gradient.td"
include "dialects/interfaces/Kernel.td"
include "dialects/interfaces/Cost.td"
include "dialects/interfaces/Layer.td"
include "dialects/interfaces/Numbers.td"
include "dialects/interfaces/Rows.td"
include "dialects/interfaces/Shape.td"

def NN_Dialect : Dialect {
  let name = "nn";
  let cppNamespace = "::argent::nn";
  let summary = "neural-network graphs on ranked tensors, channels last";
  let description = [{
    Laws:
    - Values are builtin ranked tensors, channels last (NHWC, NTC), filters `[R, S, C, K]`. Element types: f32 f64 f16 bf16 i32 i64 ui8 i1.
    - `?` is N, the batch: the one open dimension. A dimension that is a multiple of it says so in the encoding:
      `tensor<?x650xf32, #nn.batch<[35, 0]>>` has 35·N rows; without encoding, every `?` is 1·N.
    - Shapes broadcast as in the language: aligned at the right, a missing dimension or 1 stretches; N stretches to nothing.
    - Numbers are finite: no op means anything by infinity or NaN.
    - Every value keeps its name and source range as a location (NameLoc over FileLineColRange).

    The module a frontend makes, of a model with a train block whose loss is a mean:
    ```mlir
    module attributes {nn.model = "net", nn.source_file = "net.ag", nn.source = "<the text>",
                       nn.training = {batch = 64 : i64, epochs = 0 : i64, metrics = ["loss"]}} {
      func.func @predict(%image: tensor<?x28x28x1xf32> {nn.name = "image", nn.from = {source = "image", mean = [0.286], std = [0.353]}})
          -> (tensor<?x10xf32> {nn.name = "logits"}) {
        %row = nn.reshape %image : tensor<?x28x28x1xf32> to tensor<?x784xf32>
        %weight = nn.parameter "dense_1.weight" <glorot_uniform> : tensor<784x10xf32>
        %logits = nn.matmul %row, %weight : tensor<?x784xf32>, tensor<784x10xf32>
        return %logits : tensor<?x10xf32>
      }
      func.func @evaluate(%image: tensor<?x28x28x1xf32> {nn.name = "image"}, %label: tensor<?xi32> {nn.name = "label", nn.range = [0, 9]})
          -> (tensor<f32> {nn.name = "loss", nn.metric, nn.location = loc("net.ag":5:12 to :46)}) {
        %row = nn.reshape %image : tensor<?x28x28x1xf32> to tensor<?x784xf32>
        %weight = nn.parameter "dense_1.weight" <glorot_uniform> : tensor<784x10xf32>
        %logits = nn.matmul %row, %weight : tensor<?x784xf32>, tensor<784x10xf32>
        %errors = nn.cross_entropy %logits, %label : tensor<?x10xf32>, tensor<?xi32>
        %sum = nn.reduce sum %errors [0] : tensor<?xf32>
        %count = nn.count %errors [0] : tensor<?xf32> -> tensor<f32>
        %loss = nn.div %sum, %count : tensor<f32>, tensor<f32>
        return %loss : tensor<f32>
      }
      func.func @train_step(%image: tensor<?x28x28x1xf32> {nn.name = "image"}, %label: tensor<?xi32> {nn.name = "label", nn.range = [0, 9]},
                            %epoch: tensor<f32> {nn.name = "epoch"}, %update: tensor<f32> {nn.name = "update"},
                            %rate_scale: tensor<f32> {nn.name = "@rate_scale"})
          -> (tensor<f32> {nn.name = "loss"}, tensor<f32> {nn.name = "gradient_norm"},
              tensor<f32> {nn.name = "loss", nn.metric, nn.location = loc("net.ag":5:12 to :46)},
              tensor<f32> {nn.name = "rate", nn.location = loc("net.ag":6:26)}) {
        %row = nn.reshape %image : tensor<?x28x28x1xf32> to tensor<?x784xf32>
        %weight = nn.parameter "dense_1.weight" <glorot_uniform> : tensor<784x10xf32>
        %logits = nn.matmul %row, %weight : tensor<?x784xf32>, tensor<784x10xf32>
        %errors = nn.cross_entropy %logits, %label : tensor<?x10xf32>, tensor<?xi32>
        %sum = nn.reduce sum %errors [0] : tensor<?xf32>
        %count = nn.count %errors [0] : tensor<?xf32> -> tensor<f32>
        %loss = nn.div %sum, %count : tensor<f32>, tensor<f32>
        %given = nn.constant dense<0.05> : tensor<f32>
        %rate = nn.mul %given, %rate_scale : tensor<f32>, tensor<f32>
        %norm = nn.optimize %loss by <"sgd", {momentum = 0.9}> rate %rate {clip_norm = 5.0 : f64} : tensor<f32>, tensor<f32> -> tensor<f32>
        return %loss, %norm, %loss, %rate : tensor<f32>, tensor<f32>, tensor<f32>, tensor<f32>
      }
    }
    ```
    Random values (`nn.random`) take their seed and the update from an argument of the name "@random", `tensor<4xi32>`, the last of its
    function: seed (lower, upper half), update, 0. The runtime fills it, and callers do not see it.
    Consecutive ports of the name `totals` are one port, a vector of so many elements. `nn.range` (inclusive) stands on every integer
    input that reaches an index. The rate is times `@rate_scale`, which the runtime gives, and it is given out with its place in the source; where
    something reads them, `epochs` and `updates_per_epoch` of the run are inputs behind `update`. Without a train block there is @predict only. @evaluate and @predict are
    evaluated with `training` false, @train_step with true.
    A result of @evaluate or @train_step with `nn.metric` is a metric of the data set, as a formula over the rows of one batch; `nn.location` says where it is written. Both
    functions return the same metrics in the same order. --nn-find-totals puts totals in their place, results of the name `totals` with `nn.total`, which say how those of
    batches are combined (#nn.total), and makes @metrics, which computes the metrics from what came out.
    A parameter is the op `nn.parameter`, identified by its path, in every function that uses it. A further entry point of the model
    is one more function, under its own name. Where the source imports files, `nn.imports = {"blocks.ag" = "<the text>"}` holds them
    under the names that locations use, relative to the main file. `nn.compile_settings = {rate = "0.05"}` says what the compile-time
    parameters were.
  }];
  let dependentDialects = ["::mlir::arith::ArithDialect", "::mlir::func::FuncDialect"];
  let useDefaultAttributePrinterParser = 1;
  let hasConstantMaterializer = 1;
  // nn.name, nn.from, nn.range, nn.metric, nn.total, nn.location on ports and nn.model, nn.training ... on the module are checked in ModuleAttributes.cpp.
  let hasOperationAttrVerify = 1;
  let hasRegionArgAttrVerify = 1;
  let hasRegionResultAttrVerify = 1;
  let extraClassDeclaration = [{ void registerAttributes(); }];
}

class NN_Attr<string cppName, string attrMnemonic, list<Trait> traits = []> : AttrDef<NN_Dialect, cppName, traits> {
  let mnemonic = attrMnemonic;
}

def NN_BatchAttr : NN_Attr<"Batch", "batch", [DeclareAttrInterfaceMethods<VerifiableTensorEncoding>]> {
  let summary = "for each dimension, its multiple of N (0: a number)";
  let description = [{
    A tensor's encoding: `tensor<?x650xf32, #nn.batch<[35, 0]>>` has 35·N rows.
    * (C1) one factor for each dimension, 0 exactly where it is not `?`.
    * (C2) one is larger than 1.
  }];
  let parameters = (ins ArrayRefParameter<"int64_t">:$factors);
  let assemblyFormat = "`<` `[` $factors `]` `>`";
}

/// The closed list of runtime/module.fbs.
def NN_InitializerKind : I32EnumAttr<"InitializerKind", "how a parameter begins", [
    I32EnumAttrCase<"constant", 0>, I32EnumAttrCase<"uniform", 1>, I32EnumAttrCase<"normal", 2>,
    I32EnumAttrCase<"glorot_uniform", 3>, I32EnumAttrCase<"glorot_normal", 4>, I32EnumAttrCase<"he_uniform", 5>,
    I32EnumAttrCase<"he_normal", 6>, I32EnumAttrCase<"orthogonal", 7>]> {
  let cppNamespace = "::argent::nn";
  let genSpecializedAttr = 0;
}

def NN_WordVectorsAttr : NN_Attr<"WordVectors", "word_vectors"> {
  let summary = "the rows of a table that a training takes from a file of word vectors";
  let description = [{
    `#nn.word_vectors<"word2vec.bin", "tokens">`: the file's path, and the name under which the words of the vocabulary have their numbers,
    an input's or the side's of a pair. The row of a word of the vocabulary that the file has is that word's vector.
    * (C1) both are named.
  }];
  let parameters = (ins StringRefParameter<>:$file, StringRefParameter<>:$vocabulary);
  let assemblyFormat = "`<` $file `,` $vocabulary `>`";
  let genVerifyDecl = 1;
}

def NN_InitializerAttr : NN_Attr<"Initializer", "init"> {
  let summary = "how a parameter begins";
  let description = [{
    `#nn.init<constant, 0.0, 0.0>`, `uniform` (low, high), `normal` (mean, deviation), `glorot_uniform`, `glorot_normal`,
    `he_uniform`, `he_normal`, `orthogonal`. With `#nn.init<uniform, -0.25, 0.25, <"word2vec.bin", "tokens">>` this is said of the rows that
    the word vectors leave.
    * (C1) the numbers are finite.
    * (C2) uniform: low <= high; normal: deviation >= 0; where no numbers are named, both are 0.
  }];
  let parameters = (ins EnumParameter<NN_InitializerKind>:$kind, "::llvm::APFloat":$a, "::llvm::APFloat":$b,
                        OptionalParameter<"WordVectorsAttr">:$vectors);
  let builders = [AttrBuilder<(ins "InitializerKind":$kind, "::llvm::APFloat":$a, "::llvm::APFloat":$b), [{
    return $_get($_ctxt, kind, a, b, WordVectorsAttr());
  }]>];
  let hasCustomAssemblyFormat = 1;
  let genVerifyDecl = 1;
  let extraClassDeclaration = [{
    /// Whether every element begins as the same number, `a`.
    bool isConstant() const { return getKind() == InitializerKind::constant && !getVectors(); }
    /// Whether a tensor of this type can begin so: word vectors fill f32[V, D] or f64[V, D].
    bool fits(::mlir::RankedTensorType type) const;
  }];
}

def NN_OptimizerAttr : NN_Attr<"Optimizer", "optimizer"> {
  let summary = "how a parameter moves along its gradient";
  let description = [{
    `#nn.optimizer<"adam", {beta1 = 0.9}>`: a name and its numbers; what is left out has the default of dialects/nn/Optimizer.cpp, which
    holds names, ranges, moments and formulas.
    * (C1) the optimizer is known, and has numbers of these names.
    * (C2) each is in its range.
  }];
  let parameters = (ins StringRefParameter<>:$kind, OptionalParameter<"::mlir::DictionaryAttr">:$numbers);
  let assemblyFormat = "`<` $kind (`,` $numbers^)? `>`";
  let genVerifyDecl = 1;
  let extraClassDeclaration = [{
    /// What is given, or the default; a flag is 0 or 1. The optimizer has a number of this name.
    double getNumber(::llvm::StringRef name) const;
  }];
}

def NN_SettingsAttr : NN_Attr<"Settings", "settings"> {
  let summary = "how a parameter is trained, where that differs from what the optimizer says";
  let description = [{
    `#nn.settings<decay = 1.0E-4, rate = 0.1, max_norm = 3.0>` or `#nn.settings<frozen>`: the rules `on` of the train block.
    - `decay`: L2, decay * p added to the clipped gradient; with "adamw" apart from it, added to the step.
    - `rate`: times the optimizer's.
    - `max_norm`: after the update each norm over all dimensions but the last is cut down to it.
    - `frozen`: has no gradient and no moments, and lies among the states.

    * (C1) decay and rate are at least 0, max_norm is above 0.
    * (C2) frozen stands alone.
    * (C3) what says nothing is left out.
  }];
  let parameters = (ins "::llvm::APFloat":$decay, "::llvm::APFloat":$rate, "::llvm::APFloat":$max_norm, "bool":$frozen);
  let hasCustomAssemblyFormat = 1;
  let genVerifyDecl = 1;
}

def NN_LayoutAttr : NN_Attr<"Layout", "layout"> {
  let summary = "the physical layout of a tensor whose logical shape is its type's";
  let description = [{
    - `#nn.layout<pack = 16>`: panels of the last dimension: `[..., K]` lies as `[ceil(K / 16), ..., 16]`; lanes past K hold zeros.
    - `#nn.layout<border = [0, 0, 2, 2, 2, 2, 0, 0]>`: (before, after) zeros around each dimension.
    No attribute: dense, row-major. There is one of the two.
  }];
  let parameters = (ins DefaultValuedParameter<"int64_t", "0">:$pack, OptionalArrayRefParameter<"int64_t">:$border);
  let hasCustomAssemblyFormat = 1;
  let genVerifyDecl = 1;
  let extraClassDeclaration = [{
    /// Panels of the last dimension, which has a size; their width depends on it alone (Pack.h).
    static LayoutAttr getPanels(::mlir::RankedTensorType type);
    /// Whether a tensor of this rank can lie so.
    bool fits(int64_t rank) const;
    /// The dense box that holds a tensor of `shape` (kDynamic stays).
    ::llvm::SmallVector<int64_t> getPhysicalShape(::llvm::ArrayRef<int64_t> shape) const;
  }];
}

/// The memory of a session, by what it holds and how long: arenas of runtime/module.fbs.
def NN_ArenaKind : I32EnumAttr<"ArenaKind", "what an arena holds", [
    I32EnumAttrCase<"parameters", 0>, I32EnumAttrCase<"gradients", 1>, I32EnumAttrCase<"moments", 2>,
    I32EnumAttrCase<"states", 3>, I32EnumAttrCase<"activations", 4>, I32EnumAttrCase<"logical", 5>,
    I32EnumAttrCase<"rows", 6>]> {
  let cppNamespace = "::argent::nn";
  let genSpecializedAttr = 0;
}
def NN_ArenaKindAttr : EnumAttr<NN_Dialect, NN_ArenaKind, "arena_kind">;

/// What a function gives for one batch, and the runtime combines over the batches.
def NN_TotalKind : I32EnumAttr<"TotalKind", "how the totals of batches make that of the data set", [
    I32EnumAttrCase<"sum", 0>, I32EnumAttrCase<"max", 1>, I32EnumAttrCase<"min", 2>]> {
  let cppNamespace = "::argent::nn";
  let genSpecializedAttr = 0;
}
def NN_TotalKindAttr : EnumAttr<NN_Dialect, NN_TotalKind, "total"> {
  let assemblyFormat = "`<` $value `>`";
}

def NotDifferentiable : NativeOpTrait<"NotDifferentiable"> { let cppNamespace = "::argent"; }

class NN_Op<string mnemonic, list<Trait> traits = []> : Op<NN_Dialect, mnemonic, traits>;

/// A pure op with an algorithm and a cost; `infer` in C++ gives the result types.
/// `answers`: the methods of KernelOpInterface that it answers otherwise than their defaults.
class NN_ComputeOp<string mnemonic, list<Trait> traits = [], list<string> answers = []>
    : NN_Op<mnemonic, !listconcat([Pure, DeclareOpInterfaceMethods<KernelOpInterface, answers>,
                                   DeclareOpInterfaceMethods<CostOpInterface>], traits)>;

defvar NN_Differentiable = DeclareOpInterfaceMethods<GradientOpInterface>;
defvar NN_Inferred = InferTypeOpAdaptor;
defvar NN_Numbers = DeclareOpInterfaceMethods<NumbersOpInterface>;
defvar NN_Saturating = DeclareOpInterfaceMethods<SaturatingOpInterface>;
defvar NN_OverflowingNumbers = DeclareOpInterfaceMethods<NumbersOpInterface, ["makesNotFinite"]>;
/// `answers`: the methods of LayerOpInterface that it answers otherwise than their defaults.
class NN_Layer<list<string> answers> : DeclareOpInterfaceMethods<LayerOpInterface, answers>;

/// `answers`: the methods of RowsOpInterface that it answers otherwise than their defaults.
class NN_Rows<list<string> answers> : DeclareOpInterfaceMethods<RowsOpInterface, answers>;

def NN_FloatTensor : RankedTensorOf<[F16, BF16, F32, F64]>;
def NN_NumberTensor : RankedTensorOf<[F16, BF16, F32, F64, I32, I64, UI8]>;
def NN_IntegerTensor : RankedTensorOf<[I32, I64, UI8]>;
def NN_BoolTensor : RankedTensorOf<[I1]>;
def NN_ScalarTensor : 0DTensorOf<[F32, F64]>;
def NN_Tensor : RankedTensorOf<[F16, BF16, F32, F64, I32, I64, UI8, I1]>;

#endif // ARGENT_NN_TD
