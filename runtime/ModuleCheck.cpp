//===- ModuleCheck.cpp - everything in a module's table that could be wrong ===//
// The part that all targets share here; variants in VariantCheck.cpp.
#include "runtime/ModuleCheck.h"
#include "runtime/Table.h"
#include "runtime/VariantCheck.h"

#include <cmath>
#include <set>

namespace argent {

namespace check {

Status invalid(const std::string &where, const std::string &what) {
  return Status(StatusCode::kInvalidData, where + ": " + what);
}

Status amount(Amount value, const std::string &where) {
  if (value.constant < 0 || value.perBatch < 0 || value.constant > kMaxAmount || value.perBatch > kMaxAmount)
    return invalid(where, "a size or an offset is negative or beyond 2^40");
  return {};
}

Status tensorType(const format::TensorType *type, const std::string &where) {
  if (type == nullptr)
    return invalid(where, "it has no type");
  if (type->element_type() > format::ElementType::MAX)
    return invalid(where, "unknown element type " + std::to_string(int(type->element_type())));
  List dims(type->dims());
  if (dims.size() > kMaxRank)
    return invalid(where, "it has more than " + std::to_string(kMaxRank) + " dimensions");
  Wide elements = 1;
  for (uint32_t i = 0; i < dims.size(); ++i) {
    Amount dim(dims[i]);
    ARGENT_RETURN_IF_ERROR(amount(dim, where));
    elements *= dim.at(1);
    if (elements < 1 || elements > kMaxElements)
      return invalid(where, "a dimension is 0, or 2^31 elements or more");
  }
  return {};
}

Status initializer(const format::Initializer *initializer, const std::string &where) {
  if (initializer == nullptr || initializer->kind() > format::InitializerKind::MAX)
    return invalid(where, "its initializer is missing or unknown");
  if (!std::isfinite(initializer->a()) || !std::isfinite(initializer->b()))
    return invalid(where, "its initializer is not finite");
  const format::WordVectors *vectors = initializer->vectors();
  if (vectors != nullptr && (text(vectors->file()).empty() || text(vectors->vocabulary()).empty()))
    return invalid(where, "its word vectors have no file or no vocabulary");
  return {};
}

} // namespace check

using check::invalid;

namespace {

Status checkPort(const format::Port *port, std::set<std::string_view> &names, const std::string &entry) {
  std::string where = entry + ", " + quoted(text(port->name()));
  if (text(port->name()).empty() || !names.insert(text(port->name())).second)
    return invalid(where, "a name is missing or used twice");
  ARGENT_RETURN_IF_ERROR(check::tensorType(port->type(), where));
  if (port->range() != nullptr) {
    ElementType type = elementType(port->type()->element_type());
    if (type != ElementType::i32 && type != ElementType::i64 && type != ElementType::u8)
      return invalid(where, "only integers have a range");
    if (port->range()->low() > port->range()->high())
      return invalid(where, "its range is empty");
  }
  if (port->preprocessing() != nullptr) {
    if (text(port->preprocessing()->source()).empty())
      return invalid(where, "a `from` clause without a source");
    List arguments(port->preprocessing()->arguments());
    for (uint32_t i = 0; i < arguments.size(); ++i)
      if (text(arguments[i]->name()).empty() ||
          (List(arguments[i]->numbers()).empty() == List(arguments[i]->strings()).empty()))
        return invalid(where, "an argument of its `from` clause has no name or no value");
  }
  return {};
}

Status checkEntries(const format::Module &module) {
  List entries(module.entries());
  std::set<std::string_view> names;
  for (uint32_t i = 0; i < entries.size(); ++i) {
    std::string where = "entry point " + quoted(text(entries[i]->name()));
    if (text(entries[i]->name()).empty() || !names.insert(text(entries[i]->name())).second)
      return invalid(where, "its name is missing or used twice");
    for (List ports : {List(entries[i]->inputs()), List(entries[i]->outputs())}) {
      std::set<std::string_view> portNames;
      for (uint32_t j = 0; j < ports.size(); ++j)
        ARGENT_RETURN_IF_ERROR(checkPort(ports[j], portNames, where));
    }
  }
  return {};
}

Status checkParameters(const format::Module &module) {
  List parameters(module.parameters());
  std::set<std::string_view> paths;
  for (uint32_t i = 0; i < parameters.size(); ++i) {
    const format::Parameter &parameter = *parameters[i];
    std::string where = "parameter " + quoted(text(parameter.path()));
    if (text(parameter.path()).empty() || !paths.insert(text(parameter.path())).second)
      return invalid(where, "its path is missing or used twice");
    ARGENT_RETURN_IF_ERROR(check::tensorType(parameter.type(), where));
    List dims(parameter.type()->dims());
    for (uint32_t j = 0; j < dims.size(); ++j)
      if (Amount dim(dims[j]); dim.perBatch != 0 && (parameter.trained() || j != 0 || dim.constant != 0))
        return invalid(where, "only the first dimension of a state can be N");
    ARGENT_RETURN_IF_ERROR(check::initializer(parameter.initializer(), where));
    const ElementType element = elementType(parameter.type()->element_type());
    if (parameter.initializer()->vectors() != nullptr && (dims.size() != 2 || Amount(dims[0]).perBatch != 0 ||
                                                          (element != ElementType::f32 && element != ElementType::f64)))
      return invalid(where, "it is no table that word vectors could fill");
  }
  return {};
}

Status checkTraining(const format::Module &module) {
  const format::Training *training = module.training();
  if (training == nullptr)
    return {};
  if (training->moment_count() > check::kMaxMoments || training->batch() < 1)
    return invalid("training", "strange numbers");
  List totals(training->totals());
  for (uint32_t i = 0; i < totals.size(); ++i)
    if (static_cast<format::TotalKind>(totals[i]) > format::TotalKind::MAX)
      return invalid("training", "unknown kind of total");
  List layers(training->parameter_layers());
  if (!layers.empty() && layers.size() != List(module.parameters()).size())
    return invalid("training", "a gradient report needs the layer of each parameter");
  for (uint32_t i = 0; i < layers.size(); ++i)
    if (layers[i] > List(module.layers()).size())
      return invalid("training", "there is no such layer");
  return {};
}

} // namespace

std::string typeText(const format::TensorType &type) {
  std::string result = std::string(elementTypeName(elementType(type.element_type()))) + "[";
  List dims(type.dims());
  for (uint32_t i = 0; i < dims.size(); ++i) {
    Amount dim(dims[i]);
    result += i == 0 ? "" : ", ";
    if (dim.perBatch != 0)
      result += (dim.perBatch == 1 ? "" : std::to_string(dim.perBatch)) + "N";
    if (dim.constant != 0 || dim.perBatch == 0)
      result += (dim.perBatch != 0 ? " + " : "") + std::to_string(dim.constant);
  }
  return result + "]";
}

Status checkModule(const format::Module &module, std::string_view file) {
  ARGENT_RETURN_IF_ERROR(checkEntries(module));
  ARGENT_RETURN_IF_ERROR(checkParameters(module));
  ARGENT_RETURN_IF_ERROR(checkTraining(module));
  List variants(module.variants());
  if (variants.empty())
    return invalid("module", "it has no variant");
  for (uint32_t i = 0; i < variants.size(); ++i)
    ARGENT_RETURN_IF_ERROR(check::variant(module, *variants[i], file));
  return {};
}

} // namespace argent
