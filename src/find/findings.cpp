#include "find/findings.h"

#include <fmt/format.h>

#include <algorithm>

#include "find/catalogue.h"
#include "time/spell.h"

namespace clockwright {
namespace {

constexpr std::size_t most_lines = 100'000, longest_word = 256;

Result<HostName> lease_host(std::string_view word) {
    word = without_root_dot(word);
    HostName host = TRY(parse_host(word));
    if (host.nts || host.port != HostName{}.port) {
        return fail(Fault::usage, fmt::format("\"{}\" is no host: a lease names no port and no "
                                              "scheme",
                                              printable(word)));
    }
    return host;
}

bool contains(const std::vector<Source>& sources, const HostName& host) {
    return std::ranges::find(sources, host, &Source::host) != sources.end();
}

}  // namespace

void FileFindings::add(std::string_view word, int line, bool is_pool) {
    if (word.size() > longest_word) {
        note(line, fmt::format("a word of {} characters is no host", word.size()));
        return;
    }
    const auto host = lease_host(word);
    if (!host) {
        note(line, host.error().message);
        return;
    }
    if (contains(findings_.sources, *host)) return;
    if (findings_.sources.size() >= most_sources_of_a_file) {
        if (!overfull_) note(line, fmt::format("more than {} servers", most_sources_of_a_file));
        overfull_ = true;
        return;
    }
    Source source;
    source.host = *host;
    source.as_written = word;
    source.origin = {Origin::Kind::lease, path_, line};
    source.is_pool = is_pool;
    annotate(source);
    findings_.sources.push_back(std::move(source));
}

void FileFindings::add_words(std::string_view words, int line, std::string_view separators) {
    while (!words.empty()) {
        const std::size_t end = words.find_first_of(separators);
        const std::string_view word = words.substr(0, end);
        if (!word.empty()) add(word, line);
        if (end == std::string_view::npos) return;
        words.remove_prefix(end + 1);
    }
}

void FileFindings::note(int line, std::string_view what) {
    if (findings_.notes.size() > most_notes_of_a_file) return;
    if (findings_.notes.size() == most_notes_of_a_file) what = "more faults, not shown";
    findings_.notes.push_back(line > 0 ? fmt::format("{}:{}: {}", printable(path_), line, what)
                                       : fmt::format("{}: {}", printable(path_), what));
}

void append(Findings& all, Findings more) {
    for (Source& source : more.sources) {
        if (all.sources.size() < most_sources && !contains(all.sources, source.host)) {
            all.sources.push_back(std::move(source));
        }
    }
    for (std::string& note : more.notes) {
        if (all.notes.size() < most_notes) all.notes.push_back(std::move(note));
    }
}

std::vector<NumberedLine> lines_of(std::string_view text) {
    std::vector<NumberedLine> lines;
    while (!text.empty() && lines.size() < most_lines) {
        const std::size_t end = text.find('\n');
        std::string_view line = text.substr(0, end);
        if (line.ends_with('\r')) line.remove_suffix(1);
        lines.push_back({static_cast<int>(lines.size()) + 1, line});
        if (end == std::string_view::npos) break;
        text.remove_prefix(end + 1);
    }
    return lines;
}

std::string_view trimmed(std::string_view text) {
    constexpr std::string_view blanks = " \t";
    const std::size_t begin = text.find_first_not_of(blanks);
    if (begin == std::string_view::npos) return {};
    return text.substr(begin, text.find_last_not_of(blanks) - begin + 1);
}

}  // namespace clockwright
