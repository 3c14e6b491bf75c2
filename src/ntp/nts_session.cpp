#include "ntp/nts_session.h"

#include <algorithm>
#include <utility>

#include "ntp/extension.h"
#include "ntp/kiss.h"

namespace clockwright::ntp {
namespace {

constexpr std::size_t nonce_size = 16;
constexpr std::size_t tag_size = 16;  // of AES-SIV: the whole ciphertext of no plaintext
constexpr std::size_t key_size = 32;
/// What passes every path of IPv6 in one piece. The answer is as long as the request.
constexpr std::size_t longest_request = 1280 - 40 - 8;

/// Header, unique identifier and authenticator.
std::size_t frame_size() {
    return header_size + field_size(32) + field_size(4 + nonce_size + tag_size);
}

bool is_usable(const std::vector<std::uint8_t>& cookie) {
    return !cookie.empty() && frame_size() + field_size(cookie.size()) <= longest_request;
}

/// So many that with the answer's own cookie there are as many as may be kept.
std::size_t placeholders_for(std::size_t cookies_left, std::size_t cookie_field) {
    const std::size_t missing = most_cookies - std::min(cookies_left + 1, most_cookies);
    const std::size_t fitting = (longest_request - frame_size()) / cookie_field - 1;
    return std::min(missing, fitting);
}

template <std::size_t Size>
std::array<std::uint8_t, Size> random_octets(const Random& random) {
    static_assert(Size % sizeof(std::uint64_t) == 0);
    std::array<std::uint8_t, Size> octets;
    for (std::size_t at = 0; at < Size; at += sizeof(std::uint64_t)) {
        std::uint64_t bits = random();
        for (std::size_t i = 0; i < sizeof bits; ++i, bits >>= 8U) {
            octets[at + i] = static_cast<std::uint8_t>(bits & 0xffU);
        }
    }
    return octets;
}

/// The fields of a reply that count: what stands before the authenticator, and that itself.
struct Fields {
    bool is_sound = false;
    int unique_ids = 0;
    std::span<const std::uint8_t> unique_id;
    std::optional<ExtensionField> authenticator;
};

Fields fields_of(std::span<const std::uint8_t> reply) {
    Fields found;
    ExtensionReader reader(reply.subspan(header_size));
    while (const auto field = reader.next()) {
        if (field->type == field_type::unique_identifier) {
            ++found.unique_ids;
            found.unique_id = field->body;
        } else if (field->type == field_type::authenticator) {
            found.authenticator = field;
            break;
        }
    }
    found.is_sound = reader.is_sound();
    return found;
}

bool is_nak(std::span<const std::uint8_t> reply) {
    const auto packet = decode(reply);
    return packet && packet->stratum == 0 && packet->refid == kiss_code("NTSN");
}

}  // namespace

NtsSession::NtsSession(NtsKeys keys, const Aead& aead) : keys_(std::move(keys)), aead_(aead) {
    std::erase_if(keys_.cookies, [](const auto& cookie) { return !is_usable(cookie); });
    keys_.cookies.resize(std::min(keys_.cookies.size(), most_cookies));
}

std::optional<std::vector<std::uint8_t>> NtsSession::protect(const HeaderBytes& header,
                                                             const Random& random) {
    const bool has_keys = keys_.algorithm == aes_siv_cmac_256 &&
                          keys_.to_server.size() == key_size && keys_.to_client.size() == key_size;
    if (!has_keys || keys_.cookies.empty()) {
        return std::nullopt;
    }
    const std::vector<std::uint8_t> cookie = std::move(keys_.cookies.front());
    keys_.cookies.pop_front();

    const UniqueId& unique_id = asked_.emplace_back(random_octets<32>(random));
    std::vector<std::uint8_t> datagram(header.begin(), header.end());
    append_field(datagram, field_type::unique_identifier, unique_id);
    append_field(datagram, field_type::cookie, cookie);
    const std::vector<std::uint8_t> nothing(cookie.size());
    const auto placeholders = placeholders_for(keys_.cookies.size(), field_size(cookie.size()));
    for (std::size_t i = 0; i < placeholders; ++i) {
        append_field(datagram, field_type::cookie_placeholder, nothing);
    }
    const auto nonce = random_octets<nonce_size>(random);
    const auto tag = aead_.seal(keys_.to_server, nonce, datagram, {});
    append_authenticator(datagram, {.nonce = nonce, .ciphertext = tag});
    return datagram;
}

Authenticity NtsSession::open(std::size_t number, std::span<const std::uint8_t> reply) {
    const Authenticity found = judge(number, reply);
    authenticated_ += found == Authenticity::authentic ? 1 : 0;
    unauthenticated_ += found == Authenticity::authentic ? 0 : 1;
    nak_seen_ = nak_seen_ || found == Authenticity::nak;
    return found;
}

Authenticity NtsSession::judge(std::size_t number, std::span<const std::uint8_t> reply) {
    if (number >= asked_.size() || reply.size() < header_size) {
        return Authenticity::forged;
    }
    const Fields fields = fields_of(reply);
    if (!fields.is_sound || fields.unique_ids != 1 ||
        !std::ranges::equal(fields.unique_id, asked_[number])) {
        return Authenticity::forged;
    }
    if (!fields.authenticator) {
        return is_nak(reply) ? Authenticity::nak : Authenticity::forged;
    }
    const auto authenticator = read_authenticator(fields.authenticator->body);
    if (!authenticator) {
        return Authenticity::forged;
    }
    const auto before = reply.first(header_size + fields.authenticator->begin);
    const auto opened =
        aead_.open(keys_.to_client, authenticator->nonce, before, authenticator->ciphertext);
    if (!opened) {
        return Authenticity::forged;
    }
    take_cookies(*opened);
    return Authenticity::authentic;
}

void NtsSession::take_cookies(std::span<const std::uint8_t> encrypted_fields) {
    ExtensionReader reader(encrypted_fields, ExtensionReader::Place::encrypted);
    while (const auto field = reader.next()) {
        std::vector<std::uint8_t> cookie(field->body.begin(), field->body.end());
        if (field->type == field_type::cookie && is_usable(cookie) &&
            keys_.cookies.size() < most_cookies) {
            keys_.cookies.push_back(std::move(cookie));
        }
    }
}

}  // namespace clockwright::ntp
