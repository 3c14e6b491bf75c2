/// A process of its own that serves a lab world while this object lives; and a place in 127.0.0.0/8
/// where no other test of this machine listens.
#pragma once

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <stdexcept>

#include "lab/world.h"
#include "system/lab_server.h"

namespace clockwright {

/// 127.x.y.`host`, where x and y are those of this process.
inline IpAddress private_loopback(std::uint8_t host) {
    const auto process = static_cast<unsigned>(::getpid());
    IpAddress address;
    address.bytes = {127, static_cast<std::uint8_t>(64 + (process >> 8U) % 128),
                     static_cast<std::uint8_t>(process & 255U), host};
    return address;
}

class LabProcess {
  public:
    /// Returns when every server of the world is bound.
    explicit LabProcess(const lab::World& world) {
        std::array<int, 2> ready{};
        if (::pipe(ready.data()) != 0 || (pid_ = ::fork()) < 0) {
            throw std::runtime_error("cannot start a lab process");
        }
        if (pid_ == 0) {
            ::close(ready[0]);
            const auto served =
                system::serve_world(world, [&] { (void)!::write(ready[1], "r", 1); });
            ::_exit(served ? 0 : 1);
        }
        ::close(ready[1]);
        char letter = 0;
        const bool is_ready = ::read(ready[0], &letter, 1) == 1;
        ::close(ready[0]);
        if (!is_ready) {
            stop();
            throw std::runtime_error("the lab process could not bind its servers");
        }
    }
    ~LabProcess() { stop(); }
    LabProcess(const LabProcess&) = delete;
    LabProcess& operator=(const LabProcess&) = delete;

  private:
    void stop() const {
        ::kill(pid_, SIGTERM);
        ::waitpid(pid_, nullptr, 0);
    }

    pid_t pid_ = -1;
};

}  // namespace clockwright
