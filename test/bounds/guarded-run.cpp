//===- guarded-run.cpp - runs a module with every kernel's buffers guarded -===//
// guarded-run [--batches 1,2,3] MODULE...: every entry point at every batch, each kernel's buffers once flush with
// their end and once with their beginning against a page that nothing may touch. A line for each fault; the outputs
// must have the bits that a session gives.
#include "argent/Session.h"
#include "runtime/ArenaNeeds.h"
#include "runtime/Initializers.h"
#include "runtime/LogicalLayout.h"
#include "runtime/ModuleFormat.h"
#include "runtime/device/cpu/CpuMemory.h"
#include "test/bounds/GuardedProgram.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <random>
#include <set>

using namespace argent;
using namespace argent::test;

namespace {

constexpr uint64_t kSeed = 1;

/// Status 2 for mistakes of the caller, 1 for faults of the module.
[[noreturn]] void fail(const std::string &message) {
  std::fprintf(stderr, "guarded-run: %s\n", message.c_str());
  std::exit(2);
}

void require(const Status &status) {
  if (!status.ok())
    fail(status.message());
}

/// A tensor of a port for one N.
struct PortMemory {
  TensorView tensor;
  std::unique_ptr<char, void (*)(void *)> memory{nullptr, std::free};

  PortMemory(const format::Port &port, int64_t n) {
    tensor.type = elementType(port.type()->element_type());
    List dims(port.type()->dims());
    for (uint32_t i = 0; i < dims.size(); ++i)
      tensor.shape.push_back(Amount(dims[i]).at(n));
    const size_t bytes = (tensor.byteCount() + kTensorAlignment - 1) / kTensorAlignment * kTensorAlignment;
    memory.reset(static_cast<char *>(std::aligned_alloc(kTensorAlignment, std::max(bytes, kTensorAlignment))));
    if (memory == nullptr)
      fail("no memory");
    std::memset(memory.get(), 0, bytes);
    tensor.data = memory.get();
  }
};

/// Random values in the port's range; without one, small numbers.
void fill(const format::Port &port, TensorView &tensor, std::mt19937_64 &random) {
  const format::ValueRange *range = port.range();
  const int64_t low = range == nullptr ? 0 : range->low(),
                high = range == nullptr ? 1 : std::min<int64_t>(range->high(), low + (1 << 20));
  std::uniform_int_distribution<int64_t> whole(low, high);
  std::uniform_real_distribution<double> real(-1, 1);
  for (int64_t i = 0; i < tensor.elementCount(); ++i) {
    char *at = static_cast<char *>(tensor.data) + i * int64_t(elementBytes(tensor.type));
    auto store = [&](auto value) { std::memcpy(at, &value, sizeof value); };
    switch (tensor.type) {
    case ElementType::f32:
      store(float(real(random)));
      break;
    case ElementType::f64:
      store(real(random));
      break;
    case ElementType::bf16:
      store(uint16_t(random() % 0x8000 / 2 | (random() & 1) << 15));
      break; // below 2
    case ElementType::f16:
      store(uint16_t(random() % 0x3c00 | (random() & 1) << 15));
      break; // below 1
    case ElementType::i32:
      store(int32_t(whole(random)));
      break;
    case ElementType::i64:
      store(whole(random));
      break;
    case ElementType::u8:
      store(uint8_t(range == nullptr ? random() : uint64_t(whole(random))));
      break;
    case ElementType::boolean:
      store(uint8_t(random() & 1));
      break;
    }
  }
}

/// A module with arenas of its own, beside a session that does the same without guards.
class GuardedModule {
public:
  GuardedModule(const std::string &path, int64_t maxBatch);
  /// Runs everything; the number of faults.
  size_t run(const std::vector<int64_t> &batches);
  size_t runs = 0, launches = 0;

private:
  void initialize();
  void runEntry(const format::EntryPoint &entry, int64_t n, Placement placement);
  bool report(const std::string &entry, int64_t n, Placement placement, const GuardedResult &result);
  const format::Program *program(std::string_view name) const;

  std::string path_;
  std::shared_ptr<const Module> module_;
  const format::Variant *variant_;
  std::unique_ptr<Image> image_;
  std::unique_ptr<Session> session_;
  BatchSize batch_;
  std::vector<std::unique_ptr<DeviceMemory>> arenas_;
  std::vector<char *> bases_;
  bool diverged_ = false; // parameters or states are no longer as the session has them, after a fault
  std::set<std::string> reported_;
};

GuardedModule::GuardedModule(const std::string &path, int64_t maxBatch) : path_(path) {
  require(Module::open(path, module_));
  SessionOptions options;
  options.maxBatch = maxBatch;
  options.threads = 2;
  options.training = module_->table().training() != nullptr;
  require(Session::create(module_, options, session_));
  require(session_->initialize(kSeed));
  variant_ = module_->hostVariant();
  if (variant_->image()->bytes() != 0)
    require(Image::load(module_->blob(variant_->image()->offset(), variant_->image()->bytes()), {}, image_));
  batch_.largest = maxBatch;
  batch_.rounded = plannedBatch(*variant_, maxBatch);
  List list(variant_->arenas());
  for (uint32_t i = 0; i < list.size(); ++i) {
    if (list[i]->kind() == format::ArenaKind::constants) {
      bases_.push_back(
          const_cast<char *>(module_->blob(variant_->constants()->offset(), variant_->constants()->bytes()).data()));
      continue;
    }
    arenas_.push_back(CpuMemory::allocate(size_t(Amount(list[i]->bytes()).at(batch_.rounded)), i));
    if (arenas_.back() == nullptr)
      fail(path + ": no memory");
    bases_.push_back(arenas_.back()->data());
  }
}

const format::Program *GuardedModule::program(std::string_view name) const {
  List programs(variant_->programs());
  for (uint32_t i = 0; i < programs.size(); ++i)
    if (text(programs[i]->name()) == name)
      return programs[i];
  return nullptr;
}

bool GuardedModule::report(const std::string &entry, int64_t n, Placement placement, const GuardedResult &result) {
  ++runs;
  launches += result.launches;
  for (const std::string &fault : result.faults)
    if (reported_.insert(entry + fault).second)
      std::printf("%s: %s: N = %lld, flush with the %s: %s\n", path_.c_str(), entry.c_str(), static_cast<long long>(n),
                  placement == Placement::kEnd ? "end" : "beginning", fault.c_str());
  std::fflush(stdout);
  diverged_ |= !result.faults.empty() && !List(module_->table().parameters()).empty();
  return result.faults.empty();
}

/// Parameters and states as Session::initialize makes them.
void GuardedModule::initialize() {
  const format::Program *pack = program("pack");
  List list(variant_->arenas());
  char *logical = nullptr;
  for (uint32_t i = 0; i < list.size(); ++i)
    if (list[i]->kind() == format::ArenaKind::logical)
      logical = bases_[i];
  if (pack == nullptr || logical == nullptr)
    return;
  std::vector<Amount> offsets = logicalOffsets(module_->table(), variant_->batch_rounding());
  for (Placement placement : {Placement::kEnd, Placement::kStart}) {
    List parameters(module_->table().parameters());
    for (uint32_t i = 0; i < parameters.size(); ++i) {
      TensorView tensor;
      tensor.type = elementType(parameters[i]->type()->element_type());
      List dims(parameters[i]->type()->dims());
      for (uint32_t j = 0; j < dims.size(); ++j)
        tensor.shape.push_back(Amount(dims[j]).at(batch_.largest));
      tensor.data = logical + offsets[i].at(batch_.rounded);
      require(fillInitialValue(*parameters[i]->initializer(), std::string(text(parameters[i]->path())), kSeed, tensor));
    }
    const GuardedCall call{bases_, {}, {}, batch_, batch_.largest, placement};
    report("pack", batch_.largest, placement, runGuarded(*pack, *variant_, *image_, call));
  }
}

void GuardedModule::runEntry(const format::EntryPoint &entry, int64_t n, Placement placement) {
  const std::string name(text(entry.name()));
  const format::Program *own = program(name);
  if (own == nullptr)
    return;
  std::mt19937_64 random(kSeed + uint64_t(n));
  std::vector<PortMemory> inputs, outputs, expected;
  std::vector<char *> in, out;
  std::vector<TensorView> given, wanted;
  List inputPorts(entry.inputs()), outputPorts(entry.outputs());
  for (uint32_t i = 0; i < inputPorts.size(); ++i) {
    inputs.emplace_back(*inputPorts[i], n);
    fill(*inputPorts[i], inputs.back().tensor, random);
    in.push_back(inputs.back().memory.get());
    given.push_back(inputs.back().tensor);
  }
  for (uint32_t i = 0; i < outputPorts.size(); ++i) {
    outputs.emplace_back(*outputPorts[i], n);
    expected.emplace_back(*outputPorts[i], n);
    out.push_back(outputs.back().memory.get());
    wanted.push_back(expected.back().tensor);
  }
  const GuardedCall call{bases_, in, out, batch_, n, placement};
  if (!report(name, n, placement, runGuarded(*own, *variant_, *image_, call)) || diverged_)
    return;
  require(session_->run(name, given, wanted));
  GuardedResult result;
  for (uint32_t i = 0; i < outputPorts.size(); ++i)
    if (std::memcmp(out[i], wanted[i].data, wanted[i].byteCount()) != 0)
      result.faults.push_back("output " + quoted(text(outputPorts[i]->name())) + ": other bits than a session gives");
  if (!result.faults.empty())
    report(name, n, placement, result);
}

size_t GuardedModule::run(const std::vector<int64_t> &batches) {
  initialize();
  List entries(module_->table().entries());
  for (int64_t n : batches)
    for (Placement placement : {Placement::kEnd, Placement::kStart})
      for (uint32_t i = 0; i < entries.size(); ++i)
        runEntry(*entries[i], n, placement);
  return reported_.size();
}

} // namespace

int main(int argc, char **argv) {
  std::vector<int64_t> batches = {1, 2, 3, 5, 7, 11, 67};
  std::vector<std::string> paths;
  for (int i = 1; i < argc; ++i) {
    const std::string argument = argv[i];
    if (argument == "--help") {
      std::puts("usage: guarded-run [--batches 1,2,3] MODULE...\n"
                "Runs every kernel with guarded buffers; exit status 1 if one touches what it must not.");
      return 0;
    }
    if (argument == "--batches" && i + 1 < argc) {
      batches.clear();
      for (char *at = argv[++i]; *at != 0;) {
        char *end = nullptr;
        const long long n = std::strtoll(at, &end, 10);
        if (end == at || n < 1 || n > (1 << 22) || (*end != 0 && *end != ','))
          fail("--batches takes numbers from 1, with commas between");
        batches.push_back(n);
        at = end + (*end == ',');
      }
    } else if (argument.starts_with("-"))
      fail("unknown argument '" + argument + "'; see --help");
    else
      paths.push_back(argument);
  }
  if (paths.empty() || batches.empty())
    fail("usage: guarded-run [--batches 1,2,3] MODULE...");
  size_t faults = 0, runs = 0, launches = 0;
  for (const std::string &path : paths) {
    GuardedModule module(path, *std::max_element(batches.begin(), batches.end()));
    faults += module.run(batches);
    runs += module.runs;
    launches += module.launches;
  }
  std::printf("%zu modules, %zu runs, %zu launches, %zu faults\n", paths.size(), runs, launches, faults);
  return faults != 0;
}
