//===- Server.cpp - open files, requests, and the evaluation beside them ----------------===//
#include "Server.h"

#include "LibraryFiles.h"

#include "compiler/Pipeline.h"
#include "frontends/ag/syntax/StandardLibrary.h"

using namespace argent;
using namespace argent::lsp;
using llvm::StringRef;
namespace json = llvm::json;

/// How long a file rests after an edit before it is evaluated.
static constexpr std::chrono::milliseconds kRest{150};

std::string Params::uri() const {
  const json::Object *own = object();
  const json::Object *document = own ? own->getObject("textDocument") : nullptr;
  return document ? document->getString("uri").value_or("").str() : "";
}

template <json::Value (*F)(const View &, unsigned)> void Server::answerAt(llvm::StringLiteral name) {
  handler_.method<Params, json::Value>(name, this, &Server::atPosition<F>);
}
template <json::Value (*F)(const View &)> void Server::answer(llvm::StringLiteral name) {
  handler_.method<Params, json::Value>(name, this, &Server::ofDocument<F>);
}

Server::Server(llvm::lsp::JSONTransport &transport)
    : transport_(transport), handler_(transport),
      publish_(handler_.outgoingNotification<json::Value>("textDocument/publishDiagnostics")) {
  handler_.method<Params, json::Value>("initialize", this, &Server::initialize);
  handler_.method<Params, json::Value>("shutdown", this, &Server::shutdown);
  handler_.notification<Params>("initialized", this, &Server::ignore);
  handler_.notification<Params>("$/cancelRequest", this, &Server::ignore);
  handler_.notification<Params>("$/setTrace", this, &Server::ignore);
  handler_.notification<Params>("textDocument/didOpen", this, &Server::didOpen);
  handler_.notification<Params>("textDocument/didChange", this, &Server::didChange);
  handler_.notification<Params>("textDocument/didClose", this, &Server::didClose);
  handler_.notification<Params>("textDocument/didSave", this, &Server::ignore);
  handler_.notification<Params>("workspace/didChangeConfiguration", this, &Server::ignore);
  handler_.method<Params, json::Value>("textDocument/hover", this, &Server::hover);
  handler_.method<Params, json::Value>("textDocument/rename", this, &Server::rename);
  handler_.method<Params, json::Value>("textDocument/references", this, &Server::references);
  answerAt<lsp::definition>("textDocument/definition");
  answerAt<lsp::completion>("textDocument/completion");
  answerAt<lsp::signatureHelp>("textDocument/signatureHelp");
  answerAt<lsp::highlights>("textDocument/documentHighlight");
  answerAt<lsp::prepareRename>("textDocument/prepareRename");
  answer<lsp::documentSymbols>("textDocument/documentSymbol");
  answer<lsp::formatting>("textDocument/formatting");
  worker_ = std::thread([this] { work(); });
}

Server::~Server() {
  {
    std::lock_guard lock(mutex_);
    stopping_ = true;
    for (auto &[uri, open] : documents_)
      *open.superseded = true;
  }
  wake_.notify_all();
  worker_.join();
}

int Server::run() {
  if (llvm::Error error = transport_.run(handler_)) {
    llvm::logAllUnhandledErrors(std::move(error), llvm::errs(), "argent-lsp-server: error: ");
    return 1;
  }
  return wasShutDown_ ? 0 : 1;
}

//===- Life --------------------------------------------------------------------------------===//

void Server::initialize(const Params &params, Reply reply) {
  constexpr int kIncremental = 2;
  json::Object capabilities{
      {"positionEncoding", "utf-16"},
      {"textDocumentSync", json::Object{{"openClose", true}, {"change", kIncremental}, {"save", false}}},
      {"hoverProvider", true},
      {"definitionProvider", true},
      {"referencesProvider", true},
      {"documentHighlightProvider", true},
      {"documentSymbolProvider", true},
      {"documentFormattingProvider", true},
      {"renameProvider", json::Object{{"prepareProvider", true}}},
      {"completionProvider", json::Object{{"triggerCharacters", json::Array{">", "(", ","}}}},
      {"signatureHelpProvider", json::Object{{"triggerCharacters", json::Array{"(", ","}}}},
  };
  reply(json::Object{{"capabilities", std::move(capabilities)},
                     {"serverInfo", json::Object{{"name", "argent-lsp-server"}, {"version", ARGENT_VERSION}}}});
}

void Server::shutdown(const Params &params, Reply reply) {
  wasShutDown_ = true;
  reply(nullptr);
}

//===- Text ----------------------------------------------------------------------------------===//

void Server::setText(const std::string &uri, int64_t version, std::string text, std::chrono::milliseconds delay) {
  auto document = std::make_shared<const Document>(uri, pathOfUri(uri), version, std::move(text));
  {
    std::lock_guard lock(mutex_);
    Open &open = documents_[uri];
    *open.superseded = true;
    open.superseded = std::make_shared<std::atomic<bool>>(false);
    // What was asked about the text before gets what is known about it.
    answerHovers(open);
    open.view.document = std::move(document);
    open.view.analysis = nullptr;
    open.dirty = true;
    open.due = Clock::now() + delay;
    refreshImporters(uri);
  }
  wake_.notify_all();
}

void Server::refreshImporters(const std::string &changed) {
  auto imports = [](const ag::OutlineDefinition &item) { return item.kind == ag::OutlineDefinition::Kind::import; };
  for (auto &[uri, open] : documents_) {
    if (uri == changed || !llvm::any_of(open.view.outline().definitions(), imports))
      continue;
    *open.superseded = true;
    open.superseded = std::make_shared<std::atomic<bool>>(false);
    open.dirty = true;
    open.due = Clock::now() + kRest;
  }
}

void Server::didOpen(const Params &params) {
  const json::Object *document = params.object() ? params.object()->getObject("textDocument") : nullptr;
  if (!document || params.uri().empty())
    return;
  setText(params.uri(), document->getInteger("version").value_or(0), document->getString("text").value_or("").str(),
          std::chrono::milliseconds(0));
}

void Server::didChange(const Params &params) {
  std::optional<View> view = viewOf(params);
  const json::Array *changes = params.object() ? params.object()->getArray("contentChanges") : nullptr;
  if (!view || !changes)
    return;
  std::string text = view->outline().text().str();
  for (const json::Value &change : *changes)
    if (const json::Object *object = change.getAsObject())
      text = applyChange(text, *object);
  const json::Object *document = params.object()->getObject("textDocument");
  setText(params.uri(), document->getInteger("version").value_or(view->document->version + 1), std::move(text), kRest);
}

void Server::didClose(const Params &params) {
  std::string uri = params.uri();
  {
    std::lock_guard lock(mutex_);
    auto found = documents_.find(uri);
    if (found == documents_.end())
      return;
    *found->second.superseded = true;
    answerHovers(found->second);
    documents_.erase(found);
    refreshImporters(uri);
    wake_.notify_all();
    publish_(json::Object{{"uri", uri}, {"diagnostics", json::Array()}});
  }
}

std::optional<View> Server::viewOf(const Params &params) {
  std::lock_guard lock(mutex_);
  auto found = documents_.find(params.uri());
  if (found == documents_.end())
    return std::nullopt;
  return found->second.view;
}

//===- Requests ---------------------------------------------------------------------------------===//

template <json::Value (*F)(const View &, unsigned)> void Server::atPosition(const Params &params, Reply reply) {
  std::optional<View> view = viewOf(params);
  reply(view ? F(*view, view->document->text.offset(params.position())) : json::Value(nullptr));
}

template <json::Value (*F)(const View &)> void Server::ofDocument(const Params &params, Reply reply) {
  std::optional<View> view = viewOf(params);
  reply(view ? F(*view) : json::Value(nullptr));
}

void Server::hover(const Params &params, Reply reply) {
  std::lock_guard lock(mutex_);
  auto found = documents_.find(params.uri());
  if (found == documents_.end())
    return reply(nullptr);
  Open &open = found->second;
  unsigned offset = open.view.document->text.offset(params.position());
  if (open.dirty)
    open.hovers.push_back({offset, std::move(reply)});
  else
    reply(lsp::hover(open.view, offset));
}

void Server::answerHovers(Open &open) {
  for (Waiting &waiting : open.hovers)
    waiting.reply(lsp::hover(open.view, waiting.offset));
  open.hovers.clear();
}

void Server::references(const Params &params, Reply reply) {
  std::optional<View> view = viewOf(params);
  if (!view)
    return reply(nullptr);
  const json::Object *context = params.object()->getObject("context");
  bool withDeclaration = context && context->getBoolean("includeDeclaration").value_or(false);
  reply(lsp::references(*view, view->document->text.offset(params.position()), withDeclaration));
}

void Server::rename(const Params &params, Reply reply) {
  std::optional<View> view = viewOf(params);
  if (!view)
    return reply(nullptr);
  std::string problem;
  json::Value edits = lsp::rename(*view, view->document->text.offset(params.position()),
                                  params.object()->getString("newName").value_or(""), problem);
  if (!problem.empty())
    return reply(llvm::make_error<llvm::lsp::LSPError>(clean(problem), llvm::lsp::ErrorCode::RequestFailed));
  reply(std::move(edits));
}

//===- Evaluation ---------------------------------------------------------------------------------===//

void Server::work() {
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    const std::string *next = nullptr;
    Clock::time_point due = Clock::time_point::max();
    for (auto &[uri, open] : documents_)
      if (open.dirty && open.due < due) {
        next = &uri;
        due = open.due;
      }
    if (!next)
      wake_.wait(lock);
    else if (due > Clock::now())
      wake_.wait_until(lock, due);
    else
      evaluate(lock, std::string(*next));
  }
}

void Server::evaluate(std::unique_lock<std::mutex> &lock, const std::string &uri) {
  std::shared_ptr<const Document> document = documents_[uri].view.document;
  std::shared_ptr<std::atomic<bool>> superseded = documents_[uri].superseded;
  std::map<std::string, std::shared_ptr<const Document>> others;
  for (const auto &[otherUri, other] : documents_)
    others[other.view.document->path] = other.view.document;
  lock.unlock();
  auto readOpen = [&](StringRef path) -> std::optional<std::string> {
    auto found = others.find(path.str());
    return found == others.end() ? std::nullopt : std::optional(found->second->outline.text().str());
  };
  auto cancelled = [&] { return superseded->load(); };
  auto check = [&](mlir::ModuleOp module) {
    PipelineOptions options;
    options.cancelled = cancelled;
    (void)runPipeline(module, Stage::Check, options); // it has said what is wrong
  };
  auto analysis = std::make_shared<const ag::Analysis>(
      ag::analyze(document->outline.text(), document->path, cancelled, readOpen, check));
  json::Value diagnostics = diagnosticsOf(*document, *analysis);
  lock.lock();
  auto found = documents_.find(uri);
  if (*superseded || found == documents_.end())
    return;
  Open &open = found->second;
  open.dirty = false;
  open.view.analysis = analysis;
  if (!analysis->facts.empty()) {
    auto types = std::make_shared<std::map<std::string, std::string>>();
    for (const ag::OutlineDefinition &definition : document->outline.definitions())
      for (const ag::OutlineName &name : definition.names)
        if (const ag::Fact *fact = analysis->at(name.begin); fact && !fact->values.empty())
          (*types)[definition.name + "/" + name.name] = describe(*fact);
    open.view.lastTypes = std::move(types);
  }
  publish_(std::move(diagnostics));
  answerHovers(open);
}

json::Value Server::diagnosticsOf(const Document &document, const ag::Analysis &analysis) const {
  constexpr int kError = 1, kWarning = 2;
  json::Array list;
  auto locationOf = [&](const ag::Related &related) -> json::Value {
    if (related.file.empty())
      return json::Object{{"uri", document.uri}, {"range", document.text.range(related.begin, related.end)}};
    // The standard library's files are named `std/core.ag`.
    std::string path = materializeLibrary(related.file);
    json::Value at = json::Object{{"line", related.line - 1}, {"character", related.column - 1}};
    return json::Object{{"uri", uriOfPath(path.empty() ? related.file : path)},
                        {"range", json::Object{{"start", at}, {"end", at}}}};
  };
  for (const ag::Message &message : analysis.messages) {
    unsigned begin = message.hasPlace ? message.begin : 0, end = message.hasPlace ? message.end : 0;
    json::Object diagnostic{{"range", document.text.range(begin, end)},
                            {"severity", message.isWarning ? kWarning : kError},
                            {"source", "argent"},
                            {"message", clean(message.text)}};
    json::Array related;
    for (const ag::Related &other : message.related)
      if (other.file != "operations") // signatures of operations are no file
        related.push_back(json::Object{{"location", locationOf(other)}, {"message", clean(other.text)}});
    if (!related.empty())
      diagnostic["relatedInformation"] = std::move(related);
    list.push_back(std::move(diagnostic));
  }
  return json::Object{{"uri", document.uri}, {"version", document.version}, {"diagnostics", std::move(list)}};
}
