#include "store/audit_chain.h"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "tests/fakes/chain_digest.h"
#include "tests/fakes/temporary_directory.h"

using namespace clockwright;
using namespace clockwright::store;
using namespace std::chrono_literals;

namespace {

Now at(std::chrono::nanoseconds after) {
    return {WallTime{std::chrono::sys_days{std::chrono::year{2026} / 11 / 20}} + after,
            SteadyTime{100s} + after};
}

std::vector<Record> rows(int n) {
    std::vector<Record> all;
    for (int i = 0; i < n; ++i)
        all.emplace_back(
            EventRow{at(i * 1s).wall, "step", "", fmt::format("step {}", i), Seconds{0.5}});
    all.emplace_back(SampleRow{});
    return all;
}

std::string file_of(const TemporaryDirectory& state) {
    return state.read("audit/2026-11-20.chain");
}

std::vector<ChainFile> files_of(const TemporaryDirectory& state) {
    std::vector<ChainFile> files;
    for (const std::string& name : chain_files(state.path()))
        files.push_back(chain_file(state.path(), name).value());
    return files;
}

std::string fault_of(std::string content) {
    const std::vector<ChainFile> files{{"2026-11-20.chain", std::move(content)}};
    const auto end = verify_chain(files);
    return end ? std::string{} : end.error().message;
}

}  // namespace

TEST_CASE("a chain goes on over restarts and days, without samples, and verifies as a whole") {
    const TemporaryDirectory state;
    for (int start = 0; start < 3; ++start) {
        auto chain = AuditChain::open(state.path(), chain_digest, "boot");
        REQUIRE(chain);
        CHECK(chain->end().records == static_cast<std::uint64_t>(start) * 4);
        REQUIRE(chain->append(rows(4), at(start * 24h * 10)));
    }
    const auto files = files_of(state);
    REQUIRE(files.size() == 3);
    const auto end = verify_chain(files);
    REQUIRE(end);
    CHECK(end->records == 12);
    CHECK(verify_chain(files, end->head));
    CHECK(verify_chain({})->records == 0);
}

TEST_CASE("an agent that judges every four seconds adds its clock once a minute, and each change") {
    const TemporaryDirectory state;
    auto chain = AuditChain::open(state.path(), chain_digest, "boot").value();
    const auto judge = [&](std::chrono::nanoseconds after, bool demonstrated) {
        ClockRow row;
        row.at = at(after).wall;
        row.demonstrated = demonstrated;
        const std::vector<Record> rows{row};
        REQUIRE(chain.append(rows, at(after)));
    };
    for (int second = 0; second < 120; second += 4) judge(second * 1s, true);
    CHECK(chain.end().records == 2);
    judge(121s, false);
    CHECK(chain.end().records == 3);
}

TEST_CASE("what belongs into the chain waits, and samples do not belong there") {
    const TemporaryDirectory state;
    auto chain = AuditChain::open(state.path(), chain_digest, "boot").value();
    const std::vector<Record> samples{SampleRow{}};
    CHECK_FALSE(chain.add(samples, at(0s)));
    CHECK(chain.add(rows(2), at(0s)));
    CHECK(chain.end().records == 0);
    CHECK(chain.add(samples, at(1s)));  // the others wait still
    REQUIRE(chain.flush(at(2s)));
    CHECK(chain.end().records == 2);
    CHECK_FALSE(chain.add(samples, at(3s)));
}

TEST_CASE(
    "a look after a suspension or a step forward is added when the wall clock's minute is over") {
    const TemporaryDirectory state;
    auto chain = AuditChain::open(state.path(), chain_digest, "boot").value();
    const auto look = [&](std::chrono::nanoseconds after, std::chrono::nanoseconds jumped) {
        ClockRow row;
        row.at = at(after).wall + jumped;
        const std::vector<Record> rows{row};
        REQUIRE(chain.append(rows, {row.at, at(after).steady}));
        return chain.end().records;
    };
    CHECK(look(0s, 0s) == 1);
    CHECK(look(16s, 40s) == 1);
    CHECK(look(20s, 40s) == 2);
    CHECK(look(30s, -1h) == 2);
    CHECK(look(80s, -1h) == 3);
}

TEST_CASE("every octet that is flipped is found, in the line it stands in") {
    const TemporaryDirectory state;
    REQUIRE(AuditChain::open(state.path(), chain_digest, "boot")->append(rows(5), at(0s)));
    const std::string whole = file_of(state);
    CHECK(fault_of(whole).empty());
    int line = 1;
    for (std::size_t i = 0; i < whole.size(); ++i) {
        std::string changed = whole;
        changed[i] = static_cast<char>(changed[i] ^ 1);
        CAPTURE(i);
        const std::string fault = fault_of(changed);
        CHECK(fault.starts_with(fmt::format("audit/2026-11-20.chain:{}: ", line)));
        if (whole[i] == '\n') ++line;
    }
}

TEST_CASE("a record that is gone, doubled or moved is found, and its place is named") {
    const TemporaryDirectory state;
    REQUIRE(AuditChain::open(state.path(), chain_digest, "boot")->append(rows(5), at(0s)));
    const std::string whole = file_of(state);
    std::vector<std::string> lines;
    for (std::size_t begin = 0; begin < whole.size();) {
        const std::size_t end = whole.find('\n', begin) + 1;
        lines.push_back(whole.substr(begin, end - begin));
        begin = end;
    }
    REQUIRE(lines.size() == 5);
    const auto joined = [](const std::vector<std::string>& all) {
        std::string text;
        for (const std::string& line : all) text += line;
        return text;
    };
    auto gone = lines, doubled = lines, moved = lines, cut = lines;
    gone.erase(gone.begin() + 2);
    CHECK(fault_of(joined(gone)) ==
          "audit/2026-11-20.chain:3: record 3 is missing or was moved: 4 stands in its place");
    doubled.insert(doubled.begin() + 2, doubled[1]);
    CHECK(fault_of(joined(doubled)) ==
          "audit/2026-11-20.chain:3: record 3 is missing or was moved: 2 stands in its place");
    std::swap(moved[1], moved[3]);
    CHECK(fault_of(joined(moved)) ==
          "audit/2026-11-20.chain:2: record 2 is missing or was moved: 4 stands in its place");
    CHECK(fault_of(whole.substr(0, whole.size() - 10)) ==
          "audit/2026-11-20.chain:5: ends within a record");
    const std::string head = lines.back().substr(0, 64);
    cut.pop_back();
    const std::vector<ChainFile> files{{"2026-11-20.chain", joined(cut)}};
    CHECK(verify_chain(files));
    CHECK(verify_chain(files, head).error().message.ends_with("missing at the end"));
}

TEST_CASE("a line that a crash tore is cut off, told, and the chain stays whole") {
    const TemporaryDirectory state;
    REQUIRE(AuditChain::open(state.path(), chain_digest, "boot")->append(rows(2), at(0s)));
    const std::string whole = file_of(state);
    state.write("audit/2026-11-20.chain", whole + "0123456789");
    auto chain = AuditChain::open(state.path(), chain_digest, "later");
    REQUIRE(chain);
    REQUIRE(chain->append(rows(1), at(1h)));
    CHECK(file_of(state).starts_with(whole));
    CHECK(file_of(state).contains(R"("kind":"torn","row":{"octets":10})"));
    CHECK(fault_of(file_of(state)).empty());
    CHECK(chain->end().records == 4);
}

TEST_CASE("two programs add to one chain, in turn, and it is whole") {
    const TemporaryDirectory state;
    auto agent = AuditChain::open(state.path(), chain_digest, "boot").value();
    for (int turn = 0; turn < 3; ++turn) {
        const auto after = turn * 24h;
        REQUIRE(agent.append(rows(2), at(after)));
        REQUIRE(
            AuditChain::open(state.path(), chain_digest, "boot")->append(rows(1), at(after + 1h)));
    }
    REQUIRE(AuditChain::open(state.path(), chain_digest, "boot")->append(rows(1), at(96h)));
    CHECK(agent.prune(at(24h).wall, at(97h)) == 1);
    REQUIRE(agent.append(rows(1), at(98h)));
    CHECK(agent.end().records == 12);
    CHECK(verify_chain(files_of(state), {}, *chain_base(state.path()))->records == 12);
}

TEST_CASE("what is cut off or rewritten while the agent runs is not gone on with unseen") {
    const TemporaryDirectory state;
    auto agent = AuditChain::open(state.path(), chain_digest, "boot").value();
    REQUIRE(agent.append(rows(2), at(0s)));
    const std::string before = file_of(state);
    REQUIRE(agent.append(rows(2), at(1h)));
    state.write("audit/2026-11-20.chain", before);
    SUBCASE("cut off") {}
    SUBCASE("and gone on with by another") {
        REQUIRE(AuditChain::open(state.path(), chain_digest, "boot")->append(rows(7), at(2h)));
    }
    REQUIRE(agent.append(rows(1), at(3h)));
    REQUIRE(agent.append(rows(1), at(4h)));
    CHECK_FALSE(verify_chain(files_of(state)));
}

TEST_CASE("a clock that is set back goes on in the last file") {
    const TemporaryDirectory state;
    auto chain = AuditChain::open(state.path(), chain_digest, "boot");
    for (const auto day : {0h, 48h, 24h}) REQUIRE(chain->append(rows(2), at(day)));
    REQUIRE(AuditChain::open(state.path(), chain_digest, "boot")->append(rows(2), at(0h)));
    const auto files = files_of(state);
    CHECK(files.size() == 2);
    CHECK(verify_chain(files)->records == 8);
}

TEST_CASE("an end that is no chain is not gone on with") {
    const TemporaryDirectory state;
    state.make_directory("audit");
    state.write("audit/2026-11-20.chain", "nonsense\n");
    const auto chain = AuditChain::open(state.path(), chain_digest, "boot");
    REQUIRE_FALSE(chain);
    CHECK(chain.error().fault == Fault::bad_input);
    CHECK(chain.error().message.contains("audit/2026-11-20.chain"));
}

TEST_CASE("what is older than wanted is removed, and the rest is whole and says so") {
    const TemporaryDirectory state;
    auto chain = AuditChain::open(state.path(), chain_digest, "boot").value();
    for (const auto day : {0h, 24h, 48h, 72h}) REQUIRE(chain.append(rows(2), at(day)));
    CHECK(chain.prune(at(48h).wall, at(73h)) == 2);
    CHECK(chain.prune(at(48h).wall, at(74h)) == 0);
    const auto files = files_of(state);
    REQUIRE(files.size() == 2);
    const auto base = chain_base(state.path());
    REQUIRE(base);
    CHECK(base->records == 4);
    CHECK(verify_chain(files, {}, *base)->records == 10);
    for (const char* row : {R"({"files":1,"records":2,)", R"({"files":1,"records":4,)"})
        CHECK(files.back().content.contains(std::string(R"("kind":"pruned","row":)") + row));
    // It goes on after a restart, and the last file stays however old it is.
    auto later = AuditChain::open(state.path(), chain_digest, "boot").value();
    CHECK(later.end().records == 10);
    CHECK(later.prune(at(9999h).wall, at(9999h)) == 1);
    CHECK(verify_chain(files_of(state), {}, *chain_base(state.path())));
}

TEST_CASE("oldest files that were cut away are missed, whatever the base says") {
    const TemporaryDirectory state;
    auto chain = AuditChain::open(state.path(), chain_digest, "boot").value();
    for (const auto day : {0h, 24h, 48h, 72h}) REQUIRE(chain.append(rows(2), at(day)));
    CHECK(chain.prune(at(24h).wall, at(73h)) == 1);
    auto files = files_of(state);
    CHECK(verify_chain(files, {}, *chain_base(state.path())));
    const ChainEnd forged = *last_of(files.front().content);
    files.erase(files.begin());
    const auto found = verify_chain(files, {}, forged);
    REQUIRE_FALSE(found);
    CHECK(found.error().message ==
          "audit/base says that the first 4 records were removed, and no record of the chain does: "
          "they are missing");
}

TEST_CASE(
    "a removal that a crash stopped anywhere leaves a chain that holds, and is gone on with") {
    const TemporaryDirectory state;
    auto chain = AuditChain::open(state.path(), chain_digest, "boot").value();
    for (const auto day : {0h, 24h, 48h}) REQUIRE(chain.append(rows(2), at(day)));
    const std::string first = state.read("audit/2026-11-20.chain");
    CHECK(chain.prune(at(24h).wall, at(49h)) == 1);
    state.write("audit/2026-11-20.chain", first);  // the base is there already
    CHECK(verify_chain(files_of(state), {}, *chain_base(state.path())));
    std::filesystem::remove(state / "audit/base");  // or it is not
    CHECK(verify_chain(files_of(state), {}, *chain_base(state.path())));
    CHECK(chain.prune(at(24h).wall, at(50h)) == 1);
    CHECK(verify_chain(files_of(state), {}, *chain_base(state.path())));
}

TEST_CASE("a clock that was in the future for a moment pins nothing: files end, and old ones go") {
    const TemporaryDirectory state;
    auto chain = AuditChain::open(state.path(), chain_digest, "boot").value();
    REQUIRE(chain.append(rows(1), at(24h * 365 * 70)));
    std::vector<Record> many;
    for (int i = 0; i < 40'000; ++i)
        many.emplace_back(EventRow{at(0h).wall, "step", "", std::string(200, 'x'), Seconds{0.5}});
    for (int day = 0; day < 3; ++day) {
        for (Record& row : many) std::get<EventRow>(row).at = at(day * 24h).wall;
        for (std::size_t first = 0; first < many.size(); first += 1000)
            REQUIRE(chain.append(std::span(many).subspan(first, 1000), at(day * 24h)));
    }
    const auto files = files_of(state);
    REQUIRE(files.size() > 3);
    for (const ChainFile& file : files) CHECK(file.content.size() <= AuditChain::largest_file);
    CHECK(files[1].name == files[0].name.substr(0, 10) + "~0002.chain");
    CHECK(verify_chain(files)->records == 120'001);
    auto later = AuditChain::open(state.path(), chain_digest, "later").value();
    CHECK(later.end().records == 120'001);
    const auto old = std::ranges::count_if(
        files, [](const ChainFile& file) { return last_row_of(file.content) < at(48h).wall; });
    CHECK(old > 1);
    CHECK(later.prune(at(48h).wall, at(73h)) == old);
    CHECK(verify_chain(files_of(state), {}, *chain_base(state.path())));
}

TEST_CASE("records that could not be written come later, and how many did not") {
    const TemporaryDirectory state;
    auto chain = AuditChain::open(state.path(), chain_digest, "boot").value();
    REQUIRE(chain.append(rows(1), at(0s)));
    const auto away = state / "away";
    std::filesystem::rename(state / "audit", away);
    CHECK_FALSE(chain.append(rows(2), at(1h)));
    CHECK(chain.end().records == 1);
    std::filesystem::rename(away, state / "audit");
    REQUIRE(chain.append(rows(1), at(2h)));
    CHECK(chain.end().records == 4);
    CHECK_FALSE(file_of(state).contains(R"("kind":"lost")"));
    std::filesystem::rename(state / "audit", away);
    for (int i = 0; i < 3; ++i) CHECK_FALSE(chain.append(rows(1000), at(3h)));
    std::filesystem::rename(away, state / "audit");
    REQUIRE(chain.append(rows(1), at(4h)));
    CHECK(file_of(state).contains(R"("kind":"lost","row":{"records":953})"));
    CHECK(chain.end().records == 4 + 1 + AuditChain::most_waiting);
    CHECK(fault_of(file_of(state)).empty());
}

TEST_CASE("signed heads go with the days they are of") {
    const TemporaryDirectory state;
    auto chain = AuditChain::open(state.path(), chain_digest, "boot").value();
    for (const auto day : {0h, 24h}) REQUIRE(chain.append(rows(1), at(day)));
    for (const char* name : {"2026-11-20.head", "2026-11-20.head.sig", "2026-11-21.head"})
        state.write(std::string("audit/") + name, "x");
    CHECK(chain.prune(at(24h).wall, at(25h)) == 1);
    CHECK_FALSE(std::filesystem::exists(state / "audit/2026-11-20.head"));
    CHECK_FALSE(std::filesystem::exists(state / "audit/2026-11-20.head.sig"));
    CHECK(std::filesystem::exists(state / "audit/2026-11-21.head"));
}
