// A file of a spool as a crash may leave it: read in pieces, nothing is taken twice, nothing whole
// is left out, and what is given is lines.
#include "store/spool_lines.h"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace clockwright::store;
    if (size < 2) return 0;
    const std::size_t most = 1 + data[0] % 16, octets = 1 + data[1];
    const std::string_view file(reinterpret_cast<const char*>(data) + 2, size - 2);
    const SpoolLines whole = read_spool_lines(file, file.size() + 1, file.size() + 1, true);
    if (whole.octets != file.size()) std::abort();
    std::string pieces;
    std::size_t taken = 0, count = 0, damaged = 0;
    while (taken < file.size()) {
        const SpoolLines lines = read_spool_lines(file.substr(taken), most, octets, true);
        if (lines.octets == 0) std::abort();
        if (!lines.text.empty() && !lines.text.ends_with('\n')) std::abort();
        if (lines.text.find('\0') != std::string::npos) std::abort();
        pieces += lines.text;
        taken += lines.octets;
        count += lines.count;
        damaged += lines.damaged;
    }
    if (pieces != whole.text || count != whole.count || damaged != whole.damaged) std::abort();
    return 0;
}
