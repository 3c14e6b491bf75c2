#include "find/written_files.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>

#include "daemon/chrony_source_line.h"

namespace clockwright {
namespace {

bool is_comment(std::string_view line) {
    return line.starts_with('#') || line.starts_with(';');
}

/// A value that ends in "\" goes on in the next line.
struct Setting {
    std::string_view key;
    std::string value;
    int line = 0;
};

/// The settings of one section of a file of systemd.
std::vector<Setting> settings_of(const FileText& file, std::string_view wanted) {
    std::vector<Setting> settings;
    std::string_view section;
    bool goes_on = false;
    for (const auto& [number, text] : lines_of(file.text)) {
        std::string_view line = trimmed(text);
        if (is_comment(line)) continue;
        const bool continues = goes_on;
        goes_on = line.ends_with('\\');
        if (goes_on) line.remove_suffix(1);
        if (continues) {
            if (section == wanted && !settings.empty())
                settings.back().value += fmt::format(" {}", line);
        } else if (line.starts_with('[') && line.ends_with(']')) {
            section = line.substr(1, line.size() - 2);
        } else if (const std::size_t equals = line.find('='); equals != std::string_view::npos) {
            if (section == wanted)
                settings.push_back({trimmed(line.substr(0, equals)),
                                    std::string(trimmed(line.substr(equals + 1))), number});
        }
    }
    return settings;
}

void take_list(Findings& list, const FileText& file, const Setting& setting) {
    if (setting.value.find_first_not_of(" \t") == std::string::npos) {
        list.sources.clear();
        return;
    }
    FileFindings findings(file.path);
    findings.add_words(setting.value, setting.line);
    append(list, findings.take());
}

/// "# comment" at the beginning or after a blank.
std::string_view without_comment(std::string_view line) {
    for (std::size_t at = 0; (at = line.find('#', at)) != std::string_view::npos; ++at) {
        if (at == 0 || line[at - 1] == ' ') return line.substr(0, at);
    }
    return line;
}

std::string_view unquoted(std::string_view text) {
    const bool quoted = text.size() >= 2 && text.front() == text.back() &&
                        (text.front() == '"' || text.front() == '\'');
    return quoted ? text.substr(1, text.size() - 2) : text;
}

/// Reads the block of `ntp:` line by line.
class CloudInit {
  public:
    explicit CloudInit(const std::string& path) : findings_(path) {}

    void read(int number, std::string_view text) {
        const std::string_view line = without_comment(text);
        const std::string_view content = trimmed(line);
        if (content.empty()) return;
        const std::size_t indent = line.find_first_not_of(' ');
        if (inside_ && line[indent] == '\t') {
            findings_.note(number, "a tab is no indentation in YAML");
            inside_ = false;
        } else if (indent == 0 && !(is_item(content) && inside_)) {
            inside_ = begins_block(number, content);
            list_.clear();
        } else if (inside_) {
            read_inside(number, indent, content);
        }
    }

    Findings take() {
        if (!enabled_) findings_.reset();
        return findings_.take();
    }

  private:
    static bool is_item(std::string_view content) {
        return content == "-" || content.starts_with("- ");
    }

    bool begins_block(int number, std::string_view content) {
        if (!content.starts_with("ntp:")) return false;
        key_indent_ = 0;
        const std::string_view value = trimmed(content.substr(4));
        if (!value.empty() && value != "{}" && value != "null" && value != "~") {
            findings_.note(number, "ntp: is written in a way that is not understood here");
        }
        return value.empty();
    }

    void read_inside(int number, std::size_t indent, std::string_view content) {
        if (is_item(content)) {
            if (!list_.empty() && indent >= key_indent_) add(number, content.substr(1));
        } else if (key_indent_ == 0 || indent <= key_indent_) {
            key_indent_ = indent;
            read_key(number, content);
        } else {
            list_.clear();  // a mapping below a key that is none of ours
        }
    }

    void read_key(int number, std::string_view content) {
        const std::size_t colon = content.find(':');
        const std::string_view key = content.substr(0, colon);
        const std::string_view value =
            colon == std::string_view::npos ? "" : trimmed(content.substr(colon + 1));
        list_.clear();
        if (key == "enabled") {
            enabled_ = value != "false" && value != "False" && value != "no" && value != "off";
        } else if (key == "servers" || key == "pools") {
            list_ = key;
            if (!value.empty()) read_flow(number, value);
        }
    }

    void read_flow(int number, std::string_view value) {
        if (!value.starts_with('[') || !value.ends_with(']')) {
            findings_.note(number, "this list is written in a way that is not understood here");
            return;
        }
        value = value.substr(1, value.size() - 2);
        while (!trimmed(value).empty()) {
            const std::size_t comma = value.find(',');
            add(number, value.substr(0, comma));
            if (comma == std::string_view::npos) return;
            value.remove_prefix(comma + 1);
        }
    }

    void add(int number, std::string_view item) {
        findings_.add(unquoted(trimmed(item)), number, list_ == "pools");
    }

    FileFindings findings_;
    bool inside_ = false, enabled_ = true;
    std::size_t key_indent_ = 0;
    std::string list_;  ///< "servers", "pools", or empty: items belong to something else
};

}  // namespace

TimesyncdSettings timesyncd_settings(std::span<const FileText> files) {
    TimesyncdSettings settings;
    for (const FileText& file : files) {
        for (const Setting& setting : settings_of(file, "Time")) {
            if (setting.key == "NTP") take_list(settings.servers, file, setting);
            if (setting.key == "FallbackNTP") take_list(settings.fallback, file, setting);
        }
    }
    return settings;
}

Findings server_lines(const FileText& file) {
    FileFindings findings(file.path);
    for (const auto& [number, text] : lines_of(file.text)) {
        const auto words = chrony::words(text);
        if (words.size() < 2) continue;
        const bool is_pool = same_word(words[0], "pool");
        if (is_pool || same_word(words[0], "server")) {
            findings.add(words[1], number, is_pool);
        }
    }
    return findings.take();
}

Findings cloud_init_ntp(const FileText& file) {
    CloudInit reader(file.path);
    for (const auto& [number, text] : lines_of(file.text)) reader.read(number, text);
    return reader.take();
}

}  // namespace clockwright
