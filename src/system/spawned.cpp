#include "system/spawned.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cmath>

#include "system/clock.h"
#include "time/spell.h"

namespace clockwright::system {
namespace {

/// What is kept of stderr: enough for its last line.
constexpr std::size_t kept_octets = 4096;

/// How to start it: own process group, default signals, what to read from us or nothing (`input`
/// −1), stderr to us, stdout to us or to nobody (`output` −1).
class SpawnRules {
  public:
    SpawnRules(int input, int errors, int output) {
        ::posix_spawn_file_actions_init(&files_);
        if (input < 0)
            ::posix_spawn_file_actions_addopen(&files_, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
        else
            ::posix_spawn_file_actions_adddup2(&files_, input, STDIN_FILENO);
        if (output < 0)
            ::posix_spawn_file_actions_addopen(&files_, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
        else
            ::posix_spawn_file_actions_adddup2(&files_, output, STDOUT_FILENO);
        ::posix_spawn_file_actions_adddup2(&files_, errors, STDERR_FILENO);
        ::posix_spawnattr_init(&attributes_);
        sigset_t all;
        sigset_t none;
        ::sigfillset(&all);
        ::sigemptyset(&none);
        ::posix_spawnattr_setsigdefault(&attributes_, &all);
        ::posix_spawnattr_setsigmask(&attributes_, &none);
        ::posix_spawnattr_setpgroup(&attributes_, 0);
        ::posix_spawnattr_setflags(
            &attributes_, POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETPGROUP);
    }
    ~SpawnRules() {
        ::posix_spawn_file_actions_destroy(&files_);
        ::posix_spawnattr_destroy(&attributes_);
    }
    SpawnRules(const SpawnRules&) = delete;
    SpawnRules& operator=(const SpawnRules&) = delete;

    const posix_spawn_file_actions_t* files() const { return &files_; }
    const posix_spawnattr_t* attributes() const { return &attributes_; }

  private:
    posix_spawn_file_actions_t files_{};
    posix_spawnattr_t attributes_{};
};

/// A pipe: what the other end writes can be read without waiting.
struct Pipe {
    Descriptor read_end, write_end;
};

std::expected<Pipe, int> make_pipe() {
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) {
        return std::unexpected(errno);
    }
    ::fcntl(ends[0], F_SETFL, O_NONBLOCK);
    return Pipe{Descriptor{ends[0]}, Descriptor{ends[1]}};
}

/// A pipe that holds all of `input` and then ends; none for nothing. We hold its reading end while
/// we write, so nobody gets a SIGPIPE.
std::expected<Descriptor, int> make_input(std::string_view input) {
    if (input.empty()) {
        return Descriptor{};
    }
    std::array<int, 2> ends{};
    if (input.size() > most_input || ::pipe2(ends.data(), O_CLOEXEC) != 0) {
        return std::unexpected(input.size() > most_input ? EFBIG : errno);
    }
    Descriptor reading{ends[0]};
    const Descriptor writing{ends[1]};
    ::fcntl(writing.get(), F_SETFL, O_NONBLOCK);
    if (::write(writing.get(), input.data(), input.size()) != static_cast<ssize_t>(input.size())) {
        return std::unexpected(EFBIG);
    }
    return reading;
}

/// What is there, as much as a pipe holds: whoever writes without end is come back to. At the end
/// of `kept` when it is more than `most`, if `only_end`.
void keep(const Descriptor& pipe, std::string& kept, std::size_t most, bool only_end) {
    std::array<char, 4096> buffer;
    constexpr int blocks_of_a_pipe = 16;
    for (int block = 0; block < blocks_of_a_pipe; ++block) {
        const ssize_t got = ::read(pipe.get(), buffer.data(), buffer.size());
        if (got <= 0) return;
        kept.append(buffer.data(), static_cast<std::size_t>(got));
        if (kept.size() > most) {
            if (!only_end) return;
            kept.erase(0, kept.size() - most);
        }
    }
}

void keep_all(const Spawned& child, Printed& printed) {
    keep(child.errors, printed.errors, kept_octets, true);
    if (child.output.get() >= 0) keep(child.output, printed.output, printed.most_output, false);
}

/// For a kernel that gives no handle of a process (before 5.3, or forbidden): asks, and reaps not.
bool has_ended(const Spawned& child) {
    siginfo_t about{};
    return ::waitid(P_PID, static_cast<id_t>(child.pid), &about, WEXITED | WNOHANG | WNOWAIT) ==
               0 &&
           about.si_pid == child.pid;
}

/// Waits for its end, at most `limit`; true when it came.
bool ends_within(const Spawned& child, Seconds limit, Printed& printed) {
    const SteadyTime deadline = read_clocks().steady + to_nanoseconds(limit);
    const bool no_handle = child.handle.get() < 0;
    bool errors_open = true;
    bool output_open = child.output.get() >= 0;
    while (!printed.too_much()) {
        const Seconds left = deadline - read_clocks().steady;
        if (left <= Seconds{0}) {
            return false;
        }
        std::array<pollfd, 3> watched{{{child.handle.get(), POLLIN, 0},
                                       {errors_open ? child.errors.get() : -1, POLLIN, 0},
                                       {output_open ? child.output.get() : -1, POLLIN, 0}}};
        const double most = no_handle ? 20 : 1e6;
        const double milliseconds = std::min(std::ceil(left.count() * 1e3), most);
        if (::poll(watched.data(), watched.size(), static_cast<int>(milliseconds)) < 0) {
            continue;  // a signal: the command goes on, and so do we
        }
        keep_all(child, printed);
        errors_open = errors_open && (watched[1].revents & POLLHUP) == 0;
        output_open = output_open && (watched[2].revents & POLLHUP) == 0;
        if (no_handle ? has_ended(child) : (watched[0].revents & POLLIN) != 0) {
            return true;
        }
    }
    return false;
}

}  // namespace

std::expected<Spawned, int> spawn(const std::vector<std::string>& argv, bool with_output,
                                  std::string_view input) {
    auto given = make_input(input);
    if (!given) {
        return std::unexpected(given.error());
    }
    auto errors = make_pipe();
    if (!errors) {
        return std::unexpected(errors.error());
    }
    auto output = with_output ? make_pipe() : Pipe{};
    if (!output) {
        return std::unexpected(output.error());
    }
    Spawned child{.pid = -1,
                  .handle = {},
                  .errors = std::move(errors->read_end),
                  .output = std::move(output->read_end)};
    std::vector<std::string> words = argv;
    std::vector<char*> arguments;
    for (std::string& word : words) {
        arguments.push_back(word.data());
    }
    arguments.push_back(nullptr);
    std::string path = "PATH=/usr/sbin:/usr/bin:/sbin:/bin";
    std::string language = "LC_ALL=C";
    std::array<char*, 3> environment{path.data(), language.data(), nullptr};
    const SpawnRules rules{given->get(), errors->write_end.get(),
                           with_output ? output->write_end.get() : -1};
    if (const int error = ::posix_spawn(&child.pid, argv.front().c_str(), rules.files(),
                                        rules.attributes(), arguments.data(), environment.data());
        error != 0) {
        return std::unexpected(error);
    }
    child.handle = Descriptor{static_cast<int>(::syscall(SYS_pidfd_open, child.pid, 0))};
    return child;
}

std::optional<int> wait_for(Spawned& child, Seconds limit, Seconds grace, Printed& printed) {
    const bool ended = ends_within(child, limit, printed);
    if (!ended) {
        if (grace > Seconds{0}) {
            ::kill(-child.pid, SIGTERM);
            ends_within(child, grace, printed);
        }
        // Not reaped yet, so the group is still its own; this also ends what it left behind.
        ::kill(-child.pid, SIGKILL);
    }
    int status = 0;
    while (::waitpid(child.pid, &status, 0) < 0 && errno == EINTR) {
    }
    keep_all(child, printed);
    return ended ? std::optional{status} : std::nullopt;
}

std::string last_line(std::string_view text) {
    while (text.ends_with('\n') || text.ends_with('\r') || text.ends_with(' ') ||
           text.ends_with('.')) {
        text.remove_suffix(1);
    }
    const std::size_t end = text.rfind('\n');
    return printable(end == std::string_view::npos ? text : text.substr(end + 1));
}

}  // namespace clockwright::system
