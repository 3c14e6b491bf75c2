#include "publish/provenance_report.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "publish/json_text.h"
#include "publish/table.h"
#include "time/spell.h"

namespace clockwright {
namespace {

template <class Value>
std::optional<Value> null_when(bool missing, const Value& value) {
    return missing ? std::nullopt : std::optional(value);
}

std::string place_of_row(const ProvenanceRow& row) {
    if (row.file.empty()) return "no file";
    return row.line > 0 ? fmt::format("{}:{}", row.file, row.line) : row.file;
}

}  // namespace

std::string daemon_line(const DaemonPresence& daemon) {
    std::vector<std::string> words;
    if (!daemon.installed) words.emplace_back("no unit");
    if (daemon.masked) {
        words.emplace_back("masked");
    } else if (daemon.installed) {
        words.emplace_back(daemon.enabled ? "enabled" : "not enabled");
        if (daemon.yields) words.emplace_back("gives way to another");
    }
    if (daemon.program) {
        words.push_back(fmt::format("runs (pid {})", daemon.program->pid));
        words.emplace_back(daemon.program->steers() ? "sets the clock" : "only watches");
    } else {
        words.emplace_back("does not run");
    }
    return printable(fmt::format("{}: {}", daemon.unit, fmt::join(words, ", ")));
}

std::string daemons_json(const std::vector<DaemonPresence>& daemons, int depth) {
    JsonArray elements(depth);
    for (const DaemonPresence& daemon : daemons) {
        JsonObject object(depth + 1);
        object.add("daemon", to_string(daemon.kind));
        object.add("unit", daemon.unit);
        object.add("installed", daemon.installed);
        object.add("enabled", daemon.enabled);
        object.add("masked", daemon.masked);
        object.add("running", daemon.program.has_value());
        object.add("pid", daemon.program ? std::optional(daemon.program->pid) : std::nullopt);
        object.add("sets_the_clock", daemon.program && daemon.program->steers());
        elements.add(object);
    }
    return std::move(elements).text();
}

std::string provenance_text(const std::vector<ProvenanceRow>& rows, bool colour) {
    if (rows.empty()) return {};
    Table table({{"named", Align::left, 21},
                 {"", Align::left, 13},
                 {"by", Align::left, 13},
                 {"in", Align::left, 27}});
    for (const ProvenanceRow& row : rows) {
        table.add({printable(row.source), row.effect, row.origin, printable(place_of_row(row))},
                  row.lost() ? Tone::warning : Tone::plain);
        if (row.lost()) table.remark(printable(row.why));
    }
    return table.text(colour);
}

std::string provenance_json(const std::vector<ProvenanceRow>& rows, int depth) {
    JsonArray elements(depth);
    for (const ProvenanceRow& row : rows) {
        JsonObject object(depth + 1);
        object.add("source", row.source);
        object.add("file", null_when(row.file.empty(), row.file));
        object.add("line", null_when(row.line == 0, row.line));
        object.add("origin", row.origin);
        object.add("effect", row.effect);
        object.add("why", null_when(row.why.empty(), row.why));
        elements.add(object);
    }
    return std::move(elements).text();
}

}  // namespace clockwright
