#include <algorithm>

#include "app/cli.h"

namespace clockwright::app {

void override_config(Config& config, const Command& command) {
    const auto given = [&config](const char* key) { config.origins[key] = "command line"; };
    if (command.internet) {
        config.candidates.internet = true;
        given("candidates.internet");
    }
    if (command.profile) {
        config.select.profile = *command.profile;
        given("select.profile");
    }
    if (command.nts) {
        config.select.nts = *command.nts;
        given("select.nts");
    }
    if (command.minimum) {
        config.select.minimum = *command.minimum;
        config.select.count = std::max(config.select.count, *command.minimum);
        given("select.minimum");
    }
    if (command.mode) {
        config.agent.mode = *command.mode;
        given("agent.mode");
    }
    if (command.listen) {
        config.agent.listen = *command.listen;
        given("agent.listen");
    }
    if (command.confirmations) {
        config.select.confirmations = *command.confirmations;
        given("select.confirmations");
    }
}

}  // namespace clockwright::app
