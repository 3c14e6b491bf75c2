#include "watch/blame.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "time/spell.h"

namespace clockwright {
namespace {

constexpr Seconds host_tolerance{1e-3};  // a clock is not called wrong for less

double size_of(const Witness& witness) {
    return witness.error ? std::abs(witness.error->count()) : 0;
}

Blame nobody_can_tell(std::span<const Witness> witnesses, const Consensus& consensus) {
    if (consensus.judged == 1)
        return {Culprit::unknown, {}, "one server answers; nothing else checks it"};
    if (consensus.judged > 1) {
        return {Culprit::unknown,
                {},
                fmt::format("the servers disagree: at most {} of {} agree, nobody can tell which "
                            "are right",
                            consensus.agreeing, consensus.judged)};
    }
    const auto known = std::ranges::count_if(witnesses, &Witness::answered_before);
    if (known >= 2) {
        return {Culprit::path,
                {},
                fmt::format("none of {} servers answers any more: the network of this host, not "
                            "the servers",
                            witnesses.size())};
    }
    return {Culprit::unknown, {}, witnesses.empty() ? "no server is watched" : "no server answers"};
}

std::string change_text(const Witness& witness) {
    if (!witness.changed) return {};
    return witness.changed->kind == ServerChange::Kind::step
               ? fmt::format("; stepped {}, delay unchanged: the server, not the path",
                             spell_signed(witness.changed->shift))
               : fmt::format("; delay {} and offset {} at once: the path",
                             spell_signed(witness.changed->delay_shift),
                             spell_signed(witness.changed->shift));
}

Blame blame_server(const Witness& worst, const Consensus& consensus) {
    const bool by_path = worst.changed && worst.changed->kind == ServerChange::Kind::path;
    return {by_path ? Culprit::path : Culprit::server, worst.host,
            fmt::format("{} {} is wrong by {} ±{} ({} of {} agree it is){}",
                        by_path ? "the path to" : "server", printable(worst.host),
                        spell_signed(*worst.error), spell_bound(worst.distance), consensus.agreeing,
                        consensus.judged, change_text(worst))};
}

}  // namespace

std::string_view to_string(Culprit culprit) {
    switch (culprit) {
        case Culprit::nobody:
            return "nobody";
        case Culprit::server:
            return "server";
        case Culprit::host:
            return "host";
        case Culprit::path:
            return "path";
        case Culprit::unknown:
            break;
    }
    return "unknown";
}

bool contradicts(const Consensus& consensus, const HostClaim& host) {
    if (!consensus.majority) return false;
    const Seconds allowed =
        consensus.bound + std::max(host.bound.value_or(host_tolerance), host_tolerance);
    // A daemon that is still slewing says so itself: that offset is known, and no contradiction.
    const Seconds known = host.bound ? host.offset.value_or(Seconds{0}) : Seconds{0};
    return std::abs((consensus.offset - known).count()) > allowed.count();
}

Blame who_is_wrong(std::span<const Witness> witnesses, const Consensus& consensus,
                   const HostClaim& host) {
    if (!consensus.majority) return nobody_can_tell(witnesses, consensus);
    if (contradicts(consensus, host)) {
        return {Culprit::host,
                {},
                fmt::format(
                    "this clock is {} ±{} {} ({} of {} servers agree it is){}",
                    spell(Seconds{std::abs(consensus.offset.count())}),
                    spell_bound(consensus.bound), consensus.offset > Seconds{0} ? "slow" : "fast",
                    consensus.agreeing, consensus.judged,
                    host.stepped ? fmt::format("; it was set by {}", spell_signed(*host.stepped))
                                 : std::string{})};
    }
    const Witness* worst = nullptr;
    for (const Witness& witness : witnesses) {
        if (witness.verdict != Verdict::falseticker || !witness.error) continue;
        if (worst == nullptr || size_of(witness) > size_of(*worst)) worst = &witness;
    }
    if (worst != nullptr) return blame_server(*worst, consensus);
    for (const Witness& witness : witnesses) {
        if (!witness.changed || witness.changed->kind != ServerChange::Kind::path) continue;
        return {
            Culprit::path, witness.host,
            fmt::format("the path to {} changed{}", printable(witness.host), change_text(witness))};
    }
    return {Culprit::nobody,
            {},
            fmt::format("{} of {} servers agree with each other and with this clock",
                        consensus.agreeing, consensus.judged)};
}

}  // namespace clockwright
