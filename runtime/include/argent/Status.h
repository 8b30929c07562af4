//===- Status.h - how the runtime reports failure --------------------------===//
// The runtime never aborts and throws nothing across its interface: every call that can fail returns a Status, and a
// failed call leaves its outputs untouched unless its comment says otherwise.
#ifndef ARGENT_STATUS_H
#define ARGENT_STATUS_H

#include <string>
#include <utility>

namespace argent {

enum class StatusCode {
  kOk,
  kInvalidArgument, // the caller's values: a shape, an element type, a name
  kInvalidData,     // a file is damaged, truncated, or not what it says
  kNotFound,        // a file, an entry point, a parameter
  kIncompatible,    // another ABI, another processor, weights of another model
  kIoError,         // the operating system said no; the message has its words
  kOutOfMemory,
  kNonFinite,     // a loss or gradient is Inf or NaN
  kKernelFailure, // a checked kernel found an error
  kDeviceFailure, // the device reported an error; the session is finished
  kInterrupted,   // the user stopped it
};

class [[nodiscard]] Status {
public:
  Status() = default;
  Status(StatusCode code, std::string message) : code_(code), message_(std::move(message)) {}
  bool ok() const { return code_ == StatusCode::kOk; }
  StatusCode code() const { return code_; }
  /// For people: what was expected and what was found. Empty when ok.
  const std::string &message() const { return message_; }

private:
  StatusCode code_ = StatusCode::kOk;
  std::string message_;
};

} // namespace argent

/// Returns the status of `expression` from the enclosing function unless it is ok.
#define ARGENT_RETURN_IF_ERROR(expression)                                                                             \
  do {                                                                                                                 \
    if (::argent::Status status_ = (expression); !status_.ok())                                                        \
      return status_;                                                                                                  \
  } while (false)

#endif // ARGENT_STATUS_H
