#include "system/signature.h"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

#include <array>
#include <limits>
#include <memory>
#include <optional>

#include "late_library.h"

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

/// `read`: PEM_read_bio_PUBKEY or its brother for private keys; nobody is asked for a pass phrase.
Key read_key(std::string_view pem, decltype(PEM_read_bio_PUBKEY)* read) {
    if (pem.size() > static_cast<std::size_t>(std::numeric_limits<int>::max())) return {};
    const Bio bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
    if (!bio) return {};
    const auto no_phrase = [](char*, int, int, void*) { return -1; };
    Key key(read(bio.get(), nullptr, no_phrase, nullptr));
    ERR_clear_error();
    const bool fits = key && EVP_PKEY_get_base_id(key.get()) == EVP_PKEY_ED25519;
    return fits ? std::move(key) : Key{};
}

}  // namespace

Result<void> verify_signature(std::string_view document, std::string_view signature,
                              std::string_view pem) {
    TRY(loaded(&clockwright_load_openssl));
    const Key key = read_key(pem, PEM_read_bio_PUBKEY);
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
    if (!good) return fail("the signature is not of this document by the owner of the key");
    return {};
}

Result<std::string> sign_document(std::string_view document, std::string_view pem) {
    TRY(loaded(&clockwright_load_openssl));
    const Key key = read_key(pem, PEM_read_bio_PrivateKey);
    if (!key)
        return fail(Fault::bad_input, "it is no private Ed25519 key in PEM without a pass phrase");
    const Digest digest(EVP_MD_CTX_new());
    std::array<unsigned char, signature_octets> octets{};
    std::size_t size = octets.size();
    const auto* bytes = reinterpret_cast<const unsigned char*>(document.data());
    const bool signed_now =
        digest && EVP_DigestSignInit(digest.get(), nullptr, nullptr, nullptr, key.get()) == 1 &&
        EVP_DigestSign(digest.get(), octets.data(), &size, bytes, document.size()) == 1;
    ERR_clear_error();
    if (!signed_now) return fail("the document cannot be signed");
    std::array<unsigned char, signature_letters + 1> letters{};
    EVP_EncodeBlock(letters.data(), octets.data(), static_cast<int>(size));
    return std::string(letters.begin(), letters.end() - 1) + "\n";
}

}  // namespace clockwright::system
