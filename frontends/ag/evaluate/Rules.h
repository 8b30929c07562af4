//===- Rules.h - on PATTERN, … { … } ---------------------------------------------------------------------------===//
#ifndef ARGENT_FRONTENDS_AG_EVALUATE_RULES_H
#define ARGENT_FRONTENDS_AG_EVALUATE_RULES_H

#include "frontends/ag/evaluate/Context.h"

namespace argent::ag {

class Evaluator;

/// The rules of a train block.
class Rules : public Part {
public:
  explicit Rules(Evaluator &evaluator);

  /// Evaluates a rule where it stands.
  void add(const Rule &statement);
  /// Gives the parameters of all graphs what the rules say of them, when the graph of a training step is complete;
  /// false after an error.
  bool apply();

private:
  /// What rules set; nothing: as the optimizer and the declaration say.
  struct RuleSettings {
    std::optional<double> decay, rate, maxNorm; // maxNorm 0: none
    std::optional<bool> frozen;
    std::optional<Initializer> initial;
    Range initialRange; // of the value of `init`
    void merge(const RuleSettings &later) {
      auto take = [](auto &mine, const auto &other) { mine = other ? other : mine; };
      take(decay, later.decay), take(rate, later.rate), take(maxNorm, later.maxNorm);
      take(frozen, later.frozen), take(initial, later.initial);
      initialRange = later.initial ? later.initialRange : initialRange;
    }
  };
  struct TrainRule {
    std::vector<std::pair<std::string, Range>> patterns;
    RuleSettings settings;
    Range frozenRange; // of the setting `frozen`
  };
  void addSetting(const Binding &binding, llvm::SmallVectorImpl<const Name *> &seen, TrainRule &rule);
  void readSetting(llvm::StringRef name, const Value &value, Range range, RuleSettings &settings);
  std::optional<double> readNumber(llvm::StringRef name, const Value &value, Range range, bool zero);
  /// The settings of each parameter by its path; nothing after an error.
  std::optional<std::map<llvm::StringRef, RuleSettings>> match(llvm::ArrayRef<llvm::StringRef> paths,
                                                               llvm::ArrayRef<llvm::StringRef> states);

  Evaluator &evaluator_;
  std::vector<TrainRule> rules_;
};

} // namespace argent::ag

#endif // ARGENT_FRONTENDS_AG_EVALUATE_RULES_H
