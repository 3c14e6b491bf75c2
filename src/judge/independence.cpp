#include "judge/independence.h"

#include <algorithm>

namespace clockwright {
namespace {

bool is_unsmeared(Smear smear) {
    return smear == Smear::none || smear == Smear::unknown;
}

/// What its followers show as refid; of IPv6 it is a digest and not known here.
std::uint32_t refid_of_followers(const Ties& ties) {
    if (!ties.address || ties.address->family != Family::ipv4) {
        return 0;
    }
    std::uint32_t refid = 0;
    for (std::size_t i = 0; i < 4; ++i) {
        refid = (refid << 8U) | ties.address->bytes[i];
    }
    return refid;
}

bool follows(const Ties& one, const Ties& other) {
    return one.upstream != 0 && one.upstream == refid_of_followers(other);
}

/// Names are alike whatever their case.
std::string rotation_of(const HostName& host) {
    std::string name = is_address_literal(host) ? "" : host.name;
    std::ranges::transform(name, name.begin(), [](char letter) {
        return letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter - 'A' + 'a') : letter;
    });
    return name;
}

bool are_public(const Ties& one, const Ties& other) {
    return one.address && other.address && one.address->is_public() && other.address->is_public();
}

}  // namespace

Ties ties_of(const Source& source, const std::optional<IpAddress>& address) {
    return {.operator_name = source.operator_name,
            .address = address,
            .port = source.host.nts ? ntp_port : source.host.port,
            .smear = source.smear,
            .rotation = rotation_of(source.host),
            .rotates = source.is_pool,
            .anycast = source.kind == ServerKind::anycast,
            .upstream = 0};
}

std::uint32_t upstream_of(int stratum, std::uint32_t refid) {
    constexpr std::uint32_t loopback_net = 127;
    return stratum < 2 || refid >> 24U == loopback_net ? 0 : refid;
}

int group_bound(int members) {
    return std::max(1, (members - 1) / 2);
}

bool share_operator(const Ties& one, const Ties& other) {
    return !one.operator_name.empty() && one.operator_name == other.operator_name;
}

bool share_network(const Ties& one, const Ties& other, TrustDomain domain) {
    return domain == TrustDomain::public_internet && are_public(one, other) &&
           one.address->shares_network(*other.address);
}

bool share_rotation(const Ties& one, const Ties& other, TrustDomain domain) {
    return domain == TrustDomain::public_internet && are_public(one, other) &&
           !one.rotation.empty() && one.rotation == other.rotation;
}

bool is_rotation_of(const Ties& one, const Ties& other) {
    return one.rotates != other.rotates && !one.rotation.empty() && one.rotation == other.rotation;
}

bool share_upstream(const Ties& one, const Ties& other) {
    return (one.upstream != 0 && one.upstream == other.upstream) || follows(one, other) ||
           follows(other, one);
}

bool share_server(const Ties& one, const Ties& other) {
    return one.address && one.address == other.address && one.port == other.port;
}

bool share_smear(const Ties& one, const Ties& other) {
    if (is_unsmeared(one.smear) || is_unsmeared(other.smear)) {
        return is_unsmeared(one.smear) && is_unsmeared(other.smear);
    }
    return one.smear == other.smear && (one.smear != Smear::other || share_operator(one, other));
}

}  // namespace clockwright
