#include "system/admission.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "time/spell.h"

namespace clockwright::system {

namespace {

constexpr Seconds near_spacing{0.25};  ///< private and loopback addresses have no floor

Admitted not_asked(Rejection rejection, std::string why) {
    Admitted admitted;
    admitted.outcome.not_asked = rejection;
    admitted.outcome.why = std::move(why);
    return admitted;
}

/// An nts:// host names the port of its key exchange, not of its time.
Endpoint endpoint_of(const HostName& host, const IpAddress& address) {
    return {.address = address, .port = host.nts ? ntp_port : host.port};
}

Rejection rejection_of(NtsFailure failure) {
    switch (failure) {
        case NtsFailure::unresolved:
            return Rejection::unresolved;
        case NtsFailure::refused:
            return Rejection::refused;
        case NtsFailure::no_connection:
        case NtsFailure::time_out:
            return Rejection::time_out;
        default:
            return Rejection::unauthenticated;
    }
}

const char* kind_of(const IpAddress& address) {
    return address.is_loopback()     ? "a loopback"
           : address.is_private()    ? "a private"
           : address.is_link_local() ? "a link-local"
                                     : nullptr;
}

Admitted held_back(NtsReport report, std::string why) {
    Admitted admitted;
    report.failure = NtsFailure::held_back;
    report.why = std::move(why);
    fail_nts(admitted.outcome, std::move(report));
    return admitted;
}

bool asks_for_spacing(const ProbeTarget& target) {
    return target.operator_spacing > Seconds{0};
}

}  // namespace

std::string why_forbidden(const IpAddress& address, bool from_stranger) {
    if (address.is_multicast()) {
        return fmt::format("resolves to {}, which is a multicast or broadcast address",
                           to_string(address));
    }
    if (address.is_unspecified()) {
        return fmt::format("resolves to {}, which is no address of a server", to_string(address));
    }
    if (!from_stranger) {
        return {};
    }
    const char* kind = kind_of(address);
    return kind == nullptr ? std::string{}
                           : fmt::format(
                                 "resolves to {}, which is {} address and must not be for "
                                 "a name from a list of strangers",
                                 to_string(address), kind);
}

std::string why_forbidden_server(const IpAddress& exchange, const IpAddress& server) {
    if (server.is_multicast() || server.is_unspecified()) {
        return fmt::format("{}, which is no address of a server", to_string(server));
    }
    if (!exchange.is_public()) {
        return server.is_public()
                   ? fmt::format("{}, a stranger on the internet that nobody asked for",
                                 to_string(server))
                   : std::string{};
    }
    const char* kind = kind_of(server);
    return kind == nullptr ? std::string{}
                           : fmt::format("{}, which is {} address", to_string(server), kind);
}

void share_spacing(std::vector<ProbeTarget>& targets, const std::vector<Resolved>& resolved) {
    if (std::ranges::none_of(targets, asks_for_spacing)) return;
    std::map<IpAddress, Seconds> longest;
    const auto shared = [&](std::size_t i) -> Seconds* {
        const auto& addresses = resolved[i].addresses;
        return addresses.empty() ? nullptr : &longest[addresses.front()];
    };
    for (std::size_t i = 0; i < targets.size(); ++i) {
        if (Seconds* spacing = shared(i)) {
            *spacing = std::max(*spacing, targets[i].operator_spacing);
        }
    }
    for (std::size_t i = 0; i < targets.size(); ++i) {
        if (const Seconds* spacing = shared(i)) {
            targets[i].operator_spacing = *spacing;
        }
    }
}

ntp::KeyServer key_server(const HostName& host, const IpAddress& address) {
    return {lower_case(to_string(host)), address};
}

void fail_nts(ProbeOutcome& outcome, NtsReport report) {
    outcome.not_asked = rejection_of(report.failure);
    outcome.why = fmt::format("{}: {}", describe(report.failure), report.why);
    outcome.nts = std::move(report);
}

Admission::Admission(const ScanSettings& settings, const ntp::RateBudget& budget,
                     const ntp::ExchangeBackoff& exchanges)
    : settings_(settings), budget_(budget), exchanges_(exchanges) {}

Admitted Admission::admit(const ProbeTarget& target, const Resolved& resolved, Now now) {
    if (resolved.addresses.empty()) {
        Admitted admitted = not_asked(Rejection::unresolved, resolved.why);
        if (target.host.nts) {
            admitted.outcome.nts.emplace();
            admitted.outcome.nts->failure = NtsFailure::unresolved;
            admitted.outcome.nts->why = resolved.why;
            admitted.outcome.nts->server = target.host.name;
        }
        return admitted;
    }
    const Endpoint endpoint = endpoint_of(target.host, resolved.addresses.front());
    const IpAddress& address = endpoint.address;
    if (std::string why = why_forbidden(address, target.from_stranger); !why.empty()) {
        Admitted admitted = not_asked(Rejection::forbidden_address, std::move(why));
        admitted.outcome.endpoint = endpoint;
        return admitted;
    }
    if (std::string why = why_refused(target, address); !why.empty()) {
        Admitted refused = not_asked(Rejection::refused, std::move(why));
        refused.outcome.endpoint = endpoint;
        return refused;
    }
    if (target.host.nts) {
        Admitted admitted = admit_exchange(target, address, now);
        if (!admitted.outcome.endpoint) {
            admitted.outcome.endpoint = endpoint;
        }
        return admitted;
    }
    Admitted admitted;
    admitted.outcome.endpoint = endpoint;
    if (const auto known = series_.find(endpoint); known != series_.end()) {
        admitted.series = known->second;
        return admitted;
    }
    if (is_one_too_many(address)) {
        admitted.outcome.not_asked = Rejection::unresolved;
        admitted.outcome.why = why_too_many();
        return admitted;
    }
    if (const auto other = asked_.find(address); other != asked_.end() && other->second.by_nts) {
        admitted.outcome.not_asked = Rejection::refused;
        admitted.outcome.why = why_asked(address, other->second.name);
        return admitted;
    }
    if (!budget_.may_begin_series(address, now)) {
        admitted.outcome.reused = true;
        admitted.outcome.why = "asked within the hour; its samples of then are used";
        return admitted;
    }
    if (address.is_public()) {
        public_addresses_.insert(address);
        asked_.emplace(address, Asked{to_string(target.host), false});
    }
    admitted.series = begun_++;
    series_.emplace_hint(series_.end(), endpoint, *admitted.series);
    admitted.begin = probe(target, endpoint);
    return admitted;
}

Admitted Admission::admit_exchange(const ProbeTarget& target, const IpAddress& address, Now now) {
    Admitted admitted;
    const Endpoint exchange{.address = address, .port = target.host.port};
    if (!address.is_public()) {
        admitted.exchange = exchange;
        return admitted;
    }
    const ntp::KeyServer server = key_server(target.host, address);
    NtsReport report;
    report.server = target.host.name;
    if (const auto other = exchanging_.find(address); other != exchanging_.end()) {
        return held_back(report, fmt::format("{} is asked for keys as {} in this run",
                                             to_string(address), other->second));
    }
    if (const Seconds wait = exchanges_.wait(server, now); wait > Seconds{0}) {
        return wait_for_keys(server, std::move(report), wait, now);
    }
    // Of an exchange that may be repeated so soon because its certificate could not be checked.
    if (const auto* last = exchanges_.last(server, now);
        last != nullptr && last->report.failure == NtsFailure::clock_wrong &&
        is_its_own(*last, server) && !budget_.may_begin_series(last->asked->address, now)) {
        return reuse(*last);
    }
    if (is_one_too_many(address)) {
        return held_back(report, why_too_many());
    }
    // Keys that must not be used within the hour need not be fetched.
    if (!budget_.may_begin_series(address, now) || series_.contains({address, ntp_port})) {
        admitted = held_back(report, "the address was asked for time less than an hour ago");
        admitted.outcome.too_soon = true;
        return admitted;
    }
    admitted.exchange = exchange;
    public_addresses_.insert(address);
    exchanging_.emplace(address, server.host);
    return admitted;
}

/// The exchange gave keys by this name, and they were used.
bool Admission::is_its_own(const ntp::LastExchange& last, const ntp::KeyServer& server) {
    return last.failures == 0 && last.with.host == server.host && last.asked;
}

Admitted Admission::reuse(const ntp::LastExchange& last) {
    Admitted admitted;
    admitted.outcome.endpoint = last.asked;
    admitted.outcome.reused = true;
    admitted.outcome.why = "asked within the hour; its samples of then are used";
    admitted.outcome.nts = last.report;
    return admitted;
}

/// Samples that its own keys brought within the hour serve; those of another name's do not.
Admitted Admission::wait_for_keys(const ntp::KeyServer& server, NtsReport report, Seconds wait,
                                  Now now) const {
    const ntp::LastExchange& last = *exchanges_.last(server, now);
    if (last.failures > 0) {
        return held_back(std::move(report),
                         fmt::format("the last one failed ({}); the next may be in {}",
                                     describe(last.report.failure), spell_age(wait)));
    }
    if (!is_its_own(last, server)) {
        return held_back(std::move(report),
                         fmt::format("{} was asked for keys as {} less than an hour ago",
                                     to_string(*server.address), last.with.host));
    }
    return reuse(last);
}

Admitted Admission::admit_time(const ProbeTarget& target, const Endpoint& endpoint,
                               ntp::NtsKeys keys, NtsReport report, Now now) {
    Admitted admitted;
    const IpAddress& address = endpoint.address;
    if (std::string why = why_refused(target, address); !why.empty()) {
        admitted = held_back(std::move(report), std::move(why));
    } else if (is_one_too_many(address)) {
        admitted = held_back(std::move(report), why_too_many());
    } else if (const auto other = asked_.find(address); other != asked_.end()) {
        admitted = held_back(std::move(report), why_asked(address, other->second.name));
    } else if (!budget_.may_begin_series(address, now)) {
        admitted = held_back(std::move(report),
                             fmt::format("{} was asked less than an hour ago", to_string(address)));
        admitted.outcome.too_soon = true;
    } else {
        if (address.is_public()) {
            public_addresses_.insert(address);
            asked_.insert_or_assign(address, Asked{to_string(target.host), true});
        }
        admitted.series = begun_++;
        admitted.begin = probe(target, endpoint);
        admitted.begin->nts = std::move(keys);
        admitted.outcome.nts = std::move(report);
    }
    admitted.outcome.endpoint = endpoint;
    return admitted;
}

std::string Admission::why_asked(const IpAddress& address, const std::string& name) {
    return fmt::format("{} is asked in this run already, as {}", to_string(address), name);
}

std::string Admission::why_too_many() const {
    return fmt::format("{} public addresses are asked already in this run",
                       settings_.manners.addresses);
}

std::string Admission::why_refused(const ProbeTarget& target, const IpAddress& address) const {
    if (address.is_public() && !no_strangers_.empty()) {
        return no_strangers_;
    }
    if (target.asked_anyway || !settings_.refusal) {
        return {};
    }
    return settings_.refusal(target, address);
}

bool Admission::is_one_too_many(const IpAddress& address) const {
    return address.is_public() && !public_addresses_.contains(address) &&
           public_addresses_.size() >= static_cast<std::size_t>(settings_.manners.addresses);
}

ntp::Target Admission::probe(const ProbeTarget& target, const Endpoint& endpoint) const {
    const Seconds usual = endpoint.address.is_public() ? settings_.manners.spacing : near_spacing;
    return {.endpoint = endpoint,
            .samples = target.samples.value_or(settings_.samples),
            .spacing = settings_.spacing.value_or(usual),
            .operator_spacing = target.operator_spacing,
            .nts = {},
            .steady = settings_.steady};
}

}  // namespace clockwright::system
