#include "publish/mail_message.h"

#include <doctest/doctest.h>

#include "publish/base64.h"
#include "tests/fakes/alert_case.h"
#include "time/spell.h"

using namespace clockwright;

namespace {

const WallTime begin = *parse_rfc3339("2026-11-28T13:55:01Z");

std::string mail_of(const Alert& alert, const std::string& host = "db1") {
    return alert_mail(
        alert, {.host = host, .now = begin},
        {.from = "clock@corp.example", .to = {"a@x.example", "b@x.example"}, .id = "0123"});
}

bool has_line(const std::string& mail, const std::string& line) {
    return ("\r\n" + mail).contains("\r\n" + line + "\r\n");
}

}  // namespace

TEST_CASE("a mail has all that RFC 5322 wants of its head, and the alert's facts as its text") {
    const Alert alert = fakes::firing_alert(begin);
    const std::string mail = mail_of(alert);
    for (const char* line : {"Date: Sat, 28 Nov 2026 13:55:01 +0000", "From: clock@corp.example",
                             "To: a@x.example,", " b@x.example", "Message-ID: <0123@corp.example>",
                             "Subject: [db1] firing, critical: server_wrong (ntp2.corp.example)",
                             "MIME-Version: 1.0", "Content-Transfer-Encoding: base64"}) {
        CAPTURE(line);
        CHECK(has_line(mail, line));
    }
    std::string body = mail.substr(mail.find("\r\n\r\n") + 4);
    for (std::size_t end; (end = body.find("\r\n")) != std::string::npos;) body.erase(end, 2);
    CHECK(body == base64(alert_text(alert, {.host = "db1", .now = begin})));
}

TEST_CASE("no text from outside begins a header of its own, and no line is too long") {
    Alert alert = fakes::firing_alert(begin);
    alert.subject = "a\r\nBcc: everybody@x.example";
    alert.text = std::string(5000, 'x');
    const std::string mail = mail_of(alert);
    CHECK_FALSE(has_line(mail, "Bcc: everybody@x.example"));
    for (std::size_t from = 0, end; (end = mail.find("\r\n", from)) != std::string::npos;
         from = end + 2) {
        CHECK(end - from <= 998);
    }
}

TEST_CASE("a subject beyond ASCII is encoded, and no letter is cut in two") {
    std::string host;
    for (int i = 0; i < 40; ++i) host += "ü";
    const std::string mail = mail_of(fakes::firing_alert(begin), host);
    CHECK(
        mail.contains("Subject: =?utf-8?B?" + base64("[" + host.substr(0, 44)) + "?=\r\n =?utf-8"));
}

TEST_CASE("a date is that of the calendar, whatever the year") {
    CHECK(mail_date(*parse_rfc3339("2000-02-29T00:00:00Z")) == "Tue, 29 Feb 2000 00:00:00 +0000");
    CHECK(mail_date(*parse_rfc3339("2027-01-01T23:59:59Z")) == "Fri, 1 Jan 2027 23:59:59 +0000");
}

TEST_CASE("a mail that is tried again has the Message-ID it had, and none else has") {
    const Alert alert = fakes::firing_alert(begin);
    const AlertContext first{.host = "db1", .now = begin, .first_tried = begin};
    const std::string id = mail_id(alert, first);
    CHECK(id.size() == 32);
    AlertContext again = first;
    again.now += std::chrono::minutes{10};
    CHECK(mail_id(alert, again) == id);
    AlertContext repeated = again, elsewhere = first;
    repeated.first_tried = again.now;
    elsewhere.host = "db2";
    CHECK(mail_id(alert, repeated) != id);
    CHECK(mail_id(alert, elsewhere) != id);
    for (int member = 0; member < 5; ++member) {
        CAPTURE(member);
        Alert other = alert;
        if (member == 0) other.rule = "server_silent";
        if (member == 1) other.subject = "ntp3";
        if (member == 2) other.state = AlertState::resolved;
        if (member == 3) other.changed = begin + std::chrono::seconds{1};
        if (member == 4) other.text = "8 notices at once";
        CHECK(mail_id(other, first) != id);
    }
}
