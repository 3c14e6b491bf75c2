#include "publish/render.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "daemon/plan.h"

namespace clockwright {

Result<std::string> render_set(const ScanReport& report, std::string_view daemon) {
    if (daemon != "chrony") {
        return fail(Fault::usage,
                    fmt::format("--render {}: this release renders chrony only", daemon));
    }
    std::vector<std::string> lines;
    for (const ScanRow& row : report.rows) {
        if (!row.assessment.chosen) continue;
        lines.push_back(chrony::render(line_for(row.candidate, row.assessment.stats)) + "\n");
    }
    std::ranges::sort(lines);
    std::string out;
    for (const std::string& line : lines) out += line;
    return out;
}

}  // namespace clockwright
