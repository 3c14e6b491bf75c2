/// Rules on the sources together: how many, how independent, of which smear class, of which trust.
#include <fmt/format.h>

#include <map>
#include <optional>
#include <set>

#include "daemon/lint_report.h"

namespace clockwright::rules {
namespace {

constexpr Rule no_source{"no_source", Severity::error, "S-3, H-33",
                         "the clock runs by itself: at 15 ppm it is a second off in 18 hours"};
constexpr Rule one_source{"one_source", Severity::error, "S-3, H-33, F19",
                          "nothing can tell that it is wrong, and nothing takes over when it is "
                          "silent"};
constexpr Rule two_sources{"two_sources", Severity::error, "S-3, H-33",
                           "when they disagree nobody knows which is right: the worst number, as "
                           "either of them can stop the clock from being set"};
constexpr Rule three_sources{"three_sources", Severity::warning, "S-2, S-3",
                             "one liar is found, but not while another one is silent; four survive "
                             "both"};
constexpr Rule one_at_a_time{"one_server_at_a_time", Severity::advice, "C-12",
                             "no agreement between servers is ever looked for: a wrong server is "
                             "followed; not for servers, nor for compliance"};
constexpr Rule built_in{"built_in_servers", Severity::advice, "C-4, C-12",
                        "it asks those of the lease, or else the distribution's own, compiled in"};
constexpr Rule minimum_too_high{"minimum_above_sources", Severity::error, "S-7",
                                "so many never agree, and the clock is never set"};
constexpr Rule smear_mixed{"smear_mixed", Severity::error, "L-3, H-4, F20",
                           "around a leap second they differ by up to a second and no majority is "
                           "left; no packet shows it before"};
constexpr Rule smear_beside_unknown{"smear_beside_unknown", Severity::warning, "L-3, H-4",
                                    "a smearer stands only beside servers that are known to smear "
                                    "alike"};
constexpr Rule one_operator{"one_operator", Severity::warning, "S-4, H-33",
                            "what happens to one operator happens to all of them at once"};
constexpr Rule operator_majority{"operator_majority", Severity::warning, "S-4, H-33",
                                 "sources that fail together vote together"};
constexpr Rule nts_outvotes{"nts_outvotes", Severity::warning, "A-2",
                            "chronyd requires and trusts authenticated sources beside plain ones "
                            "(authselectmode mix): one that lies outvotes all honest plain ones"};
constexpr Rule nts_few{"nts_few_operators", Severity::warning, "A-3, S-4",
                       "authentication says who speaks, not that the time is right; three "
                       "operators keep each other in check"};
constexpr Rule trusted{"trust_single", Severity::warning, "A-7, S-8",
                       "sources without `trust` no longer count against it: a lie of the trusted "
                       "one wins"};
constexpr Rule preferred{"prefer_single", Severity::advice, "S-8, C-2",
                         "it is followed even when others are better, for as long as it agrees"};
constexpr Rule duplicate{"duplicate_source", Severity::warning, "C-7, S-4",
                         "one server cannot vote twice; the second line does nothing or counts "
                         "double"};

constexpr const char* find_more = "clockwright plan (measures, and proposes a set of four or more)";

bool has_platform_alone(const LintInput& input) {
    const auto all = voters(input);
    return !all.empty() &&
           std::ranges::all_of(all, [&](std::size_t i) { return input.traits[i].is_platform; });
}

/// The one number that `minsources` or `tos minsane` asks for, with where it stands.
struct Wanted {
    const Directive* directive = nullptr;
    double number = 0;
};

Wanted wanted_minimum(const LintInput& input) {
    Wanted wanted;
    if (is_chrony(input) || is_ntpd_rs(input)) {
        const Directive* directive = input.config->find("minsources");
        double number = 0;
        if (directive == nullptr || directive->arguments.empty()) return wanted;
        Directive named = *directive;
        named.arguments.insert(named.arguments.begin(), "minsources");
        if (number_after(named, "minsources", number)) wanted = {directive, number};
    }
    for (const Directive* directive : input.config->all("tos")) {
        double number = 0;
        if (is_ntpd(input) && number_after(*directive, "minsane", number))
            wanted = {directive, number};
    }
    return wanted;
}

void check_minimum(const LintInput& input, int present, Report& report) {
    const Wanted wanted = wanted_minimum(input);
    if (wanted.directive == nullptr || wanted.number <= present || present == 0) return;
    const Place place = *wanted.directive;
    report.add(minimum_too_high,
               fmt::format("{} asks for {:.0f} agreeing sources, and {} configured", place.text(),
                           wanted.number, present == 1 ? "1 is" : fmt::format("{} are", present)),
               fmt::format("{} {}",
                           is_ntpd_rs(input)  ? "minimum-agreeing-sources ="
                           : is_chrony(input) ? "minsources"
                                              : "tos minsane",
                           std::max(1, std::min(present - 1, present / 2 + 1))),
               place);
}

bool is_smearer(Smear smear) {
    return smear != Smear::none && smear != Smear::unknown;
}

/// The first voter whose class is as `wanted` says.
template <class Wanted>
std::optional<std::size_t> first_with(const LintInput& input, Wanted wanted) {
    for (const std::size_t i : voters(input))
        if (wanted(input.traits[i].smear)) return i;
    return std::nullopt;
}

void check_smear(const LintInput& input, Report& report) {
    const auto& sources = input.config->sources;
    const auto smearer = first_with(input, is_smearer);
    if (!smearer) return;
    const Smear first = input.traits[*smearer].smear;
    const auto other =
        first_with(input, [&](Smear smear) { return smear != first && smear != Smear::unknown; });
    const auto unknown = first_with(input, [](Smear smear) { return smear == Smear::unknown; });
    const std::string who = fmt::format("{} ({}) smears leap seconds", sources[*smearer].name,
                                        sources[*smearer].location());
    const auto clocks = reference_clocks(*input.config);
    if (other) {
        report.add(smear_mixed,
                   fmt::format("{} and {} ({}) does {}", who, sources[*other].name,
                               sources[*other].location(),
                               is_smearer(input.traits[*other].smear) ? "so otherwise" : "not"),
                   fmt::format("keep one kind: remove {} or the others", sources[*smearer].name),
                   sources[*smearer]);
    } else if (!clocks.empty()) {
        report.add(smear_mixed,
                   fmt::format("{} and the reference clock at {} does not", who,
                               Place(*clocks.front()).text()),
                   "keep one of the two (the hardware clock of EC2 does not smear)",
                   sources[*smearer]);
    } else if (unknown) {
        report.add(smear_beside_unknown,
                   fmt::format("{}, and of {} ({}) nobody knows", who, sources[*unknown].name,
                               sources[*unknown].location()),
                   "ask its operator; until then keep one of the two", sources[*smearer]);
    }
}

/// Public voters by operator; the pool's members are many operators'.
std::map<std::string, std::vector<std::size_t>> by_operator(const LintInput& input) {
    std::map<std::string, std::vector<std::size_t>> found;
    for (const std::size_t i : voters(input)) {
        const SourceTraits& traits = input.traits[i];
        if (traits.is_public && !traits.of_ntp_pool && !traits.operator_name.empty())
            found[traits.operator_name].push_back(i);
    }
    return found;
}

void check_operators(const LintInput& input, Report& report) {
    const int all = votes(input);
    if (all < 3 || has_platform_alone(input)) return;
    for (const auto& [name, members] : by_operator(input)) {
        int count = 0;
        for (const std::size_t i : members) count += sources_of(input.config->sources[i]);
        if (count <= std::max(1, (all - 1) / 2)) continue;
        const SourceLine& first = input.config->sources[members.front()];
        report.add(count == all ? one_operator : operator_majority,
                   fmt::format("{} of {} sources are {}'s (from {} on)", count, all, name,
                               first.location()),
                   find_more, first);
    }
}

bool mixes_trust(const LintInput& input) {
    const Directive* mode = input.config->find("authselectmode");
    return is_chrony(input) && (mode == nullptr || mode->arguments.empty() ||
                                same_word(mode->arguments.front(), "mix"));
}

void check_nts(const LintInput& input, Report& report) {
    std::vector<std::string> names;
    std::set<std::string> operators;
    const SourceLine* first = nullptr;
    const auto all = voters(input);
    for (const std::size_t i : all) {
        const SourceLine& line = input.config->sources[i];
        if (!line.nts) continue;
        if (first == nullptr) first = &line;
        names.push_back(line.name);
        const std::string& who = input.traits[i].operator_name;
        operators.insert(who.empty() ? line.name : who);
    }
    if (names.empty() || operators.size() >= 3) return;
    const std::string words =
        fmt::format("{} ({}) {} asked by NTS", names_of(names), first->location(),
                    names.size() == 1
                        ? "alone is"
                        : fmt::format("of {} are", names_of({operators.begin(), operators.end()})));
    if (names.size() < all.size() && mixes_trust(input)) {
        report.add(nts_outvotes,
                   fmt::format("{} beside {} plain source{}", words, all.size() - names.size(),
                               all.size() - names.size() == 1 ? "" : "s"),
                   "three NTS sources of three operators (clockwright plan --nts prefer), or none",
                   *first);
    } else if (names.size() == all.size()) {
        report.add(nts_few,
                   fmt::format("all sources are asked by NTS, of fewer than three operators: {}",
                               names_of({operators.begin(), operators.end()})),
                   "clockwright plan --nts require", *first);
    }
}

void check_favourites(const LintInput& input, Report& report) {
    std::vector<std::size_t> trusts, prefers;
    const auto all = voters(input);
    for (const std::size_t i : all) {
        if (input.config->sources[i].trust) trusts.push_back(i);
        if (input.config->sources[i].prefer) prefers.push_back(i);
    }
    if (!trusts.empty() && trusts.size() < 3 && trusts.size() < all.size()) {
        const SourceLine& line = input.config->sources[trusts.front()];
        report.add(trusted,
                   fmt::format("{}: only {} of {} source lines {} trusted", line.location(),
                               trusts.size(), all.size(), trusts.size() == 1 ? "is" : "are"),
                   fmt::format("remove `trust` from {}", line.location()), line);
    }
    if (prefers.size() == 1 && all.size() > 1) {
        const SourceLine& line = input.config->sources[prefers.front()];
        report.add(preferred, fmt::format("{} is preferred ({})", line.name, line.location()),
                   fmt::format("remove `prefer` from {}", line.location()), line);
    }
}

void check_duplicates(const LintInput& input, Report& report) {
    std::map<std::string, const SourceLine*> seen;
    for (const SourceLine& line : input.config->sources) {
        std::string key = fmt::format("{}:{}", line.name, line.port);
        std::ranges::transform(key, key.begin(), [](char c) {
            return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
        });
        const auto [first, is_new] = seen.emplace(key, &line);
        if (is_new) continue;
        // A lease comes again with every renewal: what a person wrote can go.
        const SourceLine& spare = line.lease && !first->second->lease ? *first->second : line;
        report.add(duplicate,
                   fmt::format("{} names {}, as {} does", line.location(), line.name,
                               first->second->location()),
                   line.lease && first->second->lease
                       ? "one of the two in what the network hands out"
                       : fmt::format("remove {}", spare.location()),
                   spare);
    }
}

}  // namespace

void check_number_of_sources(const LintInput& input, Report& report) {
    const int present = votes(input);
    check_minimum(input, present, report);
    const Place place = input.config->sources.empty() ? Place(input.config->main_file, 0)
                                                      : Place(input.config->sources.front());
    if (present == 0 && traits_of(input.kind).one_server) {
        report.add(built_in, fmt::format("{} names no server", input.config->main_file),
                   "NTP=ntp1.corp.example in /etc/systemd/timesyncd.conf.d/50-corp.conf", place);
    } else if (present == 0) {
        report.add(no_source, fmt::format("{} names no source", input.config->main_file),
                   "clockwright scan HOST…, then clockwright plan", place);
    } else if (traits_of(input.kind).one_server) {
        report.add(one_at_a_time,
                   fmt::format("{} follows one server at a time", traits_of(input.kind).program),
                   "chrony where agreement matters: " + installing(input.host, "chrony").text,
                   place);
    } else if (present == 1) {
        report.add_as(has_platform_alone(input) ? Severity::warning : one_source.severity,
                      one_source, fmt::format("there is one source ({})", place.text()), find_more,
                      place);
    } else if (present < 4) {
        report.add(present == 2 ? two_sources : three_sources,
                   fmt::format("there are {} sources (from {} on)", present == 2 ? "two" : "three",
                               place.text()),
                   find_more, place);
    }
}

void check_source_set(const LintInput& input, Report& report) {
    check_smear(input, report);
    check_operators(input, report);
    check_nts(input, report);
    check_favourites(input, report);
    check_duplicates(input, report);
}

}  // namespace clockwright::rules
