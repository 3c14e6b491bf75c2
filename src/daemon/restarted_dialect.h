/// What daemons have in common that read their sources only when they start: the files are written,
/// then the daemon is restarted, once.
#pragma once

#include "daemon/dialect.h"

namespace clockwright {

class RestartedDialect : public Dialect {
  public:
    Result<void> check(const Found& found, const SourceChange& change,
                       const PlanSettings& settings) const override;
    bool needs_restart(const Found& found, const SourceChange& change) const override;
    std::vector<Step> build_steps(const Found& found, const SourceChange& change,
                                  const PlanSettings& settings) const override;
    std::vector<std::string> notes(const Found& found, const SourceChange& change,
                                   const Selection& selection) const override;
    bool is_own_write(const WriteFile& write) const override;

  protected:
    /// Whether a file is a drop-in of ours by its name; never for a daemon without drop-ins.
    virtual bool is_own_path(std::string_view path) const = 0;
    /// What our own file shall hold: `change.wanted`. `before` is what it holds now; unless it is a
    /// drop-in, all but our block stays so.
    virtual std::string own_text(const std::string& before, const SourceChange& change) const;
    /// A foreign file without the lines that takeover takes.
    virtual std::string without_lines(const std::string& content,
                                      const std::vector<SourceLine>& taken) const;
    /// For a daemon that ends at the first fault of its configuration: a file that has one is not
    /// touched.
    static Result<void> refuse_faults(std::string_view name, const Found& found,
                                      const SourceChange& change);
};

}  // namespace clockwright
