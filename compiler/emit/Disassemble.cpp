//===- Disassemble.cpp - machine code of a module as text --------------------===//
//   1. Find the code's bytes: the segment that holds the address.
//   2. Decode once to find where jumps go; those places get labels, .1, .2 ... in the order of the code.
//   3. Decode again and print.
#include "compiler/emit/Disassemble.h"

#include "llvm/MC/MCAsmInfo.h"
#include "llvm/MC/MCContext.h"
#include "llvm/MC/MCDisassembler/MCDisassembler.h"
#include "llvm/MC/MCInst.h"
#include "llvm/MC/MCInstPrinter.h"
#include "llvm/MC/MCInstrAnalysis.h"
#include "llvm/MC/MCInstrInfo.h"
#include "llvm/MC/MCRegisterInfo.h"
#include "llvm/MC/MCSubtargetInfo.h"
#include "llvm/MC/TargetRegistry.h"
#include "llvm/Object/ELFObjectFile.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/TargetSelect.h"

#include <map>

using namespace llvm;

namespace argent {

namespace {

/// What LLVM's decoder of one architecture consists of.
struct Decoder {
  Triple triple;
  std::unique_ptr<MCRegisterInfo> registers;
  std::unique_ptr<MCAsmInfo> assembly;
  std::unique_ptr<MCSubtargetInfo> subtarget;
  std::unique_ptr<MCInstrInfo> instructions;
  std::unique_ptr<MCInstrAnalysis> analysis;
  std::unique_ptr<MCContext> context;
  std::unique_ptr<MCDisassembler> disassembler;
  std::unique_ptr<MCInstPrinter> printer;

  static Expected<Decoder> make(StringRef architecture) {
    InitializeAllTargetInfos();
    InitializeAllTargetMCs();
    InitializeAllDisassemblers();
    Decoder made;
    made.triple = Triple(architecture == "aarch64" ? "aarch64-unknown-linux-gnu" : "x86_64-unknown-linux-gnu");
    std::string error;
    const Target *target = TargetRegistry::lookupTarget(made.triple, error);
    if (!target)
      return createStringError("this LLVM cannot read code for " + architecture.str() + ": " + error);
    made.registers.reset(target->createMCRegInfo(made.triple));
    made.assembly.reset(target->createMCAsmInfo(*made.registers, made.triple, MCTargetOptions()));
    // Every extension that a target of ours may use.
    made.subtarget.reset(target->createMCSubtargetInfo(made.triple, "", architecture == "aarch64" ? "+all" : ""));
    made.instructions.reset(target->createMCInstrInfo());
    made.analysis.reset(target->createMCInstrAnalysis(made.instructions.get()));
    made.context =
        std::make_unique<MCContext>(made.triple, made.assembly.get(), made.registers.get(), made.subtarget.get());
    made.disassembler.reset(target->createMCDisassembler(*made.subtarget, *made.context));
    // Intel's order of operands, as Halide's authors and the manuals write it.
    made.printer.reset(target->createMCInstPrinter(made.triple, made.triple.isX86() ? 1 : 0, *made.assembly,
                                                   *made.instructions, *made.registers));
    if (!made.disassembler || !made.printer || !made.analysis)
      return createStringError("this LLVM cannot read code for " + architecture.str());
    made.printer->setPrintImmHex(false);
    return made;
  }
};

} // namespace

/// The bytes behind an address, and the functions' names by address.
static Expected<ArrayRef<uint8_t>> codeOf(const object::ELF64LEFile &file, uint64_t address, uint64_t bytes) {
  auto headers = file.program_headers();
  if (!headers)
    return headers.takeError();
  for (const auto &header : *headers)
    if (header.p_type == ELF::PT_LOAD && address >= header.p_vaddr &&
        address + bytes <= header.p_vaddr + header.p_filesz)
      return ArrayRef<uint8_t>(file.base() + header.p_offset + (address - header.p_vaddr), bytes);
  return createStringError("the kernel's code lies outside of the image");
}

static std::map<uint64_t, std::string> symbolsOf(const object::ELF64LEFile &file) {
  std::map<uint64_t, std::string> symbols;
  auto sections = file.sections();
  if (!sections) {
    consumeError(sections.takeError());
    return symbols;
  }
  for (const auto &section : *sections) {
    if (section.sh_type != ELF::SHT_SYMTAB && section.sh_type != ELF::SHT_DYNSYM)
      continue;
    auto table = file.symbols(&section);
    auto names = file.getStringTableForSymtab(section);
    if (!table || !names) {
      consumeError(table.takeError());
      consumeError(names.takeError());
      continue;
    }
    for (const auto &symbol : *table) {
      auto name = symbol.getName(*names);
      if (!name)
        consumeError(name.takeError());
      else if (symbol.getType() == ELF::STT_FUNC)
        symbols.try_emplace(symbol.st_value, name->str());
    }
  }
  return symbols;
}

Expected<std::string> disassemble(StringRef image, StringRef architecture, uint64_t address, uint64_t bytes) {
  Expected<object::ELF64LEFile> file = object::ELF64LEFile::create(image);
  if (!file)
    return file.takeError();
  Expected<ArrayRef<uint8_t>> code = codeOf(*file, address, bytes);
  if (!code)
    return code.takeError();
  Expected<Decoder> decoder = Decoder::make(architecture);
  if (!decoder)
    return decoder.takeError();
  std::map<uint64_t, std::string> symbols = symbolsOf(*file);

  auto forEach = [&](auto use) {
    for (uint64_t at = 0, size = 0; at < code->size(); at += std::max<uint64_t>(size, 1)) {
      MCInst instruction;
      auto status = decoder->disassembler->getInstruction(instruction, size, code->slice(at), address + at, nulls());
      use(address + at, std::max<uint64_t>(size, 1), status == MCDisassembler::Success ? &instruction : nullptr);
    }
  };
  // (2)
  std::map<uint64_t, int> labels;
  forEach([&](uint64_t at, uint64_t size, const MCInst *instruction) {
    uint64_t target;
    if (instruction && decoder->analysis->isBranch(*instruction) &&
        decoder->analysis->evaluateBranch(*instruction, at, size, target) && target >= address &&
        target < address + bytes)
      labels[target] = 0;
  });
  int count = 0;
  for (auto &[at, number] : labels)
    number = ++count;
  // (3)
  std::string text;
  raw_string_ostream stream(text);
  forEach([&](uint64_t at, uint64_t size, const MCInst *instruction) {
    if (auto symbol = symbols.find(at); symbol != symbols.end())
      stream << symbol->second << ":\n";
    if (auto label = labels.find(at); label != labels.end())
      stream << "." << label->second << ":\n";
    stream << format("  %6llx ", static_cast<unsigned long long>(at - address));
    if (!instruction) {
      stream << format("\t(byte 0x%02x)\n", (*code)[at - address]);
      return;
    }
    uint64_t target = 0;
    bool isJump = (decoder->analysis->isBranch(*instruction) || decoder->analysis->isCall(*instruction)) &&
                  decoder->analysis->evaluateBranch(*instruction, at, size, target);
    std::string line;
    raw_string_ostream printed(line);
    decoder->printer->printInst(instruction, at, "", *decoder->subtarget, printed);
    StringRef shown = StringRef(line).trim();
    if (isJump && labels.count(target))
      stream << "\t" << shown.take_until([](char c) { return c == ' ' || c == '\t'; }) << "\t." << labels[target]
             << "\n";
    else if (auto symbol = symbols.find(target); isJump && symbol != symbols.end())
      stream << "\t" << shown.take_until([](char c) { return c == ' ' || c == '\t'; }) << "\t" << symbol->second
             << "\n";
    else
      stream << "\t" << shown << "\n";
  });
  return text;
}

} // namespace argent
