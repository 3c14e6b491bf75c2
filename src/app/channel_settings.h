/// Where alerts are sent, as the configuration says it; `alert_channels.h` obeys it.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "time/units.h"
#include "watch/alert.h"
#include "watch/notice_class.h"

namespace clockwright::app {

/// What every channel has.
struct ChannelManner {
    AlertSeverity severity = AlertSeverity::info;  ///< less severe alerts are not for it
    Seconds time_out{10};
    /// What it is told of; the summary of a week only when asked for.
    std::set<NoticeClass> tells{NoticeClass::errors, NoticeClass::configuration,
                                NoticeClass::changes};
    int most_an_hour = 0;  ///< notices; what is more waits and comes as one. 0: no limit
};

/// `[[alert.exec]]`: a program that is given each alert on its stdin.
struct ExecSettings {
    std::vector<std::string> command;  ///< an absolute program and its arguments
    ChannelManner manner{};
};

/// `[alert.alertmanager]`
struct AlertmanagerSettings {
    std::string url;  ///< "http://127.0.0.1:9093": where the API is
    ChannelManner manner{};
    std::map<std::string, std::string> labels;  ///< put on every alert
    std::vector<std::string> ca;                ///< further trust anchors
    std::string token_file;                     ///< holds a bearer token; empty: none is sent
    bool plain_http = false;                    ///< http also to others than this machine
};

/// A server may look at a mail for long before it takes it.
constexpr Seconds mail_time_out{60};

/// `[alert.mail]`
struct MailSettings {
    std::string server;  ///< "smtp.corp.example", "smtp.corp.example:587"
    std::string from;
    std::vector<std::string> to;
    std::size_t recipient = 0;            ///< of `to`, whom a channel is for: each has its own
    std::string tls = "starttls";         ///< starttls | implicit | off (to this machine only)
    std::string user, password_file;      ///< empty: no AUTH
    std::vector<std::string> ca;          ///< further trust anchors
    bool unverified_certificate = false;  ///< any certificate will do
    ChannelManner manner{.time_out = mail_time_out};
};

/// What is spoken to a web hook.
enum class HookKind : std::uint8_t { slack, discord, ntfy, webhook };

/// `[alert.slack]`, `[alert.discord]`, `[alert.ntfy]`, `[alert.webhook]`
struct HookSettings {
    HookKind kind = HookKind::webhook;
    std::string url;         ///< either this …
    std::string url_file;    ///< … or a file that holds it, where the URL is a secret
    std::string token_file;  ///< holds a bearer token; empty: none is sent
    std::string key_file;    ///< webhook: holds the key of the HMAC-SHA256 signature
    std::string body;        ///< webhook: a template of our own JSON; empty: all facts
    std::vector<std::string> ca;
    bool plain_http = false;
    ChannelManner manner{};
};

struct ChannelSettings {
    std::vector<ExecSettings> exec;
    std::optional<AlertmanagerSettings> alertmanager;
    std::optional<MailSettings> mail;
    std::map<HookKind, HookSettings> hooks;
};

}  // namespace clockwright::app
