#include "app/influx_sink.h"

#include <fmt/format.h>

#include "app/secret_file.h"
#include "publish/base64.h"
#include "system/clock.h"
#include "system/gzip.h"
#include "time/spell.h"

namespace clockwright::app {
namespace {

constexpr std::size_t most_octets = std::size_t{4} << 20U;  // of one post, before gzip
constexpr Seconds spool_rest{10};                           // until it is tried to open again

/// For a value of a query (RFC 3986).
std::string percent(std::string_view text) {
    constexpr std::string_view plain =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";
    std::string out;
    for (const char letter : text) {
        if (plain.contains(letter))
            out += letter;
        else
            out += fmt::format("%{:02X}", static_cast<unsigned char>(letter));
    }
    return out;
}

/// The line without its time: what a person looks for.
std::string shown(std::string_view line) {
    return printable(line.substr(0, std::min<std::size_t>(line.rfind(' '), 300)));
}

}  // namespace

std::string write_url(const InfluxSettings& settings) {
    std::string url = settings.url;
    while (url.ends_with('/')) url.pop_back();
    if (settings.bucket.empty())
        return fmt::format("{}/write?db={}&precision=ns", url, percent(settings.database));
    return fmt::format("{}/api/v2/write?org={}&bucket={}&precision=ns", url, percent(settings.org),
                       percent(settings.bucket));
}

InfluxSink::InfluxSink(const InfluxSettings& settings, std::string directory, std::string host,
                       double splay, SteadyTime now)
    : settings_(settings),
      schema_(settings.schema == "ntp-monitor" ? InfluxSchema::ntp_monitor
                                               : InfluxSchema::telegraf),
      directory_(std::move(directory)),
      host_(std::move(host)),
      url_(write_url(settings)),
      pusher_({.lines = static_cast<std::size_t>(settings.batch),
               .interval = settings.interval,
               .splay = splay},
              now) {}

bool InfluxSink::open_spool() {
    if (spool_) return true;
    auto opened =
        store::Spool::open(directory_, static_cast<std::uint64_t>(settings_.spool_mb) << 20U);
    spool_fault_.note("nothing can wait for InfluxDB",
                      opened ? std::string{} : opened.error().message);
    if (opened) spool_.emplace(std::move(*opened));
    return spool_.has_value();
}

void InfluxSink::add(const std::string& lines) {
    if (lines.empty() || !open_spool()) return;
    const auto added = spool_->append(lines);
    spool_fault_.note("points for InfluxDB wait in memory",
                      added ? std::string{} : added.error().message);
    losses_.note("points for InfluxDB are lost",
                 spool_->lost() == 0 ? "" : "no room is left for all that waits (influx.spool_mb)");
}

void InfluxSink::tell(std::span<const Record> rows) {
    add(influx_lines(rows, schema_, host_));
}

void InfluxSink::show(const Snapshot& snapshot) {
    add(influx_lines(snapshot, schema_, host_));
}

SteadyTime InfluxSink::push(SteadyTime now) {
    if (!open_spool()) return now + to_nanoseconds(spool_rest);
    if (pusher_.next() > now) return pusher_.next();
    const auto lines = spool_->front(pusher_.lines(), most_octets);
    if (!lines) spool_fault_.note("what waits for InfluxDB cannot be read", lines.error().message);
    if (!lines || lines->count == 0) return now + to_nanoseconds(settings_.interval);
    const PushAnswer answer = post(lines->text);
    settle(*lines, answer, system::read_clocks().steady);
    return pusher_.next();
}

void InfluxSink::settle(const store::SpoolLines& lines, const PushAnswer& answer, SteadyTime now) {
    const bool more = spool_->octets() > lines.octets;
    const PushOutcome outcome = pusher_.answered(answer, lines.count, more, now);
    push_fault_.note("points wait for InfluxDB", pusher_.fault());
    if (outcome == PushOutcome::kept) return;
    if (outcome == PushOutcome::refused) {
        const auto aside = spool_->set_aside(lines.text);
        system::log_event(
            system::LogLevel::error,
            fmt::format("InfluxDB refuses a point, which is kept in {}/refused.lines: {} ({})",
                        directory_, shown(lines.text), printable(answer.text)));
        if (!aside) spool_fault_.note("a refused point is not kept", aside.error().message);
    }
    if (const auto dropped = spool_->drop(lines); !dropped)
        spool_fault_.note("points may come twice", dropped.error().message);
}

Result<system::PostSettings> InfluxSink::post_settings() const {
    system::PostSettings post{
        .time_out = settings_.time_out, .ca = settings_.ca, .plain_http = settings_.plain_http};
    post.headers.emplace_back("Content-Encoding: gzip");
    std::string token = settings_.token;
    if (!settings_.token_file.empty()) token = TRY(read_secret(settings_.token_file));
    if (!token.empty()) post.headers.push_back("Authorization: Token " + token);
    if (!settings_.user.empty()) {
        const std::string password =
            settings_.password_file.empty() ? "" : TRY(read_secret(settings_.password_file));
        post.headers.push_back("Authorization: Basic " + base64(settings_.user + ":" + password));
    }
    return post;
}

PushAnswer InfluxSink::post(const std::string& lines) const {
    const auto settings = post_settings();
    if (!settings) return {.text = settings.error().message};
    const auto answer =
        system::http_post(url_, "text/plain; charset=utf-8", system::gzip(lines), *settings);
    if (!answer) return {.text = answer.error().message};
    return {answer->status, printable(answer->body.substr(0, 300)), answer->retry_after};
}

}  // namespace clockwright::app
