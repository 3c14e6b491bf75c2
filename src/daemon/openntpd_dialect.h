/// OpenNTPD: our lines stand in a block of its one file, and it is restarted.
#pragma once

#include "daemon/restarted_dialect.h"

namespace clockwright::openntpd {

class OpenntpdDialect : public RestartedDialect {
  public:
    DaemonKind kind() const override { return DaemonKind::openntpd; }
    Result<DaemonConfig> parse(const std::string& main_file,
                               const ConfigFiles& files) const override;
    std::string render(const std::vector<SourceLine>& lines) const override;
    /// Refused too: a configuration with which it would not start again.
    Result<void> check(const Found& found, const SourceChange& change,
                       const PlanSettings& settings) const override;
    std::vector<std::string> notes(const Found& found, const SourceChange& change,
                                   const Selection& selection) const override;

  protected:
    bool is_own_path(std::string_view) const override { return false; }
};

}  // namespace clockwright::openntpd
