//===- BuiltinsCompileTime.cpp - lists, ranges, numbers --------------------------------------------------------===//
#include "frontends/ag/operations/Builtins.h"

#include <cmath>

using namespace argent::ag;
using llvm::StringRef;
using llvm::Twine;

namespace {

bool isList(Tensors &t, Call &call) {
  if (call["list"].isList())
    return true;
  t.error(call.at("list"), call.name + " needs a list; found " + describe(call["list"]));
  return false;
}

Value range(Tensors &t, Call &call) {
  int64_t first = call["b"].isNone() ? 0 : call["a"].asInteger();
  int64_t last = call["b"].isNone() ? call["a"].asInteger() : call["b"].asInteger();
  if (last > first && !t.step(call.range, static_cast<uint64_t>(last) - static_cast<uint64_t>(first)))
    return {};
  std::vector<Value> values;
  for (int64_t i = first; i < last; ++i)
    values.push_back(Value::integer(i));
  return Value::list(std::move(values));
}

Value len(Tensors &t, Call &call) {
  if (call["list"].isString())
    return t.step(call.range, call["list"].asString().size())
               ? Value::integer(charactersOf(call["list"].asString()).size())
               : Value();
  if (call["list"].isTensor()) {
    t.error(call.at("list"), "len needs a list or a str; found " + toText(call["list"]))
        .help("the dimensions are shape(x)");
    return {};
  }
  return isList(t, call) ? Value::integer(call["list"].asList().size()) : Value();
}

Value enumerate(Tensors &t, Call &call) {
  if (!isList(t, call) || !t.step(call.range, call["list"].asList().size()))
    return {};
  std::vector<Value> pairs;
  for (auto [index, value] : llvm::enumerate(call["list"].asList()))
    pairs.push_back(Value::list({Value::integer(index), value}));
  return Value::list(std::move(pairs));
}

Value zip(Tensors &t, Call &call) {
  std::vector<Value> lists = call["lists"].isList() ? call["lists"].asList() : std::vector<Value>();
  if (lists.empty())
    return t.fail(call.range, "zip needs at least one list");
  for (const Value &list : lists) {
    if (!list.isList())
      return t.fail(call.at("lists"), "zip needs lists; found " + describe(list));
    if (list.asList().size() != lists[0].asList().size())
      return t.fail(call.at("lists"), "zip needs lists of equal length; found " + Twine(lists[0].asList().size()) +
                                          " and " + Twine(list.asList().size()));
  }
  if (!t.step(call.range, lists.size() * lists[0].asList().size()))
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

Value reversed(Tensors &t, Call &call) {
  if (!isList(t, call) || !t.step(call.range, call["list"].asList().size()))
    return {};
  std::vector<Value> values(call["list"].asList().rbegin(), call["list"].asList().rend());
  return Value::list(std::move(values));
}

Value convert(Tensors &t, Call &call) {
  const Value &v = call["v"];
  if (call.name == "str") {
    if (v.isTensor() || v.isCallable())
      return t.fail(call.at("v"), "str needs a compile-time value; found " + describe(v));
    return Value::string(toText(v));
  }
  if (v.isTensor()) {
    t.error(call.at("v"), call.name + " needs a compile-time value; found " + toText(v))
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
    return t.fail(call.at("v"), call.name + " needs a number; found " + describe(v));
  }
  if (!std::isfinite(number) || (call.name == "int" && std::fabs(number) >= 0x1p63))
    return t.fail(call.at("v"), "the number does not fit in " + Twine(call.name == "int" ? "an int" : "a float") +
                                    "; found " + describe(v));
  return call.name == "int" ? Value::integer(static_cast<int64_t>(number)) : Value::floating(number);
}

Value shapeOfTensor(Tensors &, Call &call) {
  Dims shape = dimsOf(call["x"].asTensor());
  if (call.name == "rank")
    return Value::integer(shape.size());
  std::vector<Value> dims;
  for (Dim dim : shape)
    dims.push_back(Value::dimension(dim));
  return Value::list(std::move(dims));
}

} // namespace

llvm::ArrayRef<BuiltinFamily> argent::ag::compileTimeBuiltins() {
  static const BuiltinFamily kTable[] = {
      {"range", "a: int, b: int | none = none", range},
      {"len", "list: value", len},
      {"enumerate", "list: value", enumerate},
      {"reversed", "list: value", reversed},
      {"zip", "lists: rest", zip},
      {"int float str", "v: value", convert},
      {"rank shape", "x: tensor", shapeOfTensor},
  };
  return kTable;
}
