//===- ProgramTest.cpp - the program argent on a module made by hand -------------------===//
// What its commands print, where, and with which exit status.
#include "runtime/data/Npy.h"
#include "test/runtime-data/LineModule.h"
#include "test/runtime-data/TrainFolder.h"

#include <csignal>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

using namespace argent;

namespace {

struct Result {
  int status;
  std::string output, errors;
};

struct Program : TrainFolder {
  Program() {
    write("line.agb", test::lineModuleFile());
    module = path("line.agb");
    data = folder.string();
  }

  /// Starts the program, its output going to files of the folder.
  pid_t start(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), ARGENT_PROGRAM);
    std::string output = path("stdout"), errors = path("stderr");
    pid_t child = ::fork();
    if (child == 0) {
      std::freopen(output.c_str(), "w", stdout);
      std::freopen(errors.c_str(), "w", stderr);
      std::vector<char *> argv;
      for (std::string &argument : arguments)
        argv.push_back(argument.data());
      argv.push_back(nullptr);
      ::execv(argv[0], argv.data());
      ::_exit(99);
    }
    return child;
  }
  Result finish(pid_t child) {
    int status = 0;
    ::waitpid(child, &status, 0);
    return {WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status), read("stdout"), read("stderr")};
  }
  Result operator()(std::vector<std::string> arguments) { return finish(start(std::move(arguments))); }

  std::string module, data;
};

void expectText(const std::string &text, const std::string &part) {
  EXPECT_NE(text.find(part), std::string::npos) << text;
}

} // namespace

TEST(Program, HelpAndMistakes) {
  Program argent;
  Result help = argent({"--help"});
  EXPECT_EQ(help.status, 0);
  for (const char *command : {"compile", "train", "eval", "run", "inspect", "bench"}) {
    expectText(help.output, command);
    EXPECT_EQ(argent({command, "--help"}).status, 0);
  }
  EXPECT_EQ(argent({"--version"}).status, 0);
  EXPECT_EQ(argent({}).status, 2);
  EXPECT_EQ(argent({"fly"}).status, 2);
  EXPECT_EQ(argent({"eval", argent.module, "--data", argent.data, "--batch", "0"}).status, 2);
  EXPECT_EQ(argent({"train", argent.module, "--data", argent.data, "--keep", "2"}).status, 2);
  EXPECT_EQ(argent({"compile", "x.ag", "--set", "novalue"}).status, 2);
  Result missing = argent({"eval", argent.path("none.agb"), "--data", argent.data});
  EXPECT_EQ(missing.status, 1);
  expectText(missing.errors, "none.agb");
  EXPECT_TRUE(missing.output.empty());
  EXPECT_EQ(argent({"compile", argent.path("none.ag")}).status, 1);
  Result set = argent({"eval", argent.module, "--data", argent.data, "--set", "a=1"});
  EXPECT_EQ(set.status, 2);
  expectText(set.errors, "compiled already");
}

TEST(Program, TrainEvalRunInspect) {
  Program argent;
  std::string weights = argent.path("w.safetensors");
  Result train = argent({"train", argent.module, "--data", argent.data, "--epochs", "2", "--save", weights});
  ASSERT_EQ(train.status, 0) << train.errors;
  expectText(train.output, "epoch 1/2  loss ");
  expectText(train.output, "test accuracy: 0.");
  Result eval = argent({"eval", argent.module, "--data", argent.data, "--weights", weights});
  ASSERT_EQ(eval.status, 0) << eval.errors;
  EXPECT_EQ(eval.output.find("loss: "), 0u);
  expectText(train.output, "test " + eval.output.substr(eval.output.find("accuracy")));
  Result json = argent({"eval", argent.module, "--data", argent.data, "--weights", weights, "--json"});
  expectText(json.output, "\"rows\":20");
  Result none = argent({"eval", argent.module, "--data", argent.data});
  EXPECT_EQ(none.status, 2);
  expectText(none.errors, "--weights FILE");

  // Bytes go through `from image`, floats are the tensor: the same logits.
  uint8_t bytes[3 * 4] = {0, 255, 51, 102, 9, 8, 7, 6, 5, 4, 3, 2};
  float floats[3 * 4];
  for (int i = 0; i < 12; ++i)
    floats[i] = static_cast<float>(bytes[i] / 255.0);
  ASSERT_TRUE(writeNpy(argent.path("u8.npy"), {ElementType::u8, {3, 2, 2}, bytes}).ok());
  ASSERT_TRUE(writeNpy(argent.path("f32.npy"), {ElementType::f32, {3, 2, 2, 1}, floats}).ok());
  for (const char *name : {"u8", "f32"}) {
    Result run = argent({"run", argent.module, "--weights", weights, "--input",
                         "image=" + argent.path(std::string(name) + ".npy"), "--output",
                         "logits=" + argent.path(std::string(name) + "-out.npy"), "--batch", "2"});
    ASSERT_EQ(run.status, 0) << run.errors;
  }
  EXPECT_EQ(argent.read("u8-out.npy"), argent.read("f32-out.npy"));
  Npy logits;
  ASSERT_TRUE(readNpy(argent.path("u8-out.npy"), logits).ok());
  EXPECT_EQ(logits.shape, (std::vector<int64_t>{3, 2}));
  Result wrong = argent({"run", argent.module, "--weights", weights, "--input", "image=" + argent.path("u8-out.npy")});
  EXPECT_EQ(wrong.status, 1);
  expectText(wrong.errors, "is f32[3, 2], which does not fit input `image` (f32[N, 2, 2, 1])");
  Result unknown = argent({"run", argent.module, "--weights", weights, "--input", "picture=x.npy"});
  EXPECT_EQ(unknown.status, 2);
  expectText(unknown.errors, "no input `picture`; it has `image`");

  Result inspect = argent({"inspect", argent.module});
  ASSERT_EQ(inspect.status, 0) << inspect.errors;
  expectText(inspect.output, "image: f32[N, 2, 2, 1] from image()");
  expectText(argent({"inspect", argent.module, "--parameters"}).output, "dense_1.weight");
  expectText(argent({"inspect", argent.module, "--json"}).output, "\"parameter_count\": 8");
  Result bench =
      argent({"bench", argent.module, "--entry", "train_step", "--batch", "8", "--seconds", "0.01", "--json"});
  ASSERT_EQ(bench.status, 0) << bench.errors;
  expectText(bench.output, "\"median_ms\":");
}

TEST(Program, StopsCleanlyAndSurvivesAKill) {
  Program argent;
  auto options = [&](const std::string &save) {
    return std::vector<std::string>{"train", argent.module, "--data",          argent.data,    "--epochs",
                                    "5",     "--save",      argent.path(save), "--save-every", "1"};
  };
  ASSERT_EQ(argent(options("whole")).status, 0);
  pid_t child = argent.start(options("killed"));
  while (!std::filesystem::exists(argent.path("killed")))
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  ::kill(child, SIGKILL);
  EXPECT_EQ(argent.finish(child).status, -SIGKILL);
  auto resumed = options("killed");
  resumed.insert(resumed.end(), {"--resume", argent.path("killed")});
  Result result = argent(resumed);
  ASSERT_EQ(result.status, 0) << result.errors;
  EXPECT_EQ(argent.read("killed"), argent.read("whole"));

  // Ctrl-C or SIGTERM: the step is finished and saved.
  child = argent.start({"train", argent.module, "--data", argent.data, "--epochs", "5", "--save",
                        argent.path("stopped"), "--save-every", "1"});
  while (!std::filesystem::exists(argent.path("stopped")))
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  ::kill(child, SIGTERM);
  Result stopped = argent.finish(child);
  // On a slow machine the signal may come after the last step.
  if (stopped.status != 0) {
    EXPECT_EQ(stopped.status, 130);
    expectText(stopped.errors, "--resume " + argent.path("stopped"));
  }
}
