#include "publish/history_report.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "publish/table.h"
#include "time/spell.h"
#include "version.h"

namespace clockwright {
namespace {

std::string spelled(const std::optional<Seconds>& interval) {
    return interval ? spell_signed(*interval) : "-";
}

std::string dashed(const std::string& text) {
    return text.empty() ? "-" : printable(text);
}

std::string plural(std::size_t count, std::string_view thing) {
    return fmt::format("{} {}{}", count, thing, count == 1 ? "" : "s");
}

/// "12 runs from … to …", with what the limit left out.
template <class Row>
std::string span_of(const std::vector<Row>& rows, std::string_view thing, bool limited) {
    return fmt::format("{} from {} to {}{}", plural(rows.size(), thing), rfc3339(rows.front().at),
                       rfc3339(rows.back().at),
                       limited ? " (the newest; --limit N shows more)" : "");
}

/// "3 applied, 1 proposed".
std::string counted(const std::map<std::string, int>& counts) {
    std::vector<std::string> parts;
    for (const auto& [what, count] : counts) parts.push_back(fmt::format("{} {}", count, what));
    return printable(fmt::format("{}", fmt::join(parts, ", ")));
}

std::string nothing(std::string_view things) {
    return fmt::format("No {} recorded in that time.\nNext: clockwright history clock --since 7d\n",
                       things);
}

}  // namespace

std::string runs_text(const std::vector<RunRow>& rows, bool limited) {
    if (rows.empty()) return nothing("runs");
    std::map<std::string, int> outcomes;
    Table table({{"time"},
                 {"took", Align::right},
                 {"servers", Align::right},
                 {"packets", Align::right},
                 {"error", Align::right},
                 {"gain", Align::right},
                 {"outcome", Align::left, 18}});
    for (const RunRow& row : rows) {
        ++outcomes[row.outcome];
        table.add({rfc3339(row.at), spell(row.took), std::to_string(row.candidates),
                   std::to_string(row.packets),
                   row.expected_error ? spell(*row.expected_error) : "-",
                   row.gain ? fmt::format("{:.0f} %", *row.gain * 100) : "-", dashed(row.outcome)});
        std::string remark = printable(fmt::format("{}", fmt::join(row.chosen, ", ")));
        if (!row.reason.empty()) remark += (remark.empty() ? "" : "; ") + printable(row.reason);
        if (!row.plan.empty()) remark += fmt::format(" [plan {}]", printable(row.plan));
        if (!remark.empty()) table.remark(remark);
    }
    return wrap(fmt::format("{}: {}.", span_of(rows, "run", limited), counted(outcomes)), 0) +
           table.text() + "Next: clockwright history changes\n";
}

std::string samples_text(const std::vector<SampleRow>& rows, bool limited) {
    if (rows.empty()) return nothing("samples");
    std::set<std::string> servers;
    std::size_t lost = 0;
    const SampleRow* worst = nullptr;
    Table table({{"time"},
                 {"server", Align::left, 26},
                 {"offset", Align::right},
                 {"error", Align::right},
                 {"delay", Align::right},
                 {"st", Align::right}});
    for (const SampleRow& row : rows) {
        servers.insert(row.server);
        lost += row.offset ? 0 : 1;
        if (row.error && (!worst || std::abs(row.error->count()) > std::abs(worst->error->count())))
            worst = &row;
        table.add(
            {rfc3339(row.at), dashed(row.server),
             row.offset ? spelled(row.offset) : dashed(row.lost), spelled(row.error),
             row.delay ? spell(*row.delay) : "-", row.stratum ? std::to_string(*row.stratum) : "-"},
            row.offset ? Tone::plain : Tone::warning);
    }
    std::string first = fmt::format("{} of {}: {} lost", span_of(rows, "sample", limited),
                                    plural(servers.size(), "server"), lost);
    if (worst)
        first += fmt::format("; the largest error {} ({})", spell_signed(*worst->error),
                             printable(worst->server));
    return wrap(first + ".", 0) + table.text() + "Next: clockwright history export --format csv\n";
}

std::string clock_text(const std::vector<ClockRow>& rows, bool limited) {
    if (rows.empty())
        return "No look at this clock recorded in that time.\n"
               "Next: clockwright status\n";
    std::size_t demonstrated = 0;
    std::optional<Seconds> bound;
    Table table({{"time"},
                 {"offset", Align::right},
                 {"bound", Align::right},
                 {"frequency", Align::right},
                 {"agreeing", Align::right},
                 {"st", Align::right}});
    for (const ClockRow& row : rows) {
        demonstrated += row.demonstrated ? 1 : 0;
        if (row.bound) bound = std::max(bound.value_or(*row.bound), *row.bound);
        table.add({rfc3339(row.at), spelled(row.offset), row.bound ? spell_bound(*row.bound) : "-",
                   row.frequency ? fmt::format("{:+.3f} ppm", row.frequency->value) : "-",
                   row.judged > 0 ? fmt::format("{}/{}", row.agreeing, row.judged) : "-",
                   row.stratum > 0 ? std::to_string(row.stratum) : "-"},
                  row.demonstrated ? Tone::plain : Tone::warning);
    }
    std::string first = fmt::format("{} at this clock: {} of {} demonstrated",
                                    span_of(rows, "look", limited), demonstrated, rows.size());
    if (bound) first += fmt::format(", the largest bound {}", spell_bound(*bound));
    return wrap(first + ".", 0) + table.text() +
           fmt::format("Next: clockwright history at {}\n", rfc3339(rows.back().at));
}

std::string verdicts_text(const std::vector<VerdictRow>& rows, bool limited) {
    if (rows.empty()) return nothing("verdicts");
    std::map<std::string, int> verdicts;
    Table table({{"time"}, {"server", Align::left, 30}, {"verdict", Align::left, 14}});
    for (const VerdictRow& row : rows) {
        const std::string verdict(to_string(row.verdict));
        ++verdicts[verdict];
        table.add({rfc3339(row.at), dashed(row.server), verdict},
                  is_truechimer(row.verdict) ? Tone::plain : Tone::warning);
        if (!row.reason.empty()) table.remark(printable(row.reason));
    }
    return wrap(fmt::format("{}: {}.", span_of(rows, "verdict", limited), counted(verdicts)), 0) +
           table.text() + "Next: clockwright history samples --server HOST\n";
}

std::string events_text(const std::vector<EventRow>& rows, bool limited) {
    if (rows.empty()) return nothing("events");
    std::map<std::string, int> kinds;
    Table table({{"time"},
                 {"kind", Align::left, 14},
                 {"subject", Align::left, 26},
                 {"size", Align::right}});
    for (const EventRow& row : rows) {
        ++kinds[row.kind];
        table.add({rfc3339(row.at), dashed(row.kind),
                   row.subject.empty() ? "this host" : printable(row.subject), spelled(row.size)});
        if (!row.text.empty()) table.remark(printable(row.text));
    }
    return wrap(fmt::format("{}: {}.", span_of(rows, "event", limited), counted(kinds)), 0) +
           table.text() + fmt::format("Next: clockwright history at {}\n", rfc3339(rows.back().at));
}

std::string alerts_text(const std::vector<AlertRow>& rows, bool limited) {
    if (rows.empty()) return nothing("alerts");
    std::map<std::string, int> states;
    Table table({{"time"},
                 {"state", Align::left, 10},
                 {"severity", Align::left, 10},
                 {"rule", Align::left, 18},
                 {"subject", Align::left, 18}});
    for (const AlertRow& row : rows) {
        ++states[std::string(to_string(row.state))];
        table.add({rfc3339(row.at), std::string(to_string(row.state)),
                   std::string(to_string(row.severity)), dashed(row.rule),
                   row.subject.empty() ? "this host" : printable(row.subject)},
                  row.state == AlertState::firing ? Tone::bad : Tone::plain);
        if (!row.text.empty()) table.remark(printable(row.text));
    }
    return wrap(fmt::format("{}: {}.", span_of(rows, "alert change", limited), counted(states)),
                0) +
           table.text() + fmt::format("Next: clockwright history at {}\n", rfc3339(rows.back().at));
}

std::string rows_json(std::string_view kind, const std::vector<Fields>& rows) {
    std::string out = fmt::format("{{\n  \"clockwright\": \"{}\",\n  \"{}\": [", version, kind);
    for (const Fields& row : rows)
        out += (&row == &rows.front() ? "\n    " : ",\n    ") + json_line(row);
    return out + (rows.empty() ? "]\n}\n" : "\n  ]\n}\n");
}

}  // namespace clockwright
