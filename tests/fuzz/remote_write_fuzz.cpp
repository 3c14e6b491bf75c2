// Whatever waits in a spool, a body is made or refused; whatever a label holds, a reader of remote
// write gets the same label, value and moment back.
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <string>
#include <string_view>

#include "publish/escape.h"
#include "publish/remote_write.h"
#include "publish/snappy.h"
#include "tests/fakes/unsnappy.h"
#include "time/spell.h"

namespace {

std::uint64_t take_varint(std::string_view& bytes) {
    std::uint64_t number = 0;
    for (unsigned shift = 0;; shift += 7) {
        if (bytes.empty()) std::abort();
        const auto octet = static_cast<unsigned char>(bytes.front());
        bytes.remove_prefix(1);
        number |= std::uint64_t{octet & 0x7fU} << shift;
        if (octet < 0x80) return number;
    }
}

/// A field that has octets.
std::string_view take_field(std::string_view& bytes, unsigned number) {
    if (take_varint(bytes) != (number << 3U | 2U)) std::abort();
    const std::size_t length = take_varint(bytes);
    if (length > bytes.size()) std::abort();
    const std::string_view field = bytes.substr(0, length);
    bytes.remove_prefix(length);
    return field;
}

void expect_label(std::string_view& series, std::string_view name, std::string_view value) {
    std::string_view label = take_field(series, 1);
    if (take_field(label, 1) != name || take_field(label, 2) != value || !label.empty())
        std::abort();
}

void read_back(std::string_view text, double value, std::int64_t milliseconds) {
    using namespace clockwright;
    RemoteWriteLines lines("h");
    const std::string metrics = "m{a=\"" + escape_label(text) + "\"} 1\n";
    std::string waiting = lines.of(metrics, WallTime{std::chrono::milliseconds(milliseconds)});
    // The value as any double prints.
    waiting.replace(waiting.rfind("} 1 ") + 2, 1, std::to_string(value));
    const auto body = remote_write_body(waiting);
    if (!body) std::abort();
    const auto request = unsnappy(*body);
    if (!request) std::abort();
    std::string_view all = *request;
    std::string_view series = take_field(all, 1);
    if (!all.empty()) std::abort();
    expect_label(series, "__name__", "m");
    if (!text.empty()) expect_label(series, "a", printable(text));
    expect_label(series, "instance", "h");
    expect_label(series, "job", "clockwright");
    std::string_view sample = take_field(series, 2);
    if (!series.empty() || sample.size() < 10 || sample.front() != '\x09') std::abort();
    std::uint64_t bits = 0;
    std::memcpy(&bits, sample.data() + 1, sizeof bits);
    if (std::bit_cast<double>(bits) != std::stod(std::to_string(value))) std::abort();
    sample.remove_prefix(9);
    if (take_varint(sample) != 2 << 3 ||
        take_varint(sample) != static_cast<std::uint64_t>(milliseconds) || !sample.empty())
        std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace clockwright;
    const std::string_view all(reinterpret_cast<const char*>(data), size);
    if (unsnappy(snappy(all)) != all) std::abort();
    const auto body = remote_write_body(all);
    if (body && !unsnappy(*body)) std::abort();
    std::size_t told = 0;
    for (const std::string_view moment : by_moment(all)) told += moment.size();
    if (told > all.size()) std::abort();
    if (size < 8) return 0;
    std::int32_t number = 0, moment = 0;
    std::memcpy(&number, data, 4);
    std::memcpy(&moment, data + 4, 4);
    read_back(all.substr(8), number / 1024.0, std::int64_t{moment} * 1000);
    return 0;
}
