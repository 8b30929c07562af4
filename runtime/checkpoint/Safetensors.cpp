//===- Safetensors.cpp - reader and writer ---------------------------------===//
// Reading:
//   1. The header's length, against the file's and an upper limit.
//   2. The header as JSON: no key twice, no deeper than the format is.
//   3. Each tensor: known dtype, a shape whose bytes are the offsets' difference.
//   4. All tensors by offset: they follow each other without overlap or gap, and end where the file does.
#include "runtime/checkpoint/Safetensors.h"

#include "runtime/checkpoint/File.h"

#include <algorithm>
#include <cstring>
#include <nlohmann/json.hpp>
#include <set>

namespace argent {

using Json = nlohmann::ordered_json;

// The reference implementation's limit.
static constexpr uint64_t kMaxHeaderBytes = 100'000'000;

static const std::pair<const char *, ElementType> kDtypes[] = {
    {"F32", ElementType::f32}, {"F64", ElementType::f64}, {"F16", ElementType::f16}, {"BF16", ElementType::bf16},
    {"I32", ElementType::i32}, {"I64", ElementType::i64}, {"U8", ElementType::u8},   {"BOOL", ElementType::boolean}};

static const char *dtypeName(ElementType type) {
  for (auto &[name, element] : kDtypes)
    if (element == type)
      return name;
  return "?";
}

const TensorView *Safetensors::find(std::string_view name) const {
  for (const NamedTensor &entry : tensors)
    if (entry.name == name)
      return &entry.tensor;
  return nullptr;
}

/// Parses JSON in which no object has a key twice and nothing is nested deeper than the format needs.
static Json parseHeader(std::string_view text) {
  std::vector<std::set<std::string>> keys;
  auto check = [&](int depth, Json::parse_event_t event, Json &value) {
    if (depth > 4)
      throw std::runtime_error("nested too deeply");
    if (event == Json::parse_event_t::object_start)
      keys.emplace_back();
    if (event == Json::parse_event_t::object_end)
      keys.pop_back();
    if (event == Json::parse_event_t::key && !keys.back().insert(value.get<std::string>()).second)
      throw std::runtime_error("`" + value.get<std::string>() + "` stands in it twice");
    return true;
  };
  return Json::parse(text.begin(), text.end(), check);
}

/// One entry of the header; `dataBytes` is what follows the header in the file.
static Status parseTensor(const std::string &name, const Json &entry, char *data, uint64_t dataBytes,
                          NamedTensor &result) {
  auto bad = [&](const std::string &what) {
    return Status(StatusCode::kInvalidData, "tensor `" + name + "`: " + what);
  };
  if (!entry.is_object() || entry.size() != 3 || !entry.contains("dtype") || !entry.contains("shape") ||
      !entry.contains("data_offsets"))
    return bad("its entry must have exactly dtype, shape and data_offsets");
  const Json &dtype = entry["dtype"], &shape = entry["shape"], &offsets = entry["data_offsets"];
  if (!dtype.is_string())
    return bad("its dtype is not a text");
  auto known = std::find_if(std::begin(kDtypes), std::end(kDtypes), [&](auto &d) { return dtype == d.first; });
  if (known == std::end(kDtypes))
    return bad("dtype " + dtype.get<std::string>() + " is not one of F32, F64, F16, BF16, I32, I64, U8, BOOL");
  result.name = name;
  result.tensor.type = known->second;
  uint64_t bytes = elementBytes(known->second);
  if (!shape.is_array())
    return bad("its shape is not a list");
  for (const Json &extent : shape) {
    if (!extent.is_number_unsigned() || extent.get<uint64_t>() > INT64_MAX)
      return bad("its shape has an extent that is not a count: " + extent.dump());
    if (__builtin_mul_overflow(bytes, extent.get<uint64_t>(), &bytes))
      return bad("its shape is too large");
    result.tensor.shape.push_back(static_cast<int64_t>(extent.get<uint64_t>()));
  }
  if (!offsets.is_array() || offsets.size() != 2 || !offsets[0].is_number_unsigned() ||
      !offsets[1].is_number_unsigned())
    return bad("its data_offsets are not two counts");
  uint64_t begin = offsets[0].get<uint64_t>(), end = offsets[1].get<uint64_t>();
  if (begin > end || end > dataBytes)
    return bad("its bytes " + std::to_string(begin) + " to " + std::to_string(end) + " are not within the file's " +
               std::to_string(dataBytes) + " bytes of data (is the file truncated?)");
  if (end - begin != bytes)
    return bad(typeString(result.tensor.type, result.tensor.shape) + " has " + std::to_string(bytes) +
               " bytes, but its data_offsets give it " + std::to_string(end - begin));
  result.tensor.data = data + begin;
  return Status();
}

Status parseSafetensors(std::string bytes, const std::string &name, Safetensors &file) {
  auto bad = [&](const std::string &what) { return Status(StatusCode::kInvalidData, name + ": " + what); };
  if (bytes.size() < 8)
    return bad("not a safetensors file: it has only " + std::to_string(bytes.size()) + " bytes");
  uint64_t headerBytes = 0;
  for (int i = 7; i >= 0; --i)
    headerBytes = headerBytes << 8 | static_cast<uint8_t>(bytes[i]);
  if (headerBytes > kMaxHeaderBytes)
    return bad("not a safetensors file: its header would have " + std::to_string(headerBytes) + " bytes");
  if (headerBytes > bytes.size() - 8)
    return bad("truncated: its header has " + std::to_string(headerBytes) + " bytes, and only " +
               std::to_string(bytes.size() - 8) + " are left");
  std::string_view text(bytes.data() + 8, headerBytes);
  if (text.empty() || text[0] != '{')
    return bad("not a safetensors file: its header does not begin with {");
  Json header;
  try {
    header = parseHeader(text);
  } catch (const std::exception &error) {
    return bad(std::string("the header is not valid: ") + error.what());
  }

  std::map<std::string, std::string> metadata;
  std::vector<NamedTensor> tensors;
  char *data = bytes.data() + 8 + headerBytes;
  uint64_t dataBytes = bytes.size() - 8 - headerBytes;
  for (auto &[key, value] : header.items()) {
    if (key == "__metadata__") {
      if (!value.is_object())
        return bad("its metadata is not a table of texts");
      for (auto &[metaKey, metaValue] : value.items()) {
        if (!metaValue.is_string())
          return bad("its metadata `" + metaKey + "` is not a text");
        metadata[metaKey] = metaValue.get<std::string>();
      }
      continue;
    }
    NamedTensor tensor;
    if (Status status = parseTensor(key, value, data, dataBytes, tensor); !status.ok())
      return bad(status.message());
    tensors.push_back(std::move(tensor));
  }

  auto offset = [&](const NamedTensor &t) { return static_cast<uint64_t>(static_cast<char *>(t.tensor.data) - data); };
  std::stable_sort(tensors.begin(), tensors.end(), [&](const NamedTensor &a, const NamedTensor &b) {
    return std::pair(offset(a), a.tensor.byteCount()) < std::pair(offset(b), b.tensor.byteCount());
  });
  uint64_t end = 0;
  for (const NamedTensor &tensor : tensors) {
    if (offset(tensor) != end)
      return bad("tensor `" + tensor.name + "` begins at byte " + std::to_string(offset(tensor)) +
                 ", and the one before it ends at " + std::to_string(end) +
                 (offset(tensor) < end ? ": they overlap" : ": there is a gap"));
    end += tensor.tensor.byteCount();
  }
  if (end != dataBytes)
    return bad("its tensors end at byte " + std::to_string(end) + " of its data, which has " +
               std::to_string(dataBytes));

  // Moving a string may move its characters (small ones): the views follow.
  std::vector<uint64_t> offsets;
  for (const NamedTensor &tensor : tensors)
    offsets.push_back(offset(tensor));
  file.bytes = std::move(bytes);
  for (size_t i = 0; i < tensors.size(); ++i)
    tensors[i].tensor.data = file.bytes.data() + 8 + headerBytes + offsets[i];
  file.metadata = std::move(metadata);
  file.tensors = std::move(tensors);
  return Status();
}

Status readSafetensors(const std::string &path, Safetensors &file) {
  std::string bytes;
  ARGENT_RETURN_IF_ERROR(readFile(path, bytes));
  return parseSafetensors(std::move(bytes), path, file);
}

Status writeSafetensors(const std::string &path, const std::map<std::string, std::string> &metadata,
                        const std::vector<NamedTensor> &tensors) {
  Json header = Json::object();
  if (!metadata.empty())
    header["__metadata__"] = metadata;
  uint64_t offset = 0;
  for (const NamedTensor &entry : tensors) {
    if (header.contains(entry.name))
      return Status(StatusCode::kInvalidArgument, "two tensors have the name `" + entry.name + "`");
    uint64_t end = offset + entry.tensor.byteCount();
    header[entry.name] = {
        {"dtype", dtypeName(entry.tensor.type)}, {"shape", entry.tensor.shape}, {"data_offsets", {offset, end}}};
    offset = end;
  }
  std::string text;
  try {
    text = header.dump();
  } catch (const std::exception &error) {
    return Status(StatusCode::kInvalidArgument, path + ": a name or metadata is not UTF-8: " + error.what());
  }
  // Spaces after the header align the data, as the format recommends.
  text.append((8 - text.size() % 8) % 8, ' ');
  std::string length(8, '\0');
  for (int i = 0; i < 8; ++i)
    length[i] = static_cast<char>(static_cast<uint64_t>(text.size()) >> (8 * i));

  std::vector<std::string_view> pieces = {length, text};
  for (const NamedTensor &entry : tensors)
    pieces.emplace_back(static_cast<const char *>(entry.tensor.data), entry.tensor.byteCount());
  return writeFileAtomically(path, pieces);
}

} // namespace argent
