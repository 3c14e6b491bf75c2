#include "daemon/correction_command.h"

namespace clockwright {

std::string_view why_not_commanded(DaemonKind kind) {
    switch (kind) {
        case DaemonKind::chrony:
            return {};
        case DaemonKind::ntpsec:
            return "ntpd takes no command for this; by itself it slews what is below its step "
                   "threshold (128 ms) and steps what stays above it for 300 s";
        case DaemonKind::timesyncd:
            return "systemd-timesyncd takes no command for this; by itself it corrects at its next "
                   "poll, and when it is restarted";
        case DaemonKind::openntpd:
            return "OpenNTPD takes no command for this; by itself it slews, and steps only when it "
                   "starts";
        case DaemonKind::ntpd_rs:
            return "ntpd-rs takes no command for this while it runs; by itself it steps what is "
                   "beyond its step-threshold";
    }
    return {};
}

}  // namespace clockwright
