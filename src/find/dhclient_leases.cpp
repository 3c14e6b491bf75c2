#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>

#include "find/leases.h"

namespace clockwright {
namespace {

constexpr int deepest_block = 8;
constexpr std::size_t most_words = 64, most_interfaces = 64;

struct Word {
    std::string_view text;
    int line = 0;
};

/// The words of the file: blanks and commas part them; "{", "}" and ";" stand for themselves; what
/// is between quotes is one word; "#" begins a comment.
class Words {
  public:
    explicit Words(std::string_view text) : rest_(text) {}

    std::optional<Word> next() {
        skip();
        if (rest_.empty()) return std::nullopt;
        if (is_mark(rest_.front())) return cut(1);
        if (rest_.front() != '"') return cut(rest_.find_first_of(" \t\r\n,;{}\""));
        rest_.remove_prefix(1);
        const Word word = cut(rest_.find('"'));
        if (!rest_.empty()) rest_.remove_prefix(1);
        return word;
    }

  private:
    static bool is_mark(char c) { return c == '{' || c == '}' || c == ';'; }

    void skip() {
        while (!rest_.empty()) {
            if (rest_.front() == '#') {
                rest_.remove_prefix(std::min(rest_.find('\n'), rest_.size()));
            } else if (std::string_view(" \t\r\n,").find(rest_.front()) != std::string_view::npos) {
                line_ += rest_.front() == '\n' ? 1 : 0;
                rest_.remove_prefix(1);
            } else {
                return;
            }
        }
    }

    Word cut(std::size_t length) {
        const Word word{rest_.substr(0, length), line_};
        line_ += static_cast<int>(std::ranges::count(word.text, '\n'));
        rest_.remove_prefix(word.text.size());
        return word;
    }

    std::string_view rest_;
    int line_ = 1;
};

std::optional<std::int64_t> number_of(std::string_view text) {
    std::int64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return number;
}

/// "2026/11/26" and "10:00:00" in UTC.
std::optional<WallTime> instant_of(std::string_view date, std::string_view time) {
    if (date.size() != 10 || time.size() != 8 || date[4] != '/' || date[7] != '/' ||
        time[2] != ':' || time[5] != ':') {
        return std::nullopt;
    }
    const auto year = number_of(date.substr(0, 4)), month = number_of(date.substr(5, 2)),
               day = number_of(date.substr(8, 2)), hour = number_of(time.substr(0, 2)),
               minute = number_of(time.substr(3, 2)), second = number_of(time.substr(6, 2));
    if (!year || !month || !day || !hour || !minute || !second) return std::nullopt;
    const std::chrono::year_month_day calendar{std::chrono::year{static_cast<int>(*year)},
                                               std::chrono::month{static_cast<unsigned>(*month)},
                                               std::chrono::day{static_cast<unsigned>(*day)}};
    const bool on_a_clock =
        *hour >= 0 && *hour < 24 && *minute >= 0 && *minute < 60 && *second >= 0 && *second <= 60;
    if (!calendar.ok() || !on_a_clock) return std::nullopt;
    const auto seconds = std::chrono::sys_days(calendar).time_since_epoch() +
                         std::chrono::hours{*hour} + std::chrono::minutes{*minute} +
                         std::chrono::seconds{*second};
    return wall_time_of(std::chrono::duration_cast<std::chrono::seconds>(seconds).count());
}

struct Lease {
    bool ipv6 = false;
    std::string_view interface;
    std::vector<Word> servers;
    std::optional<WallTime> expires;    ///< empty: never, or not stated
    std::optional<std::int64_t> start;  ///< IPv6: of the address read last
    bool released = false;

    bool is_of_same(const Lease& other) const {
        return ipv6 == other.ipv6 && interface == other.interface;
    }
};

bool is_time_option(std::string_view name) {
    return name == "ntp-servers" || name == "dhcp6.sntp-servers" || name == "dhcp6.ntp-servers";
}

/// "expire never", "expire epoch 1764151200", "expire 4 2026/11/26 10:00:00".
std::optional<WallTime> expiry_of(const std::vector<Word>& words) {
    if (words.size() == 3 && words[1].text == "epoch") {
        const auto at = number_of(words[2].text);
        return at ? std::optional(wall_time_of(*at)) : std::nullopt;
    }
    return words.size() == 4 ? instant_of(words[2].text, words[3].text) : std::nullopt;
}

/// An address is valid from `starts` on for `max-life` seconds; the last one to end counts.
void take_life(Lease& lease, std::string_view text) {
    constexpr std::int64_t for_ever = 0xffff'ffff;
    const auto life = number_of(text);
    if (!life || !lease.start || *life < 0 || *life >= for_ever) return;
    const WallTime end = wall_time_of(std::clamp<std::int64_t>(*lease.start, 0, for_ever) + *life);
    lease.expires = std::max(lease.expires.value_or(end), end);
}

class Reader {
  public:
    Reader(const FileText& file, WallTime now)
        : words_(file.text), findings_(file.path), now_(now) {}

    Findings read() {
        std::vector<Word> statement;
        while (const auto word = words_.next()) {
            if (word->text == "{") {
                if (!open(statement, *word)) return findings_.take();
            } else if (word->text == "}") {
                close();
            } else if (word->text == ";") {
                if (depth_ > 0) obey(statement);
            } else {
                if (statement.size() < most_words) statement.push_back(*word);
                continue;
            }
            statement.clear();
        }
        if (depth_ > 0) findings_.note(0, "its last lease is cut off and left out");
        take_servers();
        return findings_.take();
    }

  private:
    bool open(const std::vector<Word>& statement, const Word& mark) {
        if (++depth_ > deepest_block) {
            findings_.note(mark.line, "blocks lie too deep");
            return false;
        }
        if (depth_ == 1) {
            lease_ = {};
            lease_.ipv6 = !statement.empty() && statement.front().text == "lease6";
            is_lease_ = lease_.ipv6 || (!statement.empty() && statement.front().text == "lease");
        }
        return true;
    }

    void close() {
        if (depth_ == 0) return;
        if (--depth_ > 0 || !is_lease_) return;
        std::erase_if(leases_, [&](const Lease& old) { return old.is_of_same(lease_); });
        if (leases_.size() < most_interfaces) leases_.push_back(std::move(lease_));
    }

    void obey(const std::vector<Word>& words) {
        if (words.empty()) return;
        const std::string_view what = words.front().text;
        if (what == "released") {
            lease_.released = true;
        } else if (words.size() < 2) {
            return;
        } else if (what == "interface") {
            lease_.interface = words[1].text;
        } else if (what == "option" && is_time_option(words[1].text)) {
            take_list(words);
        } else if (what == "expire") {
            take_expiry(words);
        } else if (what == "starts") {
            lease_.start = number_of(words[1].text);
        } else if (what == "max-life") {
            take_life(lease_, words[1].text);
        }
    }

    void take_list(const std::vector<Word>& words) {
        for (std::size_t i = 2; i < words.size() && lease_.servers.size() < most_words; ++i) {
            lease_.servers.push_back(words[i]);
        }
    }

    void take_expiry(const std::vector<Word>& words) {
        lease_.expires = expiry_of(words);
        if (!lease_.expires && words[1].text != "never") {
            findings_.note(words.front().line, "the expiry of the lease cannot be read");
            lease_.released = true;  // it may be of any age
        }
    }

    void take_servers() {
        for (const Lease& lease : leases_) {
            if (lease.released || (lease.expires && *lease.expires <= now_)) continue;
            for (const Word& server : lease.servers) findings_.add(server.text, server.line);
        }
    }

    Words words_;
    FileFindings findings_;
    WallTime now_;
    int depth_ = 0;
    bool is_lease_ = false;
    Lease lease_;
    std::vector<Lease> leases_;  ///< of each interface the last one; more are left out
};

}  // namespace

Findings dhclient_leases(const FileText& file, WallTime now) {
    return Reader(file, now).read();
}

}  // namespace clockwright
