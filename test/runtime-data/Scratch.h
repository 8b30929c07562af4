//===- Scratch.h - a folder of its own for each test, removed afterwards --------===//
#ifndef ARGENT_TEST_RUNTIME_DATA_SCRATCH_H
#define ARGENT_TEST_RUNTIME_DATA_SCRATCH_H

#include "argent/Status.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>

struct Scratch {
  std::filesystem::path folder;

  Scratch() {
    std::string pattern = (std::filesystem::temp_directory_path() / "argent-XXXXXX").string();
    folder = ::mkdtemp(pattern.data());
  }
  ~Scratch() { std::filesystem::remove_all(folder); }

  std::string path(const std::string &name) const { return (folder / name).string(); }
  std::string write(const std::string &name, const std::string &bytes) const {
    std::ofstream(path(name), std::ios::binary) << bytes;
    return path(name);
  }
  std::string read(const std::string &name) const {
    std::ifstream file(path(name), std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }
};

/// The status has this code, and its message holds this text.
inline void expectError(const argent::Status &status, argent::StatusCode code, const std::string &text) {
  EXPECT_EQ(status.code(), code) << status.message();
  EXPECT_NE(status.message().find(text), std::string::npos) << status.message();
}

#endif // ARGENT_TEST_RUNTIME_DATA_SCRATCH_H
