#include "system/admission.h"

#include <fmt/format.h>

namespace clockwright::system {

namespace {

constexpr Seconds near_spacing{0.25};  ///< private and loopback addresses have no floor
constexpr std::uint16_t ntp_port = 123;

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

}  // namespace

std::string why_forbidden(const IpAddress& address, bool from_stranger) {
    const std::string text = to_string(address);
    if (address.is_multicast()) {
        return fmt::format("resolves to {}, which is a multicast or broadcast address", text);
    }
    if (address.is_unspecified()) {
        return fmt::format("resolves to {}, which is no address of a server", text);
    }
    if (!from_stranger) {
        return {};
    }
    const char* kind = address.is_loopback()     ? "a loopback"
                       : address.is_private()    ? "a private"
                       : address.is_link_local() ? "a link-local"
                                                 : nullptr;
    return kind == nullptr ? std::string{}
                           : fmt::format(
                                 "resolves to {}, which is {} address and must not be for "
                                 "a name from a list of strangers",
                                 text, kind);
}

Admission::Admission(const ScanSettings& settings, const ntp::RateBudget& budget)
    : settings_(settings), budget_(budget) {}

Admitted Admission::admit(const ProbeTarget& target, const Resolved& resolved, Now now) {
    if (resolved.addresses.empty()) {
        return not_asked(Rejection::unresolved, resolved.why);
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
    Admitted admitted;
    admitted.outcome.endpoint = endpoint;
    if (const auto known = series_.find(endpoint); known != series_.end()) {
        admitted.series = known->second;
        return admitted;
    }
    if (is_one_too_many(address)) {
        admitted.outcome.not_asked = Rejection::unresolved;
        admitted.outcome.why = fmt::format("{} public addresses are asked already in this run",
                                           settings_.manners.addresses);
        return admitted;
    }
    if (!budget_.may_begin_series(address, now)) {
        admitted.outcome.reused = true;
        admitted.outcome.why = "asked within the hour; its samples of then are used";
        return admitted;
    }
    if (address.is_public()) {
        public_addresses_.insert(address);
    }
    admitted.series = series_.size();
    series_.emplace(endpoint, *admitted.series);
    admitted.begin = probe(target, endpoint);
    return admitted;
}

std::string Admission::why_refused(const ProbeTarget& target, const IpAddress& address) const {
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
            .samples = settings_.samples,
            .spacing = settings_.spacing.value_or(usual),
            .operator_spacing = target.operator_spacing};
}

}  // namespace clockwright::system
