//===- Session.cpp - a module with memory and a device ---------------------===//
#include "runtime/ArenaNeeds.h"
#include "runtime/CpuFeatures.h"
#include "runtime/Guard.h"
#include "runtime/SessionImpl.h"
#include "runtime/device/cpu/Cpu.h"

#include <algorithm>

namespace argent {

static constexpr int64_t kMaxBatch = int64_t(1) << 22;

/// Why no variant runs here: each target with what it needs and this processor lacks.
static std::string whyNone(const Module &module) {
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

Status Session::Impl::preparePrograms() {
  List entries(module->table().entries());
  programs.resize(entries.size());
  List list(variant->programs());
  for (uint32_t i = 0; i < list.size(); ++i) {
    if (trains(*variant, *list[i]) && !options.training)
      continue;
    std::unique_ptr<Program> program;
    ARGENT_RETURN_IF_ERROR(Program::prepare(*list[i], *variant, image.get(), batch, *device, program));
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
    ARGENT_RETURN_IF_ERROR(Cpu::open(options.threads, impl.device));
    impl.options.threads = impl.device->threads();
    impl.ports = std::make_unique<PortMemory>(*impl.device);
    ARGENT_RETURN_IF_ERROR(impl.preparePrograms());
    ARGENT_RETURN_IF_ERROR(impl.arenas.reserve(*impl.module, *impl.variant, options, *impl.device));
    for (std::unique_ptr<Program> &program : impl.programs)
      if (program != nullptr)
        program->setArenas(impl.arenas.bases());
    for (Rows rows : {Rows::training, Rows::others})
      ARGENT_RETURN_IF_ERROR(made->resetRows(rows));
    session = std::move(made);
    return {};
  });
}

Session::Session() : impl_(std::make_unique<Impl>()) {}
Session::~Session() = default;

const Module &Session::module() const { return *impl_->module; }
const SessionOptions &Session::options() const { return impl_->options; }
size_t Session::arenaBytes() const { return impl_->arenas.bytes(); }

} // namespace argent
