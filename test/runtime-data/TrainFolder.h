//===- TrainFolder.h - a small data set for the module of LineModule.h --------------===//
#ifndef ARGENT_TEST_RUNTIME_DATA_TRAINFOLDER_H
#define ARGENT_TEST_RUNTIME_DATA_TRAINFOLDER_H

#include "test/runtime-data/Scratch.h"

#include <cstdint>

inline std::string big(uint32_t value) {
  return {static_cast<char>(value >> 24), static_cast<char>(value >> 16), static_cast<char>(value >> 8),
          static_cast<char>(value)};
}

/// A folder with 100 train and 20 test images of 2x2; the class says whether the left column is brighter.
struct TrainFolder : Scratch {
  TrainFolder() {
    uint32_t state = 5;
    for (auto [prefix, rows] : {std::pair("train", 100u), {"t10k", 20u}}) {
      std::string images = std::string("\0\0\x08\x03", 4) + big(rows) + big(2) + big(2),
                  labels = std::string("\0\0\x08\x01", 4) + big(rows);
      for (uint32_t row = 0; row < rows; ++row) {
        int pixels[4];
        for (int &pixel : pixels)
          images += static_cast<char>(pixel = (state = state * 1664525 + 1013904223) >> 24);
        labels += static_cast<char>(pixels[0] + pixels[2] > pixels[1] + pixels[3]);
      }
      write(std::string(prefix) + "-images-idx3-ubyte", images);
      write(std::string(prefix) + "-labels-idx1-ubyte", labels);
    }
  }
};

#endif // ARGENT_TEST_RUNTIME_DATA_TRAINFOLDER_H
