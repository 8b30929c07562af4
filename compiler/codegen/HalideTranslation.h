//===- HalideTranslation.h - an hl pipeline through Halide -----------------===//
// The only way from hl to machine code. Linked into argent-codegen alone; includes nothing of Halide.
#ifndef ARGENT_COMPILER_CODEGEN_HALIDETRANSLATION_H
#define ARGENT_COMPILER_CODEGEN_HALIDETRANSLATION_H

#include "compiler/target/Target.h"
#include "dialects/hl/HL.h"

namespace argent {

/// Raised when the translation makes other code of the same text: part of every kernel's key.
inline constexpr int kTranslationVersion = 9;

enum class CodegenOutput { Object, Assembly, Ptx, Stmt, Llvm, Bounds };

struct TranslationOptions {
  CodegenOutput output = CodegenOutput::Object;
  bool checked = false;  // with Halide's assertions
  int64_t fromBatch = 1; // the kernel stays inside its buffers from this batch on, which `checked` and Bounds prove
  std::string symbol;    // the entries are `symbol` and `symbol_argv`; empty: the pipeline's name
};

/// The pipeline compiled for `target`: an ELF object, or text; of Bounds nothing. It is an error where a batch makes a
/// checked kernel read or write outside of its buffers. Errors, Halide's included, are diagnostics at the op.
///
/// The entry is `int symbol_argv(void **)`: a pointer to the user context pointer, to N (int32), then the buffers of
/// inputs and results. A fresh process gives equal bytes for equal input; a second call in one process does not
/// (Halide's names are unique).
mlir::FailureOr<std::string> translateWithHalide(hl::PipelineOp pipeline, const Target &target,
                                                 const TranslationOptions &options);

} // namespace argent

#endif // ARGENT_COMPILER_CODEGEN_HALIDETRANSLATION_H
