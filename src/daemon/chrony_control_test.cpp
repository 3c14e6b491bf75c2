#include "daemon/chrony_control.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <initializer_list>
#include <limits>

#include "daemon/chrony_fields.h"
#include "daemon/chrony_source_line.h"

using namespace clockwright;
using namespace clockwright::chrony;

namespace {

/// The bytes of a request that are not zero stand at their places; all others must be zero.
struct Field {
    std::size_t offset;
    Bytes bytes;
};

Bytes packet(std::size_t size, std::initializer_list<Field> fields) {
    Bytes bytes(size);
    for (const auto& field : fields)
        std::ranges::copy(field.bytes, bytes.begin() + static_cast<std::ptrdiff_t>(field.offset));
    return bytes;
}

/// A whole success reply to `tracking` with no data.
Bytes reply_header() {
    return {6, 2, 0,    0,    0,    33,   0, 5, 0, 0, 0, 0, 0, 0,
            0, 0, 0xa1, 0xb2, 0xc3, 0xd4, 0, 0, 0, 0, 0, 0, 0, 0};
}

}  // namespace

TEST_CASE("a request is its header and zeros up to the longest reply of any version") {
    struct Row {
        Command command;
        std::size_t size;
    };
    for (const Row& row :
         {Row{Command::tracking, 104}, Row{Command::n_sources, 32}, Row{Command::activity, 48},
          Row{Command::reload_sources, 28}, Row{Command::makestep, 28}}) {
        CAPTURE(static_cast<int>(row.command));
        CHECK(encode_simple(row.command, 0xa1b2c3d4) ==
              packet(row.size, {{0, {6, 1}},
                                {4, {0, static_cast<std::uint8_t>(row.command)}},
                                {8, {0xa1, 0xb2, 0xc3, 0xd4}}}));
    }
}

TEST_CASE("a request by index, address or id carries it behind the header") {
    CHECK(encode_indexed(Command::source_data, 0x01020304, 9) ==
          packet(76, {{0, {6, 1}}, {5, {15}}, {11, {9}}, {20, {1, 2, 3, 4}}}));
    CHECK(encode_indexed(Command::sourcestats, 5, 9).size() == 84);
    CHECK(encode_indexed(Command::selectdata, 5, 9).size() == 76);
    CHECK(encode_addressed(Command::ntp_data, *parse_address("192.0.2.17"), 9) ==
          packet(172, {{0, {6, 1}}, {5, {57}}, {11, {9}}, {20, {192, 0, 2, 17}}, {37, {1}}}));
    CHECK(encode_addressed(Command::delete_source, *parse_address("2001:db8::17"), 9) ==
          packet(40, {{0, {6, 1}},
                      {5, {29}},
                      {11, {9}},
                      {20, {0x20, 0x01, 0x0d, 0xb8}},
                      {35, {0x17}},
                      {37, {2}}}));
    CHECK(encode_id(Command::source_name, 0x0a0b0c0d, 9) ==
          packet(284, {{0, {6, 1}}, {5, {65}}, {11, {9}}, {20, {10, 11, 12, 13}}, {37, {3}}}));
    CHECK(encode_addressed(Command::authdata, *parse_address("192.0.2.1"), 9).size() == 52);
}

TEST_CASE("a burst asks all sources, without an address") {
    CHECK(encode_burst(0x04, 9) ==
          packet(68, {{0, {6, 1}}, {5, {3}}, {11, {9}}, {63, {4}}, {67, {4}}}));
}

TEST_CASE("add source carries every option at its place") {
    const auto line = parse_source_line(
        "pool a.example port 11123 minpoll -2 maxpoll 9 presend 8 minstratum 2 polltarget 31 "
        "version 3 maxsources 5 minsamples 7 maxsamples 33 key 305419896 ntsport 4461 "
        "maxdelay 0.5 maxdelayratio 2 maxdelaydevratio 4 mindelay 0.25 asymmetry -0.5 offset 1 "
        "filter 6 certset 12 maxdelayquant 0.125 maxunreach 1000 iburst nts");
    REQUIRE(line);
    const auto request = encode_add_source(*line, 0x01020304);
    REQUIRE(request);
    CHECK(*request ==
          packet(372, {{0, {6, 1}},
                       {5, {64}},
                       {8, {1, 2, 3, 4}},
                       {23, {3}},
                       {24, {'a', '.', 'e', 'x', 'a', 'm', 'p', 'l', 'e'}},
                       {280, {0, 0, 0x2b, 0x73}},        // port
                       {284, {0xff, 0xff, 0xff, 0xfe}},  // minpoll
                       {288, {0, 0, 0, 9}},              // maxpoll
                       {292, {0, 0, 0, 8}},              // presend
                       {296, {0, 0, 0, 2}},              // minstratum
                       {300, {0, 0, 0, 31}},             // polltarget
                       {304, {0, 0, 0, 3}},              // version
                       {308, {0, 0, 0, 5}},              // maxsources
                       {312, {0, 0, 0, 7}},              // minsamples
                       {316, {0, 0, 0, 33}},             // maxsamples
                       {320, {0x12, 0x34, 0x56, 0x78}},  // key
                       {324, {0, 0, 0x11, 0x6d}},        // ntsport
                       {328, {0x02, 0x80, 0x00, 0x00}},  // maxdelay: 2^23 · 2^(1-25)
                       {332, {0x06, 0x80, 0x00, 0x00}},  // maxdelayratio: 2^23 · 2^(3-25)
                       {336, {0x08, 0x80, 0x00, 0x00}},  // maxdelaydevratio
                       {340, {0x00, 0x80, 0x00, 0x00}},  // mindelay
                       {344, {0x03, 0x80, 0x00, 0x00}},  // asymmetry: -2^23 · 2^(1-25)
                       {348, {0x04, 0x80, 0x00, 0x00}},  // offset
                       {352, {0, 0, 0x02, 0x05}},        // flags: online, iburst, nts
                       {356, {0, 0, 0, 6}},              // filter
                       {360, {0, 0, 0, 12}},             // certset
                       {364, {0xfe, 0x80, 0x00, 0x00}},  // maxdelayquant: 2^23 · 2^(-1-25)
                       {368, {0, 0, 0x03, 0xe8}}}));     // maxunreach
}

TEST_CASE("each flag of a source line is one bit of add source") {
    struct Row {
        std::string options;
        std::uint32_t flags;
    };
    for (const Row& row : std::vector<Row>{{"", 0x1},
                                           {"offline", 0x0},
                                           {"auto_offline", 0x3},
                                           {"iburst", 0x5},
                                           {"prefer", 0x9},
                                           {"noselect", 0x11},
                                           {"trust", 0x21},
                                           {"require", 0x41},
                                           {"xleave", 0x81},
                                           {"burst", 0x101},
                                           {"nts", 0x201},
                                           {"copy", 0x401},
                                           {"extfield F323", 0x801},
                                           {"extfield F324", 0x1001},
                                           {"ipv4", 0x2001},
                                           {"ipv6", 0x4001}}) {
        CAPTURE(row.options);
        const auto request = encode_add_source(*parse_source_line("server a " + row.options), 1);
        REQUIRE(request);
        CHECK(field32(*request, 352) == row.flags);
    }
}

TEST_CASE("what a source line leaves open is sent as chronyd's default") {
    const auto request = encode_add_source(*parse_source_line("server a"), 1);
    REQUIRE(request);
    struct Row {
        std::size_t offset;
        std::uint32_t value;
    };
    for (const Row& row : {Row{20, 1},
                           {280, 123},
                           {284, 6},
                           {288, 10},
                           {292, 100},
                           {296, 0},
                           {300, 8},
                           {304, 4},
                           {308, 4},
                           {312, 0xffffffff},
                           {316, 0xffffffff},
                           {320, 0},
                           {324, 4460},
                           {356, 0},
                           {360, 0},
                           {368, 100000}}) {
        CAPTURE(row.offset);
        CHECK(field32(*request, row.offset) == row.value);
    }
    CHECK(decode_float(field32(*request, 328)) == 3.0);
    CHECK(decode_float(field32(*request, 332)) == 0.0);
    CHECK(decode_float(field32(*request, 336)) == 10.0);
    CHECK(decode_float(field32(*request, 344)) == 1.0);
    CHECK(field32(*encode_add_source(*parse_source_line("server a key 1"), 1), 304) == 0);
    CHECK(field32(*encode_add_source(*parse_source_line("peer a"), 1), 20) == 2);
}

TEST_CASE("a source line that the command cannot carry is not encoded") {
    const auto named = [](std::string name) {
        SourceLine line;
        line.name = std::move(name);
        return encode_add_source(line, 1);
    };
    CHECK(named(std::string(255, 'a')));
    CHECK_FALSE(named(std::string(256, 'a')));
    CHECK_FALSE(named(std::string("a\0b", 3)));
    CHECK_FALSE(encode_add_source(*parse_source_line("server a blue"), 1));
    CHECK_FALSE(encode_add_source(*parse_source_line("server a minpoll x"), 1));
}

TEST_CASE("chrony's floats are read and written with seven digits") {
    struct Row {
        std::uint32_t bits;
        double value;
    };
    for (const Row& row :
         {Row{0x00000000, 0.0}, Row{0x04800000, 1.0}, Row{0x05800000, -1.0}, Row{0x02800000, 0.5},
          Row{0x00c00000, 0.375}, Row{0xfe800000, 0.125}, Row{0x08a00000, 5.0},
          Row{0x18fa0000, 2000.0}, Row{0x80800000, 0x1p-66}, Row{0x7e800000, 0x1p61}}) {
        CAPTURE(row.bits);
        CHECK(decode_float(row.bits) == row.value);
        CHECK(encode_float(row.value) == row.bits);
    }
}

TEST_CASE("every value survives chrony's float to seven digits") {
    for (const double value : {1e-9, 3.3e-9, 0.001, 0.3, 2.0 / 3, 1.0 / 3, 3.0, 99.99999, 12345.678,
                               1e9, 0.999999999, 1 - 0x1p-30}) {
        CAPTURE(value);
        CHECK(std::abs(decode_float(encode_float(value)) - value) <= value * 1e-7);
        CHECK(std::abs(decode_float(encode_float(-value)) + value) <= value * 1e-7);
    }
    CHECK(encode_float(std::numeric_limits<double>::quiet_NaN()) == 0);
    CHECK(encode_float(1e-300) == 0);
    CHECK(decode_float(encode_float(std::numeric_limits<double>::infinity())) > 1e18);
    CHECK(decode_float(encode_float(-1e300)) < -1e18);
    CHECK(decode_float(encode_float(std::numeric_limits<double>::max())) ==
          decode_float(encode_float(std::numeric_limits<double>::infinity())));
}

TEST_CASE("a reply is taken when version, type, command and sequence are right") {
    Bytes bytes = reply_header();
    bytes.push_back(0x77);
    const auto reply = decode_reply(bytes, Command::tracking, 0xa1b2c3d4);
    REQUIRE(reply);
    CHECK(reply->status == Status::success);
    CHECK(reply->code == 5);
    REQUIRE(reply->data.size() == 1);
    CHECK(reply->data[0] == 0x77);
}

TEST_CASE("what is not the reply we wait for says why") {
    struct Row {
        std::size_t offset;
        std::uint8_t value;
        NotAReply why;
    };
    for (const Row& row :
         {Row{0, 5, NotAReply::wrong_version}, Row{1, 1, NotAReply::wrong_type},
          Row{2, 1, NotAReply::wrong_type}, Row{3, 1, NotAReply::wrong_type},
          Row{4, 1, NotAReply::other_command}, Row{5, 34, NotAReply::other_command},
          Row{16, 0, NotAReply::other_sequence}, Row{19, 0, NotAReply::other_sequence}}) {
        CAPTURE(row.offset);
        Bytes bytes = reply_header();
        bytes[row.offset] = row.value;
        const auto reply = decode_reply(bytes, Command::tracking, 0xa1b2c3d4);
        REQUIRE_FALSE(reply);
        CHECK(reply.error() == row.why);
    }
    const Bytes whole = reply_header();
    for (std::size_t size = 0; size < whole.size(); ++size) {
        CAPTURE(size);
        const auto reply =
            decode_reply(std::span(whole).first(size), Command::tracking, 0xa1b2c3d4);
        REQUIRE_FALSE(reply);
        CHECK(reply.error() == NotAReply::too_short);
    }
}

TEST_CASE("a status is a reply, in words, known or not") {
    Bytes bytes = reply_header();
    bytes[9] = 2;
    CHECK(decode_reply(bytes, Command::tracking, 0xa1b2c3d4)->status == Status::unauthorised);
    CHECK(describe(Status::unauthorised) == "not authorised");
    CHECK(describe(Status::no_such_source) == "no such source");
    bytes[8] = 3;
    const auto reply = decode_reply(bytes, Command::tracking, 0xa1b2c3d4);
    REQUIRE(reply);
    CHECK(describe(reply->status) == "status 770");
}
