//===- GuardedProgramTest.cpp - kernels that stray are seen ----------------===//
#include "test/bounds/GuardedProgram.h"
#include "runtime/module_generated.h"

#include <elf.h>
#include <fstream>
#include <gtest/gtest.h>
#include <sstream>

using namespace argent;
using namespace argent::test;

namespace {

/// A program of one launch: x[n, c] to y[n, c], three columns each; y's rows are four apart.
class Stray : public ::testing::TestWithParam<Placement> {
protected:
  std::vector<std::string> run(const std::string &kernel) {
    std::ifstream stream(ARGENT_TEST_STRAY, std::ios::binary);
    std::ostringstream bytes;
    bytes << stream.rdbuf();
    std::unique_ptr<Image> image;
    EXPECT_TRUE(Image::load(bytes.str(), {}, image).ok());

    format::VariantT variant;
    variant.kernels.push_back(std::make_unique<format::KernelT>());
    variant.kernels[0]->name = kernel;
    variant.kernels[0]->image_offset = address(bytes.str(), kernel);
    variant.kernels[0]->result_count = 1;
    format::ProgramT program;
    program.views.push_back(view(format::ViewBase::input, 3));
    program.views.push_back(view(format::ViewBase::arena, 4));
    format::LaunchT launch;
    launch.choices.push_back(std::make_unique<format::ChoiceT>());
    launch.views = {0, 1};
    program.instructions.push_back(std::make_unique<format::InstructionT>());
    program.instructions[0]->step.Set(std::move(launch));

    flatbuffers::FlatBufferBuilder variantTable, programTable;
    variantTable.Finish(format::Variant::Pack(variantTable, &variant));
    programTable.Finish(format::Program::Pack(programTable, &program));
    alignas(64) static float x[16 * 4], y[16 * 4];
    const std::vector<char *> inputs = {reinterpret_cast<char *>(x)}, arenas = {reinterpret_cast<char *>(y)};
    return runGuarded(*flatbuffers::GetRoot<format::Program>(programTable.GetBufferPointer()),
                      *flatbuffers::GetRoot<format::Variant>(variantTable.GetBufferPointer()), *image,
                      {arenas, inputs, {}, {16, 64}, 16, GetParam()})
        .faults;
  }

private:
  std::unique_ptr<format::ViewT> view(format::ViewBase base, int64_t stride) {
    auto result = std::make_unique<format::ViewT>();
    result->base = base;
    result->offset = std::make_unique<format::Linear>(0, 0);
    result->extents = {format::Linear(0, 1), format::Linear(3, 0)};
    result->strides = {format::Linear(stride, 0), format::Linear(1, 0)};
    return result;
  }

  uint64_t address(const std::string &image, const std::string &symbol) {
    auto load = [&]<typename T>(T value, size_t at) {
      std::memcpy(&value, image.data() + at, sizeof value);
      return value;
    };
    const auto header = load(Elf64_Ehdr(), 0);
    for (size_t i = 0; i < header.e_shnum; ++i) {
      const auto table = load(Elf64_Shdr(), header.e_shoff + i * sizeof(Elf64_Shdr));
      if (table.sh_type != SHT_DYNSYM)
        continue;
      const auto strings = load(Elf64_Shdr(), header.e_shoff + table.sh_link * sizeof(Elf64_Shdr));
      for (size_t offset = 0; offset < table.sh_size; offset += sizeof(Elf64_Sym)) {
        const auto entry = load(Elf64_Sym(), table.sh_offset + offset);
        if (image.c_str() + strings.sh_offset + entry.st_name == symbol)
          return entry.st_value;
      }
    }
    ADD_FAILURE() << "no symbol " << symbol;
    return 0;
  }
};

/// The faults after the kernel's name, one by one.
void expectFault(const std::vector<std::string> &faults, const std::string &what) {
  ASSERT_EQ(faults.size(), 1u) << ::testing::PrintToString(faults);
  EXPECT_NE(faults[0].find(what), std::string::npos) << faults[0];
}

const char *const kOperand = "operand 0 [16, 3]", *const kResult = "result 0 [16, 3]";

TEST_P(Stray, Right) { EXPECT_TRUE(run("right").empty()); }

TEST_P(Stray, ReadsBefore) {
  if (GetParam() == Placement::kStart)
    expectFault(run("reads_before"), std::string("reads byte 4 before the beginning of ") + kOperand);
}

TEST_P(Stray, ReadsBehind) {
  if (GetParam() == Placement::kEnd)
    expectFault(run("reads_behind"), std::string("reads byte 1 behind the end of ") + kOperand);
}

TEST_P(Stray, WritesBehind) {
  expectFault(run("writes_behind"), std::string("writes byte 1 behind the end of ") + kResult);
}
TEST_P(Stray, WritesBetween) {
  expectFault(run("writes_between"), std::string("writes between the elements of ") + kResult);
}
TEST_P(Stray, WritesOperand) { expectFault(run("writes_operand"), std::string("writes to ") + kOperand); }
TEST_P(Stray, WritesBesideScratch) { expectFault(run("scratch_behind"), "scratch memory: writes beside it"); }

INSTANTIATE_TEST_SUITE_P(Placements, Stray, ::testing::Values(Placement::kEnd, Placement::kStart));

} // namespace
