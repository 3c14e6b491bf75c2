#include <algorithm>
#include <array>
#include <set>
#include <tuple>

#include "publish/prometheus.h"

namespace clockwright {
namespace {

using View = const MetricsView&;
using Server = const MetricsServer&;
using Value = std::optional<double>;

constexpr auto counter = MetricKind::counter;
constexpr auto gauge = MetricKind::gauge;

double epoch_seconds(WallTime at) {
    return Seconds(at.time_since_epoch()).count();
}

const ClockVerdict& verdict_of(View view) {
    return view.snapshot.status.verdict;
}

bool is_demonstrated(View view) {
    return view.fresh && verdict_of(view).demonstrated;
}

const DaemonTracking* tracking_of(View view) {
    const auto& state = view.snapshot.status.facts.state;
    return state ? &state->tracking : nullptr;
}

/// Of the error bound's terms; empty when the daemon does not tell.
Value term(View view, Seconds ErrorBound::* member) {
    const auto& bound = verdict_of(view).bound;
    return bound ? Value(((*bound).*member).count()) : std::nullopt;
}

Value when_agreed(View view, Seconds Consensus::* member) {
    const Consensus& consensus = view.snapshot.scan.consensus;
    return consensus.majority ? Value((consensus.*member).count()) : std::nullopt;
}

Value stat(Server server, Seconds ServerStats::* member) {
    const auto& stats = server.row.assessment.stats;
    return stats ? Value(((*stats).*member).count()) : std::nullopt;
}

void condition_line(View view, MetricText& text) {
    text.sample(1, labels_text({{"daemon", view.snapshot.status.daemon_word()},
                                {"condition", verdict_of(view).condition}}));
}

void verdict_lines(View view, MetricText& text) {
    for (auto verdict = Verdict::unreachable; verdict <= Verdict::system_peer;
         verdict = static_cast<Verdict>(static_cast<int>(verdict) + 1)) {
        const auto count =
            std::ranges::count(view.snapshot.scan.rows, verdict,
                               [](const auto& row) { return row.assessment.verdict; });
        text.sample(static_cast<double>(count), labels_text({{"verdict", to_string(verdict)}}));
    }
}

void culprit_lines(View view, MetricText& text) {
    for (const auto culprit :
         {Culprit::nobody, Culprit::server, Culprit::host, Culprit::path, Culprit::unknown}) {
        text.sample(view.snapshot.blame.culprit == culprit ? 1 : 0,
                    labels_text({{"culprit", to_string(culprit)}}));
    }
}

void alert_lines(View view, MetricText& text) {
    std::set<std::string> seen;
    for (const Alert& alert : view.snapshot.alerts) {
        std::string labels = labels_text({{"rule", alert.rule},
                                          {"subject", alert.subject},
                                          {"severity", to_string(alert.severity)},
                                          {"state", to_string(alert.state)},
                                          {"silenced", alert.silenced ? "true" : "false"}});
        if (seen.insert(labels).second) text.sample(1, labels);
    }
}

void alert_count_lines(View view, MetricText& text) {
    for (const auto severity :
         {AlertSeverity::info, AlertSeverity::warning, AlertSeverity::critical}) {
        const auto firing = std::ranges::count_if(view.snapshot.alerts, [&](const Alert& alert) {
            return alert.state == AlertState::firing && alert.severity == severity;
        });
        text.sample(static_cast<double>(firing), labels_text({{"severity", to_string(severity)}}));
    }
}

void mode_line(View view, MetricText& text) {
    text.sample(1, labels_text({{"mode", view.snapshot.mode}, {"apply", view.snapshot.apply}}));
}

constexpr auto table = std::to_array<Metric>({
    {"demonstrated", "", gauge,
     "1 when it is demonstrated how wrong this clock may be at most, else 0.",
     [](View view) -> Value { return is_demonstrated(view) ? 1 : 0; }},
    {"bound_seconds", "seconds", gauge,
     "UTC is within this of the clock, under the stated condition; only while demonstrated.",
     [](View view) -> Value {
         if (!is_demonstrated(view)) return std::nullopt;
         const auto bound = bound_after(verdict_of(view), view.now - view.snapshot.at);
         return bound ? Value(bound->count()) : std::nullopt;
     }},
    {"offset_seconds", "seconds", gauge,
     "What must be added to the clock, as its daemon has it; above 0 the clock is slow.",
     [](View view) { return term(view, &ErrorBound::offset); }},
    {"root_delay_seconds", "seconds", gauge, "Round trip to the primary source; half of it counts.",
     [](View view) { return term(view, &ErrorBound::root_delay); }},
    {"root_dispersion_seconds", "seconds", gauge,
     "Error that gathered on the way from the primary source.",
     [](View view) { return term(view, &ErrorBound::root_dispersion); }},
    {"condition_info", "", gauge, "What the bound holds under, in words; 1.", nullptr, nullptr,
     condition_line},
    {"daemon_up", "", gauge, "1 when the time daemon answers.",
     [](View view) -> Value { return verdict_of(view).reachable ? 1 : 0; }},
    {"synchronised", "", gauge, "1 when the time daemon says that it follows a source.",
     [](View view) -> Value {
         const auto* tracking = tracking_of(view);
         return tracking != nullptr && tracking->synchronised() ? 1 : 0;
     }},
    {"stratum", "", gauge, "Steps from a reference clock.",
     [](View view) -> Value {
         const auto* tracking = tracking_of(view);
         if (tracking == nullptr || !tracking->synchronised()) return std::nullopt;
         return tracking->stratum;
     }},
    {"frequency_ppm", "ppm", gauge,
     "Correction of the oscillator, parts per million; above 0 it is sped up.",
     [](View view) -> Value {
         const auto* tracking = tracking_of(view);
         if (tracking == nullptr || !tracking->frequency) return std::nullopt;
         return tracking->frequency->value;
     }},
    {"last_update_timestamp_seconds", "seconds", gauge, "When the daemon last corrected the clock.",
     [](View view) -> Value {
         const auto* tracking = tracking_of(view);
         if (tracking == nullptr || !tracking->synchronised() || !tracking->bound_known)
             return std::nullopt;
         return epoch_seconds(tracking->reference_time);
     }},
    {"sources", "", gauge, "Sources the daemon lists.",
     [](View view) -> Value {
         const auto& state = view.snapshot.status.facts.state;
         return state ? Value(static_cast<double>(state->sources.size())) : std::nullopt;
     }},
    {"sources_answering", "", gauge, "Of these, sources that answer.",
     [](View view) -> Value { return verdict_of(view).voting; }},
    {"sources_agreeing", "", gauge, "Of these, sources of the daemon's majority.",
     [](View view) -> Value { return verdict_of(view).agreeing; }},
    {"sources_authenticated", "", gauge, "Of these, sources authenticated by NTS.",
     [](View view) -> Value {
         const auto& count = verdict_of(view).authenticated;
         return count ? Value(*count) : std::nullopt;
     }},

    {"consensus_majority", "", gauge, "1 when most of the watched servers agree.",
     [](View view) -> Value { return view.snapshot.scan.consensus.majority ? 1 : 0; }},
    {"consensus_offset_seconds", "seconds", gauge,
     "What must be added to the clock, as the watched servers have it.",
     [](View view) { return when_agreed(view, &Consensus::offset); }},
    {"consensus_bound_seconds", "seconds", gauge, "How far the consensus may be off.",
     [](View view) { return when_agreed(view, &Consensus::bound); }},
    {"consensus_agreeing", "", gauge, "Watched servers that agree.",
     [](View view) -> Value { return view.snapshot.scan.consensus.agreeing; }},
    {"consensus_judged", "", gauge, "Watched servers that could be judged.",
     [](View view) -> Value { return view.snapshot.scan.consensus.judged; }},
    {"servers", "", gauge, "Watched servers, by verdict.", nullptr, nullptr, verdict_lines},
    {"culprit", "", gauge, "1 for who is wrong: a server, this host, the path, nobody, unknown.",
     nullptr, nullptr, culprit_lines},

    {"server_up", "", gauge, "1 when the server answered the last poll.", nullptr,
     [](Server server) -> Value {
         if (server.watched == nullptr || server.watched->polls == 0) return std::nullopt;
         return (server.watched->reach & 1U) != 0 ? 1 : 0;
     }},
    {"server_truechimer", "", gauge, "1 when the server tells the time as the majority does.",
     nullptr,
     [](Server server) -> Value { return is_truechimer(server.row.assessment.verdict) ? 1 : 0; }},
    {"server_chosen", "", gauge, "1 when the server is of the set that would be configured now.",
     nullptr, [](Server server) -> Value { return server.row.assessment.chosen ? 1 : 0; }},
    {"server_offset_seconds", "seconds", gauge,
     "What must be added to this clock, as the server has it.", nullptr,
     [](Server server) { return stat(server, &ServerStats::offset); }},
    {"server_error_seconds", "seconds", gauge,
     "The server's offset less the consensus: what it is off by, whatever this clock does.", nullptr,
     [](Server server) -> Value {
         if (server.watched == nullptr || !server.watched->error) return std::nullopt;
         return server.watched->error->count();
     }},
    {"server_delay_seconds", "seconds", gauge, "Least round trip to the server.", nullptr,
     [](Server server) -> Value {
         if (is_asked_by_daemon(server.watched)) return std::nullopt;
         return stat(server, &ServerStats::delay_min);
     }},
    {"server_jitter_seconds", "seconds", gauge, "Standard deviation of the server's offsets.",
     nullptr, [](Server server) { return stat(server, &ServerStats::jitter); }},
    {"server_root_distance_seconds", "seconds", gauge,
     "How far the server's time may be off at most, by its own words and the way to it.", nullptr,
     [](Server server) { return stat(server, &ServerStats::root_distance); }},
    {"server_expected_error_seconds", "seconds", gauge, "What servers are chosen by.", nullptr,
     [](Server server) { return stat(server, &ServerStats::expected_error); }},
    {"server_stratum", "", gauge, "The server's steps from a reference clock.", nullptr,
     [](Server server) -> Value {
         const auto& stats = server.row.assessment.stats;
         return stats ? Value(stats->stratum) : std::nullopt;
     }},
    {"server_reach_ratio", "ratio", gauge, "Share of the last eight polls that were answered.",
     nullptr,
     [](Server server) -> Value {
         if (server.watched == nullptr || server.watched->polls == 0) return std::nullopt;
         return server.watched->reach_share();
     }},
    {"server_polls_total", "", counter, "Polls of the server.", nullptr,
     [](Server server) -> Value {
         return server.watched != nullptr ? Value(server.watched->polls) : std::nullopt;
     }},
    {"server_lost_polls_total", "", counter, "Polls of the server without a valid answer.", nullptr,
     [](Server server) -> Value {
         return server.watched != nullptr ? Value(server.watched->lost) : std::nullopt;
     }},
    {"server_last_sample_timestamp_seconds", "seconds", gauge, "The server's last valid answer.",
     nullptr,
     [](Server server) -> Value {
         if (server.watched == nullptr || !server.watched->last) return std::nullopt;
         return epoch_seconds(*server.watched->last);
     }},
    {"server_authenticated", "", gauge, "1 when the server's time is authenticated by NTS.", nullptr,
     [](Server server) -> Value {
         const auto& nts = server.row.candidate.nts;
         return nts && nts->failure == NtsFailure::none ? 1 : 0;
     }},
    {"server_certificate_expiry_timestamp_seconds", "seconds", gauge,
     "When the certificate of the server's key exchange ends.", nullptr,
     [](Server server) -> Value {
         const auto& nts = server.row.candidate.nts;
         if (!nts || nts->not_after == WallTime{}) return std::nullopt;
         return epoch_seconds(nts->not_after);
     }},

    {"alert", "", gauge, "An alert that is pending or firing; 1.", nullptr, nullptr, alert_lines},
    {"alerts_firing", "", gauge, "Alerts that are firing, by severity.", nullptr, nullptr,
     alert_count_lines},

    {"agent_mode_info", "", gauge, "How the agent watches, and whether it applies; 1.", nullptr,
     nullptr, mode_line},
    {"agent_start_timestamp_seconds", "seconds", gauge, "When the agent started.",
     [](View view) -> Value { return epoch_seconds(view.snapshot.began); }},
    {"agent_last_cycle_timestamp_seconds", "seconds", gauge, "When the last cycle was complete.",
     [](View view) -> Value { return epoch_seconds(view.snapshot.at); }},
    {"agent_cycle_seconds", "seconds", gauge, "Time from one cycle to the next.",
     [](View view) -> Value { return view.snapshot.cycle.count(); }},
    {"agent_cycles_total", "", counter, "Cycles since the agent started.",
     [](View view) -> Value { return static_cast<double>(view.snapshot.cycles); }},
    {"agent_packets_sent_total", "", counter, "NTP packets sent since the agent started.",
     [](View view) -> Value { return static_cast<double>(view.snapshot.packets_sent); }},
    {"agent_record_up", "", gauge, "1 when the record is being written.",
     [](View view) -> Value { return view.snapshot.record_fault.empty() ? 1 : 0; }},
    {"agent_records_waiting", "", gauge, "Rows kept in memory because the record is not written.",
     [](View view) -> Value { return static_cast<double>(view.snapshot.records_waiting); }},
    {"agent_plan_proposed", "", gauge, "1 when a plan waits for a person.",
     [](View view) -> Value { return view.snapshot.proposal ? 1 : 0; }},
});

}  // namespace

std::span<const Metric> own_metrics() {
    return table;
}

}  // namespace clockwright
