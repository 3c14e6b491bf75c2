#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "publish/import_kinds.h"

namespace clockwright {
namespace {

/// On Unix that program took chronyd's "last offset", which is positive when the clock was ahead:
/// the opposite of ours. On Windows it took w32time's, which is ours.
enum class Platform : std::uint8_t { unix_like, windows };

ClockRow look(WallTime at, double skew_nanoseconds, Platform platform, std::string_view file) {
    ClockRow row;
    row.at = at;
    const Seconds skew{skew_nanoseconds / 1e9};
    row.offset = platform == Platform::windows ? skew : -skew;
    row.sentence = fmt::format("imported from {}: an offset without a bound", file);
    return row;
}

/// "+1,234 ns (prev: …" → 1234.
std::optional<double> parse_skew(std::string_view text) {
    std::string digits(text.substr(0, text.find(' ')));
    std::erase(digits, ',');
    return parse_number(digits);
}

/// What stands between "[WARN] " and the end of the line; empty when the line is of no such level.
std::string_view after_level(std::string_view message, std::string_view level) {
    return message.starts_with(level) ? message.substr(level.size()) : std::string_view{};
}

EventRow event(WallTime at, std::string_view kind, std::string_view text) {
    return {.at = at,
            .kind = std::string(kind),
            .subject = "TimeSync Agent",
            .text = std::string(text),
            .size = {}};
}

class StatusLog {
  public:
    explicit StatusLog(ImportSheet& sheet) : sheet_(sheet) {}

    void read(std::string_view line, int number) {
        if (line.starts_with("=====")) {
            begun_ = true;
        } else if (line.starts_with('[') && line.find(']') != std::string_view::npos) {
            read_message(line, number);
        } else if (!begun_ && !line.empty()) {
            sheet_.fault(number, "is no line of a status.log");
        }
    }

  private:
    void read_message(std::string_view line, int number) {
        const std::size_t end = line.find(']');
        const auto at = sheet_.instant(line.substr(1, end - 1));
        if (!at)
            return sheet_.fault(number, "must begin with an instant, [2024-12-28 10:45:24 UTC]");
        begun_ = true;
        std::string_view message = line.substr(end + 1);
        message.remove_prefix(std::min(message.find_first_not_of(' '), message.size()));
        if (message.contains("platform=Windows")) platform_ = Platform::windows;
        if (message.contains("platform=Linux")) platform_ = Platform::unix_like;
        if (const auto skew = after_level(message, "[INFO] Skew: "); !skew.empty()) {
            const auto nanoseconds = parse_skew(skew);
            if (!nanoseconds) return sheet_.fault(number, "Skew: must be a number of ns");
            sheet_.add(look(*at, *nanoseconds, platform_, "status.log"));
        }
        if (const auto did = after_level(message, "[ACTION] "); !did.empty())
            sheet_.add(event(*at, "action", did));
        for (const char* level : {"[WARN] ", "[FAIL] ", "[ERR] "})
            if (const auto warning = after_level(message, level); !warning.empty())
                sheet_.add(event(*at, "warning", warning));
    }

    ImportSheet& sheet_;
    Platform platform_ = Platform::unix_like;
    bool begun_ = false;
};

}  // namespace

void read_memo(std::string_view document, ImportSheet& sheet) {
    const auto json = nlohmann::json::parse(document, nullptr, false);
    const auto skew = json.is_object() ? json.find("last_skew_ns") : json.end();
    if (skew == json.end() || !skew->is_number())
        return sheet.fault(1, "last_skew_ns: must be a number");
    sheet.add(
        look(sheet.settings().written, skew->get<double>(), Platform::unix_like, "memo.json"));
}

void read_status_log(std::string_view text, ImportSheet& sheet) {
    StatusLog log(sheet);
    for_each_line(text, [&](std::string_view line, int number) { log.read(line, number); });
}

}  // namespace clockwright
