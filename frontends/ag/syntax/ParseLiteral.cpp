//===- ParseLiteral.cpp - numbers and strings ------------------------------------------===//
#include "frontends/ag/syntax/Parser.h"

#include "llvm/ADT/APFloat.h"
#include "llvm/ADT/StringExtras.h"

using namespace argent::ag;
using llvm::StringRef;

ExprPtr Parser::parseNumber() {
  Token token = take();
  std::string digits = token.text.str();
  llvm::erase(digits, '_');
  if (token.kind == Tok::integer) {
    auto result = std::make_unique<IntegerExpr>(token.range());
    StringRef text = digits;
    bool isHex = text.consume_front("0x") || text.consume_front("0X");
    if (text.getAsInteger(isHex ? 16 : 10, result->value)) {
      diagnostics_.error(token.range(), "the integer does not fit in 64 bits");
      return nullptr;
    }
    return result;
  }
  auto result = std::make_unique<FloatExpr>(token.range());
  llvm::APFloat value(llvm::APFloat::IEEEdouble());
  auto status = llvm::cantFail(value.convertFromString(digits, llvm::APFloat::rmNearestTiesToEven));
  if (status & llvm::APFloat::opOverflow) {
    diagnostics_.error(token.range(), "the number is too large: a float is below 1.8e308");
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
        diagnostics_.error(place(i, i + 2), "unknown escape in a string")
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
        diagnostics_.error(place(i, i + 1), "`{` in a string begins a name, `{name}`")
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
