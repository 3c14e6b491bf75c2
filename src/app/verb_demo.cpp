#include <fmt/format.h>

#include <filesystem>

#include "app/demo_bed.h"
#include "app/exit_code.h"
#include "app/output.h"
#include "app/verbs.h"
#include "publish/table.h"
#include "system/clock_rights.h"
#include "system/event_loop.h"

namespace clockwright::app {
namespace {

/// The given program, an unpacked copy near our own, or the installed one.
Result<std::string> find_chronyd(const Command& command) {
    std::vector<std::string> places = {command.chronyd};
    if (command.chronyd.empty()) {
        const std::filesystem::path own =
            std::filesystem::path(system::own_program()).parent_path();
        places = {own / "peers/chrony/usr/sbin/chronyd",
                  own.parent_path() / "peers/chrony/usr/sbin/chronyd", "/usr/sbin/chronyd"};
    }
    std::error_code error;
    for (const std::string& place : places) {
        if (std::filesystem::exists(place, error)) return place;
    }
    return fail(fmt::format("no chronyd at {}; name one with --chronyd", places.back()));
}

class Story {
  public:
    Story(const Command& command, DemoBed& bed) : command_(command), bed_(bed) {}

    void tell(const std::string& text) {
        print_remark(command_, fmt::format("\n{}", wrap("# " + text, 0)));
    }

    /// Shows the command and its output; the demo fails when its exit code is not the promised one.
    Result<void> show(const std::vector<std::string>& words, int promised) {
        std::string line = "$ clockwright";
        for (const std::string& word : words) line += " " + word;
        print_remark(command_, line + "\n");
        const int code = TRY(bed_.run(words));
        if (system::interrupted())
            return fail(Fault::interrupted, "interrupted; nothing is left behind");
        print_remark(command_, fmt::format("(exit code {})\n", code));
        if (code == promised) return {};
        return fail(fmt::format("the demo promised exit code {} here, and got {}", promised, code));
    }

  private:
    const Command& command_;
    DemoBed& bed_;
};

Result<void> tell_story(Story& story, DemoBed& bed) {
    const std::string plan_file = bed.directory() + "/near.plan";
    story.tell(
        "A private chronyd (-x: it cannot touch the clock) follows three servers. Two of them lie, "
        "and they agree, so it believes them:");
    if (!bed.wait_until_followed(Seconds{20})) return fail("chronyd did not follow its sources");
    TRY(story.show({"status"}, exit_done));
    story.tell("A dozen servers are known here. Who is right is decided by agreement:");
    TRY(story.show({"scan"}, exit_done));
    story.tell("The change as a plan; nothing is written yet:");
    TRY(story.show({"plan"}, exit_change_due));
    story.tell("Made, and proved by asking chronyd:");
    TRY(story.show({"apply", "--yes", "--reason", "demo"}, exit_done));
    TRY(story.show({"status"}, exit_done));
    story.tell(
        "Now a change that cannot work: near servers are planned, and die before it is applied.");
    TRY(bed.offer_near_servers());
    TRY(story.show({"plan", "--out", plan_file}, exit_change_due));
    bed.kill_near_servers();
    TRY(story.show({"apply", plan_file, "--yes"}, exit_failed));
    story.tell("It was undone by itself, and the old state proved:");
    TRY(story.show({"rollback"}, exit_done));
    return story.show({"check"}, exit_done);
}

}  // namespace

Result<int> run_demo(const Context& context) {
    TRY(system::give_up_clock_rights());
    system::catch_signals();
    const std::string chronyd = TRY(find_chronyd(context.command));
    DemoBed bed = TRY(DemoBed::build(chronyd));
    Story story(context.command, bed);
    TRY(tell_story(story, bed));
    story.tell("That was all. Nothing is left behind; this machine's clock was never touched.");
    return exit_done;
}

}  // namespace clockwright::app
