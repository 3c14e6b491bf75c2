/// Rules: facts held against limits; what holds long enough makes an alert.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "time/units.h"
#include "watch/alert.h"
#include "watch/fact.h"

namespace clockwright {

enum class Relation : std::uint8_t { less, at_most, more, at_least, equal };

std::string_view to_string(Relation relation);  ///< "<", "<=", ">", ">=", "=="
std::optional<Relation> parse_relation(std::string_view text);

/// What a rule makes of a fact that nobody stated.
enum class Absent : std::uint8_t {
    keeps,   ///< unknown: the alert stays as it is
    fires,   ///< silence is an error
    clears,  ///< nothing happened: what events are
};

std::string_view to_string(Absent absent);  ///< "keeps", "fires", "clears"
std::optional<Absent> parse_absent(std::string_view text);

/// One fact compared with one number, both in the fact's unit.
struct Condition {
    std::string fact;
    Relation relation = Relation::more;
    double limit = 0;
    /// Once firing, the condition holds until the value is back at this one (hysteresis); empty: at
    /// the limit.
    std::optional<double> clear = std::nullopt;
    bool absolute = false;  ///< of |value|: an error to either side counts

    friend bool operator==(const Condition&, const Condition&) = default;
};

/// Holds when all its conditions do. The first one is what the alert speaks of.
struct Rule {
    std::string name;                   ///< "server_wrong"
    std::string family = {};            ///< rules of one family are degrees of one thing
    std::vector<Condition> conditions;  ///< one at least
    Seconds hold{};                     ///< it must hold for so long …
    int samples = 3;                    ///< … and in so many evaluations on end
    AlertSeverity severity = AlertSeverity::warning;
    std::string hazard = {};   ///< "H-2"; empty: none of the rule book
    std::string message = {};  ///< a sentence with {subject} {value} {limit} {evidence}
    std::string advice = {};   ///< what to do next; {subject} may stand in it
    Absent absent = Absent::keeps;
    bool quiet_after_start = true;  ///< a young boot, start or wake-up excuses it
    std::string server = {};        ///< a pattern with * and ?; empty: all servers

    friend bool operator==(const Rule&, const Rule&) = default;
};

/// A rule of servers has an alert for each of them; any other one for this host.
bool is_of_server(const Rule& rule);

/// Facts that are signed, so that a limit means either side of zero.
bool is_signed(std::string_view fact);

/// The facts of one moment, to be asked by name and subject; they outlive it. Values that are no
/// numbers are absent; of two about the same the first one counts.
class FactTable {
  public:
    explicit FactTable(std::span<const Fact> facts);

    const Fact* find(std::string_view name, std::string_view subject) const;
    const std::vector<std::string_view>& servers() const { return servers_; }  ///< once, sorted

  private:
    /// Where this fact is, or would be: the first free one from its hash on.
    std::size_t slot_of(std::string_view name, std::string_view subject) const;

    std::vector<const Fact*> slots_;  ///< a power of two, half of them free
    std::vector<std::string_view> servers_;
};

enum class Truth : std::uint8_t { no, yes, unknown };

/// What the facts say of a rule for one subject; `was_firing` applies the hysteresis.
Truth evaluate(const Rule& rule, std::string_view subject, const FactTable& facts, bool was_firing);

/// The rule's message about this subject, filled in from the facts and made printable.
std::string message_of(const Rule& rule, std::string_view subject, const FactTable& facts);

/// Its advice about this subject.
std::string advice_of(const Rule& rule, std::string_view subject);

/// A fact's number with its unit: "840 ms", "+1.2 s" for signed ones, "38 %", "-12.5 ppm", "4".
std::string spell_fact(std::string_view fact, double value);

/// "|offset_seconds| > 50.0 ms and majority < 1"
std::string spell_conditions(const Rule& rule);

/// What facts and alerts are about: the server as written, with its address where several have that
/// name (the members of a pool): "pool.example (192.0.2.4)".
std::string server_subject(std::string_view name, std::string_view address);
/// Of a subject: the address where it has one, for commands; else the name.
std::string_view place_of(std::string_view subject);
/// `pattern` names the server, or the pool it is of.
bool is_about(std::string_view pattern, std::string_view subject);

/// `*` stands for any text, `?` for one octet; everything else for itself, in either case.
bool matches(std::string_view pattern, std::string_view text);

}  // namespace clockwright
