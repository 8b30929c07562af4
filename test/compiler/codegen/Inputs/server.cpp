// A server whose children do what the request says, for CodegenServerTest.cpp.
#include "compiler/codegen/CodegenServer.h"

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <unistd.h>

static int obey(int argc, char **argv) {
  if (!strcmp(argv[1], "print"))
    for (int i = 2; i < argc; ++i)
      printf("[%s]", argv[i]);
  if (!strcmp(argv[1], "exit"))
    return atoi(argv[2]);
  if (!strcmp(argv[1], "abort"))
    abort();
  if (!strcmp(argv[1], "end the server"))
    kill(getppid(), SIGKILL);
  return 0;
}

int main() { return argent::serveCodegen(obey); }
