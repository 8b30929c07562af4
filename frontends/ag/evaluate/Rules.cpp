//===- Rules.cpp - on PATTERN, … { … } -------------------------------------------------------------------------===//
//   1. Each rule of the train block is evaluated where it stands: its patterns, its settings.
//   2. When the body has run, all parameters are known: each pattern is matched against their paths. Of several rules
//      for one setting the last wins.
//   3. Each nn.parameter gets its settings, and its initializer where a rule gives one, in all graphs of the model.
#include "frontends/ag/evaluate/Rules.h"

#include "frontends/ag/evaluate/Evaluator.h"

#include "frontends/ag/syntax/Foreign.h"

using namespace argent::ag;
using llvm::StringRef;
using llvm::Twine;

namespace nn = argent::nn;

Rules::Rules(Evaluator &evaluator) : Part(evaluator.context), evaluator_(evaluator) {}

/// Whether the path matches: `*` is any run of characters.
static bool matches(StringRef pattern, StringRef path) {
  auto [head, rest] = pattern.split('*');
  if (!path.consume_front(head))
    return false;
  // What stands between two stars is found where it comes first: a later place leaves no more for the others.
  while (head.size() != pattern.size()) {
    pattern = rest;
    std::tie(head, rest) = pattern.split('*');
    if (head.size() == pattern.size())
      return path.ends_with(head);
    size_t at = path.find(head);
    if (at == StringRef::npos)
      return false;
    path = path.substr(at + head.size());
  }
  return path.empty();
}

/// A number that a setting wants, or nothing after an error.
std::optional<double> Rules::readNumber(StringRef name, const Value &value, Range range, bool zero) {
  if (value.isNumber() && (zero ? value.asNumber() >= 0 : value.asNumber() > 0))
    return value.asNumber();
  if (value.failed())
    return std::nullopt;
  Report report = error(range, "`" + name + "` must be a number " + (zero ? "of at least 0" : "above 0") + "; found " +
                                   (value.isNumber() ? toText(value) : describe(value)));
  if (name == "rate" && value.isTensor())
    report.help("this number multiplies the rate of the optimizer; write a schedule there");
  return std::nullopt;
}

void Rules::readSetting(StringRef name, const Value &value, Range range, RuleSettings &settings) {
  if (name == "decay") {
    settings.decay = readNumber(name, value, range, true);
  } else if (name == "rate") {
    settings.rate = readNumber(name, value, range, true);
  } else if (name == "max_norm") {
    settings.maxNorm = value.isNone() ? 0 : readNumber(name, value, range, false);
  } else if (name == "frozen") {
    if (value.is<bool>())
      settings.frozen = value.get<bool>();
    else if (!value.failed())
      error(range, "`frozen` must be true or false; found " + describe(value));
  } else {
    settings.initial = evaluator_.parameters.readInitializer(value, range, name);
    settings.initialRange = range;
  }
}

static const StringRef kSettings[] = {"decay", "rate", "max_norm", "frozen", "init"};

void Rules::addSetting(const Binding &binding, llvm::SmallVectorImpl<const Name *> &seen, TrainRule &rule) {
  const Name &name = binding.targets.front().name;
  if (binding.targets.size() != 1 || binding.values.scan || binding.values.values.size() != 1) {
    error(binding.range, "a setting of a rule must be name = value");
    return;
  }
  if (!llvm::is_contained(kSettings, StringRef(name.text))) {
    std::string foreign =
        foreignArgument("on", name.text, [&](StringRef ours) { return llvm::is_contained(kSettings, ours); });
    StringRef near = nearestName(name.text, kSettings);
    Report report =
        error(name.range, "a rule has no setting `" + name.text + "`" +
                              (near.empty() || !foreign.empty() ? Twine("") : "; did you mean `" + near + "`?"));
    if (!foreign.empty())
      report.help(foreign);
    else if (near.empty())
      report.help("it has " + llvm::join(llvm::ArrayRef<StringRef>(kSettings), ", "));
    return;
  }
  auto other = llvm::find_if(seen, [&](const Name *n) { return n->text == name.text; });
  if (other != seen.end())
    error(name.range, "the setting `" + name.text + "` is given twice").note((*other)->range, "it is given here first");
  seen.push_back(&name);
  const Expr &expr = *binding.values.values.front();
  readSetting(name.text, evaluator_.evaluate(expr), expr.range, rule.settings);
  if (name.text == "frozen")
    rule.frozenRange = binding.range;
}

void Rules::add(const Rule &statement) {
  TrainRule rule;
  for (const ExprPtr &pattern : statement.patterns) {
    Value value = evaluator_.evaluate(*pattern);
    if (value.isString())
      rule.patterns.push_back({value.asString(), pattern->range});
    else if (!value.failed())
      error(pattern->range, "a pattern must be a str; found " + describe(value)).help("write on \"*.weight\" { … }");
  }
  llvm::SmallVector<const Name *> seen;
  for (const StatementPtr &inner : statement.body.statements)
    if (auto *binding = llvm::dyn_cast<Binding>(inner.get())) // the parser has reported others
      addSetting(*binding, seen, rule);
  rules_.push_back(std::move(rule));
}

/// What the writer of a pattern that matches nothing may have meant; empty if nothing is near.
static std::string nearestPattern(StringRef pattern, llvm::ArrayRef<StringRef> paths) {
  std::set<std::string> candidates;
  for (StringRef path : paths) {
    candidates.insert(path.str());
    for (size_t dot = path.find('.'); dot != StringRef::npos; dot = path.find('.', dot + 1)) {
      candidates.insert("*" + path.substr(dot).str());
      candidates.insert(path.take_front(dot + 1).str() + "*");
    }
  }
  // What other frameworks call it.
  static const std::pair<StringRef, StringRef> kWords[] = {{"gamma", "scale"}, {"beta", "shift"}, {"kernel", "weight"},
                                                           {"W", "weight"},    {"w", "weight"},   {"b", "bias"}};
  auto [head, last] = pattern.rsplit('.');
  for (auto [theirs, ours] : kWords)
    if (last == theirs)
      if (std::string renamed = (head + "." + ours).str();
          llvm::any_of(paths, [&](StringRef path) { return matches(renamed, path); }))
        return renamed;
  std::vector<StringRef> list(candidates.begin(), candidates.end());
  return nearestName(pattern, list).str();
}

std::optional<std::map<StringRef, Rules::RuleSettings>> Rules::match(llvm::ArrayRef<StringRef> paths,
                                                                     llvm::ArrayRef<StringRef> states) {
  std::map<StringRef, RuleSettings> settings;
  bool good = true;
  Range lastFrozen;
  for (const TrainRule &rule : rules_) {
    if (rule.frozenRange.isValid())
      lastFrozen = rule.frozenRange;
    for (const auto &[pattern, range] : rule.patterns) {
      bool found = false;
      for (StringRef path : paths)
        if (matches(pattern, path)) {
          found = true;
          settings[path].merge(rule.settings);
        }
      if (found)
        continue;
      good = false;
      if (context.diagnostics.errorCount())
        continue; // what failed lacks its parameters
      Report report = error(range, "the pattern matches none of the " + Twine(paths.size()) + " parameters");
      auto state = llvm::find_if(states, [&](StringRef path) { return matches(pattern, path); });
      if (state != states.end())
        report.note(Range(), "`" + *state + "` is a state; it is not trained");
      std::string near = nearestPattern(pattern, paths);
      report.help((near.empty() ? Twine() : "did you mean \"" + Twine(near) + "\"? ").str() +
                  "`argent inspect --parameters` lists them");
    }
  }
  if (!good)
    return std::nullopt;
  if (lastFrozen.isValid() &&
      llvm::all_of(paths, [&](StringRef path) { return settings[path].frozen.value_or(false); })) {
    error(lastFrozen, "every parameter is frozen: nothing is left to train")
        .help("let the pattern match fewer parameters");
    return std::nullopt;
  }
  return settings;
}

bool Rules::apply() {
  std::vector<StringRef> paths, states;
  for (const auto &[path, declared] : context.graph->declared)
    (declared.declaration->isState ? states : paths).push_back(path);
  auto settings = match(paths, states);
  if (!settings)
    return false;
  bool good = true;
  context.graph->function->getParentOfType<mlir::ModuleOp>()->walk([&](nn::ParameterOp parameter) {
    auto found = settings->find(parameter.getPath());
    if (found == settings->end())
      return;
    const RuleSettings &own = found->second;
    double decay = own.decay.value_or(0), rate = own.rate.value_or(1), maxNorm = own.maxNorm.value_or(0);
    bool frozen = own.frozen.value_or(false);
    auto number = [&](double value, double whenFrozen) { return llvm::APFloat(frozen ? whenFrozen : value); };
    if (frozen || decay != 0 || rate != 1 || maxNorm != 0)
      parameter.setSettingsAttr(
          nn::SettingsAttr::get(&context.mlir, number(decay, 0), number(rate, 1), number(maxNorm, 0), frozen));
    if (!own.initial || !good)
      return;
    auto initial = evaluator_.parameters.attributeOf(
        *own.initial, llvm::cast<mlir::RankedTensorType>(parameter.getType()), own.initialRange, parameter.getPath());
    good &= initial != nullptr;
    if (initial)
      parameter.setInitAttr(initial);
  });
  return good;
}
