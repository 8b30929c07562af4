//===- Npz.cpp - reader of NumPy archives --------------------------------------------===//
// A ZIP file (PKWARE's APPNOTE.TXT, 4.3) whose members are .npy, stored or deflated. The directory at the end says
// where each member is; what it cannot say in 32 bits stands in a member's ZIP64 field.
#include "runtime/checkpoint/File.h"
#include "runtime/data/Npy.h"
#include "runtime/data/Readers.h"
#include "runtime/data/Utf8.h"

#include <cstring>
#include <zlib.h>

namespace argent {

namespace {

constexpr size_t kEndBytes = 22, kEntryBytes = 46, kLocalBytes = 30;

uint64_t number(std::string_view bytes, size_t at, size_t width) {
  uint64_t value = 0;
  for (size_t i = width; i-- > 0;)
    value = value << 8 | static_cast<unsigned char>(bytes[at + i]);
  return value;
}

struct Member {
  std::string name;
  uint64_t method, checksum, packedBytes, bytes, offset;
};

} // namespace

/// Takes from a ZIP64 field (0x0001) the numbers that the entry has no room for.
static bool takeWideNumbers(std::string_view extra, Member &member) {
  for (size_t at = 0; at + 4 <= extra.size();) {
    const uint64_t kind = number(extra, at, 2), bytes = number(extra, at + 2, 2);
    std::string_view field = extra.substr(at + 4);
    if (bytes > field.size())
      return false;
    size_t place = 0;
    for (uint64_t *value : {&member.bytes, &member.packedBytes, &member.offset})
      if (kind == 1 && *value == 0xffffffff) {
        if (place + 8 > bytes)
          return false;
        *value = number(field, place, 8);
        place += 8;
      }
    at += 4 + bytes;
  }
  return true;
}

/// The entry of the directory at `at`, which moves behind it.
static bool readEntry(std::string_view file, size_t &at, Member &member) {
  if (at + kEntryBytes > file.size() || file.substr(at, 4) != "PK\1\2")
    return false;
  const size_t nameBytes = number(file, at + 28, 2), extraBytes = number(file, at + 30, 2),
               commentBytes = number(file, at + 32, 2);
  if (at + kEntryBytes + nameBytes + extraBytes + commentBytes > file.size())
    return false;
  member = {std::string(file.substr(at + kEntryBytes, nameBytes)),
            number(file, at + 10, 2),
            number(file, at + 16, 4),
            number(file, at + 20, 4),
            number(file, at + 24, 4),
            number(file, at + 42, 4)};
  std::string_view extra = file.substr(at + kEntryBytes + nameBytes, extraBytes);
  at += kEntryBytes + nameBytes + extraBytes + commentBytes;
  return takeWideNumbers(extra, member);
}

static bool unpack(std::string_view file, const Member &member, std::string &bytes) {
  if (member.offset > file.size() || file.size() - member.offset < kLocalBytes)
    return false;
  const size_t begin =
      member.offset + kLocalBytes + number(file, member.offset + 26, 2) + number(file, member.offset + 28, 2);
  if (begin > file.size() || file.size() - begin < member.packedBytes)
    return false;
  std::string_view packed = file.substr(begin, member.packedBytes);
  if (member.method == 0) {
    bytes = packed;
  } else {
    // Deflate packs at most 1032 to 1 (zlib's technical notes).
    if (member.method != 8 || member.bytes / 1032 > member.packedBytes)
      return false;
    bytes.resize(member.bytes);
    z_stream stream = {};
    if (inflateInit2(&stream, -15) != Z_OK)
      return false;
    size_t read = 0, written = 0;
    int code = Z_OK;
    while (code == Z_OK) {
      const auto in = static_cast<uInt>(std::min<size_t>(packed.size() - read, 1u << 30)),
                 out = static_cast<uInt>(std::min<size_t>(bytes.size() - written, 1u << 30));
      stream.next_in = reinterpret_cast<Bytef *>(const_cast<char *>(packed.data() + read));
      stream.avail_in = in;
      stream.next_out = reinterpret_cast<Bytef *>(bytes.data() + written);
      stream.avail_out = out;
      code = inflate(&stream, Z_NO_FLUSH);
      read += in - stream.avail_in;
      written += out - stream.avail_out;
    }
    inflateEnd(&stream);
    if (code != Z_STREAM_END || written != bytes.size())
      return false;
  }
  return bytes.size() == member.bytes &&
         crc32_z(0, reinterpret_cast<const Bytef *>(bytes.data()), bytes.size()) == member.checksum;
}

Status readNpz(const std::string &path, std::vector<Column> &columns) {
  std::string file;
  ARGENT_RETURN_IF_ERROR(readFile(path, file));
  auto bad = [&](const std::string &what) { return Status(StatusCode::kInvalidData, path + ": " + what); };
  const size_t end = file.rfind("PK\5\6");
  if (!file.starts_with("PK") || end == file.npos || end + kEndBytes > file.size())
    return bad("this is no .npz file, or it is cut short");
  const size_t count = number(file, end + 10, 2);
  size_t at = number(file, end + 16, 4);
  for (size_t i = 0; i < count; ++i) {
    Member member;
    std::string bytes;
    if (!readEntry(file, at, member))
      return bad("its directory is damaged");
    if (findInvalidUtf8(member.name) != member.name.npos)
      return bad("the name of a member is not UTF-8");
    if (!unpack(file, member, bytes))
      return bad("its member " + member.name + " is damaged");
    std::string name = member.name.ends_with(".npy") ? member.name.substr(0, member.name.size() - 4) : member.name;
    Npy array;
    ARGENT_RETURN_IF_ERROR(parseNpy(bytes, path + ", " + name, array));
    if (array.shape.empty())
      return bad(name + " is one number, not an array of rows");
    columns.push_back({name, path + ", " + name, Role::any,
                       NumberRows{array.type, {array.shape.begin() + 1, array.shape.end()}, std::move(array.bytes)}});
  }
  return Status();
}

} // namespace argent
