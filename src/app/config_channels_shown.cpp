#include <fmt/format.h>

#include <cmath>

#include "app/config_channels.h"

namespace clockwright::app {
namespace {

using Json = nlohmann::ordered_json;

Json shown(const ChannelManner& manner) {
    Json tells = Json::array();
    for (const NoticeClass notice : manner.tells) tells.push_back(to_string(notice));
    return {{"severity", to_string(manner.severity)},
            {"tells", std::move(tells)},
            {"most_an_hour", manner.most_an_hour},
            {"time_out", fmt::format("{}ms", std::llround(manner.time_out.count() * 1e3))}};
}

void add_text(Json& json, const char* key, const std::string& text) {
    if (!text.empty()) json[key] = text;
}

Json shown(const ExecSettings& exec) {
    Json json{{"command", exec.command}};
    json.update(shown(exec.manner));
    return json;
}

Json shown(const AlertmanagerSettings& settings) {
    Json json{{"url", settings.url}};
    json.update(shown(settings.manner));
    json.erase("most_an_hour");  // it has none
    if (!settings.labels.empty()) json["labels"] = settings.labels;
    if (!settings.ca.empty()) json["ca"] = settings.ca;
    add_text(json, "token_file", settings.token_file);
    if (settings.plain_http) json["plain_http"] = true;
    return json;
}

Json shown(const MailSettings& mail) {
    Json json{{"server", mail.server}, {"from", mail.from}, {"to", mail.to}, {"tls", mail.tls}};
    json.update(shown(mail.manner));
    add_text(json, "user", mail.user);
    add_text(json, "password_file", mail.password_file);
    if (!mail.ca.empty()) json["ca"] = mail.ca;
    if (mail.unverified_certificate) json["unverified_certificate"] = true;
    return json;
}

Json shown(const HookSettings& hook) {
    Json json = shown(hook.manner);
    add_text(json, "url", hook.url);
    add_text(json, "url_file", hook.url_file);
    add_text(json, "token_file", hook.token_file);
    add_text(json, "key_file", hook.key_file);
    add_text(json, "body", hook.body);
    if (!hook.ca.empty()) json["ca"] = hook.ca;
    if (hook.plain_http) json["plain_http"] = true;
    return json;
}

}  // namespace

std::vector<std::pair<std::string, Json>> shown_channels(const ChannelSettings& channels) {
    std::vector<std::pair<std::string, Json>> tables;
    if (!channels.exec.empty()) {
        Json list = Json::array();
        for (const ExecSettings& exec : channels.exec) list.push_back(shown(exec));
        tables.emplace_back("exec", std::move(list));
    }
    if (channels.alertmanager) tables.emplace_back("alertmanager", shown(*channels.alertmanager));
    if (channels.mail) tables.emplace_back("mail", shown(*channels.mail));
    for (const auto& [kind, hook] : channels.hooks)
        tables.emplace_back(to_string(kind), shown(hook));
    return tables;
}

}  // namespace clockwright::app
