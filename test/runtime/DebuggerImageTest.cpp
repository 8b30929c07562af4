//===- DebuggerImageTest.cpp - kernels' names for debuggers -----------------===//
#include "runtime/DebuggerImage.h"

#include <elf.h>
#include <gtest/gtest.h>

#include <cstring>
#include <map>

using namespace argent;

// What GDB reads: its manual, "JIT Compilation Interface".
extern "C" {
struct Entry {
  Entry *next, *previous;
  const char *file;
  uint64_t bytes;
};
struct Descriptor {
  uint32_t version, action;
  Entry *relevant, *first;
};
}

namespace {

Descriptor &descriptor() {
  extern Descriptor list __asm__("__jit_debug_descriptor");
  return list;
}

std::map<std::string, std::pair<uint64_t, uint64_t>> symbolsOf(const Entry &entry) {
  Elf64_Ehdr header;
  std::memcpy(&header, entry.file, sizeof header);
  EXPECT_EQ(std::memcmp(header.e_ident, ELFMAG, SELFMAG), 0);
  EXPECT_EQ(header.e_machine, EM_X86_64);
  EXPECT_LE(header.e_shoff + header.e_shnum * sizeof(Elf64_Shdr), entry.bytes);
  auto *sections = reinterpret_cast<const Elf64_Shdr *>(entry.file + header.e_shoff);
  const char *sectionNames = entry.file + sections[header.e_shstrndx].sh_offset;
  std::map<std::string, std::pair<uint64_t, uint64_t>> symbols;
  for (int i = 0; i < header.e_shnum; ++i) {
    if (sections[i].sh_type != SHT_SYMTAB)
      continue;
    EXPECT_STREQ(sectionNames + sections[i].sh_name, ".symtab");
    const char *names = entry.file + sections[sections[i].sh_link].sh_offset;
    auto *table = reinterpret_cast<const Elf64_Sym *>(entry.file + sections[i].sh_offset);
    for (size_t k = 1; k < sections[i].sh_size / sizeof(Elf64_Sym); ++k)
      symbols[names + table[k].st_name] = {table[k].st_value, table[k].st_size};
  }
  return symbols;
}

} // namespace

TEST(DebuggerImage, ListsItsSymbolsWhileItLives) {
  alignas(16) static char code[64];
  const uint64_t base = reinterpret_cast<uintptr_t>(code);
  ASSERT_EQ(descriptor().version, 1u);
  ASSERT_EQ(descriptor().first, nullptr);
  {
    DebuggerImage first(EM_X86_64, code, sizeof code, {{16, 8, "net.conv tanh"}, {32, 4, "net.d conv"}});
    EXPECT_EQ(descriptor().action, 1u);
    auto symbols = symbolsOf(*descriptor().first);
    EXPECT_EQ(symbols.size(), 2u);
    EXPECT_EQ(symbols["net.conv tanh"], std::pair(base + 16, uint64_t(8)));
    EXPECT_EQ(symbols["net.d conv"], std::pair(base + 32, uint64_t(4)));

    auto second =
        std::make_unique<DebuggerImage>(EM_X86_64, code, sizeof code, std::vector<ImageSymbol>{{0, 4, "other"}});
    EXPECT_EQ(symbolsOf(*descriptor().first).count("other"), 1u);
    ASSERT_NE(descriptor().first->next, nullptr);
    EXPECT_EQ(descriptor().first->next->previous, descriptor().first);
    // The one that goes is not the last that came.
    DebuggerImage third(EM_X86_64, code, sizeof code, {});
    second.reset();
    EXPECT_EQ(descriptor().action, 2u);
    EXPECT_EQ(symbolsOf(*descriptor().first->next).size(), 2u);
  }
  EXPECT_EQ(descriptor().first, nullptr);
}
