#include "store/block_list.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <climits>

#include "daemon/json_fields.h"
#include "store/durable_file.h"
#include "store/lock.h"
#include "time/spell.h"

namespace clockwright::store {
namespace {

using Json = nlohmann::ordered_json;

constexpr int list_format = 1;

std::string file_in(const std::string& state_directory) {
    return state_directory + "/block-list.json";
}

Json block_to_json(const std::optional<Block>& block) {
    if (!block) return nullptr;
    return {{"reason", to_string(block->reason)},
            {"why", block->why},
            {"since", rfc3339(block->since, true)},
            {"until", block->until ? Json(rfc3339(*block->until, true)) : Json(nullptr)}};
}

Json allowance_to_json(const std::optional<Allowance>& allowance) {
    if (!allowance) return nullptr;
    return {{"why", allowance->why}, {"since", rfc3339(allowance->since, true)}};
}

Json list_to_json(const BlockList& list) {
    auto servers = Json::array();
    for (const Standing& standing : list)
        servers.push_back({{"server", to_string(standing.server)},
                           {"seen_as", standing.seen_as},
                           {"block", block_to_json(standing.block)},
                           {"allowance", allowance_to_json(standing.allowance)},
                           {"silent_scans", standing.silent_scans},
                           {"false_scans", standing.false_scans},
                           {"blocks", standing.blocks},
                           {"last_counted", rfc3339(standing.last_counted, true)},
                           {"last_heard_from", rfc3339(standing.last_heard_from, true)}});
    return {{"clockwright_block_list", list_format}, {"servers", std::move(servers)}};
}

std::optional<Block> read_block(JsonFields& outer, JsonFaults& faults) {
    const Json& json = outer.inner("block");
    if (json.is_null()) return std::nullopt;
    JsonFields fields(json, outer.place_of("block"), faults);
    Block block;
    if (const auto reason = parse_block_reason(fields.text("reason")))
        block.reason = *reason;
    else
        fields.fault("reason", "is no reason that this release knows");
    block.why = fields.text("why");
    block.since = fields.instant("since");
    if (!fields.inner("until").is_null()) block.until = fields.instant("until");
    fields.close();
    return block;
}

std::optional<Allowance> read_allowance(JsonFields& outer, JsonFaults& faults) {
    const Json& json = outer.inner("allowance");
    if (json.is_null()) return std::nullopt;
    JsonFields fields(json, outer.place_of("allowance"), faults);
    Allowance allowance{.why = fields.text("why"), .since = fields.instant("since")};
    fields.close();
    return allowance;
}

Standing read_standing(const Json& json, const std::string& place, JsonFaults& faults) {
    JsonFields fields(json, place, faults);
    Standing standing;
    if (const auto host = parse_host(fields.text("server")))
        standing.server = standing_key(*host);
    else
        fields.fault("server", "is no host");
    standing.seen_as = fields.text("seen_as");
    if (!standing.seen_as.empty() && !parse_host(standing.seen_as))
        fields.fault("seen_as", "is no host");
    standing.block = read_block(fields, faults);
    standing.allowance = read_allowance(fields, faults);
    standing.silent_scans = static_cast<int>(fields.integer("silent_scans", 0, INT_MAX - 1));
    standing.false_scans = static_cast<int>(fields.integer("false_scans", 0, INT_MAX - 1));
    standing.blocks = static_cast<int>(fields.integer("blocks", 0, INT_MAX - 1));
    standing.last_counted = fields.instant("last_counted");
    standing.last_heard_from = fields.instant("last_heard_from");
    fields.close();
    return standing;
}

Result<BlockList> read_list(const std::string& path) {
    bool missing = false;
    const auto text = read_own_file(path, &missing);
    if (missing) return BlockList{};
    if (!text) return std::unexpected(text.error());
    const auto json = Json::parse(*text, nullptr, false);
    if (json.is_discarded()) return fail(Fault::bad_input, path + " is no JSON document");
    JsonFaults faults;
    JsonFields fields(json, {}, faults);
    fields.integer("clockwright_block_list", list_format, list_format);
    BlockList list;
    fields.each("servers", [&](const Json& standing, const std::string& place) {
        list.push_back(read_standing(standing, place, faults));
    });
    fields.close();
    if (faults.empty()) return list;
    return fail(Fault::bad_input, fmt::format("{}: {}", path, fmt::join(faults, "; ")));
}

}  // namespace

Result<BlockList> load_block_list(const std::string& state_directory) {
    auto list = read_list(file_in(state_directory));
    if (!list && list.error().fault == Fault::bad_input) {
        list.error().message +=
            "; mend it, or move it away: then no block and no allowance is known";
    }
    return list;
}

Result<void> change_block_list(const std::string& state_directory,
                               const std::function<void(BlockList&)>& change) {
    TRY(make_private_directory(state_directory));
    const auto path = file_in(state_directory);
    const Lock alone = TRY(Lock::await(path + ".lock"));
    const BlockList before = TRY(load_block_list(state_directory));
    BlockList list = before;
    change(list);
    if (list == before) return {};
    const auto text = list_to_json(list).dump(1, ' ', false, Json::error_handler_t::replace);
    return replace_file(path, text + "\n");
}

}  // namespace clockwright::store
