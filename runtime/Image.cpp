//===- Image.cpp - maps, relocates and protects a variant's machine code ---===//
//   1. Read the ELF headers; refuse what a kernel image must not have.
//   2. Reserve the whole span as anonymous memory and copy the segments.
//   3. Add the base to every place that a relative relocation names.
//   4. Protect: code read and execute, data read or read and write.
#include "runtime/Image.h"
#include "runtime/DebuggerImage.h"

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <elf.h>
#include <sys/mman.h>
#include <unistd.h>

namespace argent {

namespace {

constexpr uint64_t kMaxSpan = uint64_t(1) << 30;
constexpr uint64_t kPageBytes = 4096; // segments that differ in protection share none of these
constexpr int kMaxSegments = 64;

#if defined(__x86_64__)
constexpr uint16_t kHostMachine = EM_X86_64;
#elif defined(__aarch64__)
constexpr uint16_t kHostMachine = EM_AARCH64;
#else
constexpr uint16_t kHostMachine = EM_NONE;
#endif

Status invalid(const std::string &what) { return Status(StatusCode::kInvalidData, "kernel image: " + what); }

uint64_t roundUp(uint64_t value, uint64_t to) { return (value + to - 1) / to * to; }

bool inRange(uint64_t offset, uint64_t bytes, uint64_t size) { return offset <= size && bytes <= size - offset; }

/// Copies a structure out of the file; the caller has checked the range.
template <typename T> T readAt(std::string_view file, uint64_t offset) {
  T value;
  std::memcpy(&value, file.data() + offset, sizeof value);
  return value;
}

/// The file offset of loaded bytes, or false when they are not backed by the file.
bool fileOffsetOf(const ImageLayout &layout, uint64_t address, uint64_t bytes, uint64_t &offset) {
  for (const ImageLayout::Segment &segment : layout.segments)
    if (address >= segment.address && inRange(address - segment.address, bytes, segment.fileBytes)) {
      offset = segment.fileOffset + (address - segment.address);
      return true;
    }
  return false;
}

bool inWritableSegment(const ImageLayout &layout, uint64_t address, uint64_t bytes) {
  for (const ImageLayout::Segment &segment : layout.segments)
    if (segment.writable && address >= segment.address &&
        inRange(address - segment.address, bytes, segment.memoryBytes))
      return true;
  return false;
}

Status addSegment(std::string_view file, const Elf64_Phdr &header, ImageLayout &layout) {
  if (!inRange(header.p_offset, header.p_filesz, file.size()) || header.p_filesz > header.p_memsz)
    return invalid("a segment lies outside of the file");
  if (!inRange(header.p_vaddr, header.p_memsz, kMaxSpan))
    return invalid("a segment's address is out of range");
  if ((header.p_flags & PF_W) && (header.p_flags & PF_X))
    return invalid("a segment is writable and executable");
  uint64_t begin = header.p_vaddr / kPageBytes * kPageBytes;
  if (!layout.segments.empty() && begin < layout.span)
    return invalid("segments overlap or are not in order");
  layout.span = roundUp(header.p_vaddr + header.p_memsz, kPageBytes);
  layout.segments.push_back({header.p_offset, header.p_filesz, header.p_vaddr, header.p_memsz,
                             (header.p_flags & PF_W) != 0, (header.p_flags & PF_X) != 0});
  return {};
}

Status readRelocations(std::string_view file, uint64_t address, uint64_t bytes, ImageLayout &layout) {
  uint64_t offset = 0;
  if (bytes % sizeof(Elf64_Rela) != 0 || !fileOffsetOf(layout, address, bytes, offset))
    return invalid("the relocation table lies outside of the image");
  const uint32_t relative = layout.machine == EM_AARCH64 ? R_AARCH64_RELATIVE : R_X86_64_RELATIVE;
  for (uint64_t i = 0; i < bytes / sizeof(Elf64_Rela); ++i) {
    auto entry = readAt<Elf64_Rela>(file, offset + i * sizeof(Elf64_Rela));
    if (ELF64_R_TYPE(entry.r_info) != relative || ELF64_R_SYM(entry.r_info) != 0)
      return invalid("relocation " + std::to_string(i) + " is of type " + std::to_string(ELF64_R_TYPE(entry.r_info)) +
                     "; only relative ones are allowed");
    if (!inWritableSegment(layout, entry.r_offset, 8) || static_cast<uint64_t>(entry.r_addend) > layout.span)
      return invalid("relocation " + std::to_string(i) + " is out of range");
    layout.relocations.push_back({entry.r_offset, static_cast<uint64_t>(entry.r_addend)});
  }
  return {};
}

Status readDynamicSection(std::string_view file, const Elf64_Phdr &header, ImageLayout &layout) {
  if (!inRange(header.p_offset, header.p_filesz, file.size()))
    return invalid("the dynamic section lies outside of the file");
  uint64_t table = 0, tableBytes = 0;
  for (uint64_t i = 0; i < header.p_filesz / sizeof(Elf64_Dyn); ++i) {
    auto entry = readAt<Elf64_Dyn>(file, header.p_offset + i * sizeof(Elf64_Dyn));
    switch (entry.d_tag) {
    case DT_NULL:
      i = header.p_filesz;
      break;
    case DT_RELA:
      table = entry.d_un.d_ptr;
      break;
    case DT_RELASZ:
      tableBytes = entry.d_un.d_val;
      break;
    case DT_RELAENT:
      if (entry.d_un.d_val != sizeof(Elf64_Rela))
        return invalid("relocations of a strange size");
      break;
    case DT_NEEDED:
      return invalid("it needs another library");
    case DT_INIT:
    case DT_FINI:
      return invalid("it has an initializer or a finalizer");
    case DT_INIT_ARRAYSZ:
    case DT_FINI_ARRAYSZ:
    case DT_PREINIT_ARRAYSZ:
      if (entry.d_un.d_val != 0)
        return invalid("it has an initializer or a finalizer");
      break;
    case DT_PLTRELSZ:
      if (entry.d_un.d_val != 0)
        return invalid("it imports functions");
      break;
    case DT_TEXTREL:
      return invalid("its code must be relocated");
    case DT_REL:
    case 36: /* DT_RELR */
      return invalid("relocations of a form that the loader does not read");
    default:
      break;
    }
  }
  return tableBytes == 0 ? Status() : readRelocations(file, table, tableBytes, layout);
}

void writePerfMap(const Image &image, const std::vector<ImageSymbol> &symbols) {
  const char *directory = std::getenv("TMPDIR");
  if (directory == nullptr || *directory == 0)
    directory = P_tmpdir;
  std::string path = std::string(directory) + "/perf-" + std::to_string(getpid()) + ".map";
  std::FILE *file = std::fopen(path.c_str(), "a");
  if (file == nullptr)
    return;
  for (const ImageSymbol &symbol : symbols)
    std::fprintf(file, "%llx %llx %s\n",
                 static_cast<unsigned long long>(reinterpret_cast<uintptr_t>(image.at(symbol.address))),
                 static_cast<unsigned long long>(symbol.bytes), symbol.name.c_str());
  std::fclose(file);
}

} // namespace

bool ImageLayout::isCode(uint64_t address, uint64_t bytes) const {
  for (const Segment &segment : segments)
    if (segment.executable && address >= segment.address && address - segment.address < segment.fileBytes &&
        inRange(address - segment.address, bytes, segment.fileBytes))
      return true;
  return false;
}

std::string_view ImageLayout::architecture() const {
  return machine == EM_X86_64 ? "x86-64" : machine == EM_AARCH64 ? "aarch64" : "";
}

Status ImageLayout::read(std::string_view file, ImageLayout &layout) {
  layout = {};
  if (file.size() < sizeof(Elf64_Ehdr) || std::memcmp(file.data(), ELFMAG, SELFMAG) != 0)
    return invalid("not an ELF file");
  auto header = readAt<Elf64_Ehdr>(file, 0);
  if (header.e_ident[EI_CLASS] != ELFCLASS64 || header.e_ident[EI_DATA] != ELFDATA2LSB || header.e_type != ET_DYN)
    return invalid("not a 64-bit little-endian shared object");
  layout.machine = header.e_machine;
  if (layout.architecture().empty())
    return invalid("made for an unknown processor (ELF machine " + std::to_string(header.e_machine) + ")");
  if (header.e_phentsize != sizeof(Elf64_Phdr) || header.e_phnum > kMaxSegments ||
      !inRange(header.e_phoff, uint64_t(header.e_phnum) * sizeof(Elf64_Phdr), file.size()))
    return invalid("the program headers lie outside of the file");

  Elf64_Phdr dynamic = {};
  for (int i = 0; i < header.e_phnum; ++i) {
    auto segment = readAt<Elf64_Phdr>(file, header.e_phoff + i * sizeof(Elf64_Phdr));
    if (segment.p_type == PT_LOAD)
      ARGENT_RETURN_IF_ERROR(addSegment(file, segment, layout));
    if (segment.p_type == PT_TLS)
      return invalid("it has thread-local variables");
    if (segment.p_type == PT_INTERP)
      return invalid("it names an interpreter");
    if (segment.p_type == PT_DYNAMIC)
      dynamic = segment;
  }
  if (layout.segments.empty())
    return invalid("nothing to load");
  if (dynamic.p_type == PT_DYNAMIC)
    return readDynamicSection(file, dynamic, layout);
  return {};
}

Status Image::load(std::string_view file, const std::vector<ImageSymbol> &symbols, std::unique_ptr<Image> &image) {
  std::unique_ptr<Image> made(new Image);
  ImageLayout &layout = made->layout_;
  ARGENT_RETURN_IF_ERROR(ImageLayout::read(file, layout));
  if (layout.machine != kHostMachine)
    return Status(StatusCode::kIncompatible,
                  "kernel image: made for " + std::string(layout.architecture()) + ", not for this processor");

  void *memory = mmap(nullptr, layout.span, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED)
    return Status(StatusCode::kOutOfMemory,
                  "kernel image: no memory for " + std::to_string(layout.span) + " bytes: " + std::strerror(errno));
  made->base_ = static_cast<char *>(memory);

  for (const ImageLayout::Segment &segment : layout.segments)
    if (segment.fileBytes != 0)
      std::memcpy(made->base_ + segment.address, file.data() + segment.fileOffset, segment.fileBytes);
  for (const ImageLayout::Relocation &relocation : layout.relocations) {
    uint64_t value = reinterpret_cast<uintptr_t>(made->base_) + relocation.addend;
    std::memcpy(made->base_ + relocation.address, &value, sizeof value);
  }

  const uint64_t page = static_cast<uint64_t>(sysconf(_SC_PAGESIZE));
  uint64_t protectedEnd = 0;
  for (const ImageLayout::Segment &segment : layout.segments) {
    uint64_t begin = segment.address / page * page;
    if (begin < protectedEnd)
      return Status(StatusCode::kIncompatible,
                    "kernel image: its segments share a page of this system (" + std::to_string(page) + " bytes)");
    protectedEnd = roundUp(segment.address + segment.memoryBytes, page);
    int protection = PROT_READ | (segment.writable ? PROT_WRITE : 0) | (segment.executable ? PROT_EXEC : 0);
    if (mprotect(made->base_ + begin, protectedEnd - begin, protection) != 0)
      return Status(StatusCode::kIoError,
                    std::string("kernel image: cannot protect its memory: ") + std::strerror(errno));
  }
  __builtin___clear_cache(made->base_, made->base_ + layout.span);

  if (const char *perf = std::getenv("ARGENT_PERF"); perf != nullptr && std::strcmp(perf, "1") == 0) {
    writePerfMap(*made, symbols);
    made->debugger_ = std::make_unique<DebuggerImage>(layout.machine, made->base_, layout.span, symbols);
  }
  image = std::move(made);
  return {};
}

Image::Image() = default;

Image::~Image() {
  debugger_.reset();
  if (base_ != nullptr)
    munmap(base_, layout_.span);
}

} // namespace argent
