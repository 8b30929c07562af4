//===- ParseExpression.cpp - calls, indices, names, brackets --------------------------===//
#include "frontends/ag/syntax/Parser.h"

using namespace argent::ag;
using llvm::StringRef;
using llvm::Twine;

//===- Calls and indices ---------------------------------------------------------------===//

ExprPtr Parser::parsePostfix() {
  ExprPtr base = parsePrimary();
  while (base) {
    if (at(Tok::leftParen)) {
      auto call = std::make_unique<CallExpr>(base->range);
      if (!parseArguments(call->arguments))
        return nullptr;
      call->range = from(base->range);
      const Expr *callee = base.get();
      for (const Argument &argument : call->arguments)
        call->height = std::max(call->height, argument.element.value->height + 1);
      call->callee = std::move(base);
      base = checkHeight(std::move(call), {callee});
    } else if (at(Tok::leftBracket)) {
      Token open = take();
      auto index = std::make_unique<IndexExpr>(base->range);
      do {
        Subscript subscript;
        if (!parseSubscript(subscript))
          return nullptr;
        for (const Expr *e : {subscript.first.get(), subscript.last.get(), subscript.step.get()})
          if (e)
            index->height = std::max(index->height, e->height + 1);
        index->subscripts.push_back(std::move(subscript));
      } while (accept(Tok::comma));
      if (!expectClosing(Tok::rightBracket, open, "`,` or "))
        return nullptr;
      index->range = from(base->range);
      const Expr *child = base.get();
      index->base = std::move(base);
      base = checkHeight(std::move(index), {child});
    } else if (at(Tok::dot)) {
      reportMember(*base);
      return nullptr;
    } else {
      break;
    }
  }
  return base;
}

bool Parser::parseArguments(std::vector<Argument> &arguments) {
  Token open = peek();
  if (!expect(Tok::leftParen, " and the arguments"))
    return false;
  while (!at(Tok::rightParen)) {
    Argument argument;
    Token first = peek();
    if (peek(1).kind == Tok::assign && isKeyword(first.kind)) {
      diagnostics_.error(first.range(), describe(first) + " is a keyword and cannot be an argument's name");
      return false;
    }
    if (at(Tok::name) && peek(1).kind == Tok::assign) {
      argument.name = {first.text.str(), first.range()};
      take();
      take();
      if (!(argument.element.value = parseExpr()))
        return false;
    } else if (!parseElement(argument.element)) {
      return false;
    }
    argument.range = from(first);
    arguments.push_back(std::move(argument));
    if (!accept(Tok::comma))
      break;
  }
  return expectClosing(Tok::rightParen, open, "`,` or ");
}

bool Parser::parseSubscript(Subscript &subscript) {
  Token first = peek();
  if (accept(Tok::ellipsis)) {
    subscript.kind = Subscript::Kind::ellipsis;
    subscript.range = from(first);
    return true;
  }
  if (!at(Tok::colon) && !(subscript.first = parseExpr()))
    return false;
  if (accept(Tok::colon)) {
    subscript.kind = Subscript::Kind::slice;
    auto atEnd = [&] { return at(Tok::colon) || at(Tok::comma) || at(Tok::rightBracket); };
    if (!atEnd() && !(subscript.last = parseExpr()))
      return false;
    if (accept(Tok::colon) && !atEnd() && !(subscript.step = parseExpr()))
      return false;
  }
  subscript.range = from(first);
  return true;
}

bool Parser::parseElement(Element &element) {
  element.spread = accept(Tok::star);
  element.value = parseExpr();
  return element.value != nullptr;
}

/// Elements up to `closing`, which is left; there may be none, and a comma may follow the last.
bool Parser::parseElements(std::vector<Element> &elements, Tok closing) {
  while (!at(closing)) {
    Element element;
    if (!parseElement(element))
      return false;
    elements.push_back(std::move(element));
    if (!accept(Tok::comma))
      break;
  }
  return true;
}

//===- Primaries -------------------------------------------------------------------------===//

ExprPtr Parser::parsePrimary() {
  Token token = peek();
  switch (token.kind) {
  case Tok::name: {
    take();
    if (token.text == "lambda" && at(Tok::name)) {
      diagnostics_.error(token.range(), "there is no `lambda`")
          .help("define a layer: layer f(x: f32[N, D]) -> f32[N, D] { return x }");
      return nullptr;
    }
    if (at(Tok::string) && peek().text.begin() == token.text.end()) {
      diagnostics_.error(token.range(), "a string has no prefix; found `" + token.text + "`")
          .help("write " + peek().text + ": names in braces are replaced in every string");
      return nullptr;
    }
    auto result = std::make_unique<NameExpr>(token.range());
    result->name = token.text.str();
    return result;
  }
  case Tok::integer:
  case Tok::floating:
    return parseNumber();
  case Tok::string:
    return parseString();
  case Tok::kwTrue:
  case Tok::kwFalse: {
    take();
    auto result = std::make_unique<BooleanExpr>(token.range());
    result->value = token.kind == Tok::kwTrue;
    return result;
  }
  case Tok::kwNone:
    take();
    return std::make_unique<NoneExpr>(token.range());
  case Tok::leftParen:
    return parseParenthesized();
  case Tok::leftBracket:
    return parseBracketed();
  case Tok::kwScan:
    diagnostics_.error(token.range(), "`scan` is only allowed after `=` or `return`, or as a statement")
        .help("write y = scan … { … } and use y");
    return nullptr;
  case Tok::kwIf:
    diagnostics_.error(token.range(), "a conditional expression after an operator needs parentheses")
        .help("write (if … then … else …)");
    return nullptr;
  case Tok::kwNot:
    diagnostics_.error(token.range(), "`not` after an operator needs parentheses").help("write (not …)");
    return nullptr;
  case Tok::pipe:
    diagnostics_.error(token.range(), "expected a value before `|>`").help("write x |> tanh");
    return nullptr;
  case Tok::leftBrace:
    diagnostics_.error(token.range(), "expected an expression; found `{`")
        .help("there are no dictionaries or sets; a list is [a, b]");
    return nullptr;
  case Tok::slashSlash:
    diagnostics_.error(token.range(), "expected an expression; found `//`").help("a comment begins with #");
    return nullptr;
  default:
    reportExpected("an expression");
    return nullptr;
  }
}

ExprPtr Parser::parseParenthesized() {
  Token open = take();
  if (at(Tok::rightParen)) {
    diagnostics_.error(peek().range(), "expected an expression; found `)`").help("the empty list is []");
    return nullptr;
  }
  Element first;
  if (!parseElement(first))
    return nullptr;
  if (!at(Tok::comma)) {
    if (first.spread && at(Tok::rightParen)) {
      diagnostics_.error(from(open), "`*` spreads a list into a list").help("write [*xs]");
      return nullptr;
    }
    if (!expectClosing(Tok::rightParen, open, "`,` or "))
      return nullptr;
    first.value->parenthesized = true;
    first.value->range = from(open);
    return std::move(first.value);
  }
  take();
  auto result = std::make_unique<ListExpr>(open.range());
  result->inParentheses = true;
  result->elements.push_back(std::move(first));
  if (!parseElements(result->elements, Tok::rightParen) || !expectClosing(Tok::rightParen, open, "`,` or "))
    return nullptr;
  result->range = from(open);
  for (const Element &element : result->elements)
    result->height = std::max(result->height, element.value->height + 1);
  return checkHeight(std::move(result), {});
}

ExprPtr Parser::parseBracketed() {
  Token open = take();
  auto list = std::make_unique<ListExpr>(open.range());
  if (!parseElements(list->elements, Tok::rightBracket))
    return nullptr;
  if (!at(Tok::kwFor)) {
    if (!expectClosing(Tok::rightBracket, open, "`,` or "))
      return nullptr;
    list->range = from(open);
    for (const Element &element : list->elements)
      list->height = std::max(list->height, element.value->height + 1);
    return checkHeight(std::move(list), {});
  }
  if (list->elements.size() != 1 || list->elements[0].spread) {
    diagnostics_.error(peek().range(), "expected one expression before `for`")
        .help("for several values write [(a, b) for …]");
    return nullptr;
  }
  auto result = std::make_unique<ComprehensionExpr>(open.range());
  result->element = std::move(list->elements[0].value);
  result->height = result->element->height + 1;
  while (accept(Tok::kwFor)) {
    ComprehensionExpr::Clause clause;
    bool outer = std::exchange(inClause_, true);
    bool good = parsePatterns(clause.names) && expect(Tok::kwIn) && (clause.sequence = parseExpr());
    inClause_ = outer;
    if (!good)
      return nullptr;
    if (accept(Tok::kwIf) && !(clause.condition = parseExpr()))
      return nullptr;
    result->height = std::max(result->height, clause.sequence->height + 1);
    if (clause.condition)
      result->height = std::max(result->height, clause.condition->height + 1);
    result->clauses.push_back(std::move(clause));
  }
  if (!expectClosing(Tok::rightBracket, open, ""))
    return nullptr;
  result->range = from(open);
  return checkHeight(std::move(result), {});
}
