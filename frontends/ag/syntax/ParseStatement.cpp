//===- ParseStatement.cpp - blocks and statements ---------------------------------===//
#include "frontends/ag/syntax/Parser.h"

#include "llvm/ADT/ScopeExit.h"

using namespace argent::ag;
using llvm::Twine;

/// The blanks that the token's line begins with.
static size_t indentation(const Token &token, const Token &first) {
  const char *line = token.text.begin();
  while (line != first.text.begin() && line[-1] != '\n')
    --line;
  return std::find_if_not(line, token.text.begin(), [](char c) { return c == ' ' || c == '\t'; }) - line;
}

bool Parser::parseBlock(Block &block, Context context, const Twine &owner) {
  Token open = peek();
  if (!at(Tok::leftBrace)) {
    if (at(Tok::broken))
      return false;
    auto report =
        diagnostics_.error(open.range(), "expected `{` and the body of " + owner + "; found " + describe(open));
    if (at(Tok::assign))
      report.help("to compare, write `==`");
    else if ((at(Tok::colon) || at(Tok::name)) && !peek(1).startsLine &&
             llvm::StringRef(owner.str()).starts_with("the layer"))
      report.help("the type of the result comes after `->`");
    else if (at(Tok::colon))
      report.help("write the body in braces: { … }");
    else
      suggest(report);
    return false;
  }
  take();
  if (tooDeep(open.range())) {
    skipBlock();
    return false;
  }
  ++nesting_;
  llvm::scope_exit leave([&] { --nesting_; });
  while (true) {
    while (accept(Tok::newline)) {
    }
    // A definition that begins at the margin shows that this block lost its brace.
    bool lostBrace = peek().atColumnOne && (at(Tok::kwLayer) || at(Tok::kwModel) || at(Tok::kwTrain) ||
                                            at(Tok::kwEntry) || at(Tok::kwImport));
    if (at(Tok::endOfFile) || lostBrace) {
      // One brace is missing, whichever of the open blocks it belongs to.
      if (!std::exchange(reportedEnd_, true)) {
        auto &[brace, body] = likelyOpen_ ? *likelyOpen_ : likelyOpen_.emplace(open, owner.str());
        diagnostics_.error(brace.range(), "this `{` is not closed: the body of " + body + " needs a `}`")
            .note(lostBrace ? peek().range() : Range(previousEnd(), previousEnd()),
                  lostBrace ? "the next definition begins here" : "the file ends here");
      }
      return lostBrace;
    }
    if (at(Tok::rightBrace)) {
      // A brace further to the left than the line of the `{` that it closes belongs to another one.
      if (!likelyOpen_ && peek().startsLine &&
          indentation(peek(), tokens_.front()) < indentation(open, tokens_.front()))
        likelyOpen_.emplace(open, owner.str());
      break;
    }
    size_t begin = position_;
    StatementPtr statement = parseStatement(context);
    if (statement) {
      if (auto *yield = llvm::dyn_cast<Yield>(statement.get()); yield && context.inScan) {
        size_t next = at(Tok::newline) ? 1 : 0;
        if (peek(next).kind != Tok::rightBrace && peek(next).kind != Tok::newline)
          diagnostics_.error(yield->range, "`yield` must be the last statement of the body of `scan`");
      }
      block.statements.push_back(std::move(statement));
      if (at(Tok::newline) || at(Tok::rightBrace))
        continue;
      if (at(Tok::endOfFile) || (peek().atColumnOne && peek().startsLine))
        continue;
      reportExpected("the end of the statement");
    }
    if (position_ == begin && !at(Tok::rightBrace) && !at(Tok::leftBrace))
      take();
    skipStatement();
  }
  take();
  block.range = from(open);
  return true;
}

/// Skips the rest of a block whose `{` was taken, with all that is nested in it.
void Parser::skipBlock() {
  for (unsigned open = 1; open && !at(Tok::endOfFile);) {
    Tok kind = take().kind;
    open += kind == Tok::leftBrace ? 1 : kind == Tok::rightBrace ? -1 : 0;
  }
}

/// Goes on behind the end of the statement, or at the `}` of its block.
void Parser::skipStatement() {
  while (!at(Tok::endOfFile) && !at(Tok::newline) && !at(Tok::rightBrace)) {
    if (peek().atColumnOne && peek().startsLine &&
        (at(Tok::kwLayer) || at(Tok::kwModel) || at(Tok::kwTrain) || at(Tok::kwEntry) || at(Tok::kwImport)))
      return;
    if (take().kind == Tok::leftBrace)
      skipBlock();
  }
}

StatementPtr Parser::parseStatement(Context context) {
  Token first = peek();
  bool inTrain = context.place == Place::train;
  if (context.place == Place::rule && first.kind != Tok::name) {
    if (first.kind != Tok::broken)
      diagnostics_.error(first.range(), "expected a setting of the rule, NAME = …; found " + describe(first))
          .help("a rule sets decay, rate, max_norm, frozen or init");
    return nullptr;
  }
  if (isKeyword(first.kind) && peek(1).kind == Tok::assign) {
    reportNoStatement();
    return nullptr;
  }
  switch (first.kind) {
  case Tok::name:
    return parseBinding();
  case Tok::kwParam:
  case Tok::kwState:
    return parseDeclaration();
  case Tok::kwIf:
    return parseIf(context);
  case Tok::kwFor:
    return parseFor(context);
  case Tok::kwScan: {
    auto result = std::make_unique<ScanStatement>(first.range());
    if (!parseScan(result->scan))
      return nullptr;
    result->range = result->scan.range;
    return result;
  }
  case Tok::kwReturn: {
    take();
    auto result = std::make_unique<Return>(first.range());
    if (!parseValues(result->values))
      return nullptr;
    result->range = from(first);
    return result;
  }
  case Tok::kwYield: {
    take();
    if (!context.inScan)
      diagnostics_.error(first.range(), "`yield` is only allowed at the end of the body of `scan`");
    auto result = std::make_unique<Yield>(first.range());
    if (!parseExpressions(result->values))
      return nullptr;
    result->range = from(first);
    return result;
  }
  case Tok::kwAssert: {
    take();
    auto result = std::make_unique<Assert>(first.range());
    if (!(result->condition = parseExpr()))
      return nullptr;
    if (!at(Tok::comma)) {
      if (!at(Tok::broken))
        diagnostics_.error(peek().range(), "expected `,` and the message; found " + describe(peek()))
            .help("write assert condition, \"what is wrong\"");
      return nullptr;
    }
    take();
    if (!(result->message = parseExpr()))
      return nullptr;
    result->range = from(first);
    return result;
  }
  case Tok::kwMetric: {
    take();
    if (!inTrain)
      diagnostics_.error(first.range(), "`metric` is only allowed in a `train` block");
    auto result = std::make_unique<Metric>(first.range());
    if (!expectName(result->name, "the name of the metric"))
      return nullptr;
    if (!at(Tok::assign)) {
      if (!at(Tok::broken))
        diagnostics_.error(peek().range(), "expected `=` and the metric; found " + describe(peek()))
            .help("write metric " + result->name.text + " = mean(argmax(logits) == label)");
      return nullptr;
    }
    take();
    if (!(result->value = parseExpr()))
      return nullptr;
    result->range = from(first);
    return result;
  }
  case Tok::kwOn:
    return parseRule(context);
  default:
    reportNoStatement();
    return nullptr;
  }
}

/// Says what is wrong with something that is no statement.
void Parser::reportNoStatement() {
  const Token &token = peek();
  switch (token.kind) {
  case Tok::broken:
    return;
  case Tok::kwLayer:
  case Tok::kwModel:
  case Tok::kwTrain:
  case Tok::kwEntry:
  case Tok::kwImport:
    if (peek(1).kind == Tok::assign || peek(1).kind == Tok::comma)
      diagnostics_.error(token.range(), describe(token) + " is a keyword and cannot be a name")
          .help("write another name, such as `" + token.text + "_`");
    else
      diagnostics_.error(token.range(), describe(token) + " is not allowed in a block")
          .help("move the definition out of the body");
    return;
  case Tok::kwElse:
    diagnostics_.error(token.range(), "this `else` has no `if` before it");
    return;
  default:
    break;
  }
  if (isKeyword(token.kind) && peek(1).kind == Tok::assign) {
    diagnostics_.error(token.range(), describe(token) + " is a keyword and cannot be a name")
        .help("write another name, such as `" + token.text + "_`");
    return;
  }
  reportExpected("a statement");
}

StatementPtr Parser::parseIf(Context context) {
  Token first = take();
  context.inScan = false; // `yield` may not depend on a condition
  auto result = std::make_unique<If>(first.range());
  if (!(result->condition = parseExpr()))
    return nullptr;
  if (at(Tok::kwThen)) {
    diagnostics_.error(peek().range(), "expected `{` and the body of `if`; found `then`")
        .help("write if condition { … }, or as an expression name = if condition then a else b");
    return nullptr;
  }
  result->range = from(first);
  if (!parseBlock(result->whenTrue, context, "`if`"))
    return nullptr;
  if (!at(Tok::kwElse))
    return result;
  Token elseToken = take();
  result->hasElse = true;
  if (!at(Tok::kwIf))
    return parseBlock(result->whenFalse, context, "`else`") ? std::move(result) : nullptr;
  if (tooDeep(elseToken.range())) {
    skipStatement();
    return nullptr;
  }
  ++nesting_;
  result->elseIf = true;
  StatementPtr next = parseIf(context);
  --nesting_;
  if (!next)
    return nullptr;
  result->whenFalse.range = next->range;
  result->whenFalse.statements.push_back(std::move(next));
  return result;
}

StatementPtr Parser::parseFor(Context context) {
  Token first = take();
  context.inScan = false;
  auto result = std::make_unique<For>(first.range());
  if (!parsePatterns(result->names) || !expect(Tok::kwIn) || !(result->sequence = parseExpr()))
    return nullptr;
  result->range = from(first);
  if (!parseBlock(result->body, context, "`for`"))
    return nullptr;
  return result;
}

StatementPtr Parser::parseRule(Context context) {
  Token first = take();
  if (context.place != Place::train)
    diagnostics_.error(first.range(), "`on` is only allowed in a `train` block");
  auto result = std::make_unique<Rule>(first.range());
  if (at(Tok::star)) {
    diagnostics_.error(peek().range(), "a pattern must be in quotes").help("write on \"*.weight\" { … }");
    return nullptr;
  }
  if (!parseExpressions(result->patterns))
    return nullptr;
  result->range = from(first);
  context.place = Place::rule;
  if (!parseBlock(result->body, context, "`on`"))
    return nullptr;
  for (const StatementPtr &statement : result->body.statements)
    if (!llvm::isa<Binding>(*statement))
      diagnostics_.error(statement->range, "expected a setting of the rule, NAME = …");
  return result;
}

bool Parser::parseScan(Scan &scan) {
  Token first = take();
  if (at(Tok::leftParen) && !parseArguments(scan.arguments))
    return false;
  do {
    Scan::Source source;
    if (!expectName(source.name, "a name for the step of a source, as in `scan x_t in x`") || !expect(Tok::kwIn) ||
        !(source.sequence = parseExpr()))
      return false;
    scan.sources.push_back(std::move(source));
  } while (accept(Tok::comma));
  if (accept(Tok::kwCarry)) {
    do {
      Scan::Carried carried;
      if (!expectName(carried.name, "the name of what is carried") ||
          !expect(Tok::assign, " and what `" + carried.name.text + "` is at first") || !(carried.initial = parseExpr()))
        return false;
      scan.carried.push_back(std::move(carried));
    } while (accept(Tok::comma));
  }
  scan.range = from(first);
  Context context;
  context.inScan = true;
  return parseBlock(scan.body, context, "`scan`");
}
