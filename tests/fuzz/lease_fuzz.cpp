// Every parser of leases and of files other programs wrote takes any octets: what it gives is few,
// passed the strict grammar, and is read back as the same host.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <vector>

#include "find/dhcp_options.h"
#include "find/leases.h"
#include "find/written_files.h"
#include "time/spell.h"

namespace {

using namespace clockwright;

void check(const Findings& findings, std::size_t most) {
    if (findings.sources.size() > most) std::abort();
    for (const Source& source : findings.sources) {
        const auto again = parse_host(to_string(source.host));
        if (!again || *again != source.host || source.host.nts || source.host.port != 123)
            std::abort();
    }
    for (std::string note : findings.notes) {
        if (note.size() > 2000) std::abort();
        std::ranges::replace(note, '\\', '/');  // escapes stay as they are
        if (printable(note) != note) std::abort();
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string text(reinterpret_cast<const char*>(data), size);
    const WallTime now = wall_time_of(1'795'827'600);
    const FileText file{"lease", text};
    const std::vector<FileText> files{file};
    check(networkd_lease(file), most_sources_of_a_file);
    check(dhclient_leases(file, now), most_sources_of_a_file);
    check(network_manager_leases(files, files, now), 2 * most_sources_of_a_file);
    check(dhcpcd_lease(file), most_sources_of_a_file);
    check(dhcpcd_lease({"lease6", text}), most_sources_of_a_file);
    check(server_lines(file), most_sources_of_a_file);
    check(cloud_init_ntp(file), most_sources_of_a_file);
    const TimesyncdSettings settings = timesyncd_settings(files);
    check(settings.servers, most_sources);
    check(settings.fallback, most_sources);
    return 0;
}
