#include "find/block_import.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "daemon/json_fields.h"
#include "time/spell.h"

namespace clockwright {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t most_hosts = 4096;
constexpr std::size_t most_faults_told = 10;
constexpr int most_failures = 1'000'000;

class Reader {
  public:
    std::vector<ImportedBlock> read(const Json& document) {
        if (!document.is_array() && !document.is_object()) {
            faults.emplace_back("the document: must be a list of hosts, or an object of them");
        } else if (document.size() > most_hosts) {
            faults.push_back(fmt::format("the document: more than {} hosts", most_hosts));
        } else if (document.is_array()) {
            for (std::size_t i = 0; i < document.size(); ++i)
                read_name(document[i], fmt::format("[{}]", i));
        } else {
            for (const auto& [name, value] : document.items()) read_member(name, value);
        }
        return std::move(blocks_);
    }

    JsonFaults faults;

  private:
    bool read_host(const std::string& text, const std::string& place) {
        auto host = parse_host(text);
        if (!host) {
            faults.push_back(fmt::format("{}: {}", place, host.error().message));
            return false;
        }
        blocks_.push_back({});
        blocks_.back().host = std::move(*host);
        return true;
    }

    void read_name(const Json& value, const std::string& place) {
        if (value.is_string())
            read_host(value.get_ref<const std::string&>(), place);
        else
            faults.push_back(place + ": must be the name of a host");
    }

    void read_member(const std::string& name, const Json& value) {
        const std::string place = printable(name);
        if (!read_host(name, place)) return;
        ImportedBlock& block = blocks_.back();
        if (value.is_object()) {
            read_details(value, place, block);
        } else if (value.is_number_integer() && value >= 0 && value <= most_failures) {
            block.failures = value.get<int>();
        } else {
            faults.push_back(place + ": must be how often it failed, or an object");
        }
    }

    void read_details(const Json& value, const std::string& place, ImportedBlock& block) {
        JsonFields fields(value, place, faults);
        if (fields.has("failures"))
            block.failures = static_cast<int>(fields.integer("failures", 0, most_failures));
        if (fields.has("reason")) block.reason = fields.text("reason");
        if (fields.has("until")) {
            block.until = parse_rfc3339(fields.text("until"));
            if (!block.until) fields.fault("until", "must be an instant of RFC 3339 with Z");
        }
        if (block.reason.size() > 500) fields.fault("reason", "must have at most 500 octets");
        fields.close();
    }

    std::vector<ImportedBlock> blocks_;
};

std::string told(JsonFaults faults, const std::string& file) {
    const std::size_t all = faults.size();
    if (all > most_faults_told) {
        faults.resize(most_faults_told);
        faults.push_back(fmt::format("and {} more faults", all - most_faults_told));
    }
    std::string text;
    for (const std::string& fault : faults)
        text += fmt::format("{}{}: {}", text.empty() ? "" : "\n", file, fault);
    return text;
}

}  // namespace

Result<std::vector<ImportedBlock>> parse_block_import(std::string_view text,
                                                      const std::string& file) {
    const auto document = Json::parse(text, nullptr, false);
    if (document.is_discarded()) return fail(Fault::bad_input, file + ": is no JSON document");
    Reader reader;
    auto blocks = reader.read(document);
    if (!reader.faults.empty()) return fail(Fault::bad_input, told(std::move(reader.faults), file));
    return blocks;
}

}  // namespace clockwright
