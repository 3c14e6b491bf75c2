#include "ntp/nts_result.h"

#include <fmt/format.h>

#include <algorithm>

namespace clockwright::ntp {
namespace {

bool was_silent(const Series& series) {
    return std::ranges::all_of(series.rejections, [](Rejection rejection) {
        return rejection == Rejection::time_out || rejection == Rejection::refused;
    });
}

}  // namespace

void complete_report(NtsReport& report, const NtsSession& session, const Series& series,
                     const Endpoint& asked) {
    report.cookies = static_cast<int>(session.keys().cookies.size());
    if (session.authenticated() > 0 || series.sent == 0) {
        return;
    }
    const std::string where = to_string(asked);
    if (session.nak_seen()) {
        report.failure = NtsFailure::nak;
        report.why = fmt::format("{} refuses the cookies of its key exchange", where);
    } else if (session.unauthenticated() > 0) {
        report.failure = NtsFailure::unauthenticated;
        report.why = fmt::format("{} came from {} to {} requests", session.unauthenticated(), where,
                                 series.sent);
    } else if (was_silent(series)) {
        report.failure = NtsFailure::no_answer;
        report.why = fmt::format(
            "{} packets to {} were lost: NTS makes them longer than 48 octets, and some networks "
            "drop such packets",
            series.sent, where);
    }
}

}  // namespace clockwright::ntp
