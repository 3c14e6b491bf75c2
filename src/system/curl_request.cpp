#define CURL_DISABLE_TYPECHECK 1
#include "system/curl_request.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>

#include "system/clock.h"
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

std::size_t take_body(const char* bytes, std::size_t, std::size_t count, void* context) {
    auto& transfer = *static_cast<Transfer*>(context);
    const std::size_t room = transfer.most - transfer.body.size();
    if (count > room && !transfer.cut) {
        transfer.refusal = fmt::format("it is larger than {} KiB", transfer.most >> 10U);
        return 0;
    }
    transfer.body.append(bytes, std::min(count, room));
    return count;
}

std::size_t take_header(const char* bytes, std::size_t, std::size_t count, void* context) {
    auto& transfer = *static_cast<Transfer*>(context);
    if (transfer.header_text.size() + count <= most_header) {
        transfer.header_text.append(bytes, count);
        return count;
    }
    transfer.refusal = "its header is larger than 64 KiB";
    return 0;
}

curl_socket_t open_socket(void* context, curlsocktype, curl_sockaddr* address) {
    auto& transfer = *static_cast<Transfer*>(context);
    const auto endpoint = to_endpoint(&address->addr);
    const std::string shown =
        endpoint ? to_string(endpoint->address) : std::string("an unknown kind of address");
    if (transfer.reach == Reach::only_public && (!endpoint || !endpoint->address.is_public())) {
        transfer.refusal = fmt::format("it redirects to {}, which is a private address", shown);
        return CURL_SOCKET_BAD;
    }
    if (transfer.reach == Reach::only_loopback && (!endpoint || !endpoint->address.is_loopback())) {
        transfer.refusal = fmt::format("{} is not this machine, and http is not encrypted", shown);
        return CURL_SOCKET_BAD;
    }
    return ::socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

int look_up(void* context, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
    if (!interrupted()) return 0;
    auto& transfer = *static_cast<Transfer*>(context);
    const SteadyTime now = read_clocks().steady;
    if (!transfer.interrupted) transfer.interrupted = now;
    return Seconds{now - *transfer.interrupted} >= transfer.grace ? 1 : 0;
}

Result<std::string> read_anchors(const std::string& path) {
    std::string pem = TRY(read_file(path));
    if (pem.find("-----BEGIN CERTIFICATE-----") == std::string::npos &&
        pem.find("-----BEGIN TRUSTED CERTIFICATE-----") == std::string::npos)
        return fail(Fault::bad_input, fmt::format("{} holds no certificate in PEM", path));
    return pem + "\n";
}

}  // namespace

Result<std::string> trust_anchors(const std::vector<std::string>& further) {
    std::vector<std::string> files = further;
    const char* variable = std::getenv("SSL_CERT_FILE");
    if (variable != nullptr && *variable != '\0') files.emplace_back(variable);
    if (files.empty()) return std::string{};
    std::string all;
    for (const std::string& file : files) all += TRY(read_anchors(file));
    return all + read_file(system_anchors).value_or("");
}

CurlRequest::CurlRequest(const CurlLibrary& curl, Transfer& transfer, const std::string& pem,
                         const char* protocols)
    : curl_(curl), handle_(curl.easy_init(), curl.easy_cleanup), transfer_(transfer) {
    if (!handle_) return;
    set(CURLOPT_NOSIGNAL, 1L);
    set(CURLOPT_PROTOCOLS_STR, protocols);
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
    set(CURLOPT_XFERINFODATA, static_cast<void*>(&transfer_));
    if (pem.empty()) return;
    curl_blob blob{const_cast<char*>(pem.data()), pem.size(), CURL_BLOB_COPY};
    set(CURLOPT_CAINFO_BLOB, &blob);
}

Result<int> CurlRequest::run(const std::string& url, Seconds left) {
    if (!handle_) return fail("libcurl gives no handle");
    set(CURLOPT_URL, url.c_str());
    set(CURLOPT_TIMEOUT_MS, static_cast<long>(left.count() * 1e3) + 1);
    const CURLcode code = curl_.easy_perform(handle_.get());
    if (interrupted() && (code != CURLE_OK || transfer_.grace == Seconds{0}))
        return fail(Fault::interrupted, "interrupted during a transfer");
    if (code != CURLE_OK) return fail(why(code));
    long status = 0;
    curl_.easy_getinfo(handle_.get(), CURLINFO_RESPONSE_CODE, &status);
    return static_cast<int>(status);
}

std::string CurlRequest::redirection() {
    const char* next = nullptr;
    curl_.easy_getinfo(handle_.get(), CURLINFO_REDIRECT_URL, &next);
    return next == nullptr ? "" : next;
}

std::optional<Seconds> CurlRequest::retry_after() {
    curl_off_t seconds = 0;
    curl_.easy_getinfo(handle_.get(), CURLINFO_RETRY_AFTER, &seconds);
    return seconds > 0 ? std::optional(Seconds(static_cast<double>(seconds))) : std::nullopt;
}

std::string CurlRequest::why(CURLcode code) const {
    if (!transfer_.refusal.empty()) return transfer_.refusal;
    return printable(problem_[0] != '\0' ? problem_ : curl_.easy_strerror(code));
}

}  // namespace clockwright::system
