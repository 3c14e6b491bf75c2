/// Where a report goes: stdout, or a file with a signature beside it.
#pragma once

#include "app/verbs.h"

namespace clockwright::app {

/// Prints it, or with --out writes it; with --sign the signature is FILE.sig. Fault::bad_input for
/// a key that others may read.
Result<int> deliver(const Context& context, const std::string& document);

/// The signature of a document by the key in this file.
Result<std::string> signature_by(const std::string& key_file, const std::string& document);

}  // namespace clockwright::app
