#include "app/agent_files.h"

#include "store/durable_file.h"
#include "watch/alert_book_json.h"

namespace clockwright::app {
namespace {

constexpr const char* memory_name = "/agent.json";
constexpr const char* alerts_name = "/alerts.json";

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

AlertBook::Entries AgentFiles::load_alerts(const Now& now, std::string& remark) const {
    return load_file<SavedAlerts>(
               directory_ + alerts_name, remark,
               [&](const std::string& text) { return read_alert_book(text, now); })
        .entries;
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

}  // namespace clockwright::app
