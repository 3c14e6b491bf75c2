#include "app/channel_delivery.h"

#include <fmt/format.h>

#include "app/secret_file.h"
#include "find/post_url.h"
#include "publish/hook_message.h"
#include "publish/mail_message.h"
#include "system/digest.h"
#include "system/http_post.h"
#include "system/local_host.h"
#include "system/mail_send.h"
#include "system/run_program.h"
#include "time/host_name.h"
#include "time/spell.h"

namespace clockwright::app {
namespace {

constexpr std::string_view json_type = "application/json";
/// What is under way when the agent ends is given so long: cut off, it might be told twice.
constexpr Seconds grace{5};

Delivery delivery_of(int status) {
    if (status >= 200 && status < 300) return Delivery::arrived;
    // About the alert: it will be the same another time.
    if (status == 400 || status == 413 || status == 422) return Delivery::refused;
    const bool nobody = status == 408 || status == 429 || (status >= 502 && status <= 504);
    return nobody ? Delivery::way_failed : Delivery::failed;
}

Result<std::string> optional_secret(const std::string& path) {
    return path.empty() ? Result<std::string>{} : read_secret(path);
}

/// `shown`: how to speak of the place; its URL may be a secret.
Result<DeliveryAnswer> post(const std::string& url, const std::string& shown, std::string_view type,
                            const std::string& body, const system::PostSettings& settings) {
    const auto answer = TRY(system::http_post(url, type, body, settings));
    std::string said = fmt::format("{}: {}", answer.status, printable(answer.body.substr(0, 200)));
    const Delivery delivery = delivery_of(answer.status);
    if (delivery != Delivery::arrived) said = fmt::format("{} answers {}", shown, said);
    return DeliveryAnswer{delivery, std::move(said), answer.retry_after};
}

std::string alerts_of(std::string url) {
    while (url.ends_with('/')) url.pop_back();
    return url + "/api/v2/alerts";
}

/// ntfy: 5 is the most urgent.
int priority_of(AlertSeverity severity) {
    return severity == AlertSeverity::critical ? 5 : severity == AlertSeverity::warning ? 4 : 3;
}

struct Document {
    std::string_view type = json_type;
    std::string body;
    std::vector<std::string> headers{};
};

Result<Document> document_of(const HookSettings& hook, const Alert& alert,
                             const AlertContext& context) {
    Document document;
    switch (hook.kind) {
        case HookKind::slack:
            document.body = slack_json(alert, context);
            break;
        case HookKind::discord:
            document.body = discord_json(alert, context);
            break;
        case HookKind::ntfy:
            document.type = "text/plain; charset=utf-8";
            document.body = ntfy_text(alert);
            document.headers = {"Title: " + alert_title(alert, context),
                                fmt::format("Priority: {}", priority_of(alert.severity))};
            break;
        case HookKind::webhook:
            document.body = hook.body.empty() ? webhook_json(alert, context)
                                              : fill_template(hook.body, alert, context);
            break;
    }
    if (!hook.key_file.empty()) {
        const std::string key = TRY(read_secret(hook.key_file));
        document.headers.push_back("X-Clockwright-Signature: sha256=" +
                                   system::hmac_sha256_hex(key, document.body));
    }
    return document;
}

}  // namespace

Result<DeliveryAnswer> deliver_by(const ExecSettings& exec, const Alert& alert,
                                  const AlertContext& context) {
    const std::string text = alert_text(alert, context);
    const auto ended =
        system::run_to_success(exec.command, {.time_out = exec.manner.time_out, .input = text});
    if (!ended) return DeliveryAnswer{Delivery::failed, ended.error().message};
    return DeliveryAnswer{Delivery::arrived, "it ended with 0"};
}

Result<DeliveryAnswer> deliver_by(const AlertmanagerSettings& alertmanager, const Alert& alert,
                                  const AlertContext& context) {
    AlertContext labelled = context;
    labelled.labels = alertmanager.labels;
    const system::PostSettings settings{.time_out = alertmanager.manner.time_out,
                                        .ca = alertmanager.ca,
                                        .token = TRY(optional_secret(alertmanager.token_file)),
                                        .plain_http = alertmanager.plain_http,
                                        .grace = grace};
    const std::string url = alerts_of(alertmanager.url);
    return post(url, printable(url), json_type, alertmanager_json(alert, labelled), settings);
}

Result<DeliveryAnswer> deliver_by(const MailSettings& mail, const Alert& alert,
                                  const AlertContext& context) {
    const HostName server = TRY(parse_host(mail.server));
    const MailHead head{.from = mail.from, .to = mail.to, .id = mail_id(alert, context)};
    system::MailSettings settings{.server = server,
                                  .tls = system::mail_tls(mail.tls),
                                  .user = mail.user,
                                  .password = TRY(optional_secret(mail.password_file)),
                                  .ca = mail.ca,
                                  .any_certificate = mail.unverified_certificate,
                                  .time_out = mail.manner.time_out,
                                  .grace = grace};
    auto sent = system::send_mail(mail.from, mail.to.at(mail.recipient),
                                  alert_mail(alert, context, head), settings);
    if (sent) return DeliveryAnswer{Delivery::arrived, std::move(*sent)};
    if (sent.error().fault == Fault::refused)
        return DeliveryAnswer{Delivery::failed, sent.error().message};
    return std::unexpected(std::move(sent).error());
}

Result<DeliveryAnswer> deliver_by(const HookSettings& hook, const Alert& alert,
                                  const AlertContext& context) {
    const bool secret = !hook.url_file.empty();
    const std::string url = secret ? TRY(read_secret(hook.url_file)) : hook.url;
    if (secret && !check_post_url(url, hook.plain_http))
        return fail(Fault::bad_input, hook.url_file + " holds no https URL");
    Document document = TRY(document_of(hook, alert, context));
    const system::PostSettings settings{.time_out = hook.manner.time_out,
                                        .ca = hook.ca,
                                        .token = TRY(optional_secret(hook.token_file)),
                                        .plain_http = hook.plain_http,
                                        .headers = std::move(document.headers),
                                        .secret_url = secret,
                                        .grace = grace};
    return post(url, secret ? hook.url_file + "'s URL" : printable(url), document.type,
                document.body, settings);
}

}  // namespace clockwright::app
