#include "publish/replay.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <tuple>

#include "time/spell.h"

namespace clockwright {
namespace {

using Json = nlohmann::ordered_json;

/// What `--replay` reads back, whatever the file that named the server is free to write.
std::string host_text(const Candidate& candidate) {
    const Source& source = candidate.source;
    if (parse_host(source.as_written)) return source.as_written;
    std::string text = to_string(source.host);
    return candidate.address && !parse_host(text) ? to_string(*candidate.address) : text;
}

/// `sample`: null for a lost probe. `kiss`: the one that it was answered with, or 0.
std::string row_text(const Candidate& candidate, const Sample* sample, Seconds at,
                     std::string_view lots, std::uint32_t kiss = 0) {
    const Source& source = candidate.source;
    Json row;
    row["host"] = host_text(candidate);
    row["t_seconds"] = at.count();
    row["operator"] = source.operator_name;
    if (candidate.address) row["address"] = to_string(*candidate.address);
    row["smear"] = to_string(source.smear);
    row["authentication"] = to_string(source.authentication);
    row["permitted"] = source.permitted;
    if (!candidate.selectable) row["selectable"] = false;
    if (!candidate.why_not_selectable.empty())
        row["why_not_selectable"] = candidate.why_not_selectable;
    if (!lots.empty()) row["lots"] = lots;
    if (sample == nullptr) {
        row["lost"] = true;
        if (kiss != 0) row["kiss"] = refid_text(kiss, 1);
    } else {
        row["offset_seconds"] = sample->offset.count();
        row["delay_seconds"] = sample->delay.count();
        row["stratum"] = sample->stratum;
        row["root_delay_seconds"] = sample->root_delay.count();
        row["root_dispersion_seconds"] = sample->root_dispersion.count();
        row["dispersion_seconds"] = sample->dispersion.count();
        row["leap"] = to_string(sample->leap);
        row["refid"] = refid_text(sample->refid, sample->stratum);
        if (sample->interleaved) row["interleaved"] = true;
    }
    return row.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
}

/// One line under the reader's finger; the first fault stays.
class Row {
  public:
    Row(const Json& json, std::string place) : json_(json), place_(std::move(place)) {}

    std::optional<double> number(const char* key, double low, double high) {
        const auto found = json_.find(key);
        if (found == json_.end()) return fault(key, "is missing"), std::nullopt;
        if (!found->is_number()) return fault(key, "must be a number"), std::nullopt;
        const double value = found->get<double>();
        if (!(value >= low && value <= high)) {
            return fault(key, fmt::format("{} is not within {} and {}", value, low, high)),
                   std::nullopt;
        }
        return value;
    }

    /// 0 when absent.
    double number_or_none(const char* key, double high) {
        return json_.contains(key) ? number(key, 0, high).value_or(0) : 0;
    }

    /// Empty when absent or null.
    std::string text(const char* key) {
        const auto found = json_.find(key);
        if (found == json_.end() || found->is_null()) return {};
        if (!found->is_string()) return fault(key, "must be a string"), std::string{};
        return found->get<std::string>();
    }

    bool flag(const char* key, bool unsaid = false) {
        const auto found = json_.find(key);
        if (found == json_.end()) return unsaid;
        if (!found->is_boolean()) return fault(key, "must be true or false"), unsaid;
        return found->get<bool>();
    }

    std::optional<Leap> leap() {
        const auto found = json_.find("leap");
        if (found != json_.end() && found->is_number_integer()) {
            const auto value = found->get<std::int64_t>();
            if (value >= 0 && value <= 3) return static_cast<Leap>(value);
        } else if (found != json_.end() && found->is_string()) {
            for (const Leap leap : {Leap::none, Leap::insert, Leap::remove, Leap::unsynchronised}) {
                if (found->get<std::string>() == to_string(leap)) return leap;
            }
        }
        fault("leap", "must be none, insert, delete or unsynchronised");
        return std::nullopt;
    }

    void fault(const char* key, const std::string& what) {
        if (fault_.empty()) fault_ = fmt::format("{}: {}: {}", place_, key, what);
    }
    const std::string& fault_text() const { return fault_; }

  private:
    const Json& json_;
    std::string place_;
    std::string fault_;
};

std::uint32_t parse_refid(const std::string& text) {
    if (const auto address = parse_address(text); address && address->family == Family::ipv4) {
        return (std::uint32_t{address->bytes[0]} << 24U) |
               (std::uint32_t{address->bytes[1]} << 16U) |
               (std::uint32_t{address->bytes[2]} << 8U) | address->bytes[3];
    }
    std::uint32_t refid = 0;
    for (std::size_t i = 0; i < 4; ++i) {
        refid = (refid << 8U) | (i < text.size() ? static_cast<unsigned char>(text[i]) : 0U);
    }
    return refid;
}

/// What the row says of its server.
std::optional<Candidate> read_candidate(Row& row) {
    Candidate candidate;
    Source& source = candidate.source;
    source.as_written = row.text("host");
    const auto host = parse_host(source.as_written);
    if (!host) return row.fault("host", host.error().message), std::nullopt;
    source.host = *host;
    source.origin.kind = Origin::Kind::replay;
    source.operator_name = row.text("operator");
    source.smear = parse_smear(row.text("smear"));
    source.permitted = row.flag("permitted");
    candidate.selectable = row.flag("selectable", true);
    candidate.why_not_selectable = row.text("why_not_selectable");
    const std::string authentication = row.text("authentication");
    if (authentication == "nts") {
        source.authentication = Authentication::nts;
    } else if (!authentication.empty() && authentication != "none") {
        row.fault("authentication", "must be none or nts");
    }
    if (const std::string address = row.text("address"); !address.empty()) {
        candidate.address = parse_address(address);
        if (!candidate.address) row.fault("address", "must be an IP address");
    }
    return candidate;
}

/// Rows of one host should say the same of it; where they do not, the outcome must not depend on
/// which comes first: what is said beats what is not, then the lesser.
void merge(Candidate& known, const Candidate& row) {
    const auto take_lesser = [](auto& mine, const auto& other, const auto& unsaid) {
        if (mine == unsaid || (other != unsaid && other < mine)) mine = other;
    };
    take_lesser(known.source.operator_name, row.source.operator_name, std::string{});
    take_lesser(known.source.smear, row.source.smear, Smear::unknown);
    take_lesser(known.source.authentication, row.source.authentication, Authentication::none);
    take_lesser(known.address, row.address, std::optional<IpAddress>{});
    take_lesser(known.why_not_selectable, row.why_not_selectable, std::string{});
    known.source.permitted = known.source.permitted || row.source.permitted;
    known.selectable = known.selectable && row.selectable;
}

void read_probe(Row& row, Seconds at, Series& series) {
    ++series.sent;
    if (row.flag("lost")) {
        const std::uint32_t kiss = parse_refid(row.text("kiss"));
        series.rejections.push_back(kiss == 0 ? Rejection::time_out : Rejection::kiss);
        series.kiss = std::max(series.kiss, kiss);
        return;
    }
    const double far = 1e11;  // no clock is 3,000 years wrong
    const auto offset = row.number("offset_seconds", -far, far);
    const auto delay = row.number("delay_seconds", 0, 1e6);
    const auto stratum = row.number("stratum", 0, 255);
    const auto root_delay = row.number("root_delay_seconds", 0, 65536);
    const auto root_dispersion = row.number("root_dispersion_seconds", 0, 65536);
    const auto leap = row.leap();
    const std::string refid = row.text("refid");
    if (!offset || !delay || !stratum || !root_delay || !root_dispersion || !leap) return;
    if (*stratum != std::floor(*stratum)) return row.fault("stratum", "must be a whole number");
    if (*leap == Leap::unsynchronised || *stratum < 1 || *stratum > 15) {
        series.rejections.push_back(Rejection::unsynchronised);
        return;
    }
    Sample sample;
    sample.at = SteadyTime{} + to_nanoseconds(at);
    sample.offset = Seconds{*offset};
    sample.delay = Seconds{*delay};
    sample.root_delay = Seconds{*root_delay};
    sample.root_dispersion = Seconds{*root_dispersion};
    sample.dispersion = Seconds{row.number_or_none("dispersion_seconds", 65536)};
    sample.leap = *leap;
    sample.stratum = static_cast<std::uint8_t>(*stratum);
    sample.refid = parse_refid(refid);
    sample.interleaved = row.flag("interleaved");
    series.samples.push_back(sample);
}

/// Rows of several machines may be mixed: one of them decides, whatever the order.
void take_lots(Row& row, Recording& recording) {
    constexpr std::size_t longest = 64;
    const std::string lots = row.text("lots");
    if (lots.size() > longest) return row.fault("lots", "is too long");
    if (lots.empty()) return;
    recording.lots = recording.lots.empty() ? lots : std::min(recording.lots, lots);
}

}  // namespace

std::string record_text(std::span<const Candidate> candidates, std::string_view lots) {
    std::optional<SteadyTime> first;
    for (const Candidate& candidate : candidates) {
        for (const Sample& sample : candidate.series.samples) {
            first = std::min(first.value_or(sample.at), sample.at);
        }
    }
    std::string out;
    for (const Candidate& candidate : candidates) {
        for (const Sample& sample : candidate.series.samples) {
            out += row_text(candidate, &sample, sample.at - *first, lots);
        }
        const int lost = candidate.series.sent - static_cast<int>(candidate.series.samples.size());
        for (int i = 0; i < lost; ++i)
            out +=
                row_text(candidate, nullptr, Seconds{0}, lots, i == 0 ? candidate.series.kiss : 0);
    }
    return out;
}

Result<Recording> parse_replay(std::string_view text, std::string_view file_name) {
    Recording recording;
    std::vector<Candidate>& candidates = recording.candidates;
    // The members of a pool have one name; a row without an address is of the first of its name.
    std::map<std::string, std::size_t> first_of;
    std::map<std::pair<std::string, IpAddress>, std::size_t> member_at;
    std::string faults;
    int number = 0;
    while (!text.empty()) {
        const std::size_t end = std::min(text.find('\n'), text.size());
        const std::string_view line = text.substr(0, end);
        text.remove_prefix(std::min(end + 1, text.size()));
        ++number;
        if (line.find_first_not_of(" \t\r") == std::string_view::npos) continue;
        const Json json = Json::parse(line, nullptr, false);
        const std::string place = fmt::format("{}:{}", file_name, number);
        if (!json.is_object()) {
            faults += place + ": is no JSON object\n";
            continue;
        }
        Row row(json, place);
        const auto at = row.number("t_seconds", -4e9, 4e9);
        take_lots(row, recording);
        auto candidate = read_candidate(row);
        if (at && candidate) {
            const std::string& name = candidate->source.as_written;
            const auto first = first_of.try_emplace(name, candidates.size()).first;
            std::size_t index = first->second;
            if (candidate->address) {
                const bool lone = index < candidates.size() && !candidates[index].address;
                index =
                    member_at
                        .try_emplace({name, *candidate->address}, lone ? index : candidates.size())
                        .first->second;
            }
            if (index == candidates.size()) {
                candidates.push_back(std::move(*candidate));
            } else {
                merge(candidates[index], *candidate);
            }
            read_probe(row, Seconds{*at}, candidates[index].series);
        }
        if (!row.fault_text().empty()) faults += row.fault_text() + "\n";
    }
    if (!faults.empty()) {
        faults.pop_back();
        return fail(Fault::bad_input, faults);
    }
    for (Candidate& candidate : candidates) {
        std::ranges::sort(candidate.series.samples, {}, [](const Sample& it) {
            return std::tuple(it.at, it.delay, it.offset, it.root_delay, it.root_dispersion,
                              it.stratum, it.refid, it.leap);
        });
        for (Sample& sample : candidate.series.samples) {
            sample.authenticated = candidate.source.authentication == Authentication::nts;
        }
    }
    return recording;
}

}  // namespace clockwright
