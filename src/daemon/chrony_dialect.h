/// chrony: new sources by a reload, never by a restart when that can be helped.
#pragma once

#include "daemon/dialect.h"

namespace clockwright::chrony {

class ChronyDialect : public Dialect {
  public:
    DaemonKind kind() const override { return DaemonKind::chrony; }
    Result<DaemonConfig> parse(const std::string& main_file,
                               const ConfigFiles& files) const override;
    std::string own_path(const DaemonConfig& config) const override;
    std::string render(const std::vector<SourceLine>& lines) const override;
    std::optional<std::string> globals(const Found& found, const SourceChange& change,
                                       const Selection& selection,
                                       const PlanSettings& settings) const override;
    Result<void> check(const Found& found, const SourceChange& change,
                       const PlanSettings& settings) const override;
    bool needs_restart(const Found& found, const SourceChange& change) const override;
    std::vector<Step> build_steps(const Found& found, const SourceChange& change,
                                  const PlanSettings& settings) const override;
    std::vector<std::string> notes(const Found& found, const SourceChange& change,
                                   const Selection& selection) const override;
    Seconds start_step(const DaemonConfig& config) const override;
    bool is_own_write(const WriteFile& write) const override;
};

}  // namespace clockwright::chrony
