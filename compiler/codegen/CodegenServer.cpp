//===- CodegenServer.cpp - fresh code generators without their start -------===//
// On one socket, either side: a request is a 32-bit length and as many bytes, the output's path and the arguments, each
// with a 0 behind it; its answer is 32 bits, the status of waitpid. Both ends are one program's build, on one machine.
#include "compiler/codegen/CodegenServer.h"

#include "llvm/ADT/SmallVector.h"
#include "llvm/Support/Errno.h"

#include <cstdint>
#include <cstring>
#include <fcntl.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>
#include <vector>

using namespace llvm;
using namespace argent;

extern "C" char **environ;

/// Whether all bytes were sent; a server that is gone is an error, no signal.
static bool sendAll(int socket, const void *data, size_t size) {
  for (size_t done = 0; done < size;) {
    ssize_t sent =
        sys::RetryAfterSignal(-1, send, socket, static_cast<const char *>(data) + done, size - done, MSG_NOSIGNAL);
    if (sent <= 0)
      return false;
    done += sent;
  }
  return true;
}

static bool receiveAll(int socket, void *data, size_t size) {
  for (size_t done = 0; done < size;) {
    ssize_t received = sys::RetryAfterSignal(-1, recv, socket, static_cast<char *>(data) + done, size - done, 0);
    if (received <= 0)
      return false;
    done += received;
  }
  return true;
}

//===----------------------------------------------------------------------===//
// The caller's end
//===----------------------------------------------------------------------===//

CodegenServer::~CodegenServer() { stop(); }

std::string CodegenServer::start() {
  // Closed on exec: a server that another thread starts meanwhile would keep this one's socket open.
  int ends[2];
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends))
    return sys::StrError();
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, ends[1], STDIN_FILENO);
  // Its functions are found once, not again in each child.
  std::string serve = "--serve", bindNow = "LD_BIND_NOW=1";
  std::vector<char *> environment;
  for (char **variable = environ; *variable; ++variable)
    environment.push_back(*variable);
  environment.insert(environment.end(), {bindNow.data(), nullptr});
  char *arguments[] = {program_.data(), serve.data(), nullptr};
  pid_t started = 0;
  int error = posix_spawn(&started, program_.c_str(), &actions, nullptr, arguments, environment.data());
  posix_spawn_file_actions_destroy(&actions);
  close(ends[1]);
  if (error) {
    close(ends[0]);
    return sys::StrError(error);
  }
  socket_ = ends[0];
  process_ = started;
  return {};
}

void CodegenServer::stop() {
  if (socket_ < 0)
    return;
  close(socket_);
  sys::RetryAfterSignal(-1, waitpid, process_, nullptr, 0);
  socket_ = process_ = -1;
}

CodegenServer::Result CodegenServer::run(ArrayRef<StringRef> arguments, StringRef outputPath) {
  if (socket_ < 0)
    if (std::string error = start(); !error.empty())
      return {0, "cannot run '" + program_ + "': " + error};
  std::string request = outputPath.str() + '\0';
  for (StringRef argument : arguments)
    request += argument.str() + '\0';
  uint32_t size = request.size();
  int32_t status = 0;
  if (!sendAll(socket_, &size, sizeof(size)) || !sendAll(socket_, request.data(), size) ||
      !receiveAll(socket_, &status, sizeof(status))) {
    stop();
    return {0, "'" + program_ + "' ended while it was asked"};
  }
  if (WIFSIGNALED(status))
    return {0, std::string("the code generator ended abnormally (") + strsignal(WTERMSIG(status)) + ")"};
  return {WEXITSTATUS(status), {}};
}

//===----------------------------------------------------------------------===//
// The server's end
//===----------------------------------------------------------------------===//

/// In the child: what is printed goes to a file, and nothing is read from the socket.
static bool redirect(const char *outputPath) {
  int input = open("/dev/null", O_RDONLY);
  int output = open(outputPath, O_WRONLY | O_CREAT | O_TRUNC, 0600);
  return input >= 0 && output >= 0 && dup2(input, STDIN_FILENO) >= 0 && dup2(output, STDOUT_FILENO) >= 0 &&
         dup2(output, STDERR_FILENO) >= 0;
}

int argent::serveCodegen(function_ref<int(int, char **)> compile) {
  uint32_t size = 0;
  while (receiveAll(STDIN_FILENO, &size, sizeof(size))) {
    std::vector<char> request(size);
    if (!receiveAll(STDIN_FILENO, request.data(), size))
      return 1;
    SmallVector<char *> strings;
    for (char *c = request.data(), *end = c + size; c < end; c += strlen(c) + 1)
      strings.push_back(c);
    pid_t child = fork();
    if (child == 0) {
      if (!redirect(strings.front()))
        _exit(1);
      strings.front() = const_cast<char *>("argent-codegen");
      strings.push_back(nullptr);
      // As a program ends: what was registered for it runs (LLVM removes the files that it has not finished).
      exit(compile(strings.size() - 1, strings.data()));
    }
    int32_t status = 0;
    if (child < 0 || sys::RetryAfterSignal(-1, waitpid, child, &status, 0) < 0)
      return 1;
    if (!sendAll(STDIN_FILENO, &status, sizeof(status)))
      return 1;
  }
  return 0;
}
