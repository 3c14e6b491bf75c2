#define CURL_DISABLE_TYPECHECK 1
#include "system/https_fetch.h"

#include <fmt/format.h>

#include <chrono>
#include <cstdlib>
#include <memory>

#include "system/clock.h"
#include "system/curl_library.h"
#include "system/descriptor.h"
#include "system/event_loop.h"
#include "system/socket_address.h"
#include "system/user_file.h"
#include "time/spell.h"
#include "version.h"

namespace clockwright::system {
namespace {

constexpr const char* system_anchors = "/etc/ssl/certs/ca-certificates.crt";
constexpr std::size_t most_header = std::size_t{64} << 10U;

/// What the callbacks of one transfer see and say.
struct Transfer {
    std::size_t most = 0;
    bool only_public = false;  ///< a redirection led to another host than the user's
    std::string body;
    std::size_t header = 0;
    std::string refusal;  ///< why a callback ended it
};

std::size_t take_body(const char* bytes, std::size_t, std::size_t count, void* context) {
    auto& transfer = *static_cast<Transfer*>(context);
    if (transfer.body.size() + count > transfer.most) {
        transfer.refusal = fmt::format("it is larger than {} KiB", transfer.most >> 10U);
        return 0;
    }
    transfer.body.append(bytes, count);
    return count;
}

std::size_t take_header(const char*, std::size_t, std::size_t count, void* context) {
    auto& transfer = *static_cast<Transfer*>(context);
    transfer.header += count;
    if (transfer.header <= most_header) return count;
    transfer.refusal = "its header is larger than 64 KiB";
    return 0;
}

curl_socket_t open_socket(void* context, curlsocktype, curl_sockaddr* address) {
    auto& transfer = *static_cast<Transfer*>(context);
    const auto endpoint = to_endpoint(&address->addr);
    if (transfer.only_public && (!endpoint || !endpoint->address.is_public())) {
        transfer.refusal = fmt::format(
            "it redirects to {}, which is a private address",
            endpoint ? to_string(endpoint->address) : std::string("an unknown kind of address"));
        return CURL_SOCKET_BAD;
    }
    return ::socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

int look_up(void*, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
    return interrupted() ? 1 : 0;
}

Result<std::string> read_anchors(const std::string& path) {
    std::string pem = TRY(read_file(path));
    if (pem.find("-----BEGIN CERTIFICATE-----") == std::string::npos &&
        pem.find("-----BEGIN TRUSTED CERTIFICATE-----") == std::string::npos)
        return fail(Fault::bad_input, fmt::format("{} holds no certificate in PEM", path));
    return pem + "\n";
}

/// The system's anchors and those added to them; empty: libcurl's own default will do.
Result<std::string> anchors(const std::vector<std::string>& further) {
    std::vector<std::string> files = further;
    const char* variable = std::getenv("SSL_CERT_FILE");
    if (variable != nullptr && *variable != '\0') files.emplace_back(variable);
    if (files.empty()) return std::string{};
    std::string all;
    for (const std::string& file : files) all += TRY(read_anchors(file));
    return all + read_file(system_anchors).value_or("");
}

/// One request without redirections; the handle is closed in the end.
class Request {
  public:
    Request(const CurlLibrary& curl, Transfer& transfer, const std::string& pem)
        : curl_(curl), handle_(curl.easy_init(), curl.easy_cleanup), transfer_(transfer) {
        if (!handle_) return;
        set(CURLOPT_NOSIGNAL, 1L);
        set(CURLOPT_PROTOCOLS_STR, "https");
        set(CURLOPT_FOLLOWLOCATION, 0L);
        set(CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
        set(CURLOPT_SSL_VERIFYPEER, 1L);
        set(CURLOPT_SSL_VERIFYHOST, 2L);
        set(CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
        set(CURLOPT_USERAGENT, fmt::format("clockwright/{}", version).c_str());
        set(CURLOPT_ERRORBUFFER, problem_);
        set(CURLOPT_WRITEFUNCTION, &take_body);
        set(CURLOPT_WRITEDATA, static_cast<void*>(&transfer_));
        set(CURLOPT_HEADERFUNCTION, &take_header);
        set(CURLOPT_HEADERDATA, static_cast<void*>(&transfer_));
        set(CURLOPT_OPENSOCKETFUNCTION, &open_socket);
        set(CURLOPT_OPENSOCKETDATA, static_cast<void*>(&transfer_));
        set(CURLOPT_NOPROGRESS, 0L);
        set(CURLOPT_XFERINFOFUNCTION, &look_up);
        if (pem.empty()) return;
        curl_blob blob{const_cast<char*>(pem.data()), pem.size(), CURL_BLOB_COPY};
        set(CURLOPT_CAINFO_BLOB, &blob);
    }

    /// The answer's status; the URL it redirects to, if any, is in `location`.
    Result<long> run(const ListUrl& url, Seconds left, std::string& location) {
        if (!handle_) return fail("libcurl gives no handle");
        set(CURLOPT_URL, to_string(url).c_str());
        set(CURLOPT_TIMEOUT_MS, static_cast<long>(left.count() * 1e3) + 1);
        if (is_address_literal(url.host)) set(CURLOPT_NOPROXY, "*");
        const CURLcode code = curl_.easy_perform(handle_.get());
        if (interrupted()) return fail(Fault::interrupted, "interrupted while a list was fetched");
        if (code != CURLE_OK) return fail(why(code));
        long status = 0;
        const char* next = nullptr;
        curl_.easy_getinfo(handle_.get(), CURLINFO_RESPONSE_CODE, &status);
        curl_.easy_getinfo(handle_.get(), CURLINFO_REDIRECT_URL, &next);
        location = next == nullptr ? "" : next;
        return status;
    }

  private:
    template <class Value>
    void set(CURLoption option, Value value) {
        curl_.easy_setopt(handle_.get(), option, value);
    }

    std::string why(CURLcode code) const {
        if (!transfer_.refusal.empty()) return transfer_.refusal;
        return printable(problem_[0] != '\0' ? problem_ : curl_.easy_strerror(code));
    }

    const CurlLibrary& curl_;
    std::unique_ptr<CURL, decltype(CurlLibrary::easy_cleanup)> handle_;
    Transfer& transfer_;
    char problem_[CURL_ERROR_SIZE] = "";
};

std::unexpected<Error> cannot_fetch(const ListUrl& url, const Error& error) {
    return fail(error.fault,
                fmt::format("cannot fetch {}: {}", printable(to_string(url)), error.message));
}

Result<ListUrl> redirected(const ListUrl& named, const std::string& location) {
    auto target = parse_list_url(location);
    if (!target) {
        return fail(fmt::format("it redirects to {}, which is not followed",
                                printable(location.substr(0, 200))));
    }
    if (const std::string why = why_not_followed(named, *target); !why.empty())
        return fail("it redirects, and is not followed: " + why);
    return target;
}

}  // namespace

Result<Fetched> fetch_https(const ListUrl& url, const FetchSettings& settings) {
    catch_signals();
    const CurlLibrary& curl = *TRY(curl_library());
    const std::string pem = TRY(anchors(settings.ca));
    const SteadyTime end = read_clocks().steady + to_nanoseconds(settings.time_out);
    ListUrl at = url;
    for (int hop = 0; hop <= settings.redirections; ++hop) {
        const Seconds left = end - read_clocks().steady;
        if (left.count() <= 0) return cannot_fetch(url, {Fault::failed, "it takes too long"});
        Transfer transfer{settings.most, at.host.name != url.host.name, {}, 0, {}};
        std::string location;
        Request request(curl, transfer, pem);
        const auto status = request.run(at, left, location);
        if (!status) return cannot_fetch(url, status.error());
        if (*status == 200) return Fetched{std::move(transfer.body), to_string(at)};
        if (*status < 300 || *status > 399 || location.empty()) {
            return cannot_fetch(url,
                                {Fault::failed, fmt::format("the server answers {}", *status)});
        }
        auto next = redirected(url, location);
        if (!next) return cannot_fetch(url, next.error());
        at = std::move(*next);
    }
    return cannot_fetch(url, {Fault::failed, "it redirects too often"});
}

}  // namespace clockwright::system
