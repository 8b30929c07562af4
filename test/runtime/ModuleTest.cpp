//===- ModuleTest.cpp - opening modules, whole and damaged -----------------===//
#include "TestModule.h"
#include "argent/Session.h"
#include "runtime/CpuFeatures.h"
#include "runtime/Image.h"
#include "runtime/ModuleFormat.h"

#include <cstring>
#include <elf.h>
#include <fstream>
#include <functional>
#include <gtest/gtest.h>
#include <unistd.h>

using namespace argent;
using namespace argent::test;

namespace {

Status openBytes(const std::string &file) {
  std::shared_ptr<const Module> module;
  Status status = Module::open(file, "m.agb", module);
  EXPECT_EQ(status.ok(), module != nullptr);
  return status;
}

std::string adderFile() {
  std::string image = readImage("adder");
  format::ModuleT module = adderModule(image);
  return moduleFile(module, image);
}

/// The message for the adder module after `change`.
std::string errorAfter(const std::function<void(format::ModuleT &)> &change) {
  std::string image = readImage("adder");
  format::ModuleT module = adderModule(image);
  change(module);
  Status status = openBytes(moduleFile(module, image));
  EXPECT_EQ(status.code(), StatusCode::kInvalidData);
  return status.message();
}

bool contains(const std::string &text, const std::string &part) { return text.find(part) != std::string::npos; }

} // namespace

TEST(ModuleTest, Opens) {
  std::string image = readImage("adder");
  auto module = openModule(adderModule(image), image);
  ASSERT_NE(module, nullptr);
  EXPECT_EQ(module->hash().size(), 32u);
  EXPECT_NE(module->entry("predict"), nullptr);
  EXPECT_EQ(module->entry("pack"), nullptr);
  EXPECT_NE(module->hostVariant(), nullptr);
  EXPECT_EQ(module->name(), "test.agb");
}

TEST(ModuleTest, OpensAFile) {
  char path[] = "module-test-XXXXXX";
  int descriptor = mkstemp(path);
  ASSERT_GE(descriptor, 0);
  close(descriptor);
  std::string file = adderFile();
  std::ofstream(path, std::ios::binary) << file;
  std::shared_ptr<const Module> module;
  EXPECT_TRUE(Module::open(path, module).ok());
  EXPECT_EQ(module->name(), path);
  std::ofstream(path, std::ios::binary) << file.substr(0, file.size() - 1);
  Status status = Module::open(path, module);
  EXPECT_TRUE(contains(status.message(), "cut short")) << status.message();
  unlink(path);
  EXPECT_EQ(Module::open(path, module).code(), StatusCode::kNotFound);
  EXPECT_EQ(Module::open(".", module).code(), StatusCode::kIoError);
}

TEST(ModuleTest, EveryCutIsAnError) {
  std::string file = adderFile();
  for (size_t length = 0; length < file.size(); ++length) {
    Status status = openBytes(file.substr(0, length));
    ASSERT_EQ(status.code(), StatusCode::kInvalidData) << length;
    ASSERT_TRUE(contains(status.message(), length == 0 ? "not an Argent module" : "cut short"))
        << length << ": " << status.message();
  }
  EXPECT_EQ(openBytes(file + "x").code(), StatusCode::kInvalidData);
}

TEST(ModuleTest, EveryChangedByteIsAnError) {
  std::string file = adderFile();
  ASSERT_TRUE(openBytes(file).ok());
  for (size_t i = 0; i < file.size(); ++i) {
    file[i] = static_cast<char>(file[i] ^ (1 + i % 255));
    Status status = openBytes(file);
    file[i] = static_cast<char>(file[i] ^ (1 + i % 255));
    const bool version = i >= kVersionOffset && i < kChecksumOffset;
    ASSERT_EQ(status.code(), version ? StatusCode::kIncompatible : StatusCode::kInvalidData) << i;
    ASSERT_FALSE(status.message().empty());
  }
}

// A file that was changed and given a right checksum (a broken compiler, not a damaged disk): no crash, and a session
// can be made of whatever still opens.
TEST(ModuleTest, ChangedTablesDoNotCrash) {
  const std::string file = adderFile();
  uint32_t tableBytes;
  std::memcpy(&tableBytes, file.data() + kTableOffset, 4);
  int opened = 0;
  for (size_t i = kTableOffset; i < kTableOffset + 4 + tableBytes; ++i)
    for (int change : {0x01, 0x80, 0xff}) {
      std::string changed = file;
      changed[i] = static_cast<char>(changed[i] ^ change);
      seal(changed);
      std::shared_ptr<const Module> module;
      if (!Module::open(changed, "m.agb", module).ok())
        continue;
      ++opened;
      std::unique_ptr<Session> session;
      (void)Session::create(module, {.maxBatch = 3, .threads = 1, .training = true}, session).ok();
    }
  EXPECT_GT(opened, 0);
}

TEST(ModuleTest, ChangedImagesDoNotCrash) {
  const std::string image = readImage("adder");
  for (size_t i = 0; i < image.size(); i += i < 1024 ? 1 : 16) {
    std::string changed = image;
    changed[i] = static_cast<char>(changed[i] ^ 0x81);
    std::unique_ptr<Image> loaded;
    (void)Image::load(changed, {}, loaded).ok();
  }
  for (size_t length = 0; length < image.size(); length += 64) {
    std::unique_ptr<Image> loaded;
    (void)Image::load(std::string_view(image).substr(0, length), {}, loaded).ok();
  }
}

TEST(ModuleTest, SaysWhatMustBeRecompiled) {
  std::string file = adderFile();
  file[kAbiOffset] = 77;
  Status status = openBytes(file);
  EXPECT_EQ(status.code(), StatusCode::kIncompatible);
  EXPECT_EQ(status.message(),
            "m.agb: made for kernel ABI 77, this runtime has 1: compile the model again with its `argent`");
}

TEST(ModuleTest, ChecksEverythingInTheTable) {
  using Module = format::ModuleT;
  auto variant = [](Module &m) -> format::VariantT & { return *m.variants[0]; };
  auto predict = [](Module &m) -> format::ProgramT & { return *m.variants[0]->programs[0]; };
  struct Case {
    const char *message;
    std::function<void(Module &)> change;
  };
  const Case cases[] = {
      {"its target or architecture is missing", [&](Module &m) { variant(m).target = ""; }},
      {"a multiple of 3, which is no power of two up to 64", [&](Module &m) { variant(m).batch_rounding = 3; }},
      {"a multiple of 128", [&](Module &m) { variant(m).batch_rounding = 128; }},
      {"a multiple of 0", [&](Module &m) { variant(m).batch_rounding = 0; }},
      {"a name is missing or used twice", [](Module &m) { m.entries[0]->inputs[1]->name = "x"; }},
      {"it has no type", [](Module &m) { m.entries[0]->inputs[0]->type = nullptr; }},
      {"unknown element type 99",
       [](Module &m) { m.entries[0]->inputs[0]->type->element_type = format::ElementType(99); }},
      {"a dimension is 0", [](Module &m) { m.parameters[1]->type->dims[0] = format::Linear(0, 0); }},
      {"negative or beyond", [](Module &m) { m.parameters[1]->type->dims[0] = format::Linear(-4, 0); }},
      {"only integers have a range",
       [](Module &m) { m.entries[0]->inputs[0]->range = std::make_unique<format::ValueRangeT>(); }},
      {"its range is empty", [](Module &m) { m.entries[0]->inputs[1]->range->low = 10; }},
      {"initializer is missing", [](Module &m) { m.parameters[1]->initializer = nullptr; }},
      {"its word vectors have no file or no vocabulary",
       [](Module &m) { m.parameters[0]->initializer->vectors = std::make_unique<format::WordVectorsT>(); }},
      {"it is no table that word vectors could fill",
       [](Module &m) {
         auto vectors = std::make_unique<format::WordVectorsT>();
         vectors->file = "vectors.txt";
         vectors->vocabulary = "tokens";
         m.parameters[0]->initializer->vectors = std::move(vectors);
       }},
      {"only the first dimension of a state", [](Module &m) { m.parameters[1]->type->dims[0] = format::Linear(0, 1); }},
      {"needs the layer of each parameter", [](Module &m) { m.training->parameter_layers = {0}; }},
      {"there is no such layer", [](Module &m) { m.training->parameter_layers = {0, 1}; }},
      {"differ in size", [&](Module &m) { variant(m).arenas[4]->bytes = std::make_unique<format::Linear>(128, 0); }},
      {"or memory space", [&](Module &m) { variant(m).arenas[4]->space = format::MemorySpace::device; }},
      {"unknown kind or memory space", [&](Module &m) { variant(m).arenas[3]->space = format::MemorySpace(2); }},
      {"another has its kind and index",
       [&](Module &m) { variant(m).arenas[4]->kind = format::ArenaKind::parameters; }},
      {"too small for the parameters",
       [&](Module &m) { variant(m).arenas[2]->bytes = std::make_unique<format::Linear>(64, 0); }},
      {"not one placement for each", [&](Module &m) { variant(m).placements.pop_back(); }},
      {"its logical offset is 52", [&](Module &m) { variant(m).placements[1]->logical_offset = 52; }},
      {"outside of its arena", [&](Module &m) { variant(m).placements[1]->bytes = 49; }},
      {"outside of the image's code", [&](Module &m) { variant(m).kernels[0]->image_offset = 0; }},
      {"outside of the image's code", [&](Module &m) { variant(m).kernels[0]->code_bytes = ~uint64_t(0); }},
      {"there is no arena 6", [&](Module &m) { predict(m).views[1]->index = 6; }},
      {"there is no port 2", [&](Module &m) { predict(m).views[0]->index = 2; }},
      {"not the port's", [&](Module &m) { predict(m).views[0]->element_type = format::ElementType::i32; }},
      {"not a multiple of its element's size",
       [&](Module &m) { predict(m).views[1]->offset = std::make_unique<format::Linear>(18, 0); }},
      {"beyond the end of its arena",
       [&](Module &m) { predict(m).views[1]->offset = std::make_unique<format::Linear>(52, 0); }},
      {"beyond the end of its arena", [&](Module &m) { predict(m).views[2]->strides[0] = format::Linear(9, 0); }},
      {"beyond the end of its arena", [&](Module &m) { predict(m).views[2]->extents[0] = format::Linear(0, 2); }},
      {"beyond the end of its arena", [&](Module &m) { predict(m).views[2]->strides[1] = format::Linear(0, 1); }},
      {"beyond the end of its port", [&](Module &m) { predict(m).views[3]->extents[1] = format::Linear(5, 0); }},
      {"beyond the end of its port",
       [&](Module &m) { predict(m).views[3]->offset = std::make_unique<format::Linear>(4, 0); }},
      {"an extent is 0", [&](Module &m) { predict(m).views[3]->extents[1] = format::Linear(0, 0); }},
      {"not one stride for each extent", [&](Module &m) { predict(m).views[3]->extents.pop_back(); }},
      {"no kernel for N = 1",
       [&](Module &m) { predict(m).instructions[0]->step.AsLaunch()->choices[0]->min_batch = 2; }},
      {"in the order of their batches",
       [&](Module &m) { predict(m).instructions[0]->step.AsLaunch()->choices[1]->min_batch = 1; }},
      {"there is no kernel 4", [&](Module &m) { predict(m).instructions[0]->step.AsLaunch()->choices[1]->kernel = 4; }},
      {"there is no view 4", [&](Module &m) { predict(m).instructions[0]->step.AsLaunch()->views[1] = 4; }},
      {"there is no such view", [&](Module &m) { predict(m).instructions[1]->step.AsCopy()->from = 4; }},
      {"differ in type or extents", [&](Module &m) { predict(m).instructions[1]->step.AsCopy()->from = 1; }},
      {"to constants or to an input", [&](Module &m) { predict(m).instructions[1]->step.AsCopy()->to = 0; }},
      {"unknown step", [&](Module &m) { predict(m).instructions[1]->step.Reset(); }},
      {"not that of an entry point", [&](Module &m) { predict(m).name = "guess"; }},
      {"its name is used twice", [&](Module &m) { variant(m).programs[4]->name = "pack"; }},
      {"no programs \"pack\"", [&](Module &m) { variant(m).programs.pop_back(); }},
      {"only pack and unpack see", [&](Module &m) { predict(m).views[1]->index = 2; }},
      {"its image is for", [&](Module &m) { variant(m).architecture = "pdp-11"; }},
  };
  for (const Case &c : cases) {
    std::string message = errorAfter(c.change);
    EXPECT_TRUE(contains(message, c.message)) << "expected: " << c.message << "\ngot: " << message;
  }
}

// What is appended to the schema later must not disturb this reader, nor what an older writer left out.
TEST(ModuleTest, LeavesOutWhatHasADefault) {
  format::ModuleT module;
  module.name = "empty";
  auto variant = std::make_unique<format::VariantT>();
  variant->architecture = std::string(hostArchitecture());
  variant->target = "any";
  module.variants.push_back(std::move(variant));
  auto opened = openModule(std::move(module), "");
  std::unique_ptr<Session> session;
  ASSERT_TRUE(Session::create(opened, {}, session).ok());
  EXPECT_TRUE(session->initialize(3).ok());
  LogicalValues values;
  EXPECT_TRUE(session->values(0, values).ok());
  EXPECT_TRUE(values.paths.empty());
}

TEST(ImageTest, RefusesWhatAKernelImageMustNotHave) {
  const std::string image = readImage("adder");
  ImageLayout layout;
  ASSERT_TRUE(ImageLayout::read(image, layout).ok());
  EXPECT_FALSE(layout.relocations.empty());
  EXPECT_EQ(layout.architecture(), hostArchitecture());

  auto errorOf = [](const std::string &changed) {
    ImageLayout read;
    return ImageLayout::read(changed, read).message();
  };
  Elf64_Ehdr header;
  std::memcpy(&header, image.data(), sizeof header);
  auto withHeader = [&](auto change) {
    Elf64_Ehdr copy = header;
    change(copy);
    std::string changed = image;
    std::memcpy(changed.data(), &copy, sizeof copy);
    return changed;
  };
  EXPECT_TRUE(contains(errorOf("ELF"), "not an ELF file"));
  EXPECT_TRUE(contains(errorOf(withHeader([](Elf64_Ehdr &h) { h.e_type = ET_EXEC; })), "not a 64-bit"));
  EXPECT_TRUE(contains(errorOf(withHeader([](Elf64_Ehdr &h) { h.e_machine = EM_68K; })), "unknown processor"));
  EXPECT_TRUE(contains(errorOf(withHeader([](Elf64_Ehdr &h) { h.e_phoff = ~0ull; })), "program headers"));
  auto withSegment = [&](uint32_t type, auto change) {
    std::string changed = image;
    for (int i = 0; i < header.e_phnum; ++i) {
      Elf64_Phdr segment;
      char *at = changed.data() + header.e_phoff + i * sizeof segment;
      std::memcpy(&segment, at, sizeof segment);
      if (segment.p_type != type)
        continue;
      change(segment);
      std::memcpy(at, &segment, sizeof segment);
      return changed;
    }
    return changed;
  };
  EXPECT_TRUE(
      contains(errorOf(withSegment(PT_LOAD, [](Elf64_Phdr &s) { s.p_filesz = 1 << 30; })), "outside of the file"));
  EXPECT_TRUE(contains(errorOf(withSegment(PT_LOAD, [](Elf64_Phdr &s) { s.p_memsz = ~0ull; })), "out of range"));
  EXPECT_TRUE(contains(errorOf(withSegment(PT_LOAD, [](Elf64_Phdr &s) { s.p_flags = PF_R | PF_W | PF_X; })),
                       "writable and executable"));
  EXPECT_TRUE(contains(errorOf(withSegment(PT_LOAD, [](Elf64_Phdr &s) { s.p_memsz = 1 << 20; })), "overlap"));
  EXPECT_TRUE(contains(errorOf(withSegment(PT_GNU_STACK, [](Elf64_Phdr &s) { s.p_type = PT_TLS; })), "thread-local"));
}
