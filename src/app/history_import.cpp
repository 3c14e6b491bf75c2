#include <fmt/format.h>
#include <sys/stat.h>

#include <chrono>
#include <nlohmann/json.hpp>

#include "app/agent_files.h"
#include "app/exit_code.h"
#include "app/history_words.h"
#include "app/output.h"
#include "publish/import.h"
#include "publish/table.h"
#include "store/recorder.h"
#include "system/act_as.h"
#include "system/user_file.h"
#include "time/spell.h"

namespace clockwright::app {
namespace {

using Json = nlohmann::ordered_json;

WallTime written_at(const std::string& path) {
    struct stat status{};
    if (::stat(path.c_str(), &status) != 0) return {};
    return WallTime(std::chrono::seconds(status.st_mtim.tv_sec));
}

std::string import_text(const Imported& imported, const std::string& file, std::int64_t added) {
    const auto read = static_cast<std::int64_t>(imported.rows.size());
    std::string out = wrap(fmt::format("{} of {} rows of {} ({}) are new in the record{}.", added,
                                       read, printable(file), imported.kind,
                                       added < read ? "; the others were there already" : ""),
                           0);
    if (imported.naive)
        out += wrap("Its time stamps have no zone and were taken as UTC, or as --zone said.", 0);
    for (const std::string& fault : imported.faults)
        out += wrap("passed over: " + printable(fault), 2);
    return out + "Next: clockwright history samples\n";
}

std::string import_json(const Imported& imported, std::int64_t added) {
    const Json json{{"kind", imported.kind},
                    {"read", imported.rows.size()},
                    {"added", added},
                    {"without_zone", imported.naive},
                    {"passed_over", imported.faults}};
    return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace

Result<int> history_import(const Context& context) {
    const HistoryCommand& command = context.command.history;
    const std::string text = TRY(system::read_file(command.import_file));
    ImportSettings settings;
    if (!command.server.empty()) settings.server = command.server;
    settings.zone = command.zone;
    settings.written = written_at(command.import_file);
    settings.pass_over_faults = command.skip_faulty;
    const Imported imported = TRY(parse_history_import(text, command.import_file, settings));
    const std::string place = agent_directory(context.config);
    const auto owner = TRY(system::ActAsOwner::of(place));
    auto recorder = TRY(store::Recorder::open(place, store::Unusable::refuse));
    const std::int64_t added = TRY(recorder.import(imported.rows));
    print_result(context.command, context.command.json
                                      ? import_json(imported, added)
                                      : import_text(imported, command.import_file, added));
    return exit_done;
}

}  // namespace clockwright::app
