#include "find/domain.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "find/findings.h"

namespace clockwright {
namespace {

constexpr const char* sssd_file = "/etc/sssd/sssd.conf";
constexpr const char* samba_file = "/etc/samba/smb.conf";
constexpr const char* kerberos_file = "/etc/krb5.conf";
constexpr const char* keytab_file = "/etc/krb5.keytab";

std::string lower(std::string_view text) {
    std::string out(text);
    std::ranges::transform(out, out.begin(), [](char c) {
        return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    });
    return out;
}

/// One "key = value" of a file, the key in lower case and without blanks in a row.
struct Entry {
    std::string key, value;
    int line = 0;
};

std::vector<Entry> entries_of(const Host& host, const char* path) {
    std::vector<Entry> entries;
    const auto file = host.read(path);
    if (!file || !file->exists) return entries;
    for (const NumberedLine& line : lines_of(file->content)) {
        const std::string_view text = trimmed(line.text);
        const std::size_t equals = text.find('=');
        if (text.starts_with('#') || text.starts_with(';') || equals == std::string_view::npos)
            continue;
        entries.push_back({lower(trimmed(text.substr(0, equals))),
                           std::string(trimmed(text.substr(equals + 1))), line.number});
    }
    return entries;
}

const Entry* find_entry(const std::vector<Entry>& entries, std::string_view key) {
    const auto found = std::ranges::find(entries, key, &Entry::key);
    return found == entries.end() ? nullptr : &*found;
}

std::string default_realm(const Host& host) {
    const auto entries = entries_of(host, kerberos_file);
    const Entry* realm = find_entry(entries, "default_realm");
    return realm == nullptr ? std::string{} : realm->value;
}

std::string place(const char* file, int line) {
    return fmt::format("{}:{}", file, line);
}

bool exists(const Host& host, const char* path) {
    return !host.glob(path).empty();
}

std::optional<DomainMembership> by_sssd(const Host& host) {
    const auto entries = entries_of(host, sssd_file);
    for (const Entry& entry : entries) {
        if (entry.key != "id_provider" && entry.key != "auth_provider") continue;
        const std::string provider = lower(entry.value);
        if (provider != "ad" && provider != "ipa") continue;
        for (const char* key : {"krb5_realm", "ad_domain", "ipa_domain", "domains"}) {
            const Entry* name = find_entry(entries, key);
            if (name != nullptr && !name->value.empty())
                return DomainMembership{name->value, place(sssd_file, entry.line)};
        }
        return DomainMembership{default_realm(host), place(sssd_file, entry.line)};
    }
    return std::nullopt;
}

std::optional<DomainMembership> by_winbind(const Host& host) {
    const auto entries = entries_of(host, samba_file);
    const Entry* security = find_entry(entries, "security");
    if (security == nullptr || lower(security->value) != "ads") return std::nullopt;
    const Entry* realm = find_entry(entries, "realm");
    return DomainMembership{realm == nullptr ? default_realm(host) : realm->value,
                            place(samba_file, security->line)};
}

/// A keytab and a realm: the host has an account of its own there.
std::optional<DomainMembership> by_keytab(const Host& host) {
    const std::string realm = default_realm(host);
    if (realm.empty() || !exists(host, keytab_file)) return std::nullopt;
    return DomainMembership{realm, keytab_file};
}

}  // namespace

std::optional<DomainMembership> domain_membership(const Host& host) {
    if (auto found = by_sssd(host)) return found;
    if (auto found = by_winbind(host)) return found;
    return by_keytab(host);
}

}  // namespace clockwright
