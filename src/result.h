/// How things fail here: an error is a value, and TRY passes it on.
#pragma once

#include <expected>
#include <string>
#include <utility>

namespace clockwright {

/// What kind of failure it is; `app/exit_code.h` maps it to the contract's exit codes.
enum class Fault {
    failed,         ///< the thing was tried and did not work (1)
    usage,          ///< wrong command line (64)
    not_permitted,  ///< the operating system said no (77)
    bad_input,      ///< a configuration, world, replay or plan file is faulty (78)
    refused,        ///< our own policy says no (5)
    unreachable,    ///< the daemon does not answer (status: 3)
    interrupted,    ///< the user pressed Ctrl-C (130)
};

/// One sentence for a person, lower case, no full stop, naming the thing that failed.
struct Error {
    Fault fault = Fault::failed;
    std::string message;

    friend bool operator==(const Error&, const Error&) = default;
};

template <class T>
using Result = std::expected<T, Error>;

inline std::unexpected<Error> fail(Fault fault, std::string message) {
    return std::unexpected(Error{fault, std::move(message)});
}

inline std::unexpected<Error> fail(std::string message) {
    return fail(Fault::failed, std::move(message));
}

}  // namespace clockwright

/// The value of `expression`, or return its error from the enclosing function.
/// A GNU statement expression: works for Result<void> and move-only values.
#define TRY(expression)                                             \
    __extension__({                                                 \
        auto&& try_result_ = (expression);                          \
        if (!try_result_) {                                         \
            return std::unexpected(std::move(try_result_).error()); \
        }                                                           \
        std::move(try_result_).value();                             \
    })
