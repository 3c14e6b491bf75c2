#include "publish/front_page.h"

#include <fmt/format.h>

#include <string>
#include <string_view>

#include "publish/api_routes.h"
#include "publish/escape.h"
#include "publish/http_reply.h"
#include "time/spell.h"
#include "version.h"

namespace clockwright {
namespace {

std::string cells(std::string_view tag, std::initializer_list<std::string_view> texts) {
    std::string row = "<tr>";
    for (const std::string_view text : texts)
        row += fmt::format("<{0}>{1}</{0}>", tag, escape_html(text));
    return row + "</tr>\n";
}

std::string servers_html(const Snapshot& snapshot) {
    std::string table = "<table>\n" + cells("th", {"server", "verdict", "error", "delay", "why"});
    for (std::size_t i = 0; i < snapshot.scan.rows.size(); ++i) {
        const ScanRow& row = snapshot.scan.rows[i];
        const WatchedServer* watched = snapshot.watch_of(i);
        const auto& stats = row.assessment.stats;
        const bool told = stats && !is_asked_by_daemon(watched);
        table +=
            cells("td", {row.candidate.source.as_written, to_string(row.assessment.verdict),
                         watched != nullptr && watched->error ? spell_signed(*watched->error)
                                                              : std::string("–"),
                         told ? spell(stats->delay_min) : std::string("–"), row.assessment.reason});
    }
    return table + "</table>\n";
}

std::string alerts_html(const Snapshot& snapshot) {
    if (snapshot.alerts.empty()) return "<p>No alert.</p>\n";
    std::string table = "<table>\n" + cells("th", {"severity", "state", "since", "what"});
    for (const Alert& alert : snapshot.alerts)
        table += cells("td", {to_string(alert.severity), to_string(alert.state),
                              rfc3339(alert.since), alert.text});
    return table + "</table>\n";
}

std::string links_html() {
    std::string list = "<ul>\n";
    for (const Route& route : routes()) {
        if (route.path == "/") continue;
        list += fmt::format("<li><a href=\"{0}\">{0}</a> {1}</li>\n", route.path,
                            escape_html(route.summary));
    }
    return list + "</ul>\n";
}

}  // namespace

HttpResponse answer_front_page(const ApiCall& call) {
    const Snapshot* snapshot = call.view.snapshot;
    std::string page =
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head><meta charset=\"utf-8\">"
        "<title>Clockwright</title></head>\n<body>\n<h1>Clockwright</h1>\n";
    if (snapshot == nullptr) {
        page += "<p>The agent has not finished its first cycle.</p>\n";
    } else {
        page += fmt::format("<p><strong>{}</strong></p>\n<p>Cycle of {}{}.</p>\n",
                            escape_html(snapshot->status.verdict.sentence), rfc3339(snapshot->at),
                            is_stale(*snapshot, call.view.now.wall)
                                ? "; the cycles have stopped since, nothing here is of now"
                                : "");
        if (!snapshot->blame.sentence.empty())
            page += "<p>" + escape_html(snapshot->blame.sentence) + "</p>\n";
        page += "<h2>Alerts</h2>\n" + alerts_html(*snapshot);
        page += "<h2>Servers</h2>\n<p>" + escape_html(consensus_text(snapshot->scan.consensus)) +
                "</p>\n" + servers_html(*snapshot);
    }
    page += "<h2>API</h2>\n" + links_html() +
            fmt::format("<p>Clockwright {}</p>\n</body>\n</html>\n", version);
    return reply(200, "text/html; charset=utf-8", std::move(page));
}

}  // namespace clockwright
