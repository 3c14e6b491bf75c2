#include "app/file_sinks.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "publish/history_fields.h"
#include "publish/prometheus.h"
#include "publish/status_line.h"
#include "system/user_file.h"

namespace clockwright::app {
namespace {

constexpr std::chrono::seconds status_rest{60};  // between two lines of the log of states

std::string fault_of(const Result<void>& done) {
    return done ? std::string{} : done.error().message;
}

std::string csv_row(const SampleRow& row, bool three_columns) {
    Fields fields = fields_of(row);
    if (!three_columns) return csv_line(fields) + "\n";
    if (!row.offset) return {};
    std::erase_if(fields, [](const Field& field) {
        return field.key != "timestamp" && field.key != "offset_seconds" &&
               field.key != "delay_seconds";
    });
    return csv_line(fields) + "\n";
}

std::optional<store::LineFile> line_file(const std::string& path, std::string head,
                                         const FilesSettings& files) {
    if (path.empty()) return std::nullopt;
    const auto octets = [](int megabytes) { return static_cast<std::uint64_t>(megabytes) << 20U; };
    return store::LineFile(
        path, std::move(head),
        {.rotate = octets(files.rotate_mb), .most = octets(files.most_mb), .keep = files.keep});
}

bool has_three_columns(const FilesSettings& files) {
    return files.csv_profile == "ntp-monitor";
}

void follow(std::optional<store::LineFile>& file, const std::optional<store::LineFile>& old) {
    if (file && old) file->follow(*old);
}

void tell_lost(LossCount& losses, std::string_view key, const store::LineFile& file,
               SteadyTime now) {
    if (const auto lost = losses.to_tell(file.lost(), now); lost > 0)
        system::log_event(system::LogLevel::warning,
                          fmt::format("{} lines for {} are lost: it could not be written, and no "
                                      "room is left for all that waits",
                                      lost, key));
}

}  // namespace

FileSinks::FileSinks(const SinkSettings& settings) : settings_(settings) {
    make_files();
}

void FileSinks::make_files() {
    const FilesSettings& files = settings_.files;
    csv_ = line_file(files.csv,
                     has_three_columns(files) ? "timestamp,offset,delay\n"
                                              : csv_header(fields_of(SampleRow{})) + "\n",
                     files);
    status_log_ = line_file(files.status_log, {}, files);
}

void FileSinks::use(const SinkSettings& settings) {
    if (settings.metrics.textfile != settings_.metrics.textfile) end();
    settings_ = settings;
    const auto old_csv = csv_, old_status = status_log_;
    make_files();
    follow(csv_, old_csv);
    follow(status_log_, old_status);
}

void FileSinks::tell(std::span<const Record> rows, const Now& now) {
    if (!csv_) return;
    const auto written = csv_->append(csv_of(rows), now.wall, sure_);
    csv_fault_.note("rows for files.csv wait", fault_of(written));
    tell_lost(csv_losses_, "files.csv", *csv_, now.steady);
}

std::string FileSinks::csv_of(std::span<const Record> rows) const {
    const std::string& only = settings_.files.csv_server;
    std::string text;
    for (const Record& record : rows) {
        const auto* row = std::get_if<SampleRow>(&record);
        if (row == nullptr || (!only.empty() && row->server != only)) continue;
        text += csv_row(*row, has_three_columns(settings_.files));
    }
    return text;
}

void FileSinks::show(const Snapshot& snapshot, const Now& now) {
    sure_ = snapshot.status.verdict.demonstrated;
    if (!settings_.metrics.textfile.empty()) write_metrics(snapshot, now.wall);
    if (!status_log_ || (status_written_ && now.steady - *status_written_ < status_rest)) return;
    status_written_ = now.steady;
    const auto written = status_log_->append(status_line(snapshot), now.wall, sure_);
    status_fault_.note("lines for files.status_log wait", fault_of(written));
    tell_lost(status_losses_, "files.status_log", *status_log_, now.steady);
}

void FileSinks::end() {
    if (settings_.metrics.textfile.empty()) return;
    std::error_code error;
    std::filesystem::remove(settings_.metrics.textfile, error);
    metrics_fault_.note("metrics.textfile stays though nobody watches",
                        error ? error.message() : std::string{});
}

void FileSinks::write_metrics(const Snapshot& snapshot, WallTime now) {
    const auto& compat = settings_.metrics.compat;
    const auto written = system::write_new_file(
        settings_.metrics.textfile, prometheus_text(&snapshot, now, {compat.begin(), compat.end()}),
        system::Keep::fleeting);
    metrics_fault_.note("metrics.textfile is old", fault_of(written));
}

}  // namespace clockwright::app
