#include "judge/path.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <utility>

#include "judge/fitness.h"
#include "time/spell.h"

namespace clockwright {
namespace {

using Kind = PathFinding::Kind;

constexpr int enough = 2;        // servers that must agree on a finding
constexpr int enough_alike = 3;  // servers that answer alike before somebody is suspected
constexpr Seconds dispersion_alike{1e-4};
constexpr Seconds families_alike{1e-3};
constexpr double share_of_delay = 0.25;

bool was_asked(const Candidate& candidate) {
    return candidate.address && !candidate.not_asked && candidate.series.sent > 0;
}

/// Did its server send what only an answer of its can bring about?
bool is_an_answer(Rejection rejection) {
    switch (rejection) {
        case Rejection::wrong_version:
        case Rejection::wrong_mode:
        case Rejection::duplicate:
        case Rejection::zero_timestamp:
        case Rejection::bad_interval:
        case Rejection::kiss:
        case Rejection::unsynchronised:
        case Rejection::bad_root:
        case Rejection::loop:
        case Rejection::too_late:
        case Rejection::nts_nak:
            return true;
        default:
            return false;
    }
}

bool has_answered(const Candidate& candidate) {
    return !candidate.series.samples.empty() || candidate.series.kiss != 0 ||
           std::ranges::any_of(candidate.series.rejections, is_an_answer);
}

const Sample& least_delayed(const Candidate& candidate) {
    return *std::ranges::min_element(candidate.series.samples, {}, &Sample::delay);
}

/// All that one examination looks at.
class Examination {
  public:
    Examination(std::span<const Candidate> candidates, std::span<const PathProbes> probes)
        : candidates_(candidates), probes_(probes) {}

    std::vector<PathFinding> run() {
        look_at_names();
        look_at_silence();
        look_at_ports();
        look_at_sizes();
        look_at_key_exchanges();
        look_at_fingerprints();
        look_at_whole_seconds();
        look_at_families();
        look_at_spoofs();
        return std::move(findings_);
    }

  private:
    void find(Kind kind, std::string what, std::string advice) {
        findings_.push_back({kind, std::move(what), std::move(advice)});
    }

    template <class Predicate>
    int count(Predicate predicate) const {
        return static_cast<int>(std::ranges::count_if(candidates_, predicate));
    }

    /// How many probes of one kind were answered so.
    int count(PathAnswer PathProbes::* kind, PathAnswer answer) const {
        return static_cast<int>(std::ranges::count(probes_, answer, kind));
    }

    void look_at_names() {
        const int unresolved = count([](const Candidate& candidate) {
            return candidate.not_asked == Rejection::unresolved;
        });
        const int known = count([](const Candidate& candidate) {
            return candidate.address || is_address_literal(candidate.source.host);
        });
        if (unresolved < enough || known > 0) return;
        find(Kind::nothing_resolves,
             fmt::format("none of {} names has an address: the name service does not answer, or "
                         "knows nothing of the outside",
                         unresolved),
             "look at /etc/resolv.conf, or name servers by their addresses");
    }

    void look_at_silence() {
        const int asked = count(was_asked);
        const int answered =
            count([](const Candidate& it) { return was_asked(it) && has_answered(it); });
        const int other_way = count(&PathProbes::from_port_123, PathAnswer::answered) +
                              count(&PathProbes::other_family, PathAnswer::answered) +
                              count(&PathProbes::usual, PathAnswer::answered) +
                              count(&PathProbes::from_port_123, PathAnswer::other_port) +
                              count(&PathProbes::usual, PathAnswer::other_port);
        if (asked < enough || answered > 0 || other_way > 0) return;
        const int refused = count([](const Candidate& candidate) {
            return std::ranges::find(candidate.series.rejections, Rejection::refused) !=
                   candidate.series.rejections.end();
        });
        if (refused == asked) {
            find(
                Kind::blocked,
                fmt::format("all {} servers refuse UDP: the network answers that they, or their "
                            "ports, cannot be reached",
                            asked),
                "look for a firewall that rejects UDP port 123 to the outside, or a missing route");
            return;
        }
        find(Kind::blocked,
             fmt::format("none of {} servers answers, and nobody says why: UDP port 123 is "
                         "filtered on the way, or the network is down",
                         asked),
             "allow UDP to port 123 to the outside and the answers back in");
    }

    void look_at_ports() {
        const int elsewhere = count(&PathProbes::usual, PathAnswer::other_port) +
                              count(&PathProbes::from_port_123, PathAnswer::other_port);
        if (elsewhere > 0) {
            find(Kind::answers_from_elsewhere,
                 fmt::format("{} answer{} to our very request came from another port: an address "
                             "translation on the way rewrites it",
                             elsewhere, elsewhere == 1 ? "" : "s"),
                 "mend the translation (NAT) of UDP port 123: no client accepts such answers");
        }
        const auto tried = [&](PathAnswer usual, PathAnswer from_123) {
            return std::ranges::count_if(probes_, [&](const PathProbes& it) {
                return it.usual == usual && it.from_port_123 == from_123;
            });
        };
        const auto both = tried(PathAnswer::answered, PathAnswer::answered);
        const auto only_123 = tried(PathAnswer::silent, PathAnswer::answered);
        const auto only_random = tried(PathAnswer::answered, PathAnswer::silent);
        if (only_123 >= enough && both == 0 && only_random == 0) {
            find(Kind::port_123_needed,
                 fmt::format("{} servers answer packets from port 123 and none from other ports: a "
                             "filter lets only 123 to 123 through",
                             only_123),
                 "let UDP from any port to port 123 through (RFC 9109); until then chronyd needs "
                 "\"acquisitionport 123\"");
        }
        if (only_random >= enough && both == 0 && only_123 == 0) {
            find(Kind::port_123_blocked,
                 fmt::format("{} servers answer packets from other ports and none from port 123: "
                             "a filter drops source port 123",
                             only_random),
                 "a daemon that sends from port 123 (ntpd) hears nothing here: let the answers in, "
                 "or use chronyd, which sends from random ports");
        }
    }

    void look_at_sizes() {
        const auto lost = std::ranges::count_if(probes_, [](const PathProbes& it) {
            return it.usual == PathAnswer::answered && it.large == PathAnswer::silent;
        });
        const int passed = count(&PathProbes::large, PathAnswer::answered);
        const int without_answer = count([](const Candidate& candidate) {
            return candidate.nts && candidate.nts->failure == NtsFailure::no_answer;
        });
        const int secure = count([](const Candidate& candidate) {
            return candidate.nts && candidate.nts->failure == NtsFailure::none;
        });
        const bool by_probes = lost >= enough && passed == 0;
        // Where short packets do not pass either, it is not their length.
        const auto is_plain = [](const Candidate& it) { return was_asked(it) && !it.nts; };
        const int short_passed =
            count([&](const Candidate& it) { return is_plain(it) && has_answered(it); }) +
            count(&PathProbes::usual, PathAnswer::answered);
        const bool short_tried =
            count(is_plain) + count(&PathProbes::usual, PathAnswer::silent) + short_passed > 0;
        const bool by_keys =
            without_answer >= enough && secure == 0 && (short_passed > 0 || !short_tried);
        if ((!by_probes && !by_keys) || passed > 0 || secure > 0) return;
        find(Kind::large_filtered,
             by_keys ? fmt::format("{} servers exchanged keys and then gave no answer: NTP packets "
                                   "longer than 48 octets are dropped on the way",
                                   without_answer)
                     : fmt::format("{} servers answer requests of 48 octets and not one longer: "
                                   "longer NTP packets are dropped on the way",
                                   lost),
             "NTS cannot work so: ask the network's operator to let UDP port 123 through at any "
             "length, or use servers whose key exchange names another port");
    }

    void look_at_key_exchanges() {
        int tried = 0, blocked = 0;
        for (const Candidate& candidate : candidates_) {
            if (!candidate.nts || candidate.nts->failure == NtsFailure::unresolved ||
                candidate.nts->failure == NtsFailure::held_back) {
                continue;
            }
            ++tried;
            blocked += candidate.nts->failure == NtsFailure::refused ||
                       candidate.nts->failure == NtsFailure::no_connection;
        }
        if (tried < enough || blocked < tried) return;
        find(Kind::key_exchange_blocked,
             fmt::format("none of {} key exchanges gets through: TCP port 4460 is filtered on the "
                         "way",
                         tried),
             "allow TCP to port 4460 to the outside");
    }

    /// Servers that have nothing to do with each other and say the same to the last digit.
    void look_at_fingerprints() {
        std::map<std::pair<std::uint32_t, int>, std::vector<const Candidate*>> alike;
        for (const Candidate& candidate : candidates_) {
            if (candidate.series.samples.empty() || !candidate.address) continue;
            if (candidate.source.authentication == Authentication::nts) continue;
            const Sample& sample = least_delayed(candidate);
            // Every clock at the root, and every one that serves itself, claims a delay of nothing,
            // and many the same reference.
            const bool at_root =
                sample.stratum == 1 || serves_own_clock(sample.stratum, sample.refid);
            if (at_root && sample.root_delay == Seconds{0}) continue;
            alike[{sample.refid, sample.stratum}].push_back(&candidate);
        }
        for (const auto& [key, group] : alike) {
            const auto suspects = same_answers(group);
            if (suspects.size() < enough_alike) continue;
            std::vector<std::string> names;
            for (const Candidate* it : suspects) names.push_back(printable(it->source.as_written));
            find(Kind::intercepted,
                 fmt::format("{} answer alike to the last digit (reference {}): one machine on the "
                             "way may answer for all of them",
                             fmt::join(names, ", "),
                             refid_text(key.first, static_cast<std::uint8_t>(key.second))),
                 "look for a router or firewall that redirects NTP to itself; NTS would show it");
        }
    }

    /// The largest part of the group with one root delay, one root dispersion and one round trip,
    /// of different networks.
    static std::vector<const Candidate*> same_answers(const std::vector<const Candidate*>& group) {
        std::vector<const Candidate*> best;
        for (const Candidate* first : group) {
            std::vector<const Candidate*> same;
            for (const Candidate* it : group) {
                const auto neighbours = [&](const Candidate* known) {
                    return known->address->shares_network(*it->address);
                };
                if (answers_like(*first, *it) && std::ranges::none_of(same, neighbours))
                    same.push_back(it);
            }
            if (same.size() > best.size()) best = std::move(same);
        }
        return best;
    }

    static bool answers_like(const Candidate& one, const Candidate& other) {
        const Sample& a = least_delayed(one);
        const Sample& b = least_delayed(other);
        const Seconds dispersion{std::abs((a.root_dispersion - b.root_dispersion).count())};
        const Seconds delay{std::abs((a.delay - b.delay).count())};
        return a.root_delay == b.root_delay && dispersion < dispersion_alike &&
               delay < std::max(a.delay * share_of_delay, families_alike);
    }

    void look_at_whole_seconds() {
        const auto coarse = std::ranges::count(probes_, true, &PathProbes::whole_seconds);
        if (coarse < enough) return;
        find(Kind::whole_seconds,
             fmt::format("{} servers give times without a fraction of a second: a router answers "
                         "in their place",
                         coarse),
             "switch the router's own time service, or its redirection of NTP, off");
    }

    void look_at_families() {
        int silent_6 = 0, answered_6 = 0, answered_4 = 0;
        for (const Candidate& candidate : candidates_) {
            if (!was_asked(candidate)) continue;
            const bool is_6 = candidate.address->family == Family::ipv6;
            const bool answered = has_answered(candidate);
            answered_4 += !is_6 && answered;
            answered_6 += is_6 && answered;
            silent_6 += is_6 && !answered;
        }
        if (silent_6 >= enough && answered_6 == 0 && answered_4 > 0) {
            find(Kind::ipv6_broken,
                 fmt::format("none of {} servers answers over IPv6, and {} do over IPv4: IPv6 is "
                             "broken on the way",
                             silent_6, answered_4),
                 "measure with -4, and mend IPv6: a daemon may prefer it");
        }
        for (std::size_t i = 0; i < probes_.size() && i < candidates_.size(); ++i)
            compare_families(candidates_[i], probes_[i]);
    }

    void compare_families(const Candidate& candidate, const PathProbes& probes) {
        if (!probes.other_sample || candidate.series.samples.empty()) return;
        const Sample& mine = least_delayed(candidate);
        const Seconds apart{std::abs((mine.offset - probes.other_sample->offset).count())};
        const Seconds delay = std::max(mine.delay, probes.other_sample->delay);
        if (apart < std::max(families_alike, delay * share_of_delay)) return;
        find(Kind::family_asymmetry,
             fmt::format("{} is {} apart between IPv4 and IPv6: one of its paths takes {} longer "
                         "one way than back",
                         printable(candidate.source.as_written), spell(apart), spell(2 * apart)),
             "prefer servers without that path; NTP cannot see such an asymmetry");
    }

    void look_at_spoofs() {
        const int servers = count([](const Candidate& candidate) {
            return std::ranges::count(candidate.series.rejections, Rejection::bogus_origin) > 0;
        });
        if (servers == 0) return;
        find(Kind::spoofed,
             fmt::format("answers to what was never asked came in the name of {} server{}: "
                         "somebody guesses, or a server is broken",
                         servers, servers == 1 ? "" : "s"),
             "such answers are ignored; NTS makes sure");
    }

    std::span<const Candidate> candidates_;
    std::span<const PathProbes> probes_;
    std::vector<PathFinding> findings_;
};

}  // namespace

std::string_view to_string(PathFinding::Kind kind) {
    switch (kind) {
        case Kind::nothing_resolves:
            return "nothing_resolves";
        case Kind::blocked:
            return "blocked";
        case Kind::port_123_needed:
            return "port_123_needed";
        case Kind::port_123_blocked:
            return "port_123_blocked";
        case Kind::answers_from_elsewhere:
            return "answers_from_elsewhere";
        case Kind::large_filtered:
            return "large_filtered";
        case Kind::key_exchange_blocked:
            return "key_exchange_blocked";
        case Kind::intercepted:
            return "intercepted";
        case Kind::whole_seconds:
            return "whole_seconds";
        case Kind::ipv6_broken:
            return "ipv6_broken";
        case Kind::family_asymmetry:
            return "family_asymmetry";
        case Kind::spoofed:
            return "spoofed";
    }
    return "blocked";
}

std::vector<PathFinding> diagnose(std::span<const Candidate> candidates,
                                  std::span<const PathProbes> probes) {
    return Examination(candidates, probes).run();
}

}  // namespace clockwright
