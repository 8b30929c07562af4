//===- SplitWords.h - text to words --------------------------------------------===//
#ifndef ARGENT_RUNTIME_DATA_SPLITWORDS_H
#define ARGENT_RUNTIME_DATA_SPLITWORDS_H

#include <functional>
#include <string_view>

namespace argent {

/// Calls `take` with the words of a UTF-8 text, in order; `lower`: as small letters (Utf8.h).
///
/// * White space separates words and belongs to none.
/// * A run of letters and digits is a word. An apostrophe (' or ’), a hyphen or a low line between two of them belongs
///   to it, and so do a point and a comma between two digits: "don't", "well-known", "3.14".
/// * Letters in angle brackets are a word, which is how texts write what has a number of its own: "<unk>", "</s>".
/// * Each other sign is a word.
void splitWords(std::string_view text, bool lower, const std::function<void(std::string_view)> &take);

} // namespace argent

#endif // ARGENT_RUNTIME_DATA_SPLITWORDS_H
