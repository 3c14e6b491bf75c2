#include "daemon/openntpd_dialect.h"

#include "daemon/openntpd_conf.h"

namespace clockwright::openntpd {

Result<DaemonConfig> OpenntpdDialect::parse(const std::string& main_file,
                                            const ConfigFiles& files) const {
    return openntpd::parse(main_file, files);
}

std::string OpenntpdDialect::render(const std::vector<SourceLine>& lines) const {
    std::string text;
    for (const auto& line : lines) text += openntpd::render(line) + "\n";
    return text;
}

Result<void> OpenntpdDialect::check(const Found& found, const SourceChange& change,
                                    const PlanSettings& settings) const {
    if (auto held = refuse_faults("OpenNTPD", found, change); !held) return held;
    return RestartedDialect::check(found, change, settings);
}

std::vector<std::string> OpenntpdDialect::notes(const Found& found, const SourceChange& change,
                                                const Selection& selection) const {
    auto notes = RestartedDialect::notes(found, change, selection);
    notes.emplace_back(
        "OpenNTPD ignores leap seconds and shows no root distance: its bound cannot be told, only "
        "that its peers are valid");
    return notes;
}

}  // namespace clockwright::openntpd
