/// The agent's audit chain, read and verified as a whole.
#pragma once

#include <cstddef>
#include <string>

#include "app/config.h"
#include "store/audit_chain.h"

namespace clockwright::app {

struct VerifiedChain {
    store::ChainEnd base, end;
    std::size_t files = 0;
};

/// `head` must be in it, when it is not empty; `seen` gets the text of each record.
Result<VerifiedChain> verified_chain(const Config& config, const std::string& head,
                                     store::ChainCheck::Seen seen = {});

}  // namespace clockwright::app
