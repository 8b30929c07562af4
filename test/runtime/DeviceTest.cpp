//===- DeviceTest.cpp - a session's parts over a device with memory of its own -===//
// The device here is the processor, with a second memory at addresses that the host cannot use: a part of the runtime
// that goes around the device's functions faults.
#include "TestModule.h"
#include "runtime/Arenas.h"
#include "runtime/PortMemory.h"
#include "runtime/Program.h"
#include "runtime/device/cpu/Cpu.h"

#include <cmath>
#include <gtest/gtest.h>
#include <numeric>

using namespace argent;
using namespace argent::test;

namespace {

constexpr uintptr_t kFar = uintptr_t(1) << 62; // not an address of any processor here

class FarMemory final : public DeviceMemory {
public:
  explicit FarMemory(std::unique_ptr<DeviceMemory> real) : real_(std::move(real)) {
    data_ = reinterpret_cast<char *>(reinterpret_cast<uintptr_t>(real_->data()) + kFar);
    bytes_ = real_->bytes();
  }
  DeviceMemory &real() { return *real_; }

private:
  std::unique_ptr<DeviceMemory> real_;
};

class FarDevice final : public Device {
public:
  FarDevice() { EXPECT_TRUE(Cpu::open(2, cpu_).ok()); }

  bool has(MemorySpace) const override { return true; }
  size_t capacity(MemorySpace) const override { return cpu_->capacity(MemorySpace::host); }
  std::unique_ptr<DeviceMemory> allocate(MemorySpace space, size_t bytes, size_t number) override {
    auto memory = cpu_->allocate(MemorySpace::host, bytes, number);
    if (space == MemorySpace::host)
      return memory;
    return std::make_unique<FarMemory>(std::move(memory));
  }
  MemorySpace portSpace() const override { return MemorySpace::device; }
  bool reaches(const void *) const override { return false; }
  void copy(void *to, MemorySpace toSpace, const void *from, MemorySpace fromSpace, size_t bytes) override {
    auto real = [](const void *address, MemorySpace space) {
      return reinterpret_cast<void *>(reinterpret_cast<uintptr_t>(address) - (space == MemorySpace::device ? kFar : 0));
    };
    cpu_->copy(real(to, toSpace), MemorySpace::host, real(from, fromSpace), MemorySpace::host, bytes);
  }
  void copy(const HalideBuffer &to, const HalideBuffer &from, size_t elementSize) override {
    cpu_->copy(real(to), real(from), elementSize);
  }
  void fill(DeviceMemory &memory, uint8_t value) override {
    auto *far = dynamic_cast<FarMemory *>(&memory);
    cpu_->fill(far == nullptr ? memory : far->real(), value);
  }
  void fill(const HalideBuffer &to, size_t elementSize, uint8_t value) override {
    cpu_->fill(real(to), elementSize, value);
  }
  void *context() override { return cpu_->context(); }
  /// Kernels of the adder: context, N, and three buffers.
  Status launch(KernelEntry entry, void **argv) override {
    ++launches;
    HalideBuffer buffers[3];
    void *arguments[5] = {argv[0], argv[1]};
    for (int i = 0; i < 3; ++i) {
      buffers[i] = real(*static_cast<HalideBuffer *>(argv[2 + i]));
      arguments[2 + i] = &buffers[i];
    }
    return cpu_->launch(entry, arguments);
  }
  Status synchronize() override {
    ++waits;
    return {};
  }
  int threads() const override { return cpu_->threads(); }

  int launches = 0, waits = 0;

private:
  static HalideBuffer real(HalideBuffer buffer) {
    EXPECT_NE(buffer.host == nullptr, buffer.device == 0) << "a buffer lies in one space";
    if (buffer.device != 0)
      setAddress(buffer, reinterpret_cast<char *>(buffer.device - kFar), MemorySpace::host);
    return buffer;
  }

  std::unique_ptr<Device> cpu_;
};

} // namespace

TEST(DeviceTest, AProgramRunsInMemoryThatTheHostDoesNotSee) {
  const std::string image = readImage("adder");
  format::ModuleT table = adderModule(image);
  for (auto &arena : table.variants[0]->arenas)
    if (arena->kind != format::ArenaKind::logical)
      arena->space = format::MemorySpace::device;
  auto module = openModule(std::move(table), image);
  const format::Variant &variant = *module->hostVariant();
  const BatchSize batch{5, 64};

  FarDevice device;
  Arenas arenas;
  ASSERT_TRUE(arenas.reserve(*module, variant, {.maxBatch = 5, .training = true}, device).ok());
  std::unique_ptr<Image> loaded;
  ASSERT_TRUE(Image::load(module->blob(variant.image()->offset(), variant.image()->bytes()), {}, loaded).ok());
  std::unique_ptr<Program> pack, predict;
  for (uint32_t i = 0; i < variant.programs()->size(); ++i) {
    const format::Program &program = *variant.programs()->Get(i);
    if (std::string_view name = text(program.name()); name == "pack" || name == "predict") {
      Status status = Program::prepare(program, variant, loaded.get(), batch, device, name == "pack" ? pack : predict);
      ASSERT_TRUE(status.ok()) << status.message();
    }
  }

  // The parameter w becomes 1 2 3 4.
  std::vector<float> logical(32);
  std::iota(&logical[16], &logical[20], 1.0f);
  std::vector<char *> bases = arenas.bases();
  bases[2] = reinterpret_cast<char *>(logical.data());
  pack->setArenas(bases);
  pack->bind(5, {}, {});
  ASSERT_TRUE(pack->run(0, pack->instructionCount()).ok());

  std::vector<float> x(12), y(12, -9);
  std::iota(x.begin(), x.end(), 0.0f);
  std::vector<int32_t> index(6);
  const std::vector<TensorView> inputs = {{ElementType::f32, {3, 4}, x.data()},
                                          {ElementType::i32, {3, 2}, index.data()}};
  const std::vector<TensorView> outputs = {{ElementType::f32, {3, 4}, y.data()}};
  predict->setArenas(arenas.bases());
  PortMemory ports(device);
  for (int round = 0; round < 2; ++round) {
    y[0] = -9;
    ASSERT_TRUE(ports.bind(inputs, outputs).ok());
    predict->bind(3, ports.inputs(), ports.outputs());
    ASSERT_TRUE(predict->run(0, predict->instructionCount()).ok());
    EXPECT_EQ(y[0], -9) << "nothing comes back before it is asked for";
    ASSERT_TRUE(ports.giveBack().ok());
    for (int i = 0; i < 12; ++i)
      EXPECT_EQ(y[i], x[i] + 1 + i % 4) << i;
  }
  EXPECT_EQ(device.launches, 2);
  EXPECT_EQ(device.waits, 2);

  bool nonFinite = true;
  ASSERT_TRUE(predict->wroteNonFinite(0, nonFinite).ok());
  EXPECT_FALSE(nonFinite);
  x[5] = INFINITY;
  ASSERT_TRUE(ports.bind(inputs, outputs).ok());
  predict->bind(3, ports.inputs(), ports.outputs());
  ASSERT_TRUE(predict->run(0, 1).ok());
  ASSERT_TRUE(predict->wroteNonFinite(0, nonFinite).ok());
  EXPECT_TRUE(nonFinite);
}
