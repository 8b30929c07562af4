//===- ParseBinding.cpp - what a statement binds, and to what -------------------------------------------------===//
#include "frontends/ag/syntax/Foreign.h"
#include "frontends/ag/syntax/Parser.h"

using namespace argent::ag;
using llvm::Twine;

StatementPtr Parser::parseBinding() {
  Token first = peek();
  if (peek(1).kind == Tok::store) {
    auto result = std::make_unique<Store>(first.range());
    result->name = {first.text.str(), first.range()};
    take();
    take();
    if (!(result->value = parseExpr()))
      return nullptr;
    result->range = from(first);
    return result;
  }
  switch (peek(1).kind) {
  case Tok::assign:
  case Tok::comma:
  case Tok::colon:
  case Tok::broken:
    break;
  case Tok::plus:
  case Tok::minus:
  case Tok::star:
  case Tok::slash:
  case Tok::slashSlash:
  case Tok::starStar:
  case Tok::at:
  case Tok::percent:
    if (peek(2).kind == Tok::assign) {
      Range range(peek(1).range().Start, peek(2).range().End);
      diagnostics_.error(range, "there is no `" + peek(1).text + "=`")
          .help("write " + first.text + " = " + first.text + " " + peek(1).text + " …");
      return nullptr;
    }
    if (peek(2).kind == peek(1).kind && peek(2).text.begin() == peek(1).text.end()) { // `i++`
      diagnostics_
          .error(Range(peek(1).range().Start, peek(2).range().End), "there is no `" + peek(1).text + peek(2).text + "`")
          .help("write " + first.text + " = " + first.text + " " + peek(1).text + " 1");
      return nullptr;
    }
    [[fallthrough]];
  default: {
    if (reportForeignWord(first, peek(1).kind))
      return nullptr;
    if (peek(1).kind == Tok::name || peek(1).kind == Tok::integer || peek(1).kind == Tok::string) {
      static const llvm::StringRef kWords[] = {"param",  "state", "if",     "for",    "scan",
                                               "return", "yield", "assert", "metric", "on"};
      auto report = diagnostics_.error(first.range(), "expected a statement; found `" + first.text + "`");
      llvm::StringRef near = nearestName(first.text, kWords);
      if (!near.empty())
        report.help("did you mean `" + near + "`?");
      return nullptr;
    }
    // An expression alone: read all of it, to report what is wrong inside before that it does nothing.
    ExprPtr value = parseExpr();
    if (value && at(Tok::assign))
      diagnostics_.error(value->range, "only names can be bound")
          .help(llvm::isa<IndexExpr>(*value) ? "values are never changed in place: make a new one, such as [*xs, x]"
                                             : "write NAME = …");
    else if (value && at(Tok::leftBrace) && llvm::isa<CallExpr>(*value))
      diagnostics_.error(first.range(), "expected a statement; found `" + first.text + "`").help(foreignWord("def"));
    else if (value)
      diagnostics_.error(value->range, "an expression alone does nothing")
          .help(first.text == "pass"    ? "an empty block is { }"
                : first.text == "print" ? "to see a tensor, make it an output of the model"
                : llvm::isa<PipeExpr>(*value)
                    ? "bind its value, name = …, or begin with `|>` to continue the line above"
                    : "bind its value, name = …, or return it");
    return nullptr;
  }
  }

  auto result = std::make_unique<Binding>(first.range());
  do {
    Target target;
    if (at(Tok::star)) {
      diagnostics_.error(peek().range(), "a target must be a name; `*` cannot take the rest of a list");
      return nullptr;
    }
    if (!expectName(target.name, "a name to bind"))
      return nullptr;
    if (accept(Tok::colon) && !parseType(target.type.emplace()))
      return nullptr;
    result->targets.push_back(std::move(target));
  } while (accept(Tok::comma));
  if (!at(Tok::assign)) {
    if (at(Tok::store))
      diagnostics_.error(peek().range(), "`:=` can only give a value to one state");
    else
      reportExpected("`=`");
    return nullptr;
  }
  take();
  if (!parseValues(result->values))
    return nullptr;
  if (at(Tok::assign)) {
    diagnostics_.error(peek().range(), "a statement can bind only once").help("write two statements");
    return nullptr;
  }
  result->range = from(first);
  return result;
}

StatementPtr Parser::parseDeclaration() {
  Token first = take();
  auto result = std::make_unique<Declaration>(first.range());
  result->isState = first.kind == Tok::kwState;
  if (!expectName(result->name, "the name of the " + first.text))
    return nullptr;
  if (!at(Tok::colon)) {
    if (!at(Tok::broken))
      diagnostics_
          .error(peek().range(), "expected `:` and the type of `" + result->name.text + "`; found " + describe(peek()))
          .help("write " + first.text + " " + result->name.text + ": f32[D] = …");
    return nullptr;
  }
  take();
  if (!parseType(result->type))
    return nullptr;
  if (!at(Tok::assign)) {
    if (!at(Tok::broken))
      diagnostics_
          .error(peek().range(),
                 "expected `=` and the initial value of `" + result->name.text + "`; found " + describe(peek()))
          .help(result->isState ? "write = zeros()" : "write = glorot_uniform(), or = zeros()");
    return nullptr;
  }
  take();
  if (!(result->initial = parseExpr()))
    return nullptr;
  result->range = from(first);
  return result;
}

bool Parser::parseValues(Values &values) {
  if (!at(Tok::kwScan))
    return parseExpressions(values.values);
  values.scan = std::make_unique<Scan>();
  return parseScan(*values.scan);
}

bool Parser::parseExpressions(std::vector<ExprPtr> &values) {
  do {
    if (at(Tok::star) && !values.empty()) {
      diagnostics_.error(peek().range(), "`*` can only spread a list inside brackets").help("write [a, *b]");
      return false;
    }
    ExprPtr value = parseExpr();
    if (!value)
      return false;
    values.push_back(std::move(value));
  } while (accept(Tok::comma));
  return true;
}

bool Parser::parsePatterns(std::vector<Pattern> &patterns) {
  do {
    Pattern pattern;
    if (!parsePattern(pattern))
      return false;
    patterns.push_back(std::move(pattern));
  } while (accept(Tok::comma));
  return true;
}

bool Parser::parsePattern(Pattern &pattern) {
  if (!at(Tok::leftParen))
    return expectName(pattern.name, "a name");
  if (tooDeep(peek().range()))
    return false;
  Token open = take();
  ++nesting_;
  bool good = parsePatterns(pattern.parts) && expectClosing(Tok::rightParen, open, "`,` or ");
  --nesting_;
  return good;
}
