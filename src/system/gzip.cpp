#include "system/gzip.h"

#include <boost/beast/zlib/deflate_stream.hpp>
#include <boost/crc.hpp>
#include <cstdint>

namespace clockwright::system {
namespace {

namespace zlib = boost::beast::zlib;

/// Magic, deflate, no flags, no time, no level told, an unknown system.
constexpr std::string_view head("\x1f\x8b\x08\0\0\0\0\0\0\xff", 10);

void add_little_endian(std::string& out, std::uint32_t number) {
    for (int shift = 0; shift < 32; shift += 8) out += static_cast<char>(number >> shift & 0xffU);
}

}  // namespace

std::string gzip(std::string_view octets) {
    zlib::deflate_stream stream;
    std::string out(head);
    out.resize(head.size() + stream.upper_bound(octets.size()));
    zlib::z_params work;
    work.next_in = octets.data();
    work.avail_in = octets.size();
    work.next_out = out.data() + head.size();
    work.avail_out = out.size() - head.size();
    boost::beast::error_code end;  // "end of stream": all of it was written
    stream.write(work, zlib::Flush::finish, end);
    out.resize(out.size() - work.avail_out);
    boost::crc_32_type check;
    check.process_bytes(octets.data(), octets.size());
    add_little_endian(out, static_cast<std::uint32_t>(check.checksum()));
    add_little_endian(out, static_cast<std::uint32_t>(octets.size()));
    return out;
}

}  // namespace clockwright::system
