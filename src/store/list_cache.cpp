#include "store/list_cache.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "daemon/json_fields.h"
#include "store/durable_file.h"
#include "store/lock.h"
#include "time/spell.h"

namespace clockwright::store {
namespace {

using Json = nlohmann::ordered_json;

constexpr int cache_format = 1;

std::string file_in(const std::string& state_directory) {
    return state_directory + "/server-list.json";
}

Result<std::optional<CachedList>> read_cache(const std::string& path) {
    bool missing = false;
    const auto text = read_own_file(path, &missing);
    if (missing) return std::optional<CachedList>{};
    if (!text) return std::unexpected(text.error());
    const auto json = Json::parse(*text, nullptr, false);
    if (json.is_discarded()) return fail(Fault::bad_input, path + " is no JSON document");
    JsonFaults faults;
    JsonFields fields(json, {}, faults);
    CachedList cached;
    fields.integer("clockwright_list_cache", cache_format, cache_format);
    cached.from = fields.text("from");
    cached.fetched_at = fields.instant("fetched_at");
    cached.payload = fields.text("payload");
    cached.signature = fields.text("signature");
    fields.close();
    if (!faults.empty())
        return fail(Fault::bad_input, fmt::format("{}: {}", path, fmt::join(faults, "; ")));
    auto list = parse_server_list(cached.payload);
    if (!list) return fail(Fault::bad_input, path + ": " + list.error().message);
    cached.list = std::move(*list);
    return std::optional(std::move(cached));
}

}  // namespace

Result<std::optional<CachedList>> load_list(const std::string& state_directory) {
    auto cached = read_cache(file_in(state_directory));
    if (!cached && cached.error().fault == Fault::bad_input)
        cached.error().message += "; move it away and fetch it anew: clockwright servers refresh";
    return cached;
}

Result<void> save_list(const std::string& state_directory, const CachedList& cached) {
    TRY(make_private_directory(state_directory));
    const Json json = {{"clockwright_list_cache", cache_format},
                       {"from", cached.from},
                       {"fetched_at", rfc3339(cached.fetched_at)},
                       {"payload", cached.payload},
                       {"signature", cached.signature}};
    const auto text = json.dump(1, ' ', false, Json::error_handler_t::replace);
    return replace_file(file_in(state_directory), text + "\n");
}

Result<void> change_list(
    const std::string& state_directory,
    const std::function<Result<CachedList>(const std::optional<CachedList>& there)>& decide) {
    TRY(make_private_directory(state_directory));
    const Lock alone = TRY(Lock::await(file_in(state_directory) + ".lock"));
    const auto there = TRY(load_list(state_directory));
    return save_list(state_directory, TRY(decide(there)));
}

}  // namespace clockwright::store
