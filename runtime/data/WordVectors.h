//===- WordVectors.h - files of word vectors ---------------------------------------===//
#ifndef ARGENT_RUNTIME_DATA_WORDVECTORS_H
#define ARGENT_RUNTIME_DATA_WORDVECTORS_H

#include "argent/Status.h"

#include <functional>
#include <span>
#include <string>
#include <string_view>

namespace argent {

/// Calls `take` with each word of a file and its vector of `width` finite numbers, in the file's order; both live as
/// long as the call. Memory does not depend on the file's length. The forms, plain or gzip, told by what is in them:
///
///   GloVe            a line for each word: the word and its numbers, between blanks or tabs. A word may hold blanks:
///                    it ends before the last `width` numbers. In the first line numbers at its end are taken for a
///                    vector of another width; the words of later lines may end in numbers.
///   word2vec text    the same behind a line "COUNT WIDTH"; any word may end in a number
///   word2vec binary  the line "COUNT WIDTH"; then, for each word: its bytes, a blank, `width` f32 of the machine's
///                    order (x86 and ARM: the lowest byte first); line feeds before a word are skipped
///
/// A number that is too small for an f32 is 0. Of a text, white space at the ends of lines and lines without anything
/// are skipped, as is a byte-order mark. A word is any bytes; one that stands twice is given twice.
///
/// Errors: kNotFound, kIoError  of the system; a folder is kIoError.
///         kInvalidData         vectors of another width; what is no number, or not finite; a count that is not the
///                              first line's; a file that is empty, or ends within a vector. The line is named, in a
///                              binary file the word's number and the byte (of the unpacked file).
Status readWordVectors(const std::string &path, int64_t width,
                       const std::function<void(std::string_view word, std::span<const float> vector)> &take);

} // namespace argent

#endif // ARGENT_RUNTIME_DATA_WORDVECTORS_H
