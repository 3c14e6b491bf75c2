#include "judge/independence.h"

#include <algorithm>

namespace clockwright {
namespace {

bool is_unsmeared(Smear smear) {
    return smear == Smear::none || smear == Smear::unknown;
}

}  // namespace

Ties ties_of(const Source& source, const std::optional<IpAddress>& address) {
    constexpr std::uint16_t ntp_port = 123;
    return {.operator_name = source.operator_name,
            .address = address,
            .port = source.host.nts ? ntp_port : source.host.port,
            .smear = source.smear};
}

int group_bound(int members) {
    return std::max(1, (members - 1) / 2);
}

bool share_operator(const Ties& one, const Ties& other) {
    return !one.operator_name.empty() && one.operator_name == other.operator_name;
}

bool share_network(const Ties& one, const Ties& other, TrustDomain domain) {
    return domain == TrustDomain::public_internet && one.address && other.address &&
           one.address->is_public() && other.address->is_public() &&
           one.address->shares_network(*other.address);
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
