#include "daemon/ntpd_rs_dialect.h"

#include <fmt/format.h>

#include "daemon/ntpd_rs_conf.h"
#include "time/spell.h"

namespace clockwright::ntpd_rs {

Result<DaemonConfig> NtpdRsDialect::parse(const std::string& main_file,
                                          const ConfigFiles& files) const {
    return ntpd_rs::parse(main_file, files);
}

std::string NtpdRsDialect::render(const std::vector<SourceLine>& lines) const {
    std::string text;
    for (const auto& line : lines) text += (text.empty() ? "" : "\n") + ntpd_rs::render(line);
    return text;
}

Result<void> NtpdRsDialect::check(const Found& found, const SourceChange& change,
                                  const Selection& selection, const PlanSettings& settings) const {
    if (!change.empty() && !found.config.faults.empty())
        return fail(Fault::refused,
                    fmt::format("ntpd-rs would not start again with this configuration: {}",
                                printable(found.config.faults.front())));
    return RestartedDialect::check(found, change, selection, settings);
}

std::vector<std::string> NtpdRsDialect::notes(const Found& found, const SourceChange& change,
                                              const Selection& selection) const {
    auto notes = RestartedDialect::notes(found, change, selection);
    if (!found.config.find("observation-path"))
        notes.emplace_back(
            "[observability] observation-path is not set: the daemon cannot be asked");
    return notes;
}

}  // namespace clockwright::ntpd_rs
