#include "system/service_notice.h"

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <charconv>
#include <cstdlib>
#include <cstring>
#include <string>

#include "system/descriptor.h"

namespace clockwright::system {
namespace {

std::optional<long long> number_in(const char* variable) {
    const char* text = ::getenv(variable);
    if (text == nullptr) return std::nullopt;
    long long number = 0;
    const char* end = text + std::strlen(text);
    const auto read = std::from_chars(text, end, number);
    if (read.ec != std::errc{} || read.ptr != end) return std::nullopt;
    return number;
}

/// Several are separated by colons; ours is one.
std::string directory_in(const char* variable) {
    const char* path = ::getenv(variable);
    return path != nullptr && path[0] == '/' && std::strchr(path, ':') == nullptr ? path : "";
}

}  // namespace

void tell_service_manager(std::string_view state) {
    const char* place = ::getenv("NOTIFY_SOCKET");
    sockaddr_un address{};
    if (place == nullptr) return;
    const std::string_view path = place;
    if (path.size() < 2 || path.size() >= sizeof address.sun_path) return;
    address.sun_family = AF_UNIX;
    path.copy(address.sun_path, path.size());
    if (path.front() == '@') address.sun_path[0] = '\0';  // an abstract name
    const Descriptor socket(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    if (!socket.is_open()) return;
    const auto length = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + path.size());
    [[maybe_unused]] const ssize_t sent =
        ::sendto(socket.get(), state.data(), state.size(), MSG_NOSIGNAL,
                 reinterpret_cast<const sockaddr*>(&address), length);
}

std::string runtime_directory() {
    return directory_in("RUNTIME_DIRECTORY");
}

std::string logs_directory() {
    return directory_in("LOGS_DIRECTORY");
}

std::string credentials_directory() {
    return directory_in("CREDENTIALS_DIRECTORY");
}

std::optional<Seconds> service_watchdog() {
    const auto microseconds = number_in("WATCHDOG_USEC");
    const auto pid = number_in("WATCHDOG_PID");
    if (!microseconds || *microseconds <= 0 || (pid && *pid != ::getpid())) return std::nullopt;
    return Seconds{static_cast<double>(*microseconds) * 1e-6};
}

}  // namespace clockwright::system
