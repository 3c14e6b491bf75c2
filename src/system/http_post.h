/// A document posted to a web server of the user's, with limits on everything; it blocks.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "result.h"
#include "time/units.h"

namespace clockwright::system {

struct PostSettings {
    Seconds time_out{10};
    std::size_t most = std::size_t{64} << 10U;  ///< octets of the answer; the rest is passed over
    std::vector<std::string> ca{};              ///< PEM files of further trust anchors
    std::string token{};                        ///< of a bearer; empty: none is sent
    bool plain_http = false;                    ///< http also to others than this machine
    std::vector<std::string> headers{};         ///< "Name: value"
    bool secret_url = false;                    ///< no message may hold it
    Seconds grace{};                            ///< after Ctrl-C it may go on for so long
};

struct PostAnswer {
    int status = 0;  ///< 200 to 299: done
    std::string body;
    std::optional<Seconds> retry_after;  ///< what the server asks for
};

/// Only to what `check_post_url` allows. Follows no redirection and uses no proxy for http. Whether
/// the name of an http URL leads to this machine is checked once more for the address that it
/// resolves to.
Result<PostAnswer> http_post(const std::string& url, std::string_view content_type,
                             const std::string& body, const PostSettings& settings);

}  // namespace clockwright::system
