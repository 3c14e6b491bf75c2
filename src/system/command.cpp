// run_command and ask_command of local_host.h.

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
    Descriptor output;  ///< its stdout, when that is wanted
};

/// How to start it: own process group, default signals, nothing to read, stderr to us, stdout to
/// us or to nobody (`output` −1).
class SpawnRules {
  public:
    SpawnRules(int errors, int output) {
        ::posix_spawn_file_actions_init(&files_);
        ::posix_spawn_file_actions_addopen(&files_, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
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

std::expected<Child, int> start(const std::vector<std::string>& argv, bool with_output) {
    auto errors = make_pipe();
    if (!errors) {
        return std::unexpected(errors.error());
    }
    auto output = with_output ? make_pipe() : Pipe{};
    if (!output) {
        return std::unexpected(output.error());
    }
    Child child{.pid = -1,
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
    const SpawnRules rules{errors->write_end.get(), with_output ? output->write_end.get() : -1};
    if (const int error = ::posix_spawn(&child.pid, argv.front().c_str(), rules.files(),
                                        rules.attributes(), arguments.data(), environment.data());
        error != 0) {
        return std::unexpected(error);
    }
    child.handle = Descriptor{static_cast<int>(::syscall(SYS_pidfd_open, child.pid, 0))};
    return child;
}

/// What it has printed so far.
struct Printed {
    std::string errors, output;
    std::size_t most_output = 0;
    bool too_much() const { return output.size() > most_output; }
};

/// Everything that is there; at the end of `kept` when it is more than `most`, if `only_end`.
void keep(const Descriptor& pipe, std::string& kept, std::size_t most, bool only_end) {
    std::array<char, 4096> buffer;
    ssize_t got = 0;
    while ((got = ::read(pipe.get(), buffer.data(), buffer.size())) > 0) {
        kept.append(buffer.data(), static_cast<std::size_t>(got));
        if (kept.size() > most) {
            if (!only_end) return;
            kept.erase(0, kept.size() - most);
        }
    }
}

void keep_all(const Child& child, Printed& printed) {
    keep(child.errors, printed.errors, kept_octets, true);
    if (child.output.get() >= 0) keep(child.output, printed.output, printed.most_output, false);
}

/// Waits for its end, at most `limit`; its exit status as of waitpid, or empty: it was killed.
/// What it leaves behind (a daemon with our pipe) is not waited for.
std::optional<int> wait_for(Child& child, Seconds limit, Printed& printed) {
    const SteadyTime deadline = read_clocks().steady + to_nanoseconds(limit);
    bool ended = false;
    bool errors_open = true;
    bool output_open = child.output.get() >= 0;
    while (!ended && !printed.too_much()) {
        const Seconds left = deadline - read_clocks().steady;
        if (left <= Seconds{0}) {
            break;
        }
        std::array<pollfd, 3> watched{{{child.handle.get(), POLLIN, 0},
                                       {errors_open ? child.errors.get() : -1, POLLIN, 0},
                                       {output_open ? child.output.get() : -1, POLLIN, 0}}};
        const double milliseconds = std::min(std::ceil(left.count() * 1e3), 1e6);
        if (::poll(watched.data(), watched.size(), static_cast<int>(milliseconds)) < 0) {
            continue;  // a signal: the command goes on, and so do we
        }
        keep_all(child, printed);
        errors_open = errors_open && (watched[1].revents & POLLHUP) == 0;
        output_open = output_open && (watched[2].revents & POLLHUP) == 0;
        ended = (watched[0].revents & POLLIN) != 0;
    }
    if (!ended) {
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

std::string spell_command(const std::vector<std::string>& argv) {
    return printable(fmt::format("{}", fmt::join(argv, " ")));
}

/// Runs it to its end; `most_output` 0: what it prints goes nowhere.
Result<CommandAnswer> run(const std::vector<std::string>& argv, Seconds limit,
                          std::size_t most_output) {
    if (argv.empty() || !argv.front().starts_with('/')) {
        return fail(Fault::bad_input,
                    fmt::format("the command '{}' does not begin with an absolute path",
                                argv.empty() ? std::string{} : printable(argv.front())));
    }
    const std::string command = spell_command(argv);
    auto child = start(argv, most_output > 0);
    if (!child) {
        const Fault fault = child.error() == EACCES   ? Fault::not_permitted
                            : child.error() == ENOENT ? Fault::unreachable
                                                      : Fault::failed;
        return fail(fault, fmt::format("cannot run {}: {}", command, errno_text(child.error())));
    }
    Printed printed{.errors = {}, .output = {}, .most_output = most_output};
    const std::optional<int> status = wait_for(*child, limit, printed);
    if (printed.too_much()) {
        return fail(fmt::format("{} printed more than {} octets", command, most_output));
    }
    if (!status) {
        return fail(fmt::format("{} did not end within {} and was killed", command, spell(limit)));
    }
    return CommandAnswer{
        .status = WIFEXITED(*status) ? WEXITSTATUS(*status) : 128 + WTERMSIG(*status),
        .output = std::move(printed.output),
        .errors = last_line(printed.errors)};
}

}  // namespace

Result<void> run_command(const std::vector<std::string>& argv, Seconds limit) {
    auto answer = run(argv, limit, 0);
    if (!answer) {
        Error error = answer.error();
        if (error.fault == Fault::unreachable) error.fault = Fault::failed;
        return std::unexpected(std::move(error));
    }
    if (answer->status == 0) {
        return {};
    }
    const std::string how = answer->status > 128
                                ? fmt::format("was ended by signal {}", answer->status - 128)
                                : fmt::format("failed with status {}", answer->status);
    const std::string& line = answer->errors;
    return fail(fmt::format("{} {}{}{}", spell_command(argv), how, line.empty() ? "" : ": ", line));
}

Result<CommandAnswer> ask_command(const std::vector<std::string>& argv, Seconds limit,
                                  std::size_t most) {
    return run(argv, limit, most);
}

}  // namespace clockwright::system
