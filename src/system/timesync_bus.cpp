#include "system/timesync_bus.h"

#include <fmt/format.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <span>
#include <string_view>
#include <utility>

#include "system/bus_library.h"
#include "system/clock.h"
#include "system/descriptor.h"
#include "time/spell.h"

namespace clockwright::system {
namespace {

constexpr std::uint64_t limit_us = 2'000'000;
constexpr std::size_t most_servers = 256;
constexpr std::size_t longest_name = 255;
constexpr int most_properties = 64;

constexpr const char* object = "/org/freedesktop/timesync1";
constexpr const char* manager = "org.freedesktop.timesync1.Manager";

std::unexpected<Error> no_answer(int code) {
    return fail(Fault::unreachable,
                fmt::format("systemd-timesyncd does not answer on the bus: {}", errno_text(-code)));
}

/// What it says is not as its documentation has it.
std::unexpected<Error> not_understood() {
    return fail("systemd-timesyncd says what is not understood here");
}

class Message {
  public:
    Message(const BusLibrary& bus, sd_bus_message* message) : bus_(&bus), message_(message) {}
    Message(Message&& other) noexcept
        : bus_(other.bus_), message_(std::exchange(other.message_, nullptr)) {}
    Message& operator=(Message&&) = delete;
    ~Message() { bus_->message_unref(message_); }
    sd_bus_message* get() const { return message_; }

    template <class Value>
    bool read(char type, Value& value) {
        return bus_->read_basic(message_, type, &value) > 0;
    }
    /// Bounded: of a longer text nothing is kept.
    bool read(std::string& value) {
        const char* text = nullptr;
        if (bus_->read_basic(message_, 's', static_cast<void*>(&text)) <= 0) return false;
        value = std::strlen(text) <= longest_name ? text : "";
        return true;
    }
    bool read_octets(std::span<const std::uint8_t>& octets) {
        const void* place = nullptr;
        std::size_t size = 0;
        if (bus_->read_array(message_, 'y', &place, &size) < 0) return false;
        octets = {static_cast<const std::uint8_t*>(place), size};
        return true;
    }
    bool enter(char type, const char* contents) {
        return bus_->enter_container(message_, type, contents) > 0;
    }
    bool leave() { return bus_->exit_container(message_) >= 0; }
    bool skip(const char* types) { return bus_->skip(message_, types) >= 0; }

    /// The type of what stands in the variant that comes next; empty: there is none.
    std::string_view variant() {
        char type = 0;
        const char* contents = nullptr;
        if (bus_->peek_type(message_, &type, &contents) <= 0 || type != 'v') return {};
        return contents;
    }

  private:
    const BusLibrary* bus_;
    sd_bus_message* message_;
};

class Bus {
  public:
    static Result<Bus> open() {
        const BusLibrary* library = TRY(bus_library());
        sd_bus* bus = nullptr;
        if (const int code = library->open_system(&bus); code < 0) {
            return fail(Fault::unreachable,
                        fmt::format("there is no system bus here: {}", errno_text(-code)));
        }
        Bus opened(*library, bus);
        TRY(opened.wait_until_ready());
        return opened;
    }

    Bus(Bus&& other) noexcept
        : library_(other.library_), bus_(std::exchange(other.bus_, nullptr)) {}
    Bus& operator=(Bus&&) = delete;
    ~Bus() { library_->close_unref(bus_); }

    /// A call with one text as its argument; it starts nobody.
    Result<Message> call(const char* name, const char* path, const char* interface,
                         const char* method, const char* argument) {
        sd_bus_message* made = nullptr;
        int code = library_->new_method_call(bus_, &made, name, path, interface, method);
        const Message request(*library_, made);
        if (code >= 0) code = library_->set_auto_start(made, 0);
        if (code >= 0) code = library_->append_basic(made, 's', argument);
        if (code < 0) return no_answer(code);
        sd_bus_message* answer = nullptr;
        sd_bus_error error{};
        code = library_->call(bus_, made, limit_us, &error, &answer);
        library_->error_free(&error);
        if (code < 0) return no_answer(code);
        return Message(*library_, answer);
    }

    Result<bool> is_owned(const std::string& name) {
        Message answer = TRY(call("org.freedesktop.DBus", "/org/freedesktop/DBus",
                                  "org.freedesktop.DBus", "NameHasOwner", name.c_str()));
        int owned = 0;
        if (!answer.read('b', owned)) return not_understood();
        return owned != 0;
    }

  private:
    Bus(const BusLibrary& library, sd_bus* bus) : library_(&library), bus_(bus) {}

    /// The greeting has a much longer limit of its own.
    Result<void> wait_until_ready() {
        const SteadyTime begin = read_clocks().steady;
        while (library_->is_ready(bus_) == 0) {
            const int done = library_->process(bus_, nullptr);
            if (done < 0) return no_answer(done);
            if (done > 0) continue;
            const auto waited = read_clocks().steady - begin;
            const auto us = std::chrono::duration_cast<std::chrono::microseconds>(waited).count();
            if (us >= static_cast<std::int64_t>(limit_us)) return no_answer(-ETIMEDOUT);
            const int woken = library_->wait(bus_, limit_us - static_cast<std::uint64_t>(us));
            if (woken < 0 && woken != -EINTR) return no_answer(woken);
        }
        return {};
    }

    const BusLibrary* library_;
    sd_bus* bus_;
};

bool read_servers(Message& message, std::vector<std::string>& servers) {
    if (!message.enter('a', "s")) return false;
    for (std::string name; message.read(name);) {
        if (!name.empty() && servers.size() < most_servers) servers.push_back(name);
    }
    return message.leave();
}

bool read_address(Message& message, std::optional<IpAddress>& address) {
    int family = 0;
    std::span<const std::uint8_t> octets;
    if (!message.enter('r', "iay") || !message.read('i', family) || !message.read_octets(octets))
        return false;
    IpAddress found;
    found.family = family == AF_INET ? Family::ipv4 : Family::ipv6;
    const std::size_t wanted = family == AF_INET ? 4 : 16;
    if ((family == AF_INET || family == AF_INET6) && octets.size() == wanted) {
        std::ranges::copy(octets, found.bytes.begin());
        address = found;
    }
    return message.leave();
}

bool read_ntp_message(Message& message, timesyncd::Message& read) {
    std::span<const std::uint8_t> refid;
    int spike = 0;
    const bool whole = message.enter('r', "uuuuittayttttbtt") && message.read('u', read.leap) &&
                       message.read('u', read.version) && message.read('u', read.mode) &&
                       message.read('u', read.stratum) && message.read('i', read.precision) &&
                       message.read('t', read.root_delay_us) &&
                       message.read('t', read.root_dispersion_us) && message.read_octets(refid) &&
                       message.read('t', read.origin_us) && message.read('t', read.receive_us) &&
                       message.read('t', read.transmit_us) &&
                       message.read('t', read.destination_us) && message.read('b', spike) &&
                       message.read('t', read.packet_count) && message.read('t', read.jitter_us) &&
                       message.leave();
    read.spike = spike != 0;
    if (refid.size() == read.refid.size()) std::ranges::copy(refid, read.refid.begin());
    return whole;
}

/// Into the property of that name, when it is of its type; others are passed over.
bool read_value(Message& message, const std::string& name, timesyncd::Properties& properties) {
    const std::string type(message.variant());
    const auto inside = [&](std::string_view wanted, auto&& read) {
        if (type != wanted) return false;
        return message.enter('v', type.c_str()) && read() && message.leave();
    };
    const auto servers = [&](std::vector<std::string>& list) {
        return inside("as", [&] { return read_servers(message, list); });
    };
    if (name == "RuntimeNTPServers") return servers(properties.runtime_servers);
    if (name == "SystemNTPServers") return servers(properties.system_servers);
    if (name == "LinkNTPServers") return servers(properties.link_servers);
    if (name == "FallbackNTPServers") return servers(properties.fallback_servers);
    if (name == "ServerName")
        return inside("s", [&] { return message.read(properties.server_name); });
    if (name == "ServerAddress")
        return inside("(iay)", [&] { return read_address(message, properties.server_address); });
    if (name == "PollIntervalUSec")
        return inside("t", [&] { return message.read('t', properties.poll_interval_us); });
    if (name == "Frequency")
        return inside("x", [&] { return message.read('x', properties.frequency); });
    if (name == "NTPMessage")
        return inside("(uuuuittayttttbtt)",
                      [&] { return read_ntp_message(message, properties.message); });
    return message.skip("v");
}

}  // namespace

Result<timesyncd::Properties> read_timesync_properties(const std::string& bus_name) {
    Bus bus = TRY(Bus::open());
    if (!TRY(bus.is_owned(bus_name)))
        return fail(Fault::unreachable, "systemd-timesyncd does not run");
    Message answer = TRY(
        bus.call(bus_name.c_str(), object, "org.freedesktop.DBus.Properties", "GetAll", manager));
    timesyncd::Properties properties;
    if (!answer.enter('a', "{sv}")) return not_understood();
    for (int count = 0; count < most_properties && answer.enter('e', "sv"); ++count) {
        std::string name;
        if (!answer.read(name) || !read_value(answer, name, properties) || !answer.leave())
            return not_understood();
    }
    return properties;
}

Result<DaemonState> read_timesync_state(const std::string& bus_name) {
    const timesyncd::Properties properties = TRY(read_timesync_properties(bus_name));
    DaemonState state = timesyncd::state_of(properties, read_clocks().wall);
    state.read_from = bus_name;
    return state;
}

}  // namespace clockwright::system
