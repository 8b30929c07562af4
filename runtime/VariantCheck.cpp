//===- VariantCheck.cpp - the checks of one target's part of a module ------===//
#include "runtime/VariantCheck.h"
#include "runtime/Image.h"
#include "runtime/LogicalLayout.h"
#include "runtime/LoopCheck.h"
#include "runtime/ModuleFormat.h"

#include <array>
#include <set>

namespace argent::check {

namespace {

/// A polynomial in t >= 0. With coefficients that are all >= 0 it is >= 0 for every t.
using Polynomial = std::array<Wide, kMaxRank + 1>;

/// `value` at the batch base + step * t.
Polynomial substitute(Amount value, int64_t base, int64_t step) {
  return {Wide(value.constant) + Wide(value.perBatch) * base, Wide(value.perBatch) * step};
}

/// Multiplies by a polynomial of degree 1.
Polynomial times(const Polynomial &a, const Polynomial &linear) {
  Polynomial product = {};
  for (size_t i = 0; i < a.size(); ++i)
    product[i] = a[i] * linear[0] + (i == 0 ? 0 : a[i - 1] * linear[1]);
  return product;
}

struct Context {
  const format::Module &module;
  const format::Variant &variant;
  std::string_view file;
  ImageLayout image;
};

Status blob(const Context &c, const format::Blob *blob, const std::string &where) {
  if (blob == nullptr || blob->offset() > c.file.size() || blob->bytes() > c.file.size() - blob->offset())
    return invalid(where, "it lies outside of the file");
  if (blob->bytes() != 0 && blob->offset() % kBlobAlignment != 0)
    return invalid(where, "it does not start at a page");
  return {};
}

Status arenas(const Context &c, const std::string &target) {
  List arenas(c.variant.arenas());
  if (arenas.size() > kMaxArenas)
    return invalid(target, "too many arenas");
  std::set<std::pair<format::ArenaKind, uint32_t>> seen;
  Amount trained;
  format::MemorySpace space = format::MemorySpace::host;
  bool haveTrained = false;
  for (uint32_t i = 0; i < arenas.size(); ++i) {
    const format::Arena &arena = *arenas[i];
    std::string where = target + ", arena " + std::to_string(i);
    if (arena.kind() > format::ArenaKind::MAX || arena.space() > format::MemorySpace::MAX)
      return invalid(where, "unknown kind or memory space");
    if (!seen.insert({arena.kind(), arena.index()}).second)
      return invalid(where, "another has its kind and index");
    Amount bytes(arena.bytes());
    ARGENT_RETURN_IF_ERROR(amount(bytes, where));
    using Kind = format::ArenaKind;
    if (arena.index() > 1 && arena.kind() == Kind::rows)
      return invalid(where, "there are rows of training and rows of others only");
    if (arena.index() != 0 && arena.kind() != Kind::moments && arena.kind() != Kind::activations &&
        arena.kind() != Kind::rows)
      return invalid(where, "only moments, activations and rows are numbered");
    if (arena.kind() == Kind::parameters || arena.kind() == Kind::gradients || arena.kind() == Kind::moments) {
      if (bytes.perBatch != 0 || (haveTrained && (bytes != trained || arena.space() != space)))
        return invalid(where, "parameters, gradients and moments differ in size or memory space");
      trained = bytes;
      space = arena.space();
      haveTrained = true;
    }
    if (arena.kind() == Kind::constants && (bytes.perBatch != 0 || c.variant.constants() == nullptr ||
                                            static_cast<uint64_t>(bytes.constant) > c.variant.constants()->bytes()))
      return invalid(where, "the constants are fewer bytes than the arena");
    if (arena.kind() == Kind::logical) {
      Amount needed = logicalBytes(c.module, c.variant.batch_rounding());
      if (bytes.constant < needed.constant || bytes.perBatch < needed.perBatch)
        return invalid(where, "too small for the parameters and states, each at a multiple of 64 bytes");
    }
  }
  return {};
}

Status placements(const Context &c, const std::string &target) {
  List placements(c.variant.placements());
  List parameters(c.module.parameters());
  List arenas(c.variant.arenas());
  if (placements.size() != parameters.size())
    return invalid(target, "not one placement for each parameter");
  std::vector<Amount> logical = logicalOffsets(c.module, c.variant.batch_rounding());
  for (uint32_t i = 0; i < placements.size(); ++i) {
    std::string where = target + ", placement of " + quoted(text(parameters[i]->path()));
    auto wanted = parameters[i]->trained() ? format::ArenaKind::parameters : format::ArenaKind::states;
    bool inside = false;
    for (uint32_t j = 0; j < arenas.size(); ++j)
      if (Amount bytes(arenas[j]->bytes()); arenas[j]->kind() == wanted) {
        uint64_t size = static_cast<uint64_t>(bytes.at(c.variant.batch_rounding()));
        inside = placements[i]->offset() <= size && placements[i]->bytes() <= size - placements[i]->offset();
      }
    if (!inside)
      return invalid(where, "it lies outside of its arena");
    if (placements[i]->logical_offset() != static_cast<uint64_t>(logical[i].constant))
      return invalid(where, "its logical offset is " + std::to_string(placements[i]->logical_offset()) + ", expected " +
                                std::to_string(logical[i].constant));
  }
  return {};
}

/// Each state with N lies in each arena of rows.
Status rows(const Context &c, const std::string &target) {
  List rows(c.variant.rows());
  List arenas(c.variant.arenas());
  for (uint32_t i = 0; i < rows.size(); ++i) {
    const std::string where = target + ", rows of " + quoted(text(rows[i]->path()));
    ARGENT_RETURN_IF_ERROR(tensorType(rows[i]->type(), where));
    ARGENT_RETURN_IF_ERROR(initializer(rows[i]->initializer(), where));
    if (rows[i]->initializer()->kind() != format::InitializerKind::constant || rows[i]->initializer()->vectors())
      return invalid(where, "it does not begin with one number");
    const ElementType element = elementType(rows[i]->type()->element_type());
    Amount offset(rows[i]->offset()), bytes;
    ARGENT_RETURN_IF_ERROR(amount(offset, where));
    Wide size = static_cast<Wide>(elementBytes(element));
    int open = 0;
    List dims(rows[i]->type()->dims());
    for (uint32_t d = 0; d < dims.size(); ++d) {
      Amount dim(dims[d]);
      open += dim.perBatch != 0;
      size *= dim.perBatch != 0 ? dim.perBatch : dim.constant;
      if (size > kMaxAmount || (dim.perBatch != 0 && dim.constant != 0))
        return invalid(where, "its type is too large, or no multiple of the batch");
    }
    if (open != 1)
      return invalid(where, "it has no N, or N twice");
    for (uint32_t j = 0; j < arenas.size(); ++j)
      if (Amount all(arenas[j]->bytes());
          arenas[j]->kind() == format::ArenaKind::rows &&
          (offset.constant > all.constant || static_cast<Wide>(offset.perBatch) + size > all.perBatch))
        return invalid(where, "it lies outside of its arena");
  }
  return {};
}

Status kernels(const Context &c, const std::string &target) {
  List kernels(c.variant.kernels());
  for (uint32_t i = 0; i < kernels.size(); ++i)
    if (!c.image.isCode(kernels[i]->image_offset(), 1) ||
        !c.image.isCode(codeOffset(*kernels[i]), kernels[i]->code_bytes()))
      return invalid(target + ", kernel " + std::to_string(i) + " " + quoted(text(kernels[i]->name())),
                     "it lies outside of the image's code");
  return {};
}

/// The view's last byte lies in the arena or port for every batch, at each of the steps that it moves over; its
/// elements are aligned.
Status view(const Context &c, const format::EntryPoint *entry, const format::View &view, int64_t steps,
            const std::string &where) {
  if (view.base() > format::ViewBase::MAX || view.element_type() > format::ElementType::MAX)
    return invalid(where, "unknown base or element type");
  List extents(view.extents());
  List strides(view.strides());
  if (extents.size() != strides.size() || extents.size() > kMaxRank)
    return invalid(where, "not one stride for each extent");
  Amount offset(view.offset()), move(view.step());
  ARGENT_RETURN_IF_ERROR(amount(offset, where));
  ARGENT_RETURN_IF_ERROR(amount(move, where));
  const int64_t elementSize = static_cast<int64_t>(elementBytes(elementType(view.element_type())));

  // The batch: N of the call for a port, the rounded one for an arena, where N is at most that. What reaches no further
  // for that one reaches no further for a smaller N.
  const bool inArena = view.base() == format::ViewBase::arena;
  const int64_t rounding = c.variant.batch_rounding();
  const int64_t base = inArena ? rounding : 1, step = inArena ? rounding : 1;
  if (offset.constant % elementSize != 0 || offset.perBatch * rounding % elementSize != 0 ||
      move.constant % elementSize != 0 || move.perBatch % elementSize != 0) // of a step N is any
    return invalid(where, "its offset or step is not a multiple of its element's size");
  Polynomial left;
  if (inArena) {
    if (view.index() >= List(c.variant.arenas()).size())
      return invalid(where, "there is no arena " + std::to_string(view.index()));
    left = substitute(Amount(c.variant.arenas()->Get(view.index())->bytes()), base, step);
  } else {
    if (entry == nullptr)
      return invalid(where, "this program has no ports");
    List ports(view.base() == format::ViewBase::input ? entry->inputs() : entry->outputs());
    if (view.index() >= ports.size())
      return invalid(where, "there is no port " + std::to_string(view.index()));
    const format::TensorType &type = *ports[view.index()]->type();
    // Kernels hold a bool as a byte that is 0 or 1.
    bool isByteOfBool =
        type.element_type() == format::ElementType::boolean && view.element_type() == format::ElementType::u8;
    if (offset.perBatch != 0 || (type.element_type() != view.element_type() && !isByteOfBool))
      return invalid(where, "its offset has N, or its element type is not the port's");
    left = {Wide(elementSize)};
    List dims(type.dims());
    for (uint32_t i = 0; i < dims.size(); ++i)
      left = times(left, substitute(Amount(dims[i]), base, step));
  }

  Polynomial start = substitute(offset, base, step);
  start[0] += elementSize;
  const Polynomial moved = substitute(move, base, step);
  for (size_t i = 0; i < left.size(); ++i)
    left[i] -= start[i] + moved[i] * (steps - 1);
  for (uint32_t i = 0; i < extents.size(); ++i) {
    Amount extent(extents[i]), stride(strides[i]);
    ARGENT_RETURN_IF_ERROR(amount(extent, where));
    ARGENT_RETURN_IF_ERROR(amount(stride, where));
    if (extent.at(1) < 1)
      return invalid(where, "an extent is 0");
    Polynomial last = substitute(extent, base, step);
    last[0] -= 1;
    Polynomial reach = times(last, substitute(stride, base, step));
    for (size_t k = 0; k < left.size(); ++k)
      left[k] -= reach[k] * elementSize;
  }
  for (Wide coefficient : left)
    if (coefficient < 0)
      return invalid(where, "it reaches beyond the end of its " + std::string(inArena ? "arena" : "port"));
  return {};
}

bool writable(const Context &c, const format::View &view) {
  if (view.base() == format::ViewBase::arena)
    return c.variant.arenas()->Get(view.index())->kind() != format::ArenaKind::constants;
  return view.base() == format::ViewBase::output;
}

Status launch(const Context &c, const format::Launch &launch, uint32_t viewCount, const std::string &where) {
  List choices(launch.choices());
  List views(launch.views());
  if (choices.empty() || choices[0]->min_batch() > 1)
    return invalid(where, "no kernel for N = 1");
  for (uint32_t i = 0; i < choices.size(); ++i) {
    if (choices[i]->kernel() >= List(c.variant.kernels()).size())
      return invalid(where, "there is no kernel " + std::to_string(choices[i]->kernel()));
    if (i != 0 && choices[i]->min_batch() <= choices[i - 1]->min_batch())
      return invalid(where, "its choices are not in the order of their batches");
  }
  for (uint32_t i = 0; i < views.size(); ++i)
    if (views[i] >= viewCount)
      return invalid(where, "there is no view " + std::to_string(views[i]));
  return {};
}

Status copy(const Context &c, const format::Copy &copy, List<flatbuffers::Offset<format::View>> views,
            const std::string &where) {
  if (copy.from() >= views.size() || copy.to() >= views.size())
    return invalid(where, "there is no such view");
  const format::View &from = *views[copy.from()], &to = *views[copy.to()];
  bool equal = from.element_type() == to.element_type() && List(from.extents()).size() == List(to.extents()).size();
  for (uint32_t i = 0; equal && i < List(from.extents()).size(); ++i)
    equal = Amount(from.extents()->Get(i)) == Amount(to.extents()->Get(i));
  if (!equal)
    return invalid(where, "the two views differ in type or extents");
  if (!writable(c, to))
    return invalid(where, "it writes to constants or to an input");
  return {};
}

Status instruction(const Context &c, const format::Instruction &instruction,
                   List<flatbuffers::Offset<format::View>> views, const std::string &where) {
  if (const format::Launch *step = instruction.step_as_Launch())
    return launch(c, *step, views.size(), where);
  if (const format::Copy *step = instruction.step_as_Copy())
    return copy(c, *step, views, where);
  if (const format::Fill *step = instruction.step_as_Fill()) {
    if (step->view() >= views.size() || !writable(c, *views[step->view()]))
      return invalid(where, "there is no view " + std::to_string(step->view()) + " that can be filled");
    return {};
  }
  if (const format::Loop *step = instruction.step_as_Loop()) {
    if (step->counter() == kNoView)
      return {};
    if (step->counter() >= views.size())
      return invalid(where, "there is no view " + std::to_string(step->counter()));
    const format::View &counter = *views[step->counter()];
    if (counter.element_type() != format::ElementType::i32 || !List(counter.extents()).empty() || !writable(c, counter))
      return invalid(where, "it counts in a view that is no i32 to be written");
    return {};
  }
  return invalid(where, "unknown step");
}

Status program(const Context &c, const format::Program &program, std::set<std::string_view> &names,
               const std::string &target) {
  std::string_view name = text(program.name());
  std::string where = target + ", program " + quoted(name);
  if (!names.insert(name).second)
    return invalid(where, "its name is used twice");
  const format::EntryPoint *entry = nullptr;
  List entries(c.module.entries());
  for (uint32_t i = 0; i < entries.size(); ++i)
    if (text(entries[i]->name()) == name)
      entry = entries[i];
  const bool packs = name == "pack" || name == "unpack";
  if (packs == (entry != nullptr))
    return invalid(where, "it is not that of an entry point");

  List views(program.views());
  std::vector<int64_t> steps;
  ARGENT_RETURN_IF_ERROR(loops(program, where, steps));
  for (uint32_t i = 0; i < views.size(); ++i) {
    ARGENT_RETURN_IF_ERROR(view(c, entry, *views[i], steps[i], where + ", view " + std::to_string(i)));
    if (!packs && views[i]->base() == format::ViewBase::arena &&
        c.variant.arenas()->Get(views[i]->index())->kind() == format::ArenaKind::logical)
      return invalid(where, "only pack and unpack see the logical layout");
  }
  List instructions(program.instructions());
  for (uint32_t i = 0; i < instructions.size(); ++i)
    ARGENT_RETURN_IF_ERROR(instruction(c, *instructions[i], views, where + ", instruction " + std::to_string(i)));
  return {};
}

} // namespace

Status variant(const format::Module &module, const format::Variant &variant, std::string_view file) {
  Context c{module, variant, file, {}};
  std::string target = "variant " + quoted(text(variant.target()));
  if (text(variant.target()).empty() || text(variant.architecture()).empty())
    return invalid(target, "its target or architecture is missing");
  const uint32_t rounding = variant.batch_rounding();
  if (rounding == 0 || kTensorAlignment % rounding != 0)
    return invalid(target, "batches are rounded up to a multiple of " + std::to_string(rounding) +
                               ", which is no power of two up to 64");
  ARGENT_RETURN_IF_ERROR(blob(c, variant.image(), target + ", image"));
  if (variant.constants() != nullptr)
    ARGENT_RETURN_IF_ERROR(blob(c, variant.constants(), target + ", constants"));
  if (variant.image()->bytes() != 0)
    if (Status status = ImageLayout::read(file.substr(variant.image()->offset(), variant.image()->bytes()), c.image);
        !status.ok())
      return invalid(target, status.message());
  if (variant.image()->bytes() != 0 && c.image.architecture() != text(variant.architecture()))
    return invalid(target, "its image is for " + std::string(c.image.architecture()));

  ARGENT_RETURN_IF_ERROR(arenas(c, target));
  ARGENT_RETURN_IF_ERROR(placements(c, target));
  ARGENT_RETURN_IF_ERROR(rows(c, target));
  ARGENT_RETURN_IF_ERROR(kernels(c, target));
  std::set<std::string_view> names;
  List programs(variant.programs());
  for (uint32_t i = 0; i < programs.size(); ++i)
    ARGENT_RETURN_IF_ERROR(program(c, *programs[i], names, target));
  List entries(module.entries());
  for (uint32_t i = 0; i < entries.size(); ++i)
    if (names.count(text(entries[i]->name())) == 0)
      return invalid(target, "no program for the entry point " + quoted(text(entries[i]->name())));
  if (!List(module.parameters()).empty() && (names.count("pack") == 0 || names.count("unpack") == 0))
    return invalid(target, "parameters, but no programs \"pack\" and \"unpack\"");
  return {};
}

} // namespace argent::check
