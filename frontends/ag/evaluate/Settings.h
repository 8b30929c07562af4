//===- Settings.h - what is chosen at compile time -------------------------------------------------------------===//
// The compile-time parameters of a model, its train block and its entries: what `--set` gives, or the defaults.
#ifndef ARGENT_FRONTENDS_AG_EVALUATE_SETTINGS_H
#define ARGENT_FRONTENDS_AG_EVALUATE_SETTINGS_H

#include "frontends/ag/evaluate/Context.h"

namespace argent::ag {

class Evaluator;
struct ModelBlocks;

class Settings : public Part {
public:
  explicit Settings(Evaluator &evaluator);

  /// Evaluates what `--set` gives, and finds the parameter that it is for: `T` of the model or its train block,
  /// `greedy.T` of an entry. False after an error.
  bool read(const ModelBlocks &model);
  /// Binds the compile-time parameters of a definition; `prefix` stands before their names in `--set`. False after an
  /// error.
  bool bindAll(llvm::ArrayRef<Parameter> parameters, llvm::StringRef owner, llvm::StringRef prefix = "");
  /// What every compile-time parameter is, for the module.
  const std::map<std::string, std::string> &texts() const { return chosen_; }

private:
  Value readValue(llvm::StringRef name, llvm::StringRef text, const Parameter &parameter, llvm::StringRef owner);
  Value defaultOf(const Parameter &parameter, llvm::StringRef owner, llvm::StringRef prefix);

  Evaluator &evaluator_;
  std::map<std::string, Value> given_; // by `--set`, evaluated
  std::map<std::string, std::string> chosen_;
  std::vector<std::unique_ptr<File>> trees_;
};

} // namespace argent::ag

#endif // ARGENT_FRONTENDS_AG_EVALUATE_SETTINGS_H
