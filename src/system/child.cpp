#include "system/child.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>
#include <spawn.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "system/descriptor.h"
#include "system/wait.h"

namespace clockwright::system {

Result<Child> Child::start(const std::vector<std::string>& argv, const std::string& output) {
    posix_spawn_file_actions_t files;
    ::posix_spawn_file_actions_init(&files);
    ::posix_spawn_file_actions_addopen(&files, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    if (!output.empty()) {
        ::posix_spawn_file_actions_addopen(&files, STDOUT_FILENO, output.c_str(),
                                           O_WRONLY | O_CREAT | O_APPEND, 0600);
        ::posix_spawn_file_actions_adddup2(&files, STDOUT_FILENO, STDERR_FILENO);
    }
    std::vector<char*> arguments;
    for (const std::string& word : argv) arguments.push_back(const_cast<char*>(word.c_str()));
    arguments.push_back(nullptr);
    pid_t pid = -1;
    const int fault =
        ::posix_spawn(&pid, argv.front().c_str(), &files, nullptr, arguments.data(), environ);
    ::posix_spawn_file_actions_destroy(&files);
    if (fault != 0) return fail(fmt::format("cannot run {}: {}", argv.front(), errno_text(fault)));
    return Child(pid);
}

bool Child::is_running() {
    if (pid_ < 0) return false;
    if (::waitpid(pid_, nullptr, WNOHANG) == 0) return true;
    pid_ = -1;
    return false;
}

void Child::stop() {
    if (!is_running()) return;
    ::kill(pid_, SIGTERM);
    for (int i = 0; i < 50 && is_running(); ++i) system::wait(Seconds{0.02});
    if (!is_running()) return;
    ::kill(pid_, SIGKILL);
    wait();
}

int Child::wait() {
    int status = 0;
    pid_t ended = -1;
    do {
        ended = ::waitpid(pid_, &status, 0);
    } while (ended < 0 && errno == EINTR);
    pid_ = -1;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

std::string own_program() {
    std::error_code error;
    return as_replaced(std::filesystem::read_symlink("/proc/self/exe", error).string());
}

std::string as_replaced(const std::string& program) {
    constexpr std::string_view mark = " (deleted)";
    if (!program.ends_with(mark)) return program;
    std::string path = program.substr(0, program.size() - mark.size());
    std::error_code error;
    return std::filesystem::is_regular_file(path, error) ? path : program;
}

Result<TemporaryDirectory> TemporaryDirectory::make(const std::string& prefix) {
    const char* root = std::getenv("TMPDIR");
    std::string path =
        fmt::format("{}/{}-XXXXXX", root != nullptr && *root == '/' ? root : "/tmp", prefix);
    if (::mkdtemp(path.data()) == nullptr) return fail("cannot make a directory in " + path);
    return TemporaryDirectory(path);
}

TemporaryDirectory::~TemporaryDirectory() {
    std::error_code ignored;
    if (!path_.empty()) std::filesystem::remove_all(path_, ignored);
}

Result<void> TemporaryDirectory::write(const std::string& name, const std::string& content) const {
    std::ofstream file(path_ + "/" + name, std::ios::trunc);
    file << content;
    file.close();
    if (!file) return fail(fmt::format("cannot write {}/{}", path_, name));
    return {};
}

Result<void> TemporaryDirectory::make_directory(const std::string& name, unsigned mode) const {
    const std::string path = path_ + "/" + name;
    if (::mkdir(path.c_str(), 0700) != 0 || ::chmod(path.c_str(), mode) != 0) {
        return fail("cannot make " + path);
    }
    return {};
}

}  // namespace clockwright::system
