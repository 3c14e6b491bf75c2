/// The lines at the front of a file that may have been cut by a crash.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace clockwright::store {

struct SpoolLines {
    std::string text;         ///< whole lines, each with its newline
    std::size_t count = 0;    ///< of them
    std::size_t octets = 0;   ///< of the file that they take, with what is no line between them
    std::size_t damaged = 0;  ///< lines with octets that no line of ours has
    std::uint64_t file = 0;   ///< number of the spool's file that they stand in; 0: in memory
};

/// At most `most` lines and `most_octets` (but one line at least). `last`: nothing is added to the
/// file any more, so what ends without a newline is damaged; else it is left.
SpoolLines read_spool_lines(std::string_view file, std::size_t most, std::size_t most_octets,
                            bool last);

}  // namespace clockwright::store
