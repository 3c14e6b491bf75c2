#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "publish/import_kinds.h"

namespace clockwright {
namespace {

using Json = nlohmann::ordered_json;

constexpr double milliseconds_a_second = 1e3;

std::optional<double> number(const Json& object, const char* key) {
    const auto found = object.find(key);
    if (found == object.end() || !found->is_number()) return std::nullopt;
    return found->get<double>();
}

std::string text(const Json& object, const char* key) {
    const auto found = object.find(key);
    if (found == object.end() || !found->is_string()) return {};
    return found->get<std::string>();
}

/// The one with the best score was chosen.
struct Best {
    std::string host;
    double score = 0;
};

/// A JSON document has places instead of lines: run n of the list is "line" n.
class Run {
  public:
    Run(const Json& json, int number, ImportSheet& sheet)
        : json_(json), number_(number), sheet_(sheet) {}

    void read() {
        if (!json_.is_object()) return fault("is no object");
        const auto at = sheet_.instant(text(json_, "timestamp"));
        if (!at) return fault("timestamp: must be an instant like 2024-12-28T10:45:24");
        const auto servers = json_.find("servers");
        if (servers == json_.end() || !servers->is_array()) return fault("servers: must be a list");
        run_.at = *at;
        for (const Json& server : *servers) read_server(server);
        run_.candidates = static_cast<int>(servers->size());
        run_.outcome = "imported";
        if (best_) {
            run_.chosen = {best_->host};
            run_.reason = fmt::format("best score {:.1f}, by NTP Server Optimizer", best_->score);
        }
        for (SampleRow& row : rows_) sheet_.add(std::move(row));
        sheet_.add(std::move(run_));
    }

  private:
    void fault(const std::string& what) {
        sheet_.fault(number_, fmt::format("run {}: {}", number_, what));
    }

    void read_server(const Json& server) {
        const std::string host = server.is_object() ? text(server, "hostname") : std::string{};
        if (host.empty()) return fault("hostname: must be the name of a server");
        SampleRow row;
        row.at = run_.at;
        row.server = host;
        const auto offset = number(server, "offset");
        const auto stratum = number(server, "stratum");
        if (offset && number(server, "reachability").value_or(100) > 0) {
            row.offset = Seconds{*offset / milliseconds_a_second};
            if (stratum && *stratum >= 1 && *stratum <= 15)
                row.stratum = static_cast<int>(*stratum);
        } else {
            row.lost = "no answer";
        }
        rows_.push_back(std::move(row));
        const auto score = number(server, "score");
        if (score && (!best_ || *score > best_->score)) best_ = Best{host, *score};
    }

    const Json& json_;
    int number_;
    ImportSheet& sheet_;
    RunRow run_;
    std::vector<SampleRow> rows_;
    std::optional<Best> best_;
};

}  // namespace

void read_server_history(std::string_view document, ImportSheet& sheet) {
    const Json json = Json::parse(document, nullptr, false);
    if (json.is_discarded()) return sheet.fault(1, "is no JSON document");
    if (json.is_object()) return Run(json, 1, sheet).read();
    int number = 0;
    for (const Json& run : json) Run(run, ++number, sheet).read();
}

}  // namespace clockwright
