/// A chronyd of a test's own, which may not set the clock: found or the test is skipped; dies with
/// the test.
#pragma once

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <string>
#include <utility>

namespace clockwright {

/// Ends the whole program with the code that ctest knows as "skipped".
[[noreturn]] inline void skip(const std::string& reason) {
    std::printf("skipped: %s\n", reason.c_str());
    std::fflush(stdout);
    std::_Exit(77);
}

/// The path of the program; without it, or without root, all is skipped.
inline std::string chronyd_or_skip() {
    const char* given = std::getenv("CLOCKWRIGHT_CHRONYD");
    const std::string path =
        given ? given : CLOCKWRIGHT_SOURCE_DIR "/build/peers/chrony/usr/sbin/chronyd";
    if (::geteuid() != 0) skip("needs root, as chronyd starts only so");
    if (::access(path.c_str(), X_OK) != 0) skip("no chronyd at " + path);
    return path;
}

/// `chronyd -x -d`; it is there at once, and answers a little later.
class PrivateChronyd {
  public:
    PrivateChronyd(const std::string& chronyd, const std::string& config) : pid_(::fork()) {
        if (pid_ == 0) {
            ::prctl(PR_SET_PDEATHSIG, SIGKILL);
            const int null = ::open("/dev/null", O_WRONLY);
            ::dup2(null, STDERR_FILENO);
            ::execl(chronyd.c_str(), chronyd.c_str(), "-x", "-d", "-u", "root", "-f",
                    config.c_str(), nullptr);
            ::_exit(127);
        }
    }
    PrivateChronyd(const PrivateChronyd&) = delete;
    PrivateChronyd& operator=(const PrivateChronyd&) = delete;
    ~PrivateChronyd() { end(SIGKILL); }

    void pause() const { ::kill(pid_, SIGSTOP); }

    void end(int signal) {
        if (pid_ <= 0) return;
        ::kill(pid_, signal);
        ::waitpid(pid_, nullptr, 0);
        pid_ = 0;
    }

  private:
    pid_t pid_;
};

}  // namespace clockwright
