#include "judge/fitness.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "time/spell.h"

namespace clockwright {
namespace {

constexpr std::uint32_t kiss_deny = 0x44454e59;
constexpr std::uint32_t kiss_rstr = 0x52535452;
constexpr std::uint32_t refid_locl = 0x4c4f434c;
constexpr std::uint32_t refid_local_driver = 0x7f7f0100;  // 127.127.1.x
constexpr Seconds max_distance{3};
constexpr Seconds max_jitter{1};
constexpr double max_loss = 0.30;
constexpr int unsynchronised_stratum = 16;

/// How much a rejection tells about the server; more beats less.
int informativeness(Rejection rejection) {
    switch (rejection) {
        case Rejection::time_out:
            return 0;
        case Rejection::unresolved:
            return 1;
        case Rejection::refused:
            return 2;
        case Rejection::duplicate:
        case Rejection::wrong_source:
        case Rejection::bogus_origin:
        case Rejection::unauthenticated:
            return 3;  // anybody may have sent these
        case Rejection::forbidden_address:
        case Rejection::malformed:
        case Rejection::wrong_version:
        case Rejection::wrong_mode:
        case Rejection::zero_timestamp:
        case Rejection::bad_interval:
        case Rejection::too_late:
            return 4;
        case Rejection::nts_nak:
        case Rejection::loop:
            return 5;
        case Rejection::unsynchronised:
        case Rejection::bad_root:
            return 6;
        case Rejection::kiss:
            return 7;
    }
    std::unreachable();
}

Verdict verdict_of(Rejection rejection) {
    switch (rejection) {
        case Rejection::time_out:
        case Rejection::refused:
        case Rejection::unresolved:
        case Rejection::unauthenticated:
        case Rejection::nts_nak:
            return Verdict::unreachable;
        case Rejection::kiss:
            return Verdict::denied;
        case Rejection::unsynchronised:
        case Rejection::bad_root:
            return Verdict::unsynchronised;
        default:
            return Verdict::malformed;
    }
}

std::string kiss_reason(std::uint32_t kiss) {
    return kiss == 0 ? "kiss code" : "kiss code " + refid_text(kiss, 0);
}

Unfit without_sample(const Series& series) {
    const auto most = std::ranges::max_element(series.rejections, {}, informativeness);
    const Rejection rejection = most == series.rejections.end() ? Rejection::time_out : *most;
    if (rejection == Rejection::time_out) {
        return {Verdict::unreachable,
                fmt::format("no answer to {} probe{}", series.sent, series.sent == 1 ? "" : "s")};
    }
    return {verdict_of(rejection), std::string(describe(rejection))};
}

std::string nts_reason(const NtsReport& report) {
    return fmt::format("{}: {}", describe(report.failure), report.why);
}

bool is_unsynchronised(const ServerStats& stats) {
    return stats.leap == Leap::unsynchronised || stats.stratum < 1 ||
           stats.stratum >= unsynchronised_stratum;
}

}  // namespace

std::optional<Unfit> unfitness(const Candidate& candidate, const std::optional<ServerStats>& stats,
                               int max_stratum) {
    const Series& series = candidate.series;
    if (candidate.not_asked) {
        const bool forbidden = candidate.not_asked == Rejection::forbidden_address;
        return Unfit{forbidden ? Verdict::malformed : Verdict::unreachable,
                     candidate.not_asked_why.empty() ? std::string(describe(*candidate.not_asked))
                                                     : candidate.not_asked_why};
    }
    if (series.kiss == kiss_deny || series.kiss == kiss_rstr || (series.kiss != 0 && !stats)) {
        return Unfit{Verdict::denied, kiss_reason(series.kiss)};
    }
    if (!stats && candidate.nts && candidate.nts->failure != NtsFailure::none) {
        return Unfit{Verdict::unreachable, nts_reason(*candidate.nts)};
    }
    if (!stats) {
        return without_sample(series);
    }
    if (is_unsynchronised(*stats)) {
        return Unfit{Verdict::unsynchronised, std::string(describe(Rejection::unsynchronised))};
    }
    if (serves_own_clock(*stats) && candidate.address && candidate.address->is_public()) {
        return Unfit{Verdict::unsynchronised, "a public server that serves its own clock"};
    }
    if (stats->stratum > max_stratum) {
        return Unfit{Verdict::too_distant,
                     fmt::format("stratum {} is above {}", stats->stratum, max_stratum)};
    }
    if (!(stats->root_distance < max_distance)) {
        return Unfit{Verdict::too_distant,
                     fmt::format("root distance {} is not below {}", spell(stats->root_distance),
                                 spell(max_distance))};
    }
    if (!(stats->jitter < max_jitter)) {
        return Unfit{Verdict::too_jittery, fmt::format("jitter {} is not below {}",
                                                       spell(stats->jitter), spell(max_jitter))};
    }
    if (stats->loss >= max_loss) {
        return Unfit{Verdict::too_jittery, fmt::format("{} of {} probes lost",
                                                       stats->sent - stats->received, stats->sent)};
    }
    return std::nullopt;
}

bool serves_own_clock(int stratum, std::uint32_t refid) {
    const bool is_text = stratum == 1;
    return (is_text && refid == refid_locl) || (refid & 0xffffff00) == refid_local_driver;
}

bool serves_own_clock(const ServerStats& stats) {
    return serves_own_clock(stats.stratum, stats.refid);
}

}  // namespace clockwright
