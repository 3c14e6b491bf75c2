#include "watch/alert_book_json.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <optional>

#include "daemon/json_fields.h"
#include "time/spell.h"
#include "watch/alert_json.h"

namespace clockwright {
namespace {

using Json = nlohmann::ordered_json;

constexpr int format = 1;
constexpr Seconds longest_pause{7 * 24 * 3600.0};
constexpr Seconds longest_age{1e9};
constexpr std::size_t most_turns = 1000;

double age(SteadyTime at, Now now) {
    return Seconds{now.steady - at}.count();
}

Json to_json(const AlertEntry& entry, Now now) {
    Json turns = Json::array();
    for (const SteadyTime at : entry.turns) turns.push_back({{"age_seconds", age(at, now)}});
    Json json = alert_json(entry.alert);
    json.update({{"family", entry.family},
                 {"began_age_seconds", age(entry.began, now)},
                 {"held", entry.held},
                 {"calm", entry.calm},
                 {"good", entry.good},
                 {"flapping", entry.flapping},
                 {"hidden", entry.hidden},
                 {"told_age_seconds", entry.told ? Json(age(entry.told_at, now)) : Json(nullptr)},
                 {"told_flapping", entry.told_flapping},
                 {"turns", std::move(turns)}});
    return json;
}

/// Reads entries; ages count from `now` back, and from the time of saving.
class EntryReader {
  public:
    EntryReader(Now now, WallTime saved, JsonFaults& faults)
        : now_(now),
          pause_(std::clamp(Seconds{now.wall - saved}, Seconds{0}, longest_pause)),
          faults_(faults) {}

    AlertEntry read(const Json& json, const std::string& place) {
        JsonFields fields(json, place, faults_);
        AlertEntry entry;
        entry.alert = read_alert(fields);
        entry.family = fields.text("family");
        entry.began = instant(fields, "began_age_seconds").value_or(now_.steady);
        entry.held = static_cast<int>(fields.integer("held", 0, 1'000'000'000));
        entry.calm = static_cast<int>(fields.integer("calm", 0, 1'000'000'000));
        entry.good = fields.boolean("good");
        entry.flapping = fields.boolean("flapping");
        entry.hidden = fields.boolean("hidden");
        const auto told = instant(fields, "told_age_seconds");
        entry.told = told.has_value();
        entry.told_at = told.value_or(SteadyTime{});
        entry.told_flapping = fields.boolean("told_flapping");
        fields.each("turns", [&](const Json& row, const std::string& where) {
            JsonFields one(row, where, faults_);
            const auto at = instant(one, "age_seconds");
            if (at && entry.turns.size() < most_turns) entry.turns.push_back(*at);
            one.close();
        });
        fields.close();
        return entry;
    }

  private:
    std::optional<SteadyTime> instant(JsonFields& fields, std::string_view key) {
        const auto saved = fields.number_or_null(key);
        if (!saved) return std::nullopt;
        if (!(*saved >= 0 && *saved <= longest_age.count())) {
            fields.fault(key, "is no age");
            return std::nullopt;
        }
        return now_.steady - to_nanoseconds(std::min(Seconds{*saved} + pause_, longest_age));
    }

    Now now_;
    Seconds pause_;
    JsonFaults& faults_;
};

}  // namespace

std::string alert_book_json(const AlertBook& book, Now now, bool running) {
    Json rows = Json::array();
    for (const auto& [key, entry] : book.entries()) rows.push_back(to_json(entry, now));
    const Json document{{"format", format},
                        {"at", rfc3339(now.wall, true)},
                        {"running", running},
                        {"alerts", std::move(rows)}};
    return document.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

Result<SavedAlerts> read_alert_book(std::string_view text, Now now) {
    const Json json = Json::parse(text, nullptr, false);
    if (json.is_discarded()) return fail(Fault::bad_input, "the saved alerts are no JSON");
    JsonFaults faults;
    JsonFields fields(json, "", faults);
    const auto written = fields.integer("format", 1, 1'000'000);
    if (written > format) {
        return fail(Fault::bad_input,
                    fmt::format("the saved alerts are of a newer version ({})", written));
    }
    SavedAlerts saved;
    saved.at = fields.instant("at");
    saved.running = fields.boolean("running");
    EntryReader reader(now, saved.at, faults);
    const Json& rows = fields.inner("alerts");
    if (!rows.is_array()) fields.fault("alerts", "must be an array");
    for (std::size_t i = 0; rows.is_array() && i < rows.size() && faults.empty(); ++i) {
        AlertEntry entry = reader.read(rows[i], fmt::format("alerts[{}]", i));
        auto key = std::pair(entry.alert.rule, entry.alert.subject);
        saved.entries.insert_or_assign(std::move(key), std::move(entry));
    }
    fields.close();
    if (faults.empty()) return saved;
    faults.resize(std::min<std::size_t>(faults.size(), 5));
    return fail(Fault::bad_input,
                fmt::format("the saved alerts are damaged: {}", fmt::join(faults, "; ")));
}

std::vector<Alert> open_alerts(const SavedAlerts& saved) {
    AlertBook book;
    book.restore(saved.entries);
    return book.open();
}

}  // namespace clockwright
