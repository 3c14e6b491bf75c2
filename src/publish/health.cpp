#include "publish/health.h"

#include <algorithm>
#include <optional>

#include "daemon/daemon_kind.h"
#include "publish/api_routes.h"
#include "publish/http_reply.h"
#include "publish/json_text.h"
#include "time/spell.h"

namespace clockwright {
namespace {

std::optional<std::string> when(const std::optional<WallTime>& at) {
    return at ? std::optional(rfc3339(*at)) : std::nullopt;
}

std::optional<double> count_of(const std::optional<Seconds>& value) {
    return value ? std::optional(value->count()) : std::nullopt;
}

std::optional<double> age_of(const ApiCall& call) {
    if (call.view.snapshot == nullptr) return std::nullopt;
    return Seconds(call.view.now.wall - call.view.snapshot->at).count();
}

/// The clock as the last cycle found it; all empty while nothing is known.
struct ClockTold {
    std::optional<Seconds> offset, bound;
    std::optional<double> frequency;
    std::optional<int> stratum;
    std::optional<std::string_view> leap, classification;
    std::optional<WallTime> last_sync;
    bool running = false, synchronised = false, demonstrated = false;
};

ClockTold clock_told(const ApiCall& call) {
    ClockTold told;
    const Snapshot* snapshot = call.view.snapshot;
    if (snapshot == nullptr) return told;
    const ClockVerdict& verdict = snapshot->status.verdict;
    told.running = verdict.reachable;
    told.demonstrated = verdict.demonstrated;
    if (verdict.bound) told.offset = verdict.bound->offset;
    told.bound = bound_after(verdict, call.view.now.wall - snapshot->at);
    if (told.bound) {
        told.classification = classify(*told.bound, call.view.classes);
    }
    if (const auto& state = snapshot->status.facts.state) {
        const DaemonTracking& tracking = state->tracking;
        if (tracking.frequency) told.frequency = tracking.frequency->value;
        told.leap = to_string(tracking.leap);
        told.synchronised = tracking.synchronised();
        if (told.synchronised) told.stratum = tracking.stratum;
        if (told.synchronised && tracking.bound_known) told.last_sync = tracking.reference_time;
    }
    return told;
}

std::string service_json(const ApiCall& call, const ClockTold& told, int depth) {
    const Snapshot* snapshot = call.view.snapshot;
    JsonObject service(depth);
    service.add("daemon", snapshot ? std::optional(snapshot->status.daemon_word()) : std::nullopt);
    service.add("name", snapshot ? std::optional(snapshot->status.facts.daemon) : std::nullopt);
    service.add("running", told.running);
    service.add("synchronised", told.synchronised);
    service.add("stratum", told.stratum);
    service.add("leap", told.leap);
    return service.text();
}

std::string last_sync_json(const ApiCall& call, const ClockTold& told, int depth) {
    if (!told.last_sync) return "null";
    JsonObject sync(depth);
    sync.add("at", rfc3339(*told.last_sync));
    sync.add("age_seconds", Seconds(call.view.now.wall - *told.last_sync).count());
    return sync.text();
}

std::string drift_json(const ClockTold& told, int depth) {
    JsonObject drift(depth);
    drift.add("offset_seconds", count_of(told.offset));
    drift.add("bound_seconds", count_of(told.bound));
    drift.add("classification", told.classification);
    drift.add("frequency_ppm", told.frequency);
    return drift.text();
}

bool is_pressing(const Alert& alert) {
    return alert.state == AlertState::firing && !alert.silenced &&
           alert.severity != AlertSeverity::info;
}

std::string_view sentence_of(const ApiCall& call, Health health) {
    const Snapshot* snapshot = call.view.snapshot;
    if (snapshot == nullptr) return "The agent has not finished its first cycle.";
    if (health == Health::error) return "The agent's cycles have stopped: nothing is known of now.";
    return snapshot->status.verdict.sentence;
}

std::string problems_json(const Snapshot* snapshot, int depth) {
    JsonArray problems(depth);
    if (snapshot != nullptr) {
        for (const Alert& alert : snapshot->alerts) {
            if (is_pressing(alert)) problems.add_json(json_string(alert.text));
        }
    }
    return std::move(problems).text();
}

}  // namespace

std::string_view classify(Seconds bound, const HealthClasses& classes) {
    if (bound < classes.excellent) return "excellent";
    if (bound < classes.good) return "good";
    if (bound < classes.acceptable) return "acceptable";
    return bound < classes.poor ? "poor" : "critical";
}

std::string_view to_string(Health health) {
    switch (health) {
        case Health::healthy:
            return "healthy";
        case Health::warning:
            return "warning";
        case Health::degraded:
            return "degraded";
        case Health::error:
            break;
    }
    return "error";
}

Health health_of(const Snapshot* snapshot, WallTime now, const HealthClasses& classes) {
    if (snapshot == nullptr || is_stale(*snapshot, now)) return Health::error;
    const ClockVerdict& verdict = snapshot->status.verdict;
    if (!verdict.demonstrated || !verdict.bound) return Health::degraded;
    const std::string_view word = classify(verdict.bound->total(), classes);
    if (word == "critical") return Health::degraded;
    const bool alarmed = std::ranges::any_of(snapshot->alerts, is_pressing);
    return word == "poor" || verdict.stale || alarmed ? Health::warning : Health::healthy;
}

HttpResponse answer_health(const ApiCall& call) {
    const Snapshot* snapshot = call.view.snapshot;
    const bool fresh = snapshot != nullptr && !is_stale(*snapshot, call.view.now.wall);
    JsonObject health(0);
    health.add("status", fresh ? "ok" : snapshot == nullptr ? "starting" : "stale");
    health.add("age_seconds", age_of(call));
    health.add("cycles", snapshot ? snapshot->cycles : 0);
    return json_reply(health.text() + "\n", fresh ? 200 : 503);
}

HttpResponse answer_ready(const ApiCall& call) {
    const bool measured = call.view.snapshot != nullptr;
    const bool recorded = call.view.history != nullptr;
    JsonObject ready(0);
    ready.add("ready", measured && recorded);
    ready.add("status", !measured  ? "no cycle is complete yet"
                        : recorded ? "ready"
                                   : "there is no record");
    return json_reply(ready.text() + "\n", measured && recorded ? 200 : 503);
}

HttpResponse answer_system_health(const ApiCall& call) {
    const Snapshot* snapshot = call.view.snapshot;
    const Health health = health_of(snapshot, call.view.now.wall, call.view.classes);
    const ClockTold told = clock_told(call);
    JsonObject body(0);
    body.add("status", to_string(health));
    body.add("at", snapshot ? std::optional(rfc3339(snapshot->at)) : std::nullopt);
    body.add("age_seconds", age_of(call));
    body.add("sentence", sentence_of(call, health));
    body.add_json("ntp_service", service_json(call, told, 1));
    body.add_json("last_sync", last_sync_json(call, told, 1));
    body.add_json("drift", drift_json(told, 1));
    body.add_json("hardware_clock", snapshot != nullptr && snapshot->rtc
                                        ? rtc_json(*snapshot->rtc, 1).text()
                                        : "null");
    body.add_json("problems", problems_json(snapshot, 1));
    const int status = health == Health::degraded ? 503 : health == Health::error ? 500 : 200;
    return json_reply(body.text() + "\n", status);
}

HttpResponse answer_time_status(const ApiCall& call) {
    const Snapshot* snapshot = call.view.snapshot;
    const Health health = health_of(snapshot, call.view.now.wall, call.view.classes);
    const ClockTold told = clock_told(call);
    JsonObject body(0);
    body.add("status", to_string(health));
    body.add("now", rfc3339(call.view.now.wall, true));
    body.add("at", snapshot ? std::optional(rfc3339(snapshot->at)) : std::nullopt);
    body.add("age_seconds", age_of(call));
    body.add("demonstrated", told.demonstrated && health != Health::error);
    body.add("offset_seconds", count_of(told.offset));
    body.add("bound_seconds", count_of(told.bound));
    body.add("classification", told.classification);
    body.add("frequency_ppm", told.frequency);
    body.add("synchronised", told.synchronised);
    body.add("stratum", told.stratum);
    body.add("leap", told.leap);
    body.add("last_sync_at", when(told.last_sync));
    body.add("sentence", sentence_of(call, health));
    return json_reply(body.text() + "\n");
}

}  // namespace clockwright
