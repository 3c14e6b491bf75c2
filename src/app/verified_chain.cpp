#include "app/verified_chain.h"

#include <utility>

#include "app/agent_files.h"
#include "system/act_as.h"
#include "system/digest.h"

namespace clockwright::app {

Result<VerifiedChain> verified_chain(const Config& config, const std::string& head,
                                     store::ChainCheck::Seen seen) {
    const std::string place = agent_directory(config);
    const auto owner = TRY(system::ActAsOwner::of(place));
    const auto files = store::chain_files(place);
    if (files.empty()) return fail("there is no audit chain: the agent writes it");
    VerifiedChain chain{TRY(store::chain_base(place)), {}, files.size()};
    store::ChainCheck check(system::sha256_hex, head, chain.base, std::move(seen));
    for (const std::string& name : files) {
        const auto file = TRY(store::chain_file(place, name));
        TRY(check.go_on(file));
    }
    chain.end = TRY(check.finish());
    return chain;
}

}  // namespace clockwright::app
