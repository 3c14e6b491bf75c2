#include "ntp/nts_result.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <string>
#include <utility>

namespace clockwright::ntp {
namespace {

std::string packets(int count) {
    return count == 1 ? std::string("1 packet") : fmt::format("{} packets", count);
}

/// What became of packets that nobody answered; empty when somebody answered one.
std::string why_silent(const Series& series, const std::string& where) {
    const auto refused = std::ranges::count(series.rejections, Rejection::refused);
    const auto lost = std::ranges::count(series.rejections, Rejection::time_out);
    if (refused + lost < std::ssize(series.rejections)) {
        return {};
    }
    if (refused > 0) {
        return fmt::format("{} to {}, and the host or the way to it says that nobody listens there",
                           packets(series.sent), where);
    }
    return fmt::format(
        "{} to {} {} lost: NTS makes them longer than 48 octets, and some networks drop such "
        "packets",
        packets(series.sent), where, series.sent == 1 ? "was" : "were");
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
        report.why = fmt::format("{} came from {} to {} request{}", session.unauthenticated(),
                                 where, series.sent, series.sent == 1 ? "" : "s");
    } else if (std::string why = why_silent(series, where); !why.empty()) {
        report.failure = NtsFailure::no_answer;
        report.why = std::move(why);
    }
}

}  // namespace clockwright::ntp
