#include "app/daemon_access.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "app/daemon_choice.h"
#include "daemon/dialect.h"
#include "find/catalogue.h"
#include "system/local_host.h"
#include "system/mode6_channel.h"
#include "system/ntpd_rs_reader.h"
#include "system/openntpd_reader.h"
#include "system/timesync_bus.h"
#include "time/spell.h"

namespace clockwright::app {
namespace {

/// `bindcmdaddress /path` of the configuration, or where distributions put the socket.
std::string locate_control(const DaemonConfig* parsed, const Host& host) {
    if (parsed != nullptr) {
        for (const Directive* directive : parsed->all("bindcmdaddress")) {
            if (!directive->arguments.empty() && directive->arguments.front().size() > 1 &&
                directive->arguments.front().starts_with('/')) {
                return directive->arguments.front();
            }
        }
    }
    for (const char* path : {"/run/chrony/chronyd.sock", "/var/run/chrony/chronyd.sock"}) {
        if (!host.glob(path).empty()) return path;
    }
    return "/run/chrony/chronyd.sock";
}

std::uint16_t command_port(const DaemonConfig* parsed) {
    const Directive* directive = parsed != nullptr ? parsed->find("cmdport") : nullptr;
    std::uint16_t port = 323;
    if (directive != nullptr && !directive->arguments.empty()) {
        const std::string& text = directive->arguments.front();
        std::from_chars(text.data(), text.data() + text.size(), port);
    }
    return port;
}

/// A file behind a link is somebody else's to write; so is a directory that is closed to us.
void note_unwritable(const std::string& path, const Host& host, Found& found) {
    const std::string directory = path.substr(0, path.rfind('/'));
    if (const std::string target = host.link_target(path); !target.empty()) {
        found.not_writable[path] = fmt::format("it is a link to {}", printable(target));
    }
    if (directory.empty() || found.not_writable.contains(directory)) return;
    if (std::string why = host.why_not_writable(directory); !why.empty()) {
        found.not_writable[directory] = std::move(why);
    }
}

/// As root, a drop-in that others may write decides nothing here.
Result<void> check_owner(const FileState& file) {
    const bool open_to_others = file.uid != 0 || (file.mode & 022U) != 0;
    if (!file.exists || !system::is_root() || !open_to_others) return {};
    return fail(Fault::bad_input,
                fmt::format("{} must be owned by root and writable by nobody else", file.path));
}

/// The socket first; where it is closed to us or not there, what is open to everybody on loopback.
Result<DaemonState> read_chrony(const DaemonPlace& place) {
    auto socket = system::ChronySocket::open({place.control});
    if (socket) return socket->read_state();  // a daemon that hangs hangs on every door
    if (place.control_given || place.udp_port == 0) return std::unexpected(socket.error());
    for (const char* address : {"127.0.0.1", "[::1]"}) {
        auto open_socket =
            system::ChronySocket::open({fmt::format("{}:{}", address, place.udp_port)});
        if (!open_socket) continue;
        if (auto state = open_socket->read_state()) return state;
    }
    return std::unexpected(socket.error());
}

Result<DaemonState> read_state(const DaemonPlace& place) {
    return place.kind == DaemonKind::chrony ? read_chrony(place) : read_full_state(place);
}

}  // namespace

ConfigFiles files_of(const Host& host) {
    return {[&host](const std::string& path) -> Result<std::string> {
                FileState state = TRY(host.read(path));
                if (!state.exists) return fail("cannot read " + path + ": no such file");
                return state.content;
            },
            [&host](const std::string& directory, std::string_view suffix) {
                return host.list(directory, suffix);
            },
            [&host](const std::string& pattern) { return host.glob(pattern); }};
}

Result<DaemonView> view_daemon(const Config& config, const Host& host) {
    DaemonView view;
    DaemonPlace& place = view.place;
    const std::vector<ClockProgram> programs = host.clock_programs();
    place = TRY(choose_daemon(config, host, programs));
    auto parsed = dialect_of(place.kind).parse(place.config_file, files_of(host));
    if (parsed) {
        view.config = std::move(*parsed);
    } else {
        view.config_error = parsed.error();
    }
    if (place.kind == DaemonKind::chrony) {
        const DaemonConfig* known = view.config ? &*view.config : nullptr;
        if (!place.control_given) place.control = locate_control(known, host);
        place.udp_port = command_port(known);
    }
    if (place.kind == DaemonKind::ntpd_rs && view.config && !place.control_given) {
        if (const Directive* path = view.config->find("observation-path"))
            place.control = path->arguments.front();
    }
    if (!place.watches_only()) {
        std::ranges::copy_if(programs, std::back_inserter(place.hands), &ClockProgram::steers);
    }
    auto state = read_state(place);
    if (state) {
        view.state = std::move(*state);
    } else {
        view.state_error = state.error();
    }
    return view;
}

Result<DaemonState> read_full_state(const DaemonPlace& place) {
    if (place.kind == DaemonKind::ntpsec) {
        auto channel = TRY(system::Mode6Channel::open(place.control));
        return channel.read_state();
    }
    if (place.kind == DaemonKind::timesyncd) return system::read_timesync_state(place.control);
    if (place.kind == DaemonKind::openntpd) return system::read_openntpd();
    if (place.kind == DaemonKind::ntpd_rs) return system::read_ntpd_rs(place.control);
    auto socket = TRY(open_control(place));
    return socket.read_state();
}

Result<system::ChronySocket> open_control(const DaemonPlace& place) {
    return system::ChronySocket::open({place.control});
}

Result<Found> find_all(const DaemonView& view, const Host& host) {
    if (const std::string hands = two_hands(view.place); !hands.empty())
        return fail(Fault::refused, hands);
    if (!view.config) return std::unexpected(view.config_error);
    if (!view.state) return std::unexpected(view.state_error);
    if (!view.state->complete) {
        return fail(
            Fault::not_permitted,
            fmt::format("{} is closed to this user: a plan needs it (root{})", view.place.control,
                        view.place.kind == DaemonKind::chrony ? ", or the chrony group" : ""));
    }
    Found found;
    found.config = *view.config;
    found.state = *view.state;
    for (const std::string& file : found.config.files) found.files.push_back(TRY(host.read(file)));
    found.own = TRY(host.read(dialect_of(found.config.kind).own_path(found.config)));
    TRY(check_owner(found.own));
    if (!found.own.path.empty()) note_unwritable(found.own.path, host, found);
    for (const FileState& file : found.files) note_unwritable(file.path, host, found);
    return found;
}

std::string two_hands(const DaemonPlace& place) {
    if (place.hands.size() < 2) return {};
    std::string names;
    for (const ClockProgram& hand : place.hands) {
        names +=
            fmt::format("{}{} (pid {})", names.empty() ? "" : ", ", printable(hand.name), hand.pid);
    }
    return fmt::format("{} programs discipline this clock: {}; stop all but one",
                       place.hands.size() == 2 ? "two" : std::to_string(place.hands.size()), names);
}

std::vector<SourceFacts> source_facts(const DaemonView& view) {
    std::vector<SourceFacts> facts;
    if (!view.config) return facts;
    for (const SourceLine& line : view.config->sources) {
        Source source;
        source.host.name = without_root_dot(line.name);
        annotate(source);
        facts.push_back({line.name, line.location(), source.smear, source.operator_name, line.nts});
    }
    return facts;
}

}  // namespace clockwright::app
