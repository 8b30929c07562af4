//===- record-run.cpp - runs an entry point on inputs from a pipe ----------===//
// record-run MODULE ENTRY N: a session whose parameters are drawn; for each set of inputs on standard input, the
// outputs on standard output. Where ENTRY is train_step, the parameters and states, too: before the first set, and
// after each. Tensors are their bytes, in the order of the module's ports and parameters. target_bits.py writes and
// reads them; this program needs nothing of the machine, so that an emulator can run it.
#include "argent/Session.h"
#include "runtime/Table.h"

#include <cstdio>
#include <cstdlib>
#include <memory>

using namespace argent;

namespace {

constexpr uint64_t kSeed = 1;
// More than one, so that chunks are tasks.
constexpr int kThreads = 2;

[[noreturn]] void fail(const std::string &message) {
  std::fprintf(stderr, "record-run: %s\n", message.c_str());
  std::exit(1);
}

void require(const Status &status) {
  if (!status.ok())
    fail(status.message());
}

void write(const TensorView &tensor) {
  if (std::fwrite(tensor.data, 1, tensor.byteCount(), stdout) != tensor.byteCount())
    fail("cannot write a result");
}

/// Tensors of an entry point's ports for one N.
class PortTensors {
public:
  template <typename Ports> PortTensors(const Ports &ports, int64_t n) {
    for (uint32_t i = 0; i < ports.size(); ++i) {
      if (text(ports[i]->name()) == kRandomPort)
        continue; // the session's own
      TensorView tensor;
      tensor.type = elementType(ports[i]->type()->element_type());
      List dims(ports[i]->type()->dims());
      for (uint32_t j = 0; j < dims.size(); ++j)
        tensor.shape.push_back(Amount(dims[j]).at(n));
      memory_.push_back(std::make_unique<char[]>(tensor.byteCount()));
      tensor.data = memory_.back().get();
      views.push_back(tensor);
    }
  }

  /// Whether there is another set of inputs.
  bool read() {
    size_t count = 0;
    for (const TensorView &tensor : views) {
      const size_t got = std::fread(tensor.data, 1, tensor.byteCount(), stdin);
      count += got;
      if (got != tensor.byteCount() && count != 0)
        fail("the inputs end within a set");
    }
    return count != 0;
  }

  std::vector<TensorView> views;

private:
  std::vector<std::unique_ptr<char[]>> memory_;
};

void writeParameters(Session &session) {
  LogicalValues values;
  require(session.values(0, values));
  for (const TensorView &tensor : values.tensors)
    write(tensor);
}

} // namespace

int main(int argc, char **argv) {
  if (argc != 4)
    fail("usage: record-run MODULE ENTRY N");
  const std::string name = argv[2];
  SessionOptions options;
  options.maxBatch = std::atoll(argv[3]);
  options.threads = kThreads;
  options.training = name == "train_step";

  std::shared_ptr<const Module> module;
  require(Module::open(argv[1], module));
  const format::EntryPoint *entry = module->entry(name);
  if (entry == nullptr)
    fail("no entry point " + quoted(name));
  std::unique_ptr<Session> session;
  require(Session::create(module, options, session));
  require(session->initialize(kSeed));
  PortTensors inputs(List(entry->inputs()), options.maxBatch), outputs(List(entry->outputs()), options.maxBatch);

  if (options.training)
    writeParameters(*session);
  // The reader has all results of a set before it writes the next one.
  for (std::fflush(stdout); inputs.read(); std::fflush(stdout)) {
    require(session->run(name, inputs.views, outputs.views));
    for (const TensorView &tensor : outputs.views)
      write(tensor);
    if (options.training)
      writeParameters(*session);
  }
}
