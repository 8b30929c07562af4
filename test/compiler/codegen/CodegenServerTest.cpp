//===- CodegenServerTest.cpp - requests, and what can end ------------------===//
#include "compiler/codegen/CodegenServer.h"

#include "llvm/Support/FileSystem.h"
#include "llvm/Support/FileUtilities.h"
#include "llvm/Support/MemoryBuffer.h"
#include <gtest/gtest.h>

using namespace argent;

namespace {

class CodegenServerTest : public testing::Test {
protected:
  CodegenServerTest() : remover_(makeFile()) {}
  CodegenServer::Result run(std::initializer_list<llvm::StringRef> arguments) { return server_.run(arguments, path_); }
  std::string output() {
    return llvm::cantFail(llvm::errorOrToExpected(llvm::MemoryBuffer::getFile(path_)))->getBuffer().str();
  }

  llvm::SmallString<128> path_;
  CodegenServer server_{ARGENT_TEST_SERVER};

private:
  llvm::StringRef makeFile() {
    EXPECT_FALSE(llvm::sys::fs::createTemporaryFile("codegen-server", "txt", path_));
    return path_;
  }
  llvm::FileRemover remover_;
};

TEST_F(CodegenServerTest, ArgumentsArriveAndWhatIsPrintedIsInTheFile) {
  CodegenServer::Result result = run({"print", "a b", "", "ü"});
  EXPECT_EQ(result.message, "");
  EXPECT_EQ(result.status, 0);
  EXPECT_EQ(output(), "[a b][][ü]");
  run({"print", "again"});
  EXPECT_EQ(output(), "[again]");
}

TEST_F(CodegenServerTest, StatusIsTheChilds) {
  EXPECT_EQ(run({"exit", "1"}).status, 1);
  EXPECT_EQ(run({"exit", "7"}).status, 7);
}

TEST_F(CodegenServerTest, AChildThatAbortsIsAMessageAndTheServerGoesOn) {
  EXPECT_EQ(run({"abort"}).message, "the code generator ended abnormally (Aborted)");
  EXPECT_EQ(run({"exit", "3"}).status, 3);
}

TEST_F(CodegenServerTest, AServerThatEndsIsAMessageAndTheNextRequestStartsOne) {
  EXPECT_EQ(run({"end the server"}).message, "'" ARGENT_TEST_SERVER "' ended while it was asked");
  EXPECT_EQ(run({"exit", "3"}).status, 3);
}

TEST_F(CodegenServerTest, AProgramThatIsNotThereIsAMessage) {
  CodegenServer missing("/nowhere/argent-codegen");
  EXPECT_EQ(missing.run({}, path_).message, "cannot run '/nowhere/argent-codegen': No such file or directory");
}

} // namespace
