/// systemd-timesyncd: our servers in a drop-in that empties the list before it, then a restart.
#pragma once

#include "daemon/restarted_dialect.h"

namespace clockwright::timesyncd {

class TimesyncdDialect : public RestartedDialect {
  public:
    DaemonKind kind() const override { return DaemonKind::timesyncd; }
    Result<DaemonConfig> parse(const std::string& main_file,
                               const ConfigFiles& files) const override;
    /// Best first: that is the order in which they are asked.
    std::string render(const std::vector<SourceLine>& lines) const override;
    Result<void> check(const Found& found, const SourceChange& change,
                       const PlanSettings& settings) const override;
    std::vector<std::string> notes(const Found& found, const SourceChange& change,
                                   const Selection& selection) const override;

  protected:
    bool is_own_path(std::string_view path) const override;
    std::string own_text(const std::string& before, const SourceChange& change) const override;
    /// As it is: takeover is the empty `NTP=` in our own file.
    std::string without_lines(const std::string& content,
                              const std::vector<SourceLine>& taken) const override;
};

}  // namespace clockwright::timesyncd
