#include "daemon/systemd_ini.h"

#include <fmt/format.h>

#include "time/spell.h"

namespace clockwright {
namespace {

constexpr std::string_view white_space = " \t\n\r";
constexpr std::string_view byte_order_mark = "\xef\xbb\xbf";

std::string_view stripped(std::string_view text) {
    const auto first = text.find_first_not_of(white_space);
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(white_space) - first + 1);
}

/// Takes the next line off; "\r\n" ends one line.
std::string_view take_line(std::string_view& content) {
    using namespace std::string_view_literals;
    const auto end = content.find_first_of("\n\r\0"sv);
    const auto line = content.substr(0, end);
    if (end == std::string_view::npos) {
        content = {};
    } else {
        content.remove_prefix(end);
        content.remove_prefix(content.starts_with("\r\n") ? 2 : 1);
    }
    return line;
}

bool is_comment(std::string_view line) {
    const auto text = stripped(line);
    return text.starts_with('#') || text.starts_with(';');
}

/// An odd number of backslashes at the end; two of them are one that is meant.
bool goes_on(std::string_view text) {
    const auto last_other = text.find_last_not_of('\\');
    const auto count = text.size() - (last_other == std::string_view::npos ? 0 : last_other + 1);
    return count % 2 == 1;
}

class IniReader {
  public:
    IniFile read(std::string_view content) {
        if (content.starts_with(byte_order_mark)) content.remove_prefix(byte_order_mark.size());
        for (int number = 1; !content.empty() && !file_.broken_off; ++number) {
            const auto line = take_line(content);
            if (!is_comment(line)) add_line(number, line);  // also within a continuation
        }
        if (open_ && !file_.broken_off) end_line(last_);
        return std::move(file_);
    }

  private:
    void add_line(int number, std::string_view line) {
        if (!open_) {
            text_.clear();
            first_ = number;
        }
        last_ = number;
        text_ += line;
        open_ = goes_on(text_);
        if (open_)
            text_.back() = ' ';
        else
            end_line(number);
    }

    void end_line(int number) {
        open_ = false;
        const auto text = stripped(text_);
        if (text.empty()) return;
        if (text.starts_with('[')) {
            begin_section(text);
            return;
        }
        const auto equals = text.find('=');
        const auto key = stripped(text.substr(0, equals));
        if (equals == std::string_view::npos || key.empty()) {
            fault(fmt::format("\"{}\" is no setting", printable(text)));
        } else if (section_.empty()) {
            fault(fmt::format("{} stands before any section", printable(key)));
        } else {
            file_.settings.push_back({section_, std::string(key),
                                      std::string(stripped(text.substr(equals + 1))), first_,
                                      number});
        }
    }

    void begin_section(std::string_view text) {
        if (!text.ends_with(']')) {
            fault(
                fmt::format("\"{}\" is no section: nothing is read from here on", printable(text)));
            file_.broken_off = true;
            return;
        }
        section_ = std::string(text.substr(1, text.size() - 2));
    }

    void fault(std::string text) { file_.faults.emplace_back(first_, std::move(text)); }

    IniFile file_;
    std::string section_, text_;
    int first_ = 0, last_ = 0;
    bool open_ = false;
};

}  // namespace

IniFile parse_systemd_ini(std::string_view content) {
    return IniReader().read(content);
}

std::vector<std::string_view> words_of(std::string_view text) {
    std::vector<std::string_view> words;
    for (;;) {
        const auto begin = text.find_first_not_of(white_space);
        if (begin == std::string_view::npos) return words;
        text.remove_prefix(begin);
        const auto word = text.substr(0, text.find_first_of(white_space));
        words.push_back(word);
        text.remove_prefix(word.size());
    }
}

}  // namespace clockwright
