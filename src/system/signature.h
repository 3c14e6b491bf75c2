/// Whether a document was signed by who we think, and signing one: Ed25519 by OpenSSL.
#pragma once

#include <string>
#include <string_view>

#include "result.h"

namespace clockwright::system {

/// Fault::failed when `signature` (64 octets in base64, white space at its ends allowed) is not
/// that of `document` by the owner of the public key; Fault::bad_input when `pem` is no public
/// Ed25519 key.
Result<void> verify_signature(std::string_view document, std::string_view signature,
                              std::string_view pem);

/// 64 octets in base64, with a newline. Fault::bad_input when `pem` is no private Ed25519 key
/// without a pass phrase.
Result<std::string> sign_document(std::string_view document, std::string_view pem);

}  // namespace clockwright::system
