#include "find/catalogue_details.h"

#include <algorithm>
#include <string>

namespace clockwright {
namespace {

constexpr CatalogueDetails details[] = {
#include "catalogue_details.inc"
};

static_assert(std::ranges::is_sorted(details, {}, &CatalogueDetails::host));

}  // namespace

const CatalogueDetails* catalogue_details(std::string_view host) {
    std::string name(host);
    for (char& letter : name) {
        if (letter >= 'A' && letter <= 'Z') letter = static_cast<char>(letter - 'A' + 'a');
    }
    const auto found =
        std::ranges::lower_bound(details, std::string_view(name), {}, &CatalogueDetails::host);
    return found != std::end(details) && found->host == name ? &*found : nullptr;
}

std::span<const CatalogueDetails> all_catalogue_details() {
    return details;
}

}  // namespace clockwright
