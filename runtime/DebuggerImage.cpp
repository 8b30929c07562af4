//===- DebuggerImage.cpp - kernels' names for debuggers --------------------===//
//   1. Write an ELF file with one section for the code, without its bytes (they are in memory already), and a symbol
//      for each kernel.
//   2. Put it at the head of the list that the interface prescribes, and call the function at which a debugger has its
//      breakpoint.
// The list and the function are the one thing of the runtime that is global: the debugger finds them by their names.
#include "runtime/DebuggerImage.h"

#include <cstring>
#include <elf.h>
#include <mutex>

namespace argent {

struct DebuggerImage::Entry { // jit_code_entry
  Entry *next = nullptr;
  Entry *previous = nullptr;
  const char *file = nullptr;
  uint64_t bytes = 0;
};

} // namespace argent

extern "C" {

struct ArgentJitDescriptor { // jit_descriptor
  uint32_t version;
  uint32_t action; // 1: `relevant` was added, 2: it is going
  void *relevant;
  void *first;
};

// Weak: another library of the process may have them.
__attribute__((weak, visibility("default"))) ArgentJitDescriptor __jit_debug_descriptor = {1, 0, nullptr, nullptr};
__attribute__((weak, visibility("default"), noinline)) void __jit_debug_register_code() {
  __asm__ volatile("" ::: "memory");
}
}

namespace argent {

namespace {

std::mutex &listMutex() {
  static std::mutex mutex;
  return mutex;
}

/// Puts a value at the end, aligned to 8 bytes; returns its offset.
template <typename T> uint64_t append(std::string &file, const T *values, size_t count) {
  file.resize((file.size() + 7) / 8 * 8);
  uint64_t offset = file.size();
  file.append(reinterpret_cast<const char *>(values), count * sizeof(T));
  return offset;
}

std::string symbolFile(uint16_t machine, const char *code, uint64_t bytes, const std::vector<ImageSymbol> &symbols) {
  const uint64_t base = reinterpret_cast<uintptr_t>(code);
  std::string names(1, 0);
  std::vector<Elf64_Sym> table(1);
  for (const ImageSymbol &symbol : symbols) {
    Elf64_Sym entry = {};
    entry.st_name = static_cast<uint32_t>(names.size());
    entry.st_info = ELF64_ST_INFO(STB_GLOBAL, STT_FUNC);
    entry.st_shndx = 1;
    entry.st_value = base + symbol.address;
    entry.st_size = symbol.bytes;
    table.push_back(entry);
    names += symbol.name;
    names += '\0';
  }
  // Section names: "", .text at 1, .symtab at 7, .strtab at 15.
  static const char kSectionNames[] = "\0.text\0.symtab\0.strtab";

  std::string file(sizeof(Elf64_Ehdr), 0);
  Elf64_Shdr sections[5] = {};
  sections[1].sh_name = 1;
  sections[1].sh_type = SHT_NOBITS;
  sections[1].sh_flags = SHF_ALLOC | SHF_EXECINSTR;
  sections[1].sh_addr = base;
  sections[1].sh_size = bytes;
  sections[1].sh_addralign = 16;
  sections[2].sh_name = 7;
  sections[2].sh_type = SHT_SYMTAB;
  sections[2].sh_offset = append(file, table.data(), table.size());
  sections[2].sh_size = table.size() * sizeof(Elf64_Sym);
  sections[2].sh_link = 3;
  sections[2].sh_info = 1; // the first that is global
  sections[2].sh_addralign = 8;
  sections[2].sh_entsize = sizeof(Elf64_Sym);
  sections[3].sh_name = 15;
  sections[3].sh_type = SHT_STRTAB;
  sections[3].sh_offset = append(file, names.data(), names.size());
  sections[3].sh_size = names.size();
  sections[3].sh_addralign = 1;
  sections[4].sh_name = 15;
  sections[4].sh_type = SHT_STRTAB;
  sections[4].sh_offset = append(file, kSectionNames, sizeof kSectionNames);
  sections[4].sh_size = sizeof kSectionNames;
  sections[4].sh_addralign = 1;

  Elf64_Ehdr header = {};
  std::memcpy(header.e_ident, ELFMAG, SELFMAG);
  header.e_ident[EI_CLASS] = ELFCLASS64;
  header.e_ident[EI_DATA] = ELFDATA2LSB;
  header.e_ident[EI_VERSION] = EV_CURRENT;
  header.e_type = ET_EXEC; // addresses are final
  header.e_machine = machine;
  header.e_version = EV_CURRENT;
  header.e_ehsize = sizeof(Elf64_Ehdr);
  header.e_shentsize = sizeof(Elf64_Shdr);
  header.e_shnum = 5;
  header.e_shstrndx = 4;
  header.e_shoff = append(file, sections, 5);
  std::memcpy(file.data(), &header, sizeof header);
  return file;
}

} // namespace

DebuggerImage::DebuggerImage(uint16_t machine, const char *code, uint64_t bytes,
                             const std::vector<ImageSymbol> &symbols)
    : file_(symbolFile(machine, code, bytes, symbols)), entry_(std::make_unique<Entry>()) {
  entry_->file = file_.data();
  entry_->bytes = file_.size();
  std::lock_guard<std::mutex> lock(listMutex());
  ArgentJitDescriptor &list = __jit_debug_descriptor;
  entry_->next = static_cast<Entry *>(list.first);
  if (entry_->next != nullptr)
    entry_->next->previous = entry_.get();
  list.first = list.relevant = entry_.get();
  list.action = 1;
  __jit_debug_register_code();
}

DebuggerImage::~DebuggerImage() {
  std::lock_guard<std::mutex> lock(listMutex());
  ArgentJitDescriptor &list = __jit_debug_descriptor;
  (entry_->previous != nullptr ? entry_->previous->next : *reinterpret_cast<Entry **>(&list.first)) = entry_->next;
  if (entry_->next != nullptr)
    entry_->next->previous = entry_->previous;
  list.relevant = entry_.get();
  list.action = 2;
  __jit_debug_register_code();
  list.relevant = nullptr;
}

} // namespace argent
