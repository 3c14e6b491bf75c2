/// The looks of a record held against those that the audit chain has of the same time.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "watch/held_look.h"
#include "watch/record.h"

namespace clockwright {

/// What an audit chain says of the looks that a report is made from.
struct ChainAnswer {
    std::string fault;     ///< why it says nothing: there is none, it is damaged; empty: it does
    bool damaged = false;  ///< there is one, and it does not hold together
    std::string head;      ///< of its last record
    std::uint64_t records = 0;      ///< up to that
    std::size_t looks = 0;          ///< of the record, in the period
    std::size_t same = 0;           ///< … that the chain has word for word
    std::size_t changed = 0;        ///< … that it has otherwise
    std::size_t added = 0;          ///< … that it should have and has not
    std::size_t gone = 0;           ///< looks of the chain that the record has not
    std::optional<WallTime> first;  ///< of those changed, added or gone
    std::optional<WallTime> since;  ///< compared from there on: retention removed what was before

    bool contradicts() const { return damaged || changed + added + gone > 0; }
};

class ChainComparison {
  public:
    /// `looks` are in order of time, and outlive it; those outside the period are ignored.
    ChainComparison(std::span<const ClockRow> looks, const Period& period);

    /// The text of a record of the chain, one after the other.
    void add(std::string_view text);

    /// A look is left out of the chain while the one before it there is less than a minute old and
    /// demonstrated just so much; without that it was added later. One older than the chain tells
    /// nothing, nor one of a time that the clock passed twice: which one was before it is not
    /// known. Without fault, head and records.
    ChainAnswer answer() const;

  private:
    std::vector<const ClockRow*> looks_;
    std::vector<bool> in_chain_;
    Period period_;
    std::optional<WallTime> begin_;  ///< of the chain: its first look
    std::optional<WallTime> last_;   ///< … and the one that was added last
    std::vector<Period> twice_;      ///< the clock was set back: from then on once more
    ChainAnswer found_;
};

/// For people: one sentence, or two; and where the head stands, and what root can do.
std::string chain_statement(const ChainAnswer& answer);

}  // namespace clockwright
