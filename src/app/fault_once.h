/// A failure that goes on is said in the log once, and once more when it is over.
#pragma once

#include <fmt/format.h>

#include <string>

#include "system/log.h"

namespace clockwright::app {

class FaultOnce {
  public:
    /// `fault` empty: all is well. What changes from one to the next is said; the text of a fault
    /// may change without another word.
    void note(std::string_view what, const std::string& fault) {
        if (fault.empty() == !told_) return;
        told_ = !fault.empty();
        if (told_)
            system::log_event(system::LogLevel::warning, fmt::format("{}: {}", what, fault));
        else
            system::log_event(system::LogLevel::info, fmt::format("{}: it works again", what));
    }

  private:
    bool told_ = false;
};

}  // namespace clockwright::app
