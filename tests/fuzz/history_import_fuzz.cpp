// Another program's history, as a user hands it over. What is taken can be written out again.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>
#include <variant>

#include "publish/history_fields.h"
#include "publish/import.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace clockwright;
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    for (const bool pass_over : {false, true}) {
        const ImportSettings settings{.server = "ntp1",
                                      .zone = Seconds{-3600},
                                      .written = WallTime(std::chrono::seconds(1'735'382'724)),
                                      .pass_over_faults = pass_over};
        const auto imported = parse_history_import(text, "fuzz", settings);
        if (!imported) continue;
        if (!pass_over && !imported->faults.empty()) std::abort();
        for (const Record& row : imported->rows) {
            const Fields fields = std::visit([](const auto& one) { return fields_of(one); }, row);
            if (json_line(fields).find('\n') != std::string::npos) std::abort();
            csv_line(fields);
        }
    }
    return 0;
}
