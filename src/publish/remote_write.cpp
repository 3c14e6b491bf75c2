#include "publish/remote_write.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <bit>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <map>

#include "publish/metric_text.h"
#include "publish/snappy.h"
#include "time/spell.h"

namespace clockwright {
namespace {

/// What Prometheus takes for "this series ends" (model/value).
constexpr std::uint64_t stale_marker = 0x7ff0000000000002;

struct Sample {
    double value = 0;
    std::int64_t milliseconds = 0;
};

using Labels = std::map<std::string, std::string>;  // in the order that the protocol wants

/// Calls `use` with each line, its end left out.
void each_line(std::string_view text, auto use) {
    while (!text.empty()) {
        const std::size_t end = std::min(text.find('\n'), text.size());
        use(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
    }
}

/// What stands after the last space, which is cut off with it.
std::string_view last_word(std::string_view& line) {
    const std::size_t space = line.rfind(' ');
    if (space == std::string_view::npos) return {};
    const std::string_view word = line.substr(space + 1);
    line = line.substr(0, space);
    return word;
}

template <class Number>
bool read_number(std::string_view text, Number& number) {
    const char* end = text.data() + text.size();
    const auto read = std::from_chars(text.data(), end, number);
    return read.ec == std::errc{} && read.ptr == end;
}

/// A label's value from behind its first quote up to the other one; false: there is none.
bool take_value(std::string_view& text, std::string& value) {
    while (!text.empty()) {
        const char letter = text.front();
        text.remove_prefix(1);
        if (letter == '"') return true;
        if (letter != '\\') {
            value += letter;
            continue;
        }
        if (text.empty()) return false;
        value += text.front() == 'n' ? '\n' : text.front();
        text.remove_prefix(1);
    }
    return false;
}

/// Empty when the text is no `name{label="value",…}`.
Labels labels_of(std::string_view series) {
    const std::size_t brace = series.find('{');
    if (brace == 0 || brace == std::string_view::npos || !series.ends_with('}')) return {};
    Labels labels{{"__name__", std::string(series.substr(0, brace))}};
    std::string_view rest = series.substr(brace + 1, series.size() - brace - 2);
    while (!rest.empty()) {
        const std::size_t equals = rest.find("=\"");
        if (equals == 0 || equals == std::string_view::npos) return {};
        const std::string name(rest.substr(0, equals));
        rest.remove_prefix(equals + 2);
        std::string value;
        if (!take_value(rest, value) || labels.contains(name)) return {};
        if (!value.empty()) labels[name] = std::move(value);  // an empty one is none
        if (rest.empty()) break;
        if (rest.front() != ',') return {};
        rest.remove_prefix(1);
    }
    return labels;
}

// Protocol buffers: a field is its number and kind, then its value.
constexpr char varint_field(int number) {
    return static_cast<char>(number << 3);
}
constexpr char fixed_field(int number) {
    return static_cast<char>(number << 3 | 1);
}
constexpr char text_field(int number) {
    return static_cast<char>(number << 3 | 2);
}

void add_varint(std::string& out, std::uint64_t number) {
    for (; number > 0x7f; number >>= 7U) out += static_cast<char>((number & 0x7fU) | 0x80U);
    out += static_cast<char>(number);
}

void add_text(std::string& out, int number, std::string_view text) {
    out += text_field(number);
    add_varint(out, text.size());
    out += text;
}

std::string sample_message(const Sample& sample) {
    const std::uint64_t bits =
        std::isnan(sample.value) ? stale_marker : std::bit_cast<std::uint64_t>(sample.value);
    std::string out(1, fixed_field(1));
    for (unsigned shift = 0; shift < 64; shift += 8)
        out += static_cast<char>(bits >> shift & 0xffU);
    out += varint_field(2);
    add_varint(out, static_cast<std::uint64_t>(sample.milliseconds));
    return out;
}

std::string series_message(const Labels& labels, const std::vector<Sample>& samples) {
    std::string out;
    for (const auto& [name, value] : labels) {
        std::string label;
        add_text(label, 1, name);
        add_text(label, 2, value);
        add_text(out, 1, label);
    }
    for (const Sample& sample : samples) add_text(out, 2, sample_message(sample));
    return out;
}

}  // namespace

RemoteWriteLines::RemoteWriteLines(std::string_view host)
    : own_labels_(labels_text({{"instance", host}, {"job", "clockwright"}})) {}

std::string RemoteWriteLines::of(std::string_view metrics, WallTime at) {
    const auto moment =
        std::chrono::duration_cast<std::chrono::milliseconds>(at.time_since_epoch()).count();
    std::string lines;
    std::set<std::string> there;
    each_line(metrics, [&](std::string_view line) {
        if (line.starts_with('#')) return;
        const std::string_view value = last_word(line);
        const std::size_t brace = std::min(line.find('{'), line.size());
        std::string series = fmt::format("{}{{{}", line.substr(0, brace), own_labels_);
        series += brace == line.size() ? "}" : fmt::format(",{}", line.substr(brace + 1));
        lines += fmt::format("{} {} {}\n", series, value, moment);
        there.insert(std::move(series));
    });
    for (const std::string& series : last_) {
        if (!there.contains(series)) lines += fmt::format("{} NaN {}\n", series, moment);
    }
    last_ = std::move(there);
    return lines;
}

Result<std::string> remote_write_body(std::string_view lines) {
    std::map<std::string_view, std::vector<Sample>> all;
    std::string_view faulty;
    each_line(lines, [&](std::string_view line) {
        std::string_view series = line;
        Sample sample;
        const std::string_view moment = last_word(series), value = last_word(series);
        if (read_number(moment, sample.milliseconds) && read_number(value, sample.value))
            all[series].push_back(sample);
        else
            faulty = line;
    });
    std::string request;
    for (const auto& [series, samples] : all) {
        const Labels labels = labels_of(series);
        if (labels.empty()) faulty = series;
        add_text(request, 1, series_message(labels, samples));
    }
    if (faulty.data() != nullptr)
        return fail(Fault::bad_input,
                    fmt::format("\"{}\" is no sample", printable(faulty.substr(0, 200))));
    return snappy(request);
}

std::vector<std::string_view> by_moment(std::string_view lines) {
    std::vector<std::string_view> moments;
    std::string_view last;
    each_line(lines, [&](std::string_view line) {
        std::string_view head = line;
        const std::string_view moment = last_word(head);
        const char* end = line.data() + line.size();
        if (moments.empty() || moment != last)
            moments.push_back(line);
        else
            moments.back() = {moments.back().data(), end};
        last = moment;
    });
    return moments;
}

bool is_too_late(std::string_view refusal) {
    // Of Prometheus, and of what speaks its protocol.
    static constexpr auto words = std::to_array<std::string_view>(
        {"out of order", "out-of-order", "out of bounds", "too old", "duplicate sample"});
    return !is_too_early(refusal) &&
           std::ranges::any_of(words, [&](auto word) { return refusal.contains(word); });
}

bool is_too_early(std::string_view refusal) {
    return refusal.contains("in the future");
}

}  // namespace clockwright
