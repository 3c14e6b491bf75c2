#include "lab/world.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>
#include <map>
#include <optional>
#include <utility>

#include "lab/table_reader.h"
#include "time/sample.h"
#include "time/source.h"
#include "time/spell.h"

namespace clockwright::lab {
namespace {

constexpr Seconds year{365.25 * 86'400};
constexpr Seconds longest_offset{50 * year};  // within the 68 years that NTP can tell apart
constexpr Seconds longest_life{100 * year};
constexpr Seconds longest_way{60};
constexpr Seconds longest_lag{1};
constexpr Seconds longest_root{65'535};  // what 16.16 seconds hold
constexpr double fastest_drift = 100'000;

constexpr std::array behaviours = {Behaviour::answers,    Behaviour::silent,
                                   Behaviour::garbage,    Behaviour::wrong_origin,
                                   Behaviour::truncated,  Behaviour::zero_timestamps,
                                   Behaviour::wrong_mode, Behaviour::kiss};
constexpr std::array interleavings = {Interleaving::no, Interleaving::yes, Interleaving::wrong,
                                      Interleaving::drops};
constexpr std::array neighbourhoods = {Neighbourhood::loopback, Neighbourhood::private_network};
constexpr std::array leaps = {Leap::none, Leap::insert, Leap::remove, Leap::unsynchronised};
constexpr std::array smears = {Smear::none, Smear::unknown,  Smear::google,
                               Smear::aws,  Smear::facebook, Smear::other};

/// The one of `values` whose name the key gives; `otherwise` when the key is missing or (a fault)
/// names none of them.
template <class Value, std::size_t count>
Value word(TableReader& reader, std::string_view key, const std::array<Value, count>& values,
           Value otherwise) {
    const auto text = reader.text(key);
    if (!text) {
        return otherwise;
    }
    std::string all;
    for (const Value value : values) {
        if (to_string(value) == *text) {
            return value;
        }
        all += fmt::format("{}{}", all.empty() ? "" : ", ", to_string(value));
    }
    reader.fault(key, fmt::format("\"{}\" is none of {}", *text, all));
    return otherwise;
}

std::optional<std::uint16_t> parse_port(std::string_view text) {
    std::uint16_t port = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
    if (error != std::errc{} || end != text.data() + text.size() || port == 0) {
        return std::nullopt;
    }
    return port;
}

/// "127.0.1.1", "127.0.1.1:11123", "::1", "[::1]", "[::1]:11123".
std::optional<Endpoint> parse_endpoint(std::string_view text, std::uint16_t default_port) {
    if (const auto address = parse_address(text)) {
        return Endpoint{.address = *address, .port = default_port};
    }
    const bool bracketed = text.starts_with('[');
    const std::size_t end = bracketed ? text.find(']') : text.find(':');
    if (end == std::string_view::npos) {
        return std::nullopt;
    }
    const auto address = parse_address(text.substr(bracketed ? 1 : 0, end - (bracketed ? 1 : 0)));
    const std::string_view rest = text.substr(bracketed ? end + 1 : end);
    if (!address || bracketed != (address->family == Family::ipv6)) {
        return std::nullopt;
    }
    if (rest.empty()) {
        return Endpoint{.address = *address, .port = default_port};
    }
    const auto port = rest.starts_with(':') ? parse_port(rest.substr(1)) : std::nullopt;
    if (!port) {
        return std::nullopt;
    }
    return Endpoint{.address = *address, .port = *port};
}

/// Up to four octets of text, the first one highest, padded with zeros.
std::optional<std::uint32_t> parse_code(std::string_view text) {
    const auto plain = [](char c) { return c > ' ' && c <= '~'; };
    if (text.empty() || text.size() > 4 || !std::ranges::all_of(text, plain)) {
        return std::nullopt;
    }
    std::uint32_t code = 0;
    for (std::size_t i = 0; i < 4; ++i) {
        code = (code << 8U) | (i < text.size() ? static_cast<unsigned char>(text[i]) : 0U);
    }
    return code;
}

std::optional<std::uint32_t> parse_refid(std::string_view text) {
    const auto address = parse_address(text);
    if (!address) {
        return parse_code(text);
    }
    if (address->family != Family::ipv4) {
        return std::nullopt;
    }
    std::uint32_t refid = 0;
    for (std::size_t i = 0; i < 4; ++i) {
        refid = (refid << 8U) | address->bytes[i];
    }
    return refid;
}

void read_endpoint(TableReader& reader, const World& world, ServerSpec& spec) {
    const auto text = reader.text("address");
    if (!text) {
        if (!reader.has("address")) {
            reader.fault("address", "is missing");
        }
        return;
    }
    const auto endpoint = parse_endpoint(*text, world.port);
    if (!endpoint) {
        reader.fault("address", fmt::format("\"{}\" is no address such as \"127.0.1.1\", "
                                            "\"127.0.1.1:11123\" or \"[::1]:11123\"",
                                            *text));
    } else if (world.addresses == Neighbourhood::private_network &&
               !endpoint->address.is_loopback() && !endpoint->address.is_private()) {
        reader.fault("address", fmt::format("\"{}\" is neither loopback nor of a private network: "
                                            "a lab answers no stranger",
                                            *text));
    } else if (world.addresses == Neighbourhood::loopback && !endpoint->address.is_loopback()) {
        reader.fault(
            "address",
            fmt::format("\"{}\" is neither in 127.0.0.0/8 nor ::1: a lab stays at home", *text));
    } else {
        spec.endpoint = *endpoint;
    }
}

void read_path(TableReader& reader, ServerSpec& spec) {
    constexpr Seconds none{0};
    if (const auto delay = reader.duration("delay", none, longest_way)) {
        spec.delay_out = spec.delay_back = *delay;
    }
    if (reader.has("delay") && (reader.has("delay_out") || reader.has("delay_back"))) {
        reader.fault("delay", "stands for both delay_out and delay_back and not beside them");
    }
    spec.delay_out = reader.duration("delay_out", none, longest_way).value_or(spec.delay_out);
    spec.delay_back = reader.duration("delay_back", none, longest_way).value_or(spec.delay_back);
    spec.jitter = reader.duration("jitter", none, longest_way).value_or(spec.jitter);
    spec.loss = reader.number("loss", 0, 1).value_or(spec.loss);
}

void read_clock(TableReader& reader, ServerSpec& spec) {
    spec.offset = reader.duration("offset", -longest_offset, longest_offset).value_or(spec.offset);
    spec.drift.value =
        reader.number("drift_ppm", -fastest_drift, fastest_drift).value_or(spec.drift.value);
    spec.step_at = reader.duration("step_at", Seconds{0}, longest_life).value_or(spec.step_at);
    spec.step = reader.duration("step", -longest_offset, longest_offset).value_or(spec.step);
    spec.send_lag = reader.duration("send_lag", Seconds{0}, longest_lag).value_or(spec.send_lag);
    spec.dies_at = reader.duration("dies_at", Seconds{0}, longest_life).value_or(spec.dies_at);
    if (reader.has("step") != reader.has("step_at")) {
        reader.fault(reader.has("step") ? "step" : "step_at", "step and step_at go together");
    }
}

void read_header(TableReader& reader, ServerSpec& spec) {
    spec.stratum = static_cast<std::uint8_t>(reader.whole("stratum", 1, 16).value_or(spec.stratum));
    spec.root_delay =
        reader.duration("root_delay", Seconds{0}, longest_root).value_or(spec.root_delay);
    spec.root_dispersion =
        reader.duration("root_dispersion", Seconds{0}, longest_root).value_or(spec.root_dispersion);
    spec.leap = word(reader, "leap", leaps, spec.leap);
    if (const auto text = reader.text("refid")) {
        const auto refid = parse_refid(*text);
        if (!refid) {
            reader.fault("refid", fmt::format("\"{}\" is neither an IPv4 address nor one to four "
                                              "letters",
                                              *text));
        }
        spec.refid = refid.value_or(spec.refid);
    }
}

void read_behaviour(TableReader& reader, ServerSpec& spec) {
    spec.behaviour = word(reader, "behaviour", behaviours, spec.behaviour);
    const auto text = reader.text("kiss");
    if (text) {
        const auto code = parse_code(*text);
        if (!code || text->size() != 4) {
            reader.fault("kiss", fmt::format("\"{}\" is no code of four letters", *text));
        }
        spec.kiss = code.value_or(0);
    }
    if ((spec.behaviour == Behaviour::kiss) != reader.has("kiss")) {
        reader.fault("kiss", "goes together with behaviour = \"kiss\"");
    }
    spec.interleaved = word(reader, "interleaved", interleavings, spec.interleaved);
}

ServerSpec read_server(TableReader& reader, const World& world) {
    ServerSpec spec;
    spec.name = reader.text("name").value_or("");
    read_endpoint(reader, world, spec);
    spec.operator_name = reader.text("operator").value_or("");
    spec.smear = word(reader, "smear", smears, spec.smear);
    read_behaviour(reader, spec);
    read_path(reader, spec);
    read_clock(reader, spec);
    read_header(reader, spec);
    return spec;
}

std::vector<ServerSpec> read_servers(TableReader& tables, const World& world, Faults& faults) {
    std::vector<ServerSpec> servers;
    std::map<Endpoint, std::size_t> taken;
    for (const toml::table* table : tables.tables("server")) {
        const std::size_t number = servers.size() + 1;
        TableReader reader(*table, fmt::format("server[{}].", number), faults);
        const ServerSpec& spec = servers.emplace_back(read_server(reader, world));
        reader.finish();
        const bool has_endpoint = !spec.endpoint.address.is_unspecified();
        if (const auto [at, is_new] = taken.emplace(spec.endpoint, number);
            has_endpoint && !is_new) {
            reader.fault("address", fmt::format("{} is the endpoint of server[{}] already",
                                                to_string(spec.endpoint), at->second));
        }
    }
    if (!tables.has("server")) {
        tables.fault("server", "a world needs at least one [[server]]");
    }
    return servers;
}

/// The packaged TOML library throws what is no TOML; here it becomes a fault like any other.
std::optional<toml::table> parse_table(std::string_view text, Faults& faults) {
    try {
        return toml::parse(text);
    } catch (const toml::parse_error& error) {
        faults.add(std::max(error.source().begin.line, 1U), "", printable(error.description()));
        return std::nullopt;
    }
}

}  // namespace

std::string_view to_string(Behaviour behaviour) {
    switch (behaviour) {
        case Behaviour::answers:
            return "answers";
        case Behaviour::silent:
            return "silent";
        case Behaviour::garbage:
            return "garbage";
        case Behaviour::wrong_origin:
            return "wrong_origin";
        case Behaviour::truncated:
            return "truncated";
        case Behaviour::zero_timestamps:
            return "zero_timestamps";
        case Behaviour::wrong_mode:
            return "wrong_mode";
        case Behaviour::kiss:
            return "kiss";
    }
    std::unreachable();
}

std::string_view to_string(Interleaving interleaving) {
    switch (interleaving) {
        case Interleaving::no:
            return "no";
        case Interleaving::yes:
            return "yes";
        case Interleaving::wrong:
            return "wrong";
        case Interleaving::drops:
            return "drops";
    }
    std::unreachable();
}

std::string_view to_string(Neighbourhood neighbourhood) {
    switch (neighbourhood) {
        case Neighbourhood::loopback:
            return "loopback";
        case Neighbourhood::private_network:
            return "private";
    }
    std::unreachable();
}

Result<World> parse_world(std::string_view toml, std::string_view file_name) {
    Faults faults;
    const auto table = parse_table(toml, faults);
    if (!table) {
        return fail(Fault::bad_input, faults.text(file_name));
    }
    TableReader reader(*table, "", faults);
    World world;
    world.title = reader.text("title").value_or("");
    world.port = static_cast<std::uint16_t>(reader.whole("port", 1, 65'535).value_or(world.port));
    world.seed =
        static_cast<std::uint64_t>(reader.whole("seed", 0, std::numeric_limits<std::int64_t>::max())
                                       .value_or(static_cast<std::int64_t>(world.seed)));
    world.addresses = word(reader, "addresses", neighbourhoods, world.addresses);
    world.servers = read_servers(reader, world, faults);
    reader.finish();
    if (!faults.empty()) {
        return fail(Fault::bad_input, faults.text(file_name));
    }
    return world;
}

}  // namespace clockwright::lab
