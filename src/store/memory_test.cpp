#include "store/memory.h"

#include <doctest/doctest.h>
#include <sys/stat.h>

#include <algorithm>
#include <string>
#include <thread>

#include "tests/fakes/temporary_directory.h"

using namespace clockwright;

namespace {

constexpr WallTime noon{std::chrono::seconds(1'800'000'000)};

store::Memory full_memory() {
    Sample sample;
    sample.at = SteadyTime(std::chrono::nanoseconds(123'456'789));
    sample.offset = Seconds{-1.25e-3};
    sample.delay = Seconds{2.5e-3};
    sample.dispersion = Seconds{3e-6};
    sample.root_delay = Seconds{4e-3};
    sample.root_dispersion = Seconds{5e-3};
    sample.leap = Leap::insert;
    sample.stratum = 6;
    sample.refid = 0xf0e1d2c3;
    const auto address = *parse_address("192.0.2.7");
    store::Memory memory;
    memory.spent.push_back({.address = address,
                            .series_began = noon,
                            .last = noon + std::chrono::microseconds(7),
                            .sent = 4});
    memory.series.push_back({.endpoint = {.address = *parse_address("2001:db8::7"), .port = 1123},
                             .at = noon,
                             .series = {.sent = 3,
                                        .samples = {sample},
                                        .rejections = {Rejection::time_out, Rejection::too_late},
                                        .kiss = 0x52415445}});
    memory.series.push_back(memory.series.back());
    memory.series.back().nts = true;
    memory.series.back().boot = "5f0c1b9e-7f0e-4b5e-9d5c-0123456789ab";
    memory.series.back().booted = noon - std::chrono::hours(5);
    memory.series.back().rate = Ppm{-21.5};
    memory.series.back().series.samples[0].authenticated = true;
    memory.series.back().series.samples[0].interleaved = true;
    ntp::LastExchange exchange{.with = {"nts://a.example:4461", address},
                               .at = noon + std::chrono::seconds(3),
                               .failures = 2,
                               .asked = Endpoint{address, 4123},
                               .report = {}};
    exchange.report.failure = NtsFailure::no_answer;
    exchange.report.why = "lost";
    exchange.report.server = "b.example";
    exchange.report.port = 4123;
    exchange.report.algorithm = 15;
    exchange.report.cookies = 7;
    exchange.report.subject = "CN=a\\ \xc3\xa4";
    exchange.report.issuer = "CN=b";
    exchange.report.not_before = noon - std::chrono::days(20);
    exchange.report.not_after = noon + std::chrono::days(70);
    memory.exchanges.push_back(exchange);
    exchange = {
        .with = {"nts://b.example", {}}, .at = noon, .failures = 1, .asked = {}, .report = {}};
    memory.exchanges.push_back(exchange);
    memory.confirmation = {.present = {"ntp1", "ntp2"}, .at = noon, .runs = 2};
    memory.search = Search{.at = noon - std::chrono::hours(1),
                           .asked = {{"a.example", {}, true}, {"pool.example", address, false}}};
    return memory;
}

}  // namespace

TEST_CASE("what is remembered comes back after a restart") {
    const TemporaryDirectory directory;
    const auto state = directory / "state";
    const auto memory = full_memory();
    REQUIRE(store::save(state, memory));
    std::string remark;
    const auto back = store::load(state, &remark);
    CHECK(remark.empty());
    CHECK(back.spent == memory.spent);
    CHECK(back.series == memory.series);
    CHECK(back.exchanges == memory.exchanges);
    CHECK(back.confirmation.present == memory.confirmation.present);
    CHECK(back.confirmation.at == memory.confirmation.at);
    CHECK(back.confirmation.runs == 2);
    CHECK(back.search == memory.search);
}

TEST_CASE("a file from before NTS and searches is read; none of its samples is authentic") {
    const TemporaryDirectory directory;
    auto memory = full_memory();
    memory.exchanges.clear();
    memory.search.reset();
    memory.series.pop_back();
    REQUIRE(store::save(directory.path(), memory));
    const auto text = directory.read("memory.json");
    for (const char* word :
         {"nts", "authenticated", "interleaved", "exchanges", "search", "boot"}) {
        CAPTURE(word);
        CHECK(text.find(word) == std::string::npos);
    }
    const auto back = store::load(directory.path(), nullptr);
    CHECK(back.series == memory.series);
    CHECK_FALSE(back.series[0].series.samples[0].authenticated);
}

TEST_CASE("the dates of any certificate come back") {
    const TemporaryDirectory directory;
    store::Memory memory;
    ntp::LastExchange exchange{
        .with = {"a", {}}, .at = noon, .failures = 1, .asked = {}, .report = {}};
    exchange.report.not_before = std::chrono::sys_days{std::chrono::year{1678} / 1 / 1};
    exchange.report.not_after =
        std::chrono::sys_days{std::chrono::year{2262} / 1 / 1} - std::chrono::seconds{1};
    memory.exchanges = {exchange};
    REQUIRE(store::save(directory.path(), memory));
    CHECK(store::load(directory.path(), nullptr).exchanges == memory.exchanges);
}

TEST_CASE("samples without NTS never serve an nts:// host; authentic ones serve any") {
    const Endpoint here{*parse_address("192.0.2.7"), 123}, other{here.address, 124};
    const store::RememberedSeries plain{here, noon, {}, false}, authentic{here, noon, {}, true};
    CHECK(store::find_series({plain}, here, true) == nullptr);
    CHECK(store::find_series({plain}, here, false)->nts == false);
    CHECK(store::find_series({authentic}, here, false)->nts == true);
    CHECK(store::find_series({authentic, plain}, here, false)->nts == false);
    CHECK(store::find_series({plain, authentic}, here, true)->nts == true);
    CHECK(store::find_series({plain, authentic}, other, true) == nullptr);
}

TEST_CASE("the memory is a file of one's own") {
    const TemporaryDirectory directory;
    REQUIRE(store::save(directory.path(), full_memory()));
    struct stat status{};
    REQUIRE(::stat((directory / "memory.json").c_str(), &status) == 0);
    CHECK((status.st_mode & 0777U) == 0600);
}

TEST_CASE("no memory yet is no remark") {
    const TemporaryDirectory directory;
    std::string remark;
    CHECK(store::load(directory / "nowhere", &remark).spent.empty());
    CHECK(remark.empty());
}

TEST_CASE("a memory that does not tell what was sent is a failure, and is left as it is") {
    const TemporaryDirectory directory;
    REQUIRE(store::save(directory.path(), full_memory()));
    const auto whole = directory.read("memory.json");
    const auto check = [&](const std::string& text) {
        CAPTURE(text);
        directory.write("memory.json", text);
        std::string remark;
        const auto memory = store::load(directory.path(), &remark);
        CHECK(memory.spent.empty());
        CHECK(memory.series.empty());
        CHECK(remark.starts_with("what was remembered is lost: "));
        CHECK(remark.contains("mend it, or move it away"));
        CHECK_FALSE(store::read_memory(directory.path()));
        CHECK_FALSE(store::take_memory(directory.path()));
        CHECK_FALSE(store::change_memory(directory.path(), [](store::Memory&) {}));
        CHECK(directory.read("memory.json") == text);
    };
    for (std::size_t length = 0; length + 2 < whole.size(); length += 11)
        check(whole.substr(0, length));
    for (const char* text : {"[]", "{}", R"({"spent": 1})", R"({"spent": [], "exchanges": 1})"})
        check(text);
}

TEST_CASE("of a memory that is partly not understood all is kept that is, with a remark") {
    const TemporaryDirectory directory;
    const auto memory = full_memory();
    REQUIRE(store::save(directory.path(), memory));
    const auto whole = directory.read("memory.json");
    struct Row {
        const char *old, *now;
        std::size_t spent, exchanges;
        bool remark;
    };
    const Row rows[] = {
        {"\"clockwright_memory\": 1", "\"clockwright_memory\": 2", 1, 2, true},
        {"\"sent\": 4", "\"sent\": 4, \"mood\": \"good\"", 1, 2, false},
        {"\"confirmation\"", "\"mood\": 1, \"confirmation\"", 1, 2, false},
        {"\"present\"", "\"absent\"", 1, 2, true},
        {"\"failures\": 2", "\"failures\": -2", 1, 1, true},
        {"\"sent\": 4", "\"sent\": -4", 0, 2, true},
    };
    for (const Row& row : rows) {
        CAPTURE(row.now);
        auto text = whole;
        text.replace(text.find(row.old), std::string(row.old).size(), row.now);
        directory.write("memory.json", text);
        std::string remark;
        const auto back = store::read_memory(directory.path(), &remark);
        REQUIRE(back);
        CHECK(back->spent.size() == row.spent);
        CHECK(back->exchanges.size() == row.exchanges);
        CHECK(back->series == memory.series);
        CHECK(back->search == memory.search);
        CHECK(remark.empty() == !row.remark);
    }
}

TEST_CASE("the newest 4096 that were asked are remembered, and more than that is read") {
    const TemporaryDirectory directory;
    store::Memory memory;
    for (int i = 0; i < 5000; ++i) {
        const IpAddress address{
            Family::ipv4,
            {198, 51, static_cast<std::uint8_t>(i / 250), static_cast<std::uint8_t>(i % 250)}};
        memory.spent.push_back({address, noon, noon + std::chrono::seconds(i * 7 % 5000), 1});
    }
    REQUIRE(store::save(directory.path(), memory));
    auto back = store::load(directory.path(), nullptr).spent;
    REQUIRE(back.size() == 4096);
    CHECK(std::ranges::min(back, {}, &ntp::Spent::last).last == noon + std::chrono::seconds(904));
    auto text = directory.read("memory.json");
    const auto first = text.find('{', 1), end = text.find('}', first);
    const auto entry = text.substr(first, end - first + 1) + ",";
    std::string more;
    for (int i = 0; i < 10; ++i) more += entry;
    text.insert(first, more);
    directory.write("memory.json", text);
    CHECK(store::load(directory.path(), nullptr).spent.size() == 4106);
}

TEST_CASE("who takes the memory has read it, and knows that it can be written") {
    const TemporaryDirectory directory;
    {
        const auto taken = store::take_memory(directory / "state");
        REQUIRE(taken);
        CHECK(taken->memory.spent.empty());
    }
    CHECK(directory.read("state/memory.json").contains("spent"));
    directory.write("file", "");
    CHECK_FALSE(store::take_memory(directory / "file/state"));
}

TEST_CASE("a memory that cannot be written is an error that names the file") {
    const TemporaryDirectory directory;
    directory.write("file", "");
    const auto saved = store::save(directory / "file/state", {});
    REQUIRE_FALSE(saved);
    CHECK(saved.error().message.contains("file"));
}

TEST_CASE("two runs that remember at once lose nothing of each other") {
    const TemporaryDirectory directory;
    const auto remember = [&](std::uint8_t network) {
        for (std::uint8_t host = 1; host <= 25; ++host) {
            const IpAddress address{Family::ipv4, {198, 51, network, host}};
            CHECK(store::change_memory(directory / "state", [&](store::Memory& memory) {
                memory.spent.push_back({address, noon, noon, 4});
            }));
        }
    };
    {
        const std::jthread one(remember, std::uint8_t{1}), other(remember, std::uint8_t{2});
    }
    CHECK(store::load(directory / "state", nullptr).spent.size() == 50);
}

TEST_CASE("who holds the memory is waited for") {
    const TemporaryDirectory directory;
    auto held = store::hold_memory(directory / "state");
    REQUIRE(held);
    std::jthread other([&] {
        CHECK(store::change_memory(directory / "state", [](store::Memory& memory) {
            memory.confirmation.runs = memory.confirmation.runs == 7 ? 8 : 1;
        }));
    });
    store::Memory memory;
    memory.confirmation.runs = 7;
    CHECK(store::save(directory / "state", memory));
    {
        const auto let_go = std::move(*held);
    }
    other.join();
    CHECK(store::load(directory / "state", nullptr).confirmation.runs == 8);
}
