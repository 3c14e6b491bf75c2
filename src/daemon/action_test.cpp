#include "daemon/action.h"

#include <doctest/doctest.h>

using namespace clockwright;

namespace {

const FileState nothing{.path = "/etc/a.sources", .content = {}, .sha256 = {}};
const FileState something{.path = "/etc/a.sources", .exists = true, .content = "x", .sha256 = "d"};

}  // namespace

TEST_CASE("every action says what it does in words") {
    const struct {
        Action action;
        std::string words;
    } rows[] = {
        {WriteFile{.before = nothing, .after = something}, "wrote /etc/a.sources"},
        {WriteFile{.before = something, .after = nothing}, "removed /etc/a.sources"},
        {ReloadSources{}, "reload sources"},
        {DeleteSource{.name = "ntp1\n", .address = *parse_address("10.0.0.1")},
         "delete source ntp1\\x0a (10.0.0.1)"},
        {AddSource{.line = "server ntp1 iburst"}, "add source: server ntp1 iburst"},
        {RestartDaemon{.argv = {"/usr/bin/systemctl", "restart", "chrony"}},
         "run /usr/bin/systemctl restart chrony"},
    };
    for (const auto& row : rows) {
        CAPTURE(row.words);
        CHECK(describe(row.action) == row.words);
    }
}

TEST_CASE("a write is taken back by the write the other way round") {
    const Action write = WriteFile{.before = nothing, .after = something};
    CHECK(inverse(write) == Action(WriteFile{.before = something, .after = nothing}));
    CHECK(inverse(*inverse(write)) == write);
}

TEST_CASE("reload and restart repeat themselves, and a source alone has no way back") {
    const Action restart = RestartDaemon{.argv = {"/bin/true"}};
    CHECK(inverse(ReloadSources{}) == Action(ReloadSources{}));
    CHECK(inverse(restart) == restart);
    CHECK_FALSE(inverse(DeleteSource{.name = "ntp1", .address = {}}));
    CHECK_FALSE(inverse(AddSource{.line = "server ntp1"}));
}

TEST_CASE("what takes two reloads forwards takes two backwards") {
    const std::vector<Action> twice{ReloadSources{}, ReloadSources{}}, once{ReloadSources{}};
    std::vector<Action> all;
    join_commands(all, once);
    join_commands(all, twice);
    join_commands(all, once);
    CHECK(all == twice);
}
