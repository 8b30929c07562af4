//===- BuiltinsCompileTime.cpp - lists, ranges, numbers --------------------------------------------------------===//
#include "frontends/ag/operations/Builtins.h"

#include <cmath>

using namespace argent::ag;
using llvm::StringRef;
using llvm::Twine;

namespace {

bool isList(Evaluator &e, Call &call, unsigned i) {
  if (call[i].isList())
    return true;
  e.error(call.at(i), call.name + " needs a list; found " + describe(call[i]));
  return false;
}

Value range(Evaluator &e, Call &call) {
  int64_t first = call[1].isNone() ? 0 : call[0].asInteger();
  int64_t last = call[1].isNone() ? call[0].asInteger() : call[1].asInteger();
  if (last > first && !e.step(call.range, static_cast<uint64_t>(last) - static_cast<uint64_t>(first)))
    return {};
  std::vector<Value> values;
  for (int64_t i = first; i < last; ++i)
    values.push_back(Value::integer(i));
  return Value::list(std::move(values));
}

Value len(Evaluator &e, Call &call) {
  if (call[0].isString())
    return e.step(call.range, call[0].asString().size()) ? Value::integer(charactersOf(call[0].asString()).size())
                                                         : Value();
  if (call[0].isTensor()) {
    e.error(call.at(0), "len needs a list or a str; found " + toText(call[0])).help("the dimensions are shape(x)");
    return {};
  }
  return isList(e, call, 0) ? Value::integer(call[0].asList().size()) : Value();
}

Value enumerate(Evaluator &e, Call &call) {
  if (!isList(e, call, 0) || !e.step(call.range, call[0].asList().size()))
    return {};
  std::vector<Value> pairs;
  for (auto [index, value] : llvm::enumerate(call[0].asList()))
    pairs.push_back(Value::list({Value::integer(index), value}));
  return Value::list(std::move(pairs));
}

Value zip(Evaluator &e, Call &call) {
  std::vector<Value> lists = call[0].isList() ? call[0].asList() : std::vector<Value>();
  if (lists.empty())
    return e.fail(call.range, "zip needs at least one list");
  for (const Value &list : lists) {
    if (!list.isList())
      return e.fail(call.at(0), "zip needs lists; found " + describe(list));
    if (list.asList().size() != lists[0].asList().size())
      return e.fail(call.at(0), "zip needs lists of equal length; found " + Twine(lists[0].asList().size()) + " and " +
                                    Twine(list.asList().size()));
  }
  if (!e.step(call.range, lists.size() * lists[0].asList().size()))
    return {};
  std::vector<Value> rows;
  for (size_t i = 0; i != lists[0].asList().size(); ++i) {
    std::vector<Value> row;
    for (const Value &list : lists)
      row.push_back(list.asList()[i]);
    rows.push_back(Value::list(std::move(row)));
  }
  return Value::list(std::move(rows));
}

Value reversed(Evaluator &e, Call &call) {
  if (!isList(e, call, 0) || !e.step(call.range, call[0].asList().size()))
    return {};
  std::vector<Value> values(call[0].asList().rbegin(), call[0].asList().rend());
  return Value::list(std::move(values));
}

Value convert(Evaluator &e, Call &call) {
  const Value &v = call[0];
  if (call.name == "str") {
    if (v.isTensor() || v.isCallable())
      return e.fail(call.at(0), "str needs a compile-time value; found " + describe(v));
    return Value::string(toText(v));
  }
  if (v.isTensor()) {
    e.error(call.at(0), call.name + " needs a compile-time value; found " + toText(v))
        .help(call.name == "int" ? "to cast a tensor write i32(x)" : "to cast a tensor write f32(x)");
    return {};
  }
  double number = 0;
  if (v.isInteger() && call.name == "int")
    return v;
  if (v.isNumber()) {
    number = v.asNumber();
  } else if (v.is<bool>()) {
    number = v.get<bool>();
  } else if (!v.isString() || StringRef(v.asString()).trim().getAsDouble(number)) {
    return e.fail(call.at(0), call.name + " needs a number; found " + describe(v));
  }
  if (!std::isfinite(number) || (call.name == "int" && std::fabs(number) >= 0x1p63))
    return e.fail(call.at(0), "the number does not fit in " + Twine(call.name == "int" ? "an int" : "a float") +
                                  "; found " + describe(v));
  return call.name == "int" ? Value::integer(static_cast<int64_t>(number)) : Value::floating(number);
}

Value shapeOfTensor(Evaluator &, Call &call) {
  Shape shape = shapeOf(call[0].asTensor());
  if (call.name == "rank")
    return Value::integer(shape.size());
  std::vector<Value> dims;
  for (Dim dim : shape)
    dims.push_back(Value::dimension(dim));
  return Value::list(std::move(dims));
}

} // namespace

llvm::ArrayRef<BuiltinFamily> argent::ag::compileTimeBuiltins() {
  static const BuiltinFamily table[] = {
      {"range", "a: int, b: int | none = none", range},
      {"len", "list: value", len},
      {"enumerate", "list: value", enumerate},
      {"reversed", "list: value", reversed},
      {"zip", "lists: rest", zip},
      {"int float str", "v: value", convert},
      {"rank shape", "x: tensor", shapeOfTensor},
  };
  return table;
}
