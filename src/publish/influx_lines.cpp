#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <utility>

#include "publish/influx.h"

namespace clockwright {
namespace {

using Value = InfluxPoint::Value;

Value whole(auto number) {
    return static_cast<std::int64_t>(number);
}

/// Lines of which no two are one point to the database, as those of one series and moment are: a
/// moment that was used goes on by a nanosecond.
class DistinctLines {
  public:
    std::string operator()(const InfluxPoint& point, WallTime at) {
        while (!used_.emplace(point.series(), at).second) at += std::chrono::nanoseconds{1};
        return point.line(at);
    }

  private:
    std::set<std::pair<std::string, WallTime>> used_;
};

/// A row as the user's database is to have it.
struct RowLine {
    std::string_view host;
    DistinctLines& line;

    InfluxPoint begin(std::string_view measurement) const {
        InfluxPoint point(measurement);
        point.tag("host", host);
        return point;
    }

    std::string operator()(const SampleRow& row) const {
        InfluxPoint point = begin("clockwright_server");
        point.tag("server", row.server).tag("address", row.address);
        point.field("offset_seconds", row.offset).field("error_seconds", row.error);
        point.field("delay_seconds", row.delay).field("root_distance_seconds", row.root_distance);
        if (row.stratum) point.field("stratum", whole(*row.stratum));
        point.field("lost", Value(!row.offset));
        point.field("authenticated", Value(row.authenticated));
        return line(point, row.at);
    }
    std::string operator()(const ClockRow& row) const {
        InfluxPoint point = begin("clockwright_clock");
        point.tag("daemon", row.daemon);
        point.field("offset_seconds", row.offset).field("bound_seconds", row.bound);
        if (row.frequency) point.field("frequency_ppm", Value(row.frequency->value));
        point.field("demonstrated", Value(row.demonstrated));
        point.field("stratum", whole(row.stratum)).field("agreeing", whole(row.agreeing));
        point.field("judged", whole(row.judged));
        point.field("consensus_seconds", row.consensus);
        return line(point, row.at);
    }
    std::string operator()(const VerdictRow& row) const {
        InfluxPoint point = begin("clockwright_verdict");
        point.tag("server", row.server);
        point.field("verdict", Value(std::string(to_string(row.verdict))));
        point.field("reason", Value(row.reason));
        return line(point, row.at);
    }
    std::string operator()(const EventRow& row) const {
        InfluxPoint point = begin("clockwright_event");
        point.tag("kind", row.kind).tag("subject", row.subject);
        point.field("text", Value(row.text)).field("size_seconds", row.size);
        return line(point, row.at);
    }
    std::string operator()(const AlertRow& row) const {
        InfluxPoint point = begin("clockwright_alert");
        point.tag("rule", row.rule).tag("subject", row.subject);
        point.tag("severity", to_string(row.severity));
        point.field("state", Value(std::string(to_string(row.state))));
        point.field("text", Value(row.text));
        return line(point, row.at);
    }
    std::string operator()(const RunRow& row) const {
        InfluxPoint point = begin("clockwright_run");
        point.field("outcome", Value(row.outcome)).field("reason", Value(row.reason));
        point.field("candidates", whole(row.candidates)).field("packets", whole(row.packets));
        return line(point, row.at);
    }
};

std::string ntp_monitor_line(const Record& record, std::string_view host, DistinctLines& line) {
    const auto* row = std::get_if<SampleRow>(&record);
    if (row == nullptr || !row->offset) return {};
    InfluxPoint point("ntp_metrics");
    point.tag("host", host).tag("server", row->server).tag("address", row->address);
    point.field("offset_ms", Value(row->offset->count() * 1e3));
    if (row->delay) point.field("delay_ms", Value(row->delay->count() * 1e3));
    return line(point, row->at);
}

std::string_view leap_status(Leap leap) {
    switch (leap) {
        case Leap::none:
            return "normal";
        case Leap::insert:
            return "insert second";
        case Leap::remove:
            return "delete second";
        case Leap::unsynchronised:
            break;
    }
    return "not synchronized";
}

/// Signs are chrony's: its offset and frequency tell what the clock is off by.
std::string tracking_line(const DaemonTracking& tracking, WallTime at, std::string_view host) {
    InfluxPoint point("chrony");
    point.tag("host", host).tag("leap_status", leap_status(tracking.leap));
    point.tag("reference_id", fmt::format("{:08X}", tracking.refid));
    point.tag("stratum", std::to_string(tracking.stratum));
    point.field("system_time", tracking.offset).field("last_offset", -tracking.last_offset);
    point.field("rms_offset", tracking.rms_offset);
    if (tracking.frequency) point.field("frequency", Value(-tracking.frequency->value));
    if (tracking.skew) point.field("skew", Value(tracking.skew->value));
    point.field("root_delay", tracking.root_delay);
    point.field("root_dispersion", tracking.root_dispersion);
    point.field("update_interval", tracking.update_interval);
    return point.line(at);
}

/// chrony's six states of `sources` in telegraf's words; selectdata's letters fall into them as
/// chrony's own report has them (sources.c).
std::string_view source_state(char letter) {
    switch (letter) {
        case '*':
            return "sync";
        case 'x':
            return "falseticker";
        case '~':
            return "jittery";
        case '+':
            return "candidate";
        case '-':
        case 'D':
        case 'w':
        case 'W':
        case 'P':
            return "outlier";
        default:
            return "unreach";
    }
}

std::string source_line(const DaemonSource& source, const std::string& name, std::size_t index,
                        WallTime at, std::string_view host) {
    InfluxPoint point("chrony_sources");
    point.tag("host", host).tag("peer", name);
    point.field("index", whole(index));
    if (source.address) point.field("ip", Value(to_string(*source.address)));
    point.field("poll", whole(source.poll)).field("stratum", whole(source.stratum));
    point.field("state", Value(std::string(source_state(source.state))));
    point.field("reachability", whole(source.reach));
    if (source.last_sample) {
        point.field("sample", whole(source.last_sample->count()));
        point.field("latest_measurement", -source.offset);
        point.field("latest_measurement_error", source.error);
    }
    return point.line(at);
}

/// Milliseconds, and reach as its octal digits, as `ntpq -p` shows them.
std::string peer_line(const DaemonSource& source, const std::string& name, WallTime at,
                      std::string_view host) {
    InfluxPoint point("ntpq");
    point.tag("host", host).tag("remote", name);
    point.tag("stratum", std::to_string(source.stratum));
    if (source.state != ' ') point.tag("state_prefix", std::string(1, source.state));
    point.field("poll", whole(std::int64_t{1} << std::clamp(source.poll, 0, 17)));
    point.field("reach", whole(std::stoi(fmt::format("{:o}", source.reach))));
    if (source.last_sample) {
        point.field("offset", Value(source.offset.count() * 1e3));
        point.field("when", whole(source.last_sample->count()));
    }
    return point.line(at);
}

/// The source's name; of several with one name, as the members of a pool, the address.
std::string distinct_name(const DaemonSource& source, const std::vector<DaemonSource>& all) {
    const bool shared = std::ranges::count(all, source.name, &DaemonSource::name) > 1;
    return shared && source.address ? to_string(*source.address) : source.name;
}

}  // namespace

std::string influx_lines(std::span<const Record> rows, InfluxSchema schema, std::string_view host) {
    std::string lines;
    DistinctLines line;
    for (const Record& row : rows) {
        lines += schema == InfluxSchema::ntp_monitor ? ntp_monitor_line(row, host, line)
                                                     : std::visit(RowLine{host, line}, row);
    }
    return lines;
}

std::string influx_lines(const Snapshot& snapshot, InfluxSchema schema, std::string_view host) {
    const auto& state = snapshot.status.facts.state;
    if (!state || schema == InfluxSchema::ntp_monitor) return {};
    if (state->kind != DaemonKind::chrony && state->kind != DaemonKind::ntpsec) return {};
    const bool chrony = state->kind == DaemonKind::chrony;
    std::string lines = chrony ? tracking_line(state->tracking, snapshot.at, host) : std::string{};
    for (std::size_t i = 0; i < state->sources.size(); ++i) {
        const DaemonSource& source = state->sources[i];
        const std::string name = distinct_name(source, state->sources);
        lines += chrony ? source_line(source, name, i, snapshot.at, host)
                        : peer_line(source, name, snapshot.at, host);
    }
    return lines;
}

}  // namespace clockwright
