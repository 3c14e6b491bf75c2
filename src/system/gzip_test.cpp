#include "system/gzip.h"

#include <doctest/doctest.h>

#include <boost/beast/zlib/inflate_stream.hpp>

using namespace clockwright::system;

namespace {

/// What lies between the head of 10 octets and the 8 of check and size.
std::string inflated(const std::string& file, std::size_t size) {
    namespace zlib = boost::beast::zlib;
    std::string out(size + 1, '\0');
    zlib::z_params work;
    work.next_in = file.data() + 10;
    work.avail_in = file.size() - 18;
    work.next_out = out.data();
    work.avail_out = out.size();
    boost::beast::error_code end;
    zlib::inflate_stream().write(work, zlib::Flush::finish, end);
    out.resize(out.size() - work.avail_out);
    return out;
}

}  // namespace

TEST_CASE("what is compressed comes out as it was, and repetition costs little") {
    std::string lines;
    for (int i = 0; i < 5000; ++i) lines += "clockwright_server,server=ntp1 lost=false 17\n";
    for (const std::string& text : {std::string(), std::string("a"), lines}) {
        const std::string file = gzip(text);
        CHECK(file.starts_with("\x1f\x8b\x08"));
        CHECK(inflated(file, text.size()) == text);
    }
    CHECK(gzip(lines).size() < lines.size() / 50);
}

TEST_CASE("its end holds the CRC-32 and the size") {
    const std::string file = gzip("123456789");
    CHECK(file.substr(file.size() - 8) == std::string("\x26\x39\xf4\xcb\x09\0\0\0", 8));
}
