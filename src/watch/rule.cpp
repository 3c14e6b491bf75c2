#include "watch/rule.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <functional>
#include <utility>

#include "time/spell.h"

namespace clockwright {
namespace {

constexpr std::array<std::pair<Relation, std::string_view>, 5> relations{{
    {Relation::less, "<"},
    {Relation::at_most, "<="},
    {Relation::more, ">"},
    {Relation::at_least, ">="},
    {Relation::equal, "=="},
}};

constexpr std::array<std::pair<Absent, std::string_view>, 3> absences{{
    {Absent::keeps, "keeps"},
    {Absent::fires, "fires"},
    {Absent::clears, "clears"},
}};

constexpr std::array<std::string_view, 8> signed_facts{
    "offset_seconds", "quorum_offset_seconds", "frequency_ppm",   "frequency_change_ppm",
    "step_seconds",   "error_seconds",         "stepped_seconds", "path_shift_seconds"};

template <class Word, std::size_t count>
std::string_view word_of(const std::array<std::pair<Word, std::string_view>, count>& words,
                         Word word) {
    const auto found = std::ranges::find(words, word, &std::pair<Word, std::string_view>::first);
    return found == words.end() ? std::string_view{} : found->second;
}

template <class Word, std::size_t count>
std::optional<Word> find_word(const std::array<std::pair<Word, std::string_view>, count>& words,
                              std::string_view text) {
    const auto found = std::ranges::find(words, text, &std::pair<Word, std::string_view>::second);
    return found == words.end() ? std::nullopt : std::optional{found->first};
}

bool is_server_fact(std::string_view name) {
    const FactKind* kind = find_fact(name);
    return kind != nullptr && kind->of_server;
}

bool compare(Relation relation, double value, double limit) {
    switch (relation) {
        case Relation::less:
            return value < limit;
        case Relation::at_most:
            return value <= limit;
        case Relation::more:
            return value > limit;
        case Relation::at_least:
            return value >= limit;
        case Relation::equal:
            break;
    }
    return value == limit;
}

/// Whether a condition that held goes on to hold: until the value has come back to `clear`.
bool still_holds(const Condition& condition, double value) {
    switch (condition.relation) {
        case Relation::less:
        case Relation::at_most:
            return value < *condition.clear;
        case Relation::more:
        case Relation::at_least:
            return value > *condition.clear;
        case Relation::equal:
            break;
    }
    return value != *condition.clear;
}

bool holds(const Condition& condition, double stated, bool was_firing) {
    const double value = condition.absolute ? std::abs(stated) : stated;
    return compare(condition.relation, value, condition.limit) ||
           (was_firing && condition.clear && still_holds(condition, value));
}

/// The fact a condition asks for: a server's own, or the host's.
const Fact* fact_for(const Condition& condition, std::string_view subject, const FactTable& facts) {
    const Fact* own = facts.find(condition.fact, subject);
    return own != nullptr || subject.empty() ? own : facts.find(condition.fact, {});
}

/// A limit of |x| has no sign to show.
std::string spell_limit(const Condition& condition) {
    return condition.absolute && condition.fact.ends_with("_seconds")
               ? spell(Seconds{condition.limit})
               : spell_fact(condition.fact, condition.limit);
}

void replace_all(std::string& text, std::string_view mark, std::string_view with) {
    for (std::size_t at = 0; (at = text.find(mark, at)) != std::string::npos; at += with.size())
        text.replace(at, mark.size(), with);
}

char lower(char letter) {
    return letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter - 'A' + 'a') : letter;
}

}  // namespace

std::string_view to_string(Relation relation) {
    return word_of(relations, relation);
}

std::optional<Relation> parse_relation(std::string_view text) {
    return find_word(relations, text);
}

std::string_view to_string(Absent absent) {
    return word_of(absences, absent);
}

std::optional<Absent> parse_absent(std::string_view text) {
    return find_word(absences, text);
}

bool is_of_server(const Rule& rule) {
    return std::ranges::any_of(rule.conditions, is_server_fact, &Condition::fact);
}

bool is_signed(std::string_view fact) {
    return std::ranges::find(signed_facts, fact) != signed_facts.end();
}

FactTable::FactTable(std::span<const Fact> facts)
    : slots_(std::bit_ceil(2 * facts.size() + 1), nullptr) {
    for (const Fact& fact : facts) {
        // Those of one server mostly stand together.
        if (!fact.subject.empty() && (servers_.empty() || servers_.back() != fact.subject))
            servers_.push_back(fact.subject);
        if (!std::isfinite(fact.value)) continue;
        const Fact*& slot = slots_[slot_of(fact.name, fact.subject)];
        if (slot == nullptr) slot = &fact;
    }
    std::ranges::sort(servers_);
    const auto doubles = std::ranges::unique(servers_);
    servers_.erase(doubles.begin(), doubles.end());
}

std::size_t FactTable::slot_of(std::string_view name, std::string_view subject) const {
    const std::hash<std::string_view> hash;
    std::size_t slot = 3 * hash(name) + hash(subject);
    while (true) {
        slot &= slots_.size() - 1;
        const Fact* fact = slots_[slot];
        if (fact == nullptr || (fact->name == name && fact->subject == subject)) return slot;
        ++slot;
    }
}

const Fact* FactTable::find(std::string_view name, std::string_view subject) const {
    return slots_[slot_of(name, subject)];
}

Truth evaluate(const Rule& rule, std::string_view subject, const FactTable& facts,
               bool was_firing) {
    bool unknown = false;
    for (const Condition& condition : rule.conditions) {
        const Fact* fact = fact_for(condition, subject, facts);
        if (fact != nullptr) {
            if (!holds(condition, fact->value, was_firing)) return Truth::no;
        } else if (rule.absent == Absent::clears) {
            return Truth::no;
        } else {
            unknown = unknown || rule.absent == Absent::keeps;
        }
    }
    return unknown ? Truth::unknown : Truth::yes;
}

std::string message_of(const Rule& rule, std::string_view subject, const FactTable& facts) {
    const Condition& first = rule.conditions.front();
    const Fact* fact = fact_for(first, subject, facts);
    const bool told = fact != nullptr && !fact->evidence.empty();
    std::string text = rule.message;
    replace_all(text, "{limit}", spell_limit(first));
    replace_all(text, "{value}",
                fact == nullptr ? std::string("unknown") : spell_fact(first.fact, fact->value));
    replace_all(text, " ({evidence})", told ? " ({evidence})" : "");
    replace_all(text, "{subject}", printable(subject));
    // Last: what comes from outside must not be filled in once more.
    replace_all(text, "{evidence}", told ? printable(fact->evidence) : std::string("no evidence"));
    return text;
}

std::string advice_of(const Rule& rule, std::string_view subject) {
    std::string text = rule.advice;
    replace_all(text, "{subject}", printable(place_of(subject)));
    return text;
}

std::string spell_fact(std::string_view fact, double value) {
    if (fact.ends_with("_seconds"))
        return is_signed(fact) ? spell_signed(Seconds{value}) : spell(Seconds{value});
    if (fact.ends_with("_ppm")) return fmt::format("{:.4g} ppm", value);
    if (fact.ends_with("_days")) return fmt::format("{:.0f} d", value);
    if (fact.ends_with("_share")) return fmt::format("{:.4g} %", value * 100);
    return value == std::round(value) ? fmt::format("{:.0f}", value) : fmt::format("{:.3g}", value);
}

std::string spell_conditions(const Rule& rule) {
    std::string text;
    for (const Condition& condition : rule.conditions) {
        text += fmt::format("{}{}{}{} {} {}", text.empty() ? "" : " and ",
                            condition.absolute ? "|" : "", condition.fact,
                            condition.absolute ? "|" : "", to_string(condition.relation),
                            spell_limit(condition));
    }
    return text;
}

std::string server_subject(std::string_view name, std::string_view address) {
    return address.empty() ? std::string(name) : fmt::format("{} ({})", name, address);
}

std::string_view place_of(std::string_view subject) {
    const auto open = subject.rfind(" (");
    if (open == std::string_view::npos || !subject.ends_with(')')) return subject;
    return subject.substr(open + 2, subject.size() - open - 3);
}

bool is_about(std::string_view pattern, std::string_view subject) {
    return matches(pattern, subject) || matches(pattern, subject.substr(0, subject.rfind(" (")));
}

bool matches(std::string_view pattern, std::string_view text) {
    // Where to try again when the rest does not fit: after the last star, one octet further on.
    std::size_t at = 0, in = 0, star = std::string_view::npos, resumed = 0;
    while (in < text.size()) {
        if (at < pattern.size() && pattern[at] == '*') {
            star = at++;
            resumed = in;
        } else if (at < pattern.size() &&
                   (pattern[at] == '?' || lower(pattern[at]) == lower(text[in]))) {
            ++at;
            ++in;
        } else if (star != std::string_view::npos) {
            at = star + 1;
            in = ++resumed;
        } else {
            return false;
        }
    }
    return pattern.substr(at).find_first_not_of('*') == std::string_view::npos;
}

}  // namespace clockwright
