//===- JsonLines.cpp - reader of JSON lines ------------------------------------------===//
#include "runtime/data/GzipFile.h"
#include "runtime/data/Readers.h"

#include <map>
#include <nlohmann/json.hpp>

namespace argent {

using Json = nlohmann::ordered_json;

Status readJsonLines(const std::string &path, std::vector<Column> &columns) {
  std::string text;
  ARGENT_RETURN_IF_ERROR(readUnpacked(path, text));
  std::vector<std::string> keys;
  std::map<std::string, TextRows> rows;
  int64_t line = 0;
  for (size_t begin = 0; begin < text.size();) {
    const size_t end = std::min(text.find('\n', begin), text.size());
    std::string_view record = std::string_view(text).substr(begin, end - begin);
    begin = end + 1;
    ++line;
    if (record.find_first_not_of(" \t\r") == record.npos)
      continue;
    auto bad = [&](const std::string &what) {
      return Status(StatusCode::kInvalidData, path + ":" + std::to_string(line) + ": " + what);
    };
    const Json object = Json::parse(record, nullptr, false);
    if (!object.is_object())
      return bad("the line is no JSON object");
    if (keys.empty())
      for (auto &[key, value] : object.items())
        keys.push_back(key);
    for (const std::string &key : keys) {
      auto value = object.find(key);
      if (value == object.end())
        return bad("the object has no \"" + key + "\", which the first one has");
      rows[key].add(value->is_string() ? value->get<std::string>() : value->dump(), line);
    }
  }
  for (const std::string &key : keys)
    columns.push_back({key, path, Role::any, std::move(rows[key])});
  return Status();
}

} // namespace argent
