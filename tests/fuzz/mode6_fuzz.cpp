/// Any datagrams, apart by their length in two octets, as the answers of an ntpd: the list, the
/// system, its sources. Nothing is read beyond its end, every number is finite, one source at most
/// is selected.
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <initializer_list>
#include <span>
#include <string_view>
#include <vector>

#include "daemon/chrony_control.h"
#include "daemon/mode6_replies.h"

namespace {

using namespace clockwright;
using namespace clockwright::mode6;
using Octets = std::span<const std::uint8_t>;

void require(bool claim) {
    if (!claim) std::abort();
}

bool is_finite(std::initializer_list<double> values) {
    return std::ranges::all_of(values, [](double value) { return std::isfinite(value); });
}

std::vector<Octets> parts(Octets bytes) {
    std::vector<Octets> found;
    while (bytes.size() >= 2 && found.size() < 200) {
        const std::size_t size = std::min<std::size_t>(bytes[0] << 8 | bytes[1], bytes.size() - 2);
        found.push_back(bytes.subspan(2, size));
        bytes = bytes.subspan(2 + size);
    }
    return found;
}

/// What is done stays done, and no more than 64 KiB is kept.
void check_reassembly(std::span<const Octets> datagrams, const Question& question) {
    Reassembly answer(question);
    for (const Octets datagram : datagrams) {
        const auto fragment = decode(datagram);
        if (fragment) require(fragment->data.size() + 12 <= datagram.size());
        const bool was_done = answer.is_done();
        answer.add(datagram);
        require(!was_done || answer.is_done());
        require(answer.data().size() <= 65536);
    }
    if (answer.error()) require(!describe(*answer.error()).empty());
}

void check_source(const DaemonSource& source) {
    require(is_finite({source.offset.count(), source.error.count()}));
    require(std::string_view("*+-xNsd?").contains(source.state));
    require(chrony::describe_state(source.state) != "unknown state");
    require(!source.samples || (*source.samples >= 0 && *source.samples <= 8));
    require(!source.last_sample || source.last_sample->count() >= 0);
    require(!(source.refclock && source.address));
    require(source.nts.has_value() == (source.authentication == Authentication::nts));
    require(!source.nts || source.nts->cookies >= 0);
    require(std::ranges::none_of(source.name, [](char c) { return c >= 0 && c < ' '; }));
}

void check_state(std::span<const Octets> texts) {
    const WallTime now{std::chrono::seconds(1'795'838'664)};
    std::vector<Peer> peers;
    const auto associations = decode_associations(texts[0]);
    for (std::size_t i = 2; i < texts.size() && i - 2 < associations.size(); ++i)
        peers.push_back({associations[i - 2], Variables(texts[i])});
    const auto state = decode_state(Variables(texts[1]), peers, now);
    if (!state) return;
    const DaemonTracking& tracking = state->tracking;
    require(is_finite({tracking.offset.count(), tracking.rms_offset.count(),
                       tracking.frequency.value_or(Ppm{}).value,
                       tracking.skew.value_or(Ppm{}).value, tracking.root_delay.count(),
                       tracking.root_dispersion.count(), tracking.update_interval.count()}));
    require(state->sources.size() <= peers.size());
    for (const auto& source : state->sources) check_source(source);
}

void check_variables(Octets text) {
    const Variables variables(text);
    require(variables.size() <= text.size());
    for (const std::string_view name : {"a", "offset", "reach", "rec"}) {
        if (const auto value = variables.text(name)) require(value->size() <= text.size());
        if (const auto value = variables.number(name)) require(std::isfinite(*value));
        variables.integer(name);
        variables.timestamp(name);
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* octets, std::size_t size) {
    const auto datagrams = parts({octets, size});
    if (datagrams.empty()) return 0;
    for (const Octets datagram : datagrams) {
        check_variables(datagram);
        if (const auto first = decode(datagram)) check_reassembly(datagrams, first->question);
    }
    if (datagrams.size() > 1) check_state(datagrams);
    return 0;
}
