#include "app/config_channels.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "app/key_builders.h"
#include "find/post_url.h"
#include "publish/hook_message.h"
#include "time/address.h"
#include "time/host_name.h"
#include "time/spell.h"
#include "watch/toml_fields.h"

namespace clockwright::app {
namespace {

constexpr std::size_t most_channels = 16, most_labels = 32;
constexpr Seconds longest_time_out{60};

bool is_label(std::string_view name) {
    const auto fits = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
               (c >= '0' && c <= '9');
    };
    return !name.empty() && !(name[0] >= '0' && name[0] <= '9') && std::ranges::all_of(name, fits);
}

/// A list of strings; what is wrong with it comes back.
std::string read_words(const toml::node& node, std::vector<std::string>& words) {
    const auto* list = node.as_array();
    if (list == nullptr) return "must be a list of strings";
    for (const auto& item : *list) {
        const auto* text = item.as_string();
        if (text == nullptr) return "must be a list of strings";
        if (text->get().find('\0') != std::string::npos) return "must not hold a zero byte";
        words.push_back(text->get());
    }
    return {};
}

std::string read_tells(const toml::node& node, std::set<NoticeClass>& tells) {
    std::vector<std::string> words;
    if (std::string wrong = read_words(node, words); !wrong.empty()) return wrong;
    tells.clear();
    for (const std::string& word : words) {
        const auto notice = parse_notice_class(word);
        if (!notice) return "may hold errors, configuration, changes and summary";
        tells.insert(*notice);
    }
    return {};
}

/// Hourly limit of those that people read, unless they say another.
constexpr int people_an_hour = 30, most_an_hour = 10'000;

/// What every channel has.
void read_manner(TomlFields& fields, ChannelManner& manner) {
    fields.take("tells",
                [&manner](const toml::node& node) { return read_tells(node, manner.tells); });
    fields.take("most_an_hour", [&manner](const toml::node& node) -> std::string {
        const auto number = node.is_integer() ? node.value<std::int64_t>() : std::nullopt;
        if (!number || *number < 0 || *number > most_an_hour)
            return "must be a whole number up to 10000; 0: no limit";
        manner.most_an_hour = static_cast<int>(*number);
        return {};
    });
    std::optional<std::string> word;
    fields.take_text("severity", word, [&manner](const std::string& text) -> std::string {
        const auto severity = parse_severity(text);
        if (!severity) return "must be info, warning or critical";
        manner.severity = *severity;
        return {};
    });
    fields.take_text("time_out", word, [&manner](const std::string& text) -> std::string {
        const auto duration = parse_duration(text);
        if (!duration || *duration < Seconds{0.1} || *duration > longest_time_out)
            return "must be a duration from 100ms to 60s";
        manner.time_out = *duration;
        return {};
    });
}

/// A text that is kept when it is there.
void take_into(TomlFields& fields, std::string_view key, std::string& target,
               const Part& check = {}) {
    std::optional<std::string> text;
    fields.take_text(key, text, check);
    if (text) target = *text;
}

void take_into(TomlFields& fields, std::string_view key, bool& target) {
    std::optional<bool> flag;
    fields.take_flag(key, flag);
    if (flag) target = *flag;
}

Part post_url(bool plain_http) {
    return [plain_http](const std::string& text) {
        const auto known = check_post_url(text, plain_http);
        return known ? std::string{} : known.error().message;
    };
}

/// `ca`: files of further trust anchors.
void read_anchors(TomlFields& fields, std::vector<std::string>& ca) {
    fields.take("ca", [&ca](const toml::node& node) -> std::string {
        std::string wrong = read_words(node, ca);
        for (const std::string& path : ca) {
            if (wrong.empty()) wrong = absolute_path(path);
        }
        return wrong;
    });
}

ExecSettings read_exec(const std::string& file, const toml::table& table,
                       std::vector<std::string>& faults) {
    ExecSettings exec;
    TomlFields fields(file, table, "alert.exec", faults);
    fields.take("command", [&exec](const toml::node& node) -> std::string {
        if (std::string wrong = read_words(node, exec.command); !wrong.empty()) return wrong;
        if (exec.command.empty()) return "is empty";
        return absolute_path(exec.command.front()).empty() ? ""
                                                           : "the program must be an absolute path";
    });
    if (!fields.has("command")) fields.fault("command", "is missing");
    read_manner(fields, exec.manner);
    fields.close();
    return exec;
}

std::vector<ExecSettings> read_execs(const std::string& file, const toml::node& node,
                                     std::vector<std::string>& faults) {
    std::vector<ExecSettings> all;
    const auto* list = node.as_array();
    if (list == nullptr || !list->is_homogeneous(toml::node_type::table) ||
        list->size() > most_channels) {
        faults.push_back(fmt::format("{}:{}: alert.exec: must be [[alert.exec]] tables, at most {}",
                                     file, node.source().begin.line, most_channels));
        return all;
    }
    for (const auto& item : *list) all.push_back(read_exec(file, *item.as_table(), faults));
    return all;
}

std::string read_labels(const toml::node& node, std::map<std::string, std::string>& labels) {
    const auto* table = node.as_table();
    if (table == nullptr || table->size() > most_labels)
        return "must be a table of at most 32 texts";
    for (const auto& [name, value] : *table) {
        const auto* text = value.as_string();
        if (text == nullptr) return "must be a table of texts";
        if (!is_label(name.str()))
            return fmt::format("\"{}\" is no name of a label", printable(name.str()));
        labels[std::string(name.str())] = text->get();
    }
    return {};
}

AlertmanagerSettings read_alertmanager(const std::string& file, const toml::table& table,
                                       std::vector<std::string>& faults) {
    AlertmanagerSettings settings;
    TomlFields fields(file, table, "alert.alertmanager", faults);
    take_into(fields, "plain_http", settings.plain_http);
    take_into(fields, "url", settings.url, post_url(settings.plain_http));
    if (!fields.has("url")) fields.fault("url", "is missing");
    read_manner(fields, settings.manner);
    if (fields.has("most_an_hour"))
        fields.fault("most_an_hour", "is not for Alertmanager, which groups by itself");
    fields.take("labels",
                [&settings](const toml::node& node) { return read_labels(node, settings.labels); });
    read_anchors(fields, settings.ca);
    take_into(fields, "token_file", settings.token_file, absolute_path);
    fields.close();
    return settings;
}

/// What a mail's envelope and header may hold: one "@", nothing that ends or folds a line.
std::string mail_address(const std::string& text) {
    const auto fits = [](char c) {
        return c > ' ' && c < 0x7f && c != '<' && c != '>' && c != ',' && c != '"';
    };
    const std::size_t at = text.find('@');
    const bool good = at != std::string::npos && at > 0 && at + 1 < text.size() &&
                      text.find('@', at + 1) == std::string::npos &&
                      std::ranges::all_of(text, fits);
    return good ? std::string{} : "must be an address like time@corp.example";
}

std::string mail_server(const std::string& text) {
    const auto host = parse_host(text);
    return host && !host->nts ? std::string{} : "must be a host like smtp.corp.example:587";
}

MailSettings read_mail(const std::string& file, const toml::table& table,
                       std::vector<std::string>& faults) {
    MailSettings mail;
    mail.manner.most_an_hour = people_an_hour;
    TomlFields fields(file, table, "alert.mail", faults);
    take_into(fields, "server", mail.server, mail_server);
    take_into(fields, "from", mail.from, mail_address);
    fields.take("to", [&mail](const toml::node& node) -> std::string {
        std::string wrong = read_words(node, mail.to);
        if (wrong.empty() && (mail.to.empty() || mail.to.size() > most_channels))
            return "must be one to 16 addresses";
        for (const std::string& one : mail.to) {
            if (wrong.empty()) wrong = mail_address(one);
        }
        return wrong;
    });
    for (const std::string_view key : {"server", "from", "to"}) {
        if (!fields.has(key)) fields.fault(key, "is missing");
    }
    take_into(fields, "tls", mail.tls, [&mail](const std::string& word) -> std::string {
        if (word == "starttls" || word == "implicit") return {};
        if (word != "off") return "must be starttls, implicit or off";
        const auto host = parse_host(mail.server);
        const auto address = host ? parse_address(host->name) : std::nullopt;
        return (address && address->is_loopback()) || (host && host->name == "localhost")
                   ? std::string{}
                   : "off is for a server on this machine only";
    });
    take_into(fields, "user", mail.user);
    take_into(fields, "password_file", mail.password_file, absolute_path);
    if (mail.user.empty() != mail.password_file.empty())
        fields.fault("user", "user and password_file belong together");
    read_anchors(fields, mail.ca);
    take_into(fields, "unverified_certificate", mail.unverified_certificate);
    read_manner(fields, mail.manner);
    fields.close();
    return mail;
}

HookSettings read_hook(HookKind kind, const std::string& file, const toml::table& table,
                       std::vector<std::string>& faults) {
    HookSettings hook;
    hook.kind = kind;
    if (kind != HookKind::webhook) hook.manner.most_an_hour = people_an_hour;
    TomlFields fields(file, table, fmt::format("alert.{}", to_string(kind)), faults);
    take_into(fields, "plain_http", hook.plain_http);
    take_into(fields, "url", hook.url, post_url(hook.plain_http));
    take_into(fields, "url_file", hook.url_file, absolute_path);
    if (fields.has("url") == fields.has("url_file"))
        fields.fault("url", "exactly one of url and url_file is needed");
    take_into(fields, "token_file", hook.token_file, absolute_path);
    if (kind == HookKind::webhook) {
        take_into(fields, "key_file", hook.key_file, absolute_path);
        take_into(fields, "body", hook.body, [](const std::string& text) {
            const auto good = check_template(text);
            return good ? std::string{} : good.error().message;
        });
    }
    read_anchors(fields, hook.ca);
    read_manner(fields, hook.manner);
    fields.close();
    return hook;
}

std::optional<HookKind> hook_named(std::string_view name) {
    for (const HookKind kind :
         {HookKind::slack, HookKind::discord, HookKind::ntfy, HookKind::webhook}) {
        if (to_string(kind) == name) return kind;
    }
    return std::nullopt;
}

}  // namespace

std::string_view to_string(HookKind kind) {
    switch (kind) {
        case HookKind::slack:
            return "slack";
        case HookKind::discord:
            return "discord";
        case HookKind::ntfy:
            return "ntfy";
        case HookKind::webhook:
            break;
    }
    return "webhook";
}

bool is_channel_table(std::string_view section, std::string_view name) {
    return section == "alert" && (name == "exec" || name == "alertmanager" || name == "mail" ||
                                  hook_named(name).has_value());
}

void read_channel_table(Config& config, const std::string& file, std::string_view name,
                        const toml::node& node, std::vector<std::string>& faults) {
    ChannelSettings& channels = config.alert.channels;
    const auto* table = node.as_table();
    if (name == "exec") {
        channels.exec = read_execs(file, node, faults);
    } else if (table == nullptr) {
        faults.push_back(
            fmt::format("{}:{}: alert.{}: must be a table", file, node.source().begin.line, name));
    } else if (name == "alertmanager") {
        channels.alertmanager = read_alertmanager(file, *table, faults);
    } else if (name == "mail") {
        channels.mail = read_mail(file, *table, faults);
    } else if (const auto kind = hook_named(name)) {
        channels.hooks[*kind] = read_hook(*kind, file, *table, faults);
    }
    config.origins[fmt::format("alert.{}", name)] =
        fmt::format("{}:{}", file, node.source().begin.line);
}

}  // namespace clockwright::app
