//===- TokenStream.h - the numbers of one long text ----------------------------------===//
#ifndef ARGENT_RUNTIME_DATA_TOKENSTREAM_H
#define ARGENT_RUNTIME_DATA_TOKENSTREAM_H

#include "runtime/data/Source.h"
#include "runtime/data/Tokenizer.h"

namespace argent {

/// A text as numbers, in a temporary file without a name ($TMPDIR, else /tmp): memory does not depend on the text's
/// length, and any place of it can be read, gzip or not.
class TokenStream {
public:
  /// Numbers the text. Behind every line that has words comes the number of a line's end (Tokenizer::lineEnd).
  ///
  /// Errors: those of TextFile and Tokenizer::number, with the line; kIoError  no room for the temporary file.
  static Status make(const std::string &path, const Tokenizer &tokenizer, std::shared_ptr<const TokenStream> &stream);
  ~TokenStream();
  TokenStream(const TokenStream &) = delete;
  TokenStream &operator=(const TokenStream &) = delete;

  const std::string &path() const { return path_; }
  int64_t count() const { return count_; }
  /// Copies numbers `first` … `first + count - 1`.
  Status read(int64_t first, int64_t count, int32_t *numbers) const;

private:
  TokenStream() = default;
  Status append(const std::vector<int32_t> &numbers);

  std::string path_;
  int file_ = -1;
  size_t width_ = 4; // bytes of a number
  int64_t count_ = 0;
};

/// How a stretch of a stream is cut: `parallel` streams of `pieces` pieces of `length` numbers. Row
/// `piece * parallel + n` is a piece of stream n, so that row n of a batch goes on where row n of the last one ended.
struct StreamCut {
  int64_t begin = 0; // of the stretch
  int64_t length = 0, parallel = 0, pieces = 0;

  int64_t rows() const { return pieces * parallel; }
  int64_t first(int64_t row) const { return begin + ((row % parallel) * pieces + row / parallel) * length; }
};

/// Cuts the numbers begin … end - 1 into as many pieces as `parallel` streams of equal length have: each number but the
/// stretch's first is the successor of another.
///
/// Errors: kInvalidData  too few for one piece in each stream; the message says how many are needed.
Status cutStream(const TokenStream &stream, int64_t begin, int64_t end, int64_t length, int64_t parallel,
                 StreamCut &cut);

/// The pieces, or (`ahead` = 1) those of the same stream one number later. As i32.
std::unique_ptr<Source> makeStreamSource(std::shared_ptr<const TokenStream> stream, const StreamCut &cut,
                                         int64_t ahead);

} // namespace argent

#endif // ARGENT_RUNTIME_DATA_TOKENSTREAM_H
