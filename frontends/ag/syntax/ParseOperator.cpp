//===- ParseOperator.cpp - operators, conditions, pipes -------------------------------===//
#include "frontends/ag/syntax/Parser.h"

#include "llvm/ADT/ScopeExit.h"
#include "llvm/ADT/StringExtras.h"

using namespace argent::ag;
using llvm::StringRef;
using llvm::Twine;

StringRef argent::ag::sourceText(Range range) {
  return StringRef(range.Start.getPointer(), range.End.getPointer() - range.Start.getPointer());
}

std::string argent::ag::onOneLine(StringRef text) {
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

ExprPtr Parser::parseExpr() {
  if (tooDeep(peek().range()))
    return nullptr;
  ++nesting_;
  llvm::scope_exit leave([&] { --nesting_; });
  return parseConditional();
}

ExprPtr Parser::parseConditional() {
  Token first = peek();
  if (!at(Tok::kwIf)) {
    // The start of an expression: pipes that stand behind an operator are reported when all of it is known.
    auto outer = std::exchange(misplacedPipes_, {});
    ExprPtr expr = parseBinaryLevel(0);
    if (expr)
      reportPipes(first.range().Start, misplacedPipes_);
    misplacedPipes_ = std::move(outer);
    if (expr && at(Tok::kwIf) && !inClause_) {
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

ExprPtr Parser::checkHeight(ExprPtr expr, std::initializer_list<const Expr *> children) {
  for (const Expr *child : children)
    if (child)
      expr->height = std::max(expr->height, child->height + 1);
  if (expr->height <= kMaxHeight)
    return expr;
  Range begin(expr->range.Start, llvm::SMLoc::getFromPointer(expr->range.Start.getPointer() + 1));
  diagnostics_.error(begin, "this expression is too long: at most " + Twine(kMaxHeight) + " operators in one chain")
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
      for (auto &known : misplacedPipes_)
        if (known.first.Start == pipe->range.Start)
          return operand;
      misplacedPipes_.push_back({pipe->range, source->range});
    }
  }
  return operand;
}

void Parser::reportPipes(llvm::SMLoc begin, llvm::ArrayRef<std::pair<Range, Range>> pipes) {
  for (auto [pipe, source] : pipes) {
    std::string before = onOneLine(sourceText(Range(begin, pipe.Start)));
    std::string head = onOneLine(sourceText(source)), all = onOneLine(sourceText(pipe));
    std::string tail = onOneLine(sourceText(Range(source.End, pipe.End)));
    diagnostics_.error(pipe, "a pipe after an operator needs parentheses")
        .help("write (" + before + head + ") " + StringRef(tail).ltrim() + " or " + before + "(" + all + ")");
  }
}

ExprPtr Parser::parseBinaryLevel(unsigned level) {
  struct Entry {
    Tok token;
    Operator op;
  };
  static const Entry kLevels[4][5] = {
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
    for (const Entry &entry : kLevels[level])
      if (entry.token != Tok::endOfFile && at(entry.token))
        found = &entry;
    if (!found)
      break;
    if (peek(1).kind == Tok::assign)
      break; // `x += 1` is reported by the statement
    Token op = take();
    if (op.kind == Tok::slashSlash && op.startsLine && isProse()) {
      diagnostics_.error(op.range(), "expected a statement; found `//`").help("a comment begins with #");
      return nullptr;
    }
    ExprPtr right = checkOperand(parseOperand());
    if (!right)
      return nullptr;
    left = makeBinary(found->op, op.range(), std::move(left), std::move(right));
  }
  return left;
}

ExprPtr Parser::parsePrefix(Operator op, ExprPtr (Parser::*parseOperand)()) {
  Token first = peek();
  if (tooDeep(first.range()))
    return nullptr;
  take();
  ++nesting_;
  ExprPtr operand = checkOperand((this->*parseOperand)());
  --nesting_;
  if (!operand)
    return nullptr;
  auto result = std::make_unique<UnaryExpr>(from(first));
  result->op = op;
  result->operand = std::move(operand);
  const Expr *child = result->operand.get();
  return checkHeight(std::move(result), {child});
}

ExprPtr Parser::parseNegation() {
  if (!at(Tok::kwNot))
    return parseComparison();
  return parsePrefix(Operator::logicalNot, &Parser::parseNegation);
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
    std::string middle = onOneLine(sourceText(right->range)), first = onOneLine(sourceText(left->range));
    ExprPtr third = checkOperand(parseBinaryLevel(2));
    if (third)
      diagnostics_.error(Range(left->range.Start, third->range.End), "comparisons cannot be chained")
          .help("write " + first + " " + opToken.text + " " + middle + " and " + middle + " " + again.text + " " +
                onOneLine(sourceText(third->range)));
    return nullptr;
  }
  return makeBinary(*op, opToken.range(), std::move(left), std::move(right));
}

ExprPtr Parser::parseUnary() {
  if (!at(Tok::minus)) {
    if (at(Tok::plus)) {
      diagnostics_.error(peek().range(), "there is no unary `+`").help("leave it out");
      return nullptr;
    }
    return parsePower();
  }
  return parsePrefix(Operator::negate, &Parser::parseUnary);
}

ExprPtr Parser::parsePower() {
  ExprPtr base = parsePipe();
  if (!base || !at(Tok::starStar))
    return base;
  Token op = take();
  if (tooDeep(op.range()))
    return nullptr;
  ++nesting_;
  ExprPtr exponent = checkOperand(parseUnary());
  --nesting_;
  if (!exponent)
    return nullptr;
  return makeBinary(Operator::power, op.range(), std::move(base), std::move(exponent));
}

ExprPtr Parser::parsePipe() {
  ExprPtr source = parsePostfix();
  while (source && at(Tok::pipe)) {
    Token pipe = take();
    if (at(Tok::rightBrace) || at(Tok::newline) || at(Tok::rightParen)) {
      diagnostics_.error(pipe.range(), "expected a layer or an operation after `|>`");
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
