#include "daemon/ntp_conf.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <ranges>
#include <span>

#include "daemon/marks.h"
#include "daemon/ntp_words.h"

namespace clockwright::ntp_conf {
namespace {

constexpr int deepest_include = 5;
constexpr std::size_t most_files = 1000;  ///< ours: a fan of includes must end somewhere
constexpr std::string_view white_space = " \t\n\v\f\r";
constexpr std::array<std::string_view, 3> source_words{"server", "peer", "pool"};

bool is_source_word(std::string_view word) {
    return std::ranges::find(source_words, word) != source_words.end();
}

std::string directory_of(std::string_view path) {
    const std::size_t slash = path.rfind('/');
    return slash == std::string_view::npos ? "." : std::string(path.substr(0, slash));
}

bool lies_under_run(std::string_view path) {
    return path.starts_with("/run/") || path.starts_with("/var/run/");
}

/// Walks the files in the order ntpd reads them.
class Reader {
  public:
    Reader(const ConfigFiles& files, DaemonConfig& config) : files_(files), config_(config) {}

    void read_file(const std::string& file, std::string_view content, int depth) {
        config_.files.push_back(file);
        for (int number = 1; !content.empty(); ++number) {
            const std::size_t end = content.find('\n');
            take({.file = file, .line = number, .text = content.substr(0, end)}, depth);
            content.remove_prefix(end == std::string_view::npos ? content.size() : end + 1);
        }
    }

    void read_drop_ins(const std::string& directory) {
        const Place place{.file = config_.main_file, .line = 0, .text = {}};
        follow_all(files_.list(directory, ".conf"), place, 1);
    }

  private:
    struct Place {
        const std::string& file;
        int line = 0;
        std::string_view text;
    };

    void fault(const Place& place, std::string_view text) {
        config_.faults.push_back(place.line == 0
                                     ? fmt::format("{}: {}", place.file, text)
                                     : fmt::format("{}:{}: {}", place.file, place.line, text));
    }

    void take(const Place& place, int depth) {
        const auto found = words(place.text);
        if (found.empty()) return;
        if (is_refclock(found))
            add_refclock(place, found);
        else if (is_source_word(found[0]))
            add_source(place);
        else
            add_directive(place, found, depth);
    }

    void add_source(const Place& place) {
        std::vector<std::string> faults;
        auto source = parse_source_line(place.text, &faults);
        for (const auto& text : faults) fault(place, text);
        if (!source) return;
        source->file = place.file;
        source->line = place.line;
        source->lease = lies_under_run(place.file);
        config_.sources.push_back(std::move(*source));
    }

    void add_refclock(const Place& place, std::span<const std::string> found) {
        config_.directives.push_back({.name = "refclock",
                                      .arguments = {found.begin() + 1, found.end()},
                                      .file = place.file,
                                      .line = place.line});
    }

    void add_directive(const Place& place, std::span<const std::string> found, int depth) {
        Directive directive{.name = found[0],
                            .arguments = {found.begin() + 1, found.end()},
                            .file = place.file,
                            .line = place.line};
        config_.directives.push_back(directive);
        if (directive.name == "includefile")
            follow_include(place, directive, depth);
        else if (std::ranges::any_of(source_words, [&](std::string_view word) {
                     return same_word(word, directive.name);
                 }))
            fault(place, fmt::format("{} is no command of ntpd, whose words are in lower case",
                                     directive.name));
    }

    void follow_include(const Place& place, const Directive& directive, int depth) {
        if (directive.arguments.size() != 1)
            return fault(place, "includefile takes one file or directory");
        std::string path = directive.arguments[0];
        if (!path.starts_with('/')) path = directory_of(place.file) + "/" + path;
        if (auto inside = files_.list(path, ".conf"); !inside.empty())
            follow_all(std::move(inside), place, depth + 1);
        else
            follow(path, place, depth + 1);
    }

    /// ntpd puts them on a stack, so the last name is read first.
    void follow_all(std::vector<std::string> paths, const Place& place, int depth) {
        for (const auto& path : std::views::reverse(paths)) follow(path, place, depth);
    }

    void follow(const std::string& path, const Place& place, int depth) {
        if (depth > deepest_include)
            return fault(place, fmt::format("{} is included more than {} files deep", path,
                                            deepest_include));
        if (config_.files.size() >= most_files) return stop(place);
        const auto content = files_.read(path);
        if (!content) return fault(place, content.error().message);
        read_file(path, *content, depth);
    }

    void stop(const Place& place) {
        if (!stopped_) fault(place, fmt::format("more than {} files", most_files));
        stopped_ = true;
    }

    const ConfigFiles& files_;
    DaemonConfig& config_;
    bool stopped_ = false;
};

/// Ours is the drop-in, or a marked block of the main file.
void mark_own_lines(DaemonConfig& config, const LineRange& block) {
    for (auto& line : config.sources)
        line.ours = config.own_file == config.main_file
                        ? line.file == config.main_file && block.contains(line.line)
                        : line.file == config.own_file;
}

bool has_preferred_refclock(const DaemonConfig& config) {
    return std::ranges::any_of(config.all("refclock"), [](const Directive* refclock) {
        return std::ranges::find(refclock->arguments, "prefer") != refclock->arguments.end();
    });
}

/// Every ntpd answers whom its restrictions let ask. Meant to serve is one that broadcasts, or that
/// opens itself to a network by name.
bool serves(const DaemonConfig& config) {
    if (!config.all("broadcast").empty()) return true;
    return std::ranges::any_of(config.all("restrict"), [](const Directive* restriction) {
        const auto has = [&](std::string_view word) {
            return std::ranges::find(restriction->arguments, word) != restriction->arguments.end();
        };
        const bool local = has("default") || has("source") || has("127.0.0.1") || has("::1");
        return !local && !has("ignore") && !has("noserve");
    });
}

}  // namespace

std::vector<std::string> words(std::string_view line) {
    line = line.substr(0, line.find('\0'));
    std::vector<std::string> found;
    while (!line.empty()) {
        line.remove_prefix(std::min(line.find_first_not_of(white_space), line.size()));
        const std::size_t end = line.find_first_of(" \t\n\v\f\r\"#");
        std::string word(line.substr(0, end));
        line.remove_prefix(word.size());
        const bool comment = line.starts_with('#');
        if (line.starts_with('"')) {
            const std::string_view text = line.substr(1, line.find('"', 1) - 1);
            word += text;
            line.remove_prefix(std::min(text.size() + 2, line.size()));
        }
        if (!word.empty()) found.push_back(std::move(word));
        if (comment) break;
    }
    return found;
}

std::string quoted(std::string_view word) {
    const bool plain = word.find_first_of(" \t\n\v\f\r\"#") == std::string_view::npos;
    return plain ? std::string(word) : fmt::format("\"{}\"", word);
}

bool is_refclock(std::span<const std::string> words) {
    if (words.empty()) return false;
    if (words[0] == "refclock") return true;
    return is_source_word(words[0]) && words.size() > 1 && words[1].starts_with("127.127.");
}

Result<DaemonConfig> parse(const std::string& main_file, const ConfigFiles& files, Daemon daemon) {
    DaemonConfig config;
    config.main_file = main_file;
    const std::string content = TRY(files.read(main_file));
    Reader reader(files, config);
    reader.read_file(main_file, content, 0);
    config.own_file = main_file;
    if (daemon == Daemon::ntpsec) {
        const std::string drop_ins = directory_of(main_file) + "/ntp.d";
        reader.read_drop_ins(drop_ins);
        config.own_file = drop_ins + "/clockwright.conf";
    }
    mark_own_lines(config, block_range(content));
    config.preferred_refclock = has_preferred_refclock(config);
    config.serves_time = serves(config);
    return config;
}

}  // namespace clockwright::ntp_conf
