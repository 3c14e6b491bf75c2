#include "publish/mail_message.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>

#include "publish/base64.h"
#include "publish/beginning.h"
#include "publish/hook_message.h"
#include "time/fnv.h"
#include "time/spell.h"

namespace clockwright {
namespace {

constexpr std::size_t most_in_word = 45;  // octets: an encoded word has 75 letters at most
constexpr std::size_t most_in_line = 57;  // octets: 76 letters of base64

bool is_ascii(std::string_view text) {
    return std::ranges::all_of(text, [](char c) { return c >= ' ' && c < 0x7f; });
}

std::string header_text(std::string_view text) {
    if (is_ascii(text)) return std::string(text.substr(0, 900));
    std::string out;
    while (!text.empty()) {
        const std::size_t end = std::max<std::size_t>(beginning_of(text, most_in_word).size(), 1);
        if (!out.empty()) out += "\r\n ";
        out += "=?utf-8?B?" + base64(text.substr(0, end)) + "?=";
        text.remove_prefix(end);
    }
    return out;
}

std::string body_lines(std::string_view text) {
    std::string out;
    for (; !text.empty(); text.remove_prefix(std::min(most_in_line, text.size())))
        out += base64(text.substr(0, most_in_line)) + "\r\n";
    return out;
}

}  // namespace

std::string mail_date(WallTime at) {
    static constexpr std::array days{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    static constexpr std::array months{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                       "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    const auto midnight = std::chrono::floor<std::chrono::days>(at);
    const std::chrono::year_month_day date(midnight);
    const std::chrono::hh_mm_ss time(std::chrono::floor<std::chrono::seconds>(at - midnight));
    return fmt::format(
        "{}, {} {} {} {:02}:{:02}:{:02} +0000", days[std::chrono::weekday(midnight).c_encoding()],
        static_cast<unsigned>(date.day()), months[static_cast<unsigned>(date.month()) - 1],
        static_cast<int>(date.year()), time.hours().count(), time.minutes().count(),
        time.seconds().count());
}

std::string mail_id(const Alert& alert, const AlertContext& context) {
    const std::string all =
        fmt::format("{}\n{}\n{}\n{}\n{}\n{}\n{}", context.host, alert.rule, alert.subject,
                    to_string(alert.state), alert.changed.time_since_epoch().count(),
                    context.first_tried.time_since_epoch().count(), alert.text);
    return fmt::format("{:016x}{:016x}", fnv1a(all), fnv1a("\n" + all));
}

std::string alert_mail(const Alert& alert, const AlertContext& context, const MailHead& head) {
    return fmt::format(
        "Date: {}\r\n"
        "From: {}\r\n"
        "To: {}\r\n"
        "Message-ID: <{}@{}>\r\n"
        "Subject: {}\r\n"
        "Auto-Submitted: auto-generated\r\n"  // RFC 3834: nobody's holiday notice answers it
        "MIME-Version: 1.0\r\n"
        "Content-Type: text/plain; charset=utf-8\r\n"
        "Content-Transfer-Encoding: base64\r\n"
        "\r\n{}",
        mail_date(context.now), head.from, fmt::join(head.to, ",\r\n "), head.id,
        head.from.substr(head.from.find('@') + 1), header_text(alert_title(alert, context)),
        body_lines(alert_text(alert, context)));
}

}  // namespace clockwright
