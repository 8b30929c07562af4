//===- Printer.cpp - a tree to text -----------------------------------------------===//
#include "frontends/ag/syntax/Printer.h"
#include "frontends/ag/syntax/TreePrinter.h"

using namespace argent::ag;
using llvm::cast;

void TreePrinter::block(const Block &b) {
  out_ << "{\n";
  ++depth_;
  for (const StatementPtr &s : b.statements) {
    line();
    statement(*s);
    out_ << '\n';
  }
  --depth_;
  line() << '}';
}

void TreePrinter::values(const Values &v) {
  if (v.scan)
    scan(*v.scan);
  else
    expressions(v.values);
}

void TreePrinter::scan(const Scan &s) {
  out_ << "scan";
  if (!s.arguments.empty())
    arguments(s.arguments);
  out_ << ' ';
  separated(s.sources, [&](const Scan::Source &source) {
    out_ << source.name.text << " in ";
    expr(*source.sequence);
  });
  if (!s.carried.empty()) {
    out_ << " carry ";
    separated(s.carried, [&](const Scan::Carried &carried) {
      out_ << carried.name.text << " = ";
      expr(*carried.initial);
    });
  }
  out_ << ' ';
  block(s.body);
}

void TreePrinter::conditional(const If &s) {
  out_ << "if ";
  expr(*s.condition);
  out_ << ' ';
  block(s.whenTrue);
  if (!s.hasElse)
    return;
  out_ << " else ";
  if (s.elseIf)
    conditional(cast<If>(*s.whenFalse.statements.front()));
  else
    block(s.whenFalse);
}

void TreePrinter::statement(const Statement &s) {
  switch (s.kind) {
  case Statement::Kind::binding: {
    auto &binding = cast<Binding>(s);
    separated(binding.targets, [&](const Target &target) {
      out_ << target.name.text;
      if (target.type) {
        out_ << ": ";
        type(*target.type);
      }
    });
    out_ << " = ";
    values(binding.values);
    break;
  }
  case Statement::Kind::store:
    out_ << cast<Store>(s).name.text << " := ";
    expr(*cast<Store>(s).value);
    break;
  case Statement::Kind::declaration: {
    auto &declaration = cast<Declaration>(s);
    out_ << (declaration.isState ? "state " : "param ") << declaration.name.text << ": ";
    type(declaration.type);
    out_ << " = ";
    expr(*declaration.initial);
    break;
  }
  case Statement::Kind::conditional:
    conditional(cast<If>(s));
    break;
  case Statement::Kind::loop: {
    auto &loop = cast<For>(s);
    out_ << "for ";
    patterns(loop.names);
    out_ << " in ";
    expr(*loop.sequence);
    out_ << ' ';
    block(loop.body);
    break;
  }
  case Statement::Kind::scan:
    scan(cast<ScanStatement>(s).scan);
    break;
  case Statement::Kind::result:
    out_ << "return ";
    values(cast<Return>(s).values);
    break;
  case Statement::Kind::yield:
    out_ << "yield ";
    expressions(cast<Yield>(s).values);
    break;
  case Statement::Kind::assertion:
    out_ << "assert ";
    expr(*cast<Assert>(s).condition);
    out_ << ", ";
    expr(*cast<Assert>(s).message);
    break;
  case Statement::Kind::metric:
    out_ << "metric " << cast<Metric>(s).name.text << " = ";
    expr(*cast<Metric>(s).value);
    break;
  case Statement::Kind::rule:
    out_ << "on ";
    expressions(cast<Rule>(s).patterns);
    out_ << ' ';
    block(cast<Rule>(s).body);
    break;
  }
}

void TreePrinter::parameters(const std::vector<Parameter> &list) {
  out_ << '(';
  separated(list, [&](const Parameter &parameter) {
    out_ << parameter.name.text << ": ";
    type(parameter.type);
    if (!parameter.source.text.empty()) {
      out_ << " from " << parameter.source.text;
      arguments(parameter.sourceArguments);
    }
    if (parameter.initial) {
      out_ << " = ";
      expr(*parameter.initial);
    }
  });
  out_ << ')';
}

void TreePrinter::outputs(const std::vector<Output> &list) {
  out_ << " -> (";
  separated(list, [&](const Output &output) {
    out_ << output.name.text << ": ";
    type(output.type);
  });
  out_ << ')';
}

void TreePrinter::item(const Item &i) {
  if (auto *import = llvm::dyn_cast<Import>(&i)) {
    out_ << "import ";
    separated(import->names, [&](const Name &name) { out_ << name.text; });
    out_ << " from ";
    expr(*import->file);
    return;
  }
  if (auto *constant = llvm::dyn_cast<Constant>(&i)) {
    out_ << constant->name.text << " = ";
    expr(*constant->value);
    return;
  }
  auto &definition = cast<Definition>(i);
  static const char *const kWords[] = {"layer ", "model ", "train ", "entry "};
  out_ << kWords[static_cast<int>(i.kind) - static_cast<int>(Item::Kind::layer)] << definition.name.text;
  if (auto *entry = llvm::dyn_cast<Entry>(&i))
    out_ << '.' << entry->entry.text;
  parameters(definition.parameters);
  if (auto *layer = llvm::dyn_cast<Layer>(&i); layer && layer->result) {
    out_ << " -> ";
    type(*layer->result);
  }
  if (auto *model = llvm::dyn_cast<Model>(&i))
    outputs(model->outputs);
  if (auto *entry = llvm::dyn_cast<Entry>(&i))
    outputs(entry->outputs);
  out_ << ' ';
  block(definition.body);
}

void TreePrinter::file(const File &file) {
  for (const auto &[index, i] : llvm::enumerate(file.items)) {
    bool afterBlock = index && llvm::isa<Definition>(*file.items[index - 1]);
    if (index && (afterBlock || llvm::isa<Definition>(*i)))
      out_ << '\n';
    item(*i);
    out_ << '\n';
  }
}

void argent::ag::print(const File &file, llvm::raw_ostream &out) { TreePrinter(out).file(file); }
void argent::ag::print(const Expr &expr, llvm::raw_ostream &out) { TreePrinter(out).expr(expr); }
void argent::ag::print(const TypeExpr &type, llvm::raw_ostream &out) { TreePrinter(out).type(type); }

template <typename T> static std::string printed(const T &tree) {
  std::string text;
  llvm::raw_string_ostream stream(text);
  print(tree, stream);
  return text;
}
std::string argent::ag::textOf(const Expr &expr) { return printed(expr); }
std::string argent::ag::textOf(const TypeExpr &type) { return printed(type); }
