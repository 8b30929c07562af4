//===- Tensors.cpp - the graph's ops, as operations of the language build them ---------------------------------===//
#include "frontends/ag/evaluate/Tensors.h"

#include "frontends/ag/evaluate/Files.h"
#include "runtime/Checksum.h"
#include "runtime/PortNames.h"

using namespace argent::ag;
using llvm::StringRef;
using llvm::Twine;

namespace nn = argent::nn;

void Tensors::beginGraph(Graph &graph, mlir::ModuleOp module, StringRef name) {
  context.graph = &graph;
  operationCount_ = 0;
  constants_.clear();
  places_.clear();
  graph.function = beginFunction(module, name);
}

void Tensors::created(mlir::Operation *op) {
  context.countOp();
  places_[op] = context.userRange();
}

//===- Places -------------------------------------------------------------------------------------------------===//

mlir::DictionaryAttr Tensors::currentCall() {
  if (context.depth() == 0)
    return {};
  const Frame &body = context.frame();
  std::string prefix = body.naming ? body.naming->prefix : "", path = StringRef(prefix).rtrim('.').str();
  StringRef name = body.instance ? body.instance->of.name() : "";
  if (!operation_.empty() && body.file->kind != FileScope::Kind::library) {
    name = operation_;
    path = (prefix + operation_ + "#" + Twine(operationCount_)).str(); // which no path has
  }
  if (name.empty() || path.empty())
    return {};
  return builder.getDictionaryAttr({builder.getNamedAttr("call", builder.getStringAttr(name)),
                                    builder.getNamedAttr("path", builder.getStringAttr(path))});
}

mlir::Location Tensors::location(StringRef name) {
  Range at = context.userRange();
  mlir::Location place = builder.getUnknownLoc();
  if (at.isValid()) {
    auto begin = context.diagnostics.place(at.Start), end = context.diagnostics.place(at.End);
    if (begin.line)
      place = mlir::FileLineColRange::get(builder.getStringAttr(files_.nameInModule(begin.file)), begin.line,
                                          begin.column, end.line, end.column);
  }
  if (mlir::DictionaryAttr call = currentCall())
    place = mlir::FusedLoc::get(&context.mlir, {place}, call);
  if (name.empty())
    return place;
  std::string prefix = context.depth() && context.frame().naming ? context.frame().naming->prefix : "";
  return mlir::NameLoc::get(builder.getStringAttr(prefix + name), place);
}

//===- Values of the language ---------------------------------------------------------------------------------===//

bool Tensors::checkSize(llvm::ArrayRef<Dim> dims, mlir::Type element, Range range) {
  constexpr size_t kMaxRank = 16; // as the runtime knows
  if (dims.size() > kMaxRank) {
    error(range, "a tensor can have at most " + Twine(kMaxRank) + " dimensions; found " + Twine(dims.size()));
    return false;
  }
  for (Dim dim : dims)
    if (dim.size < 1) {
      error(range, "dimensions must be at least 1; found " + toString(dims, element));
      return false;
    }
  auto count = countOf(dims);
  if (count && count->factor < (int64_t(1) << 31))
    return true;
  error(range, "a tensor can have at most 2147483647 elements" + Twine(count && count->power ? " for each row" : "") +
                   "; found " + toString(dims, element));
  return false;
}

mlir::Value Tensors::toTensor(const Value &value, mlir::Type element, Range range) {
  if (value.isTensor())
    return value.asTensor();
  if (value.is<bool>() && element.isInteger(1))
    return constant(value.get<bool>(), element);
  if (value.isNumber() && !element.isInteger(1)) {
    if (!isFloat(element) && !value.isInteger()) {
      error(range, "a tensor of " + elementName(element) + " cannot be combined with a float; found " + toText(value))
          .help("cast the tensor: f32(…)");
      return {};
    }
    bool fits = isFloat(element) ? isFinite(value.asNumber(), element) : holdsInteger(value.asInteger(), element);
    if (!fits) {
      error(range, toText(value) + " does not fit in " + elementName(element));
      return {};
    }
    if (isFloat(element))
      return constant(value.asNumber(), element);
    return emit<nn::ConstantOp>(mlir::DenseElementsAttr::get(mlir::RankedTensorType::get({}, element),
                                                             builder.getIntegerAttr(element, value.asInteger())));
  }
  error(range, "a tensor of " + elementName(element) + " cannot be combined with " + describe(value));
  return {};
}

const nn::Reference *Tensors::constantElements(mlir::Value value) {
  constexpr int64_t kMost = 4096; // elements of a tensor that is computed here
  auto type = llvm::cast<mlir::RankedTensorType>(value.getType());
  mlir::Operation *op = value.getDefiningOp();
  if (!op || op->getNumResults() != 1 || !type.hasStaticShape() || type.getNumElements() > kMost)
    return nullptr;
  if (auto known = constants_.find(value); known != constants_.end())
    return known->second ? &*known->second : nullptr;
  llvm::SmallVector<nn::Reference> operands;
  for (mlir::Value operand : op->getOperands()) {
    const nn::Reference *elements = constantElements(operand);
    if (!elements)
      break;
    operands.push_back(*elements);
  }
  std::optional<nn::Reference> result;
  if (operands.size() == op->getNumOperands() && step(context.ranges.back(), 1 + type.getNumElements() / 16)) {
    result = nn::evaluate(op, operands, type.getShape());
    if (!result)
      result = nn::evaluateMove(op, operands, type.getShape());
  }
  std::optional<nn::Reference> &known = constants_[value];
  known = std::move(result);
  return known ? &*known : nullptr;
}

int64_t argent::ag::toInteger(double element) { return static_cast<int64_t>(std::clamp(element, -0x1p62, 0x1p62)); }

bool Tensors::checkIndex(mlir::Value index, int64_t count, Range range, StringRef noun, const Twine &owner) {
  const nn::Reference *elements = constantElements(index);
  if (!elements) {
    limitIndex(index, count);
    return true;
  }
  auto outside = [&](double element) { return element < 0 || element >= static_cast<double>(count); };
  auto wrong = llvm::find_if(elements->values, outside);
  if (wrong == elements->values.end())
    return true;
  Report report = error(range, noun + " " + Twine(toInteger(*wrong)) + " is out of range for " + owner);
  if (*wrong < 0)
    report.help("what is in a tensor counts from 0; the last is " + Twine(count - 1));
  return false;
}

//===- Ports and random tensors -------------------------------------------------------------------------------===//

mlir::Value Tensors::addArgument(StringRef name, mlir::RankedTensorType type, Range range) {
  PlaceScope place(context, range);
  return addInput(context.graph->function, name, type);
}

bool Tensors::canDraw(StringRef operation, Range range) {
  if (context.graph && frame().naming)
    return true;
  error(range, "a constant cannot hold a random tensor").help("call " + operation + " in the body of a model or layer");
  return false;
}

mlir::Value Tensors::drawRandom(StringRef operation, nn::Distribution distribution, double a, double b,
                                llvm::ArrayRef<Dim> dims) {
  Graph &graph = *context.graph;
  if (!graph.random)
    graph.random = addArgument(kRandomPort, mlir::RankedTensorType::get({4}, i32()), frame().definition->name.range);
  Naming &naming = *frame().naming;
  unsigned count = ++naming.state->draws[operation.str()];
  std::string path = naming.prefix + "@" + operation.str() + "_" + std::to_string(count);
  return emitNamed<nn::RandomOp>(operation, nn::makeType(dims, f32()), distribution, llvm::APFloat(a), llvm::APFloat(b),
                                 hash64(path), graph.random, stepNumber());
}

mlir::Value Tensors::stepNumber() {
  llvm::SmallVector<nn::ScanOp> scans; // the innermost first
  for (auto *op = builder.getInsertionBlock()->getParentOp(); auto scan = llvm::dyn_cast<nn::ScanOp>(op);
       op = op->getParentOp())
    scans.push_back(scan);
  mlir::Value number;
  for (nn::ScanOp scan : llvm::reverse(scans))
    number = number ? emit<nn::AddOp>(emit<nn::MulOp>(number, constant(static_cast<double>(scan.getSteps()), i32())),
                                      scan.getStep())
                    : mlir::Value(scan.getStep());
  return number;
}
