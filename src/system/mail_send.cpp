#define CURL_DISABLE_TYPECHECK 1
#include "system/mail_send.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>

#include "system/curl_list.h"
#include "system/curl_request.h"
#include "time/spell.h"

namespace clockwright::system {
namespace {

std::uint16_t port_of(const MailSettings& settings) {
    if (settings.server.port != ntp_port) return settings.server.port;
    return settings.tls == MailTls::implicit ? 465 : settings.tls == MailTls::off ? 25 : 587;
}

std::string url_of(const MailSettings& settings) {
    const bool colons = settings.server.name.find(':') != std::string::npos;
    return fmt::format("{}://{}{}{}:{}", settings.tls == MailTls::implicit ? "smtps" : "smtp",
                       colons ? "[" : "", settings.server.name, colons ? "]" : "",
                       port_of(settings));
}

/// What is still to be read by libcurl.
struct Unsent {
    std::string_view text;
};

std::size_t give(char* space, std::size_t size, std::size_t count, void* context) {
    auto& unsent = *static_cast<Unsent*>(context);
    const std::size_t octets = std::min(unsent.text.size(), size * count);
    std::memcpy(space, unsent.text.data(), octets);
    unsent.text.remove_prefix(octets);
    return octets;
}

/// The last line of what the server said that begins with one of these digits: 2 took the mail, 4
/// and 5 refused something. What answers QUIT comes later and is passed over.
std::string last_line(std::string_view said, std::string_view digits) {
    std::string_view found;
    while (!said.empty()) {
        const std::string_view line = said.substr(0, said.find('\n'));
        if (!line.empty() && digits.contains(line.front()) && !line.starts_with("221"))
            found = line;
        said.remove_prefix(std::min(line.size() + 1, said.size()));
    }
    while (found.ends_with('\r')) found.remove_suffix(1);
    return printable(found);
}

}  // namespace

MailTls mail_tls(std::string_view word) {
    return word == "starttls"   ? MailTls::starttls
           : word == "implicit" ? MailTls::implicit
                                : MailTls::off;
}

Result<std::string> send_mail(const std::string& from, const std::string& to,
                              const std::string& mail, const MailSettings& settings) {
    const CurlLibrary& curl = *TRY(curl_library());
    const std::string pem =
        settings.tls == MailTls::off ? std::string{} : TRY(trust_anchors(settings.ca));
    Transfer transfer{std::size_t{64} << 10U,
                      settings.tls == MailTls::off ? Reach::only_loopback : Reach::anybody};
    transfer.grace = settings.grace;
    CurlRequest request(curl, transfer, pem, "smtp,smtps");
    if (!request.is_there()) return fail("libcurl gives no handle");
    CurlList recipients(curl);
    recipients.add("<" + to + ">");
    Unsent unsent{mail};
    const std::string sender = "<" + from + ">";
    request.set(CURLOPT_MAIL_FROM, sender.c_str());
    request.set(CURLOPT_MAIL_RCPT, recipients.get());
    request.set(CURLOPT_UPLOAD, 1L);
    request.set(CURLOPT_READFUNCTION, &give);
    request.set(CURLOPT_READDATA, static_cast<void*>(&unsent));
    request.set(CURLOPT_PROXY, "");
    if (settings.tls == MailTls::starttls)
        request.set(CURLOPT_USE_SSL, static_cast<long>(CURLUSESSL_ALL));
    if (settings.any_certificate) {
        request.set(CURLOPT_SSL_VERIFYPEER, 0L);
        request.set(CURLOPT_SSL_VERIFYHOST, 0L);
    }
    if (!settings.user.empty()) {
        request.set(CURLOPT_USERNAME, settings.user.c_str());
        request.set(CURLOPT_PASSWORD, settings.password.c_str());
    }
    const std::string url = url_of(settings);
    const auto status = request.run(url, settings.time_out);
    if (status) return last_line(transfer.header_text, "2");
    const std::string said = last_line(transfer.header_text, "45");
    return fail(said.starts_with('5') ? Fault::refused : status.error().fault,
                fmt::format("cannot send by {}: {}{}", printable(url), status.error().message,
                            said.empty() ? "" : fmt::format(" (it said: {})", said)));
}

}  // namespace clockwright::system
