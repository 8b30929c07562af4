//===- Server.h - open files, requests, and the evaluation beside them ------------------===//
// One thread reads messages and answers from the text and from the last evaluation; it never waits. Another evaluates,
// and runs the passes that a model may fail in: on a file that was opened at once, on one that was edited when it rests
// for a moment. An edit ends the evaluation of what it replaced, and the passes at the next one. A hover over a file
// whose evaluation is not done yet is answered when it is.
#ifndef ARGENT_TOOLS_ARGENT_LSP_SERVER_SERVER_H
#define ARGENT_TOOLS_ARGENT_LSP_SERVER_SERVER_H

#include "Document.h"

#include "llvm/Support/LSP/Transport.h"

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <thread>

namespace argent::lsp {

/// Parameters of a message as they come; what is missing is taken as empty.
struct Params {
  llvm::json::Value value = nullptr;
  const llvm::json::Object *object() const { return value.getAsObject(); }
  std::string uri() const;
  const llvm::json::Value *position() const { return object() ? object()->get("position") : nullptr; }
};
inline bool fromJSON(const llvm::json::Value &value, Params &params, llvm::json::Path) {
  params.value = value;
  return true;
}

class Server {
public:
  using Reply = llvm::lsp::Callback<llvm::json::Value>;

  explicit Server(llvm::lsp::JSONTransport &transport);
  ~Server();

  /// Reads messages until `exit` or the end of the input; the program's exit status.
  int run();

private:
  using Clock = std::chrono::steady_clock;
  struct Waiting {
    unsigned offset;
    Reply reply;
  };
  struct Open {
    View view;
    bool dirty = false; // the evaluation of this version is not done
    Clock::time_point due;
    std::shared_ptr<std::atomic<bool>> superseded = std::make_shared<std::atomic<bool>>(false); // of this version
    std::vector<Waiting> hovers;
  };

  void initialize(const Params &params, Reply reply);
  void shutdown(const Params &params, Reply reply);
  void didOpen(const Params &params);
  void didChange(const Params &params);
  void didClose(const Params &params);
  void ignore(const Params &params) {}
  void hover(const Params &params, Reply reply);
  void rename(const Params &params, Reply reply);
  void references(const Params &params, Reply reply);
  template <llvm::json::Value (*F)(const View &, unsigned)> void atPosition(const Params &params, Reply reply);
  template <llvm::json::Value (*F)(const View &)> void ofDocument(const Params &params, Reply reply);
  template <llvm::json::Value (*F)(const View &, unsigned)> void answerAt(llvm::StringLiteral name);
  template <llvm::json::Value (*F)(const View &)> void answer(llvm::StringLiteral name);

  std::optional<View> viewOf(const Params &params);
  void setText(const std::string &uri, int64_t version, std::string text, std::chrono::milliseconds delay);
  static void answerHovers(Open &open);
  /// Open files that import something are evaluated anew when another one changes.
  void refreshImporters(const std::string &changed);

  void work();
  void evaluate(std::unique_lock<std::mutex> &lock, const std::string &uri);
  llvm::json::Value diagnosticsOf(const Document &document, const ag::Analysis &analysis) const;

  llvm::lsp::JSONTransport &transport_;
  llvm::lsp::MessageHandler handler_;
  llvm::lsp::OutgoingNotification<llvm::json::Value> publish_;
  bool wasShutDown_ = false;

  std::mutex mutex_; // of all below
  std::condition_variable wake_;
  std::map<std::string, Open> documents_;
  bool stopping_ = false;
  std::thread worker_;
};

} // namespace argent::lsp

#endif // ARGENT_TOOLS_ARGENT_LSP_SERVER_SERVER_H
