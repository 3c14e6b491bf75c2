#include "publish/api_routes.h"

#include <algorithm>
#include <array>

#include "publish/api_history.h"
#include "publish/api_state.h"
#include "publish/front_page.h"
#include "publish/health.h"
#include "publish/http_reply.h"
#include "publish/openapi.h"

namespace clockwright {
namespace {

constexpr std::string_view json = "application/json";
constexpr std::string_view of_rows = "from to limit format";
constexpr std::string_view of_servers_rows = "from to server limit format";

HttpResponse answer_openapi(const ApiCall&) {
    return json_reply(openapi_json());
}

constexpr std::array<Route, 17> table = {{
    {.path = "/",
     .summary = "A page for people: the sentence, the servers, the alerts",
     .statuses = "200",
     .media = "text/html",
     .answer = answer_front_page},
    {.path = "/health",
     .summary = "Whether the agent lives and its cycles go on",
     .statuses = "200 503",
     .media = json,
     .schema = "Liveness",
     .answer = answer_health},
    {.path = "/ready",
     .summary = "Whether the first cycle is done and the record open",
     .statuses = "200 503",
     .media = json,
     .schema = "Readiness",
     .record = Route::Record::yes,
     .answer = answer_ready},
    {.path = "/system/health",
     .summary = "Whether this host's time is well: healthy and warning are 200, degraded 503, "
                "error 500",
     .statuses = "200 500 503",
     .media = json,
     .schema = "SystemHealth",
     .answer = answer_system_health},
    {.path = "/time/status",
     .summary = "This host's clock: offset, bound, class",
     .statuses = "200",
     .media = json,
     .schema = "TimeStatus",
     .answer = answer_time_status},
    {.path = "/time/drift/history",
     .summary = "This host's clock over time, oldest first",
     .parameters = of_rows,
     .statuses = "200 400 500 503",
     .media = json,
     .schema = "DriftHistory",
     .record = Route::Record::yes,
     .limit = 100,
     .answer = answer_drift_history},
    {.path = "/metrics",
     .summary = "Metrics for Prometheus",
     .statuses = "200",
     .media = "text/plain",
     .answer = answer_metrics},
    {.path = "/api/v1/status",
     .summary = "The verdict on this clock with the daemon's sources, as `status --json`",
     .statuses = "200 503",
     .media = json,
     .schema = "Status",
     .answer = answer_status},
    {.path = "/api/v1/servers",
     .summary = "Every watched server with its verdict, as `scan --json`",
     .statuses = "200 503",
     .media = json,
     .schema = "Servers",
     .answer = answer_servers},
    {.path = "/api/v1/samples",
     .summary = "Measurements of servers; rolled up for one server at a time",
     .parameters = "from to server limit resolution format",
     .statuses = "200 400 500 503",
     .media = json,
     .schema = "Samples",
     .record = Route::Record::yes,
     .limit = 1000,
     .answer = answer_samples},
    {.path = "/api/v1/history",
     .summary = "This clock, changes of verdicts, and scans; CSV: this clock only",
     .parameters = "from to limit resolution format",
     .statuses = "200 400 500 503",
     .media = json,
     .schema = "History",
     .record = Route::Record::yes,
     .limit = 1000,
     .answer = answer_history},
    {.path = "/api/v1/alerts",
     .summary = "What is pending and firing; with parameters, what was",
     .parameters = of_servers_rows,
     .statuses = "200 400 500 503",
     .media = json,
     .schema = "Alerts",
     .record = Route::Record::asked,
     .limit = 1000,
     .answer = answer_alerts},
    {.path = "/api/v1/events",
     .summary = "What happened to the clock, the servers, the daemon, the agent",
     .parameters = of_servers_rows,
     .statuses = "200 400 500 503",
     .media = json,
     .schema = "Events",
     .record = Route::Record::yes,
     .limit = 1000,
     .answer = answer_events},
    {.path = "/api/v1/plan",
     .summary = "The change that waits for a person, or null",
     .statuses = "200 503",
     .media = json,
     .schema = "ProposedPlan",
     .answer = answer_plan},
    {.path = "/api/v1/config",
     .summary = "Every setting with its origin",
     .statuses = "200 503",
     .media = json,
     .schema = "Config",
     .answer = answer_config},
    {.path = "/api/v1/stream",
     .summary = "Server-sent events: `snapshot` after every cycle, `alert`, `event`",
     .statuses = "200 503",
     .media = "text/event-stream",
     .answer = answer_stream},
    {.path = "/openapi.json",
     .summary = "This description",
     .statuses = "200",
     .media = json,
     .schema = "Any",
     .answer = answer_openapi},
}};

}  // namespace

std::span<const Route> routes() {
    return table;
}

const Route* find_route(std::string_view path) {
    const auto found = std::ranges::find(table, path, &Route::path);
    return found == table.end() ? nullptr : &*found;
}

}  // namespace clockwright
