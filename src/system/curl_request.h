/// One request by libcurl, with limits on everything; what is fetched and what is posted has in
/// common.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "result.h"
#include "system/curl_library.h"
#include "time/units.h"

namespace clockwright::system {

/// Whom a transfer may speak to.
enum class Reach { anybody, only_public, only_loopback };

/// What the callbacks of one transfer see and say.
struct Transfer {
    std::size_t most = 0;  ///< octets of the body
    Reach reach = Reach::anybody;
    Seconds grace{};   ///< after Ctrl-C it may go on for so long
    bool cut = false;  ///< what is beyond `most` is passed over; else it ends the transfer
    std::string body{};
    std::string header_text{};
    std::string refusal{};  ///< why a callback ended it
    std::optional<SteadyTime> interrupted{};
};

/// PEM of the system's anchors and those added to them (also SSL_CERT_FILE); empty: libcurl's own
/// default will do. Fault::bad_input for a file that holds no certificate.
Result<std::string> trust_anchors(const std::vector<std::string>& further);

/// One request without redirections; the handle is closed in the end. TLS 1.2 at least, the
/// certificate verified.
class CurlRequest {
  public:
    CurlRequest(const CurlLibrary& curl, Transfer& transfer, const std::string& pem,
                const char* protocols);

    bool is_there() const { return handle_ != nullptr; }
    template <class Value>
    void set(CURLoption option, Value value) {
        curl_.easy_setopt(handle_.get(), option, value);
    }
    /// The status of the answer. Fault::interrupted when Ctrl-C came, and the answer not within the
    /// grace.
    Result<int> run(const std::string& url, Seconds left);
    /// Where the answer redirects to; empty: nowhere.
    std::string redirection();
    /// What the answer's Retry-After asks for; empty: nothing.
    std::optional<Seconds> retry_after();

  private:
    std::string why(CURLcode code) const;

    const CurlLibrary& curl_;
    std::unique_ptr<CURL, decltype(CurlLibrary::easy_cleanup)> handle_;
    Transfer& transfer_;
    char problem_[CURL_ERROR_SIZE] = "";
};

}  // namespace clockwright::system
