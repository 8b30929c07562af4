//===- module.cpp - fuzzer: a file to an opened module, or to a message ---------------------===//
// The header and the checksum are made right, so that what was changed is the table and the image behind it. What opens
// is looked through as sessions do it: every entry, every blob, the image mapped and relocated. No kernel runs: a
// module is machine code, and only a trusted one is run.
#include "argent/Module.h"
#include "runtime/Checksum.h"
#include "runtime/Image.h"
#include "runtime/KernelContext.h"
#include "runtime/ModuleFormat.h"
#include "runtime/Table.h"

#include <cstdio>
#include <cstring>
#include <random>

using namespace argent;

extern "C" size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t maxSize);

static void stop(const char *reason, const Status &status) {
  std::fprintf(stderr, "%s\n--- %s\n", status.message().c_str(), reason);
  __builtin_trap();
}

/// A sum that the optimizer cannot leave out: each byte is read.
static void readAll(std::string_view bytes) {
  static volatile unsigned sum = 0;
  for (char c : bytes)
    sum = sum + static_cast<unsigned char>(c);
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  std::string file(reinterpret_cast<const char *>(data), size);
  if (size > kTableOffset) {
    std::memcpy(file.data(), kModuleMagic, sizeof kModuleMagic);
    std::memcpy(file.data() + kVersionOffset, &kModuleVersion, sizeof kModuleVersion);
    std::memcpy(file.data() + kAbiOffset, &kKernelAbiVersion, sizeof kKernelAbiVersion);
    Digest digest = moduleChecksum(file);
    std::memcpy(file.data() + kChecksumOffset, digest.data(), digest.size());
  }
  std::shared_ptr<const Module> module;
  Status status = Module::open(file, "input.agb", module);
  if (status.ok() != (module != nullptr) || status.ok() != status.message().empty())
    stop("a module and an error, or neither", status);
  if (!module)
    return 0;
  List entries(module->table().entries());
  for (uint32_t i = 0; i != entries.size(); ++i)
    if (module->entry(text(entries[i]->name())) != entries[i])
      stop("an entry is not found by its name", status);
  List variants(module->table().variants());
  for (uint32_t i = 0; i != variants.size(); ++i) {
    std::string_view image = module->blob(variants[i]->image()->offset(), variants[i]->image()->bytes());
    readAll(image);
    std::unique_ptr<Image> loaded;
    if (Status error = Image::load(image, {}, loaded); error.ok() != (loaded != nullptr))
      stop("an image and an error, or neither", error);
    if (loaded)
      for (const ImageLayout::Segment &segment : loaded->layout().segments)
        readAll({static_cast<const char *>(loaded->at(segment.address)), segment.memoryBytes});
  }
  return 0;
}

/// Numbers of the table, and the first page of what lies behind it, where the image has its headers.
extern "C" size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t maxSize, unsigned seed) {
  std::minstd_rand random(seed + 1);
  uint32_t tableBytes = 0;
  if (size >= kTableOffset + sizeof tableBytes)
    std::memcpy(&tableBytes, data + kTableOffset, sizeof tableBytes);
  size_t end = kTableOffset + sizeof tableBytes + size_t(tableBytes);
  if (random() % 16 == 0 || tableBytes < 64 || end > size)
    return LLVMFuzzerMutate(data, size, maxSize);
  static const int64_t numbers[] = {
      0, 1, -1, 2, 7, 16, 17, 64, 127, 255, 4096, 65536, int64_t(1) << 31, int64_t(1) << 40, INT64_MAX, INT64_MIN};
  size_t image = std::min((end + kBlobAlignment - 1) / kBlobAlignment * kBlobAlignment, size - 1);
  for (unsigned count = 1 + random() % 3; count; --count) {
    size_t width = size_t(1) << random() % 4;
    bool inImage = random() % 4 == 0;
    size_t first = inImage ? image : kTableOffset + sizeof tableBytes;
    size_t words = (inImage ? std::min(size - image, kBlobAlignment) : tableBytes) / width;
    if (words < 2)
      continue;
    uint8_t *at = data + first + random() % words * width;
    int64_t value = 0;
    std::memcpy(&value, at, width);
    switch (random() % 4) {
    case 0:
      value = numbers[random() % std::size(numbers)];
      break;
    case 1:
      value = static_cast<int64_t>(static_cast<uint64_t>(value) + random() % 17 - 8); // wraps
      break;
    case 2:
      std::memcpy(&value, data + first + random() % words * width, width);
      break;
    default:
      value = static_cast<int64_t>(random());
    }
    std::memcpy(at, &value, width);
  }
  return size;
}
