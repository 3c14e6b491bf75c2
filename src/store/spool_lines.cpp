#include "store/spool_lines.h"

namespace clockwright::store {

SpoolLines read_spool_lines(std::string_view file, std::size_t most, std::size_t most_octets,
                            bool last) {
    SpoolLines lines;
    while (lines.octets < file.size() && lines.count < most) {
        const std::string_view rest = file.substr(lines.octets);
        const std::size_t end = rest.find('\n');
        if (end == std::string_view::npos) {
            if (!last) return lines;
            ++lines.damaged;
            lines.octets = file.size();
            return lines;
        }
        const std::string_view line = rest.substr(0, end + 1);
        if (lines.count > 0 && lines.text.size() + line.size() > most_octets) return lines;
        lines.octets += line.size();
        // A crash of the machine leaves zeros where nothing was written yet.
        if (end == 0 || line.find('\0') != std::string_view::npos) {
            ++lines.damaged;
            continue;
        }
        lines.text += line;
        ++lines.count;
    }
    return lines;
}

}  // namespace clockwright::store
