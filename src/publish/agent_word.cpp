#include "publish/agent_word.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "time/spell.h"

namespace clockwright {
namespace {

using Json = nlohmann::json;

constexpr int version = 1;
constexpr std::array culprits{Culprit::nobody, Culprit::server, Culprit::host, Culprit::path,
                              Culprit::unknown};

Culprit culprit_of(const std::string& word) {
    const auto found =
        std::ranges::find_if(culprits, [&](Culprit one) { return to_string(one) == word; });
    return found == culprits.end() ? Culprit::unknown : *found;
}

WallTime instant(const Json& value) {
    return parse_rfc3339(value.get<std::string>()).value_or(WallTime{});
}

QuorumWord quorum_of(const Json& json) {
    const auto seconds = [&](const char* key) { return Seconds{json.at(key).get<double>()}; };
    return {{.offset = seconds("offset_seconds"),
             .bound = seconds("bound_seconds"),
             .agreeing = json.at("agreeing"),
             .judged = json.at("judged"),
             .authenticated = json.at("authenticated"),
             .age = seconds("age_seconds")},
            seconds("told_seconds"),
            Ppm{json.at("drift_ppm").get<double>()},
            json.at("smears")};
}

AgentWord word_of(const Json& json) {
    AgentWord word;
    word.at = instant(json.at("at"));
    word.cycle = Seconds{json.at("cycle_seconds").get<double>()};
    word.mode = json.at("mode");
    const Json& blame = json.at("blame");
    word.blame = {culprit_of(blame.at("culprit")), blame.at("subject"), blame.at("sentence")};
    word.blame_silenced = blame.value("silenced", false);
    for (const Json& one : json.at("firing")) {
        Alert alert;
        alert.rule = one.at("rule");
        alert.subject = one.at("subject");
        alert.severity =
            parse_severity(one.at("severity").get<std::string>()).value_or(AlertSeverity::critical);
        alert.state = AlertState::firing;
        alert.text = one.at("text");
        alert.since = instant(one.at("since"));
        word.firing.push_back(std::move(alert));
    }
    if (json.contains("quorum")) word.quorum = quorum_of(json.at("quorum"));
    return word;
}

Json quorum_json(const QuorumWord& word) {
    const QuorumBound& bound = word.bound;
    return {{"offset_seconds", bound.offset.count()},
            {"bound_seconds", bound.bound.count()},
            {"agreeing", bound.agreeing},
            {"judged", bound.judged},
            {"authenticated", bound.authenticated},
            {"age_seconds", bound.age.count()},
            {"told_seconds", word.told.count()},
            {"drift_ppm", word.drift.value},
            {"smears", word.smears}};
}

bool is_blame_silenced(const Snapshot& snapshot) {
    return snapshot.blame.culprit == Culprit::server &&
           std::ranges::any_of(snapshot.alerts, [&](const Alert& alert) {
               return alert.silenced && alert.rule == "server_wrong" &&
                      alert.subject == snapshot.blame.subject;
           });
}

}  // namespace

std::string agent_word_json(const Snapshot& snapshot) {
    Json firing = Json::array();
    for (const Alert& alert : snapshot.alerts) {
        if (alert.state != AlertState::firing || alert.silenced) continue;
        firing.push_back({{"rule", alert.rule},
                          {"subject", alert.subject},
                          {"severity", to_string(alert.severity)},
                          {"text", alert.text},
                          {"since", rfc3339(alert.since)}});
    }
    Json json{{"version", version},
              {"at", rfc3339(snapshot.at, true)},
              {"cycle_seconds", snapshot.cycle.count()},
              {"mode", snapshot.mode},
              {"blame",
               {{"culprit", to_string(snapshot.blame.culprit)},
                {"subject", snapshot.blame.subject},
                {"silenced", is_blame_silenced(snapshot)},
                {"sentence", snapshot.blame.sentence}}},
              {"firing", firing}};
    if (snapshot.status.facts.quorum) json["quorum"] = quorum_json(*snapshot.status.facts.quorum);
    json["written"] = json["at"];  // sorts last
    return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

Result<AgentWord> read_agent_word(std::string_view text, WallTime now) {
    try {
        const Json json = Json::parse(text);
        if (json.at("version") != version) return fail(Fault::bad_input, "of another version");
        if (json.at("written") != json.at("at")) return fail(Fault::bad_input, "half written");
        AgentWord word = word_of(json);
        word.stale = is_stale(word.at, word.cycle, now);
        word.age = std::max(Seconds{0}, Seconds(now - word.at));
        if (word.quorum) word.quorum->told += word.age;
        return word;
    } catch (const Json::exception&) {
        return fail(Fault::bad_input, "damaged");
    }
}

std::optional<AgentWord> last_word(std::span<const std::string> texts, WallTime now) {
    std::optional<AgentWord> last;
    for (const std::string& text : texts) {
        auto word = read_agent_word(text, now);
        if (!word) continue;
        const bool better = !last || (last->stale && (!word->stale || word->at > last->at));
        if (better) last = std::move(*word);
    }
    return last;
}

std::string agent_text(const AgentWord& word) {
    if (word.stale) {
        return fmt::format("its last word is {} old: it hangs or was killed", spell_age(word.age));
    }
    return fmt::format("mode {}, {} ago; {}", printable(word.mode), spell_age(word.age),
                       printable(word.blame.sentence));
}

}  // namespace clockwright
