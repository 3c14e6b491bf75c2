#include "app/push_place.h"

#include <fmt/format.h>

#include <algorithm>

#include "app/secret_file.h"
#include "publish/base64.h"
#include "publish/influx.h"
#include "publish/remote_write.h"
#include "system/gzip.h"
#include "system/http_post.h"
#include "system/log.h"
#include "time/spell.h"

namespace clockwright::app {
namespace {

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

/// `token`: where no file holds one.
Result<system::PostSettings> post_settings(const PushSettings& settings, std::string_view scheme,
                                           std::string token = {}) {
    system::PostSettings post{
        .time_out = settings.time_out, .ca = settings.ca, .plain_http = settings.plain_http};
    if (!settings.token_file.empty()) token = TRY(read_secret(settings.token_file));
    if (!token.empty()) post.headers.push_back(fmt::format("Authorization: {} {}", scheme, token));
    if (!settings.user.empty()) {
        const std::string password =
            settings.password_file.empty() ? "" : TRY(read_secret(settings.password_file));
        post.headers.push_back("Authorization: Basic " + base64(settings.user + ":" + password));
    }
    return post;
}

PushAnswer answer_of(const Result<system::PostAnswer>& answer) {
    if (!answer) return {.text = answer.error().message};
    return {answer->status, printable(answer->body.substr(0, 300)), answer->retry_after};
}

PushAnswer post_to_influx(const InfluxSettings& settings, const std::string& lines) {
    auto how = post_settings(settings.push, "Token", settings.token);
    if (!how) return {.text = how.error().message};
    how->headers.emplace_back("Content-Encoding: gzip");
    PushAnswer answer = answer_of(system::http_post(
        write_url(settings), "text/plain; charset=utf-8", system::gzip(lines), *how));
    if (!is_beyond_retention(answer.text)) return answer;
    system::log_event(system::LogLevel::warning,
                      fmt::format("points are passed over: InfluxDB keeps none so old ({}: {})",
                                  answer.status, answer.text));
    return {.status = 204};
}

PushAnswer post_samples(const PushSettings& settings, std::string_view lines) {
    const auto body = remote_write_body(lines);
    if (!body) return {.status = 400, .text = body.error().message};
    auto how = post_settings(settings, "Bearer");
    if (!how) return {.text = how.error().message};
    how->headers.emplace_back("Content-Encoding: snappy");
    how->headers.emplace_back("X-Prometheus-Remote-Write-Version: 0.1.0");
    PushAnswer answer =
        answer_of(system::http_post(settings.url, "application/x-protobuf", *body, *how));
    // As if nobody had answered: it is kept, and tried again after a pause.
    if (answer.status >= 400 && is_too_early(answer.text))
        return {.text =
                    fmt::format("{}: {} (its clock is behind ours)", answer.status, answer.text)};
    return answer;
}

/// Thanos says 409 (Conflict) where Prometheus says 400.
bool is_about_order(const PushAnswer& answer) {
    return (answer.status == 400 || answer.status == 409) && is_too_late(answer.text);
}

/// What a database has already it refuses whole, and what is new among it as well: then each moment
/// is posted by itself, and those that it has are passed over.
PushAnswer post_by_moment(const PushSettings& settings, std::string_view lines) {
    std::ptrdiff_t passed_over = 0;
    std::string why;
    for (const std::string_view moment : by_moment(lines)) {
        PushAnswer answer = post_samples(settings, moment);
        if (is_about_order(answer)) {
            passed_over += std::ranges::count(moment, '\n') + 1;
            why = std::move(answer.text);
        } else if (answer.status < 200 || answer.status >= 300) {
            return answer;
        }
    }
    if (passed_over > 0)
        system::log_event(
            system::LogLevel::warning,
            fmt::format("{} samples are passed over: remote write has them, or later ones, or "
                        "takes none so old ({})",
                        passed_over, why));
    return {.status = 200};
}

}  // namespace

std::string write_url(const InfluxSettings& settings) {
    std::string url = settings.push.url;
    while (url.ends_with('/')) url.pop_back();
    if (settings.bucket.empty())
        return fmt::format("{}/write?db={}&precision=ns", url, percent(settings.database));
    return fmt::format("{}/api/v2/write?org={}&bucket={}&precision=ns", url, percent(settings.org),
                       percent(settings.bucket));
}

PushPlace influx_place(const InfluxSettings& settings) {
    return {"InfluxDB", "influx", settings.push, false,
            [settings](const std::string& lines) { return post_to_influx(settings, lines); }};
}

PushPlace remote_write_place(const RemoteWriteSettings& settings) {
    return {"remote write", "remote_write", settings.push, true,
            [push = settings.push](const std::string& lines) {
                PushAnswer answer = post_samples(push, lines);
                return is_about_order(answer) ? post_by_moment(push, lines) : answer;
            }};
}

}  // namespace clockwright::app
