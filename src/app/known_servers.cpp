#include "app/known_servers.h"

#include <fmt/format.h>

#include <algorithm>

#include "app/agent_files.h"
#include "find/catalogue.h"
#include "ntp/kiss.h"
#include "store/block_list.h"
#include "system/act_as.h"
#include "system/clock.h"

namespace clockwright::app {
namespace {

Candidate stranger(std::string_view host, std::string file, bool permitted) {
    Candidate candidate;
    candidate.source.host = {std::string(host)};
    candidate.source.as_written = std::string(host);
    candidate.source.origin = {Origin::Kind::catalogue, std::move(file), 0};
    candidate.source.permitted = permitted;
    annotate(candidate.source);
    return candidate;
}

/// A newcomer's operator and smear class are what a stranger says: one operator for all of them.
Candidate newcomer(const ListedServer& listed, std::int64_t version) {
    Candidate candidate = stranger(listed.host, fmt::format("server list {}", version), true);
    candidate.source.operator_name = unverified_operator;
    candidate.source.smear = listed.smear == Smear::none ? Smear::unknown : listed.smear;
    return candidate;
}

/// What the catalogue knows to speak NTS is asked so, and not at all when that fails.
void ask_by_nts(Candidate& candidate) {
    Source& source = candidate.source;
    const CatalogueServer* known = find_in_catalogue(source.host.name);
    if (known == nullptr || !known->nts) return;
    source.host.nts = true;
    source.host.port = key_exchange_port;
    source.as_written = to_string(source.host);
    source.authentication = Authentication::nts;
}

bool is_current(const std::optional<store::CachedList>& cached) {
    return cached && system::read_clocks().wall < cached->list.expires;
}

bool may_be_offered(const CatalogueServer& known, const std::optional<store::CachedList>& cached) {
    return !cached || why_withheld(cached->list, known).empty();
}

bool said_nothing(const Series& series) {
    return series.samples.empty() && series.kiss == 0 &&
           std::ranges::all_of(series.rejections, [](Rejection rejection) {
               return rejection == Rejection::time_out || rejection == Rejection::refused;
           });
}

Heard heard(const Series& series, Verdict verdict, bool majority) {
    switch (ntp::duty_of(series.kiss)) {
        case ntp::KissDuty::stop:
            return Heard::denied;
        case ntp::KissDuty::slow_down:
            return Heard::rate;
        case ntp::KissDuty::no_time:
            break;
    }
    if (said_nothing(series)) return Heard::nothing;
    return majority && verdict == Verdict::falseticker ? Heard::false_time : Heard::time;
}

/// From each candidate.
std::vector<Heard> heard_from(const Judged& judged) {
    std::vector<Heard> all;
    all.reserve(judged.candidates.size());
    for (std::size_t i = 0; i < judged.candidates.size(); ++i) {
        all.push_back(heard(judged.candidates[i].series, judged.selection.assessments[i].verdict,
                            judged.selection.consensus.majority));
    }
    return all;
}

/// An answer teaches nothing of who has no standing.
bool teach_nothing(const std::vector<Heard>& heard, const Config& config) {
    if (!std::ranges::all_of(heard, [](Heard it) { return it == Heard::time; })) return false;
    const auto known = store::load_block_list(config.state.directory);
    return known && known->empty();
}

}  // namespace

Result<BlockList> known_blocks(const Config& config, std::string* remark) {
    auto list = store::load_block_list(config.state.directory);
    if (list || list.error().fault != Fault::not_permitted) return list;
    if (remark != nullptr)
        *remark = "Blocks and allowances are not known: " + list.error().message + ".";
    return BlockList{};
}

Result<void> change_blocks(const Config& config, const std::function<void(BlockList&)>& change) {
    const std::string& own = config.state.directory;
    TRY(store::change_block_list(own, change));
    const std::string agents = agent_directory(config);
    if (agents == own) return {};
    const auto owner = TRY(system::ActAsOwner::of(agents));
    return store::change_block_list(agents, change);
}

Result<std::optional<store::CachedList>> known_list(const Config& config) {
    auto cached = store::load_list(config.state.directory);
    if (cached || cached.error().fault != Fault::not_permitted) return cached;
    return std::optional<store::CachedList>{};
}

Result<std::vector<Candidate>> strangers(const Config& config, const std::optional<Region>& region,
                                         std::size_t limit) {
    const BlockList blocks = TRY(known_blocks(config));
    const auto cached = TRY(known_list(config));
    std::vector<Candidate> candidates;
    const auto is_known = [&](std::string_view host) {
        return std::ranges::any_of(candidates, [&](const Candidate& candidate) {
            return candidate.source.host.name == host;
        });
    };
    for (const Standing& standing : blocks) {
        const std::string& host = standing.server.name;
        if (!standing.allowance || candidates.size() == limit) continue;
        const ListedServer* listed =
            is_current(cached) ? find_in_list(cached->list, host) : nullptr;
        if (find_in_catalogue(host) != nullptr)
            candidates.push_back(stranger(host, {}, true));
        else if (listed != nullptr)
            candidates.push_back(newcomer(*listed, cached->list.version));
    }
    for (const CatalogueServer* server : proposals(region, SIZE_MAX)) {
        if (candidates.size() == limit) break;
        const bool fit = server->nts || nts_policy(config) != NtsPolicy::require;
        if (fit && !is_known(server->host) && may_be_offered(*server, cached))
            candidates.push_back(stranger(server->host, {}, false));
    }
    if (nts_policy(config) != NtsPolicy::off) std::ranges::for_each(candidates, ask_by_nts);
    if (nts_policy(config) == NtsPolicy::require) {  // who cannot be chosen need not be asked
        std::erase_if(candidates, [](const Candidate& it) { return !it.source.host.nts; });
    }
    return candidates;
}

bool is_listed_by_user(const Candidate& candidate) {
    const Origin::Kind kind = candidate.source.origin.kind;
    return candidate.source.permitted || candidate.membership != Membership::none ||
           kind == Origin::Kind::command_line || kind == Origin::Kind::hosts ||
           kind == Origin::Kind::daemon;
}

std::vector<std::string> remember_standings(const Judged& judged, const Measured& measured,
                                            const Config& config) {
    const std::vector<Heard> heard = heard_from(judged);
    if (teach_nothing(heard, config)) return {};
    std::vector<Hearing> hearings;
    for (std::size_t i = 0; i < judged.candidates.size(); ++i) {
        const Candidate& candidate = judged.candidates[i];
        if (!candidate.address) continue;
        const Endpoint endpoint{*candidate.address, asked_port(candidate)};
        if (!std::ranges::binary_search(measured.asked, endpoint)) continue;
        hearings.push_back({endpoint, standing_key(candidate.source.host), heard[i],
                            is_listed_by_user(candidate)});
    }
    if (hearings.empty()) return {};
    std::vector<std::string> remarks;
    const WallTime now = system::read_clocks().wall;
    const auto changed = store::change_block_list(config.state.directory, [&](BlockList& list) {
        remarks = learn(list, std::move(hearings), measured.silenced, now);
    });
    if (!changed)
        remarks = {"What was heard cannot be remembered: " + changed.error().message + "."};
    return remarks;
}

}  // namespace clockwright::app
