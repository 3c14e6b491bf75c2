/// A small world: the files of a host and a time daemon that reads them, in virtual time.
#pragma once

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "daemon/apply.h"
#include "daemon/chrony_config.h"
#include "daemon/chrony_source_line.h"
#include "daemon/chrony_steps.h"
#include "daemon/dialect.h"
#include "daemon/plan.h"

namespace clockwright::fakes {

/// 64 hexadecimal digits that differ when the text does: no SHA-256, but a digest for tests.
inline std::string digest(std::string_view text) {
    std::string digits;
    for (std::uint64_t salt = 1; salt <= 4; ++salt) {
        std::uint64_t hash = 14695981039346656037U * salt;
        for (const unsigned char byte : text) hash = (hash ^ byte) * 1099511628211U;
        digits += fmt::format("{:016x}", hash);
    }
    return digits;
}

inline FileState file(std::string path, std::string content) {
    FileState state{
        .path = std::move(path), .exists = true, .content = std::move(content), .sha256 = {}};
    state.sha256 = digest(state.content);
    return state;
}

class DaemonWorld {
  public:
    static constexpr const char* main_file = "/etc/chrony/chrony.conf";
    static constexpr const char* own_file = "/etc/chrony/sources.d/clockwright.sources";

    /// What a server is in truth; a name without a server has no address.
    struct Server {
        IpAddress address;
        bool answers = true;
        char state = '+';  ///< what chronyd thinks of it once it has samples
    };

    DaemonKind kind = DaemonKind::chrony;  ///< or another, which a restart alone tells of its files
    std::string main = main_file;
    std::map<std::string, Server> servers;
    Now now{WallTime(std::chrono::seconds(1'800'000'000)), SteadyTime(std::chrono::hours(100))};
    bool alive = true;
    /// Asked before an action is done; an error is its result and nothing is done.
    std::function<Result<void>(const Action&)> before_action;
    int reloads = 0, restarts = 0;

    void add_server(const std::string& name, const std::string& address, char state = '+') {
        servers[name] = {.address = *parse_address(address), .answers = true, .state = state};
    }

    void put(const std::string& path, std::string content) {
        files_[path] = fakes::file(path, std::move(content));
    }

    const std::map<std::string, FileState>& files() const { return files_; }

    FileState read(const std::string& path) const {
        const auto found = files_.find(path);
        return found == files_.end() ? FileState{.path = path, .content = {}, .sha256 = {}}
                                     : found->second;
    }

    void advance(Seconds interval) {
        now.wall += to_nanoseconds(interval);
        now.steady += to_nanoseconds(interval);
    }

    /// Starts chronyd, which has run long enough to have samples of everything.
    void boot() {
        running_.clear();
        for (const auto& line : config().sources) start_source(line);
        advance(Seconds{3600});
    }

    DaemonConfig config() const {
        const ConfigFiles port{
            .read = [this](const std::string& path) -> Result<std::string> {
                const auto state = read(path);
                if (!state.exists) return fail("cannot read " + path);
                return state.content;
            },
            .list =
                [this](const std::string& directory, std::string_view suffix) {
                    std::vector<std::string> paths;
                    for (const auto& [path, state] : files_)
                        if (path.starts_with(directory + "/") && path.ends_with(suffix))
                            paths.push_back(path);
                    return paths;
                },
            .glob = [](const std::string&) { return std::vector<std::string>{}; }};
        return dialect_of(kind).parse(main, port).value();
    }

    /// What a plan is made from.
    Found found() const {
        Found found{
            .config = config(), .files = {}, .state = *state(), .own = {}, .not_writable = {}};
        found.own = read(dialect_of(kind).own_path(found.config));
        for (const auto& path : found.config.files) found.files.push_back(read(path));
        return found;
    }

    Result<void> perform(const Action& action) {
        if (before_action)
            if (auto allowed = before_action(action); !allowed) return allowed;
        return std::visit([this](const auto& known) { return act(known); }, action);
    }

    std::vector<std::string> different(const std::vector<FileState>& states) const {
        std::vector<std::string> paths;
        for (const auto& state : states) {
            const auto present = read(state.path);
            if (present.exists != state.exists || present.sha256 != state.sha256)
                paths.push_back(state.path);
        }
        return paths;
    }

    Result<DaemonState> state() const {
        if (!alive) return fail(Fault::unreachable, "chronyd does not answer");
        DaemonState state{.kind = kind,
                          .tracking = {},
                          .sources = {},
                          .unresolved = 0,
                          .complete = true,
                          .read_at = now.wall,
                          .read_from = {}};
        for (const auto& source : running_) state.sources.push_back(describe_source(source));
        steer(state);
        return state;
    }

    std::set<std::string> listed() const {
        std::set<std::string> names;
        for (const auto& source : running_) names.insert(source.line.name);
        return names;
    }

  private:
    struct Running {
        SourceLine line;
        SteadyTime since;
        bool by_file;  ///< of a .sources file: a reload may remove it
    };

    static bool same(const SourceLine& a, const SourceLine& b) {
        return chrony::render(a) == chrony::render(b);
    }

    void start_source(const SourceLine& line) {
        for (const auto& source : running_)
            if (same(source.line, line)) return;
        running_.push_back({line, now.steady, line.file.ends_with(".sources")});
    }

    Result<void> need_daemon() const {
        if (!alive) return fail(Fault::unreachable, "chronyd does not answer");
        return {};
    }

    Result<void> act(const WriteFile& write) {
        if (!different({write.before}).empty())
            return fail(Fault::refused, write.before.path + " is not as it was");
        if (write.after.exists)
            files_[write.after.path] = write.after;
        else
            files_.erase(write.after.path);
        return {};
    }

    Result<void> act(const ReloadSources&) {
        if (auto there = need_daemon(); !there) return there;
        ++reloads;
        std::vector<SourceLine> wanted;
        for (const auto& line : config().sources)
            if (line.file.ends_with(".sources")) wanted.push_back(line);
        std::erase_if(running_, [&](const Running& source) {
            return source.by_file && std::ranges::none_of(wanted, [&](const auto& line) {
                       return same(line, source.line);
                   });
        });
        for (const auto& line : wanted) start_source(line);
        return {};
    }

    Result<void> act(const DeleteSource& gone) {
        if (auto there = need_daemon(); !there) return there;
        std::erase_if(running_, [&](const Running& source) {
            const auto server = servers.find(source.line.name);
            if (server == servers.end())
                return gone.address.is_unspecified() && source.line.name == gone.name;
            return server->second.address == gone.address;
        });
        return {};
    }

    Result<void> act(const AddSource& added) {
        if (auto there = need_daemon(); !there) return there;
        start_source(*chrony::parse_source_line(added.line));
        return {};
    }

    Result<void> act(const RestartDaemon&) {
        ++restarts;
        alive = true;
        running_.clear();
        for (const auto& line : config().sources) start_source(line);
        return {};
    }

    /// With iburst a sample every two seconds, up to four; else one a minute.
    int samples_of(const Running& source) const {
        const auto server = servers.find(source.line.name);
        if (server == servers.end() || !server->second.answers) return 0;
        const Seconds age = now.steady - source.since;
        const auto slow = static_cast<int>(age / Seconds{64});
        const auto burst = source.line.iburst || kind != DaemonKind::chrony
                               ? std::min(4, static_cast<int>(age / Seconds{2}))
                               : 0;
        return std::min(64, std::max(slow, burst));
    }

    DaemonSource describe_source(const Running& running) const {
        DaemonSource source;
        source.name = running.line.name;
        source.poll = 6;
        source.state_exact = true;
        source.samples = samples_of(running);
        source.reach = *source.samples > 0 ? 0xff : 0;
        source.authentication = Authentication::none;
        source.state = 'M';
        if (const auto server = servers.find(source.name); server != servers.end()) {
            source.address = server->second.address;
            if (*source.samples >= 3) source.state = server->second.state;
        }
        return source;
    }

    /// The first fit source is the selected one.
    void steer(DaemonState& state) const {
        auto& tracking = state.tracking;
        tracking.root_delay = Seconds{2e-3};
        tracking.root_dispersion = Seconds{1e-3};
        for (std::size_t i = 0; i < state.sources.size(); ++i) {
            auto& source = state.sources[i];
            if (source.state != '+') continue;
            source.state = '*';
            tracking.reference = source.address;
            tracking.stratum = 2;
            tracking.leap = Leap::none;
            tracking.refid = 0x7f000001;
            const Seconds age = now.steady - running_[i].since;
            tracking.reference_time = now.wall - to_nanoseconds(std::min(Seconds{1}, age));
            return;
        }
    }

    std::map<std::string, FileState> files_;
    std::vector<Running> running_;
};

/// What the machine of a plan and its world did together.
struct Run {
    std::optional<Outcome> outcome;  ///< empty: stopped before the end
    std::vector<JournalLine> journal;
    std::vector<std::string> said;
    int effects = 0;

    std::vector<std::pair<int, int>> begun() const {
        std::vector<std::pair<int, int>> places;
        for (const auto& line : journal)
            if (line.event == "intend") places.emplace_back(line.step, line.action);
        return places;
    }
};

/// How a run is disturbed. `stop_after` effects are answered, then the machine is dropped;
/// `interrupt_at`: that effect, from 1, is answered by Interrupt after it was done.
struct Disturbance {
    int stop_after = 1'000'000;
    int interrupt_at = -1;
};

inline ApplyEvent answer(DaemonWorld& world, Run& run, const ApplyEffect& effect) {
    if (const auto* line = std::get_if<JournalLine>(&effect)) {
        run.journal.push_back(*line);
    } else if (const auto* perform = std::get_if<Perform>(&effect)) {
        world.advance(Seconds{0.01});
        return Performed{world.perform(perform->action)};
    } else if (std::holds_alternative<AskDaemon>(effect)) {
        return DaemonAnswered{world.state()};
    } else if (const auto* check = std::get_if<CheckFiles>(&effect)) {
        return FilesChecked{world.different(check->files)};
    } else if (const auto* pause = std::get_if<Pause>(&effect)) {
        world.advance(pause->interval);
    } else if (const auto* say = std::get_if<Say>(&effect)) {
        run.said.push_back(say->text);
    }
    return Continue{};
}

inline Run drive(Apply& apply, DaemonWorld& world, Disturbance disturbance = {}) {
    Run run;
    auto effect = apply.begin(world.now);
    while (run.effects < disturbance.stop_after && run.effects < 10'000) {
        if (const auto* outcome = std::get_if<Outcome>(&effect)) {
            run.outcome = *outcome;
            break;
        }
        ++run.effects;
        auto event = answer(world, run, effect);
        if (run.effects == disturbance.interrupt_at) event = Interrupt{};
        effect = apply.next(event, world.now);
    }
    return run;
}

}  // namespace clockwright::fakes
