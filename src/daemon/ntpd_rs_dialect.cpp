#include "daemon/ntpd_rs_dialect.h"

#include "daemon/ntpd_rs_conf.h"

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
                                  const PlanSettings& settings) const {
    if (auto held = refuse_faults("ntpd-rs", found, change); !held) return held;
    return RestartedDialect::check(found, change, settings);
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
