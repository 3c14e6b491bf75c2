#include "app/known_servers.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>

#include "store/block_list.h"
#include "system/clock.h"
#include "tests/fakes/temporary_directory.h"

using namespace clockwright;
using namespace clockwright::app;

namespace {

/// A state directory with a list that knows two newcomers and restricts one open server.
struct Bed {
    TemporaryDirectory directory;
    Config config;

    explicit Bed(const char* expires = "2199-01-01T00:00:00Z") {
        config.state.directory = directory.path();
        store::CachedList cached;
        cached.from = "https://lists.example/l";
        cached.payload = std::string(R"({"clockwright_list": 1, "version": 3,
            "issued": "2020-01-01T00:00:00Z", "expires": ")") +
                         expires + R"(", "servers": [
            {"host": "new1.example", "operator": "Honest Time", "smear": "none", "usage": "open"},
            {"host": "new2.example", "operator": "Other Time", "usage": "open"},
            {"host": "ptbtime1.ptb.de", "usage": "restricted"}]})";
        REQUIRE(store::save_list(config.state.directory, cached));
    }

    void allow(const char* host) const {
        REQUIRE(store::change_block_list(config.state.directory, [&](BlockList& list) {
            allow_by_user(list, *parse_host(host), "", system::read_clocks().wall);
        }));
    }

    std::vector<Candidate> strangers_here(std::size_t limit = 1000) const {
        auto found = strangers(config, region_of("Europe/Berlin"), limit);
        REQUIRE(found.has_value());
        return *found;
    }
};

const Candidate* named(const std::vector<Candidate>& candidates, std::string_view host) {
    const auto found = std::ranges::find_if(
        candidates, [&](const Candidate& candidate) { return candidate.source.host.name == host; });
    return found == candidates.end() ? nullptr : &*found;
}

Judged judged(Heard how, Origin::Kind kind, Measured& measured) {
    Judged result;
    for (int last = 1; last <= 3; ++last) {
        Candidate candidate;
        candidate.source.host = {"ntp" + std::to_string(last) + ".example"};
        candidate.source.origin.kind = kind;
        candidate.address = parse_address("198.51.100." + std::to_string(last));
        candidate.series.sent = 4;
        if (last > 1 || how == Heard::time) candidate.series.samples.resize(4);
        if (last == 1 && how == Heard::denied) candidate.series.kiss = 0x44454e59;
        measured.asked.push_back({*candidate.address, 123});
        result.candidates.push_back(candidate);
        result.selection.assessments.emplace_back();
    }
    return result;
}

/// Of a host that has asked nobody yet.
struct Memory {
    TemporaryDirectory directory;
    Config config;
    Measured measured;

    Memory() { config.state.directory = directory.path(); }
};

}  // namespace

TEST_CASE("a newcomer of a list is a candidate only after the user allowed it") {
    const Bed bed;
    CHECK(named(bed.strangers_here(), "new1.example") == nullptr);
    bed.allow("NEW1.example");
    const auto found = bed.strangers_here();
    const Candidate* newcomer = named(found, "new1.example");
    REQUIRE(newcomer != nullptr);
    CHECK(newcomer->source.permitted);
    CHECK(newcomer->source.operator_name == "unverified list");
    CHECK(newcomer->source.smear == Smear::unknown);  // a list frees nobody of the doubt
    CHECK(to_string(newcomer->source.origin) == "server list 3");
    CHECK(named(found, "new2.example") == nullptr);
}

TEST_CASE("what a list restricts is not proposed unless the user allows it") {
    const Bed bed;
    CHECK(named(bed.strangers_here(), "ptbtime1.ptb.de") == nullptr);
    CHECK(named(bed.strangers_here(), "ptbtime2.ptb.de") != nullptr);
    bed.allow("ptbtime1.ptb.de");
    REQUIRE(named(bed.strangers_here(), "ptbtime1.ptb.de") != nullptr);
    CHECK(named(bed.strangers_here(), "ptbtime1.ptb.de")->source.permitted);
}

TEST_CASE("an expired list brings nobody in and still takes away") {
    const Bed bed("2021-01-01T00:00:00Z");
    bed.allow("new1.example");
    CHECK(named(bed.strangers_here(), "new1.example") == nullptr);
    CHECK(named(bed.strangers_here(), "ptbtime1.ptb.de") == nullptr);
}

TEST_CASE("the allowed come first and the limit holds") {
    const Bed bed;
    bed.allow("new1.example");
    const auto found = bed.strangers_here(5);
    REQUIRE(found.size() == 5);
    CHECK(found[0].source.host.name == "new1.example");
}

TEST_CASE("strangers known to speak NTS are asked by NTS, unless it is off") {
    Bed bed;
    const auto by_nts = [&] {
        return std::ranges::count_if(bed.strangers_here(), [](const Candidate& candidate) {
            CHECK((candidate.source.authentication == Authentication::nts) ==
                  candidate.source.host.nts);
            return candidate.source.host.nts;
        });
    };
    CHECK(by_nts() > 0);
    bed.config.select.nts = "require";
    CHECK(by_nts() == std::ssize(bed.strangers_here()));
    bed.config.select.nts = "off";
    CHECK(by_nts() == 0);
}

TEST_CASE("a stranger that denies is blocked, what the user listed is not") {
    for (const bool listed : {false, true}) {
        CAPTURE(listed);
        const TemporaryDirectory directory;
        Config config;
        config.state.directory = directory.path();
        Measured measured;
        const auto kind = listed ? Origin::Kind::hosts : Origin::Kind::catalogue;
        const auto remarks =
            remember_standings(judged(Heard::denied, kind, measured), measured, config);
        CHECK(remarks.size() == (listed ? 0 : 1));
        CHECK(known_blocks(config)->size() == (listed ? 0 : 1));
    }
}

TEST_CASE("an answer is remembered of whom something else is remembered") {
    Memory memory;
    auto& [directory, config, measured] = memory;
    const Judged well = judged(Heard::time, Origin::Kind::catalogue, measured);
    CHECK(remember_standings(well, measured, config).empty());
    CHECK(std::filesystem::is_empty(directory.path()));
    measured.asked.clear();
    const Judged silent = judged(Heard::nothing, Origin::Kind::catalogue, measured);
    CHECK(remember_standings(silent, measured, config).empty());
    CHECK(known_blocks(config)->size() == 1);
    CHECK(remember_standings(well, measured, config).empty());
    CHECK(known_blocks(config)->empty());
}

TEST_CASE("only who was asked in this run is learnt of") {
    Memory memory;
    auto& [directory, config, measured] = memory;
    const Judged all = judged(Heard::nothing, Origin::Kind::catalogue, measured);
    const Endpoint first = measured.asked.front();
    measured.asked.erase(measured.asked.begin());
    CHECK(remember_standings(all, measured, config).empty());
    CHECK(known_blocks(config)->empty());
    measured.asked.insert(measured.asked.begin(), first);
    CHECK(remember_standings(all, measured, config).empty());
    CHECK(known_blocks(config)->at(0).silent_scans == 1);
}
