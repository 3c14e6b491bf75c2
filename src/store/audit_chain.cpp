#include "store/audit_chain.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <optional>
#include <variant>

#include "publish/history_fields.h"
#include "publish/json_text.h"
#include "store/durable_file.h"
#include "time/spell.h"

namespace clockwright::store {
namespace {

constexpr std::size_t hash_length = 64;
constexpr std::string_view number_key = "{\"n\":";
const std::string first_hash(hash_length, '0');

struct Line {
    std::string_view hash, text;
    std::uint64_t number = 0;
};

std::optional<Line> parse(std::string_view line) {
    if (line.size() < hash_length + 1 + number_key.size() || line[hash_length] != ' ') return {};
    Line parsed{line.substr(0, hash_length), line.substr(hash_length + 1)};
    if (!parsed.text.starts_with(number_key)) return {};
    const char* begin = parsed.text.data() + number_key.size();
    const auto read =
        std::from_chars(begin, parsed.text.data() + parsed.text.size(), parsed.number);
    if (read.ec != std::errc{}) return {};
    return parsed;
}

std::string bound(Digest digest, std::string_view before, std::string_view text) {
    return digest(fmt::format("{} {}", before, text));
}

/// Of the chain's files, in order; none where there is no such directory.
std::vector<std::string> names_in(const std::string& directory) {
    std::vector<std::string> names;
    std::error_code error;
    for (const auto& entry : std::filesystem::directory_iterator(directory, error))
        if (entry.path().extension() == ".chain") names.push_back(entry.path().filename().string());
    std::ranges::sort(names);
    return names;
}

Result<void> write_durably(const Descriptor& file, std::string_view lines,
                           const std::string& path) {
    TRY(write_all(file, lines, path));
    if (::fdatasync(file.number()) != 0) return std::unexpected(last_error("write", path));
    return {};
}

std::string_view kind_of(const Record& row) {
    constexpr std::string_view kinds[] = {"sample", "clock", "verdict", "event", "alert", "run"};
    return kinds[row.index()];
}

}  // namespace

AuditChain::AuditChain(std::string directory, Digest digest, std::string boot)
    : directory_(std::move(directory)),
      digest_(digest),
      boot_(std::move(boot)),
      end_{first_hash, 0} {}

Result<AuditChain> AuditChain::open(const std::string& state_directory, Digest digest,
                                    std::string boot) {
    AuditChain chain(state_directory + "/audit", digest, std::move(boot));
    TRY(make_private_directory(chain.directory_));
    std::vector<std::string> names = names_in(chain.directory_);
    while (!names.empty()) {
        const std::string path = chain.directory_ + "/" + names.back();
        const std::string content = TRY(read_file(path));
        const std::size_t whole = content.rfind('\n') + 1;  // 0 when there is none
        if (whole < content.size()) {
            chain.torn_ += content.size() - whole;
            if (::truncate(path.c_str(), static_cast<off_t>(whole)) != 0)
                return std::unexpected(last_error("mend", path));
        }
        if (whole == 0) {
            names.pop_back();
            continue;
        }
        chain.file_ = names.back();
        const std::size_t begin = content.rfind('\n', whole - 2) + 1;
        const auto line = parse(std::string_view(content).substr(begin, whole - 1 - begin));
        if (!line)
            return fail(Fault::bad_input,
                        fmt::format("the last line of audit/{} is no record of the chain: "
                                    "clockwright report verify",
                                    printable(names.back())));
        chain.end_ = {std::string(line->hash), line->number};
        break;
    }
    return chain;
}

bool AuditChain::is_due(const ClockRow& clock, SteadyTime now) {
    const bool due =
        !clock_at_ || now - *clock_at_ >= clock_rest || clock.demonstrated != clock_demonstrated_;
    if (due) clock_at_ = now;
    clock_demonstrated_ = clock.demonstrated;
    return due;
}

Result<void> AuditChain::append(std::span<const Record> rows, const Now& now) {
    ChainEnd end = end_;
    std::string lines;
    const auto add = [&](std::string_view kind, std::string_view row) {
        const std::string text = fmt::format(
            "{}{},\"boot\":{},\"steady_ns\":{},\"kind\":\"{}\",\"row\":{}}}", number_key,
            ++end.records, json_string(boot_), now.steady.time_since_epoch().count(), kind, row);
        end.head = bound(digest_, end.head, text);
        lines += end.head + " " + text + "\n";
    };
    if (torn_ > 0) add("torn", fmt::format("{{\"octets\":{}}}", torn_));
    for (const Record& row : rows) {
        if (std::holds_alternative<SampleRow>(row)) continue;
        if (const auto* clock = std::get_if<ClockRow>(&row); clock && !is_due(*clock, now.steady))
            continue;
        add(kind_of(row),
            std::visit([](const auto& one) { return json_line(fields_of(one)); }, row));
    }
    if (lines.empty()) return {};
    const std::string name = std::max(file_, rfc3339(now.wall).substr(0, 10) + ".chain");
    const std::string path = directory_ + "/" + name;
    const Descriptor file(
        ::open(path.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600));
    if (!file) return std::unexpected(last_error("open", path));
    const off_t size = ::lseek(file.number(), 0, SEEK_END);
    if (auto written = write_durably(file, lines, path); !written) {
        static_cast<void>(
            ::ftruncate(file.number(), size));  // what is left is torn: mended by open
        return written;
    }
    end_ = end;
    file_ = name;
    torn_ = 0;
    return {};
}

Result<std::vector<ChainFile>> chain_files(const std::string& state_directory) {
    const std::string directory = state_directory + "/audit";
    std::vector<ChainFile> files;
    for (const std::string& name : names_in(directory))
        files.push_back({name, TRY(read_file(directory + "/" + name))});
    return files;
}

Result<ChainEnd> verify_chain(std::span<const ChainFile> files, Digest digest,
                              std::string_view head) {
    ChainEnd end{first_hash, 0};
    bool head_seen = head.empty();
    for (const ChainFile& file : files) {
        int number = 0;
        for (std::size_t begin = 0; begin < file.content.size();) {
            const std::size_t stop = file.content.find('\n', begin);
            const std::string here = fmt::format("audit/{}:{}: ", printable(file.name), ++number);
            if (stop == std::string::npos) return fail(here + "ends within a record");
            const auto line = parse(std::string_view(file.content).substr(begin, stop - begin));
            begin = stop + 1;
            if (!line) return fail(here + "is no record of the chain");
            const std::uint64_t wanted = end.records + 1;
            if (bound(digest, end.head, line->text) != line->hash)
                return fail(here + (line->number == wanted
                                        ? fmt::format("record {} was changed", wanted)
                                        : fmt::format("record {} is missing or was moved: {} "
                                                      "stands in its place",
                                                      wanted, line->number)));
            end = {std::string(line->hash), wanted};
            head_seen |= end.head == head;
        }
    }
    if (!head_seen)
        return fail(fmt::format("no record has the head {}: records are missing at the end",
                                printable(head)));
    return end;
}

}  // namespace clockwright::store
