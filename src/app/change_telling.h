/// How people hear of a change of time servers, whoever made it: by the agent that runs here, or by
/// the channels at once where none does or can be reached.
#pragma once

#include <string>
#include <vector>

#include "app/config.h"
#include "app/verbs.h"
#include "watch/alert.h"

namespace clockwright::app {

/// May wait for the channels where no agent runs; what does not arrive waits for the next time.
void tell_change(const Context& context, const Alert& notice);

/// A notice that another run left for the agent.
struct LeftNotice {
    std::string file;
    Alert alert;
};

/// Oldest first. What cannot be read is none.
std::vector<LeftNotice> left_notices(const Config& config);

}  // namespace clockwright::app
