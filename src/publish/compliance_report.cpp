#include "publish/compliance_report.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <utility>

#include "publish/table.h"
#include "time/spell.h"
#include "time/spell_up.h"
#include "version.h"

namespace clockwright {
namespace {

using Json = nlohmann::ordered_json;

/// Hundredths of a per cent, downwards: what speaks for the clock is never rounded up.
double share_down(Seconds part, const Period& period) {
    return period.length() > Seconds{0} ? std::floor(part / period.length() * 10'000) / 100 : 0;
}

Json number(const std::optional<Seconds>& interval) {
    return interval ? Json(interval->count()) : Json(nullptr);
}

std::string cell(const std::optional<Seconds>& interval) {
    return interval ? fmt::format("{}", interval->count()) : std::string{};
}

std::string_view answer_of(const StandingStretch& stretch) {
    if (!stretch.recorded) return "not recorded";
    switch (stretch.standing) {
        case Standing::within:
            return "within";
        case Standing::beyond:
            return "beyond";
        case Standing::not_demonstrated:
            break;
    }
    return "not demonstrated";
}

Section regime(const ComplianceReport& report) {
    const ComplianceProfile& profile = report.profile;
    Section section{"Regime", {}, DocumentTable{{"", ""}, {}}};
    auto& rows = section.table->rows;
    rows.push_back(
        {"profile", profile.name + "/" + report.limit.name + ", version " + profile.version});
    rows.push_back({"text", profile.title + " (" + profile.jurisdiction + ")"});
    rows.push_back({"for", report.limit.who});
    rows.push_back({"limit", report.limit.limit ? spell(*report.limit.limit) : "no number"});
    rows.push_back({"how known", report.limit.mark + "; " + profile.source});
    if (profile.valid_from) rows.push_back({"in force from", rfc3339(*profile.valid_from)});
    if (profile.valid_to) rows.push_back({"in force until", rfc3339(*profile.valid_to)});
    rows.push_back({"it asks for", profile.evidence});
    rows.push_back({"to be kept", profile.retention});
    section.paragraphs.emplace_back(
        "What follows was measured. Whether it satisfies a law or a contract is for those to say "
        "who answer for it.");
    return section;
}

Section stretches(const ComplianceReport& report) {
    Section section{"Breaches, doubts and gaps", {}, {}};
    DocumentTable table{{"from", "to", "answer", "greatest bound", "greatest offset"}, {}};
    for (const StandingStretch& stretch : report.finding.stretches) {
        if (stretch.recorded && stretch.standing == Standing::within) continue;
        const auto& [bound, offset] = std::pair(stretch.most_bound, stretch.most_offset);
        table.rows.push_back({rfc3339(stretch.period.from), rfc3339(stretch.period.to),
                              std::string(answer_of(stretch)),
                              bound ? "±" + spell_bound(*bound) : "-",
                              offset ? spell(*offset) : "-"});
    }
    if (table.rows.empty()) {
        section.paragraphs.emplace_back("None.");
    } else {
        section.table = std::move(table);
    }
    return section;
}

Section budget(const ComplianceReport& report) {
    Section section{"Error budget", {}, DocumentTable{{"term", "contributes"}, {}}};
    const auto& bounds = report.finding.bounds;
    auto& rows = section.table->rows;
    const auto told = [&](double Distribution::* member) {
        return bounds ? "±" + spell_bound(Seconds{(*bounds).*member}) : std::string("-");
    };
    rows.push_back({"bound, median", told(&Distribution::median)});
    rows.push_back({"bound, 95 %", told(&Distribution::p95)});
    rows.push_back({"bound, 99 %", told(&Distribution::p99)});
    rows.push_back({"bound, greatest", told(&Distribution::most)});
    rows.push_back({"the bound has in it",
                    "|offset|, root dispersion, half the root delay, growth since the update and "
                    "until the next look"});
    rows.push_back({"reference of the servers to UTC", "not recorded: their operators' to state"});
    rows.push_back(
        {"time stamping by the application", "not recorded: the application's to state"});
    return section;
}

Section audit_chain(const ChainAnswer& chain) {
    Section section{"Audit chain", {chain_statement(chain)}, {}};
    if (chain.fault.empty())
        section.paragraphs.push_back(
            fmt::format("Its head, record {}: {}", chain.records, chain.head));
    section.paragraphs.emplace_back(
        "Who is root on this host can write another record and another chain, and neither shows "
        "it: only a head that was kept elsewhere since does (clockwright report verify --expect), "
        "or one that was signed by a key that is not here.");
    return section;
}

/// What an auditor asks for (rule P-5) that no record of a clock can hold.
Section checklist() {
    return {"Once a year, by a person",
            {"[ ] policy and design document; the exact point of time stamping and its constancy",
             "[ ] inventory of clocks with the class of each",
             "[ ] evidence for each server's reference: certificate, calibration, receiver log",
             "[ ] breaches above: systems affected, and what was done",
             "[ ] a test that alarms arrive: clockwright alert test",
             "[ ] a copy of the record that nobody can write to"},
            {}};
}

void add_validity(const ComplianceReport& report, std::vector<std::string>& statement) {
    const Period& period = report.finding.period;
    const auto& [from, to] = std::pair(report.profile.valid_from, report.profile.valid_to);
    if (from && period.from < *from)
        statement.push_back(fmt::format(
            "The regime is in force from {}: before that it asks for nothing.", rfc3339(*from)));
    if (to && period.to > *to)
        statement.push_back(
            fmt::format("The regime is no longer in force since {}.", rfc3339(*to)));
}

void add_smear(const ComplianceReport& report, std::vector<std::string>& statement) {
    const auto smearing = report.forbidden_smear();
    if (smearing.empty()) return;
    std::string text = fmt::format(
        "{} {} leap seconds, which a limit below 1 s forbids: about one this clock is up to 1 s "
        "from UTC, whatever its bound says.",
        fmt::join(smearing, ", "), smearing.size() == 1 ? "smears" : "smear");
    if (report.leap)
        text += fmt::format(" One ended, or may have, at {}: nothing is concluded.",
                            rfc3339(*report.leap));
    statement.push_back(std::move(text));
}

Json chain_json(const ChainAnswer& chain) {
    if (!chain.fault.empty()) return {{"fault", chain.fault}, {"head", nullptr}};
    return {{"fault", nullptr},
            {"head", chain.head},
            {"records", chain.records},
            {"looks", chain.looks},
            {"same", chain.same},
            {"changed", chain.changed},
            {"added", chain.added},
            {"gone", chain.gone},
            {"since", chain.since ? Json(rfc3339(*chain.since)) : Json(nullptr)}};
}

}  // namespace

std::vector<std::string> ComplianceReport::forbidden_smear() const {
    std::vector<std::string> names;
    if (limit.held() >= Seconds{1}) return names;
    // Where no daemon follows any, those count that the agent asks.
    const bool followed = std::ranges::any_of(sources, &EvidenceSource::by_daemon);
    for (const EvidenceSource& source : sources)
        if (source.by_daemon == followed && source.smear != Smear::none &&
            source.smear != Smear::unknown &&
            std::ranges::find(names, printable(source.name)) == names.end())
            names.push_back(printable(source.name));
    return names;
}

bool ComplianceReport::concluded() const {
    return finding.concluded() && !chain.contradicts() && !(leap && !forbidden_smear().empty());
}

std::vector<std::string> compliance_statement(const ComplianceReport& report) {
    const ComplianceFinding& finding = report.finding;
    const Period& period = finding.period;
    std::vector<std::string> statement;
    if (!report.limit.limit)
        statement.push_back("The regime names no number; the bound is held against " +
                            spell(report.limit.held()) + ".");
    const Seconds limit = report.limit.held();
    statement.push_back(fmt::format(
        "The measured bound stayed within {} for {:.2f} % of the period ({} of {}).", spell(limit),
        share_down(finding.within, period), spell_age(finding.within), spell_age(period.length())));
    const auto breaches = std::ranges::count_if(finding.stretches, [](const auto& stretch) {
        return stretch.recorded && stretch.standing == Standing::beyond;
    });
    statement.push_back(fmt::format(
        "Beyond it for certain: {} ({} breach{}). Not demonstrated: {}. Not recorded: {}.",
        spell_age_up(finding.beyond), breaches, breaches == 1 ? "" : "es",
        spell_age_up(finding.not_demonstrated), spell_age_up(finding.unrecorded)));
    statement.push_back(fmt::format(
        "Until the next look a bound grows by {:.2g} ppm, {}.", finding.drift.value,
        finding.drift_recorded ? "by how the rate strayed within an hour of the record"
                               : "for want of a record of the rate that is long enough"));
    statement.push_back(chain_statement(report.chain));
    if (!finding.concluded())
        statement.push_back(fmt::format(
            "Looks cover {:.2f} % of the period only: nothing is concluded about the whole.",
            share_down(period.length() - finding.unrecorded, period)));
    add_smear(report, statement);
    add_validity(report, statement);
    for (const std::string& remark : report.remarks) statement.push_back(remark);
    return statement;
}

Document compliance_document(const ComplianceReport& report) {
    const Period& period = report.finding.period;
    Document document;
    document.title = "Evidence on the clock of " + report.host;
    document.sections.push_back({fmt::format("{} to {}", rfc3339(period.from), rfc3339(period.to)),
                                 compliance_statement(report),
                                 {}});
    document.sections.push_back(regime(report));
    document.sections.push_back(stretches(report));
    document.sections.push_back(happenings_section(report.events));
    document.sections.push_back(sources_section(report.sources));
    document.sections.push_back(budget(report));
    document.sections.push_back(changes_section(report.changes));
    document.sections.push_back(audit_chain(report.chain));
    document.sections.push_back(checklist());
    document.sections.push_back(
        {"Made by", {fmt::format("Clockwright {} at {}", version, rfc3339(report.made_at))}, {}});
    return document;
}

std::string compliance_json(const ComplianceReport& report) {
    const ComplianceFinding& finding = report.finding;
    Json json;
    json["clockwright"] = version;
    json["host"] = report.host;
    json["made_at"] = rfc3339(report.made_at);
    json["from"] = rfc3339(finding.period.from);
    json["to"] = rfc3339(finding.period.to);
    json["profile"] = {{"name", report.profile.name},
                       {"limit", report.limit.name},
                       {"version", report.profile.version},
                       {"mark", report.limit.mark},
                       {"source", report.profile.source}};
    json["limit_seconds"] = number(report.limit.limit);
    json["within_seconds"] = finding.within.count();
    json["beyond_seconds"] = finding.beyond.count();
    json["not_demonstrated_seconds"] = finding.not_demonstrated.count();
    json["not_recorded_seconds"] = finding.unrecorded.count();
    json["coverage"] = finding.coverage();
    json["concluded"] = report.concluded();
    json["drift_ppm"] = finding.drift.value;
    json["drift_recorded"] = finding.drift_recorded;
    json["bound_most_seconds"] = finding.bounds ? Json(finding.bounds->most) : Json(nullptr);
    json["bound_p99_seconds"] = finding.bounds ? Json(finding.bounds->p99) : Json(nullptr);
    json["statement"] = compliance_statement(report);
    json["audit_chain"] = chain_json(report.chain);
    json["stretches"] = Json::array();
    for (const StandingStretch& stretch : finding.stretches)
        json["stretches"].push_back({{"from", rfc3339(stretch.period.from, true)},
                                     {"to", rfc3339(stretch.period.to, true)},
                                     {"answer", answer_of(stretch)},
                                     {"bound_most_seconds", number(stretch.most_bound)},
                                     {"offset_most_seconds", number(stretch.most_offset)}});
    json["events"] = Json::array();
    for (const EventRow& event : report.events)
        json["events"].push_back({{"at", rfc3339(event.at, true)},
                                  {"kind", event.kind},
                                  {"text", event.text},
                                  {"size_seconds", number(event.size)}});
    json["sources"] = Json::array();
    for (const EvidenceSource& source : report.sources)
        json["sources"].push_back(
            {{"server", source.name},
             {"address", source.address},
             {"public", source.is_public},
             {"operator", source.operator_name},
             {"stratum", source.stratum ? Json(*source.stratum) : Json(nullptr)},
             {"smear", to_string(source.smear)},
             {"followed", source.by_daemon},
             {"polls", source.polls},
             {"answered", source.answered},
             {"authenticated", source.authenticated}});
    json["changes"] = Json::array();
    for (const EvidenceChange& change : report.changes)
        json["changes"].push_back({{"at", rfc3339(change.at)},
                                   {"id", change.id},
                                   {"by", change.by},
                                   {"reason", change.reason},
                                   {"outcome", change.outcome}});
    return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

std::string compliance_csv(const ComplianceReport& report) {
    std::string text = "from,to,answer,bound_most_seconds,offset_most_seconds\r\n";
    for (const StandingStretch& stretch : report.finding.stretches)
        text += fmt::format("{},{},{},{},{}\r\n", rfc3339(stretch.period.from, true),
                            rfc3339(stretch.period.to, true), answer_of(stretch),
                            cell(stretch.most_bound), cell(stretch.most_offset));
    return text;
}

std::string profiles_text(const std::vector<ComplianceProfile>& profiles) {
    Table table({{"profile/limit", Align::left, 30},
                 {"limit", Align::right},
                 {"known", Align::left, 12},
                 {"for", Align::left, 30}});
    for (const ComplianceProfile& profile : profiles)
        for (const ComplianceLimit& limit : profile.limits)
            table.add({profile.name + "/" + limit.name, limit.limit ? spell(*limit.limit) : "-",
                       limit.mark, limit.who});
    return table.text() + "Next: clockwright report compliance --profile NAME/LIMIT\n";
}

std::string profiles_json(const std::vector<ComplianceProfile>& profiles) {
    Json rows = Json::array();
    for (const ComplianceProfile& profile : profiles) {
        Json limits = Json::array();
        for (const ComplianceLimit& limit : profile.limits)
            limits.push_back({{"limit", limit.name},
                              {"limit_seconds", number(limit.limit)},
                              {"known", limit.mark},
                              {"for", limit.who}});
        rows.push_back({{"profile", profile.name},
                        {"title", profile.title},
                        {"jurisdiction", profile.jurisdiction},
                        {"version", profile.version},
                        {"limits", std::move(limits)}});
    }
    return Json{{"clockwright", version}, {"profiles", std::move(rows)}}.dump(
               2, ' ', false, Json::error_handler_t::replace) +
           "\n";
}

}  // namespace clockwright
