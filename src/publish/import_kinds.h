/// The readers behind `parse_history_import`, one for each kind of file.
#pragma once

#include <algorithm>

#include <optional>
#include <string>
#include <string_view>

#include "publish/import.h"

namespace clockwright {

/// Collects what a reader finds, with the place of each fault.
class ImportSheet {
  public:
    ImportSheet(const ImportSettings& settings, std::string file)
        : settings_(settings), file_(std::move(file)) {}

    const ImportSettings& settings() const { return settings_; }
    void add(Record row) { imported_.rows.push_back(std::move(row)); }
    void fault(int line, std::string_view what);
    /// "2024-12-28T10:45:24.123456", with a blank for the T, and Z, " UTC", "+01:00" or nothing at
    /// its end.
    std::optional<WallTime> instant(std::string_view text);
    Result<Imported> finish(std::string kind);

  private:
    const ImportSettings& settings_;
    std::string file_;
    Imported imported_;
};

/// Calls visit(line, number) for each line, the first is 1, without its end ("\r" too).
template <class Visit>
void for_each_line(std::string_view text, Visit visit) {
    for (int number = 1; !text.empty(); ++number) {
        const std::size_t end = std::min(text.find('\n'), text.size());
        std::string_view line = text.substr(0, end);
        text.remove_prefix(std::min(end + 1, text.size()));
        if (line.ends_with('\r')) line.remove_suffix(1);
        visit(line, number);
    }
}

/// A finite number, all of `text`; "+" at its front is allowed.
std::optional<double> parse_number(std::string_view text);

/// A list of runs, each with the servers tested. Offsets are milliseconds without their sign, as
/// that program lost it.
void read_server_history(std::string_view text, ImportSheet& sheet);
/// {"last_skew_ns": n}: one look at the clock, when the file was written.
void read_memo(std::string_view text, ImportSheet& sheet);
/// Lines "[2024-12-28 10:45:24 UTC] [INFO] Skew: +1,234 ns (prev: +0 ns)"; reports of other
/// programs between them are passed over.
void read_status_log(std::string_view text, ImportSheet& sheet);
/// A header, then rows; seconds.
void read_ntp_metrics(std::string_view text, ImportSheet& sheet);

}  // namespace clockwright
