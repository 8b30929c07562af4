//===- TokenStream.cpp - the numbers of one long text --------------------------------===//
#include "runtime/data/TokenStream.h"

#include "runtime/data/TextFile.h"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <unistd.h>

namespace argent {

/// A file that vanishes with its descriptor, or -1.
static int openTemporaryFile() {
  std::error_code error;
  std::string pattern = std::filesystem::temp_directory_path(error) / "argent-XXXXXX";
  const int file = ::mkostemp(pattern.data(), O_CLOEXEC);
  if (file >= 0)
    ::unlink(pattern.c_str());
  return file;
}

template <typename T> static void narrow(const std::vector<int32_t> &numbers, std::vector<char> &bytes) {
  bytes.resize(numbers.size() * sizeof(T));
  for (size_t i = 0; i < numbers.size(); ++i) {
    const T number = static_cast<T>(numbers[i]);
    std::memcpy(bytes.data() + i * sizeof(T), &number, sizeof(T));
  }
}

/// In place: the bytes begin where the numbers do, so the last number is widened first.
template <typename T> static void widen(int64_t count, int32_t *numbers) {
  const char *bytes = reinterpret_cast<const char *>(numbers);
  for (int64_t i = count; i-- > 0;) {
    T number;
    std::memcpy(&number, bytes + static_cast<size_t>(i) * sizeof(T), sizeof(T));
    numbers[i] = number;
  }
}

Status TokenStream::append(const std::vector<int32_t> &numbers) {
  std::vector<char> bytes;
  width_ == 1   ? narrow<int8_t>(numbers, bytes)
  : width_ == 2 ? narrow<int16_t>(numbers, bytes)
                : narrow<int32_t>(numbers, bytes);
  for (size_t written = 0; written < bytes.size();) {
    const ssize_t got = ::write(file_, bytes.data() + written, bytes.size() - written);
    if (got < 0 && errno == EINTR)
      continue;
    if (got < 0)
      return Status(StatusCode::kIoError,
                    std::string("cannot write a temporary file ($TMPDIR, else /tmp): ") + std::strerror(errno));
    written += static_cast<size_t>(got);
  }
  count_ += static_cast<int64_t>(numbers.size());
  return Status();
}

Status TokenStream::make(const std::string &path, const Tokenizer &tokenizer,
                         std::shared_ptr<const TokenStream> &stream) {
  std::shared_ptr<TokenStream> made(new TokenStream());
  made->path_ = path;
  made->width_ = tokenizer.last() <= INT8_MAX ? 1 : tokenizer.last() <= INT16_MAX ? 2 : 4;
  made->file_ = openTemporaryFile();
  if (made->file_ < 0)
    return Status(StatusCode::kIoError,
                  std::string("cannot make a temporary file ($TMPDIR, else /tmp): ") + std::strerror(errno));
  TextFile text(path);
  std::string piece;
  std::vector<int32_t> numbers; // not yet written
  bool lineHasWords = false;
  for (;;) {
    ARGENT_RETURN_IF_ERROR(text.next(piece));
    const size_t before = numbers.size();
    if (Status status = tokenizer.number(piece, numbers); !status.ok())
      return Status(status.code(), text.place() + ": " + status.message());
    lineHasWords |= numbers.size() > before;
    if (lineHasWords && (piece.empty() || piece.back() == '\n')) {
      if (tokenizer.lineEnd())
        numbers.push_back(*tokenizer.lineEnd());
      lineHasWords = false;
    }
    if (numbers.size() >= (1 << 18) || piece.empty()) {
      ARGENT_RETURN_IF_ERROR(made->append(numbers));
      numbers.clear();
    }
    if (piece.empty())
      break;
  }
  stream = std::move(made);
  return Status();
}

TokenStream::~TokenStream() {
  if (file_ >= 0)
    ::close(file_);
}

Status TokenStream::read(int64_t first, int64_t count, int32_t *numbers) const {
  const size_t bytes = static_cast<size_t>(count) * width_;
  for (size_t done = 0; done < bytes;) {
    const ssize_t got = ::pread(file_, reinterpret_cast<char *>(numbers) + done, bytes - done,
                                static_cast<off_t>(static_cast<size_t>(first) * width_ + done));
    if (got < 0 && errno == EINTR)
      continue;
    if (got <= 0)
      return Status(StatusCode::kIoError, "cannot read the temporary file with the numbers of " + path_ + ": " +
                                              (got < 0 ? std::strerror(errno) : "it is cut short"));
    done += static_cast<size_t>(got);
  }
  if (width_ == 1)
    widen<int8_t>(count, numbers);
  else if (width_ == 2)
    widen<int16_t>(count, numbers);
  return Status();
}

Status cutStream(const TokenStream &stream, int64_t begin, int64_t end, int64_t length, int64_t parallel,
                 StreamCut &cut) {
  const int64_t pieces = (end - begin - 1) / (parallel * length);
  if (pieces < 1)
    return Status(StatusCode::kInvalidData, stream.path() +
                                                (end - begin == stream.count() ? ": a text of " : ": a part of ") +
                                                std::to_string(end - begin) + " tokens is too short: a batch of " +
                                                std::to_string(parallel) + " streams with " + std::to_string(length) +
                                                " steps each needs " + std::to_string(parallel * length + 1));
  cut = {begin, length, parallel, pieces};
  return Status();
}

namespace {
class StreamSource : public Source {
public:
  StreamSource(std::shared_ptr<const TokenStream> stream, const StreamCut &cut, int64_t ahead)
      : stream_(std::move(stream)), cut_(cut), ahead_(ahead) {}
  Status fill(int64_t row, void *destination) const override {
    return stream_->read(cut_.first(row) + ahead_, cut_.length, static_cast<int32_t *>(destination));
  }

private:
  std::shared_ptr<const TokenStream> stream_;
  StreamCut cut_;
  int64_t ahead_;
};
} // namespace

std::unique_ptr<Source> makeStreamSource(std::shared_ptr<const TokenStream> stream, const StreamCut &cut,
                                         int64_t ahead) {
  return std::make_unique<StreamSource>(std::move(stream), cut, ahead);
}

} // namespace argent
