#include "daemon/timesyncd_conf.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <map>
#include <optional>

#include "daemon/systemd_ini.h"
#include "time/address.h"
#include "time/host_name.h"
#include "time/spell.h"

namespace clockwright::timesyncd {
namespace {

constexpr std::string_view standard_main = "/etc/systemd/timesyncd.conf";
/// The first one wins where names are the same.
constexpr std::array<std::string_view, 4> standard_directories{
    "/etc/systemd", "/run/systemd", "/usr/local/lib/systemd", "/usr/lib/systemd"};
constexpr std::string_view drop_ins = "timesyncd.conf.d";
constexpr std::size_t most_files = 1000;

constexpr std::array<std::string_view, 5> known_settings{"RootDistanceMaxSec", "PollIntervalMinSec",
                                                         "PollIntervalMaxSec", "ConnectionRetrySec",
                                                         "SaveIntervalSec"};

std::string_view base_name(std::string_view path) {
    return path.substr(path.rfind('/') + 1);  // npos + 1 is 0
}

std::string_view directory_of(std::string_view path) {
    const auto slash = path.rfind('/');
    return slash == std::string_view::npos ? std::string_view{} : path.substr(0, slash);
}

std::vector<std::string> directories_of(std::string_view main_file) {
    if (!main_file.ends_with(standard_main)) return {std::string(directory_of(main_file))};
    const auto root = main_file.substr(0, main_file.size() - standard_main.size());
    std::vector<std::string> directories;
    for (const auto directory : standard_directories)
        directories.push_back(fmt::format("{}{}", root, directory));
    return directories;
}

/// A name that systemd takes: labels of printable letters, at most 63 each; or an address.
bool is_server_word(std::string_view word) {
    if (parse_address(word)) return true;
    constexpr std::size_t longest_name = 253;
    constexpr std::size_t longest_label = 63;
    if (word.ends_with('.')) word.remove_suffix(1);
    if (word.empty() || word.size() > longest_name || word.starts_with('.')) return false;
    std::size_t label = 0;
    for (const char letter : word) {
        if (letter <= ' ' || letter > '~' || letter == '\\') return false;
        label = letter == '.' ? 0 : label + 1;
        if (label > longest_label) return false;
    }
    return !word.contains("..");
}

class Reader {
  public:
    explicit Reader(DaemonConfig& config) : config_(config) {}

    /// What stands behind a header that is none is not read, in later files neither.
    void read(const std::string& path, std::string_view content) {
        config_.files.push_back(path);
        if (stopped_) return;
        const auto ini = parse_systemd_ini(content);
        for (const auto& setting : ini.settings)
            if (setting.section == "Time") take(path, setting);
        for (const auto& [line, text] : ini.faults)
            config_.faults.push_back(fmt::format("{}:{}: {}", path, line, text));
        stopped_ = ini.broken_off;
    }

    void finish() {
        const bool unused = !system_.empty();
        for (auto& line : fallback_) {
            if (unused)
                note("fallback", line);
            else
                config_.sources.push_back(std::move(line));
        }
        std::ranges::move(system_, std::back_inserter(config_.sources));
    }

  private:
    using Lines = std::vector<SourceLine>;

    void take(const std::string& path, const IniSetting& setting) {
        if (setting.key == "NTP" || setting.key == "Servers") {
            take_list(system_, path, setting);
        } else if (setting.key == "FallbackNTP") {
            take_list(fallback_, path, setting);
        } else {
            const auto words = words_of(setting.value);
            config_.directives.push_back(
                {lower_case(setting.key), {words.begin(), words.end()}, path, setting.first_line});
            if (std::ranges::find(known_settings, setting.key) == known_settings.end())
                config_.faults.push_back(fmt::format("{}:{}: {} is no setting of [Time]", path,
                                                     setting.first_line, printable(setting.key)));
        }
    }

    void take_list(Lines& list, const std::string& path, const IniSetting& setting) {
        if (setting.value.empty()) {
            for (const auto& line : list) note("overridden", line);
            list.clear();
            if (&list == &system_)
                config_.directives.push_back({"reset", {"NTP"}, path, setting.first_line});
            return;
        }
        for (const auto word : words_of(setting.value)) {
            auto line = source(path, setting, word, &list == &fallback_);
            if (!is_server_word(word))
                config_.faults.push_back(fmt::format("{}:{}: \"{}\" is no name of a server", path,
                                                     setting.first_line, printable(word)));
            else if (std::ranges::find(list, line.name, &SourceLine::name) != list.end())
                note("repeated", line);
            else
                list.push_back(std::move(line));
        }
    }

    SourceLine source(const std::string& path, const IniSetting& setting, std::string_view word,
                      bool fallback) const {
        SourceLine line;
        line.name = std::string(word);
        line.file = path;
        line.line = setting.first_line;
        if (setting.last_line > setting.first_line) line.last_line = setting.last_line;
        line.lease = path.starts_with("/run/");
        line.ours = path == config_.own_file;
        line.fallback = fallback;
        line.after_ours = is_read_after(path, config_.own_file);
        return line;
    }

    void note(const char* what, const SourceLine& line) {
        config_.directives.push_back({what, {line.name}, line.file, line.line});
    }

    DaemonConfig& config_;
    Lines system_, fallback_;
    bool stopped_ = false;
};

Result<void> read_main(Reader& reader, DaemonConfig& config, const ConfigFiles& files,
                       const std::vector<std::string>& directories) {
    const auto name = std::string(base_name(config.main_file));
    for (const auto& directory : directories) {
        auto path = directory + "/" + name;
        if (files.glob(path).empty()) continue;
        reader.read(path, TRY(files.read(path)));
        config.main_file = std::move(path);
        return {};
    }
    return {};
}

void read_drop_ins(Reader& reader, DaemonConfig& config, const ConfigFiles& files,
                   const std::vector<std::string>& directories) {
    std::map<std::string, std::string, std::less<>> by_name;
    for (const auto& directory : directories)
        for (auto& path : files.list(fmt::format("{}/{}", directory, drop_ins), ".conf"))
            if (!base_name(path).starts_with('.') && by_name.size() < most_files)
                by_name.try_emplace(std::string(base_name(path)), std::move(path));
    for (const auto& [name, path] : by_name) {
        if (const auto content = files.read(path))
            reader.read(path, *content);
        else
            config.faults.push_back(content.error().message);
    }
}

}  // namespace

bool is_read_after(std::string_view file, std::string_view own_file) {
    return base_name(directory_of(file)) == drop_ins && base_name(file) > base_name(own_file);
}

Result<DaemonConfig> parse(const std::string& main_file, const ConfigFiles& files) {
    DaemonConfig config;
    config.kind = DaemonKind::timesyncd;
    config.main_file = main_file;
    config.own_file = fmt::format("{}/{}", directory_of(main_file), own_name);
    const auto directories = directories_of(main_file);
    Reader reader(config);
    TRY(read_main(reader, config, files, directories));
    read_drop_ins(reader, config, files, directories);
    reader.finish();
    return config;
}

std::string render(const std::vector<SourceLine>& lines, bool reset) {
    std::string text = "[Time]\n";
    if (lines.empty()) return text;
    if (reset) text += "NTP=\n";
    std::vector<std::string_view> names;
    for (const auto& line : lines) names.push_back(line.name);
    return text + fmt::format("NTP={}\n", fmt::join(names, " "));
}

}  // namespace clockwright::timesyncd
