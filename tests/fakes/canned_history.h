/// A record with one row of each kind, which remembers what it was asked.
#pragma once

#include "publish/history.h"
#include "tests/fakes/canned_snapshot.h"

namespace clockwright::fakes {

class CannedHistory : public History {
  public:
    mutable HistoryQuery asked;
    std::string fault;  ///< every answer, when it is not empty

    Result<std::vector<SampleRow>> samples(const HistoryQuery& query) const override {
        SampleRow measured;
        measured.at = at_;
        measured.server = "ntp0.example";
        measured.address = "198.51.100.1";
        measured.offset = Seconds{1e-4};
        measured.error = Seconds{0};
        measured.delay = Seconds{0.012};
        measured.stratum = 2;
        SampleRow lost;
        lost.at = at_;
        lost.server = "=cmd|'calc'!A1";  // as a hostile configuration may have it
        lost.lost = "no answer";
        return rows<SampleRow>(query, {measured, lost});
    }
    Result<std::vector<ClockRow>> clock(const HistoryQuery& query) const override {
        ClockRow row;
        row.at = at_;
        row.offset = Seconds{3e-5};
        row.bound = Seconds{1.9e-3};
        row.frequency = Ppm{-11.5};
        row.demonstrated = true;
        row.daemon = "chrony";
        row.sentence = "UTC is within ±1.9 ms of this clock.";
        return rows<ClockRow>(query, {row});
    }
    Result<std::vector<VerdictRow>> verdicts(const HistoryQuery& query) const override {
        return rows<VerdictRow>(query, {{at_, "ntp1.example", Verdict::falseticker, "lies"}});
    }
    Result<std::vector<EventRow>> events(const HistoryQuery& query) const override {
        return rows<EventRow>(query, {{at_, "step", "", "the clock was set", Seconds{-1.5}}});
    }
    Result<std::vector<AlertRow>> alerts(const HistoryQuery& query) const override {
        return rows<AlertRow>(query, {{at_, AlertState::resolved, "server_wrong", "ntp1.example",
                                       AlertSeverity::warning, "it agrees again"}});
    }
    Result<std::vector<RunRow>> runs(const HistoryQuery& query) const override {
        RunRow row;
        row.at = at_;
        row.took = Seconds{6.5};
        row.chosen = {"ntp0.example", "ntp2.example"};
        row.outcome = "nothing to change";
        return rows<RunRow>(query, {row});
    }
    Result<std::vector<RolledRow>> rolled(Resolution, const HistoryQuery& query) const override {
        RolledRow row;
        row.at = at_;
        row.server = query.server;
        row.count = 56;
        row.mean = row.least = row.most = Seconds{1e-4};
        return rows<RolledRow>(query, {row});
    }

  private:
    template <class Row>
    Result<std::vector<Row>> rows(const HistoryQuery& query, std::vector<Row> all) const {
        asked = query;
        if (!fault.empty()) return fail(fault);
        return all;
    }

    WallTime at_ = instant("2026-11-20T18:04:12Z");
};

}  // namespace clockwright::fakes
