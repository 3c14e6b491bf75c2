/// Any datagram as any command's reply: no layout reads beyond its end, every number is finite.
#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <span>

#include "daemon/chrony_control.h"
#include "daemon/chrony_fields.h"

namespace {

using namespace clockwright;
using namespace clockwright::chrony;

void require(bool claim) {
    if (!claim) std::abort();
}

bool is_finite(std::initializer_list<double> values) {
    return std::ranges::all_of(values, [](double value) { return std::isfinite(value); });
}

void check_tracking(const Reply& reply) {
    const auto found = decode_tracking(reply);
    if (!found) return;
    require(is_finite({found->offset.count(), found->last_offset.count(), found->rms_offset.count(),
                       found->frequency->value, found->skew->value, found->root_delay.count(),
                       found->root_dispersion.count(), found->update_interval.count()}));
    require(!(found->synchronised() && found->local_reference()));
}

void check_sources(const Reply& reply) {
    if (const auto found = decode_source_data(reply)) {
        const DaemonSource& source = found->source;
        require(is_finite({source.offset.count(), source.error.count()}));
        require(std::string_view("*?x~+-").contains(source.state));
        require((source.refclock ? 1 : 0) + (source.address ? 1 : 0) +
                    (found->unresolved_id ? 1 : 0) <=
                1);
    }
    if (const auto found = decode_sourcestats(reply)) {
        require(is_finite({found->frequency.value, found->skew.value, found->offset.count(),
                           found->offset_error.count(), found->deviation.count()}));
        require(found->samples >= 0 && found->runs >= 0);
    }
    if (const auto found = decode_source_name(reply))
        require(found->size() <= 256 && !found->contains('\0'));
}

void check_details(const Reply& reply) {
    if (const auto found = decode_ntp_data(reply))
        require(is_finite({found->offset.count(), found->delay.count(), found->root_delay.count(),
                           found->root_dispersion.count()}));
    if (const auto found = decode_selectdata(reply)) {
        require(is_finite({found->low.count(), found->high.count()}));
        require(!describe_state(found->state).empty());
    }
    if (const auto found = decode_activity(reply)) require(found->unresolved >= 0);
    decode_authdata(reply);
    decode_count(reply);
}

/// Written and read again a float is itself, but for the one coefficient that has no opposite.
void check_float(std::uint32_t bits) {
    const double value = decode_float(bits);
    const double back = decode_float(encode_float(value));
    require(std::abs(back - value) <= std::abs(value) * 1e-7);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* octets, std::size_t size) {
    const std::span<const std::uint8_t> bytes(octets, size);
    for (std::size_t offset = 0; offset + 4 <= size; offset += 4)
        check_float(field32(bytes, offset));
    if (size < 28) {
        require(decode_reply(bytes, Command::tracking, 0).error() == NotAReply::too_short);
        return 0;
    }
    const auto command = static_cast<Command>(field16(bytes, 4));
    const auto reply = decode_reply(bytes, command, field32(bytes, 16));
    require(!decode_reply(bytes, command, field32(bytes, 16) ^ 1));
    if (!reply) return 0;
    require(reply->data.size() == size - 28);
    require(!describe(reply->status).empty());
    check_tracking(*reply);
    check_sources(*reply);
    check_details(*reply);
    return 0;
}
