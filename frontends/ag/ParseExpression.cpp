//===- ParseExpression.cpp - expressions, strings, numbers -------------------------===//
#include "frontends/ag/Foreign.h"
#include "frontends/ag/Parser.h"

#include "llvm/ADT/APFloat.h"
#include "llvm/ADT/ScopeExit.h"
#include "llvm/ADT/StringExtras.h"

using namespace argent::ag;
using llvm::StringRef;
using llvm::Twine;

static StringRef textOf(Range range) {
  return StringRef(range.Start.getPointer(), range.End.getPointer() - range.Start.getPointer());
}

/// The source text on one line, for a message that says what to write.
static std::string onOneLine(StringRef text) {
  std::string result;
  bool inString = false;
  for (size_t i = 0; i < text.size(); ++i) {
    char c = text[i];
    if (c == '#' && !inString) {
      i = std::min(text.find('\n', i), text.size()) - 1;
      continue;
    }
    if (c == '"' && (i == 0 || text[i - 1] != '\\'))
      inString = !inString;
    if (llvm::isSpace(c) && !inString) {
      if (!result.empty() && result.back() != ' ')
        result += ' ';
    } else {
      result += c;
    }
  }
  return result;
}

//===- Operators ---------------------------------------------------------------------===//

ExprPtr Parser::parseExpr() {
  if (tooDeep(peek().range()))
    return nullptr;
  ++nesting;
  llvm::scope_exit leave([&] { --nesting; });
  return parseConditional();
}

ExprPtr Parser::parseConditional() {
  Token first = peek();
  if (!at(Tok::kwIf)) {
    // The start of an expression: pipes that stand behind an operator are reported when all of it is known.
    auto outer = std::exchange(misplacedPipes, {});
    ExprPtr expr = parseBinaryLevel(0);
    if (expr)
      reportPipes(first.range().Start, misplacedPipes);
    misplacedPipes = std::move(outer);
    if (expr && at(Tok::kwIf) && !inClause) {
      reportTrailingIf(expr->range);
      return nullptr;
    }
    return expr;
  }
  take();
  auto result = std::make_unique<ConditionalExpr>(first.range());
  if (!(result->condition = parseExpr()))
    return nullptr;
  if (!at(Tok::kwThen)) {
    reportExpected("`then`");
    return nullptr;
  }
  take();
  if (!(result->whenTrue = parseExpr()))
    return nullptr;
  if (!at(Tok::kwElse)) {
    reportExpected("`else`: an `if` expression has two values");
    return nullptr;
  }
  take();
  if (!(result->whenFalse = parseExpr()))
    return nullptr;
  result->range = from(first);
  auto children = {static_cast<const Expr *>(result->condition.get()),
                   static_cast<const Expr *>(result->whenTrue.get()),
                   static_cast<const Expr *>(result->whenFalse.get())};
  return checkHeight(std::move(result), children);
}

/// `a if c else b`, as Python has it.
void Parser::reportTrailingIf(Range value) {
  take();
  ExprPtr condition = parseExpr();
  if (!condition)
    return;
  std::string help =
      "write if " + onOneLine(textOf(condition->range)) + " then " + onOneLine(textOf(value)) + " else …";
  if (accept(Tok::kwElse))
    if (ExprPtr otherwise = parseExpr())
      help = StringRef(help).drop_back(3).str() + onOneLine(textOf(otherwise->range));
  diagnostics.error(Range(value.Start, previousEnd()), "a conditional expression begins with `if`").help(help);
}

ExprPtr Parser::checkHeight(ExprPtr expr, std::initializer_list<const Expr *> children) {
  for (const Expr *child : children)
    if (child)
      expr->height = std::max(expr->height, child->height + 1);
  if (expr->height <= kMaxHeight)
    return expr;
  Range begin(expr->range.Start, llvm::SMLoc::getFromPointer(expr->range.Start.getPointer() + 1));
  diagnostics.error(begin, "this expression is too long: at most " + Twine(kMaxHeight) + " operators in one chain")
      .help("name a part of it");
  return nullptr;
}

ExprPtr Parser::makeBinary(Operator op, Range operatorRange, ExprPtr left, ExprPtr right) {
  auto result = std::make_unique<BinaryExpr>(Range(left->range.Start, right->range.End));
  result->op = op;
  result->operatorRange = operatorRange;
  const Expr *a = left.get(), *b = right.get();
  result->left = std::move(left);
  result->right = std::move(right);
  return checkHeight(std::move(result), {a, b});
}

ExprPtr Parser::checkOperand(ExprPtr operand) {
  if (operand && !operand->parenthesized) {
    // `x |> f ** 2` begins with the pipe: look down the first operands.
    const Expr *first = operand.get();
    while (auto *binary = llvm::dyn_cast<BinaryExpr>(first)) {
      if (binary->parenthesized)
        break;
      first = binary->left.get();
    }
    if (auto *pipe = llvm::dyn_cast<PipeExpr>(first); pipe && !pipe->parenthesized) {
      const Expr *source = pipe;
      while (auto *inner = llvm::dyn_cast<PipeExpr>(source)) {
        if (inner->parenthesized)
          break;
        source = inner->source.get();
      }
      for (auto &known : misplacedPipes)
        if (known.first.Start == pipe->range.Start)
          return operand;
      misplacedPipes.push_back({pipe->range, source->range});
    }
  }
  return operand;
}

void Parser::reportPipes(llvm::SMLoc begin, llvm::ArrayRef<std::pair<Range, Range>> pipes) {
  for (auto [pipe, source] : pipes) {
    std::string before = onOneLine(textOf(Range(begin, pipe.Start)));
    std::string head = onOneLine(textOf(source)), all = onOneLine(textOf(pipe));
    std::string tail = onOneLine(textOf(Range(source.End, pipe.End)));
    diagnostics.error(pipe, "a pipe after an operator needs parentheses")
        .help("write (" + before + head + ") " + StringRef(tail).ltrim() + " or " + before + "(" + all + ")");
  }
}

/// Whether words follow that are no expression: two names side by side, on this line.
bool Parser::isProse() const {
  for (unsigned i = 0; !peek(i + 1).startsLine && peek(i).kind != Tok::endOfFile; ++i) {
    bool both = true;
    for (const Token &token : {peek(i), peek(i + 1)})
      both &= token.kind == Tok::name || token.kind == Tok::integer || isKeyword(token.kind);
    if (both)
      return true;
  }
  return false;
}

ExprPtr Parser::parseBinaryLevel(unsigned level) {
  struct Entry {
    Tok token;
    Operator op;
  };
  static const Entry levels[4][5] = {
      {{Tok::kwOr, Operator::logicalOr}},
      {{Tok::kwAnd, Operator::logicalAnd}},
      {{Tok::plus, Operator::add}, {Tok::minus, Operator::subtract}},
      {{Tok::star, Operator::multiply},
       {Tok::slash, Operator::divide},
       {Tok::slashSlash, Operator::floorDivide},
       {Tok::percent, Operator::remainder},
       {Tok::at, Operator::matmul}},
  };
  auto parseOperand = [&]() -> ExprPtr {
    switch (level) {
    case 0:
      return parseBinaryLevel(1);
    case 1:
      return parseNegation();
    case 2:
      return parseBinaryLevel(3);
    default:
      return parseUnary();
    }
  };
  ExprPtr left = parseOperand();
  while (left) {
    const Entry *found = nullptr;
    for (const Entry &entry : levels[level])
      if (entry.token != Tok::endOfFile && at(entry.token))
        found = &entry;
    if (!found)
      break;
    if (peek(1).kind == Tok::assign)
      break; // `x += 1` is reported by the statement
    Token op = take();
    if (op.kind == Tok::slashSlash && op.startsLine && isProse()) {
      diagnostics.error(op.range(), "expected a statement; found `//`").help("a comment begins with #");
      return nullptr;
    }
    ExprPtr right = checkOperand(parseOperand());
    if (!right)
      return nullptr;
    left = makeBinary(found->op, op.range(), std::move(left), std::move(right));
  }
  return left;
}

ExprPtr Parser::parseNegation() {
  if (!at(Tok::kwNot))
    return parseComparison();
  Token first = peek();
  if (tooDeep(first.range()))
    return nullptr;
  take();
  ++nesting;
  ExprPtr operand = checkOperand(parseNegation());
  --nesting;
  if (!operand)
    return nullptr;
  auto result = std::make_unique<UnaryExpr>(from(first));
  result->op = Operator::logicalNot;
  result->operand = std::move(operand);
  const Expr *child = result->operand.get();
  return checkHeight(std::move(result), {child});
}

static std::optional<Operator> comparisonOf(Tok kind) {
  switch (kind) {
  case Tok::equal:
    return Operator::equal;
  case Tok::notEqual:
    return Operator::notEqual;
  case Tok::less:
    return Operator::less;
  case Tok::lessEqual:
    return Operator::lessEqual;
  case Tok::greater:
    return Operator::greater;
  case Tok::greaterEqual:
    return Operator::greaterEqual;
  default:
    return std::nullopt;
  }
}

ExprPtr Parser::parseComparison() {
  ExprPtr left = parseBinaryLevel(2);
  auto op = left ? comparisonOf(peek().kind) : std::nullopt;
  if (!op)
    return left;
  Token opToken = take();
  ExprPtr right = checkOperand(parseBinaryLevel(2));
  if (!right)
    return nullptr;
  if (comparisonOf(peek().kind)) {
    Token again = take();
    std::string middle = onOneLine(textOf(right->range)), first = onOneLine(textOf(left->range));
    ExprPtr third = checkOperand(parseBinaryLevel(2));
    if (third)
      diagnostics.error(Range(left->range.Start, third->range.End), "comparisons cannot be chained")
          .help("write " + first + " " + opToken.text + " " + middle + " and " + middle + " " + again.text + " " +
                onOneLine(textOf(third->range)));
    return nullptr;
  }
  return makeBinary(*op, opToken.range(), std::move(left), std::move(right));
}

ExprPtr Parser::parseUnary() {
  Token first = peek();
  if (!at(Tok::minus)) {
    if (at(Tok::plus)) {
      diagnostics.error(first.range(), "there is no unary `+`").help("leave it out");
      return nullptr;
    }
    return parsePower();
  }
  if (tooDeep(first.range()))
    return nullptr;
  take();
  ++nesting;
  ExprPtr operand = checkOperand(parseUnary());
  --nesting;
  if (!operand)
    return nullptr;
  auto result = std::make_unique<UnaryExpr>(from(first));
  result->op = Operator::negate;
  result->operand = std::move(operand);
  const Expr *child = result->operand.get();
  return checkHeight(std::move(result), {child});
}

ExprPtr Parser::parsePower() {
  ExprPtr base = parsePipe();
  if (!base || !at(Tok::starStar))
    return base;
  Token op = take();
  if (tooDeep(op.range()))
    return nullptr;
  ++nesting;
  ExprPtr exponent = checkOperand(parseUnary());
  --nesting;
  if (!exponent)
    return nullptr;
  return makeBinary(Operator::power, op.range(), std::move(base), std::move(exponent));
}

ExprPtr Parser::parsePipe() {
  ExprPtr source = parsePostfix();
  while (source && at(Tok::pipe)) {
    Token pipe = take();
    if (at(Tok::rightBrace) || at(Tok::newline) || at(Tok::rightParen)) {
      diagnostics.error(pipe.range(), "expected a layer or an operation after `|>`");
      return nullptr;
    }
    ExprPtr stage = parsePostfix();
    if (!stage)
      return nullptr;
    auto result = std::make_unique<PipeExpr>(Range(source->range.Start, stage->range.End));
    const Expr *a = source.get(), *b = stage.get();
    result->source = std::move(source);
    result->stage = std::move(stage);
    source = checkHeight(std::move(result), {a, b});
  }
  return source;
}

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

/// `x.shape`, `nn.Linear(…)`
void Parser::reportMember(const Expr &base) {
  Token dot = take();
  if (!at(Tok::name)) {
    diagnostics.error(dot.range(), "expected the end of the expression; found `.`");
    return;
  }
  Token member = take();
  Report report = diagnostics.error(Range(dot.range().Start, member.range().End),
                                    "there is no `." + member.text + "`: values have no members or methods");
  if (std::string help = foreignMember(onOneLine(textOf(base.range)), member.text, at(Tok::leftParen)); !help.empty())
    report.help(help);
}

bool Parser::parseArguments(std::vector<Argument> &arguments) {
  Token open = peek();
  if (!expect(Tok::leftParen, " and the arguments"))
    return false;
  while (!at(Tok::rightParen)) {
    Argument argument;
    Token first = peek();
    if (peek(1).kind == Tok::assign && isKeyword(first.kind)) {
      diagnostics.error(first.range(), describe(first) + " is a keyword and cannot be an argument's name");
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
      diagnostics.error(token.range(), "there is no `lambda`")
          .help("define a layer: layer f(x: f32[N, D]) -> f32[N, D] { return x }");
      return nullptr;
    }
    if (at(Tok::string) && peek().text.begin() == token.text.end()) {
      diagnostics.error(token.range(), "a string has no prefix; found `" + token.text + "`")
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
    diagnostics.error(token.range(), "`scan` is only allowed after `=` or `return`, or as a statement")
        .help("write y = scan … { … } and use y");
    return nullptr;
  case Tok::kwIf:
    diagnostics.error(token.range(), "a conditional expression after an operator needs parentheses")
        .help("write (if … then … else …)");
    return nullptr;
  case Tok::kwNot:
    diagnostics.error(token.range(), "`not` after an operator needs parentheses").help("write (not …)");
    return nullptr;
  case Tok::pipe:
    diagnostics.error(token.range(), "expected a value before `|>`").help("write x |> tanh");
    return nullptr;
  case Tok::leftBrace:
    diagnostics.error(token.range(), "expected an expression; found `{`")
        .help("there are no dictionaries or sets; a list is [a, b]");
    return nullptr;
  case Tok::slashSlash:
    diagnostics.error(token.range(), "expected an expression; found `//`").help("a comment begins with #");
    return nullptr;
  default:
    reportExpected("an expression");
    return nullptr;
  }
}

ExprPtr Parser::parseParenthesized() {
  Token open = take();
  if (at(Tok::rightParen)) {
    diagnostics.error(peek().range(), "expected an expression; found `)`").help("the empty list is []");
    return nullptr;
  }
  Element first;
  if (!parseElement(first))
    return nullptr;
  if (!at(Tok::comma)) {
    if (first.spread && at(Tok::rightParen)) {
      diagnostics.error(from(open), "`*` spreads a list into a list").help("write [*xs]");
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
    diagnostics.error(peek().range(), "expected one expression before `for`").help("for several values write [(a, b) for …]");
    return nullptr;
  }
  auto result = std::make_unique<ComprehensionExpr>(open.range());
  result->element = std::move(list->elements[0].value);
  result->height = result->element->height + 1;
  while (accept(Tok::kwFor)) {
    ComprehensionExpr::Clause clause;
    bool outer = std::exchange(inClause, true);
    bool good = parsePatterns(clause.names) && expect(Tok::kwIn) && (clause.sequence = parseExpr());
    inClause = outer;
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

ExprPtr Parser::parseNumber() {
  Token token = take();
  std::string digits = token.text.str();
  llvm::erase(digits, '_');
  if (token.kind == Tok::integer) {
    auto result = std::make_unique<IntegerExpr>(token.range());
    StringRef text = digits;
    bool isHex = text.consume_front("0x") || text.consume_front("0X");
    if (text.getAsInteger(isHex ? 16 : 10, result->value)) {
      diagnostics.error(token.range(), "the integer does not fit in 64 bits");
      return nullptr;
    }
    return result;
  }
  auto result = std::make_unique<FloatExpr>(token.range());
  llvm::APFloat value(llvm::APFloat::IEEEdouble());
  auto status = llvm::cantFail(value.convertFromString(digits, llvm::APFloat::rmNearestTiesToEven));
  if (status & llvm::APFloat::opOverflow) {
    diagnostics.error(token.range(), "the number is too large: a float is below 1.8e308");
    return nullptr;
  }
  result->value = value.convertToDouble();
  result->spelling = token.text.str();
  return result;
}

ExprPtr Parser::parseString() {
  Token token = take();
  auto result = std::make_unique<StringExpr>(token.range());
  StringRef text = token.text.drop_front().drop_back();
  auto place = [&](size_t begin, size_t end) {
    return Range(llvm::SMLoc::getFromPointer(text.data() + begin), llvm::SMLoc::getFromPointer(text.data() + end));
  };
  StringExpr::Part literal;
  auto flush = [&] {
    if (!literal.text.empty())
      result->parts.push_back(std::exchange(literal, {}));
  };
  bool good = true;
  for (size_t i = 0; i < text.size();) {
    if (text[i] == '\\') {
      StringRef from = "nt\"\\{", to = "\n\t\"\\{";
      size_t which = i + 1 < text.size() ? from.find(text[i + 1]) : StringRef::npos;
      if (which == StringRef::npos) {
        diagnostics.error(place(i, i + 2), "unknown escape in a string")
            .help("the escapes are \\n \\t \\\" \\\\ and \\{");
        good = false;
      } else {
        literal.text += to[which];
      }
      i += 2;
    } else if (text[i] == '{') {
      size_t end = i + 1;
      while (end < text.size() && (llvm::isAlnum(text[end]) || text[end] == '_'))
        ++end;
      if (end == i + 1 || llvm::isDigit(text[i + 1]) || end >= text.size() || text[end] != '}') {
        diagnostics.error(place(i, i + 1), "`{` in a string begins a name, `{name}`")
            .help("for the character itself write \\{; for a computed value, bind it to a name first");
        good = false;
        ++i;
        continue;
      }
      flush();
      result->parts.push_back({text.slice(i + 1, end).str(), true, place(i, end + 1)});
      i = end + 1;
    } else {
      literal.text += text[i++];
    }
  }
  flush();
  return good ? std::move(result) : nullptr;
}
