/// Any reply to a protected request. The first octet says where the others stand: as the whole
/// datagram, behind a header and the right unique identifier, or encrypted with the right key.
#include <cstdint>
#include <cstdlib>
#include <span>
#include <vector>

#include "ntp/extension.h"
#include "ntp/nts_session.h"
#include "tests/fakes/plain_aead.h"

namespace {

using namespace clockwright;
using namespace clockwright::ntp;
using Octets = std::vector<std::uint8_t>;

void require(bool claim) {
    if (!claim) {
        std::abort();
    }
}

NtsKeys keys() {
    NtsKeys keys;
    keys.to_server.assign(32, 0xc5);
    keys.to_client.assign(32, 0x5c);
    keys.cookies.assign(3, Octets(100, 1));
    return keys;
}

/// Header, and the unique identifier of the request.
Octets frame(const Octets& request, std::uint8_t stratum) {
    Octets reply(header_size);
    reply[0] = 0x24;
    reply[1] = stratum;
    ExtensionReader reader{std::span(request).subspan(header_size)};
    append_field(reply, field_type::unique_identifier, reader.next()->body);
    return reply;
}

Octets sealed(Octets reply, const Octets& inside, const PlainAead& aead) {
    const Octets nonce(16, 9);
    const Octets text = aead.seal(Octets(32, 0x5c), nonce, reply, inside);
    append_authenticator(reply, {.nonce = nonce, .ciphertext = text});
    return reply;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* octets, std::size_t size) {
    if (size == 0 || size > 4'096) {
        return 0;
    }
    const PlainAead aead;
    NtsSession session(keys(), aead);
    std::uint64_t draws = 0;
    const Random random = [&draws] { return ++draws * 0x9e37'79b9'7f4a'7c15U; };
    const auto request = session.protect(HeaderBytes{0x23}, random);
    require(request.has_value());

    const Octets given(octets + 1, octets + size);
    const bool is_sealed = octets[0] % 3 == 2;
    Octets reply = given;
    if (is_sealed) {
        reply = sealed(frame(*request, 1), given, aead);
    } else if (octets[0] % 3 == 1) {
        reply = frame(*request, octets[0] % 2);
        reply.insert(reply.end(), given.begin(), given.end());
    }
    const Authenticity found = session.open(0, reply);
    require(!is_sealed || found == Authenticity::authentic);
    require(session.authenticated() + session.unauthenticated() == 1);
    require(found == Authenticity::authentic || session.keys().cookies.size() == 2);
    require(session.keys().cookies.size() <= most_cookies);
    while (const auto next = session.protect(HeaderBytes{0x23}, random)) {
        require(next->size() <= 1'232);
    }
    return 0;
}
