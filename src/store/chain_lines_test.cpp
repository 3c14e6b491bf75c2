#include "store/chain_lines.h"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <span>
#include <vector>

#include "tests/fakes/chain_digest.h"

using namespace clockwright;
using namespace clockwright::store;

TEST_CASE("a chain whose oldest files are gone begins where they ended") {
    std::vector<ChainFile> files;
    std::vector<ChainEnd> ends;
    ChainEnd end;
    for (int day = 1; day <= 3; ++day) {
        ChainFile file{fmt::format("2026-11-0{}.chain", day), {}};
        for (int i = 0; i < 4; ++i)
            file.content += chain_line(chain_digest, end, R"("kind":"event")");
        if (day == 3)
            file.content +=
                chain_line(chain_digest, end, R"("kind":"pruned","row":)" + pruned_row(ends[0]));
        files.push_back(file);
        ends.push_back(end);
    }
    const std::vector<ChainFile> rest(files.begin() + 1, files.end());
    CHECK(verify_chain(files)->records == 13);
    CHECK_FALSE(verify_chain(rest));
    CHECK(verify_chain(rest, {}, ends[0])->records == 13);
    // A crash may leave the file whose end is the base already.
    CHECK(verify_chain(files, {}, ends[0])->records == 13);
    CHECK(verify_chain(rest, ends[0].head, ends[0]));
    CHECK(verify_chain(rest, ends[2].head, ends[0]));
    // A file more is missing than the base admits.
    CHECK_FALSE(verify_chain(std::span(rest).subspan(1), {}, ends[0]));
    // Nor does a base that no record tells of.
    CHECK_FALSE(verify_chain(std::span(rest).subspan(1), {}, ends[1]));
    // A text of an event that says so tells nothing.
    std::string said = R"("kind":"pruned","row":)" + pruned_row(ends[1]);
    for (std::size_t at = 0; (at = said.find('"', at)) != said.npos; at += 2) said.insert(at, "\\");
    std::vector<ChainFile> last{files[2]};
    last[0].content +=
        chain_line(chain_digest, end, R"("kind":"event","row":{"text":")" + said + "\"}");
    CHECK_FALSE(verify_chain(last, {}, ends[1]));
}

TEST_CASE("a record that calls itself older than the beginning is no left-over") {
    ChainEnd end;
    std::string content = chain_line(chain_digest, end, R"("kind":"event")");
    content[content.find(":1") + 1] = '0';
    const std::vector<ChainFile> files{{"2026-11-01.chain", content}};
    CHECK_FALSE(verify_chain(files));
    CHECK_FALSE(verify_chain(files, {}, {std::string(64, '1'), 4}));
}

TEST_CASE("a head comes back from its text, and nothing else is one") {
    const ChainHead head{
        "db1.corp.example", "2026-11-20T10:31:07Z", {std::string(63, 'a') + "7", 4711}};
    const std::string text = head_text(head);
    const auto read = parse_head(text);
    REQUIRE(read);
    CHECK(read->host == head.host);
    CHECK(read->at == head.at);
    CHECK(read->end.head == head.end.head);
    CHECK(read->end.records == 4711);
    for (std::size_t i = 0; i < text.size(); ++i) {
        CAPTURE(i);
        CHECK_FALSE(parse_head(text.substr(0, i)));
    }
    CHECK_FALSE(parse_head(text + "x"));
}

TEST_CASE("a base comes back from its text") {
    const ChainEnd base{std::string(64, '5'), 17};
    CHECK(parse_base(base_text(base))->records == 17);
    CHECK(parse_base(base_text(base))->head == base.head);
    const std::string head = "\nhead: " + base.head + "\n";
    for (const char* number : {"", "x", "17x", "017", "-17", "99999999999999999999"}) {
        CAPTURE(number);
        CHECK_FALSE(parse_base(std::string("records: ") + number + head));
    }
    CHECK_FALSE(parse_base("records: 17\nhead: 5\n"));
    CHECK_FALSE(parse_base(""));
}
