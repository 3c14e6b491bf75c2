#include "publish/evidence.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <utility>

#include "find/catalogue.h"
#include "steer/distribution.h"
#include "time/address.h"
#include "time/host_name.h"
#include "time/spell.h"

namespace clockwright {
namespace {

std::optional<Seconds> median(std::vector<double> numbers) {
    const auto middle = median_of(std::move(numbers));
    return middle ? std::optional(Seconds{*middle}) : std::nullopt;
}

std::string spelled(const std::optional<Seconds>& interval) {
    return interval ? "±" + spell_bound(*interval) : "-";
}

/// Who runs it and how it treats a leap second, as far as the catalogue knows.
void identify(EvidenceSource& source) {
    Source known;
    if (const auto host = parse_host(source.name)) known.host = *host;
    annotate(known);
    source.operator_name = known.operator_name;
    source.smear = known.smear;
}

/// What it is one hop above a clock, and what it follows itself.
std::string hop_text(const EvidenceSource& source) {
    if (!source.stratum) return "-";
    return *source.stratum <= 1 ? "a reference clock (stratum 1)"
                                : fmt::format("a server of stratum {}", *source.stratum - 1);
}

}  // namespace

std::vector<EvidenceSource> sources_of(const std::vector<SampleRow>& samples) {
    struct Seen {
        EvidenceSource source;
        std::vector<double> half_delays, distances;
    };
    std::map<std::pair<std::string, std::string>, Seen> all;
    for (const SampleRow& sample : samples) {
        Seen& seen = all[{sample.server, sample.address}];
        seen.source.by_daemon |= sample.by_daemon;
        ++seen.source.polls;
        if (!sample.offset) continue;
        ++seen.source.answered;
        seen.source.authenticated += sample.authenticated ? 1 : 0;
        if (sample.stratum)
            seen.source.stratum = std::max(seen.source.stratum.value_or(0), *sample.stratum);
        if (sample.delay) seen.half_delays.push_back(sample.delay->count() / 2);
        if (sample.root_distance) seen.distances.push_back(sample.root_distance->count());
    }
    std::vector<EvidenceSource> sources;
    for (auto& [key, seen] : all) {
        seen.source.name = key.first;
        seen.source.address = key.second;
        identify(seen.source);
        const auto address = parse_address(key.second);
        seen.source.is_public = address && address->is_public();
        seen.source.half_delay = median(std::move(seen.half_delays));
        seen.source.root_distance = median(std::move(seen.distances));
        sources.push_back(std::move(seen.source));
    }
    return sources;
}

Section happenings_section(const std::vector<EventRow>& events) {
    Section section{"What moved the clock", {}, {}};
    if (events.empty()) {
        section.paragraphs.emplace_back("Nothing that is recorded.");
        return section;
    }
    section.table = DocumentTable{{"at", "kind", "what"}, {}};
    for (const EventRow& event : events)
        section.table->rows.push_back({rfc3339(event.at), event.kind, event.text});
    return section;
}

Section sources_section(const std::vector<EvidenceSource>& sources) {
    Section section{"Sources and the chain to UTC", {}, {}};
    if (sources.empty()) {
        section.paragraphs.emplace_back("No server was recorded: there is no chain to show.");
        return section;
    }
    section.paragraphs.emplace_back(
        "This clock, by NTP, from the servers below; each takes UTC from a reference that only its "
        "operator can document. A public server is informative: it proves nothing by contract.");
    section.table = DocumentTable{{"server", "operator", "role", "kind", "it follows", "smear",
                                   "answered", "by NTS", "delay/2", "root distance"},
                                  {}};
    for (const EvidenceSource& source : sources)
        section.table->rows.push_back(
            {source.name, source.operator_name.empty() ? "-" : source.operator_name,
             source.by_daemon ? "followed" : "watched", source.is_public ? "public" : "own",
             hop_text(source), std::string(to_string(source.smear)),
             fmt::format("{} of {}", source.answered, source.polls),
             std::to_string(source.authenticated), spelled(source.half_delay),
             spelled(source.root_distance)});
    return section;
}

Section changes_section(const std::vector<EvidenceChange>& changes) {
    Section section{"Changes of the configuration", {}, {}};
    if (changes.empty()) {
        section.paragraphs.emplace_back("None by Clockwright.");
        return section;
    }
    section.table = DocumentTable{{"at", "id", "by", "reason", "outcome"}, {}};
    for (const EvidenceChange& change : changes)
        section.table->rows.push_back(
            {rfc3339(change.at), change.id, change.by, change.reason, change.outcome});
    return section;
}

std::string removed_remark(WallTime from, WallTime kept) {
    if (from >= kept) return {};
    return fmt::format(
        "Looks and samples of before {} may have been removed for their age ([record] keep): they "
        "count as not recorded, and may have been.",
        rfc3339(kept));
}

}  // namespace clockwright
