#include "ntp/nts_record.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "time/address.h"
#include "time/host_name.h"

namespace clockwright::ntp {
namespace {

enum RecordType : std::uint16_t {
    end_of_message = 0,
    next_protocol = 1,
    error = 2,
    warning = 3,
    aead_algorithm = 4,
    new_cookie = 5,
    ntp_server = 6,
    ntp_port = 7,
};

constexpr std::size_t record_header = 4;
constexpr std::uint16_t critical_bit = 0x8000;
constexpr std::uint16_t protocol_ntpv4 = 0;

std::uint16_t read_word(std::span<const std::uint8_t> bytes) {
    return static_cast<std::uint16_t>(bytes[0] << 8 | bytes[1]);
}

void put_word(std::vector<std::uint8_t>& bytes, std::uint16_t word) {
    bytes.push_back(static_cast<std::uint8_t>(word >> 8));
    bytes.push_back(static_cast<std::uint8_t>(word));
}

std::unexpected<ExchangeFailure> refuse(NtsFailure failure, std::string why) {
    return std::unexpected(ExchangeFailure{failure, std::move(why)});
}

std::unexpected<ExchangeFailure> malformed(std::string why) {
    return refuse(NtsFailure::malformed, std::move(why));
}

std::string error_text(std::uint16_t code) {
    switch (code) {
        case 0:
            return "error 0: it does not know a critical record of ours";
        case 1:
            return "error 1: bad request";
        case 2:
            return "error 2: internal error of the server";
        default:
            return fmt::format("error {}", code);
    }
}

/// An address, or a name of the strict grammar; one full stop at its end is allowed.
std::optional<std::string> strict_server(std::span<const std::uint8_t> body) {
    std::string text(body.begin(), body.end());
    if (text.ends_with('.')) {
        text.pop_back();
    }
    if (parse_address(text)) {
        return text;
    }
    const bool has_port_or_scheme = text.find_first_of(":[]%/") != std::string::npos;
    return !has_port_or_scheme && parse_host(text) ? std::optional(text) : std::nullopt;
}

}  // namespace

std::vector<std::uint8_t> encode_key_request() {
    std::vector<std::uint8_t> bytes;
    put_word(bytes, critical_bit | next_protocol);
    put_word(bytes, 2);
    put_word(bytes, protocol_ntpv4);
    put_word(bytes, critical_bit | aead_algorithm);
    put_word(bytes, 2);
    put_word(bytes, aes_siv_cmac_256);
    put_word(bytes, critical_bit | end_of_message);
    put_word(bytes, 0);
    return bytes;
}

std::expected<bool, ExchangeFailure> KeyAnswer::take(std::span<const std::uint8_t> bytes) {
    if (ended_) {
        return true;
    }
    // Nothing beyond the limit is kept; a message that ends before it is a message still.
    const bool too_long = bytes.size() > longest_answer - taken_;
    const auto fitting = bytes.first(std::min(bytes.size(), longest_answer - taken_));
    taken_ += fitting.size();
    unread_.insert(unread_.end(), fitting.begin(), fitting.end());
    std::span<const std::uint8_t> rest = unread_;
    while (!ended_ && rest.size() >= record_header) {
        const std::uint16_t type = read_word(rest);
        const std::size_t size = record_header + read_word(rest.subspan(2));
        if (rest.size() < size) {
            break;
        }
        const Record record{.critical = (type & critical_bit) != 0,
                            .type = static_cast<std::uint16_t>(type & ~critical_bit),
                            .body = rest.first(size).subspan(record_header)};
        if (auto read_well = read(record); !read_well) {
            return std::unexpected(std::move(read_well).error());
        }
        rest = rest.subspan(size);
    }
    unread_.erase(unread_.begin(), unread_.end() - static_cast<std::ptrdiff_t>(rest.size()));
    if (!ended_ && too_long) {
        return malformed(fmt::format("the answer is longer than {} octets", longest_answer));
    }
    return ended_;
}

KeyAnswer::Checked KeyAnswer::read(const Record& record) {
    switch (record.type) {
        case end_of_message:
            return finish(record);
        case next_protocol:
            return read_protocol(record);
        case error:
            if (record.body.size() != 2) {
                return malformed("an error record has the wrong length");
            }
            return refuse(NtsFailure::error_record, error_text(read_word(record.body)));
        case warning:  // none is known, and one that is not known counts as an error (§4.1.4)
            if (record.body.size() != 2) {
                return malformed("a warning record has the wrong length");
            }
            return refuse(NtsFailure::error_record,
                          fmt::format("warning {}", read_word(record.body)));
        case aead_algorithm:
            return read_algorithm(record);
        case new_cookie:
            read_cookie(record);
            return {};
        case ntp_server:
            return read_server(record);
        case ntp_port:
            return read_port(record);
        default:
            if (record.critical) {
                return malformed(fmt::format("a critical record of unknown type {}", record.type));
            }
            return {};
    }
}

KeyAnswer::Checked KeyAnswer::read_protocol(const Record& record) {
    if (std::exchange(has_protocol_, true)) {
        return malformed("the next protocol is said twice");
    }
    if (!record.critical) {
        return malformed("the record of the next protocol is not critical");
    }
    if (record.body.empty()) {
        return malformed("the server speaks no NTPv4 with NTS");
    }
    if (record.body.size() != 2 || read_word(record.body) != protocol_ntpv4) {
        return malformed("the next protocol is not the one asked for");
    }
    return {};
}

/// It may be critical or not (§4.1.5).
KeyAnswer::Checked KeyAnswer::read_algorithm(const Record& record) {
    if (std::exchange(has_algorithm_, true)) {
        return malformed("the algorithm is said twice");
    }
    if (record.body.empty()) {
        return refuse(NtsFailure::no_algorithm, "the server has no AEAD in common with us");
    }
    if (record.body.size() != 2) {
        return malformed("the server chose more than one algorithm");
    }
    offer_.algorithm = read_word(record.body);
    if (offer_.algorithm != aes_siv_cmac_256) {
        return refuse(NtsFailure::no_algorithm, fmt::format("the server chose {}, we asked for {}",
                                                            algorithm_name(offer_.algorithm),
                                                            algorithm_name(aes_siv_cmac_256)));
    }
    return {};
}

void KeyAnswer::read_cookie(const Record& record) {
    const std::size_t size = record.body.size();
    if (size == 0 || size > longest_cookie || size % 4 != 0) {
        ++useless_cookies_;
    } else if (offer_.cookies.size() < most_cookies) {
        offer_.cookies.emplace_back(record.body.begin(), record.body.end());
    }
}

KeyAnswer::Checked KeyAnswer::read_server(const Record& record) {
    if (offer_.server) {
        return malformed("the server of NTP is said twice");
    }
    offer_.server = strict_server(record.body);
    if (!offer_.server) {
        return malformed("the server of NTP is neither an address nor a host name");
    }
    return {};
}

KeyAnswer::Checked KeyAnswer::read_port(const Record& record) {
    if (offer_.port) {
        return malformed("the port of NTP is said twice");
    }
    if (record.body.size() != 2 || read_word(record.body) == 0) {
        return malformed("the port of NTP is no port");
    }
    offer_.port = read_word(record.body);
    return {};
}

KeyAnswer::Checked KeyAnswer::finish(const Record& record) {
    if (!record.critical || !record.body.empty()) {
        return malformed("the end of the message is not written as it must be");
    }
    if (!has_protocol_) {
        return malformed("the next protocol is missing");
    }
    if (!has_algorithm_) {
        return malformed("the algorithm is missing");
    }
    if (offer_.cookies.empty()) {
        return refuse(
            NtsFailure::no_cookie,
            useless_cookies_ == 0
                ? "the server gave no cookie"
                : fmt::format("none of its {} cookies fits into a packet", useless_cookies_));
    }
    ended_ = true;
    return {};
}

}  // namespace clockwright::ntp
