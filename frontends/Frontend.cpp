//===- Frontend.cpp - all frontends ----------------------------------------===//
#include "frontends/Frontend.h"

#include "frontends/ag/Frontend.h"

#include "llvm/ADT/STLExtras.h"

using namespace argent;

static mlir::OwningOpRef<mlir::ModuleOp> importAg(mlir::MLIRContext &context, llvm::StringRef path,
                                                  const FrontendOptions &options, llvm::raw_ostream &diagnostics) {
  ag::EvaluateOptions own;
  own.model = options.model;
  own.settings = options.settings;
  return ag::evaluateFile(context, path, own, diagnostics);
}

static const Frontend kFrontends[] = {
    {".ag", importAg, ag::printFile, ag::formatText},
};

const Frontend &argent::findFrontend(llvm::StringRef path) {
  const auto *found = llvm::find_if(kFrontends, [&](const Frontend &f) { return path.ends_with(f.extension); });
  return found == std::end(kFrontends) ? kFrontends[0] : *found;
}
