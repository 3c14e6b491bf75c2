#include "publish/kernel_opinion.h"

#include <fmt/format.h>

#include "time/spell.h"

namespace clockwright {

std::vector<std::string> kernel_opinion(const KernelClock& kernel, const ClockVerdict& verdict) {
    std::vector<std::string> opinion;
    const std::string within =
        "by the kernel's own count UTC is within ±" + spell_bound(kernel.most_error);
    if (kernel.unsynchronised && verdict.by_quorum) {
        opinion.emplace_back(
            "the kernel calls its clock unsynchronised: programs that ask it do so");
    } else if (kernel.unsynchronised && verdict.demonstrated) {
        opinion.emplace_back(
            "the kernel calls its clock unsynchronised although the daemon follows sources: nobody "
            "tells it (chronyd does with rtcsync), and programs that ask it are misled");
    } else if (kernel.unsynchronised) {
        opinion.emplace_back("the kernel calls its clock unsynchronised too");
    } else if (!verdict.demonstrated) {
        opinion.push_back(within +
                          "; it has no sources, and notices a dead daemon after 9 h at worst");
    } else if (verdict.bound && kernel.most_error < verdict.bound->total()) {
        opinion.push_back(within + ", less than the sources prove: the daemon's bound holds");
    } else {
        opinion.push_back(within);
    }
    if (kernel.tai == 0)
        opinion.emplace_back(
            "CLOCK_TAI is wrong: nobody gave the kernel the leap seconds (TAI less UTC is 0)");
    return opinion;
}

}  // namespace clockwright
