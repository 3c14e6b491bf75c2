/// NTPsec, and classic ntpd with it: a drop-in where ntp.d is read, else a marked block; a restart.
#pragma once

#include "daemon/restarted_dialect.h"

namespace clockwright {

class NtpsecDialect : public RestartedDialect {
  public:
    DaemonKind kind() const override { return DaemonKind::ntpsec; }
    Result<DaemonConfig> parse(const std::string& main_file,
                               const ConfigFiles& files) const override;
    Result<void> check(const Found& found, const SourceChange& change,
                       const PlanSettings& settings) const override;
    std::string render(const std::vector<SourceLine>& lines) const override;
    std::vector<std::string> notes(const Found& found, const SourceChange& change,
                                   const Selection& selection) const override;
    Seconds start_step(const DaemonConfig& config) const override;

  protected:
    bool is_own_path(std::string_view path) const override;
    std::string own_text(const std::string& before, const SourceChange& change) const override;
};

}  // namespace clockwright
