#include "app/decision.h"

#include <doctest/doctest.h>

using namespace clockwright;
using namespace clockwright::app;

TEST_CASE("a takeover frees what a person wrote, and no line of a lease wherever that lies") {
    struct Row {
        const char* file;
        bool lease;
        Membership after;
    };
    for (const Row row : {Row{"/etc/chrony/chrony.conf", false, Membership::ours},
                          Row{"/run/chrony-dhcp/eth0.sources", true, Membership::foreign},
                          Row{"/var/run/chrony-dhcp/eth0.sources", true, Membership::foreign},
                          Row{"", false, Membership::foreign}}) {
        CAPTURE(row.file);
        DaemonView view;
        view.config.emplace();
        SourceLine line;
        line.name = "ntp1.example";
        line.file = row.file;
        line.line = 3;
        line.lease = row.lease;
        view.config->sources = {line};
        Candidate candidate;
        candidate.source.host.name = line.name;
        candidate.source.origin.file = line.file;
        candidate.source.origin.line = line.line;
        candidate.membership = Membership::foreign;
        std::vector<Candidate> candidates{candidate};
        release_foreign(candidates, &view);
        CHECK(candidates.front().membership == row.after);
    }
}
