//===- Module.h - a compiled model, opened and checked ---------------------===//
#ifndef ARGENT_MODULE_H
#define ARGENT_MODULE_H

#include "argent/Export.h"
#include "argent/Status.h"
#include "argent/Tensor.h"

#include <memory>
#include <string>
#include <string_view>

namespace argent {

namespace format {
struct Module;
struct Variant;
struct EntryPoint;
struct Program;
} // namespace format

/// An .agb file in memory. Immutable, so any number of sessions and threads may share it.
///
/// A module is machine code: open only what you trust. The checksum finds damage, not malice.
class ARGENT_EXPORT Module {
public:
  /// Opens and checks a file: header, versions, length, checksum, then the table with the FlatBuffers verifier under
  /// explicit limits, then every index and offset in it.
  ///
  /// Errors: kNotFound, kIoError   the file cannot be read.
  ///         kInvalidData          not a module, cut short, or a byte differs; the message says which.
  ///         kIncompatible         made for another module or kernel-ABI version; the message says what to recompile.
  static Status open(const std::string &path, std::shared_ptr<const Module> &module);
  /// The same from memory, which is copied (aligned as the blobs need).
  static Status open(std::string_view bytes, const std::string &name, std::shared_ptr<const Module> &module);

  ~Module();
  Module(const Module &) = delete;
  Module &operator=(const Module &) = delete;

  /// The verified table; see module.fbs (internal users include the generated header).
  const format::Module &table() const;
  /// The entry point of this name, or null.
  const format::EntryPoint *entry(std::string_view name) const;
  /// The first variant that this processor can run, or null.
  const format::Variant *hostVariant() const;
  /// Bytes of a blob that the table names by offset and length (in range: checked at opening).
  std::string_view blob(uint64_t offset, uint64_t bytes) const;
  /// 128-bit checksum of the file, as 32 hexadecimal digits: identifies the module in checkpoints.
  const std::string &hash() const;
  /// Where it was opened from, for messages.
  const std::string &name() const;

private:
  Module();
  struct ARGENT_HIDDEN Impl;
  std::unique_ptr<Impl> impl_;
};

} // namespace argent

#endif // ARGENT_MODULE_H
