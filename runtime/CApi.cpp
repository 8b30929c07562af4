//===- CApi.cpp - argent.h over the C++ classes ----------------------------===//
#include "argent/Session.h"
#include "argent/argent.h"
#include "runtime/Guard.h"
#include "runtime/PortCheck.h"
#include "runtime/Table.h"

#include <algorithm>
#include <cstring>

using namespace argent;

static_assert(ARGENT_INTERRUPTED == static_cast<int>(StatusCode::kInterrupted));
static_assert(ARGENT_BOOL == static_cast<int>(ElementType::boolean));

namespace {

struct Handle {
  std::string error;

  /// Keeps the message, gives the code.
  argent_status keep(const Status &status) {
    try {
      error = status.message();
    } catch (const std::bad_alloc &) {
      error.clear();
    }
    return static_cast<argent_status>(status.code());
  }
};

/// A port as argent_module_port gives it.
struct PortShape {
  std::string name;
  std::vector<int64_t> shape;
};

} // namespace

struct argent_module : Handle {
  std::shared_ptr<const Module> module;
  std::vector<std::unique_ptr<PortShape>> ports; // what was given out
};

struct argent_session : Handle {
  std::shared_ptr<const Module> module;
  std::unique_ptr<Session> session;
  float rate = 0; // of the last step, where nobody asked for it
  // What was written to a session that has no values yet: it gets them when none is missing.
  LogicalValues written;
  std::vector<bool> isWritten;
};

namespace {

Status missing(const std::string &what) { return Status(StatusCode::kInvalidArgument, what); }

Status toView(const argent_tensor &tensor, const std::string &entry, TensorView &view) {
  std::string name = tensor.name == nullptr ? "" : tensor.name;
  if (static_cast<unsigned>(tensor.type) > ARGENT_BOOL || tensor.rank < 0 || tensor.rank > 16 ||
      (tensor.rank > 0 && tensor.shape == nullptr))
    return missing(entry + ": tensor " + quoted(name) + " has an unknown type or a strange rank");
  view.type = static_cast<ElementType>(tensor.type);
  view.shape.assign(tensor.shape, tensor.shape + tensor.rank);
  view.data = tensor.data;
  return {};
}

/// The tensors in the order of the ports. `rate`, unless null, takes the output of this name where nobody asks for it.
Status byName(const std::string &entry, const char *kind, List<flatbuffers::Offset<format::Port>> ports,
              const argent_tensor *tensors, size_t count, float *rate, std::vector<TensorView> &views) {
  views.assign(ports.size(), {});
  std::vector<bool> given(ports.size());
  if (count != 0 && tensors == nullptr)
    return missing(entry + ": no " + kind + "s given");
  for (size_t i = 0; i < count; ++i) {
    std::string name = tensors[i].name == nullptr ? "" : tensors[i].name;
    uint32_t port = 0;
    while (port < ports.size() && text(ports[port]->name()) != name)
      ++port;
    if (port == ports.size())
      return missing(entry + ": it has no " + kind + " " + quoted(name));
    if (given[port])
      return missing(entry + ": " + kind + " " + quoted(name) + " is given twice");
    given[port] = true;
    ARGENT_RETURN_IF_ERROR(toView(tensors[i], entry, views[port]));
  }
  // The session fills it where it is not given.
  if (!given.empty() && !given.back() && text(ports[ports.size() - 1]->name()) == kRandomPort) {
    given.pop_back();
    views.pop_back();
  }
  // Whoever does not scale the rate leaves it as it is.
  static float one = 1;
  for (uint32_t port = 0; port < given.size(); ++port)
    if (!given[port] && text(ports[port]->name()) == kRateScalePort)
      views[port] = {ElementType::f32, {}, &one};
    else if (!given[port] && rate != nullptr && text(ports[port]->name()) == kRatePort)
      views[port] = {ElementType::f32, {}, rate};
    else if (!given[port])
      return missing(entry + ": " + kind + " " + quoted(text(ports[port]->name())) + " is missing");
  return {};
}

/// A tensor of the caller, and the number of the parameter or state that it names.
struct NamedValue {
  uint32_t number;
  TensorView tensor;
};

/// The parameters that the tensors name; types and shapes are theirs.
Status findValues(const Session &session, const argent_tensor *tensors, size_t count, std::vector<NamedValue> &found) {
  if (count != 0 && tensors == nullptr)
    return missing("no tensors given");
  List parameters(session.module().table().parameters());
  for (size_t i = 0; i < count; ++i) {
    std::string path = tensors[i].name == nullptr ? "" : tensors[i].name;
    NamedValue value{0, {}};
    while (value.number < parameters.size() && text(parameters[value.number]->path()) != path)
      ++value.number;
    if (value.number == parameters.size())
      return Status(StatusCode::kNotFound, "there is no parameter " + quoted(path));
    ARGENT_RETURN_IF_ERROR(toView(tensors[i], "parameter", value.tensor));
    ARGENT_RETURN_IF_ERROR(checkValue(*parameters[value.number], session.options().maxBatch, value.tensor));
    found.push_back(std::move(value));
  }
  return {};
}

/// Puts the caller's values into those of a session.
void copyInto(LogicalValues &values, const std::vector<NamedValue> &given) {
  for (const auto &[number, tensor] : given)
    std::memcpy(values.tensors[number].data, tensor.data, tensor.byteCount());
}

template <typename Open> argent_status openModule(argent_module **module, Open open) {
  if (module == nullptr)
    return ARGENT_INVALID_ARGUMENT;
  *module = new (std::nothrow) argent_module;
  if (*module == nullptr)
    return ARGENT_OUT_OF_MEMORY;
  return (*module)->keep(guarded([&] { return open((*module)->module); }));
}

/// Runs `body` if the session was created.
template <typename Body> argent_status withSession(argent_session *session, Body body) {
  if (session == nullptr)
    return ARGENT_INVALID_ARGUMENT;
  return session->keep(guarded([&]() -> Status {
    if (session->session == nullptr)
      return missing("the session was not created: " + session->error);
    return body(*session->session);
  }));
}

/// Writes to a session that has no values yet.
Status writeFirst(argent_session &handle, Session &session, const std::vector<NamedValue> &given) {
  if (handle.written.memory == nullptr) {
    ARGENT_RETURN_IF_ERROR(session.logicalBuffer(handle.written));
    handle.isWritten.assign(handle.written.tensors.size(), false);
  }
  copyInto(handle.written, given);
  for (const NamedValue &value : given)
    handle.isWritten[value.number] = true;
  if (std::find(handle.isWritten.begin(), handle.isWritten.end(), false) != handle.isWritten.end())
    return {};
  ARGENT_RETURN_IF_ERROR(session.setValues(0, handle.written));
  handle.written = {};
  return {};
}

} // namespace

const char *argent_status_name(argent_status status) {
  static const char *const kNames[] = {
      "ok",        "invalid argument", "invalid data",   "not found",      "incompatible", "I/O error",
      "no memory", "not finite",       "kernel failure", "device failure", "interrupted"};
  return static_cast<unsigned>(status) <= ARGENT_INTERRUPTED ? kNames[status] : "unknown";
}

argent_status argent_module_open(const char *path, argent_module **module) {
  return openModule(module, [&](std::shared_ptr<const Module> &opened) {
    return path == nullptr ? missing("no path given") : Module::open(path, opened);
  });
}

argent_status argent_module_open_memory(const void *bytes, size_t count, const char *name, argent_module **module) {
  return openModule(module, [&](std::shared_ptr<const Module> &opened) {
    if (bytes == nullptr)
      return missing("no bytes given");
    return Module::open({static_cast<const char *>(bytes), count}, name == nullptr ? "module" : name, opened);
  });
}

void argent_module_close(argent_module *module) { delete module; }

const char *argent_module_error(const argent_module *module) {
  return module == nullptr ? "out of memory" : module->error.c_str();
}

int32_t argent_module_port_count(const argent_module *module, const char *entry, int output) {
  if (module == nullptr || module->module == nullptr || entry == nullptr)
    return -1;
  const format::EntryPoint *found = module->module->entry(entry);
  return found == nullptr ? -1 : static_cast<int32_t>(output ? List(found->outputs()).size() : givenInputs(*found));
}

argent_status argent_module_port(argent_module *module, const char *entry, int output, int32_t index,
                                 argent_tensor *port) {
  if (module == nullptr || port == nullptr)
    return ARGENT_INVALID_ARGUMENT;
  return module->keep(guarded([&]() -> Status {
    if (index < 0 || index >= argent_module_port_count(module, entry, output))
      return missing("there is no such port");
    const format::EntryPoint &found = *module->module->entry(entry);
    const format::Port &description = *List(output ? found.outputs() : found.inputs())[static_cast<uint32_t>(index)];
    auto kept = std::make_unique<PortShape>();
    kept->name = text(description.name());
    List dims(description.type()->dims());
    for (uint32_t i = 0; i < dims.size(); ++i)
      kept->shape.push_back(Amount(dims[i]).perBatch != 0 ? -Amount(dims[i]).perBatch : Amount(dims[i]).constant);
    *port = {kept->name.c_str(), static_cast<argent_type>(description.type()->element_type()),
             static_cast<int32_t>(kept->shape.size()), kept->shape.data(), nullptr};
    module->ports.push_back(std::move(kept));
    return {};
  }));
}

argent_status argent_session_create(argent_module *module, const argent_options *options, argent_session **session) {
  if (session == nullptr)
    return ARGENT_INVALID_ARGUMENT;
  *session = new (std::nothrow) argent_session;
  if (*session == nullptr)
    return ARGENT_OUT_OF_MEMORY;
  return (*session)->keep(guarded([&]() -> Status {
    if (module == nullptr || module->module == nullptr)
      return missing("the module is not open");
    SessionOptions chosen;
    if (options != nullptr) {
      chosen.maxBatch = options->max_batch == 0 ? 1 : options->max_batch;
      chosen.threads = options->threads;
      chosen.training = options->training != 0;
    }
    (*session)->module = module->module;
    return Session::create(module->module, chosen, (*session)->session);
  }));
}

void argent_session_destroy(argent_session *session) { delete session; }

const char *argent_session_error(const argent_session *session) {
  return session == nullptr ? "out of memory" : session->error.c_str();
}

argent_status argent_session_initialize(argent_session *session, uint64_t seed) {
  return withSession(session, [&](Session &s) {
    session->written = {};
    return s.initialize(seed);
  });
}

argent_status argent_session_reset_rows(argent_session *session) {
  return withSession(session, [&](Session &s) -> Status {
    for (Rows rows : {Rows::training, Rows::others})
      ARGENT_RETURN_IF_ERROR(s.resetRows(rows));
    return Status();
  });
}

argent_status argent_session_set_random(argent_session *session, uint64_t seed, uint32_t update) {
  return withSession(session, [&](Session &s) {
    s.setRandom(seed, update);
    return Status();
  });
}

argent_status argent_session_run(argent_session *session, const char *entry, const argent_tensor *inputs,
                                 size_t input_count, const argent_tensor *outputs, size_t output_count) {
  return withSession(session, [&](Session &s) -> Status {
    std::string name = entry == nullptr ? "" : entry;
    const format::EntryPoint *found = session->module->entry(name);
    if (found == nullptr)
      return missing(session->module->name() + ": no entry point " + quoted(name));
    std::vector<TensorView> inputViews, outputViews;
    ARGENT_RETURN_IF_ERROR(byName(name, "input", found->inputs(), inputs, input_count, nullptr, inputViews));
    // A model may have an output of this name, too.
    float *rate = name == "train_step" ? &session->rate : nullptr;
    ARGENT_RETURN_IF_ERROR(byName(name, "output", found->outputs(), outputs, output_count, rate, outputViews));
    return s.run(name, inputViews, outputViews);
  });
}

size_t argent_session_parameter_count(const argent_session *session) {
  return session == nullptr || session->session == nullptr ? 0 : List(session->module->table().parameters()).size();
}

const char *argent_session_parameter_path(const argent_session *session, size_t index) {
  if (index >= argent_session_parameter_count(session))
    return nullptr;
  return session->module->table().parameters()->Get(static_cast<uint32_t>(index))->path()->c_str();
}

argent_status argent_session_read(argent_session *session, const argent_tensor *tensors, size_t count) {
  return withSession(session, [&](Session &s) -> Status {
    if (!s.hasValues())
      return missing("there are no values to read: initialize the session, or write all of them, first");
    std::vector<NamedValue> asked;
    ARGENT_RETURN_IF_ERROR(findValues(s, tensors, count, asked));
    for (const auto &[number, tensor] : asked)
      ARGENT_RETURN_IF_ERROR(s.value(number, tensor));
    return {};
  });
}

argent_status argent_session_write(argent_session *session, const argent_tensor *tensors, size_t count) {
  return withSession(session, [&](Session &s) -> Status {
    std::vector<NamedValue> given;
    ARGENT_RETURN_IF_ERROR(findValues(s, tensors, count, given));
    if (!s.hasValues())
      return writeFirst(*session, s, given);
    LogicalValues values;
    ARGENT_RETURN_IF_ERROR(s.values(0, values));
    copyInto(values, given);
    return s.setValues(0, values);
  });
}
