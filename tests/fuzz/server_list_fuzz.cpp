// parse_server_list and parse_block_import take any octets; what they accept keeps their rules.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "find/block_import.h"
#include "find/server_list.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace clockwright;
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    if (const auto list = parse_server_list(text)) {
        if (list->version < 1 || list->expires <= list->issued) std::abort();
        for (const auto& server : list->servers) {
            if (!parse_host(server.host) || find_in_list(*list, server.host) != &server)
                std::abort();
        }
        if (newcomers(*list).size() > list->servers.size()) std::abort();
    }
    if (const auto blocks = parse_block_import(text, "f")) {
        for (const auto& block : *blocks) {
            if (!parse_host(to_string(block.host))) std::abort();
        }
    }
    return 0;
}
