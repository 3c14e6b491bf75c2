#include "app/heartbeat.h"

#include <fmt/format.h>

#include <algorithm>

#include "app/secret_file.h"
#include "find/post_url.h"
#include "system/http_post.h"

namespace clockwright::app {
namespace {

constexpr Seconds retry_rest{20};

Result<void> beat(const HeartbeatSettings& settings) {
    const bool secret = !settings.url_file.empty();
    const std::string url = secret ? TRY(read_secret(settings.url_file)) : settings.url;
    if (secret && !check_post_url(url, settings.plain_http))
        return fail(Fault::bad_input, settings.url_file + " holds no https URL");
    const auto answer = TRY(system::http_post(
        url, "text/plain", "", {.plain_http = settings.plain_http, .secret_url = secret}));
    if (answer.status >= 200 && answer.status < 300) return {};
    return fail(fmt::format("the answer is {}", answer.status));
}

}  // namespace

bool is_well(const Snapshot& snapshot) {
    return snapshot.status.verdict.demonstrated &&
           std::ranges::none_of(snapshot.alerts, [](const Alert& alert) {
               return alert.state == AlertState::firing && !alert.silenced &&
                      alert.severity == AlertSeverity::critical;
           });
}

bool Heartbeat::show(const Snapshot& snapshot, SteadyTime now) {
    if (!settings_.is_wanted() || posting_ || !is_well(snapshot)) return false;
    if (next_ && now < *next_) return false;
    const Seconds usual = settings_.interval * 0.9;  // a cycle is never in time
    posting_ = true;
    if (!worker_) worker_ = std::make_unique<system::Worker>(loop_);
    worker_->post([settings = settings_] { return beat(settings); },
                  [this, usual, now](const Result<void>& arrived) {
                      posting_ = false;
                      next_ = now + to_nanoseconds(arrived ? usual : std::min(usual, retry_rest));
                      fault_.note("the heartbeat does not arrive",
                                  arrived ? std::string{} : arrived.error().message);
                  });
    return true;
}

}  // namespace clockwright::app
