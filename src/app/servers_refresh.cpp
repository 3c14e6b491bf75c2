#include "app/servers_refresh.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "app/exit_code.h"
#include "app/known_servers.h"
#include "app/output.h"
#include "find/catalogue_details.h"
#include "find/list_url.h"
#include "find/server_list.h"
#include "publish/table.h"
#include "system/clock.h"
#include "system/https_fetch.h"
#include "system/local_host.h"
#include "system/signature.h"
#include "time/spell.h"
#include "version.h"

namespace clockwright::app {
namespace {

using Cached = std::optional<store::CachedList>;

constexpr std::size_t most_signature = 4096;

/// No list is published yet, so there is no default; the place of the last one is remembered.
Result<ListUrl> list_url(const Command& command, const Cached& cached) {
    if (!command.servers.url.empty()) return parse_list_url(command.servers.url);
    if (cached) return parse_list_url(cached->from);
    return fail(Fault::usage,
                "servers refresh needs --url HTTPS_URL: no list is published yet "
                "(docs/server-list.md says how to make and sign one)");
}

/// Checked before anything is asked of the network.
Result<std::string> list_key(const Command& command) {
    const std::string file = command.servers.key.empty() ? default_list_key : command.servers.key;
    auto pem = system::read_trusted(file);
    if (!pem) {
        return fail(pem.error().fault,
                    fmt::format("no key to verify a list with: {}; get the public Ed25519 key of "
                                "its keeper and put it there, or name it with --key FILE",
                                pem.error().message));
    }
    const auto checked = system::verify_signature({}, {}, *pem);
    if (!checked && checked.error().fault == Fault::bad_input)
        return fail(Fault::bad_input, fmt::format("{}: {}", file, checked.error().message));
    return pem;
}

std::unexpected<Error> kept(Error error, const Cached& cached, WallTime now) {
    if (cached)
        error.message += fmt::format("; list {}, fetched {} ago, stays in use",
                                     cached->list.version, spell_age(now - cached->fetched_at));
    return std::unexpected(std::move(error));
}

/// Verified before it is looked at.
Result<store::CachedList> fetch(const ListUrl& url, const std::string& pem,
                                const Command& command) {
    system::FetchSettings settings;
    settings.most = largest_server_list;
    settings.ca = command.ca;
    store::CachedList fresh;
    fresh.payload = TRY(system::fetch_https(url, settings)).body;
    if (fresh.payload.starts_with('<'))
        return fail(fmt::format("the list of {} is refused: it is a page of HTML or XML, not JSON",
                                printable(to_string(url))));
    settings.most = most_signature;
    fresh.signature = TRY(system::fetch_https(signature_of(url), settings)).body;
    if (const auto signed_well = system::verify_signature(fresh.payload, fresh.signature, pem);
        !signed_well) {
        return fail(fmt::format("the list of {} is refused: {}", printable(to_string(url)),
                                signed_well.error().message));
    }
    auto list = parse_server_list(fresh.payload);
    if (!list)
        return fail(fmt::format("the list of {} is refused: {}", printable(to_string(url)),
                                list.error().message));
    fresh.list = std::move(*list);
    fresh.from = to_string(url);
    return fresh;
}

/// What the list does here.
struct Effects {
    std::vector<std::string> newcomers;
    std::vector<std::pair<std::string, std::string>> withheld;
};

Effects effects_of(const ServerList& list) {
    Effects effects;
    for (const ListedServer* server : newcomers(list)) effects.newcomers.push_back(server->host);
    for (const CatalogueDetails& details : all_catalogue_details()) {
        const CatalogueServer* known = find_in_catalogue(details.host);
        if (std::string why = known == nullptr ? "" : why_withheld(list, *known); !why.empty())
            effects.withheld.emplace_back(details.host, std::move(why));
    }
    return effects;
}

std::string json_of(const store::CachedList& fresh, const Effects& effects, bool changed,
                    bool expired) {
    auto withheld = nlohmann::ordered_json::array();
    for (const auto& [host, why] : effects.withheld)
        withheld.push_back({{"host", host}, {"reason", why}});
    return nlohmann::ordered_json{{"clockwright", version},
                                  {"outcome", changed ? "refreshed" : "unchanged"},
                                  {"version", fresh.list.version},
                                  {"from", fresh.from},
                                  {"fetched_at", rfc3339(fresh.fetched_at)},
                                  {"expires", rfc3339(fresh.list.expires)},
                                  {"expired", expired},
                                  {"servers", fresh.list.servers.size()},
                                  {"new", effects.newcomers},
                                  {"withheld", std::move(withheld)}}
               .dump(2) +
           "\n";
}

std::string text_of(const store::CachedList& fresh, const Effects& effects, bool changed,
                    bool expired) {
    if (expired) {
        return wrap(fmt::format("List {} is still the newest there and expired at {}: it withholds "
                                "{} servers of the catalogue and brings nobody in, whom you "
                                "allowed neither. Its keeper must issue a new one.",
                                fresh.list.version, rfc3339(fresh.list.expires),
                                effects.withheld.size()),
                    0) +
               "Next: clockwright servers refresh, when there is a newer one\n";
    }
    return wrap(fmt::format("{} list {}: {} servers, verified; it expires at {}.",
                            changed ? "Fetched" : "Nothing new in", fresh.list.version,
                            fresh.list.servers.size(), rfc3339(fresh.list.expires)),
                0) +
           wrap(fmt::format("{} of them are new here and wait until you allow each; {} of the "
                            "catalogue are no longer proposed.",
                            effects.newcomers.size(), effects.withheld.size()),
                0) +
           "Next: clockwright servers list --new\n";
}

}  // namespace

ListReport list_report(const store::CachedList& cached) {
    return {cached.list.version, cached.from, cached.fetched_at, cached.list.expires};
}

Result<int> refresh_list(const Context& context) {
    const Command& command = context.command;
    const WallTime now = system::read_clocks().wall;
    const Cached cached = TRY(known_list(context.config));
    const ListUrl url = TRY(list_url(command, cached));
    const std::string pem = TRY(list_key(command));
    auto fresh = fetch(url, pem, command);
    if (!fresh) return kept(fresh.error(), cached, now);
    fresh->fetched_at = now;
    bool changed = false;
    const auto newer = [&](const Cached& there) -> Result<store::CachedList> {  // by now
        changed = !there || there->payload != fresh->payload;
        const std::string why =
            changed ? why_not_newer(fresh->list, there ? there->list.version : 0, now) : "";
        if (why.empty()) return *fresh;
        return kept(
            {Fault::failed, "the list of " + printable(fresh->from) + " is refused: " + why}, there,
            now);
    };
    TRY(store::change_list(context.config.state.directory, newer));
    const bool expired = fresh->list.expires <= now;
    const Effects effects = effects_of(fresh->list);
    print_result(command, command.json ? json_of(*fresh, effects, changed, expired)
                                       : text_of(*fresh, effects, changed, expired));
    return exit_done;
}

}  // namespace clockwright::app
