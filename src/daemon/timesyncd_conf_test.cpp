#include "daemon/timesyncd_conf.h"

#include <doctest/doctest.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "tests/fakes/golden_tree.h"

using namespace clockwright;
using namespace clockwright::timesyncd;

namespace {

constexpr const char* standard = "/etc/systemd/timesyncd.conf";

std::string lines_of(const SourceLine& line) {
    auto text = line.location();
    if (line.last_line != 0) text += fmt::format("-{}", line.last_line);
    if (line.ours) text += " ours";
    if (line.lease) text += " lease";
    if (line.fallback) text += " fallback";
    if (line.after_ours) text += " after";
    return text;
}

/// What was read, in the words of the golden files.
std::string shown(const DaemonConfig& config) {
    std::string text = fmt::format("files {}\n", fmt::join(config.files, " "));
    for (const auto& source : config.sources)
        text += fmt::format("source {} {}\n", source.name, lines_of(source));
    for (const auto& directive : config.directives)
        text += fmt::format("{} {}\n", directive.name, fmt::join(directive.arguments, " "));
    for (const auto& fault : config.faults) text += fmt::format("fault {}\n", fault);
    return text;
}

std::vector<std::string> names_of(const DaemonConfig& config) {
    std::vector<std::string> names;
    for (const auto& source : config.sources) names.push_back(source.name);
    return names;
}

/// "main PATH" at the beginning of what is expected.
std::string take_main(std::string& expected) {
    if (!expected.starts_with("main ")) return standard;
    const auto end = expected.find('\n');
    const auto path = expected.substr(5, end - 5);
    expected.erase(0, end + 1);
    return path;
}

}  // namespace

TEST_CASE("configurations as distributions, cloud-init and people write them") {
    const auto trees = golden_trees("timesyncd");
    REQUIRE(trees.size() >= 10);
    for (const auto& tree : trees) {
        CAPTURE(tree.name);
        auto expected = tree.expected;
        const auto main_file = take_main(expected);
        const auto config = parse(main_file, tree.reader());
        REQUIRE(config);
        CHECK(shown(*config) == expected);
        CHECK(config->kind == DaemonKind::timesyncd);
        const auto own = main_file.substr(0, main_file.rfind('/') + 1) + std::string(own_name);
        CHECK(config->own_file == own);

        const GoldenTree again{"", "", {{standard, render(config->sources, true)}}};
        const auto read_back = parse(standard, again.reader());
        REQUIRE(read_back);
        CHECK(names_of(*read_back) == names_of(*config));
        CHECK(read_back->faults.empty());
    }
}

TEST_CASE("a standard main file under another root has its drop-ins there") {
    const GoldenTree tree{"",
                          "",
                          {{"/r/usr/lib/systemd/timesyncd.conf", "[Time]\nNTP=a\n"},
                           {"/r/run/systemd/timesyncd.conf.d/1.conf", "[Time]\nNTP=b\n"},
                           {"/run/systemd/timesyncd.conf.d/1.conf", "[Time]\nNTP=c\n"}}};
    const auto config = parse("/r/etc/systemd/timesyncd.conf", tree.reader());
    REQUIRE(config);
    CHECK(names_of(*config) == std::vector<std::string>{"a", "b"});
    CHECK(config->main_file == "/r/usr/lib/systemd/timesyncd.conf");
    CHECK(config->own_file == "/r/etc/systemd/timesyncd.conf.d/50-clockwright.conf");
}

TEST_CASE("a host without any configuration has the defaults; one that is closed is an error") {
    const GoldenTree nothing;
    const auto config = parse(standard, nothing.reader());
    REQUIRE(config);
    CHECK(config->files.empty());
    CHECK(config->main_file == standard);
    auto closed = nothing.reader();
    closed.glob = [](const std::string& path) { return std::vector{path}; };
    CHECK_FALSE(parse(standard, closed));
}

TEST_CASE("a drop-in that cannot be read is a fault and stops nothing") {
    const GoldenTree tree{"", "", {{standard, "[Time]\nNTP=a\n"}}};
    auto files = tree.reader();
    files.list = [](const std::string& directory, std::string_view) {
        return std::vector{directory + "/x.conf"};
    };
    const auto config = parse(standard, files);
    REQUIRE(config);
    CHECK(names_of(*config) == std::vector<std::string>{"a"});
    CHECK(config->faults ==
          std::vector<std::string>{"cannot read /etc/systemd/timesyncd.conf.d/x.conf"});
}

TEST_CASE("what is read after our file sorts after it by name alone") {
    constexpr const char* own = "/etc/systemd/timesyncd.conf.d/50-clockwright.conf";
    CHECK_FALSE(is_read_after("/etc/systemd/timesyncd.conf", own));
    CHECK_FALSE(is_read_after("/etc/systemd/timesyncd.conf.d/10-a.conf", own));
    CHECK_FALSE(is_read_after(own, own));
    CHECK(is_read_after("/usr/lib/systemd/timesyncd.conf.d/60-a.conf", own));
    CHECK(is_read_after("/etc/systemd/timesyncd.conf.d/cloud-init.conf", own));
}
