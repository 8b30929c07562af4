//===- Npy.cpp - reader and writer of .npy ---------------------------------===//
#include "runtime/data/Npy.h"

#include "runtime/checkpoint/File.h"

#include <cctype>
#include <cstring>

namespace argent {

static const std::pair<const char *, ElementType> kDtypes[] = {
    {"<f4", ElementType::f32}, {"<f8", ElementType::f64}, {"<f2", ElementType::f16},    {"<i4", ElementType::i32},
    {"<i8", ElementType::i64}, {"|u1", ElementType::u8},  {"|b1", ElementType::boolean}};

namespace {
/// The header is a Python dictionary of three fixed keys; this reads just that.
class HeaderReader {
public:
  explicit HeaderReader(std::string_view text) : text_(text) {}

  /// Consumes the character `c`, after spaces.
  bool take(char c) {
    skipSpaces();
    if (position_ >= text_.size() || text_[position_] != c)
      return false;
    ++position_;
    return true;
  }
  bool takeWord(std::string_view word) {
    skipSpaces();
    if (text_.substr(position_, word.size()) != word)
      return false;
    position_ += word.size();
    return true;
  }
  bool takeString(std::string &value) {
    skipSpaces();
    if (position_ >= text_.size() || (text_[position_] != '\'' && text_[position_] != '"'))
      return false;
    size_t end = text_.find(text_[position_], position_ + 1);
    if (end == std::string_view::npos)
      return false;
    value = text_.substr(position_ + 1, end - position_ - 1);
    position_ = end + 1;
    return true;
  }
  bool takeCount(int64_t &value) {
    skipSpaces();
    size_t begin = position_;
    value = 0;
    for (; position_ < text_.size() && std::isdigit(static_cast<unsigned char>(text_[position_])); ++position_)
      if (__builtin_mul_overflow(value, int64_t(10), &value) ||
          __builtin_add_overflow(value, text_[position_] - '0', &value))
        return false;
    return position_ > begin;
  }
  bool takeShape(std::vector<int64_t> &shape) {
    if (!take('('))
      return false;
    while (!take(')')) {
      int64_t extent;
      if (!takeCount(extent))
        return false;
      shape.push_back(extent);
      if (!take(',')) {
        if (!take(')'))
          return false;
        return true;
      }
    }
    return true;
  }
  bool atEnd() {
    skipSpaces();
    return position_ == text_.size();
  }

private:
  void skipSpaces() {
    while (position_ < text_.size() && std::isspace(static_cast<unsigned char>(text_[position_])))
      ++position_;
  }
  std::string_view text_;
  size_t position_ = 0;
};

struct Header {
  std::string descr;
  bool fortranOrder = false;
  std::vector<int64_t> shape;
  int seen = 0;
};
} // namespace

static bool parseHeader(std::string_view text, Header &header) {
  HeaderReader reader(text);
  if (!reader.take('{'))
    return false;
  while (!reader.take('}')) {
    std::string key;
    if (!reader.takeString(key) || !reader.take(':'))
      return false;
    int bit;
    if (key == "descr" && reader.takeString(header.descr)) {
      bit = 1;
    } else if (key == "fortran_order") {
      header.fortranOrder = reader.takeWord("True");
      if (!header.fortranOrder && !reader.takeWord("False"))
        return false;
      bit = 2;
    } else if (key == "shape" && reader.takeShape(header.shape)) {
      bit = 4;
    } else {
      return false;
    }
    if (header.seen & bit)
      return false;
    header.seen |= bit;
    if (!reader.take(',')) {
      if (!reader.take('}'))
        return false;
      break;
    }
  }
  return header.seen == 7 && reader.atEnd();
}

Status parseNpy(const std::string &bytes, const std::string &name, Npy &array) {
  auto bad = [&](const std::string &what) { return Status(StatusCode::kInvalidData, name + ": " + what); };
  if (bytes.size() < 10 || bytes.compare(0, 6, "\x93NUMPY") != 0)
    return bad("not a .npy file: it does not begin with \\x93NUMPY");
  auto byte = [&](size_t i) { return static_cast<size_t>(static_cast<uint8_t>(bytes[i])); };
  size_t version = byte(6), headerBytes, start;
  if (version == 1) {
    headerBytes = byte(8) | byte(9) << 8;
    start = 10;
  } else if (version == 2 && bytes.size() >= 12) {
    headerBytes = byte(8) | byte(9) << 8 | byte(10) << 16 | byte(11) << 24;
    start = 12;
  } else {
    return bad(version == 2 ? "truncated in its header"
                            : "version " + std::to_string(version) + " of .npy is not supported (1 and 2 are)");
  }
  if (headerBytes > bytes.size() - start)
    return bad("truncated in its header");
  Header header;
  if (!parseHeader(std::string_view(bytes).substr(start, headerBytes), header))
    return bad("its header is not a dictionary of descr, fortran_order and shape (structured types are not supported)");
  const ElementType *type = nullptr;
  for (auto &[descr, element] : kDtypes)
    if (header.descr == descr)
      type = &element;
  if (!type)
    return bad("dtype '" + header.descr + "' is not supported: expected one of <f4, <f8, <f2, <i4, <i8, |u1, |b1" +
               (header.descr.starts_with(">")
                    ? " (this is big-endian: save array.astype(array.dtype.newbyteorder('<')))"
                    : ""));
  if (header.fortranOrder && header.shape.size() > 1)
    return bad("the array is in Fortran order: save numpy.ascontiguousarray(array)");
  size_t expected = elementBytes(*type);
  for (int64_t extent : header.shape)
    if (__builtin_mul_overflow(expected, static_cast<size_t>(extent), &expected))
      return bad("its shape is too large");
  size_t actual = bytes.size() - start - headerBytes;
  if (actual != expected)
    return bad(typeString(*type, header.shape) + " has " + std::to_string(expected) + " bytes of data, the file " +
               std::to_string(actual) + (actual < expected ? ": it is truncated" : ""));
  if (*type == ElementType::boolean)
    for (size_t i = start + headerBytes; i < bytes.size(); ++i)
      if (byte(i) > 1)
        return bad("a bool is neither 0 nor 1");
  array.type = *type;
  array.shape = std::move(header.shape);
  array.bytes.assign(bytes.begin() + static_cast<std::ptrdiff_t>(start + headerBytes), bytes.end());
  return Status();
}

Status readNpy(const std::string &path, Npy &array) {
  std::string bytes;
  ARGENT_RETURN_IF_ERROR(readFile(path, bytes));
  return parseNpy(bytes, path, array);
}

Status writeNpy(const std::string &path, const TensorView &tensor) {
  const char *descr = nullptr;
  for (auto &[name, element] : kDtypes)
    if (element == tensor.type)
      descr = name;
  if (!descr)
    return Status(StatusCode::kInvalidArgument, path + ": .npy has no type for " + elementTypeName(tensor.type));
  std::string text = std::string("{'descr': '") + descr + "', 'fortran_order': False, 'shape': (";
  for (size_t i = 0; i < tensor.shape.size(); ++i)
    text += (i ? ", " : "") + std::to_string(tensor.shape[i]);
  text += tensor.shape.size() == 1 ? ",), }" : "), }";
  // The header is padded so that the data begins at a multiple of 64.
  text.append(63 - (10 + text.size()) % 64, ' ');
  text += '\n';
  std::string head("\x93NUMPY\x01\x00", 8);
  head += static_cast<char>(text.size() & 255);
  head += static_cast<char>(text.size() >> 8);
  std::string_view pieces[] = {head, text, {static_cast<const char *>(tensor.data), tensor.byteCount()}};
  return writeFileAtomically(path, pieces);
}

} // namespace argent
