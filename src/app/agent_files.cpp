#include "app/agent_files.h"

#include <fmt/format.h>

#include "app/alert_files.h"
#include "app/service_places.h"
#include "store/durable_file.h"
#include "store/record_file.h"
#include "system/act_as.h"
#include "system/clock.h"
#include "system/local_host.h"
#include "system/service_notice.h"
#include "system/user_file.h"
#include "watch/alert_book_json.h"

namespace clockwright::app {
namespace {

constexpr const char* word_name = "/agent-word.json";
constexpr const char* memory_name = "/agent.json";
constexpr const char* service_directory = "/run/clockwright";
constexpr const char* decision_place = "/run/clockwright-wish/agent.json";

/// In the directory that the service manager made for this run, which everybody may read; else
/// beside the state.
std::string own_word(const std::string& state_directory) {
    const std::string run = system::runtime_directory();
    return (run.empty() ? state_directory : run) + word_name;
}

/// What lies there, read again while it is being written; empty: nothing.
std::string word_at(const std::string& path, WallTime now) {
    std::string text = system::read_file(path).value_or(std::string{});
    for (int tries = 1; tries < 3 && !text.empty() && !read_agent_word(text, now); ++tries)
        text = system::read_file(path).value_or(std::string{});
    return text;
}

}  // namespace

std::string agent_directory(const Config& config) {
    const std::string& own = config.state.directory;
    const system::LocalHost host;
    const auto has_record = [&](const std::string& directory) {
        return !host.glob(directory + "/record.sqlite").empty();
    };
    // A record that root made by hand hides the service's only where no service is installed.
    const bool of_service = !config.is_set("state.directory") && has_record(service_state) &&
                            (!has_record(own) || !host.glob(unit_path(agent_name)).empty());
    return of_service ? service_state : own;
}

Result<store::SqliteHistory> open_record(const Config& config) {
    const std::string place = agent_directory(config);
    const auto owner = TRY(system::ActAsOwner::of(place));
    return store::SqliteHistory::open(place);
}

std::optional<AgentMemory> decision_of_service() {
    const auto text = system::read_file(decision_place);
    const auto memory = text ? parse_agent_memory(*text) : std::unexpected(text.error());
    return memory ? std::optional(*memory) : std::nullopt;
}

AgentFiles::AgentFiles(const Config& config)
    : memory_file_(config.state.directory + memory_name),
      alerts_file_(alerts_file(config)),
      word_(own_word(config.state.directory)) {}

AgentMemory AgentFiles::load(WallTime now, std::string& remark) const {
    bool missing = false;
    const auto text = store::read_own_file(memory_file_, &missing);
    if (missing) return {};
    auto memory = text ? parse_agent_memory(*text) : std::unexpected(text.error());
    if (memory) return std::move(*memory);
    const auto aside = store::set_aside(memory_file_, "unread", now);
    remark = fmt::format("{} is not used: {}; {}, and no source is replaced for 30 days",
                         memory_file_, memory.error().message,
                         aside ? "it is kept as " + *aside : aside.error().message);
    AgentMemory unknown;
    unknown.done.unknown_before = now;
    return unknown;
}

Result<void> AgentFiles::save(const AgentMemory& memory) {
    return store::replace_file(memory_file_, agent_memory_json(memory));
}

Result<void> AgentFiles::save(const AgentMemory& memory, const AlertBook& alerts, const Now& now,
                              bool running) {
    if (std::string text = agent_memory_json(memory); text != saved_memory_) {
        TRY(store::put_file(memory_file_, text));
        saved_memory_ = std::move(text);
    }
    return store::put_file(alerts_file_, alert_book_json(alerts, now, running));
}

Result<void> AgentFiles::sync() const {
    TRY(store::sync_file(memory_file_));
    return store::sync_file(alerts_file_);
}

Result<void> AgentFiles::leave_word(const Snapshot& snapshot) {
    return word_.write(agent_word_json(snapshot));
}

void AgentFiles::take_word_back() {
    word_.remove();
}

std::shared_ptr<const AgentWord> agents_word(const Config& config) {
    std::vector<std::string> places{config.state.directory + word_name};
    // A configuration with a state of its own is not about the system's agent.
    if (!config.is_set("state.directory")) {
        places.push_back(std::string(service_directory) + word_name);
    }
    const WallTime now = system::read_wall_clock();
    std::vector<std::string> texts;
    for (const std::string& path : places) texts.push_back(word_at(path, now));
    auto word = last_word(texts, now);
    return word ? std::make_shared<const AgentWord>(std::move(*word)) : nullptr;
}

}  // namespace clockwright::app
