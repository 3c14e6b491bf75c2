/// Any octets behind a header: fields lie within them, follow each other, and encode to the same
/// octets again.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <span>
#include <vector>

#include "ntp/extension.h"

namespace {

using namespace clockwright::ntp;
using Bytes = std::span<const std::uint8_t>;

void require(bool claim) {
    if (!claim) {
        std::abort();
    }
}

bool lies_within(Bytes part, Bytes whole) {
    return part.empty() || (part.data() >= whole.data() &&
                            part.data() + part.size() <= whole.data() + whole.size());
}

void check_authenticator(Bytes body) {
    const auto found = read_authenticator(body);
    if (!found) {
        return;
    }
    require(lies_within(found->nonce, body) && lies_within(found->ciphertext, body));
    std::vector<std::uint8_t> again;
    append_authenticator(again, *found);
    const auto same = read_authenticator(std::span(again).subspan(field_header));
    require(same.has_value());
    require(std::ranges::equal(same->nonce, found->nonce));
    require(std::ranges::equal(same->ciphertext, found->ciphertext));
}

void check_fields(Bytes octets, ExtensionReader::Place place) {
    ExtensionReader reader(octets, place);
    std::size_t end = 0;
    while (const auto field = reader.next()) {
        require(field->begin == end && lies_within(field->body, octets));
        end += field_header + field->body.size();
        require(end <= octets.size());
        std::vector<std::uint8_t> again;
        append_field(again, field->type, field->body);
        require(again.size() == field_size(field->body.size()));
        require(std::ranges::equal(std::span(again).first(field_header + field->body.size()),
                                   octets.subspan(field->begin, end - field->begin)) ||
                again.size() > end - field->begin);  // an encrypted one shorter than 16 octets
        check_authenticator(field->body);
    }
    require(!reader.next());
    require(reader.is_sound() || end < octets.size());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* octets, std::size_t size) {
    const Bytes bytes(octets, size);
    check_fields(bytes, ExtensionReader::Place::datagram);
    check_fields(bytes, ExtensionReader::Place::encrypted);
    check_authenticator(bytes);
    return 0;
}
