#include "find/provenance.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <map>

namespace clockwright {
namespace {

std::string origin_of(const SourceLine& line, const DaemonConfig& config) {
    if (line.ours) return "clockwright";
    if (line.lease) return "lease";
    return line.file == config.main_file ? "configuration" : "drop-in";
}

std::string origin_of(const Source& source) {
    switch (source.origin.kind) {
        case Origin::Kind::lease:
            return "lease";
        case Origin::Kind::platform:
            return "platform";
        default:
            return "another program";
    }
}

/// What the daemon says when it drops this line; empty: it does not.
std::string fault_of(const SourceLine& line, const DaemonConfig& config) {
    const std::string place = line.location() + ": ";
    for (const std::string& fault : config.faults)
        if (fault.starts_with(place) && fault.contains("drops")) return fault.substr(place.size());
    return {};
}

bool is_listed(const DaemonState& state, const SourceLine& line) {
    // Members of a pool are listed by address, each of them found by the daemon itself.
    if (line.type == SourceLine::Type::pool) return true;
    return std::ranges::any_of(state.sources, [&](const DaemonSource& source) {
        return same_word(source.name, line.name) ||
               (source.address && to_string(*source.address) == line.name);
    });
}

/// What timesyncd's parser says of servers that do not count, as directives.
struct Loser {
    std::string_view directive, effect, why;
};
constexpr std::array losers{
    Loser{"overridden", "overridden", "a later empty NTP= forgets it"},
    Loser{"repeated", "duplicate", "it is named before"},
    Loser{"fallback", "fallback", "it counts only while no NTP= and no lease names a server"}};

/// What networkd learns of servers, timesyncd takes up by itself.
bool is_read(DaemonKind kind, const std::string& file) {
    return kind == DaemonKind::timesyncd && file.starts_with("/run/systemd/netif/");
}

class Rows {
  public:
    Rows(const DaemonConfig& config, const DaemonState* state) : config_(config), state_(state) {}

    std::vector<ProvenanceRow> take() { return std::move(rows_); }

    void add_configured() {
        std::map<std::string, std::string> first_places;
        for (const SourceLine& line : config_.sources) {
            ProvenanceRow row{line.name, line.file, line.line, origin_of(line, config_), {}, {}};
            const auto [first, is_new] =
                first_places.emplace(fmt::format("{} {}", line.name, line.port), line.location());
            if (auto fault = fault_of(line, config_); !fault.empty()) {
                row.effect = "dropped";
                row.why = std::move(fault);
            } else if (!is_new) {
                row.effect = "duplicate";
                row.why = first->second + " names it first";
            } else {
                settle(line, row);
            }
            rows_.push_back(std::move(row));
        }
    }

    void add_losers() {
        for (const ShadowedFile& file : config_.shadowed) {
            for (const SourceLine& line : file.sources)
                rows_.push_back({line.name, line.file, line.line, origin_of(line, config_),
                                 "shadowed", file.by + " has the same name"});
        }
        for (const Loser& loser : losers) {
            for (const Directive* directive : config_.all(loser.directive)) {
                rows_.push_back({fmt::format("{}", fmt::join(directive->arguments, " ")),
                                 directive->file, directive->line,
                                 directive->file == config_.main_file ? "configuration" : "drop-in",
                                 std::string(loser.effect), std::string(loser.why)});
            }
        }
    }

    void add_commanded() {
        if (state_ == nullptr) return;
        const bool pools = std::ranges::any_of(config_.sources, [](const SourceLine& line) {
            return line.type == SourceLine::Type::pool;
        });
        for (const DaemonSource& source : state_->sources) {
            if (source.refclock || source.of_pool || is_named(source)) continue;
            if (pools && source.address && source.name == to_string(*source.address)) continue;
            rows_.push_back({source.name, "", 0, "command", "in use", ""});
        }
    }

    void add_unread(const Findings& machine) {
        for (const Source& source : machine.sources) {
            if (is_read(config_.kind, source.origin.file)) {
                rows_.push_back({source.host.name, source.origin.file, source.origin.line,
                                 origin_of(source), state_ == nullptr ? "configured" : "in use",
                                 ""});
                continue;
            }
            rows_.push_back({source.host.name, source.origin.file, source.origin.line,
                             origin_of(source), "not read",
                             fmt::format("{} does not read it", traits_of(config_.kind).program)});
        }
    }

  private:
    void settle(const SourceLine& line, ProvenanceRow& row) const {
        if (line.noselect) {
            row.effect = "noselect";
        } else if (state_ == nullptr) {
            row.effect = line.fallback ? "fallback" : "configured";
        } else if (is_listed(*state_, line)) {
            row.effect = "in use";
        } else if (line.fallback) {
            row.effect = "fallback";
        } else {
            row.effect = "not taken up";
            // One that follows a single server lists no other.
            if (!traits_of(config_.kind).one_server)
                row.why = "the daemon does not list it: not reloaded, or refused";
        }
    }

    bool is_named(const DaemonSource& source) const {
        return std::ranges::any_of(config_.sources, [&](const SourceLine& line) {
            return same_word(source.name, line.name) ||
                   (source.address && to_string(*source.address) == line.name);
        });
    }

    const DaemonConfig& config_;
    const DaemonState* state_;
    std::vector<ProvenanceRow> rows_;
};

}  // namespace

std::vector<ProvenanceRow> provenance(const DaemonConfig& config, const DaemonState* state,
                                      const Findings& machine) {
    Rows rows(config, state);
    rows.add_configured();
    rows.add_losers();
    rows.add_commanded();
    rows.add_unread(machine);
    return rows.take();
}

}  // namespace clockwright
