#include "daemon/chrony_nts.h"

#include <fmt/format.h>

#include <algorithm>

namespace clockwright::chrony {
namespace {

std::string authselectmode(const DaemonConfig& config) {
    const Directive* directive = config.find("authselectmode");
    return directive == nullptr || directive->arguments.empty() ? "mix"
                                                                : directive->arguments.front();
}

/// What chronyd makes of the plain sources beside the authenticated ones.
std::string effective_options(const std::string& mode, long authenticated, long plain) {
    if (same_word(mode, "ignore")) {
        return "authselectmode ignore: chronyd chooses among NTS and plain sources alike";
    }
    if (same_word(mode, "require") || same_word(mode, "prefer")) {
        return fmt::format(
            "authselectmode {}: chronyd never selects the {} plain sources "
            "(noselect)",
            mode, plain);
    }
    return fmt::format(
        "authselectmode mix: chronyd takes the {} NTS sources with the options require and trust, "
        "and the {} plain ones only while their intervals lie within those",
        authenticated, plain);
}

}  // namespace

int usable_wanted(const SourceChange& change, int minimum) {
    const auto after = lines_after(change);
    const auto authenticated = static_cast<int>(std::ranges::count(after, true, &SourceLine::nts));
    const bool mixed = authenticated > 0 && authenticated < std::ssize(after);
    return mixed ? std::min(minimum, authenticated) : minimum;
}

std::vector<std::string> nts_notes(const DaemonConfig& config, const SourceChange& change) {
    const auto after = lines_after(change);
    const auto authenticated = std::ranges::count(after, true, &SourceLine::nts);
    const auto plain = std::ssize(after) - authenticated;
    std::vector<std::string> notes;
    if (authenticated == 0) return notes;
    if (plain > 0) notes.push_back(effective_options(authselectmode(config), authenticated, plain));
    if (!config.find("nocerttimecheck"))
        notes.emplace_back(
            "left out: nocerttimecheck 1, for a first boot with a clock too wrong to judge "
            "certificates, needs a restart of chronyd");
    if (!config.find("ntsdumpdir"))
        notes.emplace_back(
            "left out: ntsdumpdir, which spares new key exchanges after every start, needs a "
            "restart of chronyd");
    return notes;
}

}  // namespace clockwright::chrony
