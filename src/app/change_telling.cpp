#include "app/change_telling.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "app/agent_files.h"
#include "app/alert_channels.h"
#include "app/alert_files.h"
#include "app/output.h"
#include "publish/table.h"
#include "store/durable_file.h"
#include "system/act_as.h"
#include "system/clock.h"
#include "system/local_host.h"
#include "watch/delivery_json.h"

namespace clockwright::app {
namespace {

constexpr const char* place = "/notices";
constexpr const char* for_agent = "agent";

Result<void> leave(const Config& config, const Alert& notice) {
    const std::string home = agent_directory(config);
    const auto owner = TRY(system::ActAsOwner::of(home));
    TRY(store::make_private_directory(home + place));
    const std::string path = fmt::format("{}{}/{:020}.json", home, place,
                                         system::read_wall_clock().time_since_epoch().count());
    return store::replace_file(path, waiting_alerts_json({{for_agent, {notice}}}));
}

/// What arrived leaves `waiting`, and so does what never will; empty, or why one did not.
std::string deliver_all(const AlertChannel& channel, std::vector<Alert>& waiting,
                        const AlertContext& context) {
    std::string why;
    while (!waiting.empty()) {
        const auto arrived = channel.deliver(waiting.front(), context);
        if (arrived.delivery != Delivery::arrived) why = arrived.text;
        if (arrived.delivery == Delivery::failed || arrived.delivery == Delivery::way_failed)
            return why;
        waiting.erase(waiting.begin());
    }
    return why;
}

/// By every channel, with what waits for it already.
Result<void> tell_by_channels(const Context& context, const Alert& notice) {
    const Config& config = context.config;
    const AlertChannels channels(config.alert.channels, config.alert.repeat);
    const auto silences = load_silences(config);
    const bool silenced =
        silences && silence_of(*silences, notice, system::read_wall_clock()) != nullptr;
    if (channels.all().empty() || silenced) return {};
    const std::string path = deliveries_file(config);
    bool missing = false;
    const auto kept = store::read_own_file(path, &missing);
    if (!kept && !missing) return std::unexpected(kept.error());
    WaitingAlerts waiting;
    if (kept) waiting = TRY(read_waiting_alerts(*kept));
    const AlertContext about = channels.context(system::host_name());
    for (const AlertChannel& channel : channels.all()) {
        std::vector<Alert>& queue = waiting[channel.key()];
        if (channel.wants(notice)) queue.push_back(notice);
        if (const std::string why = deliver_all(channel, queue, about); !why.empty())
            print_remark(
                context.command,
                wrap(fmt::format("{} is not told of the change yet: {}.", channel.key(), why), 0));
    }
    std::erase_if(waiting, [](const auto& one) { return one.second.empty(); });
    TRY(store::make_private_directory(config.state.directory));
    return store::replace_file(path, waiting_alerts_json(waiting));
}

}  // namespace

void tell_change(const Context& context, const Alert& notice) {
    const auto word = agents_word(context.config);
    // A unit of root's that may not write where the agent keeps its state tells by itself too.
    if (word && !word->stale && leave(context.config, notice)) return;
    if (const auto told = tell_by_channels(context, notice); !told)
        print_remark(context.command,
                     wrap("Nobody is told of the change: " + told.error().message + ".", 0));
}

std::vector<LeftNotice> left_notices(const Config& config) {
    std::vector<LeftNotice> left;
    std::vector<std::string> files =
        system::LocalHost{}.list(config.state.directory + place, ".json");
    std::ranges::sort(files);
    for (std::string& file : files) {
        const auto text = store::read_own_file(file);
        auto read = text ? read_waiting_alerts(*text) : std::unexpected(text.error());
        if (read && read->contains(for_agent) && !read->at(for_agent).empty())
            left.push_back({std::move(file), std::move(read->at(for_agent).front())});
    }
    return left;
}

}  // namespace clockwright::app
