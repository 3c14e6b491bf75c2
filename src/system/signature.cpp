#include "system/signature.h"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

#include <array>
#include <limits>
#include <memory>
#include <optional>

namespace clockwright::system {
namespace {

constexpr std::size_t signature_octets = 64, signature_letters = 88;

template <auto Free>
struct Freed {
    void operator()(auto* thing) const { Free(thing); }
};
using Bio = std::unique_ptr<BIO, Freed<BIO_free>>;
using Key = std::unique_ptr<EVP_PKEY, Freed<EVP_PKEY_free>>;
using Digest = std::unique_ptr<EVP_MD_CTX, Freed<EVP_MD_CTX_free>>;
using Octets = std::array<unsigned char, signature_octets + 2>;

std::string_view trimmed(std::string_view text) {
    constexpr std::string_view blank = " \t\r\n";
    const std::size_t first = text.find_first_not_of(blank);
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(blank) - first + 1);
}

/// EVP_DecodeBlock pads: 88 letters with "==" become 66 octets, the last two zero.
std::optional<Octets> decode(std::string_view text) {
    Octets octets{};
    const auto* letters = reinterpret_cast<const unsigned char*>(text.data());
    const bool whole = text.size() == signature_letters && text.ends_with("==") &&
                       EVP_DecodeBlock(octets.data(), letters, signature_letters) ==
                           static_cast<int>(octets.size());
    return whole ? std::optional(octets) : std::nullopt;
}

Key read_key(std::string_view pem) {
    if (pem.size() > static_cast<std::size_t>(std::numeric_limits<int>::max())) return {};
    const Bio bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
    if (!bio) return {};
    Key key(PEM_read_bio_PUBKEY(bio.get(), nullptr, nullptr, nullptr));
    ERR_clear_error();
    const bool fits = key && EVP_PKEY_get_base_id(key.get()) == EVP_PKEY_ED25519;
    return fits ? std::move(key) : Key{};
}

}  // namespace

Result<void> verify_signature(std::string_view document, std::string_view signature,
                              std::string_view pem) {
    const Key key = read_key(pem);
    if (!key) return fail(Fault::bad_input, "it is no public Ed25519 key in PEM");
    const auto octets = decode(trimmed(signature));
    if (!octets) return fail("the signature is not 64 octets in base64");
    const Digest digest(EVP_MD_CTX_new());
    const auto* bytes = reinterpret_cast<const unsigned char*>(document.data());
    const bool good =
        digest && EVP_DigestVerifyInit(digest.get(), nullptr, nullptr, nullptr, key.get()) == 1 &&
        EVP_DigestVerify(digest.get(), octets->data(), signature_octets, bytes, document.size()) ==
            1;
    ERR_clear_error();
    if (!good) return fail("the signature is not of this list by the owner of the key");
    return {};
}

}  // namespace clockwright::system
