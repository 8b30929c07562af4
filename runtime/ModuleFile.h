//===- ModuleFile.h - a table and its blobs as one file --------------------===//
#ifndef ARGENT_RUNTIME_MODULEFILE_H
#define ARGENT_RUNTIME_MODULEFILE_H

#include "runtime/module_generated.h"

#include <span>
#include <string>
#include <string_view>

namespace argent {

/// What of a variant lies behind the table.
struct VariantBlobs {
  std::string_view image;
  std::string_view constants; // without data: it has none
};

/// The file of a module (module.fbs): header, checksum, table, each blob at a page. `blobs` are the variants'; where
/// they lie, and how long the file is, is written into the table.
std::string moduleFile(format::ModuleT &table, std::span<const VariantBlobs> blobs);

} // namespace argent

#endif // ARGENT_RUNTIME_MODULEFILE_H
