#include "publish/api_state.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <vector>

#include "publish/api_routes.h"
#include "publish/http_reply.h"
#include "publish/json_text.h"
#include "publish/prometheus.h"
#include "publish/stream_events.h"
#include "time/spell.h"

namespace clockwright {
namespace {

using Json = nlohmann::ordered_json;

Json agent_json(const Snapshot& snapshot, WallTime now) {
    const auto text_or_null = [](const std::string& text) {
        return text.empty() ? Json(nullptr) : Json(text);
    };
    return {{"at", rfc3339(snapshot.at)},
            {"age_seconds", Seconds(now - snapshot.at).count()},
            {"stale", is_stale(snapshot, now)},
            {"began_at", rfc3339(snapshot.began)},
            {"cycles", snapshot.cycles},
            {"cycle_seconds", snapshot.cycle.count()},
            {"mode", snapshot.mode},
            {"apply", snapshot.apply},
            {"packets_sent", snapshot.packets_sent},
            {"record_fault", text_or_null(snapshot.record_fault)},
            {"records_waiting", snapshot.records_waiting}};
}

Json blame_json(const Blame& blame) {
    return {{"culprit", to_string(blame.culprit)},
            {"subject", blame.subject.empty() ? Json(nullptr) : Json(blame.subject)},
            {"sentence", blame.sentence.empty() ? Json(nullptr) : Json(blame.sentence)}};
}

/// What the watch knows of the server besides: the same keys, null, when it does not watch it.
void add_watch(JsonObject& server, const WatchedServer* watched) {
    const auto told = [&](auto&& value) {
        return watched != nullptr ? std::optional(value(*watched)) : std::nullopt;
    };
    server.add("since", watched != nullptr && watched->since
                            ? std::optional(rfc3339(*watched->since))
                            : std::nullopt);
    server.add("last_sample_at", watched != nullptr && watched->last
                                     ? std::optional(rfc3339(*watched->last))
                                     : std::nullopt);
    server.add("error_seconds", watched != nullptr && watched->error
                                    ? std::optional(watched->error->count())
                                    : std::nullopt);
    server.add("reach",
               told([](const WatchedServer& w) { return fmt::format("{:03o}", w.reach); }));
    server.add("reach_ratio", told([](const WatchedServer& w) { return w.reach_share(); }));
    server.add("polls", told([](const WatchedServer& w) { return w.polls; }));
    server.add("lost", told([](const WatchedServer& w) { return w.lost; }));
    server.add("by_daemon", told([](const WatchedServer& w) { return w.by_daemon; }));
    server.add("daemon_state", watched != nullptr && watched->state != ' '
                                   ? std::optional(std::string(1, watched->state))
                                   : std::nullopt);
}

}  // namespace

HttpResponse not_yet() {
    return fault_reply(503, "the agent has not finished its first cycle");
}

HttpResponse answer_status(const ApiCall& call) {
    if (call.view.snapshot == nullptr) return not_yet();
    const Snapshot& snapshot = *call.view.snapshot;
    Json status = Json::parse(status_json(snapshot.status));
    if (const auto bound = bound_after(snapshot.status.verdict, call.view.now.wall - snapshot.at))
        status["bound_seconds"] = bound->count();
    status["blame"] = blame_json(snapshot.blame);
    status["agent"] = agent_json(snapshot, call.view.now.wall);
    return json_reply(status.dump(2, ' ', false, Json::error_handler_t::replace) + "\n");
}

HttpResponse answer_servers(const ApiCall& call) {
    if (call.view.snapshot == nullptr) return not_yet();
    const Snapshot& snapshot = *call.view.snapshot;
    JsonArray servers(1);
    for (std::size_t i = 0; i < snapshot.scan.rows.size(); ++i) {
        const ScanRow& row = snapshot.scan.rows[i];
        const WatchedServer* watched = snapshot.watch_of(i);
        JsonObject server = server_json(row, 2, is_asked_by_daemon(watched));
        add_watch(server, watched);
        servers.add(server);
    }
    JsonObject document(0);
    document.add("measured_at", rfc3339(snapshot.scan.measured_at));
    document.add_json("consensus", consensus_json(snapshot.scan.consensus, 1));
    document.add_json("servers", std::move(servers).text());
    return json_reply(document.text() + "\n");
}

HttpResponse answer_plan(const ApiCall& call) {
    if (call.view.snapshot == nullptr) return not_yet();
    const auto& proposal = call.view.snapshot->proposal;
    Json plan = nullptr;
    if (proposal) {
        plan = {{"id", proposal->id},
                {"at", rfc3339(proposal->at)},
                {"reason", proposal->reason},
                {"add", proposal->add},
                {"remove", proposal->remove}};
    }
    const Json document = {{"apply", call.view.snapshot->apply}, {"plan", plan}};
    return json_reply(document.dump(2, ' ', false, Json::error_handler_t::replace) + "\n");
}

HttpResponse answer_config(const ApiCall& call) {
    if (call.view.config_json.empty()) return fault_reply(503, "the configuration is not at hand");
    return json_reply(call.view.config_json);
}

HttpResponse answer_metrics(const ApiCall& call) {
    return reply(200, "text/plain; version=0.0.4; charset=utf-8",
                 prometheus_text(call.view.snapshot, call.view.now.wall, call.view.compat));
}

HttpResponse answer_stream(const ApiCall& call) {
    HttpResponse response = reply(200, "text/event-stream", "retry: 5000\n\n");
    if (call.view.snapshot != nullptr) response.body += snapshot_event(*call.view.snapshot);
    response.stream = true;
    return response;
}

}  // namespace clockwright
