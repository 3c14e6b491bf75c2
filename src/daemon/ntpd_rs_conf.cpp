#include "daemon/ntpd_rs_conf.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <span>

#include "daemon/marks.h"
#include "daemon/toml_literal.h"
#include "time/address.h"
#include "time/spell.h"

namespace clockwright::ntpd_rs {
namespace {

using Keys = std::span<const std::string_view>;

constexpr std::uint16_t key_exchange_port = 4460;
constexpr int longest_poll = 17;  // log2 seconds (RFC 5905, section 7.2)
constexpr std::array<std::string_view, 8> top_keys{
    "source", "server",          "nts-ke-server",   "observability",
    "keyset", "synchronization", "source-defaults", "nts-pool-ke-server"};
constexpr std::array<std::string_view, 12> source_keys{"mode",
                                                       "address",
                                                       "count",
                                                       "ignore",
                                                       "certificate-authority",
                                                       "path",
                                                       "precision",
                                                       "period",
                                                       "ntp-version",
                                                       "poll-interval-limits",
                                                       "initial-poll-interval",
                                                       "measurement_noise_estimate"};
constexpr std::array<std::string_view, 8> server_keys{
    "listen",      "rate-limiting-cache-size", "rate-limiting-cutoff-ms", "allowlist", "denylist",
    "require-nts", "accept-ntp-versions",      "accepted-versions"};
constexpr std::array<std::string_view, 4> observability_keys{
    "log-level", "observation-path", "observation-permissions", "metrics-exporter-listen"};

int begin_of(const toml::node& node) {
    return static_cast<int>(node.source().begin.line);
}

/// Calls `visit` with the node and all that is in it.
template <class Visit>
void each_node(const toml::node& node, Visit& visit) {
    visit(node);
    if (const auto* table = node.as_table())
        for (const auto& [key, value] : *table) each_node(value, visit);
    if (const auto* array = node.as_array())
        for (const auto& value : *array) each_node(value, visit);
}

LineRange lines_of(const toml::node& node) {
    LineRange range{.first = begin_of(node), .last = begin_of(node)};
    auto widen = [&](const toml::node& part) {
        range.last = std::max(range.last, static_cast<int>(part.source().end.line));
    };
    each_node(node, widen);
    return range;
}

struct Address {
    std::string host;
    std::optional<std::uint16_t> port;
};

/// "host", "host:port", "[v6]:port", and a bare "v6".
Address split_address(std::string_view text) {
    const auto colon = text.rfind(':');
    const bool has_port = colon != std::string_view::npos &&
                          (text.find(':') == colon || text.substr(0, colon).ends_with(']'));
    Address address{.host = std::string(text), .port = {}};
    if (has_port) {
        std::uint16_t port = 0;
        const auto digits = text.substr(colon + 1);
        const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), port);
        if (read.ec == std::errc{} && read.ptr == digits.data() + digits.size() && port != 0) {
            address.host = std::string(text.substr(0, colon));
            address.port = port;
        }
    }
    if (address.host.starts_with('[') && address.host.ends_with(']'))
        address.host = address.host.substr(1, address.host.size() - 2);
    return address;
}

class Reader {
  public:
    Reader(DaemonConfig& config, LineRange ours) : config_(config), ours_(ours) {}

    void read(const toml::table& root) {
        check_keys(root, top_keys, "");
        if (const auto* sources = root.get("source")) read_sources(*sources);
        if (const auto* servers = root.get("server")) read_servers(*servers);
        if (const auto* observability = root.get("observability"))
            read_observability(*observability);
        read_defaults(root["source-defaults"]["poll-interval-limits"]);
        read_agreement(root["synchronization"]["minimum-agreeing-sources"]);
        check_apart(root);
    }

    void fault(int line, std::string_view text) {
        config_.faults.push_back(fmt::format("{}:{}: {}", config_.main_file, line, text));
    }

  private:
    void check_keys(const toml::table& table, Keys known, std::string_view where) {
        for (const auto& [key, value] : table)
            if (std::ranges::find(known, key.str()) == known.end())
                fault(begin_of(value),
                      fmt::format("{}{}: no such key", where, printable(key.str())));
    }

    /// The tables of an array of them; anything else is a fault.
    std::vector<const toml::table*> tables_of(const toml::node& node, std::string_view name) {
        std::vector<const toml::table*> tables;
        const auto* array = node.as_array();
        if (array)
            for (const auto& element : *array)
                if (const auto* table = element.as_table()) tables.push_back(table);
        const bool headers =
            array && !array->empty() && tables.size() == array->size() &&
            std::ranges::none_of(tables, [](const auto* table) { return table->is_inline(); });
        if (!headers) fault(begin_of(node), fmt::format("{0} is not written as [[{0}]]", name));
        return tables;
    }

    void read_sources(const toml::node& node) {
        for (const auto* table : tables_of(node, "source")) {
            check_keys(*table, source_keys, "source: ");
            add_source(*table);
        }
    }

    void add_source(const toml::table& table) {
        const auto range = lines_of(table);
        const auto mode = table["mode"].value<std::string>();
        if (!mode) return fault(range.first, "source: mode is missing");
        if (*mode == "sock" || *mode == "pps") {
            config_.directives.push_back(
                {.name = "refclock",
                 .arguments = {*mode, table["path"].value_or(std::string{})},
                 .file = config_.main_file,
                 .line = range.first});
            return;
        }
        SourceLine line;
        line.nts = *mode == "nts" || *mode == "nts-pool";
        const bool pool = *mode == "pool" || *mode == "nts-pool";
        if (!line.nts && !pool && *mode != "server")
            return fault(range.first, fmt::format("source: no such mode: {}", printable(*mode)));
        if (pool) line.type = SourceLine::Type::pool;
        const auto address = split_address(table["address"].value_or(std::string{}));
        if (address.host.empty()) return fault(range.first, "source: address is missing");
        line.name = address.host;
        if (!line.nts)
            line.port = address.port.value_or(123);
        else if (address.port && *address.port != key_exchange_port)
            line.ntsport = *address.port;
        add_options(line, table, pool);
        line.file = config_.main_file;
        line.line = range.first;
        line.last_line = range.last > range.first ? range.last : 0;
        line.ours = ours_.contains(range.first);
        // Our block moves to the end of the file, and what follows it would be another table's.
        if (line.ours && !ours_.contains(range.last))
            return fault(range.last,
                         "a key behind our block belongs to its last table: move it "
                         "into a table of its own");
        const bool cut = range.first < ours_.first && range.last >= ours_.first;
        if (cut) return fault(range.first, "our block stands within this table: move it behind it");
        config_.sources.push_back(std::move(line));
    }

    /// False, and nothing taken, when they are not what ntpd-rs would take.
    static bool take_limits(SourceLine& line, const toml::node& node) {
        const auto* table = node.as_table();
        if (!table) return false;
        std::optional<int> least, most;
        for (const auto& [key, value] : *table) {
            const auto* number = value.as_integer();
            if (!number || **number < 0 || **number > longest_poll) return false;
            if (key == "min")
                least = static_cast<int>(**number);
            else if (key == "max")
                most = static_cast<int>(**number);
            else
                return false;
        }
        line.minpoll = least;
        line.maxpoll = most;
        return true;
    }

    static void add_options(SourceLine& line, const toml::table& table, bool pool) {
        for (const auto& [key, value] : table) {
            if (key == "mode" || key == "address") continue;
            if (key == "poll-interval-limits" && take_limits(line, value)) continue;
            const auto* count = value.as_integer();  // no float, which may be too great for one
            if (pool && key == "count" && count && **count > 0 && **count <= 1000)
                line.maxsources = static_cast<int>(**count);
            else
                line.unknown_options.push_back(
                    fmt::format("{} = {}", toml_key(key.str()), toml_literal(value)));
        }
    }

    void read_servers(const toml::node& node) {
        for (const auto* table : tables_of(node, "server")) {
            check_keys(*table, server_keys, "server: ");
            const auto listen = table->get_as<std::string>("listen");
            if (!listen) {
                fault(begin_of(*table), "server: listen is missing");
                continue;
            }
            config_.directives.push_back({.name = "listen",
                                          .arguments = {listen->get()},
                                          .file = config_.main_file,
                                          .line = begin_of(*table)});
            const auto address = parse_address(split_address(listen->get()).host);
            config_.serves_time |= !address || !address->is_loopback();
        }
    }

    void read_observability(const toml::node& node) {
        const auto* table = node.as_table();
        if (!table) return fault(begin_of(node), "observability is no table");
        check_keys(*table, observability_keys, "observability: ");
        if (const auto path = (*table)["observation-path"].value<std::string>())
            config_.directives.push_back({.name = "observation-path",
                                          .arguments = {*path},
                                          .file = config_.main_file,
                                          .line = begin_of(*table)});
    }

    /// What holds for each source that says nothing itself, as a directive "minpoll" or "maxpoll".
    void read_defaults(const toml::node_view<const toml::node>& limits) {
        for (const auto& [key, name] : {std::pair{"min", "minpoll"}, std::pair{"max", "maxpoll"}})
            if (const auto* number = limits[key].as_integer()) add_number(name, *number);
    }

    void read_agreement(const toml::node_view<const toml::node>& least) {
        if (const auto* number = least.as_integer()) add_number("minsources", *number);
    }

    void add_number(const char* name, const toml::value<std::int64_t>& number) {
        config_.directives.push_back({.name = name,
                                      .arguments = {fmt::format("{}", number.get())},
                                      .file = config_.main_file,
                                      .line = begin_of(number)});
    }

    /// What is commented out with a source must be the source's own: its parts could stand apart.
    void check_apart(const toml::table& root) {
        for (const auto& source : config_.sources) {
            bool apart = false;
            auto visit = [&](const toml::node& node) {
                const int line = begin_of(node);
                apart |= line > source.line && line <= source.last_line;
            };
            for (const auto& [key, value] : root) {
                if (key != "source") {
                    each_node(value, visit);
                    continue;
                }
                if (const auto* array = value.as_array())
                    for (const auto& element : *array)
                        if (begin_of(element) != source.line) each_node(element, visit);
            }
            if (apart) fault(source.line, "source: something else stands among its keys");
        }
    }

    DaemonConfig& config_;
    LineRange ours_;
};

std::string address_of(const SourceLine& line) {
    const auto port = line.nts ? line.ntsport.value_or(key_exchange_port) : line.port;
    const auto usual = line.nts ? key_exchange_port : 123;
    const bool colons = line.name.contains(':');
    if (port == usual && !colons) return line.name;
    return fmt::format("{}{}{}:{}", colons ? "[" : "", line.name, colons ? "]" : "", port);
}

std::string limits_of(const SourceLine& line) {
    std::vector<std::string> limits;
    if (line.minpoll) limits.push_back(fmt::format("min = {}", *line.minpoll));
    if (line.maxpoll) limits.push_back(fmt::format("max = {}", *line.maxpoll));
    if (limits.empty()) return {};
    return fmt::format("poll-interval-limits = {{ {} }}\n", fmt::join(limits, ", "));
}

}  // namespace

std::string render(const SourceLine& line) {
    const bool pool = line.type == SourceLine::Type::pool;
    const auto* mode = line.nts ? (pool ? "nts-pool" : "nts") : (pool ? "pool" : "server");
    std::string text =
        fmt::format("[[source]]\nmode = \"{}\"\naddress = {}\n", mode, toml_text(address_of(line)));
    if (pool && line.maxsources) text += fmt::format("count = {}\n", *line.maxsources);
    text += limits_of(line);
    for (const auto& option : line.unknown_options) text += option + "\n";
    return text;
}

Result<DaemonConfig> parse(const std::string& main_file, const ConfigFiles& files) {
    DaemonConfig config;
    config.kind = DaemonKind::ntpd_rs;
    config.main_file = config.own_file = main_file;
    const std::string content = TRY(files.read(main_file));
    config.files.push_back(main_file);
    const LineRange ours = block_range(content);
    Reader reader(config, ours);
    if (block_range(without_block(content)).first != 0)
        reader.fault(ours.last + 1, "our block is there twice: remove one of them");
    try {
        reader.read(toml::parse(content));
    } catch (const toml::parse_error& error) {
        reader.fault(static_cast<int>(error.source().begin.line), printable(error.description()));
    }
    return config;
}

}  // namespace clockwright::ntpd_rs
