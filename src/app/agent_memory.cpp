#include "app/agent_memory.h"

#include <nlohmann/json.hpp>

#include "time/spell.h"

namespace clockwright::app {
namespace {

using nlohmann::json;

constexpr int version = 1;

WallTime time_of(const json& value) {
    const auto parsed = parse_rfc3339(value.get<std::string>());
    if (!parsed) throw json::other_error::create(501, "no instant", &value);
    return *parsed;
}

json proposal_json(const Proposal& proposal) {
    return {{"id", proposal.id},
            {"reason", proposal.reason},
            {"at", rfc3339(proposal.at)},
            {"add", proposal.add},
            {"remove", proposal.remove}};
}

Proposal proposal_of(const json& value) {
    return {value.at("id"), value.at("reason"), time_of(value.at("at")), value.at("add"),
            value.at("remove")};
}

AgentMemory memory_of(const json& document) {
    AgentMemory memory;
    if (!document.at("decided").is_null()) memory.decided = time_of(document.at("decided"));
    if (document.contains("summed_up")) memory.summed_up = time_of(document.at("summed_up"));
    memory.outcome = document.value("outcome", "");
    memory.reason = document.value("reason", "");
    if (!document.at("proposal").is_null()) memory.proposal = proposal_of(document.at("proposal"));
    for (const json& one : document.at("replaced")) {
        memory.done.replaced.push_back(
            {one.at("server"), time_of(one.at("at")), time_of(one.at("returns")), one.at("times")});
    }
    for (const json& one : document.value("not_held", json::array()))
        memory.done.not_held.push_back({one.at("plan"), time_of(one.at("at")), one.at("times")});
    if (document.contains("unknown_before"))
        memory.done.unknown_before = time_of(document.at("unknown_before"));
    return memory;
}

}  // namespace

std::string agent_memory_json(const AgentMemory& memory) {
    json replaced = json::array();
    for (const Replaced& one : memory.done.replaced) {
        replaced.push_back({{"server", one.server},
                            {"at", rfc3339(one.at)},
                            {"returns", rfc3339(one.returns)},
                            {"times", one.times}});
    }
    json not_held = json::array();
    for (const NotHeld& one : memory.done.not_held)
        not_held.push_back({{"plan", one.plan}, {"at", rfc3339(one.at)}, {"times", one.times}});
    json document{
        {"version", version},
        {"decided", memory.decided ? json(rfc3339(*memory.decided, true)) : json(nullptr)},
        {"outcome", memory.outcome},
        {"reason", memory.reason},
        {"replaced", replaced},
        {"not_held", not_held},
        {"proposal", memory.proposal ? proposal_json(*memory.proposal) : json(nullptr)}};
    if (memory.summed_up) document["summed_up"] = rfc3339(*memory.summed_up);
    if (memory.done.unknown_before)
        document["unknown_before"] = rfc3339(*memory.done.unknown_before);
    return document.dump(2, ' ', false, json::error_handler_t::replace) + "\n";
}

Result<AgentMemory> parse_agent_memory(std::string_view text) {
    try {
        const json document = json::parse(text);
        if (document.at("version") != version) {
            return fail(Fault::bad_input, "it is of another version of this program");
        }
        return memory_of(document);
    } catch (const json::exception&) {
        return fail(Fault::bad_input, "it is damaged");
    }
}

}  // namespace clockwright::app
