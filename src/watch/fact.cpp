#include "watch/fact.h"

#include <algorithm>
#include <array>

namespace clockwright {
namespace {

constexpr bool host = false, server = true;

constexpr std::array kinds{
    FactKind{"demonstrated", host,
             "1: the time daemon shows that this clock is right within a bound"},
    FactKind{"bound_seconds", host, "half-width within which UTC lies, by the daemon"},
    FactKind{"offset_seconds", host, "what must be added to this clock, by the daemon"},
    FactKind{"quorum_offset_seconds", host, "the same, by the servers the agent watches"},
    FactKind{"quorum_contradicts", host,
             "1: the watched servers agree on another time than the daemon's bound allows"},
    FactKind{"majority", host,
             "1: more than half of the judged servers agree; unknown of one alone"},
    FactKind{"agreeing_groups", host, "groups of servers that agree with each other only"},
    FactKind{"truechimers", host, "servers that agree with the majority"},
    FactKind{"sources_answering", host, "sources of the daemon that answer"},
    FactKind{"sources", host, "sources the daemon has"},
    FactKind{"daemon_answers", host, "1: the time daemon answers us"},
    FactKind{"daemon_running", host, "1: the time daemon's process is there"},
    FactKind{"daemon_expected", host,
             "0: no time daemon is set up on this host, and none was seen"},
    FactKind{"daemon_silent_seconds", host, "since the daemon last answered"},
    FactKind{"update_age_polls", host, "age of the daemon's last update, in its poll intervals"},
    FactKind{"update_age_seconds", host, "the same in seconds"},
    FactKind{"frequency_ppm", host, "correction the daemon applies to this clock's rate"},
    FactKind{"frequency_change_ppm", host, "how far it moved within the last hour"},
    FactKind{"frequency_trend_ppm", host,
             "how far that correction moves within 30 days, by the record; 0: it shows no trend"},
    FactKind{
        "kernel_disagrees", host,
        "1: the kernel calls this clock unsynchronised, the daemon keeps it (H-28); unknown to "
        "the secluded service, which may not ask"},
    FactKind{"stratum", host, "of this host, by the daemon"},
    FactKind{"local_reference", host, "1: the daemon serves its own clock (H-9)"},
    FactKind{"watches_only", host, "1: the daemon may not set the clock (H-39)"},
    FactKind{"hands", host, "programs that move this clock (H-18)"},
    FactKind{"step_seconds", host, "size of the last step of this clock within five minutes"},
    FactKind{"stood_still_seconds", host,
             "how far the clock fell behind all servers at once, within five minutes (H-17)"},
    FactKind{"clocksource_changed", host,
             "1: the kernel took another clock source within the last hour (H-29)"},
    FactKind{"daemon_restarts", host,
             "starts of what moves this clock, within the last hour (H-31)"},
    FactKind{"rtc_local_time", host, "1: the hardware clock keeps local time (H-20)"},
    FactKind{"rtc_battery", host,
             "0: no sign, 1: the battery of the hardware clock is suspect, 2: failing (H-21)"},
    FactKind{"rtc_rate_change_ppm", host,
             "how far the rate of the hardware clock moved within the last week"},
    FactKind{"leap_disagrees", host, "1: servers differ about a coming leap second (H-3)"},
    FactKind{"leap_table_days", host, "days until the table of leap seconds expires (H-5)"},
    FactKind{"smear_mixed", host, "1: sources that smear stand beside some that do not (H-4)"},
    FactKind{"single_operator", host, "1: all sources are one operator's (H-33)"},
    FactKind{"all_silent", host, "1: no server at all answers (H-23)"},
    FactKind{"reference_jumped", host,
             "primary servers with one kind of clock whose time stepped alike within the last hour "
             "(H-36)"},
    FactKind{"record_failing", host, "1: the record cannot be written"},
    FactKind{"change_unfinished", host, "1: a change was left half done, or its undo is unproved"},
    FactKind{"dropin_missing", host, "1: our own file vanished from the daemon's configuration"},
    FactKind{"error_seconds", server, "its offset less the consensus"},
    FactKind{"wrong", server, "1: the others agree that it is wrong; unknown without a majority"},
    FactKind{"reach_share", server, "answered polls of the last eight"},
    FactKind{"silent_seconds", server, "since its last valid answer"},
    FactKind{"selected_dead", server, "1: the daemon follows it though it is silent (H-16)"},
    FactKind{"stepped_seconds", server, "its time stepped, within the last hour"},
    FactKind{"path_shift_seconds", server,
             "its path became asymmetric, within the last hour (H-6)"},
    FactKind{"denied", server, "1: it sent a kiss code (H-13)"},
    FactKind{"spoofed", server, "forged answers to the last poll (H-14)"},
    FactKind{"authentication_lost", server, "1: it was authenticated and is not now (H-12)"},
    FactKind{"nts_cookies", server, "cookies the daemon has left for it (H-10)"},
    FactKind{"poll_seconds", server, "how often the daemon asks it"},
    FactKind{"impolite", server, "1: a public server asked more often than every 64 s (H-32)"},
    FactKind{"local_clock", server, "1: it serves its own clock (H-9)"},
    FactKind{"stratum_climb", server, "times on end its stratum rose by one (H-8)"},
    FactKind{"in_circle", server, "1: it follows servers that follow it (H-8)"},
    FactKind{"error_untold", server,
             "1: it is no primary server and states an error of zero, or of a second and more "
             "(H-35)"},
    FactKind{"whole_seconds", server, "1: it is off by whole seconds, or by half a second (H-37)"},
};

}  // namespace

std::span<const FactKind> known_facts() {
    return kinds;
}

const FactKind* find_fact(std::string_view name) {
    const auto found = std::ranges::find(kinds, name, &FactKind::name);
    return found == kinds.end() ? nullptr : &*found;
}

}  // namespace clockwright
