#include "daemon/ntpsec_dialect.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <limits>

#include "daemon/marks.h"
#include "daemon/ntp_conf.h"

namespace clockwright {
namespace {

constexpr std::string_view own_name = "/ntp.d/clockwright.conf";

/// Only NTPsec reads ntp.d. Classic ntpd's main file stands where RHEL, SUSE and the BSDs had it,
/// and NTPsec's too when it was built for them: a directory ntp.d with files tells it.
ntp_conf::Daemon reader_of(const std::string& main_file, const ConfigFiles& files) {
    const auto directory = main_file.substr(0, main_file.rfind('/'));
    const bool ntpsec =
        directory.ends_with("/ntpsec") || !files.list(directory + "/ntp.d", ".conf").empty();
    return ntpsec ? ntp_conf::Daemon::ntpsec : ntp_conf::Daemon::classic;
}

/// The value after `word` in a directive, as in "tinker step 0.5".
std::optional<double> value_after(const Directive& directive, std::string_view word) {
    const auto& arguments = directive.arguments;
    const auto found = std::ranges::find(arguments, word);
    if (found == arguments.end() || found + 1 == arguments.end()) return std::nullopt;
    double value = 0;
    const auto& text = *(found + 1);
    const auto read = std::from_chars(text.data(), text.data() + text.size(), value);
    return read.ec == std::errc{} ? std::optional(value) : std::nullopt;
}

}  // namespace

Result<DaemonConfig> NtpsecDialect::parse(const std::string& main_file,
                                          const ConfigFiles& files) const {
    auto config = TRY(ntp_conf::parse(main_file, files, reader_of(main_file, files)));
    config.kind = kind();
    return config;
}

/// What DHCP's hook writes under /run is made anew with every lease, and with it goes our drop-in.
Result<void> NtpsecDialect::check(const Found& found, const SourceChange& change,
                                  const PlanSettings& settings) const {
    if (found.config.main_file.starts_with("/run/"))
        return fail(
            Fault::refused,
            fmt::format("ntpd runs with {}, which DHCP writes anew: set IGNORE_DHCP=\"yes\" "
                        "in /etc/default/ntpsec, restart it, and plan again",
                        found.config.main_file));
    return RestartedDialect::check(found, change, settings);
}

std::string NtpsecDialect::render(const std::vector<SourceLine>& lines) const {
    std::vector<std::string> rendered;
    for (const auto& line : lines) rendered.push_back(ntp_conf::render(line) + "\n");
    std::ranges::sort(rendered);
    std::string text;
    for (const auto& line : rendered) text += line;
    return text;
}

std::vector<std::string> NtpsecDialect::notes(const Found& found, const SourceChange& change,
                                              const Selection& selection) const {
    auto notes = RestartedDialect::notes(found, change, selection);
    const auto after = lines_after(change);
    const auto authenticated = std::ranges::count(after, true, &SourceLine::nts);
    if (authenticated > 0 && authenticated < std::ssize(after))
        notes.emplace_back("ntpd chooses among NTS and plain sources alike");
    return notes;
}

/// `tinker step`; 0 means never, but at its start with -g ntpd then slews whatever it finds.
Seconds NtpsecDialect::start_step(const DaemonConfig& config) const {
    for (const auto* directive : config.all("tinker"))
        if (const auto step = value_after(*directive, "step"))
            return Seconds{*step > 0 ? *step : std::numeric_limits<double>::infinity()};
    return traits().start_step;
}

bool NtpsecDialect::is_own_path(std::string_view path) const {
    return path.ends_with(own_name);
}

std::string NtpsecDialect::own_text(const std::string& before, const SourceChange& change) const {
    const bool drop_in = before.empty() || before.starts_with(own_file_mark);
    if (!drop_in) return RestartedDialect::own_text(before, change);
    return std::string(own_file_mark) + '\n' + render(change.wanted);
}

}  // namespace clockwright
