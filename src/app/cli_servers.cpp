#include <CLI/CLI.hpp>
#include <algorithm>
#include <cctype>

#include "app/cli_verbs.h"

namespace clockwright::app {
namespace {

void add_servers_list(CLI::App& servers, Command& command) {
    auto* list = servers.add_subcommand("list", "The catalogue and what is remembered of servers");
    list->add_flag("--blocked", command.servers.blocked, "Only those that are not asked now");
    list->add_flag("--allowed", command.servers.allowed, "Only those that you allowed");
    list->add_flag("--nts", command.servers.nts, "Only those that are known to speak NTS");
    list->add_flag("--new", command.servers.newcomers, "Only those that a fetched list brought");
    list->add_option_function<std::string>(
            "--country",
            [&command](const std::string& country) {
                command.servers.country.clear();
                for (const char letter : country)
                    command.servers.country +=
                        static_cast<char>(std::toupper(static_cast<unsigned char>(letter)));
            },
            "Only those in this country")
        ->type_name("CC")
        ->check([](const std::string& country) {
            const auto is_letter = [](unsigned char letter) { return std::isalpha(letter) != 0; };
            const bool two = country.size() == 2 && std::ranges::all_of(country, is_letter);
            return two ? std::string{} : std::string("a country is two letters, like CH");
        });
    auto* show = servers.add_subcommand(
        "show", "One server: operator, terms, smear class, where that is known from, its block");
    show->add_option("HOST", command.servers.host, "name, name:port or address")->required();
}

void add_servers_changes(CLI::App& servers, Command& command) {
    auto* block = servers.add_subcommand("block", "Ask this server no more; it stays listed");
    block->add_option("HOST", command.servers.host,
                      "name or address; without port: whatever the port");
    add_reason(*block, command, "Kept and shown");
    add_length(*block, "--for", command.servers.length,
               "For so long (default: until you allow it)");
    block
        ->add_option("--import", command.servers.import_file,
                     "A list of hosts as JSON, or blacklist.json")
        ->type_name("FILE");
    block->footer(
        "Example: clockwright servers block ntp9.corp.example --reason \"moved\" --for 30d");
    auto* allow = servers.add_subcommand(
        "allow", "Lift its block, never block it by ourselves, and take permission as given");
    allow->add_option("HOST", command.servers.host, "name, name:port or address")->required();
    add_reason(*allow, command, "Kept and shown");
    auto* refresh = servers.add_subcommand("refresh", "Fetch and verify a signed list of servers");
    refresh->add_option("--url", command.servers.url, "Its place (default: that of the last one)")
        ->type_name("HTTPS_URL");
    refresh
        ->add_option("--key", command.servers.key,
                     "Public Ed25519 key of its keeper (/etc/clockwright/list-key.pem)")
        ->type_name("FILE");
    refresh->add_option("--ca", command.ca, "A further trust anchor for HTTPS")->type_name("FILE");
}

}  // namespace

void add_servers(CLI::App& servers, Command& command) {
    servers.require_subcommand(0, 1);
    add_servers_list(servers, command);
    add_servers_changes(servers, command);
    servers.footer(
        "Without a word: list. A server that a list brings is asked only after `servers allow`.");
}

}  // namespace clockwright::app
