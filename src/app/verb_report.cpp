#include <fmt/format.h>

#include <algorithm>

#include "app/agent_files.h"
#include "app/exit_code.h"
#include "app/leap_source.h"
#include "app/output.h"
#include "app/report_ground.h"
#include "app/report_output.h"
#include "app/verbs.h"
#include "app/verified_chain.h"
#include "publish/compliance_report.h"
#include "store/sqlite_history.h"
#include "system/clock.h"
#include "system/local_host.h"
#include "system/user_file.h"
#include "time/spell.h"

namespace clockwright::app {
namespace {

using namespace std::chrono_literals;

constexpr auto still_written = 10s;  // a look may be in one of record and chain only

struct Chosen {
    ComplianceProfile profile;
    ComplianceLimit limit;
};

/// NAME, NAME/LIMIT, FILE or FILE#LIMIT; the first limit where none is named.
Result<Chosen> choose(std::string text) {
    if (text.empty()) text = "own/50ms";
    const bool is_file = text.contains(".toml");
    const std::size_t cut = text.find(is_file ? '#' : '/');
    const std::string name = text.substr(0, cut);
    std::optional<ComplianceProfile> profile;
    if (is_file) {
        const std::string content = TRY(system::read_file(name));
        profile = TRY(parse_compliance_profile(name, content));
    } else {
        const auto& known = compliance_profiles();
        const auto found = std::ranges::find(known, name, &ComplianceProfile::name);
        if (found == known.end())
            return fail(Fault::usage, "no profile is called \"" + printable(name) +
                                          "\" (see clockwright report profiles)");
        profile = *found;
    }
    if (cut == std::string::npos) return Chosen{*profile, profile->limits.front()};
    const std::string limit = text.substr(cut + 1);
    const auto found = std::ranges::find(profile->limits, limit, &ComplianceLimit::name);
    if (found == profile->limits.end())
        return fail(Fault::usage, "profile " + printable(name) + " has no limit \"" +
                                      printable(limit) + "\" (see clockwright report profiles)");
    return Chosen{*profile, *found};
}

Result<Period> period_of(const HistoryCommand& command, WallTime now) {
    Period period{command.from.value_or(now - 24h), command.to.value_or(now)};
    if (command.since) period.from = now - to_nanoseconds(*command.since);
    // What has not been yet has not been measured.
    period.to = std::min(period.to, now);
    if (period.to <= period.from)
        return fail(Fault::usage, "the period ends before it begins, or lies in the future");
    return period;
}

/// What the chain says of the looks, from where retention has left them all in the record.
ChainAnswer borne_out(const Context& context, std::span<const ClockRow> looks, Period period,
                      WallTime raw_since) {
    const bool cut = period.from < raw_since;
    if (cut) period.from = raw_since;
    ChainComparison comparison(looks, period);
    const auto chain =
        verified_chain(context.config, {}, [&](std::string_view text) { comparison.add(text); });
    ChainAnswer answer = comparison.answer();
    if (cut) answer.since = raw_since;
    if (chain) {
        answer.head = chain->end.head;
        answer.records = chain->end.records;
    } else {
        answer.fault = printable(chain.error().message);
        answer.damaged = chain.error().fault != Fault::not_permitted &&
                         !store::chain_files(agent_directory(context.config)).empty();
    }
    return answer;
}

/// The end of a leap second within a day of the period, or where the table no longer tells.
std::optional<WallTime> leap_about(const Period& period) {
    const LeapTable leaps = leap_table(system::LocalHost{});
    const auto half = (period.to - period.from) / 2;
    const WallTime middle = period.from + half;
    const auto known = leaps.leap_within(middle, half + 24h);
    return known ? known : leaps.untold_within(middle, half + 24h);
}

Result<ComplianceReport> make_report(const Context& context) {
    Chosen chosen = TRY(choose(context.command.report.profile));
    const WallTime now = system::read_clocks().wall;
    const Period period = TRY(period_of(context.command.history, now));
    const auto history = TRY(open_record(context.config));
    ComplianceReport report;
    report.host = system::host_name();
    report.made_at = now;
    const auto looks = TRY(looks_of(history, period));
    report.finding = hold_to_limit(looks, period, chosen.limit.held());
    remark_removed(context, period, now, report.remarks);
    report.events = TRY(told_events(history, period));
    report.sources = sources_of(TRY(samples_of(history, period, report.remarks)));
    report.changes = changes_of(context, period, report.remarks);
    report.leap = leap_about(period);
    report.chain =
        borne_out(context, looks, {period.from, std::min(period.to, now - still_written)},
                  TRY(history.raw_since()));
    report.profile = std::move(chosen.profile);
    report.limit = std::move(chosen.limit);
    return report;
}

std::string as_told(const ComplianceReport& report, const Command& command) {
    if (command.json) return compliance_json(report);
    if (command.report.format == "csv") return compliance_csv(report);
    return rendered(compliance_document(report), command.report.format);
}

}  // namespace

Result<int> run_report(const Context& context) {
    const std::string& word = context.command.report.word;
    if (word == "verify") return report_verify(context);
    if (word == "change") return report_change(context);
    if (word == "daily" || word == "weekly" || word == "drift" || word == "maintenance")
        return report_period(context);
    if (word == "profiles") {
        print_result(context.command, context.command.json ? profiles_json(compliance_profiles())
                                                           : profiles_text(compliance_profiles()));
        return exit_done;
    }
    return deliver(context, as_told(TRY(make_report(context)), context.command));
}

}  // namespace clockwright::app
