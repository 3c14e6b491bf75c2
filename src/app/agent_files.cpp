#include "app/agent_files.h"

#include "store/durable_file.h"
#include "system/clock.h"
#include "system/service_notice.h"
#include "system/user_file.h"
#include "watch/alert_book_json.h"

namespace clockwright::app {
namespace {

constexpr const char* memory_name = "/agent.json";
constexpr const char* alerts_name = "/alerts.json";

constexpr const char* word_name = "/agent-word.json";
constexpr const char* service_directory = "/run/clockwright";

/// In the directory that the service manager made for this run, which everybody may read; else
/// beside the state.
std::string own_word(const std::string& state_directory) {
    const std::string run = system::runtime_directory();
    return (run.empty() ? state_directory : run) + word_name;
}

/// What `parse` makes of the file; a default value, and a remark when it is there and no good.
template <class Value, class Parse>
Value load_file(const std::string& path, std::string& remark, Parse parse) {
    bool missing = false;
    const auto text = store::read_own_file(path, &missing);
    if (missing) return {};
    if (!text) {
        remark = text.error().message;
        return {};
    }
    auto value = parse(*text);
    if (value) return std::move(*value);
    remark = path + " is not used: " + value.error().message;
    return {};
}

}  // namespace

AgentMemory AgentFiles::load(std::string& remark) const {
    return load_file<AgentMemory>(directory_ + memory_name, remark, parse_agent_memory);
}

Result<void> AgentFiles::save(const AgentMemory& memory, const AlertBook& alerts, const Now& now,
                              bool running) {
    std::string text = agent_memory_json(memory);
    if (text != saved_memory_) {
        TRY(store::replace_file(directory_ + memory_name, text));
        saved_memory_ = std::move(text);
    }
    return store::replace_file(directory_ + alerts_name, alert_book_json(alerts, now, running));
}

Result<void> AgentFiles::leave_word(const Snapshot& snapshot) const {
    return system::write_new_file(own_word(directory_), agent_note_json(snapshot));
}

void AgentFiles::take_word_back() const {
    system::remove_file(own_word(directory_));
}

std::shared_ptr<const AgentNote> agents_word(const Config& config) {
    const WallTime now = system::read_wall_clock();
    std::vector<std::string> places{config.state.directory + word_name};
    // A configuration with a state of its own is not about the system's agent.
    if (!config.is_set("state.directory")) {
        places.push_back(std::string(service_directory) + word_name);
    }
    for (const std::string& path : places) {
        const auto text = system::read_file(path);
        if (!text) continue;
        auto note = read_agent_note(*text, now);
        if (note) return std::make_shared<const AgentNote>(std::move(*note));
    }
    return nullptr;
}

}  // namespace clockwright::app
