#include "publish/render.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "daemon/plan.h"

namespace clockwright {

Result<RenderedSet> render_set(const ScanReport& report, std::string_view daemon, NtsPolicy nts) {
    if (daemon != "chrony") {
        return fail(Fault::usage,
                    fmt::format("--render {}: this release renders chrony only", daemon));
    }
    std::vector<Candidate> candidates;
    std::vector<std::size_t> members;
    for (const ScanRow& row : report.rows) {
        if (row.assessment.chosen) members.push_back(candidates.size());
        candidates.push_back(row.candidate);
    }
    const NtsChoice choice = choose_nts(candidates, members, nts);
    RenderedSet set{{}, choice.decision};
    if (nts == NtsPolicy::require && !choice.write && !members.empty()) {
        set.decision = "nts = require cannot be kept: " + choice.decision;
        return set;
    }
    std::vector<std::string> lines;
    for (const std::size_t member : members) {
        const auto& stats = report.rows[member].assessment.stats;
        lines.push_back(
            chrony::render(line_for(candidates[member], stats,
                                    is_written_with_nts(candidates[member], choice, nts))) +
            "\n");
    }
    std::ranges::sort(lines);
    for (const std::string& line : lines) set.lines += line;
    return set;
}

}  // namespace clockwright
