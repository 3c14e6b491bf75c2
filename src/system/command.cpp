// run_command of local_host.h.

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cmath>
#include <optional>

#include "system/clock.h"
#include "system/descriptor.h"
#include "system/local_host.h"
#include "time/spell.h"

namespace clockwright::system {

namespace {

/// What is kept of stderr: enough for its last line.
constexpr std::size_t kept_octets = 4096;

struct Child {
    pid_t pid = -1;
    Descriptor handle;  ///< readable once it has ended
    Descriptor errors;  ///< its stderr
};

/// How to start it: own process group, default signals, nothing to read, stderr to us.
class SpawnRules {
  public:
    explicit SpawnRules(int errors) {
        ::posix_spawn_file_actions_init(&files_);
        ::posix_spawn_file_actions_addopen(&files_, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
        ::posix_spawn_file_actions_addopen(&files_, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
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

std::expected<Child, int> start(const std::vector<std::string>& argv) {
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) {
        return std::unexpected(errno);
    }
    Child child{.pid = -1, .handle = {}, .errors = Descriptor{ends[0]}};
    const Descriptor write_end{ends[1]};
    ::fcntl(child.errors.get(), F_SETFL, O_NONBLOCK);
    std::vector<std::string> words = argv;
    std::vector<char*> arguments;
    for (std::string& word : words) {
        arguments.push_back(word.data());
    }
    arguments.push_back(nullptr);
    std::string path = "PATH=/usr/sbin:/usr/bin:/sbin:/bin";
    std::string language = "LC_ALL=C";
    std::array<char*, 3> environment{path.data(), language.data(), nullptr};
    const SpawnRules rules{write_end.get()};
    if (const int error = ::posix_spawn(&child.pid, argv.front().c_str(), rules.files(),
                                        rules.attributes(), arguments.data(), environment.data());
        error != 0) {
        return std::unexpected(error);
    }
    child.handle = Descriptor{static_cast<int>(::syscall(SYS_pidfd_open, child.pid, 0))};
    return child;
}

void keep_errors(const Descriptor& errors, std::string& kept) {
    std::array<char, 1024> buffer;
    ssize_t got = 0;
    while ((got = ::read(errors.get(), buffer.data(), buffer.size())) > 0) {
        kept.append(buffer.data(), static_cast<std::size_t>(got));
        if (kept.size() > kept_octets) {
            kept.erase(0, kept.size() - kept_octets);
        }
    }
}

/// Waits for its end, at most `limit`; its exit status as of waitpid, or empty: it was killed.
/// What it leaves behind (a daemon with our pipe) is not waited for.
std::optional<int> wait_for(Child& child, Seconds limit, std::string& errors) {
    const SteadyTime deadline = read_clocks().steady + to_nanoseconds(limit);
    bool ended = false;
    bool errors_open = true;
    while (!ended) {
        const Seconds left = deadline - read_clocks().steady;
        if (left <= Seconds{0}) {
            break;
        }
        std::array<pollfd, 2> watched{
            {{child.handle.get(), POLLIN, 0}, {errors_open ? child.errors.get() : -1, POLLIN, 0}}};
        const double milliseconds = std::min(std::ceil(left.count() * 1e3), 1e6);
        if (::poll(watched.data(), watched.size(), static_cast<int>(milliseconds)) < 0) {
            continue;  // a signal: the command goes on, and so do we
        }
        keep_errors(child.errors, errors);
        errors_open = errors_open && (watched[1].revents & POLLHUP) == 0;
        ended = (watched[0].revents & POLLIN) != 0;
    }
    if (!ended) {
        ::kill(-child.pid, SIGKILL);
    }
    int status = 0;
    while (::waitpid(child.pid, &status, 0) < 0 && errno == EINTR) {
    }
    keep_errors(child.errors, errors);
    return ended ? std::optional{status} : std::nullopt;
}

std::string last_line(std::string_view text) {
    while (text.ends_with('\n') || text.ends_with('\r') || text.ends_with(' ')) {
        text.remove_suffix(1);
    }
    const std::size_t end = text.rfind('\n');
    return printable(end == std::string_view::npos ? text : text.substr(end + 1));
}

}  // namespace

Result<void> run_command(const std::vector<std::string>& argv, Seconds limit) {
    if (argv.empty() || !argv.front().starts_with('/')) {
        return fail(Fault::bad_input,
                    fmt::format("the command '{}' does not begin with an absolute path",
                                argv.empty() ? std::string{} : printable(argv.front())));
    }
    const std::string command = printable(fmt::format("{}", fmt::join(argv, " ")));
    auto child = start(argv);
    if (!child) {
        return fail(child.error() == EACCES ? Fault::not_permitted : Fault::failed,
                    fmt::format("cannot run {}: {}", command, errno_text(child.error())));
    }
    std::string errors;
    const std::optional<int> status = wait_for(*child, limit, errors);
    if (!status) {
        return fail(fmt::format("{} did not end within {} and was killed", command, spell(limit)));
    }
    if (WIFEXITED(*status) && WEXITSTATUS(*status) == 0) {
        return {};
    }
    const std::string how = WIFEXITED(*status)
                                ? fmt::format("failed with status {}", WEXITSTATUS(*status))
                                : fmt::format("was ended by signal {}", WTERMSIG(*status));
    const std::string line = last_line(errors);
    return fail(fmt::format("{} {}{}{}", command, how, line.empty() ? "" : ": ", line));
}

}  // namespace clockwright::system
