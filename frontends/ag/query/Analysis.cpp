//===- Analysis.cpp - what an evaluation says about each place of a text ------------===//
#include "frontends/ag/query/Analysis.h"

#include "dialects/interfaces/Help.h"
#include "frontends/ag/Frontend.h"
#include "frontends/ag/evaluate/Observer.h"
#include "frontends/ag/syntax/Diagnostics.h"
#include "frontends/source/ModuleSources.h"

#include "dialects/nn/NN.h"
#include "mlir/IR/MLIRContext.h"

using namespace argent::ag;

namespace nn = argent::nn;
using llvm::StringRef;

void Fact::addValue(std::string value) {
  if (llvm::is_contained(values, value))
    return;
  if (values.size() == kMaxValues)
    hasMore = true;
  else
    values.push_back(std::move(value));
}

/// A value as an editor shows it: a tensor's type, a number, what kind of layer.
static std::string summary(const Value &value) {
  constexpr size_t kMaxBytes = 200;
  if (value.isString())
    return "\"" + value.asString().substr(0, kMaxBytes) + "\"";
  if (value.is<Definee>())
    return (value.get<Definee>().builtin ? "operation " : "layer ") + toText(value);
  if (value.isInstance()) {
    const Instance &instance = *value.asInstance();
    return "instance of " + toText(value) + (instance.named ? ", `" + instance.step + "`" : "");
  }
  if (value.isInitializer())
    return "initializer " + toText(value);
  if (value.isOptimizer())
    return "optimizer " + toText(value);
  return toText(value).substr(0, kMaxBytes);
}

/// An initializer as one writes it.
static std::string nameOf(const Initializer &initial) {
  if (initial.vectors)
    return "word_vectors(\"" + initial.vectors->file + "\")";
  if (initial.kind != nn::InitializerKind::constant)
    return nn::stringifyInitializerKind(initial.kind).str();
  return initial.a == 0 ? "zeros" : initial.a == 1 ? "ones" : "full(value=" + toText(initial.a) + ")";
}

namespace {

class Collector : public Observer {
public:
  Collector(StringRef text, StringRef path, Analysis &analysis, llvm::function_ref<bool()> isCancelled)
      : text_(text), path_(path), analysis_(analysis), isCancelled_(isCancelled) {}

  void bound(const Name &name, const Value &value) override { add(name.range, value); }

  void used(Range use, Range definition, const Value &value) override {
    Fact *fact = add(use, value);
    if (fact && isHere(definition))
      fact->definition = offset(definition);
  }

  void called(Range call, Range callee, const Value &result) override {
    if (!isHere(callee) || !isHere(call))
      return;
    Fact &fact = analysis_.facts[offset(callee)];
    if (!result.failed())
      results_[offset(callee)].addValue(summary(result));
    auto own = parameters_.find({offset(call), end(call)});
    if (own == parameters_.end())
      return;
    fact.parameters = own->second;
  }

  void declared(const Declaration &declaration, StringRef path, mlir::RankedTensorType type, const Initializer &initial,
                llvm::ArrayRef<Range> calls) override {
    OwnedParameter parameter{path.str(), toString(type), nameOf(initial), declaration.isState,
                             type.hasStaticShape() ? type.getNumElements() : 0};
    auto add = [&](std::vector<OwnedParameter> &list) {
      // The body is evaluated once for each graph.
      constexpr size_t kMaxListed = 10000;
      if (list.size() < kMaxListed && seen_.insert({&list, parameter.path}).second)
        list.push_back(parameter);
    };
    if (isHere(declaration.name.range))
      add(analysis_.facts[offset(declaration.name.range)].parameters);
    for (Range call : calls)
      if (isHere(call))
        add(parameters_[{offset(call), end(call)}]);
  }

  bool cancelled() override {
    if (!analysis_.cancelled && (++asked_ & 63) == 0)
      analysis_.cancelled = isCancelled_();
    return analysis_.cancelled;
  }

  /// What the evaluation reports.
  void hear(const Diagnostics &diagnostics, const Report &report) {
    auto placeOf = [&](Range at) -> Place {
      if (isHere(at))
        return {.isHere = true, .begin = offset(at), .end = end(at)};
      argent::SourceFiles::Place place = diagnostics.place(at.Start);
      return {.file = place.file.str(), .line = place.line, .column = place.column};
    };
    std::string text = report.text().str();
    for (const std::string &help : report.helpTexts())
      text += "\nhelp: " + help;
    llvm::SmallVector<std::pair<Place, std::string>> notes;
    for (const auto &[at, note] : report.notesAt())
      notes.emplace_back(placeOf(at), note);
    add(report.isWarning(), placeOf(report.place()), std::move(text), notes);
  }

  /// What a pass reports about a module of the text and of what it imports. What several models have in common is said
  /// once.
  void hear(const mlir::Diagnostic &diagnostic, const argent::ModuleSources &sources) {
    if (passMessages_ == argent::SourceFiles::kMaxPrinted)
      return;
    auto placeOf = [&](mlir::Location location) -> Place {
      argent::ModuleSources::Place place = sources.find(location);
      if (place.file != path_ || !place.range.isValid())
        return {.file = place.file.str(), .line = place.line, .column = place.column};
      const char *begin = sources.files().findFile(path_)->getBufferStart();
      auto offset = [&](llvm::SMLoc at) { return static_cast<unsigned>(at.getPointer() - begin); };
      return {.isHere = true, .begin = offset(place.range.Start), .end = offset(place.range.End)};
    };
    std::string text = diagnostic.str();
    llvm::SmallVector<std::pair<Place, std::string>> notes;
    for (const mlir::Diagnostic &note : diagnostic.getNotes())
      if (argent::isHelp(note))
        text += "\nhelp: " + note.str();
      else
        notes.emplace_back(placeOf(note.getLocation()), note.str());
    Place at = placeOf(diagnostic.getLocation());
    if (!saidByPasses_.insert({at.file, at.isHere ? at.begin : at.line, text}).second)
      return;
    ++passMessages_;
    add(diagnostic.getSeverity() != mlir::DiagnosticSeverity::Error, at, std::move(text), notes);
  }

  /// What a call gave stands behind what is called.
  void finish() {
    for (auto &[at, fact] : results_) {
      Fact &whole = analysis_.facts[at];
      whole.values = std::move(fact.values);
      whole.hasMore = fact.hasMore;
      whole.isResult = true;
    }
  }

private:
  /// In the text, in another file, or nowhere (line 0).
  struct Place {
    bool isHere = false;
    unsigned begin = 0, end = 0;
    std::string file = {};
    unsigned line = 0, column = 0;
  };

  void add(bool isWarning, const Place &at, std::string text, llvm::ArrayRef<std::pair<Place, std::string>> notes) {
    Message message;
    message.isWarning = isWarning;
    message.hasPlace = at.isHere;
    message.begin = at.begin;
    message.end = at.end;
    message.text = std::move(text);
    auto addRelated = [&](const Place &place, const std::string &note) {
      if (place.isHere || place.line)
        message.related.push_back({place.file, place.begin, place.end, place.line, place.column, note});
      else // a note without a place is part of the message
        message.text += "\nnote: " + note;
    };
    // A message about another file is shown at the top of this one, with its place as a note.
    if (at.line)
      addRelated(at, message.text);
    for (const auto &[place, note] : notes)
      addRelated(place, note);
    analysis_.messages.push_back(std::move(message));
  }

  bool isHere(Range range) const {
    return range.isValid() && range.Start.getPointer() >= text_.begin() && range.Start.getPointer() <= text_.end();
  }
  unsigned offset(Range range) const { return range.Start.getPointer() - text_.begin(); }
  unsigned end(Range range) const { return range.End.getPointer() - text_.begin(); }

  Fact *add(Range range, const Value &value) {
    if (!isHere(range))
      return nullptr;
    Fact &fact = analysis_.facts[offset(range)];
    if (!value.failed() && !fact.hasMore)
      fact.addValue(summary(value));
    return &fact;
  }

  StringRef text_, path_;
  Analysis &analysis_;
  llvm::function_ref<bool()> isCancelled_;
  unsigned asked_ = 0;
  std::map<std::pair<unsigned, unsigned>, std::vector<OwnedParameter>> parameters_; // of each call
  std::map<unsigned, Fact> results_;                                                // of each callee
  std::set<std::pair<const void *, std::string>> seen_;
  std::set<std::tuple<std::string, unsigned, std::string>> saidByPasses_; // file, place in it, text
  unsigned passMessages_ = 0;
};

} // namespace

Analysis argent::ag::analyze(StringRef text, StringRef path, llvm::function_ref<bool()> cancelled,
                             llvm::function_ref<std::optional<std::string>(StringRef)> readOpen,
                             llvm::function_ref<void(mlir::ModuleOp)> check) {
  Analysis analysis;
  Collector collector(text, path, analysis, cancelled);
  mlir::MLIRContext context(mlir::MLIRContext::Threading::DISABLED);
  context.printOpOnDiagnostic(false);
  using Buffer = std::unique_ptr<llvm::MemoryBuffer>;
  auto readFile = [&](const std::string &name) -> llvm::ErrorOr<Buffer> {
    std::optional<std::string> open = readOpen(name);
    return open ? llvm::MemoryBuffer::getMemBufferCopy(*open, name) : Buffer();
  };
  auto runPasses = [&](mlir::ModuleOp module) {
    ModuleSources sources;
    sources.addSources(module, path);
    mlir::ScopedDiagnosticHandler handler(&context,
                                          [&](mlir::Diagnostic &diagnostic) { collector.hear(diagnostic, sources); });
    check(module);
  };
  checkText(
      context, llvm::MemoryBufferRef(text, path), collector, readFile,
      [&](const Diagnostics &diagnostics, const Report &report) { collector.hear(diagnostics, report); }, runPasses);
  collector.finish();
  return analysis;
}
