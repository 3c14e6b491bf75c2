#include "publish/import.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>

#include "publish/import_kinds.h"
#include "time/spell.h"

namespace clockwright {
namespace {

constexpr std::size_t most_faults_told = 10;

bool is_digits(std::string_view text) {
    return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

/// "+01:00" → 3600 s.
std::optional<Seconds> parse_shift(std::string_view text) {
    if (text.size() != 6 || (text[0] != '+' && text[0] != '-') || text[3] != ':' ||
        !is_digits(text.substr(1, 2)) || !is_digits(text.substr(4, 2)))
        return std::nullopt;
    const int hours = (text[1] - '0') * 10 + (text[2] - '0');
    const int minutes = (text[4] - '0') * 10 + (text[5] - '0');
    const Seconds shift = std::chrono::hours(hours) + std::chrono::minutes(minutes);
    return text[0] == '-' ? -shift : shift;
}

std::string_view first_line(std::string_view text) {
    return text.substr(0, text.find_first_of("\r\n"));
}

bool is_header_of_metrics(std::string_view line) {
    std::string plain;
    std::ranges::copy_if(line, std::back_inserter(plain),
                         [](char c) { return c != ' ' && c != '"'; });
    return plain == "timestamp,offset,delay";
}

}  // namespace

void ImportSheet::fault(int line, std::string_view what) {
    imported_.faults.push_back(fmt::format("{}:{}: {}", file_, line, what));
}

std::optional<WallTime> ImportSheet::instant(std::string_view text) {
    constexpr std::size_t without_fraction = std::string_view("2024-12-28T10:45:24").size();
    if (text.size() < without_fraction || (text[10] != 'T' && text[10] != ' ')) return std::nullopt;
    std::size_t end = without_fraction;
    if (end < text.size() && text[end] == '.')
        end = std::min(text.find_first_not_of("0123456789", end + 1), text.size());
    std::string_view zone = text.substr(end);
    std::string utc(text.substr(0, end));
    utc[10] = 'T';
    const auto instant = parse_rfc3339(utc + "Z");
    if (!instant || zone == "Z" || zone == " UTC") return instant;
    if (zone.empty()) imported_.naive = true;
    const auto shift = zone.empty() ? std::optional(settings_.zone) : parse_shift(zone);
    if (!shift) return std::nullopt;
    return *instant - to_nanoseconds(*shift);
}

Result<Imported> ImportSheet::finish(std::string kind) {
    auto& faults = imported_.faults;
    if (!faults.empty() && !settings_.pass_over_faults) {
        const std::size_t all = faults.size();
        std::string text;
        for (std::size_t n = 0; n < std::min(all, most_faults_told); ++n)
            text += (n == 0 ? "" : "\n") + faults[n];
        if (all > most_faults_told)
            text += fmt::format("\nand {} more faults", all - most_faults_told);
        return fail(Fault::bad_input, text);
    }
    imported_.kind = std::move(kind);
    return std::move(imported_);
}

std::optional<double> parse_number(std::string_view text) {
    if (text.starts_with('+')) text.remove_prefix(1);
    double number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc{} || end != text.data() + text.size() || !std::isfinite(number))
        return std::nullopt;
    return number;
}

Result<Imported> parse_history_import(std::string_view text, const std::string& file,
                                      const ImportSettings& settings) {
    ImportSheet sheet(settings, file);
    if (text.starts_with("\xef\xbb\xbf")) text.remove_prefix(3);
    const std::size_t begin = text.find_first_not_of(" \t\r\n");
    if (begin == std::string_view::npos) return fail(Fault::bad_input, file + ": is empty");
    const std::string_view content = text.substr(begin);
    if (is_header_of_metrics(first_line(content))) {
        read_ntp_metrics(text, sheet);
        return sheet.finish("ntp_metrics.csv");
    }
    if (content.starts_with("=====") || (content.starts_with('[') && content.size() > 1 &&
                                         content[1] >= '0' && content[1] <= '9')) {
        read_status_log(text, sheet);
        return sheet.finish("status.log");
    }
    if (content.starts_with('{') && content.contains("\"last_skew_ns\"")) {
        read_memo(text, sheet);
        return sheet.finish("memo.json");
    }
    if (content.starts_with('[') || content.starts_with('{')) {
        read_server_history(text, sheet);
        return sheet.finish("server_history.json");
    }
    return fail(
        Fault::bad_input,
        fmt::format("{}:1: is neither server_history.json, memo.json or status.log, nor CSV "
                    "with the header timestamp,offset,delay",
                    file));
}

}  // namespace clockwright
