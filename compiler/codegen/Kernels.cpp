//===- Kernels.cpp - hl pipelines to objects, in parallel and cached -------===//
//   1. Print each pipeline canonically and hash it: equal kernels are one job.
//   2. Take what the cache has.
//   3. Give the other jobs to threads, each of which has an argent-codegen that makes a process for each.
//   4. Report errors in the order of the pipelines, whatever the order in which they ended.
#include "compiler/codegen/Kernels.h"

#include "compiler/codegen/CodegenServer.h"
#include "compiler/codegen/HalideTranslation.h"
#include "compiler/codegen/KernelCache.h"
#include "dialects/hl/CanonicalText.h"

#include "mlir/IR/Builders.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/FileUtilities.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/Program.h"
#include "llvm/Support/SHA256.h"

#include <atomic>
#include <chrono>
#include <dlfcn.h>
#include <thread>

using namespace mlir;
using namespace argent;

//===----------------------------------------------------------------------===//
// Keys
//===----------------------------------------------------------------------===//

static std::string getSymbol(StringRef canonicalText, const Target &target, bool checked) {
  llvm::SHA256 hash;
  std::string versions = "halide " ARGENT_HALIDE_VERSION " translation " + std::to_string(kTranslationVersion) +
                         (checked ? " checked" : "");
  for (StringRef part : {canonicalText, StringRef(target.halideName), StringRef(versions)}) {
    hash.update(part);
    hash.update(StringRef("\0", 1));
  }
  return "k_" + llvm::toHex(llvm::ArrayRef<uint8_t>(hash.final()).take_front(16), /*LowerCase=*/true);
}

std::string argent::getKernelSymbol(hl::PipelineOp pipeline, const Target &target, bool checked) {
  return getSymbol(hl::getCanonicalText(pipeline), target, checked);
}

//===----------------------------------------------------------------------===//
// Workers
//===----------------------------------------------------------------------===//

namespace {
struct Job {
  std::string symbol, text;
  hl::PipelineOp pipeline; // the first that is this kernel, of those by hand if there are any
  std::optional<std::string> object;
  std::string error;
  KernelTime time;

  int64_t fromBatch;     // the smallest that any pipeline that is this kernel runs at
  bool isByHand = false; // the schedule of `pipeline` is
  bool isProved = false; // to stay inside its buffers, if that is asked for

  /// Names the proof in the cache: the same object may have been compiled for larger batches alone.
  std::string proofName() const { return symbol + "_from_" + std::to_string(fromBatch); }
  /// A schedule by hand is at fault, and its place is in the file that it came from.
  Location errorLocation() {
    auto schedules = pipeline.getBody().getOps<hl::ScheduleOp>();
    return isByHand && !schedules.empty() ? (*schedules.begin())->getLoc() : pipeline.getLoc();
  }
};

class Stopwatch {
public:
  explicit Stopwatch(double &seconds) : seconds_(seconds), begin_(std::chrono::steady_clock::now()) {}
  ~Stopwatch() { seconds_ = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin_).count(); }

private:
  double &seconds_;
  std::chrono::steady_clock::time_point begin_;
};
} // namespace

/// argent-codegen: as given, beside this library or program, or in PATH.
static std::string findCodegen(const CodegenOptions &options) {
  if (!options.codegenPath.empty())
    return options.codegenPath;
  SmallVector<std::string> folders;
  Dl_info info;
  if (dladdr(reinterpret_cast<void *>(&argent::getKernelSymbol), &info) && info.dli_fname) {
    std::string folder = llvm::sys::path::parent_path(info.dli_fname).str();
    folders.push_back(folder);
    folders.push_back(folder + "/../bin");
  }
  std::string program = llvm::sys::fs::getMainExecutable(nullptr, nullptr);
  folders.push_back(llvm::sys::path::parent_path(program).str());
  for (const std::string &folder : folders) {
    std::string path = folder + "/argent-codegen";
    if (llvm::sys::fs::can_execute(path))
      return path;
  }
  if (auto path = llvm::sys::findProgramByName("argent-codegen"))
    return *path;
  return {};
}

/// The messages of the code generator's error records; their places are in text that the user has not seen. What is no
/// record, LLVM has printed: it stands for itself if there are none.
static std::string getMessages(StringRef text) {
  SmallVector<std::string> messages;
  for (StringRef line : llvm::split(text, '\n')) {
    llvm::Expected<llvm::json::Value> record = llvm::json::parse(line);
    const llvm::json::Object *object = record ? record->getAsObject() : nullptr;
    if (!record)
      llvm::consumeError(record.takeError());
    else if (auto message = object ? object->getString("message") : std::nullopt)
      messages.push_back(message->str());
  }
  return messages.empty() ? text.trim().str() : llvm::join(messages, "; ");
}

/// A fresh code generator with the job's text; returns what it wrote, or sets the job's error.
static std::optional<std::string> runCodegen(Job &job, CodegenServer &server, const Target &target,
                                             ArrayRef<std::string> options) {
  llvm::SmallString<128> inputPath, outputPath, errorPath;
  if (llvm::sys::fs::createTemporaryFile("argent-kernel", "mlir", inputPath) ||
      llvm::sys::fs::createTemporaryFile("argent-kernel", "o", outputPath) ||
      llvm::sys::fs::createTemporaryFile("argent-kernel", "txt", errorPath)) {
    job.error = "cannot make temporary files";
    return std::nullopt;
  }
  llvm::FileRemover removeInput(inputPath), removeOutput(outputPath), removeError(errorPath);
  {
    std::error_code error;
    llvm::raw_fd_ostream stream(inputPath, error);
    stream << job.text;
    stream.close();
    if (error || stream.has_error()) {
      stream.clear_error();
      job.error = "cannot write a temporary file";
      return std::nullopt;
    }
  }
  SmallVector<StringRef> arguments = {"--target",        target.name, "--symbol", job.symbol,
                                      "--error-records", "-o",        outputPath, inputPath};
  arguments.append(options.begin(), options.end());
  CodegenServer::Result result = server.run(arguments, errorPath);
  auto read = [](StringRef path) -> std::string {
    auto buffer = llvm::MemoryBuffer::getFile(path, /*IsText=*/false, /*RequiresNullTerminator=*/false);
    return buffer ? (*buffer)->getBuffer().str() : std::string();
  };
  if (result.message.empty() && result.status == 0)
    return read(outputPath);
  if (result.message.empty() && result.status == 1) {
    job.error = getMessages(read(errorPath));
  } else {
    // LLVM ends the process where it finds an error of its own.
    std::string text = read(errorPath);
    StringRef first = StringRef(text).trim().split('\n').first;
    job.error =
        (result.message.empty() ? "the code generator ended with " + std::to_string(result.status) : result.message) +
        (first.empty() ? "" : ": " + first.str());
  }
  return std::nullopt;
}

static void runJob(Job &job, CodegenServer &server, const Target &target, const CodegenOptions &options) {
  Stopwatch watch(job.time.seconds);
  std::string from = "--from-batch=" + std::to_string(job.fromBatch);
  // A process of its own: what Halide does before changes the names that it makes.
  if (!job.isProved && !runCodegen(job, server, target, {"--emit=bounds", from})) {
    job.object.reset();
    return;
  }
  job.isProved = true;
  if (job.object)
    return;
  std::vector<std::string> flags;
  if (options.checked)
    flags = {"--checked", from};
  if (options.assembly)
    flags.push_back("--emit=asm");
  job.object = runCodegen(job, server, target, flags);
}

FailureOr<std::vector<CompiledKernel>> argent::compileKernels(ArrayRef<hl::PipelineOp> pipelines, const Target &target,
                                                              const CodegenOptions &options) {
  // (1)
  std::vector<Job> jobs;
  std::vector<size_t> jobOfPipeline;
  llvm::StringMap<size_t> jobOfSymbol;
  for (hl::PipelineOp pipeline : pipelines) {
    std::string text = hl::getCanonicalText(pipeline);
    std::string symbol = getSymbol(text, target, options.checked);
    auto [entry, isNew] = jobOfSymbol.insert({symbol, jobs.size()});
    if (isNew)
      jobs.push_back({symbol,
                      std::move(text),
                      pipeline,
                      std::nullopt,
                      {},
                      {pipeline.getTitle().str(), symbol},
                      static_cast<int64_t>(pipeline.getMinBatch())});
    Job &job = jobs[entry->second];
    job.fromBatch = std::min(job.fromBatch, static_cast<int64_t>(pipeline.getMinBatch()));
    // Of equal kernels the one with the schedule by hand: what is wrong is told at its place.
    if (pipeline.getByHand() && !job.isByHand) {
      job.pipeline = pipeline;
      job.time.name = pipeline.getTitle();
      job.isByHand = true;
    }
    jobOfPipeline.push_back(entry->second);
  }

  // (2)
  std::optional<KernelCache> cache;
  if (options.useCache && !options.assembly)
    cache.emplace(options.cacheDir);
  std::vector<Job *> open;
  for (Job &job : jobs) {
    // A checked kernel is proved where it is compiled.
    job.isProved = !job.isByHand || options.checked || target.isGpu;
    if (cache) {
      Stopwatch watch(job.time.seconds);
      job.object = cache->read(job.symbol);
      job.isProved = job.isProved || cache->read(job.proofName());
    }
    job.time.isCached = job.object && job.isProved;
    if (!job.time.isCached)
      open.push_back(&job);
  }

  // (3)
  if (!open.empty()) {
    std::string codegen = findCodegen(options);
    if (codegen.empty())
      return open.front()->pipeline->emitError("argent-codegen is not beside this program and not in PATH");
    unsigned workers = options.workers ? options.workers : std::max(1u, std::thread::hardware_concurrency());
    workers = std::min<size_t>(workers, open.size());
    std::atomic<size_t> next = 0;
    auto work = [&] {
      CodegenServer server(codegen);
      for (size_t i; (i = next++) < open.size();) {
        Job &job = *open[i];
        runJob(job, server, target, options);
        if (!cache || !job.object)
          continue;
        cache->write(job.symbol, *job.object);
        if (job.isByHand)
          cache->write(job.proofName(), "proved");
      }
    };
    std::vector<std::thread> threads;
    for (unsigned i = 1; i < workers; ++i)
      threads.emplace_back(work);
    work();
    for (std::thread &thread : threads)
      thread.join();
    if (cache)
      cache->trim(options.cacheBytes);
  }

  // (4)
  bool anyFailed = false;
  for (Job &job : jobs) {
    if (job.object)
      continue;
    emitError(job.errorLocation()) << (job.isByHand ? "the schedule of \"" + job.time.name + "\": " : "") << job.error;
    anyFailed = true;
  }
  if (options.times)
    for (Job &job : jobs)
      options.times->push_back(job.time);
  if (anyFailed)
    return failure();
  std::vector<CompiledKernel> kernels;
  for (size_t job : jobOfPipeline)
    kernels.push_back({jobs[job].symbol, *jobs[job].object});
  return kernels;
}
