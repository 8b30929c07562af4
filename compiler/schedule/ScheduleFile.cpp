//===- ScheduleFile.cpp - schedules as text that a person edits --------------===//
// Writing:
//   1. Print each kernel's operations behind hl.output as MLIR does, under comments that say which loops there are to
//      name.
// Reading:
//   1. Cut the file into kernels; braces in strings and comments do not count.
//   2. Put the model's own algorithm, as one line, before each body: MLIR's parser and the verifier then say what is
//      wrong, and where, because every line and column behind the kernel's brace is the file's.
//   3. Take the operations behind hl.output over into each pipeline of the model that is this kernel.
#include "compiler/schedule/ScheduleFile.h"

#include "dialects/hl/CanonicalText.h"
#include "mlir/IR/IRMapping.h"
#include "mlir/IR/Verifier.h"
#include "mlir/Parser/Parser.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/Support/MemoryBuffer.h"

using namespace mlir;

namespace argent {

/// The pipeline without its schedule, printed; what the bodies of a file refer to.
static std::string algorithmOf(hl::PipelineOp pipeline) {
  OwningOpRef<hl::PipelineOp> clone = pipeline.clone();
  hl::eraseSchedule(*clone);
  std::string text;
  llvm::raw_string_ostream stream(text);
  clone->getOperation()->print(stream, OpPrintingFlags().useLocalScope());
  return text;
}

//===----------------------------------------------------------------------===//
// Writing
//===----------------------------------------------------------------------===//

static std::string loopsOf(hl::FuncOp func) {
  std::string text;
  auto add = [&](StringRef name, std::optional<int64_t> extent) {
    text += (text.empty() || text.back() == '[' ? "" : ", ") + name.str();
    if (extent)
      text += ShapedType::isDynamic(*extent) ? " in N" : " in " + std::to_string(*extent);
  };
  text += "[";
  for (auto [i, axis] : llvm::enumerate(func.getVars().getAsValueRange<StringAttr>()))
    add(axis, func.getBox() ? std::optional<int64_t>((*func.getBox())[i]) : std::nullopt);
  text += "]";
  for (auto [i, names, extents] : llvm::enumerate(func.getRvars(), func.getExtents())) {
    text += "; update(" + std::to_string(i) + ") over [";
    for (auto [name, extent] :
         llvm::zip(cast<ArrayAttr>(names).getAsValueRange<StringAttr>(), cast<DenseI64ArrayAttr>(extents).asArrayRef()))
      add(name, extent);
    text += "]";
  }
  return text;
}

std::string printSchedules(ModuleOp module) {
  std::string text;
  llvm::raw_string_ostream stream(text);
  auto name = module->getAttrOfType<StringAttr>("nn.model");
  stream << "// How each kernel" << (name ? " of " + name.str() : "")
         << " is computed, for `argent compile --schedule=FILE`. Directives are Halide's and act in order;\n"
         << "// a kernel that is left out keeps the rule's schedule. Axes stand outermost first, hl.reorder is "
            "innermost first.\n";
  llvm::StringSet<> written;
  for (auto pipeline : module.getOps<hl::PipelineOp>()) {
    if (!written.insert(pipeline.getTitle()).second)
      continue;
    stream << "\nkernel ";
    llvm::printEscapedString(pipeline.getTitle(), stream << '"');
    stream << "\" {\n";
    for (auto func : pipeline.getBody().getOps<hl::FuncOp>())
      stream << "  // %" << func.getName() << " " << loopsOf(func) << "\n";
    std::string whole;
    llvm::raw_string_ostream printed(whole);
    AsmState state(pipeline, OpPrintingFlags().useLocalScope());
    for (Operation &op : pipeline.getBody().front())
      if (hl::isSchedule(&op)) {
        op.print(printed, state);
        printed << "\n";
      }
    SmallVector<StringRef> lines;
    StringRef(whole).split(lines, '\n', -1, /*KeepEmpty=*/false);
    for (StringRef line : lines)
      stream << "  " << line << "\n";
    stream << "}\n";
  }
  return text;
}

//===----------------------------------------------------------------------===//
// Reading
//===----------------------------------------------------------------------===//

namespace {

/// `kernel "NAME" { BODY }` of a file.
struct Entry {
  std::string name;
  unsigned line = 0, column = 0;         // of `kernel`
  unsigned bodyLine = 0, bodyColumn = 0; // behind the brace
  StringRef body;
};

/// Reads the file's characters and keeps count of lines.
class Scanner {
public:
  Scanner(MLIRContext *context, StringRef path, StringRef text) : context_(context), path_(path), text_(text) {}

  FailureOr<std::vector<Entry>> run() {
    std::vector<Entry> entries;
    for (skipSpace(); at_ < text_.size(); skipSpace()) {
      Entry entry;
      entry.line = line_;
      entry.column = column_;
      if (!take("kernel"))
        return error("expected `kernel \"NAME\" {`");
      skipSpace();
      if (!takeString(entry.name))
        return error("expected the kernel's name in quotation marks");
      skipSpace();
      if (!take("{"))
        return error("expected `{`");
      entry.bodyLine = line_;
      entry.bodyColumn = column_;
      size_t begin = at_;
      if (!skipBody())
        return emitError(FileLineColLoc::get(context_, path_, entry.line, entry.column))
               << "the kernel has no closing brace";
      entry.body = text_.slice(begin, at_ - 1);
      entries.push_back(std::move(entry));
    }
    return entries;
  }

private:
  LogicalResult error(const char *message) {
    return emitError(FileLineColLoc::get(context_, path_, line_, column_)) << message;
  }

  void advance() {
    column_ = text_[at_] == '\n' ? 1 : column_ + 1;
    line_ += text_[at_] == '\n';
    ++at_;
  }
  bool atComment() const { return text_.substr(at_).starts_with("//"); }
  void skipComment() {
    while (at_ < text_.size() && text_[at_] != '\n')
      advance();
  }
  void skipSpace() {
    while (at_ < text_.size() && (llvm::isSpace(text_[at_]) || atComment()))
      atComment() ? skipComment() : advance();
  }
  bool take(StringRef word) {
    if (!text_.substr(at_).starts_with(word))
      return false;
    for (size_t i = 0; i < word.size(); ++i)
      advance();
    return true;
  }
  /// A string with MLIR's escapes: \" \\ and \XX.
  bool takeString(std::string &value) {
    if (at_ >= text_.size() || text_[at_] != '"')
      return false;
    advance();
    while (at_ < text_.size() && text_[at_] != '"' && text_[at_] != '\n') {
      if (text_[at_] == '\\' && at_ + 2 < text_.size()) {
        advance();
        unsigned code = 0;
        if (llvm::isHexDigit(text_[at_]) && !text_.substr(at_, 2).getAsInteger(16, code)) {
          value += static_cast<char>(code);
          advance();
        } else {
          value += text_[at_];
        }
      } else {
        value += text_[at_];
      }
      advance();
    }
    return take("\"");
  }
  /// To behind the brace that closes the body.
  bool skipBody() {
    int depth = 1;
    while (at_ < text_.size() && depth > 0) {
      if (atComment()) {
        skipComment();
        continue;
      }
      if (text_[at_] == '"') {
        std::string ignored;
        if (!takeString(ignored))
          return false;
        continue;
      }
      depth += text_[at_] == '{' ? 1 : text_[at_] == '}' ? -1 : 0;
      advance();
    }
    return depth == 0;
  }

  MLIRContext *context_;
  StringRef path_, text_;
  size_t at_ = 0;
  unsigned line_ = 1, column_ = 1;
};

std::string nearest(StringRef name, ArrayRef<std::string> names) {
  std::string best;
  unsigned least = std::max<size_t>(3, name.size() / 3);
  for (const std::string &other : names)
    if (unsigned distance = name.edit_distance(other); distance < least) {
      least = distance;
      best = other;
    }
  return best;
}

class Reader {
public:
  Reader(ModuleOp module, StringRef path) : module_(module), path_(path) {}

  LogicalResult run() {
    auto buffer = llvm::MemoryBuffer::getFile(path_, /*IsText=*/true);
    if (!buffer)
      return emitError(UnknownLoc::get(module_.getContext())) << path_ << ": " << buffer.getError().message();
    FailureOr<std::vector<Entry>> entries = Scanner(module_.getContext(), path_, (*buffer)->getBuffer()).run();
    if (failed(entries))
      return failure();
    for (auto pipeline : module_.getOps<hl::PipelineOp>()) {
      StringRef name = pipeline.getTitle();
      if (kernels_[name].empty())
        names_.push_back(name.str());
      kernels_[name].push_back(pipeline);
    }
    bool isGood = true;
    llvm::StringMap<const Entry *> seen;
    for (const Entry &entry : *entries) {
      auto [known, isNew] = seen.try_emplace(entry.name, &entry);
      if (!isNew) {
        emitError(place(entry)) << "the kernel \"" << entry.name << "\" is scheduled twice: line "
                                << known->second->line << " does it too";
        isGood = false;
      } else if (failed(replace(entry))) {
        isGood = false;
      }
    }
    return success(isGood);
  }

private:
  Location place(const Entry &entry) {
    return FileLineColLoc::get(module_.getContext(), path_, entry.line, entry.column);
  }

  LogicalResult replace(const Entry &entry) {
    auto found = kernels_.find(entry.name);
    if (found == kernels_.end()) {
      std::string like = nearest(entry.name, names_);
      return emitError(place(entry)) << "the model has no kernel \"" << entry.name << "\""
                                     << (like.empty() ? "; `argent compile --emit=schedule` lists its " +
                                                            std::to_string(names_.size())
                                                      : "; did you mean \"" + like + "\"?");
    }
    hl::PipelineOp first = found->second.front();
    if (failed(checkNames(entry, first)) || failed(checkDirectives(entry)))
      return failure();
    std::string algorithm = algorithmOf(first);
    std::replace(algorithm.begin(), algorithm.end(), '\n', ' ');
    algorithm.erase(algorithm.rfind('}'));
    // The algorithm stands in the lines before the body, whose own columns begin behind the brace.
    std::string text = entry.bodyLine > 1
                           ? algorithm + std::string(entry.bodyLine - 1, '\n') + std::string(entry.bodyColumn - 1, ' ')
                           : algorithm + std::string(entry.bodyColumn, ' ');
    text += entry.body.str() + "}\n";
    ParserConfig config(module_.getContext(), /*verifyAfterParse=*/true);
    OwningOpRef<ModuleOp> parsed = parseSourceString<ModuleOp>(text, config, path_);
    if (!parsed)
      return failure();
    auto pipelines = llvm::to_vector(parsed->getOps<hl::PipelineOp>());
    if (pipelines.size() != 1)
      return emitError(place(entry)) << "the kernel's body is not a schedule";
    bool behind = false;
    for (Operation &op : pipelines[0].getBody().front()) {
      if (behind && !hl::isSchedule(&op))
        return op.emitError() << "a schedule has only hl.schedule, hl.rfactor and hl.in, not " << op.getName();
      behind |= isa<hl::OutputOp>(op);
    }
    for (hl::PipelineOp pipeline : found->second)
      takeOver(pipelines[0], pipeline);
    return success();
  }

  /// The parser would only say that a value is not declared.
  LogicalResult checkNames(const Entry &entry, hl::PipelineOp pipeline) {
    std::vector<std::string> known;
    for (auto func : pipeline.getBody().getOps<hl::FuncOp>())
      known.push_back(func.getName().str());
    size_t funcs = known.size();
    for (unsigned i = 0; i < pipeline.getBody().getNumArguments(); ++i)
      known.push_back("arg" + std::to_string(i));
    unsigned line = entry.bodyLine, column = entry.bodyColumn;
    bool isComment = false, isString = false;
    StringRef body = entry.body;
    for (size_t i = 0; i < body.size(); ++i, ++column) {
      if (body[i] == '\n') {
        ++line;
        column = 0;
        isComment = isString = false;
      } else if (!isComment && body[i] == '"') {
        isString = !isString;
      } else if (!isString && body.substr(i).starts_with("//")) {
        isComment = true;
      } else if (!isComment && !isString && body[i] == '%') {
        StringRef name = body.substr(i + 1).take_while([](char c) { return llvm::isAlnum(c) || c == '_'; });
        if (body.substr(i + 1 + name.size()).ltrim(' ').starts_with("=")) {
          known.push_back(name.str()); // hl.rfactor and hl.in make funcs
        } else if (!llvm::is_contained(known, name)) {
          std::string list;
          for (size_t k = 0; k < funcs; ++k)
            list += (k ? ", %" : "%") + known[k];
          return emitError(FileLineColLoc::get(module_.getContext(), path_, line, column))
                 << "the kernel \"" << entry.name << "\" has no func %" << name << "; it has " << list;
        }
      }
    }
    return success();
  }

  /// The parser would only say that an op is not known.
  LogicalResult checkDirectives(const Entry &entry) {
    constexpr StringRef kPrefix = "hl.";
    std::vector<std::string> known;
    for (RegisteredOperationName name : module_.getContext()->getRegisteredOperationsByDialect("hl"))
      if (name.hasTrait<OpTrait::HasParent<hl::ScheduleOp, hl::SpecializeOp>::Impl>())
        known.push_back(name.getStringRef().str());
    llvm::sort(known);
    unsigned line = entry.bodyLine, column = entry.bodyColumn;
    StringRef rest = entry.body;
    while (!rest.empty()) {
      auto [text, after] = rest.split('\n');
      StringRef statement = text.ltrim();
      StringRef name = statement.take_while([](char c) { return llvm::isAlnum(c) || c == '_' || c == '.'; });
      if (name.starts_with(kPrefix) && !RegisteredOperationName::lookup(name, module_.getContext())) {
        std::string like = nearest(name, known);
        return emitError(
                   FileLineColLoc::get(module_.getContext(), path_, line, column + (text.size() - statement.size())))
               << "there is no directive " << name
               << (like.empty() ? "; there are " : "; did you mean " + like + "? There are ")
               << llvm::join(known, ", ");
      }
      rest = after;
      ++line;
      column = 1;
    }
    return success();
  }

  /// The schedule of `from`, which has the algorithm of `to`, in place of that of `to`.
  void takeOver(hl::PipelineOp from, hl::PipelineOp to) {
    std::string before = hl::getCanonicalText(to);
    hl::eraseSchedule(to);
    IRMapping mapping;
    mapping.map(from.getBody().getArguments(), to.getBody().getArguments());
    for (auto [ours, theirs] : llvm::zip(from.getBody().getOps<hl::FuncOp>(), to.getBody().getOps<hl::FuncOp>()))
      mapping.map(ours.getResult(), theirs.getResult());
    OpBuilder builder = OpBuilder::atBlockEnd(&to.getBody().front());
    for (Operation &op : from.getBody().front())
      if (hl::isSchedule(&op))
        builder.clone(op, mapping);
    if (hl::getCanonicalText(to) != before)
      to.setByHand(true);
  }

  ModuleOp module_;
  StringRef path_;
  llvm::StringMap<SmallVector<hl::PipelineOp>> kernels_;
  std::vector<std::string> names_;
};

} // namespace

LogicalResult replaceSchedules(ModuleOp module, StringRef path) { return Reader(module, path).run(); }

} // namespace argent
