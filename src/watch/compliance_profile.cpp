#include "watch/compliance_profile.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <toml++/toml.h>

#include <array>
#include <cassert>
#include <utility>

#include "time/spell.h"
#include "watch/toml_fields.h"

namespace clockwright {
namespace {

/// The files of data/profiles, put in when the program is built.
constexpr std::array embedded{
#include "watch/compliance_profiles.inc"
};

class Reader {
  public:
    Reader(const std::string& file, std::vector<std::string>& faults)
        : file_(file), faults_(faults) {}

    ComplianceProfile profile(const toml::table& table) {
        ComplianceProfile profile;
        TomlFields fields(file_, table, "profile", faults_);
        profile.name = text(fields, "name");
        profile.title = text(fields, "title");
        profile.jurisdiction = text(fields, "jurisdiction");
        profile.version = text(fields, "version");
        profile.retention = text(fields, "retention");
        profile.evidence = text(fields, "evidence");
        profile.source = text(fields, "source");
        profile.valid_from = day(fields, "valid_from");
        profile.valid_to = day(fields, "valid_to");
        fields.take("limit", [&](const toml::node& node) -> std::string {
            const auto* all = node.as_array();
            if (all == nullptr || !all->is_array_of_tables()) return "must be [[limit]] tables";
            for (const toml::node& one : *all) profile.limits.push_back(limit(*one.as_table()));
            return {};
        });
        if (!fields.has("limit")) fields.fault("limit", "at least one is needed");
        fields.close();
        return profile;
    }

  private:
    ComplianceLimit limit(const toml::table& table) {
        ComplianceLimit limit;
        TomlFields fields(file_, table, "limit", faults_);
        limit.name = text(fields, "name");
        limit.who = text(fields, "who");
        limit.granularity = text(fields, "granularity");
        limit.mark = text(fields, "mark");
        std::optional<double> most;
        fields.take_number("limit", most);
        if (most && *most <= 0) fields.fault("limit", "must be more than nothing");
        if (most) limit.limit = Seconds{*most};
        fields.close();
        return limit;
    }

    std::string text(TomlFields& fields, std::string_view key) {
        std::optional<std::string> value;
        fields.take_text(key, value);
        if (!fields.has(key)) fields.fault(key, "is missing");
        return value.value_or("");
    }

    std::optional<WallTime> day(TomlFields& fields, std::string_view key) {
        std::optional<std::string> value;
        const auto instant = [](const std::string& text) {
            return parse_rfc3339(text + "T00:00:00Z");
        };
        fields.take_text(key, value, [&](const std::string& text) {
            return instant(text) ? std::string{} : "must be a day like \"2026-03-02\"";
        });
        return value ? instant(*value) : std::nullopt;
    }

    const std::string& file_;
    std::vector<std::string>& faults_;
};

}  // namespace

Result<ComplianceProfile> parse_compliance_profile(const std::string& file,
                                                   std::string_view toml_text) {
    std::vector<std::string> faults;
    ComplianceProfile profile;
    try {
        profile = Reader(file, faults).profile(toml::parse(toml_text, file));
    } catch (const toml::parse_error& error) {
        faults.push_back(fmt::format("{}:{}: {}", file, error.source().begin.line,
                                     printable(error.description())));
    }
    if (!faults.empty()) return fail(Fault::bad_input, fmt::format("{}", fmt::join(faults, "\n")));
    return profile;
}

const std::vector<ComplianceProfile>& compliance_profiles() {
    static const std::vector<ComplianceProfile> all = [] {
        std::vector<ComplianceProfile> profiles;
        for (const std::string_view text : embedded) {
            auto profile = parse_compliance_profile("built in", text);
            assert(profile);
            profiles.push_back(std::move(*profile));
        }
        return profiles;
    }();
    return all;
}

}  // namespace clockwright
