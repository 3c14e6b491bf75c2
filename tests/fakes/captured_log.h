/// What this process writes to its log while it lives, in a file instead of on stderr.
#pragma once

#include <unistd.h>

#include <cstdio>
#include <stdexcept>
#include <string>

#include "tests/fakes/temporary_directory.h"

namespace clockwright::fakes {

class CapturedLog {
  public:
    CapturedLog() : stderr_(::dup(STDERR_FILENO)) {
        std::FILE* file = std::fopen((directory_ / "log").c_str(), "w");
        if (stderr_ < 0 || file == nullptr || ::dup2(::fileno(file), STDERR_FILENO) < 0)
            throw std::runtime_error("cannot capture the log");
        std::fclose(file);
    }
    ~CapturedLog() {
        ::dup2(stderr_, STDERR_FILENO);
        ::close(stderr_);
    }
    CapturedLog(const CapturedLog&) = delete;
    CapturedLog& operator=(const CapturedLog&) = delete;

    std::string text() const { return directory_.read("log"); }

  private:
    TemporaryDirectory directory_;
    int stderr_;
};

}  // namespace clockwright::fakes
