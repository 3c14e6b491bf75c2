#include "daemon/mode6.h"

#include <fmt/format.h>

#include <algorithm>

#include "daemon/chrony_fields.h"

namespace clockwright::mode6 {
namespace {

using chrony::field16;
using chrony::set_field16;

constexpr std::size_t header = 12;
constexpr std::size_t most_octets = 65536;  ///< ours: the longest answer that is put together
constexpr std::uint8_t mode = 6;
/// Versions 1 to 4 are answered, with the version that was asked; 2 by every ntpd there is.
constexpr std::uint8_t version = 2;
constexpr std::uint8_t response_bit = 0x80, error_bit = 0x40, more_bit = 0x20,
                       operation_bits = 0x1f;

}  // namespace

std::string describe(ErrorCode code) {
    switch (code) {
        case ErrorCode::unspecified:
            return "unspecified error";
        case ErrorCode::permission:
            return "not permitted";
        case ErrorCode::bad_format:
            return "bad message format";
        case ErrorCode::bad_operation:
            return "unknown operation";
        case ErrorCode::unknown_association:
            return "no such association";
        case ErrorCode::unknown_variable:
            return "unknown variable";
        case ErrorCode::bad_value:
            return "bad value";
        case ErrorCode::restricted:
            return "administratively prohibited";
    }
    return fmt::format("error {}", static_cast<unsigned>(code));
}

Bytes encode(const Question& question, std::string_view names) {
    const std::size_t padded = (names.size() + 3) / 4 * 4;
    Bytes bytes(header + padded);
    bytes[0] = version << 3 | mode;
    bytes[1] = static_cast<std::uint8_t>(question.operation);
    set_field16(bytes, 2, question.sequence);
    set_field16(bytes, 6, question.association);
    set_field16(bytes, 10, static_cast<std::uint16_t>(names.size()));
    std::ranges::copy(names, bytes.begin() + header);
    return bytes;
}

std::expected<Fragment, NotAFragment> decode(std::span<const std::uint8_t> bytes) {
    if (bytes.size() < header) return std::unexpected(NotAFragment::too_short);
    if ((bytes[0] & 7) != mode) return std::unexpected(NotAFragment::wrong_mode);
    if ((bytes[1] & response_bit) == 0) return std::unexpected(NotAFragment::not_a_response);
    // A refusal has no data; ntpd leaves in it what another answer had as offset and count.
    const bool error = (bytes[1] & error_bit) != 0;
    const std::size_t count = error ? 0 : field16(bytes, 10);
    if (count > bytes.size() - header) return std::unexpected(NotAFragment::wrong_length);
    return Fragment{.question = {.operation = static_cast<Operation>(bytes[1] & operation_bits),
                                 .association = field16(bytes, 6),
                                 .sequence = field16(bytes, 2)},
                    .error = error,
                    .more = (bytes[1] & more_bit) != 0,
                    .status = field16(bytes, 4),
                    .offset = error ? std::uint16_t{0} : field16(bytes, 8),
                    .data = bytes.subspan(header, count)};
}

void Reassembly::add(std::span<const std::uint8_t> datagram) {
    const auto fragment = decode(datagram);
    if (!fragment || fragment->question != question_ || is_done()) return;
    if (fragment->error) {
        error_ = static_cast<ErrorCode>(fragment->status >> 8);
        return;
    }
    const std::size_t end = fragment->offset + fragment->data.size();
    if (end > most_octets || (end_ && end > *end_)) return;
    if (!fragment->more) {
        if (end < data_.size()) return;  // what came before says that there is more
        end_ = end;
    }
    status_ = fragment->status;
    fill(*fragment);
}

void Reassembly::fill(const Fragment& fragment) {
    const std::size_t end = fragment.offset + fragment.data.size();
    if (end > data_.size()) {
        data_.resize(end);
        filled_octets_.resize(end);
    }
    for (std::size_t i = 0; i < fragment.data.size(); ++i) {
        const std::size_t at = fragment.offset + i;
        if (filled_octets_[at]) continue;
        filled_octets_[at] = true;
        data_[at] = fragment.data[i];
        ++filled_;
    }
}

Association decode_association(std::uint16_t id, std::uint16_t status) {
    return {.id = id,
            .configured = (status & 0x8000) != 0,
            .authenticable = (status & 0x4000) != 0,
            .authentic = (status & 0x2000) != 0,
            .reachable = (status & 0x1000) != 0,
            .broadcast = (status & 0x0800) != 0,
            .selection = static_cast<Selection>(status >> 8 & 7)};
}

std::vector<Association> decode_associations(std::span<const std::uint8_t> data) {
    std::vector<Association> rows;
    for (std::size_t at = 0; at + 4 <= data.size(); at += 4)
        rows.push_back(decode_association(field16(data, at), field16(data, at + 2)));
    return rows;
}

}  // namespace clockwright::mode6
