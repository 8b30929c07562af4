//===- Instances.cpp - instances of layers, and the paths of their parameters ----------------------------------===//
#include "frontends/ag/evaluate/Instances.h"

using namespace argent::ag;
using llvm::StringRef;
using llvm::Twine;

std::shared_ptr<Naming> Instances::beginModel() {
  modelState_ = InstanceState();
  auto naming = std::make_shared<Naming>();
  naming->state = &modelState_;
  return naming;
}

std::shared_ptr<Naming> Instances::beginBody(Instance &instance) {
  auto naming = std::make_shared<Naming>();
  naming->prefix = instance.path;
  naming->state = instance.state.get();
  return naming;
}

void Instances::setPath(Instance &instance, StringRef step) {
  Naming &naming = *instance.naming;
  instance.named = true;
  std::string key = step.str();
  if (step.empty()) {
    // No step: the parameters lie beside those of the body; the instance itself is known by layer and count.
    key = ("/" + instance.of.name()).str();
    key += std::to_string(++naming.counts[key]);
    instance.path = naming.prefix;
    instance.step = instance.of.name().str();
  } else {
    naming.used.insert(key);
    instance.path = naming.prefix + key + ".";
    instance.step = key;
  }
  std::shared_ptr<InstanceState> &state = naming.state->children[key];
  if (!state)
    state = std::make_shared<InstanceState>();
  instance.state = state;
}

void Instances::nameByCount(Instance &instance) {
  if (instance.named)
    return;
  Naming &naming = *instance.naming;
  StringRef name = instance.of.name();
  std::string step;
  do
    step = (name + "_" + Twine(++naming.counts[name.str()])).str();
  while (naming.used.count(step));
  setPath(instance, step);
}

void Instances::nameAfter(const Value &value, StringRef name) {
  auto unique = [&](Naming &naming, const std::string &wanted) {
    std::string step = wanted;
    for (unsigned i = 2; naming.used.count(step); ++i)
      step = wanted + "_" + std::to_string(i);
    return step;
  };
  auto nameOne = [&](const Value &one, const std::string &wanted) {
    if (!one.isInstance() || one.asInstance()->named)
      return;
    Instance &instance = *one.asInstance();
    if (name == "_")
      nameByCount(instance);
    else
      setPath(instance, unique(*instance.naming, wanted));
  };
  nameOne(value, name.str());
  if (value.isList())
    for (auto [index, element] : llvm::enumerate(value.asList()))
      nameOne(element, (name + "_" + Twine(index + 1)).str());
}

std::shared_ptr<Instance> Instances::make(const Definee &definee, const Value &nameArgument, Range nameRange) {
  auto instance = std::make_shared<Instance>();
  instance->of = definee;
  instance->bound.resize(definee.definition->parameters.size());
  instance->naming = frame().naming;
  if (!instance->naming) { // of a constant: there is no body
    instance->naming = std::make_shared<Naming>();
    instance->naming->state = &modelState_;
  }
  if (!nameArgument.isString())
    return instance;
  const std::string &name = nameArgument.asString();
  for (char c : name)
    if (!llvm::isAlnum(c) && c != '_') {
      error(nameRange, "the name of an instance can only have letters, digits and `_`; found \"" + name + "\"");
      return nullptr;
    }
  if (!name.empty() && instance->naming->used.count(name)) {
    error(nameRange, "the name \"" + name + "\" is used twice in this body")
        .help("give each instance a name of its own");
    return nullptr;
  }
  setPath(*instance, name);
  return instance;
}
