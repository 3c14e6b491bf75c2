#include "app/cli.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace clockwright;
using namespace clockwright::app;

namespace {

Result<Parsed> parse(std::vector<std::string> words) {
    words.insert(words.begin(), "clockwright");
    std::vector<char*> arguments;
    for (std::string& word : words) arguments.push_back(word.data());
    return parse_command_line(static_cast<int>(arguments.size()), arguments.data());
}

}  // namespace

TEST_CASE("global options may stand before or after the verb") {
    for (const auto& words : std::vector<std::vector<std::string>>{
             {"--json", "--config", "x", "status"}, {"status", "--json", "--config", "x"}}) {
        const auto parsed = parse(words);
        REQUIRE(parsed.has_value());
        REQUIRE(parsed->command.has_value());
        CHECK(parsed->command->json);
        CHECK(parsed->command->config_file == "x");
        CHECK(parsed->command->verb == Verb::status);
    }
}

TEST_CASE("durations and numbers of a scan arrive as values") {
    const auto parsed = parse({"scan", "a", "b:124", "--samples", "8", "--spacing", "250ms", "-4"});
    REQUIRE(parsed.has_value());
    CHECK(parsed->command->hosts == std::vector<std::string>{"a", "b:124"});
    CHECK(parsed->command->samples == 8);
    CHECK(parsed->command->spacing == Seconds{0.25});
    CHECK(parsed->command->ipv4);
}

TEST_CASE("each --ca takes one file, and what follows is a host") {
    const auto parsed = parse({"scan", "--ca", "x.pem", "a", "--ca", "y.pem", "b"});
    REQUIRE(parsed.has_value());
    CHECK(parsed->command->ca == std::vector<std::string>{"x.pem", "y.pem"});
    CHECK(parsed->command->hosts == std::vector<std::string>{"a", "b"});
}

TEST_CASE("a wrong command line is a usage fault") {
    for (const auto& words : std::vector<std::vector<std::string>>{{},
                                                                   {"dance"},
                                                                   {"scan", "--samples", "0"},
                                                                   {"scan", "--spacing", "fast"},
                                                                   {"scan", "-4", "-6"},
                                                                   {"scan", "--render", "sundial"},
                                                                   {"plan", "--yes"},
                                                                   {"status", "host"},
                                                                   {"lab"},
                                                                   {"scan", "--nts", "maybe"},
                                                                   {"check", "-w", "100"}}) {
        const auto parsed = parse(words);
        REQUIRE_FALSE(parsed.has_value());
        CHECK(parsed.error().fault == Fault::usage);
        CHECK(parsed.error().message.find('\n') == std::string::npos);
    }
}

TEST_CASE("help and version are texts, not faults") {
    CHECK(parse({"--help"})->text.find("scan") != std::string::npos);
    CHECK(parse({"scan", "--help"})->text.find("--spacing") != std::string::npos);
    CHECK(parse({"--version"})->text.starts_with("clockwright "));
}

TEST_CASE("the command line overrides the files and says so") {
    Config config;
    Command command;
    command.minimum = 6;
    command.internet = true;
    override_config(config, command);
    CHECK(config.select.minimum == 6);
    CHECK(config.select.count == 6);
    CHECK(config.candidates.internet);
    CHECK(config.origins.at("select.minimum") == "command line");
}

TEST_CASE("the verb is found behind global options, known or not") {
    std::vector<std::string> words{"clockwright", "--config", "status",
                                   "--json",      "check",    "--nonsense"};
    std::vector<char*> arguments;
    for (std::string& word : words) arguments.push_back(word.data());
    CHECK(first_word(static_cast<int>(arguments.size()), arguments.data()) == "check");
    CHECK(parse({"--json", "fleet"})
              .error()
              .message.starts_with("\"fleet\" is no verb of this release"));
}

TEST_CASE("watch takes how often it looks, and no host") {
    CHECK(parse({"watch"})->command->verb == Verb::watch);
    CHECK_FALSE(parse({"watch"})->command->count);
    CHECK(parse({"watch", "--count", "3"})->command->count == 3);
    CHECK(parse({"watch", "--count", "0"}).error().fault == Fault::usage);
    CHECK(parse({"watch", "host"}).error().fault == Fault::usage);
}

TEST_CASE("doctor takes no host and no option of a change") {
    const auto parsed = parse({"doctor", "--json"});
    REQUIRE(parsed);
    CHECK(parsed->command->verb == Verb::doctor);
    CHECK(parsed->command->json);
    CHECK(parse({"doctor", "--yes"}).error().fault == Fault::usage);
    CHECK(parse({"doctor", "ntp1.corp.example"}).error().fault == Fault::usage);
}

TEST_CASE("help names every verb; a verb's help tells its own options, before or after it") {
    const std::string all = parse({"--help"})->text;
    for (const char* verb :
         {"scan",  "drift",   "sync",   "rtc",     "report", "servers",  "plan",
          "apply", "service", "agent",  "history", "alert",  "rollback", "status",
          "check", "watch",   "doctor", "config",  "lab",    "demo"})
        CHECK(all.find(std::string("\n  ") + verb + " ") != std::string::npos);
    CHECK(all.find("--spacing") == std::string::npos);
    CHECK(parse({"scan", "--help"})->text == parse({"--help", "scan"})->text);
}

TEST_CASE("what a boot runs takes no id") {
    CHECK(parse({"rollback", "--unfinished"})->command->unfinished);
    CHECK(parse({"rollback", "--unfinished", "7f3c9c"}).error().fault == Fault::usage);
}

TEST_CASE("a verb has its own words, and one when none is said") {
    CHECK(parse({"servers"})->command->servers.word == "list");
    CHECK(parse({"servers", "block", "a"})->command->servers.word == "block");
    CHECK(parse({"report", "weekly"})->command->report.word == "weekly");
    CHECK(parse({"alert", "block"}).error().fault == Fault::usage);
    CHECK(parse({"status", "scan"}).error().fault == Fault::usage);
}

TEST_CASE("a block or a silence lasts longer than nothing and at most ten years") {
    CHECK(parse({"servers", "block", "a", "--for", "3650d"})->command->servers.length ==
          Seconds{3650 * 86400.0});
    for (const char* length : {"0s", "3651d", "soon"}) {
        CHECK(parse({"servers", "block", "a", "--for", length}).error().fault == Fault::usage);
        CHECK(parse({"alert", "silence", "r", "--for", length}).error().fault == Fault::usage);
    }
}
