//===- File.h - reading files whole, writing them so that no crash leaves half of one ---===//
#ifndef ARGENT_RUNTIME_CHECKPOINT_FILE_H
#define ARGENT_RUNTIME_CHECKPOINT_FILE_H

#include "argent/Status.h"

#include <span>
#include <string>
#include <string_view>

namespace argent {

/// Reads a file; directories and files that cannot be opened are errors with the system's words.
Status readFile(const std::string &path, std::string &bytes);

/// Whether something is there that no file may take the place of: a device, a pipe, a socket.
bool isSpecialFile(const std::string &path);

/// Writes the pieces one after the other into a temporary file in the same directory, syncs it, renames it to `path`
/// and syncs the directory. After a failure `path` is as it was. A link stays a link. A device or a pipe (/dev/null,
/// /dev/stdout) is written into.
Status writeFileAtomically(const std::string &path, std::span<const std::string_view> pieces);

/// Finds out now whether writeFileAtomically(path) could work later: the folder exists, can be written, and `path` is
/// not a folder; or it is a device or a pipe that may be written.
Status checkWritable(const std::string &path);

} // namespace argent

#endif // ARGENT_RUNTIME_CHECKPOINT_FILE_H
