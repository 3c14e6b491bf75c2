/// How one daemon's configuration is read, written and taken back: what differs between daemons
/// when a plan is made. Stateless; values in, values out.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "daemon/plan.h"
#include "daemon/source_change.h"

namespace clockwright {

class Dialect {
  public:
    virtual ~Dialect() = default;
    virtual DaemonKind kind() const = 0;
    const DaemonTraits& traits() const { return traits_of(kind()); }

    /// The whole configuration. Error: the main file cannot be read.
    virtual Result<DaemonConfig> parse(const std::string& main_file,
                                       const ConfigFiles& files) const = 0;
    /// The file that our lines go to: `config.own_file`, or the one to be made.
    virtual std::string own_path(const DaemonConfig& config) const { return config.own_file; }
    /// These sources in the daemon's words, each line with its newline: a text that can stand in
    /// its configuration.
    virtual std::string render(const std::vector<SourceLine>& lines) const = 0;
    /// For SourceChange::globals.
    virtual std::optional<std::string> globals(const Found&, const SourceChange&, const Selection&,
                                               const PlanSettings&) const {
        return std::nullopt;
    }
    /// Refusals that only this daemon knows, with the text to do it by hand.
    virtual Result<void> check(const Found& found, const SourceChange& change,
                               const PlanSettings& settings) const = 0;
    virtual bool needs_restart(const Found& found, const SourceChange& change) const = 0;
    virtual std::vector<Step> build_steps(const Found& found, const SourceChange& change,
                                          const PlanSettings& settings) const = 0;
    /// What a person should know of the change and only this daemon brings about.
    virtual std::vector<std::string> notes(const Found& found, const SourceChange& change,
                                           const Selection& selection) const = 0;
    /// How far off a clock may be before a start of the daemon steps it.
    virtual Seconds start_step(const DaemonConfig& config) const;
    /// Whether this is a write that plans of this daemon make: our own file, or one that differs
    /// from what was there only by what we do to a foreign file.
    virtual bool is_own_write(const WriteFile& write) const = 0;
};

const Dialect& dialect_of(DaemonKind kind);

/// What the daemon lists now, for the proof of an undo.
Expectation present_state(const Found& found);

/// What it must list after a step: `staying` and `added` of ours, and the foreign lines but those
/// of `gone`.
Expectation expectation_of(const Found& found, const std::vector<SourceLine>& staying,
                           const std::vector<SourceLine>& added,
                           const std::vector<SourceLine>& gone, int minimum);

}  // namespace clockwright
