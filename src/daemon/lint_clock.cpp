/// Rules on the clock as the kernel, the hardware and the running daemon show it.
#include <fmt/format.h>

#include <array>
#include <cmath>

#include "daemon/lint_report.h"
#include "time/spell.h"

namespace clockwright::rules {
namespace {

constexpr Rule local_mode{"local_mode", Severity::error, "H-9",
                          "the daemon follows this very clock and calls it synchronised"};
constexpr Rule dead_selected{"dead_source_selected", Severity::warning, "S-8, H-16",
                             "it keeps being followed long after it fell silent"};
constexpr Rule kernel_unsync{"kernel_unsynchronised", Severity::warning, "K-3, H-28",
                             "monitors that read the kernel raise false alarms, and the hardware "
                             "clock is never corrected"};
constexpr Rule at_limit{"frequency_at_limit", Severity::error, "T-2, T-8, H-29",
                        "far outside of what a crystal does, and ntpd and the kernel correct 500 "
                        "ppm at most"};
constexpr Rule fast_clock{"frequency_suspicious", Severity::warning, "T-8",
                          "crystals are within 100 ppm: hardware, clock source or a wrong model"};
constexpr Rule unknown_hand{"unknown_hand", Severity::warning, "H-18, K-1",
                            "somebody steers this clock whom we do not know; clockwright only "
                            "watches"};
constexpr Rule guest_sync{
    "guest_time_sync", Severity::advice, "H-18, H-19",
    "guest tools that set the clock are a second hand; whether they do is set "
    "outside, and cannot be seen here without asking"};
constexpr Rule slow_source{"clocksource", Severity::warning, "H-29, K-5",
                           "reading it is slow and coarse; the kernel falls back to it when it "
                           "distrusts the processor's counter"};
constexpr Rule rtc_local{"rtc_local_time", Severity::warning, "R-1, H-20, S4-1",
                         "it is wrong by an hour twice a year, and the kernel stops correcting it"};
constexpr Rule timesyncd_lost{"timesyncd_unsynchronised", Severity::warning, "H-27",
                              "timesyncd runs and has had no answer since it started"};
constexpr Rule timesyncd_late{"timesyncd_unsynchronised", Severity::warning, "H-27",
                              "it asks every 34 minutes at the latest"};
constexpr Seconds silent_too_long{2 * 3600};

void check_state(const LintInput& input, Report& report) {
    if (input.state == nullptr) return;
    if (input.state->tracking.local_reference())
        report.add(local_mode, "the daemon's reference is its own clock", "clockwright scan");
    for (const DaemonSource& source : input.state->sources) {
        if (source.state != '*' || source.reach != 0 || source.refclock) continue;
        const std::string since =
            source.last_sample ? fmt::format(" since {:.0f} s", source.last_sample->count()) : "";
        report.add(dead_selected, fmt::format("{} is followed and silent{}", source.name, since),
                   is_chrony(input) ? "maxunreach 8 on its line (chrony 4.8), or clockwright plan"
                                    : "clockwright plan");
    }
}

void check_kernel(const LintInput& input, Report& report) {
    if (!input.host.kernel || input.host.container) return;
    const KernelClock& kernel = *input.host.kernel;
    const bool steered = input.host.program && input.host.program->steers();
    const bool fine = input.state != nullptr && input.state->tracking.synchronised();
    const auto has = [&](std::string_view word) {
        return is_chrony(input) && input.config != nullptr && input.config->find(word) != nullptr;
    };
    // With rtcfile chronyd keeps the hardware clock itself, and the kernel's flag means nothing.
    if (steered && fine && kernel.unsynchronised && !has("rtcfile")) {
        report.add(
            kernel_unsync, "the daemon is synchronised and the kernel says it is not",
            is_chrony(input) && !has("rtcsync") ? "rtcsync" : "adjtimex --print (status, UNSYNC)");
    }
    const double ppm = std::abs(kernel.frequency.value);
    if (ppm > 200) {
        report.add(ppm > 400 ? at_limit : fast_clock,
                   fmt::format("the clock needs {:+.1f} ppm", kernel.frequency.value),
                   "cat /sys/devices/system/clocksource/clocksource0/current_clocksource");
    }
    const bool known = std::ranges::any_of(input.host.programs, &ClockProgram::steers);
    const bool moved =
        kernel.apart.count() > 0 && kernel.later_frequency.value != kernel.frequency.value;
    if (moved && !known) {
        report.add(
            unknown_hand,
            fmt::format("the clock's frequency went from {:+.3f} to {:+.3f} ppm within "
                        "{:.1f} s, and no program known to steer runs",
                        kernel.frequency.value, kernel.later_frequency.value, kernel.apart.count()),
            "ps -e; find the program before anything is changed");
    }
}

bool follows_phc(const LintInput& input) {
    if (input.config == nullptr) return false;
    return std::ranges::any_of(input.config->all("refclock"), [](const Directive* clock) {
        return !clock->arguments.empty() && clock->arguments.front() == "PHC";
    });
}

void check_guest_tools(const LintInput& input, Report& report) {
    if (input.host.container) return;
    const auto tools = std::ranges::find(input.host.programs, "vmtoolsd", &ClockProgram::name);
    if (tools != input.host.programs.end())
        report.add(
            guest_sync, fmt::format("vmtoolsd (pid {}) runs beside the daemon", tools->pid),
            "vmware-toolbox-cmd timesync status; if enabled: vmware-toolbox-cmd timesync disable");
    // A daemon that follows /dev/ptp_hyperv needs it.
    if (!input.host.hyperv_time_sync.empty() && !follows_phc(input))
        report.add(guest_sync,
                   "hv_utils holds Hyper-V's time service, which sets this clock after a pause",
                   "switch Time Synchronization off in the virtual machine's integration services, "
                   "or follow /dev/ptp_hyperv (refclock PHC)");
}

Cure to_utc() {
    Cure cure(Commands{{"/usr/bin/timedatectl", "set-local-rtc", "0"}});
    cure.text += "; a Windows beside it then needs RealTimeIsUniversal";
    return cure;
}

void check_hardware(const LintInput& input, Report& report) {
    if (input.host.rtc_in_local_time) {
        report.add(rtc_local, "the hardware clock keeps local time (/etc/adjtime: LOCAL)", to_utc(),
                   {"/etc/adjtime", 3});
    }
    constexpr std::array<std::string_view, 4> coarse{"hpet", "acpi_pm", "jiffies",
                                                     "refined-jiffies"};
    const std::string& source = input.host.clocksource;
    if (std::ranges::find(coarse, source) != coarse.end() && !input.host.container) {
        report.add(slow_source,
                   fmt::format("the kernel counts time by {} (there are: {})", source,
                               input.host.clocksources),
                   "dmesg | grep -i clocksource");
    }
}

}  // namespace

void check_clock(const LintInput& input, Report& report) {
    check_state(input, report);
    check_kernel(input, report);
    check_guest_tools(input, report);
    check_hardware(input, report);
    const bool timesyncd = input.kind == DaemonKind::timesyncd && input.host.program;
    const Seconds silent =
        input.state == nullptr || input.state->tracking.reference_time == WallTime{}
            ? Seconds{0}
            : input.now - input.state->tracking.reference_time;
    if (timesyncd && input.host.timesyncd_synchronised && silent > silent_too_long) {
        report.add(timesyncd_late, "timesyncd had its last answer " + spell_age(silent) + " ago",
                   "timedatectl timesync-status");
    } else if (timesyncd && !input.host.timesyncd_synchronised) {
        report.add(timesyncd_lost, "/run/systemd/timesync/synchronized is not there",
                   "timedatectl timesync-status");
    }
}

}  // namespace clockwright::rules
