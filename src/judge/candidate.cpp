#include "judge/candidate.h"

#include <utility>

namespace clockwright {

std::uint16_t asked_port(const Candidate& candidate) {
    if (candidate.nts) return candidate.nts->port;
    return candidate.source.host.nts ? ntp_port : candidate.source.host.port;
}

std::string_view to_string(Verdict verdict) {
    switch (verdict) {
        case Verdict::unreachable:
            return "unreachable";
        case Verdict::denied:
            return "denied";
        case Verdict::unsynchronised:
            return "unsynchronised";
        case Verdict::malformed:
            return "malformed";
        case Verdict::too_distant:
            return "too_distant";
        case Verdict::too_jittery:
            return "too_jittery";
        case Verdict::falseticker:
            return "falseticker";
        case Verdict::outlier:
            return "outlier";
        case Verdict::truechimer:
            return "truechimer";
        case Verdict::system_peer:
            return "system_peer";
    }
    std::unreachable();
}

}  // namespace clockwright
