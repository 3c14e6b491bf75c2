/// Any answer of a key exchange: in pieces it says what it says at once, and an offer is one.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <span>

#include "ntp/nts_record.h"
#include "time/address.h"
#include "time/host_name.h"

namespace {

using namespace clockwright;
using namespace clockwright::ntp;

void require(bool claim) {
    if (!claim) {
        std::abort();
    }
}

void check_offer(const KeyOffer& offer) {
    require(offer.algorithm == aes_siv_cmac_256);
    require(!offer.cookies.empty() && offer.cookies.size() <= most_cookies);
    for (const auto& cookie : offer.cookies) {
        require(!cookie.empty() && cookie.size() <= longest_cookie && cookie.size() % 4 == 0);
    }
    if (offer.server) {
        const auto host = parse_host(*offer.server);
        require(parse_address(*offer.server) || (host && host->name == *offer.server));
    }
    require(offer.port != std::uint16_t{0});
}

std::expected<bool, ExchangeFailure> take_in_pieces(KeyAnswer& answer,
                                                    std::span<const std::uint8_t> bytes,
                                                    std::size_t piece) {
    std::expected<bool, ExchangeFailure> ended = false;
    while (!bytes.empty() && ended == false) {
        const std::size_t size = std::min(piece, bytes.size());
        ended = answer.take(bytes.first(size));
        bytes = bytes.subspan(size);
    }
    return ended;
}

}  // namespace

/// The first octet says how long the pieces are.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* octets, std::size_t size) {
    if (size == 0) {
        return 0;
    }
    const std::span<const std::uint8_t> bytes(octets + 1, size - 1);
    KeyAnswer whole, slow;
    const auto ended = whole.take(bytes);
    require(take_in_pieces(slow, bytes, std::size_t{octets[0]} + 1) == ended);
    require(whole.offer() == slow.offer());
    if (ended) {
        if (*ended) {
            check_offer(whole.offer());
        }
    } else {
        require(ended.error().failure != NtsFailure::none && !ended.error().why.empty());
    }
    return 0;
}
