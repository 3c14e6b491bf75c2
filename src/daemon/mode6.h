/// Mode 6 (RFC 9327), the control protocol of NTPsec and classic ntpd, as bytes: requests out,
/// datagrams in, their fragments put together, and what they hold taken apart.
/// Facts: reference/protocols.md C2; observed on NTPsec 1.2.2.
#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace clockwright::mode6 {

using Bytes = std::vector<std::uint8_t>;

enum class Operation : std::uint8_t { read_status = 1, read_variables = 2 };

/// Why the daemon answers with an error; it may be a number that this does not name.
enum class ErrorCode : std::uint8_t {
    unspecified = 0,
    permission = 1,
    bad_format = 2,
    bad_operation = 3,
    unknown_association = 4,
    unknown_variable = 5,
    bad_value = 6,
    restricted = 7
};
std::string describe(ErrorCode code);

/// What one exchange is about; a reply repeats all three.
struct Question {
    Operation operation = Operation::read_status;
    std::uint16_t association = 0;  ///< 0: the daemon itself
    std::uint16_t sequence = 0;

    friend bool operator==(const Question&, const Question&) = default;
};

/// The request, padded to four octets. `names` are the variables wanted, with commas between them;
/// empty: those the daemon gives by itself.
Bytes encode(const Question& question, std::string_view names = {});

/// How a datagram fails to be a response of mode 6.
enum class NotAFragment : std::uint8_t {
    too_short,
    wrong_mode,
    not_a_response,
    wrong_length  ///< it claims more data than it carries
};

/// One datagram of a response, which has as many as it needs.
struct Fragment {
    Question question;
    bool error = false;        ///< `status` holds an error code in its upper octet; no data
    bool more = false;         ///< it is not the one that ends the response
    std::uint16_t status = 0;  ///< of the system or of the association
    std::uint16_t offset = 0;  ///< where in the response `data` belongs
    std::span<const std::uint8_t> data;
};
std::expected<Fragment, NotAFragment> decode(std::span<const std::uint8_t> bytes);

/// Puts the fragments of one response together, in whatever order they come. A repeated octet is
/// the first that came; nothing beyond 64 KiB or behind the end is kept.
class Reassembly {
  public:
    explicit Reassembly(const Question& question) : question_(question) {}

    /// Anything that is no fragment of this response is passed over.
    void add(std::span<const std::uint8_t> datagram);

    /// All is there, or the daemon refused.
    bool is_done() const { return error_ || (end_ && filled_ == *end_); }
    std::optional<ErrorCode> error() const { return error_; }
    std::uint16_t status() const { return status_; }
    /// Whole once `is_done()` without an error.
    std::span<const std::uint8_t> data() const { return data_; }

  private:
    void fill(const Fragment& fragment);

    Question question_;
    Bytes data_;
    std::vector<bool> filled_octets_;
    std::size_t filled_ = 0;
    std::optional<std::size_t> end_;
    std::optional<ErrorCode> error_;
    std::uint16_t status_ = 0;
};

/// What became of a source in the daemon's selection (RFC 9327 §4, "peer selection status").
enum class Selection : std::uint8_t {
    rejected = 0,
    falseticker = 1,
    excess = 2,
    outlier = 3,
    candidate = 4,
    backup = 5,
    system_peer = 6,
    pps_peer = 7
};

/// One row of the list of associations. Its low octet counts events and is of no use to us.
struct Association {
    std::uint16_t id = 0;
    bool configured = false;     ///< by the configuration, not by a pool
    bool authenticable = false;  ///< a key or NTS belongs to it
    bool authentic = false;      ///< its last packet was
    bool reachable = false;
    bool broadcast = false;  ///< what makes other associations: a `pool` line, a broadcast
    Selection selection = Selection::rejected;

    friend bool operator==(const Association&, const Association&) = default;
};
Association decode_association(std::uint16_t id, std::uint16_t status);
/// The rows of a `read_status` of the daemon; octets that make no whole row are passed over.
std::vector<Association> decode_associations(std::span<const std::uint8_t> data);

/// "name=value, name="quoted, text"" as the daemon writes it, in bytes: values of NTPsec 1.2.2 hold
/// what lay on its stack. Of two variables with one name the first counts. The views are of the
/// text given, which must outlive this.
class Variables {
  public:
    Variables() = default;
    explicit Variables(std::span<const std::uint8_t> data);

    /// Without its quotes; empty optional: no such variable.
    std::optional<std::string_view> text(std::string_view name) const;
    std::optional<double> number(std::string_view name) const;  ///< finite, decimal
    /// Decimal, or hexadecimal behind 0x.
    std::optional<std::int64_t> integer(std::string_view name) const;
    /// "0xHHHHHHHH.HHHHHHHH": an NTP timestamp as 32.32 bits.
    std::optional<std::uint64_t> timestamp(std::string_view name) const;

    std::size_t size() const { return rows_.size(); }

  private:
    std::vector<std::pair<std::string_view, std::string_view>> rows_;
};

}  // namespace clockwright::mode6
