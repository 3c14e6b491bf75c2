#include "daemon/chrony_control.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "daemon/chrony_fields.h"

namespace clockwright::chrony {
namespace {

constexpr std::uint8_t protocol_version = 6;
constexpr std::uint8_t request_type = 1, reply_type = 2;
constexpr std::size_t request_header = 20, reply_header = 28;
constexpr std::size_t longest_name = 255;  ///< the last of 256 octets must be NUL

/// A request shorter than the reply it asks for is refused; a longer one is taken.
constexpr std::size_t length_of(Command command) {
    switch (command) {
        case Command::online:
            return 60;
        case Command::burst:
            return 68;
        case Command::delete_source:
            return 40;
        case Command::n_sources:
            return 32;
        case Command::source_data:
            return 76;
        case Command::tracking:
            return 104;
        case Command::sourcestats:
            return 84;
        case Command::activity:
            return 48;
        case Command::ntp_data:
            return 172;
        case Command::add_source:
            return 372;
        case Command::source_name:
            return 284;
        case Command::authdata:
            return 52;
        case Command::selectdata:
            return 76;
        case Command::reload_sources:
        case Command::makestep:
            return 28;
    }
    return request_header;
}

/// Header and zeros; the data is for the caller to fill in.
Bytes empty_request(Command command, std::uint32_t sequence) {
    Bytes bytes(length_of(command));
    bytes[0] = protocol_version;
    bytes[1] = request_type;
    set_field16(bytes, 4, static_cast<std::uint16_t>(command));
    set_field32(bytes, 8, sequence);
    return bytes;
}

std::span<std::uint8_t> data_of(Bytes& request) {
    return std::span(request).subspan(request_header);
}

struct FlagBit {
    bool SourceLine::* field;
    std::uint32_t bit;
};
constexpr std::array flag_bits{
    FlagBit{&SourceLine::auto_offline, 0x2}, FlagBit{&SourceLine::iburst, 0x4},
    FlagBit{&SourceLine::prefer, 0x8},       FlagBit{&SourceLine::noselect, 0x10},
    FlagBit{&SourceLine::trust, 0x20},       FlagBit{&SourceLine::require, 0x40},
    FlagBit{&SourceLine::xleave, 0x80},      FlagBit{&SourceLine::burst, 0x100},
    FlagBit{&SourceLine::nts, 0x200},        FlagBit{&SourceLine::copy, 0x400},
    FlagBit{&SourceLine::mono_root, 0x800},  FlagBit{&SourceLine::net_correction, 0x1000},
    FlagBit{&SourceLine::ipv4, 0x2000},      FlagBit{&SourceLine::ipv6, 0x4000},
};

std::uint32_t flags_of(const SourceLine& line) {
    std::uint32_t flags = line.offline ? 0 : 0x1;
    for (const auto& row : flag_bits)
        if (line.*row.field) flags |= row.bit;
    return flags;
}

std::uint32_t type_of(const SourceLine& line) {
    switch (line.type) {
        case SourceLine::Type::server:
            return 1;
        case SourceLine::Type::peer:
            return 2;
        case SourceLine::Type::pool:
            return 3;
    }
    return 1;
}

/// chronyd picks the version by itself when it is 0, but 4.0 would send that; only a key's digest
/// can make another than 4 right.
int version_of(const SourceLine& line) {
    return line.version.value_or(line.key ? 0 : 4);
}

void set_integers(std::span<std::uint8_t> data, const SourceLine& line) {
    struct Integer {
        std::size_t offset;
        int value;
    };
    for (const auto& [offset, value] : {Integer{260, line.port},
                                        {264, line.minpoll.value_or(6)},
                                        {268, line.maxpoll.value_or(10)},
                                        {272, line.presend.value_or(100)},
                                        {276, line.minstratum.value_or(0)},
                                        {280, line.polltarget.value_or(8)},
                                        {284, version_of(line)},
                                        {288, line.maxsources.value_or(4)},
                                        {292, line.minsamples.value_or(-1)},
                                        {296, line.maxsamples.value_or(-1)},
                                        {304, line.ntsport.value_or(4460)},
                                        {336, line.filter.value_or(0)},
                                        {348, line.maxunreach.value_or(100000)}})
        set_field32(data, offset, static_cast<std::uint32_t>(value));
    set_field32(data, 300, line.key.value_or(0));
    set_field32(data, 332, flags_of(line));
    set_field32(data, 340, line.certset.value_or(0));
}

void set_reals(std::span<std::uint8_t> data, const SourceLine& line) {
    struct Real {
        std::size_t offset;
        double value;
    };
    for (const auto& [offset, value] : {Real{308, line.maxdelay.value_or(3.0)},
                                        {312, line.maxdelayratio.value_or(0.0)},
                                        {316, line.maxdelaydevratio.value_or(10.0)},
                                        {320, line.mindelay.value_or(0.0)},
                                        {324, line.asymmetry.value_or(1.0)},  // 1: estimate it
                                        {328, line.offset.value_or(0.0)},
                                        {344, line.maxdelayquant.value_or(0.0)}})
        set_field32(data, offset, encode_float(value));
}

}  // namespace

std::string describe(Status status) {
    switch (status) {
        case Status::success:
            return "success";
        case Status::failed:
            return "failed";
        case Status::unauthorised:
            return "not authorised";
        case Status::invalid:
            return "invalid command";
        case Status::no_such_source:
            return "no such source";
        case Status::not_enabled:
            return "not enabled";
        case Status::already_known:
            return "source already known";
        case Status::too_many:
            return "too many sources";
        case Status::inactive:
            return "inactive";
        case Status::bad_version:
            return "protocol version not supported";
        case Status::bad_length:
            return "wrong packet length";
        case Status::invalid_name:
            return "invalid name";
    }
    return fmt::format("status {}", static_cast<unsigned>(status));
}

Bytes encode_simple(Command command, std::uint32_t sequence) {
    return empty_request(command, sequence);
}

Bytes encode_indexed(Command command, std::uint32_t index, std::uint32_t sequence) {
    Bytes request = empty_request(command, sequence);
    set_field32(data_of(request), 0, index);
    return request;
}

Bytes encode_addressed(Command command, const IpAddress& address, std::uint32_t sequence) {
    Bytes request = empty_request(command, sequence);
    const auto data = data_of(request);
    std::ranges::copy(address.bytes, data.begin());
    const auto kind = address.family == Family::ipv4 ? AddressKind::ipv4 : AddressKind::ipv6;
    set_field16(data, 16, static_cast<std::uint16_t>(kind));
    return request;
}

Bytes encode_id(Command command, std::uint32_t id, std::uint32_t sequence) {
    Bytes request = empty_request(command, sequence);
    const auto data = data_of(request);
    set_field32(data, 0, id);
    set_field16(data, 16, static_cast<std::uint16_t>(AddressKind::id));
    return request;
}

/// Mask and address of no family mean all; then how many answers are wanted, how many requests may
/// be sent for them.
Bytes encode_burst(std::uint32_t samples, std::uint32_t sequence) {
    constexpr std::size_t two_addresses = 40;
    Bytes request = empty_request(Command::burst, sequence);
    set_field32(data_of(request), two_addresses, samples);
    set_field32(data_of(request), two_addresses + 4, samples);
    return request;
}

std::optional<Bytes> encode_add_source(const SourceLine& line, std::uint32_t sequence) {
    if (line.name.size() > longest_name || line.name.contains('\0') ||
        !line.unknown_options.empty())
        return std::nullopt;
    Bytes request = empty_request(Command::add_source, sequence);
    const auto data = data_of(request);
    set_field32(data, 0, type_of(line));
    std::ranges::copy(line.name, data.begin() + 4);
    set_integers(data, line);
    set_reals(data, line);
    return request;
}

std::expected<Reply, NotAReply> decode_reply(std::span<const std::uint8_t> bytes, Command command,
                                             std::uint32_t sequence) {
    if (bytes.size() < reply_header) return std::unexpected(NotAReply::too_short);
    if (bytes[0] != protocol_version) return std::unexpected(NotAReply::wrong_version);
    if (bytes[1] != reply_type || bytes[2] != 0 || bytes[3] != 0)
        return std::unexpected(NotAReply::wrong_type);
    if (field16(bytes, 4) != static_cast<std::uint16_t>(command))
        return std::unexpected(NotAReply::other_command);
    if (field32(bytes, 16) != sequence) return std::unexpected(NotAReply::other_sequence);
    return Reply{.status = static_cast<Status>(field16(bytes, 8)),
                 .data = bytes.subspan(reply_header),
                 .code = field16(bytes, 6)};
}

/// value = c · 2^(e − 25), e and c in two's complement of 7 and 25 bits.
double decode_float(std::uint32_t bits) {
    const auto exponent = static_cast<int>(bits >> 25);
    const auto coefficient = static_cast<int>(bits & 0x1ffffff);
    return std::ldexp(coefficient >= 1 << 24 ? coefficient - (1 << 25) : coefficient,
                      (exponent >= 64 ? exponent - 128 : exponent) - 25);
}

std::uint32_t encode_float(double value) {
    constexpr int largest = (1 << 24) - 1;  // coefficient
    constexpr int most = 63, least = -64;   // exponent
    const auto packed = [](int exponent, int coefficient) {
        return (static_cast<std::uint32_t>(exponent) & 0x7f) << 25 |
               (static_cast<std::uint32_t>(coefficient) & 0x1ffffff);
    };
    const int outermost = value > 0 ? largest : -largest;
    if (std::isnan(value)) return 0;
    if (std::isinf(value)) return packed(most, outermost);
    int exponent = 0;
    std::frexp(value, &exponent);
    ++exponent;  // 2^23 <= |coefficient| < 2^24, so that seven digits hold
    if (std::abs(std::round(std::ldexp(value, 25 - exponent))) > largest) ++exponent;
    if (exponent > most) return packed(most, outermost);
    exponent = std::max(exponent, least);
    const int coefficient = static_cast<int>(std::round(std::ldexp(value, 25 - exponent)));
    return coefficient == 0 ? 0 : packed(exponent, coefficient);
}

}  // namespace clockwright::chrony
