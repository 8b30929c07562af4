//===- Help.h - a line of a diagnostic that says what to write -------------===//
// MLIR's diagnostics know errors, warnings, remarks and notes. What to write instead is a note of its own kind: it is
// about no other place, and printed as `help: …` (frontends/source).
#ifndef ARGENT_DIALECTS_INTERFACES_HELP_H
#define ARGENT_DIALECTS_INTERFACES_HELP_H

#include "mlir/IR/Diagnostics.h"

namespace argent {

/// No source can give a value this name.
inline constexpr llvm::StringLiteral kHelpName = "@help";

inline void attachHelp(mlir::InFlightDiagnostic &diagnostic, const llvm::Twine &text) {
  mlir::Location place = diagnostic.getUnderlyingDiagnostic()->getLocation();
  diagnostic.attachNote(mlir::NameLoc::get(mlir::StringAttr::get(place.getContext(), kHelpName), place)) << text;
}

inline bool isHelp(const mlir::Diagnostic &note) {
  auto named = llvm::dyn_cast<mlir::NameLoc>(mlir::LocationAttr(note.getLocation()));
  return named && named.getName() == kHelpName;
}

} // namespace argent

#endif // ARGENT_DIALECTS_INTERFACES_HELP_H
