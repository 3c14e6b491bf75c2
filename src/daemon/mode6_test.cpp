#include "daemon/mode6.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <random>

using namespace clockwright;
using namespace clockwright::mode6;

namespace {

constexpr Question question{
    .operation = Operation::read_variables, .association = 0x4567, .sequence = 0xa1b2};

/// A datagram of the answer to `question`.
Bytes fragment(std::uint16_t offset, std::string_view text, bool more,
               std::uint16_t status = 0xb61a) {
    const auto high = [](std::size_t value) { return static_cast<std::uint8_t>(value >> 8); };
    const auto low = [](std::size_t value) { return static_cast<std::uint8_t>(value & 0xff); };
    Bytes bytes{0xd6,
                static_cast<std::uint8_t>(more ? 0xa2 : 0x82),
                0xa1,
                0xb2,
                high(status),
                low(status),
                0x45,
                0x67,
                high(offset),
                low(offset),
                high(text.size()),
                low(text.size())};
    bytes.insert(bytes.end(), text.begin(), text.end());
    bytes.resize((bytes.size() + 3) / 4 * 4);
    return bytes;
}

std::string text_of(const Reassembly& answer) {
    return {answer.data().begin(), answer.data().end()};
}

}  // namespace

TEST_CASE("a request is its header and its names, padded to four octets") {
    CHECK(encode({.operation = Operation::read_status, .association = 0, .sequence = 0x0102}) ==
          Bytes{0x16, 1, 1, 2, 0, 0, 0, 0, 0, 0, 0, 0});
    CHECK(encode(question, "leap,") == Bytes{0x16, 2, 0xa1, 0xb2, 0,   0,   0x45, 0x67, 0, 0,
                                             0,    5, 'l',  'e',  'a', 'p', ',',  0,    0, 0});
}

TEST_CASE("a datagram is read field by field") {
    const Bytes bytes = fragment(0x0304, "abcde", true, 0x0506);
    const auto found = decode(bytes);
    REQUIRE(found);
    CHECK(found->question == question);
    CHECK_FALSE(found->error);
    CHECK(found->more);
    CHECK(found->status == 0x0506);
    CHECK(found->offset == 0x0304);
    CHECK(std::string(found->data.begin(), found->data.end()) == "abcde");
}

TEST_CASE("what is no response of mode 6 is told apart") {
    const Bytes good = fragment(0, "abcd", false);
    struct Row {
        std::size_t at;
        std::uint8_t octet;
        NotAFragment why;
    };
    for (const Row& row :
         {Row{0, 0x24, NotAFragment::wrong_mode}, Row{0, 0xd7, NotAFragment::wrong_mode},
          Row{1, 0x02, NotAFragment::not_a_response}, Row{11, 5, NotAFragment::wrong_length},
          Row{10, 1, NotAFragment::wrong_length}}) {
        CAPTURE(row.at);
        Bytes bytes = good;
        bytes[row.at] = row.octet;
        CHECK(decode(bytes).error() == row.why);
    }
    for (std::size_t size = 0; size < good.size(); ++size) {
        CAPTURE(size);
        const auto found = decode(std::span(good).first(size));
        CHECK(found.error() == (size < 12 ? NotAFragment::too_short : NotAFragment::wrong_length));
    }
    for (unsigned version = 1; version < 8; ++version) {
        Bytes bytes = good;
        bytes[0] = static_cast<std::uint8_t>(version << 3 | 6);
        CHECK(decode(bytes));
    }
}

TEST_CASE("fragments are put together in whatever order they come, however often") {
    std::vector<Bytes> datagrams{fragment(0, "abcd", true, 1), fragment(4, "efghij", true, 1),
                                 fragment(10, "kl", true, 1), fragment(12, "m", false, 1)};
    std::ranges::sort(datagrams);
    do {
        Reassembly answer(question);
        for (const auto& bytes : datagrams) {
            CHECK_FALSE(answer.is_done());
            answer.add(bytes);
            if (!answer.is_done()) answer.add(bytes);
        }
        CHECK(answer.is_done());
        CHECK_FALSE(answer.error());
        CHECK(answer.status() == 1);
        CHECK(text_of(answer) == "abcdefghijklm");
    } while (std::ranges::next_permutation(datagrams).found);
}

TEST_CASE("where fragments overlap the first octet counts") {
    Reassembly answer(question);
    answer.add(fragment(2, "cdef", true));
    answer.add(fragment(0, "ABXX", true));
    answer.add(fragment(5, "Xgh", false));
    CHECK(answer.is_done());
    CHECK(text_of(answer) == "ABcdefgh");
}

TEST_CASE("an answer without data is an answer") {
    Reassembly answer(question);
    answer.add(fragment(0, "", false));
    CHECK(answer.is_done());
    CHECK(answer.data().empty());
}

TEST_CASE("what answers another question is passed over") {
    const auto other = [](Question changed) {
        Reassembly answer(changed);
        answer.add(fragment(0, "abcd", false));
        return answer.is_done();
    };
    CHECK(other(question));
    CHECK_FALSE(
        other({.operation = Operation::read_status, .association = 0x4567, .sequence = 0xa1b2}));
    CHECK_FALSE(
        other({.operation = Operation::read_variables, .association = 1, .sequence = 0xa1b2}));
    CHECK_FALSE(
        other({.operation = Operation::read_variables, .association = 0x4567, .sequence = 1}));
    Reassembly answer(question);
    answer.add(Bytes{});
    answer.add(encode(question));
    CHECK_FALSE(answer.is_done());
}

TEST_CASE("nothing is kept behind the end, nor beyond 64 KiB") {
    Reassembly answer(question);
    answer.add(fragment(65534, "abcd", true));  // 2 octets too far
    answer.add(fragment(4, "efgh", false));
    answer.add(fragment(8, "ijkl", true));  // behind the end
    answer.add(fragment(4, "xxx", false));  // another end
    answer.add(fragment(0, "abcd", true));
    CHECK(answer.is_done());
    CHECK(text_of(answer) == "abcdefgh");

    Reassembly shorter(question);
    shorter.add(fragment(8, "ijkl", true));
    shorter.add(fragment(4, "efgh", false));  // cannot be the last
    CHECK_FALSE(shorter.is_done());
    CHECK(shorter.data().size() == 12);
}

TEST_CASE("a refusal carries its reason in the status") {
    for (unsigned code = 0; code < 9; ++code) {
        CAPTURE(code);
        Bytes bytes = fragment(0, "", false, static_cast<std::uint16_t>(code << 8));
        bytes[1] |= 0x40;
        bytes[8] = bytes[11] = 0xff;  // left over from another answer
        Reassembly answer(question);
        answer.add(bytes);
        CHECK(answer.is_done());
        CHECK(answer.error() == static_cast<ErrorCode>(code));
        CHECK_FALSE(describe(*answer.error()).empty());
    }
    CHECK(describe(ErrorCode::restricted) == "administratively prohibited");
    CHECK(describe(static_cast<ErrorCode>(77)) == "error 77");
}

TEST_CASE("the list of associations is read bit by bit") {
    const Bytes data{0x45, 0x67, 0x96, 0x1a, 0x00, 0x01, 0x61, 0xff, 0xff, 0xff, 0x08, 0x11, 0x00};
    const auto rows = decode_associations(data);
    REQUIRE(rows.size() == 3);
    CHECK(rows[0] == Association{.id = 0x4567,
                                 .configured = true,
                                 .reachable = true,
                                 .selection = Selection::system_peer});
    CHECK(rows[1] == Association{.id = 1,
                                 .authenticable = true,
                                 .authentic = true,
                                 .selection = Selection::falseticker});
    CHECK(rows[2] == Association{.id = 0xffff, .broadcast = true});
    for (std::uint16_t selection = 0; selection < 8; ++selection)
        CHECK(decode_association(1, static_cast<std::uint16_t>(selection << 8)).selection ==
              static_cast<Selection>(selection));
}
