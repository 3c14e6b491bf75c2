#include "publish/nts_text.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <optional>
#include <string_view>
#include <vector>

#include "publish/json_text.h"
#include "time/spell.h"

namespace clockwright {
namespace {

std::string day(WallTime at) {
    return rfc3339(at).substr(0, 10);
}

std::optional<std::string> unless_empty(const std::string& text) {
    return text.empty() ? std::nullopt : std::optional(text);
}

std::optional<std::string> instant(WallTime at) {
    return at == WallTime{} ? std::nullopt : std::optional(rfc3339(at));
}

}  // namespace

std::string nts_text(const NtsReport& report) {
    std::string text = "NTS: ";
    if (report.failure != NtsFailure::none) {
        text += report.why.empty() ? std::string(describe(report.failure)) : printable(report.why);
    } else {
        text += fmt::format("{}, {} cookie{} left", algorithm_name(report.algorithm),
                            report.cookies, report.cookies == 1 ? "" : "s");
    }
    if (!report.subject.empty()) {
        text +=
            fmt::format("; certificate of {} by {}, {} to {}", printable(report.subject),
                        printable(report.issuer), day(report.not_before), day(report.not_after));
    }
    return text;
}

std::string certificate_end(const NtsReport& report, WallTime now) {
    if (report.not_after == WallTime{} || report.not_after - now > certificate_warning) return {};
    const Seconds left = report.not_after - now;
    if (left <= Seconds{0})
        return fmt::format("its certificate ended on {}", day(report.not_after));
    return fmt::format("its certificate ends in {} ({})", spell_age(left), day(report.not_after));
}

std::string nts_json(const NtsReport& report, int depth) {
    const bool failed = report.failure != NtsFailure::none;
    JsonObject object(depth);
    object.add("failure", failed ? std::optional(describe(report.failure)) : std::nullopt);
    object.add("why", failed ? unless_empty(report.why) : std::nullopt);
    object.add("server", unless_empty(report.server));
    object.add("port", report.port);
    object.add("algorithm", report.algorithm == 0
                                ? std::nullopt
                                : std::optional(algorithm_name(report.algorithm)));
    object.add("cookies", report.cookies);
    object.add("subject", unless_empty(report.subject));
    object.add("issuer", unless_empty(report.issuer));
    object.add("not_before", instant(report.not_before));
    object.add("not_after", instant(report.not_after));
    return object.text();
}

std::string nts_fault(const DaemonSource& source, bool asked) {
    const bool secure = source.authentication == Authentication::nts;
    if (asked && source.authentication && !secure)
        return "its line asks for NTS, and it is not authenticated";
    if (!source.nts) return {};
    const NtsState& nts = *source.nts;
    if (nts.nak) return "NTS: the server does not know the daemon's cookies (NTS NAK)";
    if (nts.cookies > 0) return {};
    if (nts.failed_exchanges == 0) return "NTS: no cookie is left";
    return fmt::format("NTS: no cookie is left and {} key exchange{} failed", nts.failed_exchanges,
                       nts.failed_exchanges == 1 ? "" : "s");
}

std::string effective_options(const DaemonSource& source) {
    std::vector<std::string_view> options;
    if (source.noselect.value_or(false)) options.emplace_back("noselect");
    if (source.prefer.value_or(false)) options.emplace_back("prefer");
    if (source.trust.value_or(false)) options.emplace_back("trust");
    if (source.require.value_or(false)) options.emplace_back("require");
    return fmt::format("{}", fmt::join(options, " "));
}

}  // namespace clockwright
