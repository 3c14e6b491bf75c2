#include "publish/hook_message.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "publish/beginning.h"
#include "time/spell.h"
#include "watch/notice_class.h"

namespace clockwright {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t most_letters = 1900;  // Discord refuses a content of more than 2000
constexpr std::size_t most_octets = 4000;   // ntfy makes a file of a message of more than 4096

std::string dump(const Json& json) {
    return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

Json text_or_null(const std::string& text) {
    return text.empty() ? Json(nullptr) : Json(text);
}

Json facts_of(const Alert& alert, const AlertContext& context) {
    return {{"rule", alert.rule},
            {"state", to_string(alert.state)},
            {"severity", to_string(alert.severity)},
            {"host", context.host},
            {"server", text_or_null(alert.subject)},
            {"text", alert.text},
            {"hazard", text_or_null(alert.hazard)},
            {"advice", text_or_null(alert.advice)},
            {"since", rfc3339(alert.since)},
            {"changed", rfc3339(alert.changed)}};
}

std::string chat_text(const Alert& alert, const AlertContext& context) {
    std::string text = alert_title(alert, context) + "\n" + printable(alert.text);
    if (alert.state != AlertState::resolved && !alert.advice.empty())
        text += "\nNext: " + printable(alert.advice);
    return text;
}

/// What Slack takes for markup: a link, a mention, an entity.
std::string without_markup(const std::string& text) {
    std::string out;
    for (const char letter : text) {
        if (letter == '&') {
            out += "&amp;";
        } else if (letter == '<') {
            out += "&lt;";
        } else if (letter == '>') {
            out += "&gt;";
        } else {
            out += letter;
        }
    }
    return out;
}

/// Calls `fact` with each name between "{{" and "}}" and puts its text there.
template <class FactOf>
Result<std::string> filled(std::string_view pattern, const FactOf& fact_of) {
    std::string out;
    while (true) {
        const std::size_t open = pattern.find("{{");
        out += pattern.substr(0, open);
        if (open == std::string_view::npos) return out;
        const std::size_t close = pattern.find("}}", open);
        if (close == std::string_view::npos) return fail(Fault::bad_input, "\"{{\" has no \"}}\"");
        out += TRY(fact_of(pattern.substr(open + 2, close - open - 2)));
        pattern.remove_prefix(close + 2);
    }
}

Result<std::string> filled_with(std::string_view pattern, const Json& facts) {
    return filled(pattern, [&facts](std::string_view name) -> Result<std::string> {
        const auto fact = facts.find(std::string(name));
        if (fact == facts.end())
            return fail(Fault::bad_input, fmt::format("there is no {{{{{}}}}}", printable(name)));
        const std::string quoted = dump(fact->is_null() ? Json("") : *fact);
        return quoted.substr(1, quoted.size() - 2);
    });
}

}  // namespace

std::string alert_title(const Alert& alert, const AlertContext& context) {
    const std::string state =
        is_event(alert.rule) ? "" : fmt::format("{}, ", to_string(alert.state));
    return fmt::format("[{}] {}{}: {}{}", printable(context.host), state, to_string(alert.severity),
                       printable(alert.rule),
                       alert.subject.empty() ? "" : fmt::format(" ({})", printable(alert.subject)));
}

std::string slack_json(const Alert& alert, const AlertContext& context) {
    return dump({{"text", without_markup(chat_text(alert, context))}});
}

std::string discord_json(const Alert& alert, const AlertContext& context) {
    const std::string text = chat_text(alert, context);
    return dump({{"content", beginning_of(text, most_letters)},
                 {"allowed_mentions", {{"parse", Json::array()}}}});
}

std::string ntfy_text(const Alert& alert) {
    return std::string(beginning_of(printable(alert.text), most_octets));
}

std::string webhook_json(const Alert& alert, const AlertContext& context) {
    return dump(facts_of(alert, context));
}

Result<void> check_template(std::string_view pattern) {
    const std::string text = TRY(filled_with(pattern, facts_of({}, {})));
    if (Json::accept(text)) return {};
    return fail(Fault::bad_input, "is no JSON: put each {{fact}} between quotes");
}

std::string fill_template(std::string_view pattern, const Alert& alert,
                          const AlertContext& context) {
    return filled_with(pattern, facts_of(alert, context)).value_or("");
}

}  // namespace clockwright
