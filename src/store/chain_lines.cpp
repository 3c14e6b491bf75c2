#include "store/chain_lines.h"

#include <fmt/format.h>

#include <charconv>
#include <utility>

#include "time/spell.h"

namespace clockwright::store {
namespace {

constexpr std::size_t hash_length = 64;
constexpr std::string_view number_key = "{\"n\":";
constexpr std::string_view head_title = "clockwright audit chain\n";

struct Line {
    std::string_view hash, text;
    std::uint64_t number = 0;
};

std::optional<std::uint64_t> parse_number(std::string_view text) {
    std::uint64_t number = 0;
    const auto read = std::from_chars(text.data(), text.data() + text.size(), number);
    if (read.ec != std::errc{}) return std::nullopt;
    return number;
}

std::optional<Line> parse(std::string_view line) {
    if (line.size() < hash_length + 1 + number_key.size() || line[hash_length] != ' ') return {};
    Line parsed{line.substr(0, hash_length), line.substr(hash_length + 1)};
    if (!parsed.text.starts_with(number_key)) return {};
    const auto number = parse_number(parsed.text.substr(number_key.size()));
    if (!number) return {};
    parsed.number = *number;
    return parsed;
}

std::string bound(Digest digest, std::string_view before, std::string_view text) {
    return digest(fmt::format("{} {}", before, text));
}

/// "key: value\n" at the beginning of `text`, which goes on after it.
std::optional<std::string> take_field(std::string_view& text, std::string_view key) {
    const std::size_t end = text.find('\n');
    if (end == text.npos || !text.starts_with(key) || end < key.size() + 2) return std::nullopt;
    if (text.substr(key.size(), 2) != ": ") return std::nullopt;
    std::string value(text.substr(key.size() + 2, end - key.size() - 2));
    text.remove_prefix(end + 1);
    return value;
}

bool is_hash(std::string_view text) {
    return text.size() == hash_length && text.find_first_not_of("0123456789abcdef") == text.npos;
}

std::string pruned_end(const ChainEnd& end) {
    return fmt::format("\"records\":{},\"head\":\"{}\"}}", end.records, end.head);
}

/// Within a text of a row the quotation marks are escaped.
bool tells_removal_up_to(std::string_view text, const ChainEnd& end) {
    return text.contains("\"kind\":\"pruned\",\"row\":{\"files\":") &&
           text.ends_with(pruned_end(end) + "}");
}

/// Both fields of an end, and nothing after them.
std::optional<ChainEnd> parse_end(std::string_view text) {
    const auto records = take_field(text, "records");
    const auto head = take_field(text, "head");
    const auto number = records ? parse_number(*records) : std::nullopt;
    if (!number || std::to_string(*number) != *records) return std::nullopt;
    if (!head || !is_hash(*head) || !text.empty()) return std::nullopt;
    return ChainEnd{*head, *number};
}

}  // namespace

std::string chain_line(Digest digest, ChainEnd& end, std::string_view members) {
    const std::string text = fmt::format("{}{},{}}}", number_key, ++end.records, members);
    end.head = bound(digest, end.head, text);
    return end.head + " " + text + "\n";
}

std::optional<ChainEnd> last_of(std::string_view content) {
    if (!content.ends_with('\n')) return std::nullopt;
    content.remove_suffix(1);
    const auto line = parse(content.substr(content.rfind('\n') + 1));
    if (!line) return std::nullopt;
    return ChainEnd{std::string(line->hash), line->number};
}

std::optional<WallTime> last_row_of(std::string_view content) {
    // Within a text of the row the quotation marks are escaped.
    constexpr std::string_view begin = "\"row\":{\"timestamp\":\"";
    const std::size_t found = content.rfind(begin);
    if (found == content.npos) return std::nullopt;
    content.remove_prefix(found + begin.size());
    return parse_rfc3339(content.substr(0, content.find('"')));
}

std::string pruned_row(const ChainEnd& end) {
    return fmt::format("{{\"files\":1,{}", pruned_end(end));
}

ChainCheck::ChainCheck(Digest digest, std::string head, ChainEnd base, Seen seen)
    : digest_(digest),
      head_(std::move(head)),
      base_(std::move(base)),
      end_(base_),
      seen_(std::move(seen)),
      head_seen_(head_.empty() || (base_.records > 0 && head_ == base_.head)),
      base_told_(base_.records == 0) {}

Result<void> ChainCheck::go_on(const ChainFile& file) {
    const bool is_first = end_.records == base_.records;
    if (is_first && base_.records > 0 && last_of(file.content) == base_) return {};
    int number = 0;
    for (std::size_t begin = 0; begin < file.content.size();) {
        const std::size_t stop = file.content.find('\n', begin);
        const std::string here = fmt::format("audit/{}:{}: ", printable(file.name), ++number);
        if (stop == std::string::npos) return fail(here + "ends within a record");
        const auto line = parse(std::string_view(file.content).substr(begin, stop - begin));
        begin = stop + 1;
        if (!line) return fail(here + "is no record of the chain");
        const std::uint64_t wanted = end_.records + 1;
        if (bound(digest_, end_.head, line->text) != line->hash)
            return fail(here + (line->number == wanted
                                    ? fmt::format("record {} was changed", wanted)
                                    : fmt::format("record {} is missing or was moved: {} "
                                                  "stands in its place",
                                                  wanted, line->number)));
        end_ = {std::string(line->hash), wanted};
        head_seen_ |= end_.head == head_;
        base_told_ |= tells_removal_up_to(line->text, base_);
        if (seen_) seen_(line->text);
    }
    return {};
}

Result<ChainEnd> ChainCheck::finish() const {
    if (!base_told_)
        return fail(
            fmt::format("audit/base says that the first {} records were removed, and no "
                        "record of the chain does: they are missing",
                        base_.records));
    if (!head_seen_)
        return fail(fmt::format("no record has the head {}: records are missing at the end",
                                printable(head_)));
    return end_;
}

std::string base_text(const ChainEnd& base) {
    return fmt::format("records: {}\nhead: {}\n", base.records, base.head);
}

std::optional<ChainEnd> parse_base(std::string_view text) {
    return parse_end(text);
}

std::string head_text(const ChainHead& head) {
    return fmt::format("{}host: {}\nat: {}\n{}", head_title, head.host, head.at,
                       base_text(head.end));
}

std::optional<ChainHead> parse_head(std::string_view text) {
    if (!text.starts_with(head_title)) return std::nullopt;
    text.remove_prefix(head_title.size());
    const auto host = take_field(text, "host");
    const auto at = host ? take_field(text, "at") : std::nullopt;
    const auto end = at ? parse_end(text) : std::nullopt;
    if (!end) return std::nullopt;
    return ChainHead{*host, *at, *end};
}

}  // namespace clockwright::store
