//===- Module.cpp - opens an .agb file and checks it -----------------------===//
//   1. Read the whole file into memory of its own, at a page.
//   2. Header: magic, module version, kernel-ABI version.
//   3. Checksum. If it differs and the table still says how long the file should be, the message tells a cut from
//      damage.
//   4. The table's structure, with FlatBuffers' verifier under limits; its length; then everything in it (ModuleCheck).
#include "argent/Module.h"
#include "runtime/Checksum.h"
#include "runtime/CpuFeatures.h"
#include "runtime/Guard.h"
#include "runtime/KernelContext.h"
#include "runtime/ModuleCheck.h"
#include "runtime/ModuleFormat.h"
#include "runtime/Table.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

namespace argent {

namespace {

constexpr size_t kMaxModuleBytes = size_t(1) << 36;
constexpr uint32_t kMaxTables = 1u << 22;
constexpr uint32_t kMaxDepth = 16;

/// Whole pages of anonymous memory.
class Pages {
public:
  Pages() = default;
  ~Pages() {
    if (data_ != nullptr)
      munmap(data_, bytes_);
  }
  Pages(const Pages &) = delete;
  Pages &operator=(const Pages &) = delete;

  bool allocate(size_t bytes) {
    bytes_ = std::max<size_t>(bytes, 1);
    void *memory = mmap(nullptr, bytes_, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    data_ = memory == MAP_FAILED ? nullptr : static_cast<char *>(memory);
    return data_ != nullptr;
  }
  void protect() { mprotect(data_, bytes_, PROT_READ); }
  char *data() { return data_; }

private:
  char *data_ = nullptr;
  size_t bytes_ = 0;
};

struct File {
  int descriptor = -1;
  ~File() {
    if (descriptor >= 0)
      close(descriptor);
  }
};

uint32_t load32(const char *bytes) {
  uint32_t value = 0;
  for (int i = 3; i >= 0; --i)
    value = value << 8 | static_cast<uint8_t>(bytes[i]);
  return value;
}

/// The table if its structure is sound, else null.
const format::Module *verifiedTable(std::string_view file) {
  if (file.size() < kTableOffset + sizeof(uint32_t))
    return nullptr;
  const uint64_t bytes = uint64_t(load32(file.data() + kTableOffset)) + sizeof(uint32_t);
  if (bytes > file.size() - kTableOffset || bytes >= FLATBUFFERS_MAX_BUFFER_SIZE)
    return nullptr;
  const uint8_t *table = reinterpret_cast<const uint8_t *>(file.data() + kTableOffset);
  flatbuffers::Verifier::Options options;
  options.max_depth = kMaxDepth;
  options.max_tables = kMaxTables;
  flatbuffers::Verifier verifier(table, bytes, options);
  if (!format::VerifySizePrefixedModuleBuffer(verifier))
    return nullptr;
  return format::GetSizePrefixedModule(table);
}

Status cutShort(const std::string &name, uint64_t bytes, const std::string &expected) {
  return Status(StatusCode::kInvalidData,
                name + ": the module is cut short: " + std::to_string(bytes) + " bytes of " + expected);
}

Status versionMismatch(const std::string &name, const char *what, uint32_t found, uint32_t expected) {
  return Status(StatusCode::kIncompatible, name + ": made for " + what + " " + std::to_string(found) +
                                               ", this runtime has " + std::to_string(expected) +
                                               ": compile the model again with its `argent`");
}

Status checkHeader(std::string_view file, const std::string &name) {
  const size_t prefix = std::min(file.size(), sizeof kModuleMagic);
  if (file.empty() || std::memcmp(file.data(), kModuleMagic, prefix) != 0)
    return Status(StatusCode::kInvalidData, name + ": not an Argent module" + (file.empty() ? " (empty)" : ""));
  if (file.size() < kTableOffset + sizeof(uint32_t))
    return cutShort(name, file.size(), "at least " + std::to_string(kTableOffset + sizeof(uint32_t)));
  if (uint32_t version = load32(file.data() + kVersionOffset); version != kModuleVersion)
    return versionMismatch(name, "module version", version, kModuleVersion);
  if (uint32_t abi = load32(file.data() + kAbiOffset); abi != kKernelAbiVersion)
    return versionMismatch(name, "kernel ABI", abi, kKernelAbiVersion);
  return {};
}

Status checkSum(std::string_view file, const std::string &name, Digest &digest) {
  digest = moduleChecksum(file);
  if (std::memcmp(digest.data(), file.data() + kChecksumOffset, kChecksumBytes) == 0)
    return {};
  const uint64_t tableEnd = kTableOffset + sizeof(uint32_t) + uint64_t(load32(file.data() + kTableOffset));
  if (tableEnd > file.size())
    return cutShort(name, file.size(), "at least " + std::to_string(tableEnd) + ", or damaged: its checksum differs");
  if (const format::Module *table = verifiedTable(file); table != nullptr && table->file_bytes() > file.size())
    return cutShort(name, file.size(), std::to_string(table->file_bytes()) + ", or damaged: its checksum differs");
  return Status(StatusCode::kInvalidData, name + ": the module is damaged: its checksum differs");
}

bool runsHere(const format::Variant &variant, const std::vector<std::string_view> &have) {
  if (text(variant.architecture()) != hostArchitecture())
    return false;
  List needed(variant.cpu_features());
  for (uint32_t i = 0; i < needed.size(); ++i)
    if (std::find(have.begin(), have.end(), text(needed[i])) == have.end())
      return false;
  return true;
}

} // namespace

struct Module::Impl {
  Pages memory;
  std::string_view file;
  const format::Module *table = nullptr;
  std::string name, hash;

  /// `memory` is filled; checks it.
  Status check();
};

Status Module::Impl::check() {
  ARGENT_RETURN_IF_ERROR(checkHeader(file, name));
  Digest digest;
  ARGENT_RETURN_IF_ERROR(checkSum(file, name, digest));
  table = verifiedTable(file);
  if (table == nullptr)
    return Status(StatusCode::kInvalidData, name + ": the module's table is malformed");
  if (table->file_bytes() != file.size())
    return Status(StatusCode::kInvalidData, name + ": the module says that it has " +
                                                std::to_string(table->file_bytes()) + " bytes, but has " +
                                                std::to_string(file.size()));
  if (Status status = checkModule(*table, file); !status.ok())
    return Status(status.code(), name + ": " + status.message());
  hash = hexDigits(digest);
  memory.protect();
  return {};
}

Module::Module() : impl_(std::make_unique<Impl>()) {}
Module::~Module() = default;

Status Module::open(const std::string &path, std::shared_ptr<const Module> &module) {
  return guarded([&]() -> Status {
    File file{::open(path.c_str(), O_RDONLY | O_CLOEXEC)};
    if (file.descriptor < 0)
      return Status(errno == ENOENT ? StatusCode::kNotFound : StatusCode::kIoError, path + ": " + std::strerror(errno));
    struct stat information;
    if (fstat(file.descriptor, &information) != 0)
      return Status(StatusCode::kIoError, path + ": " + std::strerror(errno));
    if (!S_ISREG(information.st_mode))
      return Status(StatusCode::kIoError, path + ": not a regular file");
    const size_t bytes = static_cast<size_t>(information.st_size);
    std::shared_ptr<Module> made(new Module);
    made->impl_->name = path;
    if (bytes > kMaxModuleBytes)
      return Status(StatusCode::kInvalidData, path + ": too large for a module");
    if (!made->impl_->memory.allocate(bytes))
      return Status(StatusCode::kOutOfMemory, path + ": no memory for " + std::to_string(bytes) + " bytes");
    for (size_t done = 0; done < bytes;) {
      ssize_t count = ::read(file.descriptor, made->impl_->memory.data() + done, bytes - done);
      if (count < 0 && errno == EINTR)
        continue;
      if (count <= 0)
        return Status(StatusCode::kIoError,
                      path + ": " + (count < 0 ? std::strerror(errno) : "it became shorter while it was read"));
      done += static_cast<size_t>(count);
    }
    made->impl_->file = {made->impl_->memory.data(), bytes};
    ARGENT_RETURN_IF_ERROR(made->impl_->check());
    module = std::move(made);
    return {};
  });
}

Status Module::open(std::string_view bytes, const std::string &name, std::shared_ptr<const Module> &module) {
  return guarded([&]() -> Status {
    std::shared_ptr<Module> made(new Module);
    made->impl_->name = name;
    if (bytes.size() > kMaxModuleBytes || !made->impl_->memory.allocate(bytes.size()))
      return Status(StatusCode::kOutOfMemory, name + ": no memory for " + std::to_string(bytes.size()) + " bytes");
    if (!bytes.empty())
      std::memcpy(made->impl_->memory.data(), bytes.data(), bytes.size());
    made->impl_->file = {made->impl_->memory.data(), bytes.size()};
    ARGENT_RETURN_IF_ERROR(made->impl_->check());
    module = std::move(made);
    return {};
  });
}

const format::Module &Module::table() const { return *impl_->table; }

const format::EntryPoint *Module::entry(std::string_view name) const {
  List entries(impl_->table->entries());
  for (uint32_t i = 0; i < entries.size(); ++i)
    if (text(entries[i]->name()) == name)
      return entries[i];
  return nullptr;
}

const format::Variant *Module::hostVariant() const {
  std::vector<std::string_view> have = hostFeatures();
  List variants(impl_->table->variants());
  for (uint32_t i = 0; i < variants.size(); ++i)
    if (runsHere(*variants[i], have))
      return variants[i];
  return nullptr;
}

std::string_view Module::blob(uint64_t offset, uint64_t bytes) const { return impl_->file.substr(offset, bytes); }
const std::string &Module::hash() const { return impl_->hash; }
const std::string &Module::name() const { return impl_->name; }

} // namespace argent
