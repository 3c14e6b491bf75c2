#include "app/saved_plan.h"

#include <doctest/doctest.h>

#include "tests/fakes/change_case.h"
#include "tests/fakes/tree_host.h"

using namespace clockwright;
using namespace clockwright::app;
using fakes::DaemonWorld;

namespace {

/// The files of the small world, seen as a host's.
class WorldHost : public TreeHost {
  public:
    explicit WorldHost(const DaemonWorld& world) : world_(world) {}
    Result<FileState> read(const std::string& path) const override { return world_.read(path); }

  private:
    const DaemonWorld& world_;
};

}  // namespace

TEST_CASE("a saved plan stands on the files and sources it was made from") {
    fakes::Replacement change;
    const WorldHost host(change.world);
    CHECK(moved_ground(change.plan, host, *change.world.state()).empty());
    CHECK_FALSE(is_fulfilled(change.plan, host, *change.world.state()));
    change.world.put(DaemonWorld::main_file, "# by another hand\n");
    CHECK(moved_ground(change.plan, host, *change.world.state()) ==
          std::string(DaemonWorld::main_file) + " changed since the plan was made; make a new one");
}

TEST_CASE("sources that came by command move the ground of a saved plan") {
    fakes::Replacement change;
    const WorldHost host(change.world);
    DaemonState state = *change.world.state();
    state.sources.pop_back();
    CHECK(moved_ground(change.plan, host, state).starts_with("the list of the daemon's sources"));
}

TEST_CASE("a plan older than a day, or from the future, is refused with its id") {
    fakes::Replacement change;
    const DaemonView view;
    Command command;
    change.plan.made_at = WallTime{};
    CHECK(why_not_now(change.plan, command, view) ==
          "plan 7f3c9a is older than 24 h; make a new one");
    change.plan.made_at = WallTime{std::chrono::hours(24 * 365 * 200)};
    CHECK(why_not_now(change.plan, command, view) ==
          "plan 7f3c9a is from the future; make a new one");
}

TEST_CASE("a restart is refused by the plan's id until it is permitted") {
    fakes::Replacement change;
    Command command;
    CHECK(why_no_restart(change.plan, command).empty());
    change.plan.restart = true;
    CHECK(why_no_restart(change.plan, command).starts_with("plan 7f3c9a needs a restart"));
    command.allow_restart = true;
    CHECK(why_no_restart(change.plan, command).empty());
}
