// Configurations as distributions, clouds and people leave them, read whole.
#include <doctest/doctest.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "daemon/chrony_config.h"
#include "daemon/chrony_source_line.h"
#include "tests/fakes/golden_tree.h"

using namespace clockwright;

namespace {

/// All that was read, a line each.
std::string shown(const DaemonConfig& config) {
    std::string text = fmt::format("files {}\n", fmt::join(config.files, " "));
    for (const SourceLine& source : config.sources)
        text += fmt::format("{}{}{} {}\n", source.location(), source.lease ? " (lease)" : "",
                            source.ours ? " (ours)" : "", chrony::render(source));
    for (const Directive& directive : config.directives)
        text += fmt::format("{}:{} ({}) {}\n", directive.file, directive.line, directive.name,
                            fmt::join(directive.arguments, "|"));
    for (const std::string& fault : config.faults) text += fmt::format("fault {}\n", fault);
    if (config.preferred_refclock) text += "a reference clock is preferred\n";
    if (config.serves_time) text += "serves time\n";
    return text + fmt::format("ours go to {}\n",
                              config.own_file.empty() ? "no place yet" : config.own_file);
}

SourceLine without_place(SourceLine line) {
    line.file.clear();
    line.line = 0;
    line.lease = line.ours = false;
    return line;
}

std::string main_file_of(const GoldenTree& tree) {
    for (const auto& [path, content] : tree.files)
        if (path.ends_with("/chrony.conf")) return path;
    return {};
}

}  // namespace

TEST_CASE("configurations as they are found are read as chronyd reads them") {
    const auto trees = golden_trees("chrony");
    CHECK(trees.size() >= 15);
    for (const GoldenTree& tree : trees) {
        CAPTURE(tree.name);
        const auto config = chrony::parse(main_file_of(tree), tree.reader());
        REQUIRE(config);
        CHECK(shown(*config) == tree.expected);
        for (const SourceLine& source : config->sources) {
            CAPTURE(chrony::render(source));
            CHECK(chrony::parse_source_line(chrony::render(source)) == without_place(source));
        }
    }
}
