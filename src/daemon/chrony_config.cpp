#include "daemon/chrony_config.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <span>

#include "daemon/chrony_source_line.h"

namespace clockwright::chrony {
namespace {

constexpr int deepest_include = 10;
constexpr std::size_t most_directories = 10;
constexpr std::size_t most_files = 1000;    ///< ours: a fan of includes must end somewhere
constexpr std::size_t longest_line = 2047;  ///< chronyd reads longer lines as two

bool lies_under_run(std::string_view path) {
    return path == "/run" || path == "/var/run" || path.starts_with("/run/") ||
           path.starts_with("/var/run/");
}

/// An absolute path without ".", ".." and doubled slashes, as far as that can be told without
/// looking: so a plan names files, and so one file has one name.
std::string normalised(std::string_view path) {
    if (!path.starts_with('/')) return std::string(path);
    std::vector<std::string_view> parts;
    while (!path.empty()) {
        path.remove_prefix(1);  // the slash
        const std::string_view part = path.substr(0, path.find('/'));
        path.remove_prefix(part.size());
        if (part == ".." && !parts.empty()) parts.pop_back();
        if (!part.empty() && part != "." && part != "..") parts.push_back(part);
    }
    return fmt::format("/{}", fmt::join(parts, "/"));
}

std::string_view base_name(std::string_view path) {
    return path.substr(path.rfind('/') + 1);  // npos + 1 is 0
}

bool is_pattern(std::string_view path) {
    return path.find_first_of("*?[") != path.npos;
}

struct Line {
    std::string_view text;
    int number = 0;
    bool terminated = false;
};

/// The lines of a file without their '\n'.
std::vector<Line> lines_of(std::string_view content) {
    std::vector<Line> lines;
    for (int number = 1; !content.empty(); ++number) {
        const std::size_t end = content.find('\n');
        const bool terminated = end != std::string_view::npos;
        lines.push_back({content.substr(0, end), number, terminated});
        content.remove_prefix(terminated ? end + 1 : content.size());
    }
    return lines;
}

bool is_source_word(std::string_view word) {
    return same_word(word, "server") || same_word(word, "peer") || same_word(word, "pool");
}

/// Walks the files in the order chronyd reads them.
class Reader {
  public:
    Reader(const ConfigFiles& files, DaemonConfig& config) : files_(files), config_(config) {}

    void read_all(const std::string& main_content) {
        read_config(config_.main_file, main_content, 0);
        read_source_directories();
    }

  private:
    void fault(std::string text) { config_.faults.push_back(std::move(text)); }

    void fault(std::string_view file, int line, std::string_view text) {
        fault(fmt::format("{}:{}: {}", file, line, text));
    }

    void read_config(const std::string& file, const std::string& content, int depth) {
        config_.files.push_back(file);
        for (const Line& line : lines_of(content)) {
            if (stopped_) return;
            check_length(file, line);
            const auto found = words(line.text);
            if (found.empty()) continue;
            if (is_source_word(found[0]))
                add_source(file, line);
            else
                add_directive(file, line, found, depth);
        }
    }

    void check_length(const std::string& file, const Line& line) {
        if (line.text.size() > longest_line)
            fault(file, line.number,
                  fmt::format("line of {} characters; chronyd splits it after {}", line.text.size(),
                              longest_line));
    }

    void add_source(const std::string& file, const Line& line) {
        std::vector<std::string> faults;
        auto source = parse_source_line(line.text, &faults);
        for (const auto& text : faults) fault(file, line.number, text);
        if (!source) return;
        source->file = file;
        source->line = line.number;
        source->lease = lies_under_run(file);
        config_.sources.push_back(std::move(*source));
    }

    void add_directive(const std::string& file, const Line& line,
                       std::span<const std::string_view> found, int depth) {
        Directive directive{.name = std::string(found[0]),
                            .arguments = {found.begin() + 1, found.end()},
                            .file = file,
                            .line = line.number};
        std::ranges::transform(directive.name, directive.name.begin(), [](char c) {
            return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
        });
        if (directive.name == "confdir" || directive.name == "sourcedir")
            std::ranges::transform(directive.arguments, directive.arguments.begin(), normalised);
        config_.directives.push_back(directive);
        if (directive.name == "include")
            follow_include(directive, depth);
        else if (directive.name == "confdir")
            follow_confdir(directive, depth);
        else if (directive.name == "sourcedir")
            remember_sourcedir(directive);
    }

    void follow_include(const Directive& directive, int depth) {
        if (directive.arguments.size() != 1) {
            fault(directive.file, directive.line, "include takes one pattern");
            return;
        }
        const std::string& pattern = directive.arguments[0];
        auto paths = files_.glob(pattern);
        // chronyd passes over a pattern that matches nothing, and ends at a file that is not there.
        if (paths.empty() && !is_pattern(pattern)) paths.push_back(pattern);
        for (const auto& path : paths) follow(normalised(path), directive, depth + 1);
    }

    void follow_confdir(const Directive& directive, int depth) {
        for (const auto& path : in_directories(directive, ".conf"))
            follow(path, directive, depth + 1);
    }

    void remember_sourcedir(const Directive& directive) {
        if (!has_directories(directive)) return;
        std::ranges::copy(directive.arguments, std::back_inserter(config_.sourcedirs));
        sourcedir_lines_.push_back(directive);
    }

    void follow(const std::string& path, const Directive& from, int depth) {
        if (stopped_) return;
        if (depth > deepest_include) {
            stop(from,
                 fmt::format("{} is included more than {} files deep", path, deepest_include));
            return;
        }
        if (const auto content = read_from(path, from)) read_config(path, *content, depth);
    }

    std::optional<std::string> read_from(const std::string& path, const Directive& from) {
        if (config_.files.size() >= most_files) {
            stop(from, fmt::format("more than {} files", most_files));
            return std::nullopt;
        }
        auto content = files_.read(path);
        if (content) return std::move(*content);
        fault(from.file, from.line, content.error().message);
        return std::nullopt;
    }

    /// chronyd gives up at such a line, and so do we.
    void stop(const Directive& at, std::string_view why) {
        fault(at.file, at.line, why);
        stopped_ = true;
    }

    bool has_directories(const Directive& directive) {
        if (directive.arguments.empty())
            fault(directive.file, directive.line, directive.name + " without a directory");
        if (directive.arguments.size() > most_directories)
            fault(directive.file, directive.line,
                  fmt::format("more than {} directories", most_directories));
        return !directive.arguments.empty() && directive.arguments.size() <= most_directories;
    }

    /// The files of all directories of one directive by name; of two with the same name the one in
    /// the directory named first.
    std::vector<std::string> in_directories(const Directive& directive, std::string_view suffix) {
        if (!has_directories(directive)) return {};
        std::map<std::string, std::string> path_of;
        for (const auto& directory : directive.arguments)
            for (const auto& path : files_.list(directory, suffix)) {
                const auto [winner, is_first] =
                    path_of.try_emplace(std::string(base_name(path)), path);
                if (!is_first && winner->second != path) add_shadowed(path, winner->second);
            }
        std::vector<std::string> paths;
        for (const auto& [name, path] : path_of) paths.push_back(path);
        return paths;
    }

    /// What chronyd passes over is kept for people: its sources look configured and are not.
    void add_shadowed(const std::string& path, const std::string& by) {
        if (config_.shadowed.size() >= most_files) return;
        ShadowedFile shadowed{path, by, {}};
        const auto content = files_.read(path);
        for (const Line& line : lines_of(content ? std::string_view(*content) : "")) {
            auto source = parse_source_line(line.text, nullptr);
            if (!source) continue;
            source->file = path;
            source->line = line.number;
            source->lease = lies_under_run(path);
            shadowed.sources.push_back(std::move(*source));
        }
        config_.shadowed.push_back(std::move(shadowed));
    }

    void read_source_directories() {
        for (const auto& directive : sourcedir_lines_)
            for (const auto& path : in_directories(directive, ".sources")) {
                if (stopped_) return;
                if (const auto content = read_from(path, directive)) read_sources(path, *content);
            }
    }

    void read_sources(const std::string& file, const std::string& content) {
        config_.files.push_back(file);
        for (const Line& line : lines_of(content)) {
            check_length(file, line);
            const auto found = words(line.text);
            if (!line.terminated)
                fault(file, line.number, "the last line has no newline; chronyd ignores it");
            else if (!found.empty() && is_source_word(found[0]))
                add_source(file, line);
            else if (!found.empty())
                fault(file, line.number, fmt::format("{} is ignored in a .sources file", found[0]));
        }
    }

    const ConfigFiles& files_;
    DaemonConfig& config_;
    std::vector<Directive> sourcedir_lines_;
    bool stopped_ = false;
};

/// "allow", "allow all", "allow all 10.0.0.0/8": the subnet, empty for everybody.
struct Access {
    bool all = false;
    std::string subnet;
};

Access access_of(const Directive& directive) {
    Access access;
    for (const auto& argument : directive.arguments) {
        if (same_word(argument, "all"))
            access.all = true;
        else
            access.subnet = argument;
    }
    return access;
}

std::string own_sourcedir(const DaemonConfig& config) {
    const auto own = std::ranges::find_if_not(config.sourcedirs, lies_under_run);
    return own == config.sourcedirs.end() ? std::string{} : *own;
}

bool has_preferred_refclock(const DaemonConfig& config) {
    return std::ranges::any_of(config.all("refclock"), [](const Directive* refclock) {
        return std::ranges::any_of(refclock->arguments,
                                   [](const auto& word) { return same_word(word, "prefer"); });
    });
}

/// `allow` without a later deny of the same.
bool has_clients(const DaemonConfig& config) {
    std::set<std::string> open;
    for (const auto& directive : config.directives) {
        const Access access = access_of(directive);
        if (directive.name == "allow") {
            open.insert(access.subnet);
        } else if (directive.name == "deny") {
            if (access.all && access.subnet.empty()) open.clear();
            open.erase(access.subnet);
        }
    }
    return !open.empty();
}

}  // namespace

Result<DaemonConfig> parse(const std::string& main_file, const ConfigFiles& files) {
    DaemonConfig config;
    config.main_file = main_file;
    const std::string content = TRY(files.read(main_file));
    Reader(files, config).read_all(content);
    if (const auto directory = own_sourcedir(config); !directory.empty())
        config.own_file = directory + "/clockwright.sources";
    for (auto& line : config.sources)
        line.ours = !config.own_file.empty() && line.file == config.own_file;
    config.preferred_refclock = has_preferred_refclock(config);
    config.serves_time = has_clients(config);
    return config;
}

}  // namespace clockwright::chrony
