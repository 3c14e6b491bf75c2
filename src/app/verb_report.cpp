#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <climits>

#include "app/agent_files.h"
#include "app/exit_code.h"
#include "app/output.h"
#include "app/verbs.h"
#include "publish/compliance_report.h"
#include "store/audit_chain.h"
#include "store/journal.h"
#include "store/sqlite_history.h"
#include "system/act_as.h"
#include "system/clock.h"
#include "system/digest.h"
#include "system/local_host.h"
#include "system/user_file.h"
#include "time/spell.h"

namespace clockwright::app {
namespace {

using namespace std::chrono_literals;

constexpr int most_samples = 1'000'000;

/// What an auditor must hear of; what servers did is none of it.
constexpr std::array<std::string_view, 11> told_kinds{
    "step",    "suspend", "pause",  "frequency",     "clocksource", "hands",
    "restart", "agent",   "daemon", "configuration", "rtc_set"};

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

/// A journal that is closed to this user is a gap in the evidence, and is told as one.
void add_changes(const Context& context, const Period& period, ComplianceReport& report) {
    const auto journal = store::Journal::open_to_read(context.config.state.directory);
    const auto changes = journal ? journal->changes() : std::unexpected(journal.error());
    if (!changes) {
        report.remarks.push_back(
            "The journal of changes is not in this report: " + changes.error().message + ".");
        return;
    }
    for (const store::Change& change : *changes)
        if (change.at >= period.from && change.at < period.to)
            report.changes.push_back(
                {change.at, change.id, change.by, change.reason,
                 change.outcome ? std::string(to_string(*change.outcome)) : "unfinished"});
}

Result<ComplianceReport> make_report(const Context& context) {
    Chosen chosen = TRY(choose(context.command.report.profile));
    const WallTime now = system::read_clocks().wall;
    const Period period = TRY(period_of(context.command.history, now));
    const auto history = TRY(open_record(context.config));
    ComplianceReport report;
    report.host = system::host_name();
    report.made_at = now;
    const HistoryQuery query{
        .from = period.from - 1h, .to = period.to, .server = {}, .limit = INT_MAX};
    const auto looks = TRY(history.clock(query));
    report.finding = hold_to_limit(looks, period, chosen.limit.held());
    HistoryQuery within = query;
    within.from = period.from;
    for (EventRow& event : TRY(history.events(within)))
        if (std::ranges::find(told_kinds, event.kind) != told_kinds.end())
            report.events.push_back(std::move(event));
    within.limit = most_samples;
    const auto samples = TRY(history.samples(within));
    if (samples.size() == static_cast<std::size_t>(most_samples))
        report.remarks.emplace_back("Of the samples only the newest million are counted.");
    report.sources = sources_of(samples);
    add_changes(context, period, report);
    report.profile = std::move(chosen.profile);
    report.limit = std::move(chosen.limit);
    return report;
}

std::string rendered(const ComplianceReport& report, const Command& command) {
    if (command.json) return compliance_json(report);
    if (command.report.format == "csv") return compliance_csv(report);
    const Document document = compliance_document(report);
    if (command.report.format == "markdown") return document_markdown(document);
    if (command.report.format == "html") return document_html(document);
    return document_text(document);
}

Result<int> verify(const Context& context) {
    const std::string place = agent_directory(context.config);
    const auto owner = TRY(system::ActAsOwner::of(place));
    const auto files = TRY(store::chain_files(place));
    if (files.empty()) return fail("there is no audit chain: the agent writes it");
    const auto end = TRY(store::verify_chain(files, system::sha256_hex, context.command.expect));
    print_result(context.command,
                 context.command.json
                     ? fmt::format("{{\"records\": {}, \"head\": \"{}\"}}\n", end.records, end.head)
                     : fmt::format("The audit chain is whole: {} records in {} files.\nHead: {}\n"
                                   "Keep the head elsewhere: report verify --expect finds what was "
                                   "cut off after it.\n",
                                   end.records, files.size(), end.head));
    return exit_done;
}

}  // namespace

Result<int> run_report(const Context& context) {
    if (context.command.report.word == "verify") return verify(context);
    if (context.command.report.word == "profiles") {
        print_result(context.command, profiles_text(compliance_profiles()));
        return exit_done;
    }
    print_result(context.command, rendered(TRY(make_report(context)), context.command));
    return exit_done;
}

}  // namespace clockwright::app
