#include "ntp/extension.h"

#include <algorithm>
#include <cassert>

namespace clockwright::ntp {
namespace {

constexpr std::size_t least_field = 16;
constexpr std::size_t least_last_field = 28;
constexpr std::size_t longest_body = 65'528;

std::size_t padded(std::size_t size) {
    return (size + 3) / 4 * 4;
}

std::uint16_t get16(std::span<const std::uint8_t> octets, std::size_t at) {
    return static_cast<std::uint16_t>((octets[at] << 8U) | octets[at + 1]);
}

void append16(std::vector<std::uint8_t>& octets, std::size_t value) {
    octets.push_back(static_cast<std::uint8_t>(value >> 8U & 0xffU));
    octets.push_back(static_cast<std::uint8_t>(value & 0xffU));
}

void append_padded(std::vector<std::uint8_t>& octets, std::span<const std::uint8_t> part) {
    octets.insert(octets.end(), part.begin(), part.end());
    octets.resize(octets.size() + padded(part.size()) - part.size());
}

/// A crypto-NAK, or a key id with 16 or 20 octets of digest.
bool is_mac(std::size_t size) {
    return size == 4 || size == 20 || size == 24;
}

}  // namespace

std::size_t field_size(std::size_t body) {
    return std::max(least_field, field_header + padded(body));
}

std::optional<ExtensionField> ExtensionReader::next() {
    const std::size_t left = octets_.size() - at_;
    if (!sound_ || left == 0) {
        return std::nullopt;
    }
    const bool in_datagram = place_ == Place::datagram;
    if (in_datagram && left < least_last_field) {
        return end(is_mac(left));
    }
    if (left < field_header) {
        return end(false);
    }
    const std::size_t size = get16(octets_, at_ + 2);
    if (size < (in_datagram ? least_field : field_header) || size % 4 != 0 || size > left) {
        return end(false);
    }
    const ExtensionField field{.type = get16(octets_, at_),
                               .body = octets_.subspan(at_ + field_header, size - field_header),
                               .begin = at_};
    at_ += size;
    return field;
}

std::optional<ExtensionField> ExtensionReader::end(bool sound) {
    sound_ = sound;
    at_ = octets_.size();
    return std::nullopt;
}

void append_field(std::vector<std::uint8_t>& datagram, std::uint16_t type,
                  std::span<const std::uint8_t> body) {
    assert(body.size() <= longest_body);
    const std::size_t end = datagram.size() + field_size(body.size());
    append16(datagram, type);
    append16(datagram, field_size(body.size()));
    datagram.insert(datagram.end(), body.begin(), body.end());
    datagram.resize(end);
}

//  0                   1                   2                   3
//  Nonce length                          | Ciphertext length            0
//  Nonce, padded to four octets                                         4
//  Ciphertext, padded to four octets
//  Additional padding

std::optional<Authenticator> read_authenticator(std::span<const std::uint8_t> body) {
    constexpr std::size_t lengths = 4;
    if (body.size() < lengths) {
        return std::nullopt;
    }
    const std::size_t nonce = get16(body, 0), ciphertext = get16(body, 2);
    if (lengths + padded(nonce) + padded(ciphertext) > body.size()) {
        return std::nullopt;
    }
    return Authenticator{.nonce = body.subspan(lengths, nonce),
                         .ciphertext = body.subspan(lengths + padded(nonce), ciphertext)};
}

void append_authenticator(std::vector<std::uint8_t>& datagram, const Authenticator& authenticator) {
    std::vector<std::uint8_t> body;
    append16(body, authenticator.nonce.size());
    append16(body, authenticator.ciphertext.size());
    append_padded(body, authenticator.nonce);
    append_padded(body, authenticator.ciphertext);
    append_field(datagram, field_type::authenticator, body);
}

}  // namespace clockwright::ntp
