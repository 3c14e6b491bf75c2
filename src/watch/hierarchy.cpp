#include "watch/hierarchy.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <map>
#include <utility>

namespace clockwright {
namespace {

std::uint32_t refid_of(const IpAddress& address) {
    std::uint32_t refid = 0;
    for (std::size_t i = 0; i < 4; ++i) refid = refid << 8U | address.bytes[i];
    return refid;
}

}  // namespace

int stratum_climb(std::span<const Sample> samples) {
    int steps = 0;
    for (std::size_t i = samples.size(); i > 1; --i) {
        if (samples[i - 1].stratum != samples[i - 2].stratum + 1) break;
        ++steps;
    }
    return steps;
}

std::vector<bool> in_circle(std::span<const Follower> servers) {
    std::map<std::uint32_t, std::size_t> by_refid;
    for (std::size_t i = 0; i < servers.size(); ++i)
        if (servers[i].address && servers[i].address->family == Family::ipv4)
            by_refid.emplace(refid_of(*servers[i].address), i);
    const auto followed = [&](std::size_t i) {
        return servers[i].stratum >= 2 ? by_refid.find(servers[i].refid) : by_refid.end();
    };
    std::vector<bool> circle(servers.size());
    for (std::size_t i = 0; i < servers.size(); ++i) {
        std::size_t at = i;
        for (std::size_t steps = 0; steps < servers.size() && !circle[i]; ++steps) {
            const auto next = followed(at);
            if (next == by_refid.end() || next->second == at) break;  // its own: a NAT, an anycast
            at = next->second;
            circle[i] = at == i;
        }
    }
    return circle;
}

std::vector<ReferenceStep> stepped_together(std::span<const ReferenceStep> steps) {
    std::vector<ReferenceStep> most;
    for (const ReferenceStep& first : steps) {
        std::vector<ReferenceStep> alike;
        const double slack = std::max(0.01, std::abs(first.size.count()) / 10);
        std::ranges::copy_if(steps, std::back_inserter(alike), [&](const ReferenceStep& other) {
            return other.refid == first.refid &&
                   std::abs((other.size - first.size).count()) <= slack;
        });
        if (alike.size() > most.size()) most = std::move(alike);
    }
    return most;
}

}  // namespace clockwright
