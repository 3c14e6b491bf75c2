#include "app/agent_http.h"

#include <fmt/format.h>

#include "app/secret_file.h"
#include "publish/api.h"
#include "publish/stream_events.h"
#include "store/sqlite_history.h"
#include "system/clock.h"
#include "system/log.h"

namespace clockwright::app {
namespace {

constexpr const char* token_file = "/etc/clockwright/http-token";
constexpr std::size_t least_token = 16;

/// Fault::refused when others could ask and there is none.
Result<std::string> token_for(const std::string& listen, const IpAddress& address) {
    std::string token = TRY(read_http_token());
    if (token.empty() && !address.is_loopback()) {
        return fail(Fault::refused,
                    fmt::format("agent.listen = \"{}\" is open to others: put a token into {} "
                                "(mode 0600), or listen on 127.0.0.1",
                                listen, token_file));
    }
    return token;
}

}  // namespace

Result<std::string> read_http_token() {
    bool missing = false;
    auto text = read_secret(token_file, &missing);
    if (missing) return std::string{};
    if (text && text->size() < least_token) {
        return fail(Fault::bad_input,
                    fmt::format("{}: a token has {} characters at least", token_file, least_token));
    }
    return text;
}

Result<std::unique_ptr<AgentHttp>> AgentHttp::open(boost::asio::io_context& loop,
                                                   const Config& config) {
    const HostName place = TRY(parse_host(config.agent.listen));
    const auto address = parse_address(place.name);
    if (!address) return fail(Fault::bad_input, "agent.listen must be ADDRESS:PORT");
    AccessRules access;
    access.listen = *address;
    access.token = TRY(token_for(config.agent.listen, *address));
    std::unique_ptr<AgentHttp> http(new AgentHttp(loop, config, std::move(access)));
    http->server_ = TRY(system::HttpServer::listen(
        loop, {*address, place.port},
        [self = http.get()](HttpRequest request, const system::HttpAnswer& give) {
            self->answer(std::move(request), give);
        }));
    return http;
}

AgentHttp::AgentHttp(boost::asio::io_context& loop, const Config& config, AccessRules access)
    : config_(config), access_(std::move(access)), reading_(loop) {}

void AgentHttp::use(const Config& config) {
    auto token = token_for(config_.agent.listen, access_.listen);
    config_ = config;
    if (token)
        access_.token = std::move(*token);
    else
        system::log_event(system::LogLevel::error,
                          "the old HTTP token stays: " + token.error().message);
}

void AgentHttp::answer(HttpRequest request, const system::HttpAnswer& give) {
    ApiView view;
    view.access = access_;
    view.access.hosts = config_.agent.names;
    view.now = system::read_clocks();
    const auto& compat = config_.sinks.metrics.compat;
    view.compat = {compat.begin(), compat.end()};
    if (request.path == "/api/v1/config") view.config_json = config_json(config_);
    if (!needs_history(request)) {
        view.snapshot = snapshot_.get();
        give(respond(request, view));
        return;
    }
    // A week of samples may take a while to read: beside the loop, with values of its own.
    reading_.post(
        [request = std::move(request), view = std::move(view), snapshot = snapshot_,
         directory = config_.state.directory]() mutable {
            const auto history = store::SqliteHistory::open(directory);
            view.snapshot = snapshot.get();
            view.history = history ? &*history : nullptr;
            return respond(request, view);
        },
        [give](HttpResponse response) { give(std::move(response)); });
}

void AgentHttp::show(const Snapshot& snapshot) {
    snapshot_ = std::make_shared<const Snapshot>(snapshot);
    if (server_->streams() > 0) server_->broadcast(snapshot_event(snapshot));
}

void AgentHttp::tell(std::span<const Record> rows) {
    if (server_->streams() == 0) return;
    for (const Record& row : rows) {
        if (const auto* alert = std::get_if<AlertRow>(&row)) {
            server_->broadcast(stream_event(*alert));
        } else if (const auto* event = std::get_if<EventRow>(&row)) {
            server_->broadcast(stream_event(*event));
        }
    }
}

}  // namespace clockwright::app
