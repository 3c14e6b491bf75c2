/// Child processes: a server that runs beside us and ends with us, or a program run to its end.
#pragma once

#include <sys/types.h>

#include <string>
#include <utility>
#include <vector>

#include "result.h"

namespace clockwright::system {

/// A process of ours; ended (SIGTERM, then SIGKILL after a second) when this value goes.
class Child {
  public:
    /// `output` takes stdout and stderr (created, appended to); empty: they are ours.
    static Result<Child> start(const std::vector<std::string>& argv, const std::string& output);
    Child(Child&& other) noexcept : pid_(std::exchange(other.pid_, -1)) {}
    Child& operator=(Child&& other) noexcept {
        std::swap(pid_, other.pid_);
        return *this;
    }
    ~Child() { stop(); }

    void stop();
    bool is_running();
    /// Its exit code, or 128 + the signal that ended it; waits for it.
    int wait();

  private:
    explicit Child(pid_t pid) : pid_(pid) {}
    pid_t pid_ = -1;
};

/// The path of this very program.
std::string own_program();
/// Without the mark that the kernel puts behind the path of a file which another has replaced, as
/// an upgrade does; as it is where nothing is in its place.
std::string as_replaced(const std::string& program);

/// A fresh directory under $TMPDIR or /tmp, mode 0700, removed with all in it when the value goes.
class TemporaryDirectory {
  public:
    static Result<TemporaryDirectory> make(const std::string& prefix);
    TemporaryDirectory(TemporaryDirectory&& other) noexcept
        : path_(std::exchange(other.path_, {})) {}
    TemporaryDirectory& operator=(TemporaryDirectory&&) = delete;
    ~TemporaryDirectory();

    const std::string& path() const { return path_; }
    /// A file or a directory in it.
    Result<void> write(const std::string& name, const std::string& content) const;
    Result<void> make_directory(const std::string& name, unsigned mode) const;

  private:
    explicit TemporaryDirectory(std::string path) : path_(std::move(path)) {}
    std::string path_;
};

}  // namespace clockwright::system
