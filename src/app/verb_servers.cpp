#include <fmt/format.h>

#include <algorithm>

#include "app/exit_code.h"
#include "app/known_servers.h"
#include "app/output.h"
#include "app/servers_refresh.h"
#include "app/verbs.h"
#include "find/block_import.h"
#include "publish/server_report.h"
#include "publish/table.h"
#include "system/clock.h"
#include "system/user_file.h"
#include "time/spell.h"

namespace clockwright::app {
namespace {

constexpr int failures_that_block = 3;

struct Known {
    BlockList blocks;
    std::optional<store::CachedList> cached;
    WallTime now{};
    const ServerList* list() const { return cached ? &cached->list : nullptr; }
};

Result<Known> load_known(const Context& context) {
    std::string remark;
    Known known{TRY(known_blocks(context.config, &remark)), TRY(known_list(context.config)),
                system::read_clocks().wall};
    if (!remark.empty()) print_remark(context.command, wrap(remark, 0));
    return known;
}

bool is_wanted(const ServerFacts& facts, const ServersCommand& wanted) {
    return (!wanted.blocked || facts.is_blocked()) && (!wanted.allowed || facts.is_allowed()) &&
           (!wanted.nts || facts.nts) && (!wanted.newcomers || facts.newcomer) &&
           (wanted.country.empty() || facts.country == wanted.country);
}

Result<int> list(const Context& context) {
    const Known known = TRY(load_known(context));
    ServersReport report;
    report.at = known.now;
    if (known.cached) report.list = list_report(*known.cached);
    std::vector<ServerFacts> all = all_facts(known.list(), known.blocks, known.now);
    report.known = all.size();
    std::ranges::copy_if(
        std::move(all), std::back_inserter(report.servers),
        [&](const ServerFacts& facts) { return is_wanted(facts, context.command.servers); });
    print_result(context.command,
                 context.command.json ? servers_json(report) : servers_text(report));
    return exit_done;
}

void print_server(const Context& context, const ServerFacts& facts) {
    print_result(context.command, context.command.json ? server_json(facts) : server_text(facts));
}

Result<int> show(const Context& context) {
    const HostName host = TRY(parse_host(context.command.servers.host));
    const Known known = TRY(load_known(context));
    print_server(context, facts_of(host, known.list(), known.blocks, known.now));
    return exit_done;
}

std::optional<WallTime> end_of_block(const ServersCommand& command, WallTime now) {
    if (!command.length) return std::nullopt;
    return now + to_nanoseconds(*command.length);
}

Result<int> block(const Context& context) {
    const ServersCommand& command = context.command.servers;
    const HostName host = TRY(parse_host(command.host));
    if (context.command.reason.empty())
        return fail(Fault::usage,
                    "servers block needs --reason TEXT: it is what you will read later");
    const WallTime now = system::read_clocks().wall;
    TRY(change_blocks(context.config, [&](BlockList& blocks) {
        block_by_user(blocks, host, context.command.reason, end_of_block(command, now), now);
    }));
    return show(context);
}

Result<int> import_blocks(const Context& context) {
    const ServersCommand& command = context.command.servers;
    const std::string text = TRY(system::read_file(command.import_file));
    const auto imported = TRY(parse_block_import(text, command.import_file));
    const WallTime now = system::read_clocks().wall;
    std::vector<ImportedBlock> failing;
    std::ranges::copy_if(imported, std::back_inserter(failing), [](const ImportedBlock& one) {
        return !one.failures || *one.failures >= failures_that_block;
    });
    const std::size_t spared = imported.size() - failing.size();
    const std::size_t over = std::erase_if(
        failing, [now](const ImportedBlock& one) { return one.until && *one.until <= now; });
    TRY(change_blocks(context.config, [&](BlockList& blocks) {
        for (const ImportedBlock& one : failing) {
            const std::string counted =
                one.failures ? fmt::format(", {} failures", *one.failures) : std::string{};
            block_by_user(blocks, one.host,
                          one.reason.empty()
                              ? fmt::format("imported from {}{}", command.import_file, counted)
                              : one.reason,
                          one.until ? one.until : end_of_block(command, now), now);
        }
    }));
    const std::size_t blocked = failing.size();
    print_result(
        context.command,
        context.command.json
            ? fmt::format("{{\n  \"read\": {},\n  \"blocked\": {},\n  \"too_few_failures\": {},\n"
                          "  \"over\": {}\n}}\n",
                          imported.size(), blocked, spared, over)
            : wrap(fmt::format("Blocked {} of {} servers; {} failed less than {} times, the block "
                               "of {} is over.",
                               blocked, imported.size(), spared, failures_that_block, over),
                   0) +
                  "Next: clockwright servers list --blocked\n");
    return exit_done;
}

Result<int> allow(const Context& context) {
    const HostName host = TRY(parse_host(context.command.servers.host));
    bool lifted = false;
    TRY(change_blocks(context.config, [&](BlockList& blocks) {
        lifted |= allow_by_user(blocks, host, context.command.reason, system::read_clocks().wall);
    }));
    const Known known = TRY(load_known(context));
    const ServerFacts facts = facts_of(host, known.list(), known.blocks, known.now);
    if (lifted) print_remark(context.command, "Its block is lifted.\n");
    if (facts.origin.empty()) {
        print_remark(context.command, "To make it a candidate, add it to [candidates] hosts.\n");
    } else if (facts.newcomer && known.list()->expires <= known.now) {
        print_remark(context.command,
                     wrap(fmt::format("Only list {} knows it, which expired at {}: to make it a "
                                      "candidate, fetch a newer one (clockwright servers refresh) "
                                      "or add it to [candidates] hosts.",
                                      known.list()->version, rfc3339(known.list()->expires)),
                          0));
    }
    print_server(context, facts);
    return exit_done;
}

}  // namespace

Result<int> run_servers(const Context& context) {
    const std::string& word = context.command.servers.word;
    if (word == "show") return show(context);
    if (word == "allow") return allow(context);
    if (word == "refresh") return refresh_list(context);
    if (word != "block") return list(context);
    const ServersCommand& command = context.command.servers;
    if (command.host.empty() == command.import_file.empty())
        return fail(Fault::usage, "servers block takes one HOST, or --import FILE");
    return command.import_file.empty() ? block(context) : import_blocks(context);
}

}  // namespace clockwright::app
