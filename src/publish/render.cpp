#include "publish/render.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "daemon/dialect.h"
#include "time/spell.h"

namespace clockwright {
namespace {

/// A pool asks for as many servers as were chosen of it (rule C-5: at most four).
void limit_pool(SourceLine& line, const std::vector<Candidate>& candidates,
                const std::vector<std::size_t>& members) {
    if (line.type != SourceLine::Type::pool) return;
    constexpr std::ptrdiff_t most = 4;
    const auto of_it = std::ranges::count_if(members, [&](std::size_t member) {
        return candidates[member].source.host.name == line.name;
    });
    line.maxsources = static_cast<int>(std::min(of_it, most));
}

bool is_same_source(const SourceLine& a, const SourceLine& b) {
    return a.name == b.name && a.port == b.port && a.nts == b.nts;
}

}  // namespace

Result<RenderedSet> render_set(const ScanReport& report, std::string_view daemon, NtsPolicy nts) {
    const auto kind = parse_daemon_kind(daemon);
    if (!kind) return fail(Fault::usage, fmt::format("--render {}: no such daemon", daemon));
    const Dialect& dialect = dialect_of(*kind);
    std::vector<Candidate> candidates;
    std::vector<std::size_t> members;
    for (const ScanRow& row : report.rows) {
        if (row.assessment.chosen) members.push_back(candidates.size());
        candidates.push_back(row.candidate);
    }
    const NtsChoice choice = choose_nts(candidates, members, nts, dialect.traits().nts);
    RenderedSet set{{}, choice.decision, {}};
    if (nts == NtsPolicy::require && !choice.write && !members.empty()) {
        set.decision = "nts = require cannot be kept: " + choice.decision;
        return set;
    }
    if (dialect.traits().one_server)
        std::ranges::stable_sort(members, {}, [&](std::size_t member) {
            const auto& stats = report.rows[member].assessment.stats;
            return stats ? stats->expected_error : Seconds{1e9};
        });
    std::vector<SourceLine> lines, named;
    for (const std::size_t member : members) {
        const auto& stats = report.rows[member].assessment.stats;
        auto line =
            line_for(candidates[member], stats,
                     is_written_with_nts(candidates[member], choice, nts), dialect.traits());
        limit_pool(line, candidates, members);
        if (std::ranges::any_of(named,
                                [&](const auto& known) { return is_same_source(known, line); }))
            continue;  // a pool or a rotation stays one line
        named.push_back(line);
        if (auto why = why_not_written(line, dialect.traits()); !why.empty())
            set.left_out.push_back(printable(candidates[member].source.as_written) + ": " + why);
        else
            lines.push_back(std::move(line));
    }
    if (!lines.empty()) set.lines = dialect.render(lines);
    return set;
}

}  // namespace clockwright
