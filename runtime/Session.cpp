//===- Session.cpp - a module with memory and threads ----------------------===//
#include "argent/Session.h"
#include "runtime/ArenaMemory.h"
#include "runtime/ArenaNeeds.h"
#include "runtime/CpuFeatures.h"
#include "runtime/FloatMode.h"
#include "runtime/Guard.h"
#include "runtime/Initializers.h"
#include "runtime/LogicalLayout.h"
#include "runtime/ModuleFormat.h"
#include "runtime/PortCheck.h"
#include "runtime/Program.h"
#include "runtime/SourcePlace.h"
#include "runtime/ThreadPool.h"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace argent {

namespace {

constexpr int64_t kMaxBatch = int64_t(1) << 22;
constexpr int kMaxThreads = 1024;

/// Why no variant runs here: each target with what it needs and this processor lacks.
std::string whyNone(const Module &module) {
  std::vector<std::string_view> have = hostFeatures();
  std::string message =
      module.name() + ": no variant of the module runs on this processor (" + std::string(hostArchitecture()) + "):";
  List variants(module.table().variants());
  for (uint32_t i = 0; i < variants.size(); ++i) {
    message += (i == 0 ? " " : "; ") + quoted(text(variants[i]->target())) + " needs";
    if (text(variants[i]->architecture()) != hostArchitecture())
      message += " " + std::string(text(variants[i]->architecture()));
    List needed(variants[i]->cpu_features());
    for (uint32_t j = 0; j < needed.size(); ++j)
      if (std::find(have.begin(), have.end(), text(needed[j])) == have.end())
        message += " " + std::string(text(needed[j]));
  }
  return message;
}

/// Copies of inputs that are not aligned to their elements and of outputs that are not aligned to vectors: a kernel
/// that reads what it has written to its result does so by vectors, which Halide takes for aligned. Outputs are given
/// back to the caller's memory.
class AlignedCopies {
public:
  void *operator()(const TensorView &tensor, bool input) {
    const size_t alignment = input ? elementBytes(tensor.type) : kTensorAlignment;
    if (reinterpret_cast<uintptr_t>(tensor.data) % alignment == 0)
      return tensor.data;
    const size_t bytes = (tensor.byteCount() + kTensorAlignment - 1) / kTensorAlignment * kTensorAlignment;
    void *memory = std::aligned_alloc(kTensorAlignment, bytes);
    if (memory == nullptr)
      throw std::bad_alloc();
    copies_.push_back({{memory, std::free}, &tensor, input});
    std::memcpy(memory, tensor.data, tensor.byteCount());
    return memory;
  }
  void giveBack() {
    for (Copy &copy : copies_)
      if (!copy.input)
        std::memcpy(copy.tensor->data, copy.memory.get(), copy.tensor->byteCount());
  }

private:
  struct Copy {
    std::unique_ptr<void, void (*)(void *)> memory;
    const TensorView *tensor;
    bool input;
  };
  std::vector<Copy> copies_;
};

} // namespace

struct Session::Impl {
  std::shared_ptr<const Module> module;
  SessionOptions options;
  BatchSize batch;
  const format::Variant *variant = nullptr;
  std::unique_ptr<Image> image;

  std::vector<ArenaMemory>
      arenas;                // as the variant's; without memory: constants, logical, and what no program here needs
  std::vector<char *> bases; // where each starts
  ArenaMemory noStates;      // stands for the states while a moment is packed or unpacked
  KernelError kernelError;
  std::vector<std::unique_ptr<Worker>> workers;
  std::unique_ptr<ThreadPool> pool;               // after the workers: its threads use them
  std::vector<std::unique_ptr<Program>> programs; // as the module's entries; null: needs training
  std::unique_ptr<Program> pack, unpack;
  bool valued = false; // parameters and states have been given values

  // The next random values.
  uint64_t randomSeed = 1;
  uint32_t randomUpdate = 0;

  // Memory of run(), kept from call to call.
  std::vector<void *> inputPointers, outputPointers;

  Status loadImage();
  Status startThreads();
  Status preparePrograms();
  /// Bytes of each arena for calls of at most `rows` rows.
  std::vector<int64_t> needs(int64_t rows) const;
  bool reserve(const std::vector<int64_t> &bytes, std::vector<ArenaMemory> &reserved) const;
  Status allocateArenas();
  Status noMemory() const;
  /// What a call does with its program, whose ports are bound.
  using Body = std::function<Status(Program &program, AlignedCopies &copies)>;
  Status call(std::string_view name, std::span<const TensorView> inputs, std::span<const TensorView> outputs,
              const Body &body);
  /// Whether the program reads parameters or states.
  bool readsValues(const Program &program) const;

  const format::Arena &arena(uint32_t i) const { return *variant->arenas()->Get(i); }
  uint32_t arenaCount() const { return List(variant->arenas()).size(); }
  /// The arena of this kind and the `nth` smallest index, or -1.
  int findArena(format::ArenaKind kind, int nth) const;
  /// Runs `pack` or `unpack` with `parameters` (an arena) in place of the parameters.
  Status runPacking(Program &program, int parameters, char *logical);
  /// The arena that `which` of values() means, or an error.
  Status whichArena(int which, int &arena) const;
  Status checkLogical(const LogicalValues &values) const;
  LogicalValues makeLogical() const;
  Status unpackValues(int parameters, LogicalValues &values);
};

//===- Making a session ----------------------------------------------------===//

Status Session::Impl::loadImage() {
  variant = module->hostVariant();
  if (variant == nullptr)
    return Status(StatusCode::kIncompatible, whyNone(*module));
  if (variant->image()->bytes() == 0)
    return {};
  std::vector<ImageSymbol> symbols;
  List kernels(variant->kernels());
  for (uint32_t i = 0; i < kernels.size(); ++i)
    symbols.push_back({codeOffset(*kernels[i]), kernels[i]->code_bytes(),
                       std::string(text(module->table().name())) + "." + std::string(text(kernels[i]->name()))});
  return Image::load(module->blob(variant->image()->offset(), variant->image()->bytes()), symbols, image);
}

Status Session::Impl::startThreads() {
  int count = options.threads == 0 ? ThreadPool::availableProcessors() : options.threads;
  std::vector<void *> contexts;
  for (int i = 0; i < std::min(count, kMaxThreads); ++i) {
    workers.push_back(std::make_unique<Worker>(kernelError));
    contexts.push_back(workers.back().get());
  }
  ARGENT_RETURN_IF_ERROR(ThreadPool::create(std::move(contexts), pool));
  for (std::unique_ptr<Worker> &worker : workers)
    worker->pool = pool.get();
  return {};
}

Status Session::Impl::preparePrograms() {
  List entries(module->table().entries());
  programs.resize(entries.size());
  List list(variant->programs());
  for (uint32_t i = 0; i < list.size(); ++i) {
    if (trains(*variant, *list[i]) && !options.training)
      continue;
    std::unique_ptr<Program> program;
    ARGENT_RETURN_IF_ERROR(Program::prepare(*list[i], *variant, image.get(), batch, *workers[0], program));
    std::string_view name = text(list[i]->name());
    if (name == "pack")
      pack = std::move(program);
    else if (name == "unpack")
      unpack = std::move(program);
    else
      for (uint32_t j = 0; j < entries.size(); ++j)
        if (text(entries[j]->name()) == name)
          programs[j] = std::move(program);
  }
  return {};
}

std::vector<int64_t> Session::Impl::needs(int64_t rows) const {
  std::vector<const format::Program *> run;
  List list(variant->programs());
  for (uint32_t i = 0; i < list.size(); ++i)
    if (options.training || !trains(*variant, *list[i]))
      run.push_back(list[i]);
  return arenaNeeds(*variant, run, options.training, rows);
}

/// One more than `bytes` in training: what stands for the states while a moment is packed.
bool Session::Impl::reserve(const std::vector<int64_t> &bytes, std::vector<ArenaMemory> &reserved) const {
  if (static_cast<uint64_t>(sumOf(bytes)) > machineBytes())
    return false;
  reserved.clear();
  reserved.resize(bytes.size() + 1);
  for (uint32_t i = 0; i < bytes.size(); ++i) {
    if (bytes[i] != 0 && !reserved[i].allocate(static_cast<size_t>(bytes[i]), i))
      return false;
    if (arena(i).kind() == format::ArenaKind::states && options.training &&
        !reserved.back().allocate(static_cast<size_t>(bytes[i]), bytes.size()))
      return false;
  }
  return true;
}

/// "740 MB", "47.2 GB".
static std::string bytesText(int64_t bytes) {
  char text[32];
  const double count = static_cast<double>(bytes);
  std::snprintf(text, sizeof(text), "%.3g %s", count < 1e9 ? count * 1e-6 : count * 1e-9, count < 1e9 ? "MB" : "GB");
  return text;
}

Status Session::Impl::noMemory() const {
  std::string programs;
  List list(variant->programs());
  for (uint32_t i = 0; i < list.size(); ++i)
    if (std::string_view name = text(list[i]->name()); name == "predict" || name == "train_step")
      programs += (programs.empty() ? " " : ", and ") + std::string(name) + " needs " +
                  bytesText(sessionBytes(*variant, list[i], options.maxBatch));
  // The largest batch for which the system gives the memory.
  int64_t fits = 0, tooMany = options.maxBatch;
  while (tooMany - fits > 1) {
    const int64_t rows = fits + (tooMany - fits) / 2;
    std::vector<ArenaMemory> tried;
    (reserve(needs(rows), tried) ? fits : tooMany) = rows;
  }
  return Status(
      StatusCode::kOutOfMemory,
      module->name() + ": no memory for a batch of " + std::to_string(options.maxBatch) +
          (programs.empty() ? "" : ":" + programs) +
          (fits == 0 ? "; not even a batch of 1 fits" : "; a batch of " + std::to_string(fits) + " would fit"));
}

Status Session::Impl::allocateArenas() {
  if (!reserve(needs(options.maxBatch), arenas)) {
    arenas.clear();
    return noMemory();
  }
  noStates = std::move(arenas.back());
  arenas.pop_back();
  for (uint32_t i = 0; i < arenaCount(); ++i)
    bases.push_back(
        arena(i).kind() == format::ArenaKind::constants
            ? const_cast<char *>(module->blob(variant->constants()->offset(), variant->constants()->bytes()).data())
            : arenas[i].data());
  for (std::unique_ptr<Program> &program : programs)
    if (program != nullptr)
      program->setArenas(bases);
  return {};
}

Status Session::create(std::shared_ptr<const Module> module, const SessionOptions &options,
                       std::unique_ptr<Session> &session) {
  return guarded([&]() -> Status {
    if (module == nullptr || options.maxBatch < 1 || options.maxBatch > kMaxBatch || options.threads < 0)
      return Status(StatusCode::kInvalidArgument, "a session needs a module, a batch of 1 … " +
                                                      std::to_string(kMaxBatch) + " (got " +
                                                      std::to_string(options.maxBatch) + "), and 0 or more threads");
    if (options.training && module->table().training() == nullptr)
      return Status(StatusCode::kInvalidArgument, module->name() + ": the model has no `train` block");
    std::unique_ptr<Session> made(new Session);
    Impl &impl = *made->impl_;
    impl.module = std::move(module);
    impl.options = options;
    impl.batch.largest = options.maxBatch;
    ARGENT_RETURN_IF_ERROR(impl.loadImage());
    impl.batch.rounded = plannedBatch(*impl.variant, options.maxBatch);
    ARGENT_RETURN_IF_ERROR(impl.startThreads());
    ARGENT_RETURN_IF_ERROR(impl.preparePrograms());
    ARGENT_RETURN_IF_ERROR(impl.allocateArenas());
    impl.options.threads = impl.pool->threads();
    session = std::move(made);
    return {};
  });
}

Session::Session() : impl_(std::make_unique<Impl>()) {}
Session::~Session() = default;

//===- Running -------------------------------------------------------------===//

Status Session::Impl::call(std::string_view name, std::span<const TensorView> inputs,
                           std::span<const TensorView> outputs, const Body &body) {
  List entries(module->table().entries());
  uint32_t index = 0;
  while (index < entries.size() && text(entries[index]->name()) != name)
    ++index;
  if (index == entries.size())
    return Status(StatusCode::kInvalidArgument, module->name() + ": no entry point " + quoted(name));
  if (programs[index] == nullptr)
    return Status(StatusCode::kInvalidArgument, quoted(name) + " needs a session that was opened for training");
  Program &program = *programs[index];

  const bool draws = drawsRandom(*entries[index]) && inputs.size() == givenInputs(*entries[index]);
  uint32_t words[4] = {static_cast<uint32_t>(randomSeed), static_cast<uint32_t>(randomSeed >> 32), randomUpdate, 0};
  std::vector<TensorView> withRandom;
  if (draws) {
    withRandom.assign(inputs.begin(), inputs.end());
    withRandom.push_back({ElementType::i32, {4}, words});
    inputs = withRandom;
  }
  int64_t n = 1;
  ARGENT_RETURN_IF_ERROR(checkCall(*entries[index], inputs, outputs, options.maxBatch, n));
  if (!valued && readsValues(program))
    return Status(StatusCode::kInvalidArgument,
                  quoted(name) + " reads parameters or states, which have no values yet: initialize the session, or "
                                 "give it values, first");
  AlignedCopies aligned;
  inputPointers.clear();
  outputPointers.clear();
  for (const TensorView &tensor : inputs)
    inputPointers.push_back(aligned(tensor, true));
  for (const TensorView &tensor : outputs)
    outputPointers.push_back(aligned(tensor, false));
  program.bind(n, inputPointers, outputPointers);
  FloatMode mode;
  ARGENT_RETURN_IF_ERROR(body(program, aligned));
  aligned.giveBack();
  randomUpdate += draws;
  return {};
}

bool Session::Impl::readsValues(const Program &program) const {
  for (uint32_t i = 0; i < arenaCount(); ++i)
    if ((arena(i).kind() == format::ArenaKind::parameters || arena(i).kind() == format::ArenaKind::states) &&
        program.usesArena(i))
      return true;
  return false;
}

void Session::setRandom(uint64_t seed, uint32_t update) {
  impl_->randomSeed = seed;
  impl_->randomUpdate = update;
}

Status Session::run(std::string_view name, std::span<const TensorView> inputs, std::span<const TensorView> outputs) {
  return guarded([&] {
    return impl_->call(name, inputs, outputs,
                       [](Program &program, AlignedCopies &) { return program.run(0, program.instructionCount()); });
  });
}

Status Session::runIf(std::string_view name, std::span<const TensorView> inputs, std::span<const TensorView> outputs,
                      const std::function<bool()> &accept) {
  return guarded([&] {
    return impl_->call(name, inputs, outputs, [&](Program &program, AlignedCopies &copies) -> Status {
      ARGENT_RETURN_IF_ERROR(program.run(0, program.firstUpdate()));
      copies.giveBack();
      if (!accept())
        return Status(StatusCode::kNonFinite, "");
      return program.run(program.firstUpdate(), program.instructionCount());
    });
  });
}

Status Session::findNonFinite(std::string_view name, std::span<const TensorView> inputs,
                              std::span<const TensorView> outputs, std::string &found) {
  found.clear();
  return guarded([&] {
    const uint32_t update = impl_->randomUpdate;
    Status status = impl_->call(name, inputs, outputs, [&](Program &program, AlignedCopies &) -> Status {
      for (size_t i = 0; i < program.firstUpdate(); ++i) {
        ARGENT_RETURN_IF_ERROR(program.run(i, i + 1));
        if (const format::Kernel *kernel = program.kernel(i); kernel != nullptr && program.wroteNonFinite(i)) {
          found = describeKernel(impl_->module->table(), *kernel);
          break;
        }
      }
      return {};
    });
    impl_->randomUpdate = update;
    return status;
  });
}

Status Session::profile(std::string_view name, std::span<const TensorView> inputs, std::span<const TensorView> outputs,
                        std::vector<double> &seconds) {
  return guarded([&] {
    return impl_->call(name, inputs, outputs, [&](Program &program, AlignedCopies &) -> Status {
      using Clock = std::chrono::steady_clock;
      seconds.assign(program.instructionCount(), 0);
      Clock::time_point begin = Clock::now();
      for (size_t i = 0; i < seconds.size(); ++i) {
        ARGENT_RETURN_IF_ERROR(program.run(i, i + 1));
        Clock::time_point end = Clock::now();
        seconds[i] = std::chrono::duration<double>(end - begin).count();
        begin = end;
      }
      return {};
    });
  });
}

//===- Values of parameters and states -------------------------------------===//

bool Session::hasValues() const { return impl_->valued || List(impl_->module->table().parameters()).empty(); }

int Session::Impl::findArena(format::ArenaKind kind, int nth) const {
  std::vector<std::pair<uint32_t, int>> found;
  for (uint32_t i = 0; i < arenaCount(); ++i)
    if (arena(i).kind() == kind)
      found.push_back({arena(i).index(), static_cast<int>(i)});
  std::sort(found.begin(), found.end());
  return nth >= 0 && nth < static_cast<int>(found.size()) ? found[nth].second : -1;
}

Status Session::Impl::runPacking(Program &program, int parameters, char *logical) {
  std::vector<char *> replaced = bases;
  const int own = findArena(format::ArenaKind::parameters, 0);
  if (parameters != own)
    noStates.clear();
  for (uint32_t i = 0; i < arenaCount(); ++i) {
    if (arena(i).kind() == format::ArenaKind::logical)
      replaced[i] = logical;
    if (arena(i).kind() == format::ArenaKind::states && parameters != own)
      replaced[i] = noStates.data();
  }
  if (own >= 0 && parameters >= 0)
    replaced[own] = bases[parameters];
  program.setArenas(replaced);
  program.bind(batch.largest, {}, {});
  FloatMode mode;
  return program.run(0, program.instructionCount());
}

Status Session::Impl::whichArena(int which, int &index) const {
  index = which == 0 ? findArena(format::ArenaKind::parameters, 0) : findArena(format::ArenaKind::moments, which - 1);
  if (which == 0)
    return {};
  if (which < 0 || index < 0)
    return Status(StatusCode::kInvalidArgument, "there is no moment " + std::to_string(which));
  if (!options.training)
    return Status(StatusCode::kInvalidArgument, "moments need a session that was opened for training");
  return {};
}

LogicalValues Session::Impl::makeLogical() const {
  LogicalValues values;
  const format::Module &table = module->table();
  const size_t bytes = std::max<size_t>(
      kTensorAlignment, static_cast<size_t>(logicalBytes(table, variant->batch_rounding()).at(batch.rounded)));
  values.memory = {static_cast<char *>(std::aligned_alloc(kTensorAlignment, bytes)), std::free};
  if (values.memory == nullptr)
    throw std::bad_alloc();
  std::memset(values.memory.get(), 0, bytes);
  std::vector<Amount> offsets = logicalOffsets(table, variant->batch_rounding());
  List parameters(table.parameters());
  for (uint32_t i = 0; i < parameters.size(); ++i) {
    TensorView tensor;
    tensor.type = elementType(parameters[i]->type()->element_type());
    List dims(parameters[i]->type()->dims());
    for (uint32_t j = 0; j < dims.size(); ++j)
      tensor.shape.push_back(Amount(dims[j]).at(batch.largest));
    tensor.data = values.memory.get() + offsets[i].at(batch.rounded);
    values.tensors.push_back(std::move(tensor));
    values.paths.emplace_back(text(parameters[i]->path()));
    values.trained.push_back(parameters[i]->trained());
  }
  return values;
}

Status Session::Impl::checkLogical(const LogicalValues &values) const {
  std::vector<Amount> offsets = logicalOffsets(module->table(), variant->batch_rounding());
  List parameters(module->table().parameters());
  bool same = values.memory != nullptr && values.tensors.size() == offsets.size();
  for (uint32_t i = 0; same && i < parameters.size(); ++i) {
    List dims(parameters[i]->type()->dims());
    same = values.tensors[i].data == values.memory.get() + offsets[i].at(batch.rounded) &&
           values.tensors[i].shape.size() == dims.size();
    for (uint32_t j = 0; same && j < dims.size(); ++j)
      same = values.tensors[i].shape[j] == Amount(dims[j]).at(batch.largest);
  }
  return same ? Status()
              : Status(StatusCode::kInvalidArgument,
                       "the values were not made by logicalBuffer() or values() of such a session");
}

Status Session::Impl::unpackValues(int parameters, LogicalValues &values) {
  LogicalValues made = makeLogical();
  if (unpack != nullptr)
    ARGENT_RETURN_IF_ERROR(runPacking(*unpack, parameters, made.memory.get()));
  values = std::move(made);
  return {};
}

Status Session::logicalBuffer(LogicalValues &values) const {
  return guarded([&]() -> Status {
    values = impl_->makeLogical();
    return {};
  });
}

Status Session::values(int which, LogicalValues &values) {
  return guarded([&]() -> Status {
    int arena = -1;
    ARGENT_RETURN_IF_ERROR(impl_->whichArena(which, arena));
    return impl_->unpackValues(arena, values);
  });
}

Status Session::gradients(LogicalValues &values) {
  return guarded([&]() -> Status {
    int arena = impl_->findArena(format::ArenaKind::gradients, 0);
    if (arena < 0 || !impl_->options.training)
      return Status(StatusCode::kInvalidArgument, "gradients need a session that was opened for training");
    return impl_->unpackValues(arena, values);
  });
}

Status Session::setValues(int which, const LogicalValues &values) {
  return guarded([&]() -> Status {
    int arena = -1;
    ARGENT_RETURN_IF_ERROR(impl_->whichArena(which, arena));
    ARGENT_RETURN_IF_ERROR(impl_->checkLogical(values));
    if (impl_->pack != nullptr)
      ARGENT_RETURN_IF_ERROR(impl_->runPacking(*impl_->pack, arena, values.memory.get()));
    impl_->valued |= which == 0;
    return {};
  });
}

Status Session::initialize(uint64_t seed) {
  return guarded([&]() -> Status {
    LogicalValues values = impl_->makeLogical();
    List parameters(impl_->module->table().parameters());
    for (uint32_t i = 0; i < parameters.size(); ++i)
      ARGENT_RETURN_IF_ERROR(fillInitialValue(*parameters[i]->initializer(), values.paths[i], seed, values.tensors[i]));
    for (uint32_t i = 0; i < impl_->arenaCount(); ++i)
      if (impl_->arena(i).kind() == format::ArenaKind::gradients ||
          impl_->arena(i).kind() == format::ArenaKind::moments)
        impl_->arenas[i].clear();
    return setValues(0, values);
  });
}

const Module &Session::module() const { return *impl_->module; }
const SessionOptions &Session::options() const { return impl_->options; }

size_t Session::arenaBytes() const {
  size_t total = 0;
  for (const ArenaMemory &arena : impl_->arenas)
    total += arena.bytes();
  return total;
}

} // namespace argent
